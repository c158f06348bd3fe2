"""The section of risks: which loss scenarios belong to the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import Account
from kam.identity.models import User
from plans.choices.plan import SectionKind
from plans.models import Plan
from plans.selectors.loss.listing import latest_results
from plans.selectors.loss.section import content_of_risks, scenarios_of
from plans.selectors.sections import SectionSource, section_sources
from plans.views.loss import words


def page_of_risks(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """Return the scenarios that the user sees, each with its verdict."""
    rows = scenarios_of(plan, user)
    results = latest_results(rows)
    sees = Account.objects.visible_to(user).filter(pk=plan.account_id).exists()
    return {
        "scenarios": [
            {
                "scenario": one,
                "badge": words.kind_badge(one).__html__(),
                "verdict": words.verdict(one, results[one.pk].result) if one.pk in results else "",
                "result": results.get(one.pk),
            }
            for one in rows
        ],
        "may_ask": sees and user.can("scenarios.edit"),
    }


def register() -> None:
    """Register the section."""
    section_sources.register(
        SectionSource(
            key=SectionKind.RISKS,
            content=content_of_risks,
            template="plans/sections/risks.html",
            page=page_of_risks,
            part="loss_scenarios",
        )
    )
