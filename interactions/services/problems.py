"""Why a contact is refused: each names the field it is about."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, register_constraint

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing that is told of customers lies before this: see `TooEarlyError`."""


class NotThereError(RefusedError):
    """Somebody who did not stand at this customer on the day of the contact."""

    code, field = "participant_stands_there", "participants"
    words = _("This person was not at this customer on that day.")


class FutureContactError(RefusedError):
    """A contact that has not been yet."""

    code, field = "future_contact", "occurred_at"
    words = _("This is still to come. Put it into the calendar instead.")


class TooEarlyError(RefusedError):
    """A contact of a time out of all reach."""

    code, field = "contact_too_early", "occurred_at"
    words = _("This lies before 1990. Check the date.")


class LoggedAlreadyError(RefusedError):
    """A mail, calendar entry or line of a file that is in the log."""

    code, field = "interaction_once_per_source", ""
    words = _("This contact is in the log already.")


class TimeIsUpError(RefusedError):
    """A change by its author after the time of editing."""

    code = "edit_time_is_up"
    words = _("The time to change this contact is over. Correct it and say why.")


class AlreadyBecameError(RefusedError):
    """A note that became this already."""

    code = "note_became_already"
    words = _("This note became that already.")


class GrewError(RefusedError):
    """A contact or note that others rely on."""

    code = "contact_grew"
    words = _("Something grew out of this. Correct the contact instead.")


class ConcernMoveError(RefusedError):
    """A state that a concern does not go to from where it stands."""

    code, field = "concern_moves_on", "state"
    words = _("A concern does not go there from where it stands.")


def register() -> None:
    """Let refusals of the database speak the same words."""
    for kind in (NotThereError, ConcernMoveError, LoggedAlreadyError):
        register_constraint(kind.code, kind.words, field=kind.field, kind=kind)
    register_constraint(
        "interaction_keeps_its_people",
        _("Somebody on the list was not at this customer on that day."),
        field="participants",
        kind=NotThereError,
    )
    register_constraint("correction_append_only", _("Corrections stay as they are."))
    register_constraint(
        "need_voiced_by_their_people",
        _("This person stands at another customer."),
        field="voiced_by",
    )
    register_constraint(
        "need_answered_at_the_customer", _("This belongs to another customer."), field="answer"
    )
    register_constraint(
        "concern_raised_by_theirs",
        _("This person was not at this customer on that day."),
        field="raised_by",
    )
    register_constraint("concern_keeps_its_targets", _("A concern keeps when it was raised."))
    register_constraint("concern_entry_append_only", _("What happened to a concern stays."))
