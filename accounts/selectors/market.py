"""Competitors at accounts and in markets, and what is known of the markets themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
)
from kam.identity.models import User

WHOLE = Decimal(1)


def competitors_for(user: User, *, as_of: date) -> QuerySet[Competitor]:
    """Return competitors that are not merged away.

    `places` counts the visible accounts where each is today, `last_seen` is the day of the latest
    price seen there.
    """
    present = CompetitorPresence.objects.visible_to(user).filter(
        competitor=OuterRef("pk"), valid__contains=as_of
    )
    places = present.order_by().values("competitor").annotate(n=Count("account", distinct=True))
    seen = CompetitorPrice.objects.visible_to(user).filter(competitor=OuterRef("pk"))
    rows: QuerySet[Competitor] = Competitor.objects.visible_to(user).filter(merged_into=None)
    return rows.annotate(
        places=Coalesce(Subquery(places.values("n")), Value(0), output_field=IntegerField()),
        last_seen=Subquery(seen.order_by("-seen_on", "-pk").values("seen_on")[:1]),
    )


def presences_for(user: User) -> QuerySet[CompetitorPresence]:
    """Return where competitors stand or stood, at visible accounts."""
    rows: QuerySet[CompetitorPresence] = CompetitorPresence.objects.visible_to(user).filter(
        account__merged_into__isnull=True
    )
    return rows.select_related("account", "competitor", "category")


def prices_for(user: User) -> QuerySet[CompetitorPrice]:
    """Return prices and terms seen at visible accounts."""
    rows: QuerySet[CompetitorPrice] = CompetitorPrice.objects.visible_to(user)
    return rows.select_related("account", "competitor", "category", "author")


def moves_for(user: User) -> QuerySet[CompetitorMove]:
    """Return moves at visible accounts, and moves in the market as a whole."""
    rows: QuerySet[CompetitorMove] = CompetitorMove.objects.visible_to(user)
    return rows.select_related("account", "competitor", "category", "author")


def facts_for(user: User) -> QuerySet[MarketFact]:
    """Return every market fact: they are no account's secret."""
    rows: QuerySet[MarketFact] = MarketFact.objects.visible_to(user)
    return rows.select_related("category", "author")


@dataclass(frozen=True, slots=True)
class CategoryField:
    """Who stands in a category of an account today, the largest estimated share first.

    `known` adds up the estimates; above one they cannot all be true.
    """

    category: str
    presences: Sequence[CompetitorPresence]
    known: Decimal | None

    @property
    def is_too_much(self) -> bool:
        """Whether the estimated shares exceed the whole."""
        return self.known is not None and self.known > WHOLE


@dataclass(frozen=True, slots=True)
class Field:
    """The competitors of one account as its panel shows them."""

    categories: Sequence[CategoryField]
    gone: Sequence[CompetitorPresence]
    prices: Sequence[CompetitorPrice]
    moves: Sequence[CompetitorMove]


def field_of(account: Account, *, user: User, as_of: date, limit: int = 8) -> Field:
    """Return who competes with us at an account and below it today, and the latest seen of them.

    In three statements at any size. Moves in the market as a whole are left out.
    """
    within = {"account__path__contains": [account.pk]}
    rows = presences_for(user).filter(**within)
    ordered = rows.order_by(
        F("category__name").asc(nulls_first=True),
        F("share").desc(nulls_last=True),
        "competitor__name_key",
        "pk",
    )
    present: list[CompetitorPresence] = []
    gone: list[CompetitorPresence] = []
    for row in ordered:
        (present if _holds(row, as_of) else gone).append(row)
    prices = prices_for(user).filter(**within).order_by("-seen_on", "-pk")[:limit]
    moves = moves_for(user).filter(**within).order_by("-happened_on", "-pk")[:limit]
    return Field(_by_category(present, account), gone, list(prices), list(moves))


def _holds(row: CompetitorPresence, day: date) -> bool:
    lower, upper = row.valid.lower, row.valid.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _by_category(rows: Sequence[CompetitorPresence], account: Account) -> list[CategoryField]:
    grouped: dict[str, list[CompetitorPresence]] = {}
    for row in rows:
        grouped.setdefault(row.category.name if row.category else "", []).append(row)
    return [CategoryField(name, found, _known(found, account)) for name, found in grouped.items()]


def _known(rows: Sequence[CompetitorPresence], account: Account) -> Decimal | None:
    """The sum of the account's own estimates: those of places below it have other wholes."""
    own = [row.share for row in rows if row.account_id == account.pk and row.share is not None]
    return sum(own, Decimal(0)) if own else None


def competitors_at(account: Account, *, user: User, as_of: date) -> int:
    """Return how many competitors stand at an account and below it today."""
    rows = CompetitorPresence.objects.visible_to(user).filter(
        account__path__contains=[account.pk], valid__contains=as_of
    )
    return rows.order_by().values("competitor").distinct().count()


def competitors_called(user: User, key: str, *, limit: int) -> list[Competitor]:
    """Return competitors by a part of their name."""
    rows = Competitor.objects.visible_to(user).filter(merged_into=None, name_key__contains=key)
    return list(rows.order_by("name_key", "pk")[:limit])
