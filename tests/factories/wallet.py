"""Wallet estimates and opportunities in a few words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.analytics.pipeline import CLOSED, PROBABILITY
from accounts.models import Account, Opportunity, ProductCategory, WalletEstimate
from accounts.services.market import competitor_named
from kam.core.dates import Period
from kam.identity.models import User
from tests.factories.accounts import make_account, make_category
from tests.factories.identity import make_user


def make_estimate(
    *,
    amount: str | int,
    account: Account | None = None,
    category: ProductCategory | None = None,
    period: Period | str = "2025",
    currency: str = "EUR",
    estimated_on: date = date(2026, 1, 10),
    confidence: int = 3,
    supplied_by: str = "",
    author: User | None = None,
    low: str | int | None = None,
    high: str | int | None = None,
) -> WalletEstimate:
    """An estimate with a source."""
    span = Period.parse(period) if isinstance(period, str) else period
    estimate: WalletEstimate = WalletEstimate.objects.create(
        account=account or make_account(),
        category=category or make_category(),
        period=DateRange(span.start, span.end),
        amount=Decimal(amount),
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        currency_id=currency,
        source="Buyer's deck",
        estimated_on=estimated_on,
        confidence=confidence,
        competitor=competitor_named(name=supplied_by) if supplied_by else None,
        author=author,
    )
    return estimate


def make_opportunity(
    *,
    account: Account | None = None,
    owner: User | None = None,
    stage: str = "identified",
    value: str | int = 1000,
    currency: str = "EUR",
    expected_close: date = date(2026, 9, 15),
    probability: int | None = None,
    **facts: Any,
) -> Opportunity:
    """An opportunity at a stage, as if it had come there."""
    values: dict[str, Any] = {"title": "Oat drinks in all stores", "kind": "cross_sell", **facts}
    if stage in CLOSED:
        values.setdefault("closed_on", date(2026, 6, 1))
    if stage == "lost":
        values.setdefault("lost_reason", "price")
    opportunity: Opportunity = Opportunity.objects.create(
        account=account or make_account(),
        owner=owner or make_user(),
        stage=stage,
        value=Decimal(value),
        currency_id=currency,
        expected_close=expected_close,
        probability=PROBABILITY[stage] if probability is None else probability,
        **values,
    )
    return opportunity
