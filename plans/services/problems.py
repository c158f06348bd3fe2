"""Why a change of a plan is refused, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.problems import RefusedError, register_constraint
from plans.models import Plan
from plans.services.writing import NotDraftError, NotOpenError


class OverlapError(RefusedError):
    """A second plan of an account for the same days."""

    code, field = "plan_once_at_a_date", "period"
    words = _("The account has a plan for some of these days.")


class ParentError(RefusedError):
    """A plan above that is not of an account above, or for another time."""

    code, field = "plan_parent_above", "parent"
    words = _("The plan above is one of an account above this one, never the plan itself.")


class ForeignPlanError(RefusedError):
    """What stands beside an account names a plan of that account, or of one above it."""

    code, field = "foreign_plan", "plan"
    words = _("This plan is not of the account, nor of one above it.")


def check_plan(account: Account, plan: Plan | None) -> None:
    """Raise ForeignPlanError for a plan of somewhere else."""
    if plan is not None and plan.account_id not in {*account.path, account.pk}:
        raise ForeignPlanError


_WORDS = {
    "plan_is_never_deleted": _("A plan is cancelled, not deleted."),
    "plan_goes_its_way": _("The plan cannot take this step in its present state."),
    "plan_approved_by_another": _("Nobody approves a plan that they wrote."),
}
_FIXED = (
    "plan_header_fixed", "plan_section_fixed", "swot_item_fixed", "objective_fixed",
    "initiative_fixed", "kpi_fixed",
)  # fmt: skip


def register() -> None:
    """Let refusals of the database speak the same words."""
    for kind in (OverlapError, ParentError):
        register_constraint(kind.code, kind.words, field=kind.field, kind=kind)
    for name, words in _WORDS.items():
        register_constraint(name, words)
    for name in _FIXED:
        register_constraint(name, NotDraftError.words, kind=NotDraftError)
    register_constraint("plan_action_open", NotOpenError.words, kind=NotOpenError)
