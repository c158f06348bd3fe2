"""What the demo's plans do to sell more: a budget and activities across the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.demo.chance import Dice
from kam.core.demo import DemoRequest
from plans.choices.marketing import ActivityKind, ActivityState, Payer
from plans.demo.stories import Story
from plans.services.marketing import add_activity, set_budget

A = ActivityKind
# Kind, title, day of the year at which it begins, days, cost in hundreds, who pays, measure.
TOLD: tuple[tuple[str, str, int, int, int, str, str], ...] = (
    (A.PRESENTATION, "Range presentation to the buying team", 20, 1, 6, Payer.WE, ""),
    (A.PROMOTION, "Spring breakfast weeks", 75, 14, 90, Payer.SHARED, "cases sold"),
    (A.TRAINING, "Bake-off training for store staff", 110, 3, 35, Payer.WE, "people trained"),
    (A.SAMPLING, "Tasting in the large stores", 160, 10, 60, Payer.SHARED, "tastings"),
    (A.DISPLAY, "Second placement at the entrance", 200, 28, 75, Payer.WE, "cases sold"),
    (A.DIGITAL, "Recipes in their app", 240, 30, 28, Payer.THEY, "views"),
    (A.EVENT, "Harvest day with their customers", 270, 1, 48, Payer.SHARED, "visitors"),
    (A.PROMOTION, "Christmas baking", 325, 21, 110, Payer.WE, "cases sold"),
)


def fill(stories: Sequence[Story], request: DemoRequest) -> None:
    """A budget and activities for plans that have more than a beginning."""
    del request
    for story in stories:
        if story.fullness >= 2:
            count = len(TOLD) if story.fullness == 3 else 4
            set_budget(plan=story.plan, user=story.owner, amount=Decimal(count * 5000))
            for place in range(count):
                _activity(story, place)


def _activity(story: Story, place: int) -> None:
    kind, title, day, days, cost, payer, measure = TOLD[place]
    dice = Dice(story.seed, "marketing", story.plan.pk, place)
    start = story.period.start + timedelta(days=day)
    end = min(start + timedelta(days=days - 1), story.period.last_day)
    if start > end:
        return
    planned = Decimal(cost * 100)
    facts: dict[str, Any] = {"planned": planned}
    if measure:
        facts |= {"measure": _(measure), "expected": Decimal(dice.whole(4, 30) * 50)}
    add_activity(
        plan=story.plan,
        user=story.owner,
        kind=kind,
        title=_(title),
        starts_on=start,
        ends_on=end,
        owner=story.owner,
        payer=payer,
        our_percent=Decimal(50) if payer == Payer.SHARED else None,
        is_shareable=place == 1,
        **(facts | _progress(story, dice, start, end, planned, facts.get("expected"))),
    )


def _progress(
    story: Story, dice: Dice, start: Any, end: Any, planned: Decimal, expected: Decimal | None
) -> dict[str, Any]:
    """What is past is done and was spent; what is near is confirmed and committed."""
    if not story.is_live:
        return {}
    if end < story.as_of:
        spent = planned * dice.whole(85, 115) / 100
        told: dict[str, Any] = {"state": ActivityState.DONE, "committed": planned, "spent": spent}
        if expected is not None:
            told |= {"result": (expected * dice.whole(70, 130) / 100).quantize(Decimal(1))}
        return told
    if start <= story.as_of + timedelta(days=60):
        return {"state": ActivityState.CONFIRMED, "committed": planned}
    return {}
