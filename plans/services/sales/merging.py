"""Range steps' share in a merge of two accounts: they follow the stores that they are about."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.merging import Mover, Part
from plans.choices.plan import Confidentiality
from plans.models import RangeStep
from plans.services.plan.naming import name_of
from plans.services.rewriting import rewriting_plans


def _plan(_keep: Account, drop: Account) -> Part:
    rows = RangeStep.objects.filter(account=drop).select_related("product", "category", "plan")
    return Part(
        moves=[_("Range step %(step)s") % {"step": _name(one)} for one in rows.order_by("pk")]
    )


def _name(step: RangeStep) -> str:
    """By what it is about; one of a plan that not everybody may read by that plan."""
    is_open = step.plan.confidentiality == Confidentiality.OPEN
    return str(step) if is_open else name_of(step.plan)


def _move(keep: Account, drop: Account) -> None:
    with rewriting_plans():
        RangeStep.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())


MOVERS = (Mover(key="plans.range_steps", plan=_plan, move=_move, order=121),)
