"""Portrait statements, competitors, market facts and programmes in a few words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import PortraitHeading, RatingBasis
from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
    PortraitStatement,
    ProductCategory,
    ProgrammeElement,
    ProgrammeItem,
)
from kam.core.text import search_key
from kam.identity.models import User
from tests.factories.accounts import LONG_AGO, make_account, make_category
from tests.factories.identity import make_user

_numbers = count(1)


def make_statement(
    *,
    account: Account,
    text: str = "They decide together.",
    heading: str = PortraitHeading.DECIDING,
    said_on: date = date(2026, 3, 1),
    author: User | None = None,
    is_confirmed: bool = False,
    is_confidential: bool = False,
    replaces: PortraitStatement | None = None,
) -> PortraitStatement:
    """A statement, assumed unless said otherwise."""
    author = author or make_user()
    sure: dict[str, Any] = {}
    if is_confirmed:
        sure = {
            "basis": RatingBasis.CONFIRMED,
            "evidence": "Annual report",
            "confirmed_by": author,
            "confirmed_on": said_on,
        }
    return PortraitStatement.objects.create(
        account=account,
        heading=heading,
        text=text,
        said_on=said_on,
        author=author,
        is_confidential=is_confidential,
        replaces=replaces,
        **sure,
    )


def make_competitor(*, name: str = "", country: str = "SE") -> Competitor:
    """Another supplier."""
    name = name or f"Competitor {next(_numbers)}"
    return Competitor.objects.create(name=name, name_key=search_key(name), country=country)


def make_presence(
    *,
    account: Account,
    competitor: Competitor | None = None,
    category: ProductCategory | None = None,
    since: date = LONG_AGO,
    until: date | None = None,
    share: str | None = None,
) -> CompetitorPresence:
    """A competitor at an account, with an estimate where a share is given."""
    estimate: dict[str, Any] = {}
    if share is not None:
        estimate = {
            "share": Decimal(share),
            "share_source": "Buyer",
            "share_on": date(2026, 1, 1),
            "confidence": 3,
        }
    return CompetitorPresence.objects.create(
        account=account,
        competitor=competitor or make_competitor(),
        category=category,
        valid=DateRange(since, until),
        **estimate,
    )


def make_price(
    *,
    account: Account,
    competitor: Competitor | None = None,
    price: str = "1.99",
    seen_on: date = date(2026, 4, 1),
    product: str = "Oat drink, 1 L",
    author: User | None = None,
) -> CompetitorPrice:
    """A price seen on a shelf."""
    return CompetitorPrice.objects.create(
        account=account,
        competitor=competitor or make_competitor(),
        product=product,
        price=Decimal(price),
        currency_id="EUR",
        unit="piece",
        seen_on=seen_on,
        seen_where="Shelf",
        author=author or make_user(),
    )


def make_move(
    *,
    competitor: Competitor,
    account: Account | None = None,
    happened_on: date = date(2026, 2, 1),
    text: str = "Listed three new drinks.",
    author: User | None = None,
) -> CompetitorMove:
    """Something that a competitor did."""
    return CompetitorMove.objects.create(
        competitor=competitor,
        account=account,
        kind="launch",
        happened_on=happened_on,
        text=text,
        source="Trade press",
        author=author or make_user(),
    )


def make_fact(
    *,
    country: str = "FI",
    measure: str = "size",
    value: str | None = "120",
    category: ProductCategory | None = None,
    author: User | None = None,
) -> MarketFact:
    """A market fact of last year."""
    return MarketFact.objects.create(
        country=country,
        category=category or make_category(),
        measure=measure,
        value=None if value is None else Decimal(value),
        unit="" if value is None else "million EUR",
        text="" if value is not None else "Less sugar.",
        period=DateRange(date(2025, 1, 1), date(2026, 1, 1)),
        source="Trade association",
        noted_on=date(2026, 2, 1),
        confidence=3,
        author=author or make_user(),
    )


def make_element(*, name: str = "", is_price: bool = False) -> ProgrammeElement:
    """An element of the catalogue."""
    number = next(_numbers)
    return ProgrammeElement.objects.create(
        code=f"element-{number}", name=name or f"Element {number}", is_price=is_price
    )


def make_item(
    *,
    account: Account | None = None,
    element: ProgrammeElement | None = None,
    since: date = LONG_AGO,
    until: date | None = None,
    cost: str | None = None,
    saving: str | None = None,
    worth: str | None = None,
    switching: int | None = None,
    currency: str = "EUR",
) -> ProgrammeItem:
    """What an account gets."""
    amounts = {"cost": cost, "saving": saving, "worth": worth}
    return ProgrammeItem.objects.create(
        account=account or make_account(),
        element=element or make_element(),
        valid=DateRange(since, until),
        currency_id=currency,
        switching=switching,
        switching_evidence="" if switching is None else "They would need a year.",
        **{name: None if value is None else Decimal(value) for name, value in amounts.items()},
    )
