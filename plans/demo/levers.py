"""How the demo's customers may grow: two scenarios to compare."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.demo.chance import Dice
from kam.core.demo import DemoRequest
from plans.choices.levers import LeverKind
from plans.demo.stories import Story
from plans.services.levers import LeverRow, add_scenario

D = Decimal
K = LeverKind
# Factors by lever, in thousandths of what it is now.
SCENARIOS: tuple[tuple[str, bool, dict[str, int]], ...] = (
    ("Three steps together", True, {K.SHOPPERS: 1050, K.TRIPS: 1030, K.SPEND: 1020}),
    ("Bigger baskets only", False, {K.SHOPPERS: 1000, K.TRIPS: 1000, K.SPEND: 1060}),
)
EVIDENCE = {
    K.SHOPPERS: "Household panel, breakfast shoppers of the last twelve months",
    K.TRIPS: "Loyalty card, visits with bakery in the basket",
    K.SPEND: "Test in six stores: basket with the family pack",
}


def fill(stories: Sequence[Story], request: DemoRequest) -> None:
    """Two scenarios for plans that are whole, one for those with most in them."""
    del request
    for story in stories:
        if story.fullness >= 2:
            for told in SCENARIOS[: story.fullness - 1]:
                _scenario(story, *told)


def _scenario(story: Story, name: str, is_chosen: bool, factors: dict[str, int]) -> None:
    dice = Dice(story.seed, "levers", story.plan.pk)
    shoppers, trips = D(dice.whole(60, 180) * 1000), D(dice.whole(18, 34))
    spend = D(dice.whole(140, 420)) / 100
    now = {K.SHOPPERS: shoppers, K.TRIPS: trips, K.SPEND: spend}
    rows = [
        LeverRow(kind, now[kind], now[kind] * factors[kind] / 1000, _(EVIDENCE[kind]))
        for kind in LeverKind
    ]
    margin, saved = D(dice.whole(44, 56)) / 2, D(dice.whole(2, 9) * 1000)
    add_scenario(
        plan=story.plan,
        user=story.owner,
        levers=rows,
        name=_(name),
        is_chosen=is_chosen,
        margin_before=margin,
        margin_after=margin + (D("0.5") if is_chosen else D(0)),
        cost_change=-saved if is_chosen else None,
        service_before=D(dice.whole(900, 950)) / 10,
        service_after=D(dice.whole(955, 985)) / 10,
        our_share=D(dice.whole(30, 60)) / 2,
        our_contribution=D(dice.whole(24, 36)),
        our_cost=D(dice.whole(5, 20) * 1000),
    )
