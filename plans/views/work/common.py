"""What pages of the work of plans share: forms in place, and the section after a change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kam.core import htmx
from kam.core.pages import safe_next
from plans.choices.plan import SectionKind
from plans.models import Plan
from plans.views.plan import common, sections

FORM = "plans/work_form.html"
OBJECTIVES, KPIS = SectionKind.OBJECTIVES.value, SectionKind.KPIS.value


def section_url(plan: Plan, kind: str) -> str:
    """Where a section stands in its plan."""
    return f"{plan.get_absolute_url()}#section-{kind}"


def form_in_place(
    request: HttpRequest, form: Any, plan: Plan, *, kind: str, title: str, save: str
) -> HttpResponse:
    """A form as a page, or where the list has room for it; 422 to be mended."""
    back = safe_next(request, section_url(plan, kind))
    context = {
        "title": title,
        "form": form,
        "save": save,
        "action": request.get_full_path(),
        "kind": kind,
        "plan": plan,
        "cancel_url": back,
        "section_url": reverse("plans:section", args=[plan.pk, kind]),
        "crumbs": common.plan_crumbs(plan, (title, "")),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(request, FORM, context, "place", status=status)


def answered(request: HttpRequest, plan: Plan, kind: str, words: str) -> HttpResponse:
    """What stands after a change: the section for htmx, else the page that asked."""
    if not htmx.is_htmx(request):
        messages.success(request, words)
        return redirect(safe_next(request, section_url(plan, kind)))
    # A row that was changed may be the plan's own copy: what is drawn is read anew.
    response = sections.saved(request, common.get_plan(request, plan.pk), kind, words)
    response.headers["HX-Retarget"] = f"#section-{kind}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def refused(request: HttpRequest, url: str, words: str) -> HttpResponse:
    """A click that a rule refuses: what it says, on the page that stood."""
    if htmx.is_htmx(request):
        return htmx.toast(HttpResponse(status=204), words, "danger")
    messages.error(request, words)
    return redirect(safe_next(request, url))


def writer_of(request: HttpRequest, pk: int) -> Plan:
    """A plan that the user may write. Raises Http404."""
    return common.get_editable(request, pk)
