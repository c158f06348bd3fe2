"""What the demo's plans sell: last year grown by category, and steps of the range."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from accounts.demo.chance import Dice
from accounts.models import Account, Product
from kam.core.demo import DemoRequest
from kam.core.problems import RefusedError
from plans.choices.sales import ListingState
from plans.demo.stories import Story
from plans.models import RangeStep, SalesLine
from plans.services.sales.amounts import prefill

STEPS = 5


def fill(stories: Sequence[Story], request: DemoRequest) -> None:
    """Plan the sales of every plan that has more than a beginning."""
    del request
    for story in stories:
        if story.fullness >= 2:
            _sales(story)
            _range(story)


def _sales(story: Story) -> None:
    dice = Dice(story.seed, "sales plan", story.plan.pk)
    growth = Decimal(dice.whole(2, 9))
    try:
        prefill(plan=story.plan, user=story.owner, growth=growth, as_of=story.as_of)
    except RefusedError:  # nothing was sold a year before
        return
    for line in SalesLine.objects.filter(plan=story.plan).order_by("place"):
        line.terms_percent = Decimal(dice.whole(6, 14)) / 2
        line.save(update_fields=["terms_percent", "updated_at"])


def _range(story: Story) -> None:
    """Products that are new to them, by the seasons of the year."""
    dice = Dice(story.seed, "range", story.plan.pk)
    products = dice.order(list(Product.objects.filter(is_active=True).order_by("code")))[:STEPS]
    below = list(Account.objects.filter(current_parent=story.plan.account).order_by("pk")[:3])
    for place, product in enumerate(products):
        due = story.period.start + timedelta(days=60 * place + dice.whole(10, 40))
        if due >= story.period.end:
            continue
        state, since, reached = _standing(story, due, dice)
        stores = dice.whole(4, 40) * 5
        RangeStep.objects.create(
            plan=story.plan,
            product=product,
            account=below[place % len(below)] if below and place % 2 else None,
            stores=stores,
            stores_reached=int(stores * reached) if reached else None,
            due_on=due,
            state=state,
            reached_on=since,
            owner=story.owner,
            is_shareable=place == 0,
        )


def _standing(story: Story, due: date, dice: Dice) -> tuple[str, date | None, float]:
    """How far a step is: what is past is listed or late, what is near was presented."""
    since = due - timedelta(days=dice.whole(1, 9))
    if not story.is_live or since > story.as_of + timedelta(days=45):
        return ListingState.PLANNED, None, 0.0
    if since >= story.as_of:
        return ListingState.PRESENTED, story.as_of - timedelta(days=dice.whole(1, 20)), 0.0
    if dice.happens(0.15):
        return ListingState.PRESENTED, since, 0.0
    return ListingState.LISTED, since, dice.between(0.6, 1.0)
