"""What may stand above a plan: a plan of an account above, for a time that both share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plans.choices.plan import PlanState
from plans.models import Plan
from plans.services.plan.naming import name_of
from plans.services.problems import ParentError


def check_parent(row: Plan) -> None:
    """Raise ParentError where the plan above is the plan itself, hangs below it, is of an account
    that does not stand above, is over, or shares no day with it."""
    parent = row.parent
    if parent is None:
        return
    if row.pk and parent.pk == row.pk:
        raise ParentError(_("A plan is not above itself."))
    if row.pk and _hangs_below(parent, row):
        raise ParentError(
            _("%(plan)s hangs below this plan: it cannot be above it.") % {"plan": name_of(parent)}
        )
    if parent.account_id == row.account_id or parent.account_id not in row.account.path:
        words = _("%(plan)s is not of an account above %(account)s.")
        raise ParentError(words % {"plan": name_of(parent), "account": row.account.name})
    if parent.state == PlanState.CANCELLED:
        raise ParentError(_("%(plan)s is cancelled.") % {"plan": name_of(parent)})
    if not (parent.period.lower < row.period.upper and row.period.lower < parent.period.upper):
        raise ParentError(_("%(plan)s is for another time.") % {"plan": name_of(parent)})


def _hangs_below(plan: Plan, above: Plan) -> bool:
    """Whether a plan hangs below another, at any depth: each step goes up the tree of accounts."""
    seen: set[int] = set()
    at: Plan | None = plan
    while at is not None and at.pk not in seen:
        if at.parent_id == above.pk:
            return True
        seen.add(at.pk)
        at = at.parent
    return False
