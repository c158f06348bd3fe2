"""What settlement statements refuse, in words for people; the database's refusals say the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from kam.core.problems import RefusedError, register_constraint


class StatementRefusedError(RefusedError):
    """Something that a statement cannot do or be; `code` says which."""

    code = "statement"


class PeriodTakenError(StatementRefusedError):
    """Another statement covers some of these days."""

    code, field = "period_overlaps", "period"
    words = _("Another statement of these terms covers some of these days.")


class InactiveVersionError(StatementRefusedError):
    """A version that is not in force over the period."""

    code, field = "version_inactive", "term"
    words = _("These terms are not in force over the whole period.")


class NotInputError(StatementRefusedError):
    """Something that the computation needs is missing; the words name it."""

    code = "input_missing"


class StateError(StatementRefusedError):
    """An act that the statement's state does not allow."""

    code, field = "state", "state"
    words = _("The statement does not allow this as it stands.")


class TooMuchError(NotInputError):
    """More contested than the line or the statement says."""

    code, field = "too_much", "amount"
    words = _("More is contested than the statement says.")


class AboveLimitError(StatementRefusedError):
    """A larger amount than the person may post."""

    code, field = "above_limit", "amount"
    words = _("This amount is above what you may post.")


_MEANINGS: dict[str, type[RefusedError]] = {
    "settlement_statement_periods_apart": PeriodTakenError,
    "settlement_statement_pinned": InactiveVersionError,
    "settlement_statement_goes_its_way": StateError,
    "settlement_statement_key_once": StateError,
    "statement_dispute_within": TooMuchError,
}
_WORDS: dict[str, Text] = {
    "settlement_statement_fixed": _("An issued statement stays as it is. Correct it instead."),
    "settlement_statement_sums": _("The lines do not add up to the totals."),
    "statement_line_of_a_draft": _("Lines of an issued statement stay as they are."),
    "statement_report_of_a_draft": _("An issued statement keeps the reports it rests on."),
    "statement_document_stays": _("What a statement posted stays."),
}


def register() -> None:
    """Teach `kam.core.problems` what the constraints of statements mean."""
    for name, kind in _MEANINGS.items():
        register_constraint(name, kind.words, field=kind.field, kind=kind)
    for name, words in _WORDS.items():
        register_constraint(name, words, kind=StateError)
