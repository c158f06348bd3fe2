"""The figures in the stable form that the command line and the API answer with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Account, AccountIdentifier
from accounts.selectors.concentration.naming import REMOVED
from accounts.selectors.concentration.reading import Reading
from kam.core.money import round_to_currency

TOP = 10
COUNTS = ("customers", "left_out", "to_80pct", "at_least_10pct")
AMOUNTS = ("total", "total_left_out", "unassigned")
SHARES = ("cr1", "cr3", "cr5", "cr10", "top20pct", "hhi", "effective", "gini")
KEYS = (
    *("customers", "left_out", "total", "total_left_out", "unassigned", "cr1", "cr3", "cr5"),
    *("cr10", "top20pct", "to_80pct", "hhi", "effective", "gini", "at_least_10pct"),
)


class NumberEncoder(DjangoJSONEncoder):
    """Writes amounts as JSON numbers, where a file for other programs is made and nowhere else."""

    def default(self, o: Any) -> Any:
        """Return an amount as a number: of up to 15 digits, as every reader of JSON knows them."""
        return float(o) if isinstance(o, Decimal) else super().default(o)


def payload(reading: Reading) -> dict[str, Any]:
    """Return figures and the ten largest customers; `NumberEncoder` makes JSON of them.

    Amounts are Decimals, rounded to the currency's decimals here and nowhere before; shares are
    fractions, HHI is × 10,000. A figure that cannot be computed is null. Of a reading that covers
    only somebody's own accounts, everything that is of the company is null: what is left is ranks
    and own amounts.
    """
    figures = dict.fromkeys(KEYS)
    if reading.is_company:
        figures = {name: _figure(reading, name) for name in KEYS}
    return {**figures, "top": _top(reading)}


def external_ids(account_ids: Sequence[int]) -> dict[int, str]:
    """Return what other systems call these accounts: the identifier that each had first."""
    rows = AccountIdentifier.objects.filter(account__in=account_ids).order_by("-pk")
    return dict(rows.values_list("account_id", "value"))


def _figure(reading: Reading, name: str) -> int | float | Decimal | None:
    value = getattr(reading.figures, name)
    if value is None or isinstance(value, int):
        return value
    return _rounded(reading, value) if name in AMOUNTS else float(value)


def _rounded(reading: Reading, amount: Decimal) -> Decimal:
    return round_to_currency(amount, reading.now.currency)


def _top(reading: Reading) -> list[dict[str, Any]]:
    rows = reading.figures.ranked[:TOP]
    keys = [row.key for row in rows]
    names = dict(Account.objects.filter(pk__in=keys).values_list("pk", "name"))
    codes = external_ids(keys)
    return [
        {
            "account": codes.get(row.key, str(row.key)),
            "name": names.get(row.key, str(REMOVED)),
            "amount": _rounded(reading, row.amount),
            "share": float(row.share) if reading.is_company else None,
        }
        for row in rows
    ]
