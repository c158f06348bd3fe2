"""Wallet estimates: dated records with source and confidence, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.choices import WalletConfidence
from accounts.models import Account, Competitor, ProductCategory, WalletEstimate
from accounts.services.market import MERGED, competitor_named
from accounts.services.tree import refuse_merged
from kam.core.dates import MONTHS_PER_YEAR, Period, add_months
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

LONGEST_YEARS = 5


@dataclass(frozen=True, kw_only=True)
class WalletFacts:
    """What somebody estimates of a cell.

    Of the main competitor either the record or a name: a name that nobody has is added.
    """

    period: Period
    amount: Decimal
    currency: Currency
    source: str
    estimated_on: date
    confidence: int
    low: Decimal | None = None
    high: Decimal | None = None
    competitor: Competitor | None = None
    supplied_by: str = ""
    note: str = ""


@explained()
@transaction.atomic
def record_estimate(
    *,
    account: Account,
    category: ProductCategory,
    facts: WalletFacts,
    author: User | None,
    as_of: date,
) -> WalletEstimate:
    """Keep an estimate of what an account buys of a category in a period; older ones stay.

    A wallet smaller than our sales is kept too: the cell is then not computable, and the pages
    say so. Raises RefusedError for a merged account, an amount below zero or outside its own
    range, without a source, for a day to come, a period longer than five years, or a competitor
    that was merged away.
    """
    refuse_merged(account, field="account")
    _check(facts, as_of)
    estimate: WalletEstimate = WalletEstimate.objects.create(
        account=account,
        category=category,
        period=DateRange(facts.period.start, facts.period.end),
        amount=facts.amount,
        low=facts.low,
        high=facts.high,
        currency=facts.currency,
        source=facts.source.strip(),
        estimated_on=facts.estimated_on,
        confidence=facts.confidence,
        competitor=_rival(facts),
        note=facts.note.strip(),
        author=author,
    )
    return estimate


def _rival(facts: WalletFacts) -> Competitor | None:
    if facts.competitor is not None or not facts.supplied_by.strip():
        return facts.competitor
    return competitor_named(name=facts.supplied_by)


def _check(facts: WalletFacts, as_of: date) -> None:
    if facts.amount < 0:
        raise RefusedError(_("A wallet is zero or more."), field="amount")
    if facts.low is not None and not 0 <= facts.low <= facts.amount:
        words = _("The least is zero or more, and not above the wallet.")
        raise RefusedError(words, field="low", code="wallet_estimate_low_below")
    if facts.high is not None and facts.high < facts.amount:
        words = _("The most is not below the wallet.")
        raise RefusedError(words, field="high", code="wallet_estimate_high_above")
    if facts.competitor is not None and facts.competitor.merged_into_id is not None:
        raise RefusedError(MERGED, field="competitor", code="competitor_merged")
    if facts.confidence not in WalletConfidence.values:
        words = _("Confidence is 1 to 5.")
        raise RefusedError(words, field="confidence", code="wallet_estimate_confidence_known")
    if not facts.source.strip():
        words = _("Say where the figure comes from.")
        raise RefusedError(words, field="source", code="wallet_estimate_has_a_source")
    if facts.estimated_on > as_of:
        words = _("This day is still to come.")
        raise RefusedError(words, field="estimated_on", code="in_the_future")
    if add_months(facts.period.start, LONGEST_YEARS * MONTHS_PER_YEAR) < facts.period.end:
        words = _("A wallet is of a year, or of five at most.")
        raise RefusedError(words, field="until", code="period_too_long")
