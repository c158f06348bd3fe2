"""Competitors, where they stand, what was seen of them, what they did; and facts of markets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
    ProductCategory,
    WalletEstimate,
)
from accounts.services import periods
from accounts.services.tree import checked_period, refuse_merged
from accounts.services.wallet_rewriting import rewriting_wallets
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained
from kam.core.text import search_key
from kam.identity.models import User

MERGED = _("This competitor was merged into another one.")


def _refuse_gone(competitor: Competitor) -> None:
    if competitor.merged_into_id is not None:
        raise RefusedError(MERGED, field="competitor", code="merged")


def _refuse_future(day: date, as_of: date, field: str) -> None:
    if day > as_of:
        raise RefusedError(_("This day is still to come."), field=field, code="in_the_future")


class CompetitorFacts(TypedDict, total=False):
    """What is said of a competitor itself."""

    name: str
    country: str
    note: str


@explained()
@transaction.atomic
def save_competitor(
    *, competitor: Competitor | None = None, **facts: Unpack[CompetitorFacts]
) -> Competitor:
    """Add a competitor or change one.

    Raises RefusedError without a name, and where another one of the country has it already.
    """
    row = Competitor() if competitor is None else _locked(Competitor, competitor.pk)
    if competitor is not None:
        _refuse_gone(row)
    for name, value in facts.items():
        setattr(row, name, str(value).strip())
    if not row.name:
        words = _("A competitor needs a name.")
        raise RefusedError(words, field="name", code="competitor_has_a_name")
    row.name_key = search_key(row.name)
    row.save()
    return row


@explained()
@transaction.atomic
def competitor_named(*, name: str) -> Competitor:
    """Return the competitor of this name, in whatever country; a new one where there is none.

    The name of a duplicate that was merged away leads to its survivor.
    """
    rows = Competitor.objects.filter(name_key=search_key(name)).select_related("merged_into")
    found = rows.order_by(F("merged_into").asc(nulls_first=True), "pk").first()
    return (found.merged_into or found) if found else save_competitor(name=name)


@explained()
@transaction.atomic
def merge_competitors(*, keep: Competitor, drop: Competitor) -> Competitor:
    """Let a duplicate become part of another competitor: all that was noted of it moves there.

    Where both stand at an account in a category on the same day, the kept one's row stays. The
    duplicate stays as a shell that says what it was merged into. Raises RefusedError for two that
    are the same, or merged already.
    """
    if keep.pk == drop.pk:
        words = _("Choose two different competitors.")
        raise RefusedError(words, field="duplicate", code="same_competitor")
    rows = Competitor.objects.select_for_update(no_key=True).order_by("pk")
    found = rows.in_bulk([keep.pk, drop.pk])
    keep, drop = found[keep.pk], found[drop.pk]
    _refuse_gone(keep)
    _refuse_gone(drop)
    _move_presences(keep, drop)
    now = timezone.now()
    CompetitorPrice.objects.filter(competitor=drop).update(competitor=keep, updated_at=now)
    CompetitorMove.objects.filter(competitor=drop).update(competitor=keep, updated_at=now)
    with rewriting_wallets():
        WalletEstimate.objects.filter(competitor=drop).update(competitor=keep)
    Competitor.objects.filter(merged_into=drop).update(merged_into=keep, updated_at=now)
    drop.merged_into = keep
    drop.save(update_fields=["merged_into", "updated_at"])
    return keep


def _move_presences(keep: Competitor, drop: Competitor) -> None:
    for row in CompetitorPresence.objects.filter(competitor=drop).order_by("valid", "pk"):
        own = CompetitorPresence.objects.filter(
            competitor=keep, account=row.account_id, category=row.category_id
        )
        pieces = periods.minus_all(row.valid, [one.valid for one in own])
        if not pieces:
            row.delete()
            continue
        row.competitor, row.valid = keep, pieces[0]
        row.save()
        for piece in pieces[1:]:
            row.pk, row.valid = None, piece
            row._state.adding = True
            row.save()


# Where they stand


class PresenceFacts(TypedDict, total=False):
    """Since when a competitor is somewhere, and what part it is thought to have (0 to 1)."""

    category: ProductCategory | None
    since: date | None
    until: date | None
    share: Decimal | None
    share_source: str
    share_on: date | None
    confidence: int | None
    note: str


@explained()
@transaction.atomic
def save_presence(
    *,
    account: Account,
    competitor: Competitor,
    as_of: date,
    presence: CompetitorPresence | None = None,
    **facts: Unpack[PresenceFacts],
) -> CompetitorPresence:
    """Note a competitor at an account, or change what is noted.

    An estimate without a day is of `as_of`. Raises RefusedError for a period that is empty or
    meets another one, a share outside 0 to 1, and one that lacks its source or confidence.
    """
    refuse_merged(account)
    _refuse_gone(competitor)
    row = CompetitorPresence() if presence is None else _locked(CompetitorPresence, presence.pk)
    row.account, row.competitor = account, competitor
    row.category, row.note = facts.get("category"), facts.get("note", "").strip()
    row.valid = checked_period(facts.get("since"), facts.get("until"))
    _estimate(row, facts, as_of)
    row.save()
    return row


def _estimate(row: CompetitorPresence, facts: PresenceFacts, as_of: date) -> None:
    row.share, source = facts.get("share"), facts.get("share_source", "").strip()
    if row.share is None:
        row.share_source, row.share_on, row.confidence = "", None, None
        return
    if not 0 <= row.share <= 1:
        words = _("A share is 0 to 100 percent.")
        raise RefusedError(words, field="share", code="competitor_presence_share_in_range")
    if not source:
        words = _("Say where the estimate is from.")
        raise RefusedError(words, field="share_source", code="no_source")
    if not facts.get("confidence"):
        words = _("Say how sure the estimate is.")
        raise RefusedError(words, field="confidence", code="no_confidence")
    row.share_source, row.confidence = source, facts.get("confidence")
    row.share_on = facts.get("share_on") or as_of
    _refuse_future(row.share_on, as_of, "share_on")


@transaction.atomic
def remove_presence(*, presence: CompetitorPresence) -> None:
    """Remove what was noted by mistake; its history stays."""
    presence.delete()


# Prices and terms seen


class PriceFacts(TypedDict, total=False):
    """What was seen: a price with currency and unit, terms, or both."""

    category: ProductCategory | None
    product: str
    price: Decimal | None
    currency: Currency | None
    unit: str
    terms: str
    seen_on: date | None
    seen_where: str


@explained()
@transaction.atomic
def save_price(
    *,
    account: Account,
    competitor: Competitor,
    author: User,
    as_of: date,
    price_seen: CompetitorPrice | None = None,
    **facts: Unpack[PriceFacts],
) -> CompetitorPrice:
    """Keep a price or terms of a competitor seen at an account, or correct what is kept.

    Raises RefusedError where neither a price nor terms are given, a price lacks its currency or
    unit, nothing says of what, or the day is still to come.
    """
    refuse_merged(account)
    _refuse_gone(competitor)
    row = CompetitorPrice() if price_seen is None else _locked(CompetitorPrice, price_seen.pk)
    row.account, row.competitor = account, competitor
    if price_seen is None:
        row.author = author
    row.category, row.price = facts.get("category"), facts.get("price")
    row.currency = facts.get("currency") if row.price is not None else None
    for name in ("product", "unit", "terms", "seen_where"):
        setattr(row, name, str(facts.get(name) or "").strip())
    row.seen_on = facts.get("seen_on") or as_of
    _check_price(row, as_of)
    row.save()
    return row


def _check_price(row: CompetitorPrice, as_of: date) -> None:
    if row.price is None and not row.terms:
        words = _("Give a price, or terms, or both.")
        raise RefusedError(words, field="price", code="competitor_price_says_something")
    if row.price is not None and row.price <= 0:
        raise RefusedError(_("A price is above zero."), field="price", code="not_positive")
    if row.price is not None and row.currency is None:
        raise RefusedError(_("A price has a currency."), field="currency", code="no_currency")
    if row.price is not None and not row.unit:
        raise RefusedError(_("Say for which unit the price is."), field="unit", code="no_unit")
    if not row.product and row.category is None:
        words = _("Say of which product or category.")
        raise RefusedError(words, field="product", code="competitor_price_of_something")
    if not row.seen_where:
        words = _("Say where it was seen.")
        raise RefusedError(words, field="seen_where", code="competitor_price_seen_somewhere")
    _refuse_future(row.seen_on, as_of, "seen_on")


@transaction.atomic
def remove_price(*, price_seen: CompetitorPrice) -> None:
    """Remove what was noted by mistake; its history stays."""
    price_seen.delete()


class MoveFacts(TypedDict, total=False):
    """What a competitor did; at no account: in the market as a whole."""

    account: Account | None
    category: ProductCategory | None
    kind: str
    happened_on: date | None
    text: str
    source: str
    link: str


@explained()
@transaction.atomic
def save_move(
    *,
    competitor: Competitor,
    author: User,
    as_of: date,
    move: CompetitorMove | None = None,
    **facts: Unpack[MoveFacts],
) -> CompetitorMove:
    """Note what a competitor did, or correct it.

    Raises RefusedError without words or a source, and for a merged account.
    """
    _refuse_gone(competitor)
    account = facts.get("account")
    if account is not None:
        refuse_merged(account, field="account")
    row = CompetitorMove() if move is None else _locked(CompetitorMove, move.pk)
    if move is None:
        row.author = author
    row.competitor, row.account, row.category = competitor, account, facts.get("category")
    row.kind, row.happened_on = facts.get("kind", "other"), facts.get("happened_on") or as_of
    for name in ("text", "source", "link"):
        setattr(row, name, str(facts.get(name) or "").strip())
    if not row.text:
        raise RefusedError(_("Say what happened."), field="text", code="no_text")
    if not row.source:
        raise RefusedError(_("Say how we know."), field="source", code="no_source")
    row.save()
    return row


@transaction.atomic
def remove_move(*, move: CompetitorMove) -> None:
    """Remove what was noted by mistake; its history stays."""
    move.delete()


# Market facts


class MarketFacts(TypedDict, total=False):
    """A figure or trend of a market, in a half-open period."""

    country: str
    category: ProductCategory | None
    channel: str
    measure: str
    value: Decimal | None
    unit: str
    text: str
    period_from: date
    period_before: date
    source: str
    link: str
    noted_on: date | None
    confidence: int


@explained()
@transaction.atomic
def save_market_fact(
    *, author: User, as_of: date, fact: MarketFact | None = None, **facts: Unpack[MarketFacts]
) -> MarketFact:
    """Keep a fact of a market, or correct one; what is not named stays as it is.

    Raises RefusedError for a period that is empty, a value without a unit, neither value nor
    words, no source, or a day still to come.
    """
    row = MarketFact(noted_on=as_of) if fact is None else _locked(MarketFact, fact.pk)
    if fact is None:
        row.author = author
    start = facts.pop("period_from", row.period.lower if row.period else None)
    end = facts.pop("period_before", row.period.upper if row.period else None)
    for name, value in facts.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.noted_on = row.noted_on or as_of
    if start is None or end is None or start >= end:
        words = _("The period ends before it begins.")
        raise RefusedError(words, field="period_before", code="market_fact_period_known")
    row.period = DateRange(start, end)
    _check_fact(row, as_of)
    row.save()
    return row


def _check_fact(row: MarketFact, as_of: date) -> None:
    if row.value is None and not (row.measure == "trend" and row.text):
        words = _("Give a value; a trend may be told in words instead.")
        raise RefusedError(words, field="value", code="market_fact_says_something")
    if row.value is not None and not row.unit:
        raise RefusedError(_("A value has a unit."), field="unit", code="no_unit")
    if row.value is not None and row.value < 0 and row.measure in {"size", "price_level"}:
        words = _("A size or price level is zero or more.")
        raise RefusedError(words, field="value", code="market_fact_size_not_negative")
    if not row.source:
        raise RefusedError(_("Say where the figure is from."), field="source", code="no_source")
    _refuse_future(row.noted_on, as_of, "noted_on")


@transaction.atomic
def remove_market_fact(*, fact: MarketFact) -> None:
    """Remove a fact; its history stays."""
    fact.delete()


def _locked[M: (Competitor, CompetitorPresence, CompetitorPrice, CompetitorMove, MarketFact)](
    model: type[M], pk: int
) -> M:
    found: M = model._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    return found
