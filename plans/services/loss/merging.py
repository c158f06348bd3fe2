"""Loss scenarios' share in a merge of two accounts: the kept account is lost in its place."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.merging import Mover, Part
from plans.choices.plan import Confidentiality
from plans.models import LossScenario, ScenarioAccount
from plans.services.plan.naming import name_of


def _of(account: Account) -> QuerySet[ScenarioAccount]:
    rows = ScenarioAccount.objects.filter(account=account)
    return rows.select_related("scenario__plan").order_by("pk")


def _plan(keep: Account, drop: Account) -> Part:
    return Part(moves=[_("Loss scenario %s") % _name(row.scenario) for row in _of(drop)])


def _name(scenario: LossScenario) -> str:
    """By its title; one of a plan that not everybody may read by that plan."""
    plan = scenario.plan
    if plan is None or plan.confidentiality == Confidentiality.OPEN:
        return scenario.title
    return name_of(plan)


def _move(keep: Account, drop: Account) -> None:
    """A scenario that loses both loses the kept one once; results stay as they were computed."""
    both = _of(keep).values("scenario")
    _of(drop).filter(scenario__in=both).delete()
    _of(drop).update(account=keep)


MOVERS = (Mover(key="plans.loss", plan=_plan, move=_move, order=121),)
