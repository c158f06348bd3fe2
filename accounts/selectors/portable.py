"""Rows of pages as files in the layout that an import reads again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.choices import AddressKind, PlacementStage
from accounts.models import (
    Account,
    AccountAddress,
    AccountIdentifier,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
    Placement,
)
from kam.core.dates import last_day
from kam.identity.models import User

type Rows = Iterator[list[Any]]

PLACES = ("street", "postal_code", "city", "country")
ACCOUNTS = [
    "external_id",
    "name",
    "parent",
    "kind",
    "country",
    "region",
    "channel",
    "currency",
    "lead",
    "status",
    "industry",
    "insolvent_since",
    "gln",
    "vat",
    *(f"{kind}_{part}" for kind in AddressKind.values for part in PLACES),
]
COMPETITORS = [
    "competitor",
    "country",
    "account",
    "category",
    "since",
    "last_day",
    "share",
    "product",
    "price",
    "currency",
    "unit",
    "terms",
    "seen_on",
    "source",
    "confidence",
    "note",
]
MARKET_FACTS = [
    "country",
    "category",
    "channel",
    "measure",
    "value",
    "unit",
    "text",
    "starts",
    "last_day",
    "source",
    "link",
    "noted_on",
    "confidence",
]
PLACEMENTS = [
    "account",
    "product",
    "category",
    "kind",
    "quantity",
    "shelf",
    "valid_from",
    "last_day",
    "step",
    "step_on",
    "note",
]


def account_key(prefix: str = "account") -> Combinable:
    """How files name an account: its first identifier, else its name."""
    ids = AccountIdentifier.objects.filter(account=OuterRef(prefix)).order_by("pk")
    return Coalesce(Subquery(ids.values("value")[:1]), F(f"{prefix}__name"))


def account_rows(user: User) -> Rows:
    """Yield the visible accounts as they are today, with the main address of each kind.

    Each is named by its first identifier; one that has none is known by its name alone.
    """
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    mains = AccountAddress.objects.filter(is_main=True)
    shown = rows.select_related("current_parent", "current_lead").prefetch_related(
        Prefetch("identifiers", AccountIdentifier.objects.order_by("pk")),
        Prefetch("current_parent__identifiers", AccountIdentifier.objects.order_by("pk")),
        Prefetch("addresses", mains, to_attr="main_addresses"),
    )
    for row in shown.order_by(*_TOP_DOWN, "name_key", "pk").iterator(chunk_size=2000):
        own, above = _identifiers(row), row.current_parent
        yield [
            own.get("", ""), row.name, above and (_identifiers(above).get("") or above.name),
            row.kind, row.country, row.region, row.channel, row.currency_id,
            row.current_lead and row.current_lead.email, row.status, row.industry,
            row.insolvent_since, own.get("GLN", ""), own.get("VAT", ""), *_places(row),
        ]  # fmt: skip


_TOP_DOWN = ("path__len",)


def _identifiers(account: Account) -> dict[str, str]:
    """The first GLN, the first VAT id, and under "" the first of any other system."""
    found: dict[str, str] = {}
    for one in account.identifiers.all():
        found.setdefault(one.system if one.system in {"GLN", "VAT"} else "", one.value)
    return found


def _places(account: Any) -> Iterator[str]:
    of_kind = {address.kind: address for address in account.main_addresses}
    for kind in AddressKind.values:
        one = of_kind.get(kind)
        yield from (one.lines, one.postal_code, one.city, one.country) if one else ("",) * 4


def competitor_rows(user: User) -> Rows:
    """Yield where competitors stand or stood at visible accounts, then prices and terms seen."""
    presences: QuerySet[CompetitorPresence] = CompetitorPresence.objects.visible_to(user)
    for row in _standing(presences):
        who = row.competitor
        yield [
            who.name, who.country, row.key, row.category and row.category.code, row.valid.lower,
            last_day(row.valid), row.share, None, None, None, None, None, row.share_on,
            row.share_source, row.confidence, row.note,
        ]  # fmt: skip
    prices: QuerySet[CompetitorPrice] = CompetitorPrice.objects.visible_to(user)
    for seen in _standing(prices):
        who = seen.competitor
        yield [
            who.name, who.country, seen.key, seen.category and seen.category.code, None, None,
            None, seen.product, seen.price, seen.currency_id, seen.unit, seen.terms, seen.seen_on,
            seen.seen_where, None, None,
        ]  # fmt: skip


def _standing(rows: QuerySet[Any]) -> QuerySet[Any]:
    shown = rows.filter(account__merged_into__isnull=True).annotate(key=account_key())
    ordered: QuerySet[Any] = shown.select_related("competitor", "category").order_by("pk")
    return ordered


def market_fact_rows(user: User) -> Rows:
    """Yield every market fact: they are no account's secret."""
    rows: QuerySet[MarketFact] = MarketFact.objects.visible_to(user)
    for row in rows.select_related("category").order_by("pk"):
        yield [
            row.country, row.category and row.category.code, row.channel, row.measure, row.value,
            row.unit, row.text, row.period.lower, last_day(row.period), row.source, row.link,
            row.noted_on, row.confidence,
        ]  # fmt: skip


def placement_rows(user: User) -> Rows:
    """Yield what is or was agreed at visible accounts, with the step that it has reached."""
    rows: QuerySet[Placement] = Placement.objects.visible_to(user)
    shown = rows.filter(account__merged_into__isnull=True).annotate(key=account_key())
    for row in shown.select_related("product", "category").order_by("pk"):
        yield [
            row.key, row.product and row.product.code, row.category and row.category.code,
            row.kind, row.quantity, row.shelf, row.valid.lower, last_day(row.valid),
            PlacementStage(row.stage).name.lower(), row.stage_on, row.note,
        ]  # fmt: skip
