"""The marketing plan: its budget and its activities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from kam.core.problems import explained
from kam.identity.models import User
from plans.models import MarketingActivity, MarketingBudget, Plan
from plans.services import figures

FREE = ("committed", "spent", "result", "result_note", "state", "owner")


def set_budget(
    *, plan: Plan, user: User | None, amount: Decimal | None, note: str = ""
) -> MarketingBudget | None:
    """Say what we may spend; None takes the budget away. Raises NotDraftError, RefusedError."""
    with explained(), transaction.atomic():
        row: MarketingBudget | None = MarketingBudget.objects.filter(plan=plan).first()
        if amount is None:
            if row:
                figures.remove(row, plan=plan, user=user)
            return None
        if row is None:
            return figures.make(MarketingBudget, plan=plan, user=user, amount=amount, note=note)
        figures.change(row, plan=plan, user=user, values={"amount": amount, "note": note})
        return row


def add_activity(*, plan: Plan, user: User | None, **values: Any) -> MarketingActivity:
    """Plan an activity. Raises NotDraftError, OutsidePeriodError, RefusedError."""
    return figures.make(MarketingActivity, plan=plan, user=user, **values)


def change_activity(*, activity: MarketingActivity, user: User | None, **values: Any) -> bool:
    """Change an activity; what is committed, spent and reached also while the plan goes on."""
    return figures.change(activity, plan=activity.plan, user=user, values=values, free=FREE)


def remove_activity(*, activity: MarketingActivity, user: User | None) -> None:
    """Take an activity out of a draft; in a plan that goes on it is cancelled instead."""
    figures.remove(activity, plan=activity.plan, user=user)
