"""What credit refuses, in words; the database's refusals say the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kam.core.problems import register_constraint

BELOW_ZERO = _("A limit cannot be below zero. 0 means prepay only.")
OVER_CHAIN = _(
    "The limits below it would be more than the limit of the chain. Raise that one first."
)
DECIDED = _("This is decided or submitted already: it stays as it is.")
_WORDS = {
    "credit_limit_below_chain": (OVER_CHAIN, "amount"),
    "credit_limit_not_below_zero": (BELOW_ZERO, "amount"),
    "credit_limit_fixed": (_("A limit stays in the history. End it or take it back."), ""),
    "credit_application_fixed": (DECIDED, ""),
    "credit_application_way": (
        _("The application cannot take this step in its present state."),
        "state",
    ),
    "financial_statement_of_a_draft": (DECIDED, ""),
    "checklist_answer_of_a_draft": (DECIDED, ""),
    "application_file_stays": (_("What was kept with the application stays."), "file"),
    "credit_check_append_only": (_("What was checked stays as it was."), ""),
    "credit_override_append_only": (_("What was let through stays as it was."), ""),
    "credit_hold_way": (_("The hold cannot take this step in its present state."), "state"),
}


def register() -> None:
    """Teach `kam.core.problems` what the constraints of credit mean."""
    for name, (words, field) in _WORDS.items():
        register_constraint(name, words, field=field)
