"""Plans' share in a merge of two accounts: they become the kept account's, with their history."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core.problems import Blocker, Caution
from plans.choices.plan import PlanState
from plans.models import Plan
from plans.services.plan.naming import name_of
from plans.services.rewriting import rewriting_plans


def _of(account: Account) -> QuerySet[Plan]:
    return Plan.objects.filter(account=account).select_related("parent__account").order_by("pk")


def _plan(keep: Account, drop: Account) -> Part:
    rows = list(_of(drop))
    return Part(
        moves=[_("Plan %(plan)s") % {"plan": name_of(one)} for one in rows],
        cautions=[
            Caution(
                _("%(plan)s does not hang below %(above)s any more: it is of an account that does "
                  "not stand above.") % {"plan": name_of(one), "above": name_of(above)},
                "plan_leaves_its_parent",
            )
            for one, above in _leaving(keep, rows)
        ],
        blockers=list(_blockers(keep, rows)),
    )  # fmt: skip


def _blockers(keep: Account, rows: list[Plan]) -> Iterator[Blocker]:
    """Both have a plan for the same days: only people can say which one holds."""
    own = [one for one in _of(keep) if one.state != PlanState.CANCELLED]
    for one in rows:
        for twin in own:
            if one.state != PlanState.CANCELLED and _share_days(one, twin):
                words = _(
                    "Both have a plan for the same days: %(kept)s and %(other)s. Cancel one first."
                )
                names = {"kept": name_of(twin), "other": name_of(one)}
                yield Blocker(words % names, "plans_of_both")


def _share_days(one: Plan, other: Plan) -> bool:
    found: bool = one.period.lower < other.period.upper and other.period.lower < one.period.upper
    return found


def _leaving(keep: Account, rows: list[Plan]) -> list[tuple[Plan, Plan]]:
    """Plans with their plan above, where that is not of an account above the one that is kept."""
    above = set(keep.path) - {keep.pk}
    return [(one, one.parent) for one in rows if one.parent and one.parent.account_id not in above]


def _move(keep: Account, drop: Account) -> None:
    rows = list(_of(drop))
    leaving = {one.pk for one, _above in _leaving(keep, rows)}
    with rewriting_plans():
        for one in rows:
            one.account = keep
            if one.pk in leaving:
                one.parent = None
            one.save(update_fields=["account", "parent", "updated_at"])


MOVERS = (Mover(key="plans.plans", plan=_plan, move=_move, order=120),)
