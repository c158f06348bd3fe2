"""The demo's programmes: what the larger groups get from the company, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import RatingBasis
from accounts.demo import known_words as words
from accounts.demo.chance import Dice, exact
from accounts.models import Account, ProgrammeElement, ProgrammeItem
from accounts.services.programmes import ensure_default_elements
from kam.core.demo import DemoRequest

_PRICE_ONLY = {0, 6, 11}
"""Groups by size that get little more than discounts: much revenue, nothing that holds."""


def load_programmes(groups: Sequence[Account], request: DemoRequest) -> None:
    """Give each group some elements; the largest of all has little but price."""
    ensure_default_elements()
    elements = {one.code: one for one in ProgrammeElement.objects.all()}
    rows = []
    for place, group in enumerate(groups):
        dice = Dice(request.seed, "programme", group.name)
        for code, entry in words.PROGRAMME.items():
            element = elements.get(code)
            if element is not None and dice.happens(_likely(element, place)):
                rows.append(_item(group, element, entry, dice, request))
    ProgrammeItem.objects.bulk_create(rows)


def _likely(element: ProgrammeElement, place: int) -> float:
    if place not in _PRICE_ONLY:
        return 0.55
    return 0.95 if element.is_price else 0.08


def _item(
    group: Account,
    element: ProgrammeElement,
    entry: tuple[str, int, int, int, tuple[int, int]],
    dice: Dice,
    request: DemoRequest,
) -> ProgrammeItem:
    detail, cost, saving, worth, (low, high) = entry
    is_rated, is_sure = dice.happens(0.75), dice.happens(0.3)
    knows_worth = is_sure or dice.happens(0.7)
    since = request.as_of - timedelta(days=dice.whole(120, 1300))
    return ProgrammeItem(
        account=group,
        element=element,
        valid=DateRange(since, None),
        detail=detail,
        currency_id="EUR",
        cost=_amount(group, cost, dice) if dice.happens(0.9) else None,
        saving=_amount(group, saving, dice) if saving else None,
        worth=_amount(group, worth, dice) if knows_worth else None,
        worth_basis=RatingBasis.CONFIRMED if is_sure else RatingBasis.ASSUMED,
        worth_evidence=dice.pick(words.WORTH_EVIDENCE) if knows_worth else "",
        switching=dice.whole(low, high) if is_rated else None,
        switching_evidence=dice.pick(words.SWITCHING_EVIDENCE) if is_rated else "",
    )


def _amount(group: Account, per_thousand: int, dice: Dice) -> Decimal:
    """A part of the group's revenue of a year, to the nearest hundred."""
    amount = max(group.figure.net_12m, Decimal(0)) * per_thousand / 1000
    return (amount * exact(dice.about_one(0.15)) / 100).quantize(Decimal(1)) * 100
