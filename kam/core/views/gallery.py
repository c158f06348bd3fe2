"""Every component of the interface in all its states; there only in debug mode."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from kam.core import charts, htmx
from kam.core.nav import Tab
from kam.core.tables import respond
from kam.core.views import gallery_samples as samples

STEPS = 8


def _only_in_debug_mode() -> None:
    if not getattr(settings, "KAM_GALLERY", settings.DEBUG):
        raise Http404


@login_not_required
def gallery(request: HttpRequest) -> HttpResponseBase:
    """The page of all components."""
    _only_in_debug_mode()
    drawn = samples.chart_list()
    if (file := charts.export(request, *drawn)) is not None:
        return file
    form = samples.form(request.POST if request.method == "POST" else None)
    if request.GET.get("say"):
        for level in (messages.SUCCESS, messages.INFO, messages.WARNING, messages.ERROR):
            messages.add_message(request, level, "This is what a message looks like.")
    tables = samples.table(request), samples.empty_table(request)
    here = reverse("core:gallery")
    context = {
        "crumbs": [("Settings", here), ("Gallery", "")],
        "as_of": samples.DAY,
        "stats": samples.stats(),
        "charts": drawn,
        "form": form,
        "none": tables[1],
        "tabs": [Tab("Overview", here, active=True), Tab("Revenue", here, count=12)],
        "spark": [3, 4, 4, 6, None, 5, 8],
    }
    return respond(request, "core/gallery.html", context, *tables)


@login_not_required
def part(request: HttpRequest, part: str) -> HttpResponse:
    """What the gallery's dialog, side panel and progress bar load."""
    _only_in_debug_mode()
    if part == "progress":
        return _progress(request)
    if part == "confirm":
        context = {
            "title": "Delete Itämeren Kauppa?",
            "goes": ["the account and its 3 stores", "2 targets"],
            "stays": ["1,204 revenue entries, shown as unassigned"],
            "verb": "Delete account",
            "back_url": reverse("core:gallery"),
        }
        if request.method == "POST":
            return htmx.redirect(request, reverse("core:gallery"))
        return htmx.render_part(request, "components/confirm_page.html", context, "body")
    if part == "panel":
        return htmx.render_part(request, "core/gallery_panel.html", {}, "panel")
    if part == "broken":
        return HttpResponse(status=500)
    raise Http404


def _progress(request: HttpRequest) -> HttpResponse:
    """A job that advances by one step each time it is asked for."""
    text = request.GET.get("done", "0")
    done = min(int(text), STEPS) if text.isdigit() else 0
    running = done < STEPS
    url = f"{reverse('core:gallery-part', args=['progress'])}?done={done + 1}"
    context = {
        "job_id": "sample",
        "done": done,
        "total": STEPS,
        "running": running,
        "poll_url": url if running else "",
        "text": "Reading rows" if running else "All rows are read",
    }
    return render(request, "components/progress.html", context)
