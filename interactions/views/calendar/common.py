"""What the calendar's pages share: rows in scope, crumbs, badges, signs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.choices import InteractionKind
from interactions.models import Meeting
from interactions.selectors.calendar import meetings_for
from kam.core import formats
from kam.core.badges import Badge
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User

# icons: phone walk users-group mail confetti message-circle clipboard-check lock
ICONS: dict[str, str] = {
    InteractionKind.CALL: "phone",
    InteractionKind.VISIT: "walk",
    InteractionKind.MEETING: "users-group",
    InteractionKind.EMAIL: "mail",
    InteractionKind.EVENT: "confetti",
    InteractionKind.MESSAGE: "message-circle",
    InteractionKind.STORE_CHECK: "clipboard-check",
}
CANCELLED = Badge(gettext_lazy("Cancelled"), "muted")
LOGGED = Badge(gettext_lazy("In the log"), "success")
WAITS = Badge(gettext_lazy("To be logged"), "warning")
PLANNED = Badge(gettext_lazy("Planned"), "info")


def get_meeting(request: HttpRequest, pk: int) -> Meeting:
    """A meeting whose details the user may read. Raises Http404."""
    found: Meeting = get_object_or_404(meetings_for(signed_in(request)), pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> Meeting:
    """A meeting that the user may change. Raises Http404."""
    rows: Any = Meeting.objects.editable_by(signed_in(request))
    found: Meeting = get_object_or_404(rows.select_related("account", "owner", "place"), pk=pk)
    return found


def may_edit(user: User, meeting: Meeting) -> bool:
    """Whether the user may change a meeting."""
    return bool(Meeting.objects.editable_by(user).filter(pk=meeting.pk).exists())


def crumbs_of(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below the calendar."""
    return [(_("Calendar"), reverse("interactions:calendar")), *steps]


def state_badge(meeting: Meeting) -> Badge:
    """Where a meeting stands."""
    if meeting.is_cancelled:
        return CANCELLED
    if meeting.interaction_id is not None:
        return LOGGED
    return WAITS if meeting.has_begun(timezone.now()) else PLANNED


def when(meeting: Meeting) -> str:
    """From when to when in words, in the organisation's time zone."""
    if meeting.starts_at is None or meeting.ends_at is None:
        first = formats.date(meeting.starts_on)
        if meeting.ends_on == meeting.starts_on:
            return _("%(day)s, all day") % {"day": first}
        return f"{first} – {formats.date(meeting.ends_on)}"
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    if starts.date() == ends.date():
        return f"{formats.date(starts.date())}, {starts:%H:%M}–{ends:%H:%M}"
    return (
        f"{formats.date(starts.date())}, {starts:%H:%M} – {formats.date(ends.date())}, {ends:%H:%M}"
    )
