"""Growth scenarios with what they bring both sides, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import prod
from typing import Any

from kam.core.money import quantise
from kam.identity.models import User
from plans.analytics.levers import Assumptions, Effect, Joint, Lever, effect, joint
from plans.choices.levers import LeverKind
from plans.models import GrowthLever, LeverScenario, Plan
from plans.selectors.sales.content import money_content, sees_figures


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """A scenario, its levers in the order of the product, and what comes of them.

    Contributions in `joint.parts` add up to `joint.change`; `money` is the same in money of the
    customer's sales, adding up to what these grow by. `sales_before` is typed, or the product of
    all three baselines; None where neither is there.
    """

    scenario: LeverScenario
    levers: Sequence[GrowthLever]
    joint: Joint
    effect: Effect
    is_product: bool

    @property
    def contributions(self) -> list[tuple[GrowthLever, Decimal]]:
        """Each lever with what it contributes, as a fraction of sales now."""
        return [(one, self.joint.parts[one.kind]) for one in self.levers]


def scenarios_of(plan: Plan) -> list[ScenarioResult]:
    """Return the scenarios of a plan in their order, in two statements."""
    rows = plan.lever_scenarios.prefetch_related("levers")
    return [result_of(one) for one in rows]


def result_of(scenario: LeverScenario) -> ScenarioResult:
    """Return what a scenario brings."""
    order = list(LeverKind.values)
    rows = sorted(scenario.levers.all(), key=lambda one: order.index(one.kind))
    levers = [Lever(one.kind, one.baseline, one.target) for one in rows]
    sales = scenario.sales_before
    is_product = sales is None and len(rows) == len(order)
    if is_product:
        sales = quantise(prod((one.baseline for one in rows), start=Decimal(1)))
    return ScenarioResult(
        scenario=scenario,
        levers=rows,
        joint=joint(levers),
        effect=effect(levers, _given(scenario, sales)),
        is_product=is_product,
    )


def _given(scenario: LeverScenario, sales: Decimal | None) -> Assumptions:
    return Assumptions(
        sales=sales,
        margin_before=scenario.margin_before,
        margin_after=scenario.margin_after,
        cost_change=scenario.cost_change,
        service_before=scenario.service_before,
        service_after=scenario.service_after,
        our_share=scenario.our_share,
        our_share_after=scenario.our_share_after,
        our_contribution=scenario.our_contribution,
        our_cost=scenario.our_cost,
    )


def levers_content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """The scenarios as a document."""
    del as_of
    if not sees_figures(plan, user):
        return {}
    return {"scenarios": [_scenario(one, plan.currency_id) for one in scenarios_of(plan)]}


def _scenario(one: ScenarioResult, code: str) -> Mapping[str, Any]:
    found = one.effect
    money = {
        "their_sales_before": found.sales_before,
        "their_sales_after": found.sales_after,
        "their_margin_change": found.margin_change,
        "their_cost_change": found.cost_change,
        "their_gain": found.their_gain,
        "our_revenue_change": found.revenue_change,
        "our_gain": found.our_gain,
    }
    return {
        "id": one.scenario.pk,
        "name": one.scenario.name,
        "note": one.scenario.note,
        "is_chosen": one.scenario.is_chosen,
        "change": one.joint.change,
        "service_change": found.service_change,
        **{key: money_content(value, code) for key, value in money.items()},
        "levers": [
            {
                "id": lever.kind,
                "kind": lever.kind,
                "baseline": lever.baseline,
                "target": lever.target,
                "evidence": lever.evidence,
                "contribution": part,
            }
            for lever, part in one.contributions
        ],
    }
