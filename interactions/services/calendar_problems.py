"""Why something about the calendar is refused: each names the field it is about."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from interactions.models.calendar import EARLIEST
from kam.core.problems import RefusedError, register_constraint


class NoTimeError(RefusedError):
    """Neither hours nor days."""

    code, field = "meeting_timed_or_all_day", "starts_on"
    words = _("Say from when to when, or that it lasts all day.")


class FarAwayError(RefusedError):
    """A meeting further ahead than anybody plans: mostly a slip of the year."""

    code, field = "meeting_far_away", "starts_on"
    words = _("This is more than five years ahead. Check the year.")


def out_of_reach(when: date | None) -> RefusedError:
    """Why a day that no calendar reaches is refused."""
    if when is None or when.year > EARLIEST.year:
        return FarAwayError()
    words = _("A meeting is after 1990 and lasts at most 92 days.")
    return RefusedError(words, field="starts_on", code="meeting_within_reach")


class NotPlannedError(RefusedError):
    """A change of what is cancelled or in the log."""

    code = "meeting_not_planned"
    words = _("This meeting is cancelled or in the log already.")


class NotBegunError(RefusedError):
    """A meeting that is still to come does not go into the log."""

    code = "meeting_not_begun"
    words = _("This meeting has not begun yet.")


class NoAccountError(RefusedError):
    """A contact is with a customer."""

    code, field = "meeting_without_account", "account"
    words = _("Say first with which customer it was.")


class NotTheirsError(RefusedError):
    """Somebody of another customer."""

    code, field = "meeting_within_a_customer", "participants"
    words = _("Somebody on the list stands at another customer.")


def register() -> None:
    """Let refusals of the database speak the same words."""
    register_constraint(
        NotTheirsError.code, NotTheirsError.words, field="participants", kind=NotTheirsError
    )
