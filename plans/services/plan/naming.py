"""How plans are named to who may not be among their readers."""

from __future__ import annotations

from kam.core.dates import Period
from plans.choices.plan import Confidentiality
from plans.models import Plan


def name_of(plan: Plan) -> str:
    """A plan by its title, or by its days where it is not open to the sales organisation."""
    if plan.confidentiality == Confidentiality.OPEN:
        return plan.title
    days = Period(plan.period.lower, plan.period.upper)
    return f"{days} ({plan.get_confidentiality_display()})"
