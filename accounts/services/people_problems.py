"""Why a change about people is refused: each names the field it is about."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, register_constraint


class SameNameError(RefusedError):
    """Somebody of this name stands at the account already: the same person, perhaps."""

    code, field = "same_name", "name"
    words = _("Somebody of this name is at this account already. Is it another person?")


class AlreadyThereError(RefusedError):
    """A second place of one person at one account at the same time."""

    code, field = "position_once_at_a_date", "account"
    words = _("This person has a place at the account in that time already.")


class UnknownFunctionError(RefusedError):
    """A function that is not on the list."""

    code, field = "unknown_function", "function"
    words = _("There is no such function. Choose one from the list.")


class UnknownRoleError(RefusedError):
    """A decision role that is not on the list."""

    code, field = "unknown_role", "roles"
    words = _("There is no such decision role. Choose from the list.")


class ReportingCycleError(RefusedError):
    """A boss who stands below the person itself."""

    code, field = "position_no_cycle", "reports_to"
    words = _("This would be a circle: the boss reports to this person already.")


class OtherCustomerError(RefusedError):
    """A line that leaves the customer's tree."""

    code, field = "position_boss_in_the_tree", "reports_to"
    words = _("The boss stands at another customer. Choose somebody of the same group.")


class LinkedToOtherCustomerError(OtherCustomerError):
    """An informal line that leaves the customer's tree."""

    code, field = "stakeholder_link_in_the_tree", "to_position"
    words = _("The two stand at different customers. Choose somebody of the same group.")


class LeavingDateError(RefusedError):
    """A last day before the first."""

    code, field = "leaving_date", "on"
    words = _("The person was not there yet on this date. Choose a later one.")


class GoneError(RefusedError):
    """Something that needs a person who is still there."""

    code, field = "not_there_anymore", "on"
    words = _("The person left before this date.")


class RatedLaterError(RefusedError):
    """A place that would end before a rating of its holder."""

    code, field = "position_holds_its_ratings", "on"
    words = _("The person was rated on a later day. Choose a date after that.")


class PlaceholderError(RefusedError):
    """Something that only a placeholder, or only a person, can have."""

    code, field = "placeholder", "position"
    words = _("Nobody is known here yet. Say first who it is.")


class ScaleError(RefusedError):
    """A rating off its scale."""

    code, field = "rating_within_its_scale", "value"
    words = _("This value is not on the scale.")


class NotThereError(RefusedError):
    """A rating of somebody who was not at the account on that date."""

    code, field = "rating_of_somebody_there", "rated_on"
    words = _("The person was not at this account on that date.")


class FutureRatingError(RefusedError):
    """A rating of a day to come."""

    code, field = "future_rating", "rated_on"
    words = _("A rating is of today or an earlier day.")


class EvidenceError(RefusedError):
    """A confirmed rating without evidence."""

    code, field = "rating_confirmed_by_evidence", "evidence"
    words = _("What is confirmed needs evidence: say what shows it.")


class TeamMemberError(RefusedError):
    """A relationship level without one of us, or another rating with one."""

    code, field = "rating_of_a_level_says_whose", "team_member"
    words = _("A relationship level is that of one of us: say whose.")


class RatingStandsError(RefusedError):
    """A change of a rating that was given."""

    code = "rating_append_only"
    words = _("Ratings stay as they were given. Give a new one.")


class SamePersonError(RefusedError):
    """A merge of a person with itself."""

    code, field = "same_person", "drop"
    words = _("Choose two different people.")


for _kind in (
    AlreadyThereError,
    ReportingCycleError,
    OtherCustomerError,
    LinkedToOtherCustomerError,
    RatedLaterError,
    ScaleError,
    NotThereError,
    EvidenceError,
    TeamMemberError,
    RatingStandsError,
):
    register_constraint(_kind.code, _kind.words, field=_kind.field, kind=_kind)
register_constraint(
    "position_function_known",
    UnknownFunctionError.words,
    field="function",
    kind=UnknownFunctionError,
)
register_constraint(
    "position_roles_known", UnknownRoleError.words, field="roles", kind=UnknownRoleError
)
register_constraint(
    "position_not_its_own_boss",
    ReportingCycleError.words,
    field="reports_to",
    kind=ReportingCycleError,
)
