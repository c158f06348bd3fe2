"""What loss scenarios bring to the section of risks: which ones a plan has, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kam.identity.models import User
from plans.models import LossScenario, Plan
from plans.selectors.loss.listing import latest_results, scenarios_for

RANGES = ("revenue", "contribution", "receivables", "deepest", "tied_up")


def scenarios_of(plan: Plan, user: User | None) -> list[LossScenario]:
    """Return the plan's scenarios that a user sees; for a snapshot those of the plan's own
    account and below it, since others read the plan without seeing other customers."""
    if user is not None:
        return list(scenarios_for(user).filter(plan=plan))
    rows = LossScenario.objects.filter(plan=plan).prefetch_related("account_rows__account")
    return [
        one
        for one in rows
        if all(plan.account_id in row.account.path for row in one.account_rows.all())
    ]


def content_of_risks(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """Return each scenario with the ranges of its latest result; concentration is left out: it
    speaks of other customers."""
    rows = scenarios_of(plan, user)
    results = latest_results(rows)
    return {
        "loss_scenarios": [
            {
                "id": one.pk,
                "title": one.title,
                "kind": one.kind,
                "starts_on": one.starts_on,
                "as_of": results[one.pk].as_of if one.pk in results else None,
                **_ranges(one, results[one.pk].result if one.pk in results else {}),
            }
            for one in rows
        ]
    }


def _ranges(scenario: LossScenario, found: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in RANGES:
        three = found.get(name)
        for place, end in enumerate(("low", "base", "high")):
            told[f"{name}_{end}"] = (
                None
                if three is None
                else {"amount": Decimal(three[place]), "currency": scenario.currency_id}
            )
    return told
