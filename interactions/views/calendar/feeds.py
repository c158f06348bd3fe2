"""The feed: its page, and what calendars read at the secret address."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from interactions.analytics.ical import calendar_text
from interactions.forms.calendar import FeedForm
from interactions.selectors.calendar_feeds import entries_of, feed_of, feed_of_secret
from interactions.services import calendar_feeds as services
from interactions.views.calendar.common import crumbs_of
from kam.core.pages import confirm_page
from kam.identity.decorators import requires, signed_in

LONGEST = 100


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What the owner of a secret address plans, as RFC 5545; 404 for any other secret."""
    found = feed_of_secret(secret) if len(secret) <= LONGEST else None
    if found is None:
        raise Http404
    now = timezone.now()
    site = request.build_absolute_uri("/").rstrip("/")
    with translation.override(found.user.language):
        name = _("kam: %(name)s") % {"name": found.user.full_name}
        entries = entries_of(found, as_of=timezone.localdate(), site=site)
        content = calendar_text(entries, name=name)
    services.note_reading(feed=found, now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="kam.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


@requires("interactions.view")
@never_cache
@require_http_methods(["GET", "POST"])
def feed_settings(request: HttpRequest) -> HttpResponse:
    """One's own address: whether there is one, when it was read, what it tells."""
    user = signed_in(request)
    current = feed_of(user)
    if request.method == "POST" and current is not None:
        form = FeedForm(request.POST)
        if form.is_valid():
            services.change_feed(feed=current, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("interactions:calendar-feed")
    start = {"shows_private": current.shows_private if current is not None else False}
    context = {
        "current": current,
        "form": FeedForm(initial=start),
        "crumbs": crumbs_of((_("In another calendar"), "")),
    }
    return render(request, "interactions/calendar_feed.html", context)


@requires("interactions.view")
@never_cache
@require_http_methods(["GET", "POST"])
def feed_renew(request: HttpRequest) -> HttpResponse:
    """Make a new address and show it once; the former one ends."""
    user = signed_in(request)
    if request.method != "POST":
        return confirm_page(
            request,
            title=_("Make a new address?"),
            verb=_("Make a new address"),
            back_url=reverse("interactions:calendar-feed"),
            goes=[_("The former address: calendars that read it stop at once")],
            stays=[_("All meetings")],
        )
    form = FeedForm(request.POST)
    shows = form.is_valid() and form.cleaned_data["shows_private"]
    former = feed_of(user)
    if former is not None and "renew" not in request.POST:
        shows = former.shows_private
    made = services.renew_feed(user=user, shows_private=shows, now=timezone.now())
    path = reverse("interactions:calendar-feed-read", args=[made.secret])
    context = {
        "address": request.build_absolute_uri(path),
        "crumbs": crumbs_of((_("In another calendar"), "")),
    }
    return render(request, "interactions/calendar_feed_made.html", context)


@requires("interactions.view")
@require_http_methods(["GET", "POST"])
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """End the address, after asking."""
    back = reverse("interactions:calendar-feed")
    if request.method == "POST":
        services.revoke_feed(user=signed_in(request), now=timezone.now())
        messages.success(request, _("The address is revoked."))
        return redirect(back)
    return confirm_page(
        request,
        title=_("Revoke the address?"),
        verb=_("Revoke the address"),
        back_url=back,
        goes=[_("Access of every calendar that reads it, at once")],
        stays=[_("All meetings")],
    )
