"""Wallet estimates as a file: the columns that an import reads again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import AccountIdentifier, WalletEstimate
from kam.core.dates import last_day
from kam.identity.models import User

COLUMNS = [
    "account",
    "category",
    "starts",
    "last_day",
    "amount",
    "currency",
    "low",
    "high",
    "source",
    "estimated_on",
    "confidence",
    "competitor",
    "note",
]


def portable_rows(user: User) -> Iterator[list[Any]]:
    """Yield every estimate in the user's scope, oldest first; accounts by first identifier."""
    rows: QuerySet[WalletEstimate] = WalletEstimate.objects.visible_to(user)
    ids = AccountIdentifier.objects.filter(account=OuterRef("account")).order_by("pk")
    name = Coalesce(Subquery(ids.values("value")[:1]), F("account__name"))
    shown = rows.filter(account__merged_into__isnull=True).annotate(account_key=name)
    for row in shown.select_related("category", "competitor").order_by("pk"):
        yield [
            row.account_key,
            row.category.code,
            row.period.lower,
            last_day(row.period),
            row.amount,
            row.currency_id,
            row.low,
            row.high,
            row.source,
            row.estimated_on,
            row.confidence,
            row.competitor.name if row.competitor else "",
            row.note,
        ]
