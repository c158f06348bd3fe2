"""The marketing plan: its budget and its activities."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kam.core.problems import explained, refuse_stale
from kam.core.versions import fingerprint
from kam.identity.models import User
from plans.models import MarketingActivity, MarketingBudget, Plan
from plans.services import figures
from plans.services.writing import locked_plan

FREE = ("committed", "spent", "result", "result_note", "state", "owner")


def set_budget(
    *,
    plan: Plan,
    user: User | None,
    amount: Decimal | None,
    note: str = "",
    read_as: str | None = None,
) -> MarketingBudget | None:
    """Say what we may spend; None takes the budget away.

    Raises NotDraftError, RefusedError, and StaleError where somebody else set it since it was
    read as `read_as` (`budget_version`).
    """
    with explained(), transaction.atomic():
        locked_plan(plan)
        row: MarketingBudget | None = MarketingBudget.objects.filter(plan=plan).first()
        refuse_stale(budget_version(row), read_as)
        if amount is None:
            if row:
                figures.remove(row, plan=plan, user=user)
            return None
        if row is None:
            return figures.make(MarketingBudget, plan=plan, user=user, amount=amount, note=note)
        figures.change(row, plan=plan, user=user, values={"amount": amount, "note": note})
        return row


def budget_version(budget: MarketingBudget | None) -> str:
    """Return the version of a budget; a plan without one has a version too."""
    return fingerprint(budget and (budget.amount, budget.note))


def add_activity(*, plan: Plan, user: User | None, **values: Any) -> MarketingActivity:
    """Plan an activity. Raises NotDraftError, OutsidePeriodError, RefusedError."""
    return figures.make(MarketingActivity, plan=plan, user=user, **values)


def change_activity(
    *,
    activity: MarketingActivity,
    user: User | None,
    read_at: datetime | None = None,
    **values: Any,
) -> bool:
    """Change an activity; what is committed, spent and reached also while the plan goes on.

    Raises what `figures.change` does.
    """
    return figures.change(
        activity, plan=activity.plan, user=user, values=values, free=FREE, read_at=read_at
    )


def remove_activity(
    *, activity: MarketingActivity, user: User | None, read_at: datetime | None = None
) -> None:
    """Take an activity out of a draft; in a plan that goes on it is cancelled instead."""
    figures.remove(activity, plan=activity.plan, user=user, read_at=read_at)
