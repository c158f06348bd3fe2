"""Putting lines of My day off, and back."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kam.core import formats, htmx
from kam.core.pages import safe_next
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from kam.notifications.services import snoozing
from kam.notifications.views.notifications import VIEW


def _until(request: HttpRequest, today: date) -> date:
    """The day that was asked for, by its date or as days from today; today where it is neither."""
    text = request.POST.get("until", "")
    if text in {"1", "3", "7"}:
        return today + timedelta(days=int(text))
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


@requires(VIEW)
@require_POST
def put_off(request: HttpRequest) -> HttpResponse:
    """Hide a line until a day."""
    today = timezone.localdate()
    until = _until(request, today)
    try:
        snoozing.put_off(
            user=signed_in(request), key=request.POST.get("key", ""), until=until, as_of=today
        )
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Put off until %s.") % formats.date(until))
    return htmx.redirect(request, safe_next(request, reverse("dashboards:my-day")))


@requires(VIEW)
@require_POST
def bring_back(request: HttpRequest) -> HttpResponse:
    """Show everything that was put off again."""
    count = snoozing.bring_back(user=signed_in(request))
    words = ngettext("%(n)s line is back.", "%(n)s lines are back.", count)
    messages.success(request, words % {"n": formats.number(count)})
    return htmx.redirect(request, safe_next(request, reverse("dashboards:my-day")))
