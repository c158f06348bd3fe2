"""Figures of plans by the models themselves: sales lines, range steps, levers, activities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import ProductCategory
from plans.models import (
    GrowthLever,
    LeverScenario,
    MarketingActivity,
    MarketingBudget,
    Plan,
    RangeStep,
    SalesLine,
    SalesMonth,
)
from tests.factories.accounts import make_category

_numbers = count(1)


def make_sales_line(
    *,
    plan: Plan,
    category: ProductCategory | None = None,
    months: dict[int, str | int] | None = None,
    volumes: dict[int, str | int] | None = None,
    **values: Any,
) -> SalesLine:
    """A line with amounts by month of 2026."""
    line = SalesLine.objects.create(plan=plan, category=category, **values)
    volumes = volumes or {}
    for month, amount in (months or {}).items():
        volume = Decimal(volumes[month]) if month in volumes else None
        SalesMonth.objects.create(
            line=line, month=date(2026, month, 1), amount=Decimal(amount), volume=volume
        )
    return line


def make_range_step(*, plan: Plan, **values: Any) -> RangeStep:
    """A planned step for a category, unless told."""
    if "product" not in values:
        values.setdefault("category", make_category())
    row: RangeStep = RangeStep.objects.create(plan=plan, **values)
    return row


def make_scenario(
    *, plan: Plan, levers: dict[str, tuple[int | str, int | str]] | None = None, **values: Any
) -> LeverScenario:
    """A growth scenario with levers as (now, target)."""
    facts = {"name": f"Scenario {next(_numbers)}"} | values
    row: LeverScenario = LeverScenario.objects.create(plan=plan, **facts)
    for kind, (now, target) in (levers or {}).items():
        GrowthLever.objects.create(
            scenario=row, kind=kind, baseline=Decimal(now), target=Decimal(target)
        )
    return row


def make_activity(*, plan: Plan, **values: Any) -> MarketingActivity:
    """A promotion in March 2026, unless told."""
    facts = {
        "kind": "promotion",
        "title": f"Activity {next(_numbers)}",
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 3, 15),
    } | values
    row: MarketingActivity = MarketingActivity.objects.create(plan=plan, **facts)
    return row


def make_budget(*, plan: Plan, amount: str | int = 1000) -> MarketingBudget:
    """A marketing budget."""
    row: MarketingBudget = MarketingBudget.objects.create(plan=plan, amount=Decimal(amount))
    return row
