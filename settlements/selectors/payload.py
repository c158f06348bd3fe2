"""Ageing in the stable form that the command line and the API answer with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Account
from accounts.selectors.concentration.payload import external_ids
from kam.core.money import round_to_currency
from settlements.selectors.ageing import AgeingRow
from settlements.selectors.collection import Aged

LARGEST = 20


def as_number(amount: Decimal, currency: str) -> float:
    """Return an amount as the command line tells it."""
    return float(round_to_currency(amount, currency))


def as_text(amount: Decimal, currency: str) -> str:
    """Return an amount as the API tells it: with the decimals of its currency."""
    return f"{round_to_currency(amount, currency):f}"


def payload(aged: Aged, told: Callable[[Decimal, str], Any] = as_number) -> dict[str, Any]:
    """Return ageing as JSON, amounts told as numbers unless another way is given.

    They are rounded to the currency's decimals here and not before.

    `open` is gross and the sum of `buckets`; `net` is less unapplied cash and open credits;
    `by_account` are the accounts with the largest overdue amounts. What cannot be computed is
    null.
    """
    found, dso = aged.ageing, aged.dso
    total, currency = found.total, found.currency
    return {
        "as_of": found.query.as_of.isoformat(),
        "currency": currency,
        "open": told(total.open, currency),
        "net": told(total.net, currency),
        "open_items": total.open_items,
        "buckets": {name: told(value, currency) for name, value in found.buckets.items()},
        "overdue": told(total.overdue, currency),
        "overdue_items": total.overdue_items,
        "accounts_overdue": total.customers_overdue,
        "unapplied": told(total.unapplied, currency),
        "open_credits": told(total.open_credits, currency),
        "dso_simple_90": _days(dso.simple),
        "dso_countback": _days(dso.countback.days),
        "by_account": _largest(found.rows, currency, told),
    }


def _largest(
    rows: Sequence[AgeingRow], currency: str, told: Callable[[Decimal, str], Any]
) -> list[dict[str, Any]]:
    late = [row for row in rows if row.overdue > 0][:LARGEST]
    keys = [row.key for row in late if row.key is not None]
    names = dict(Account.objects.filter(pk__in=keys).values_list("pk", "name"))
    codes = external_ids(keys)
    return [
        {
            "account": codes.get(key, str(key)),
            "name": names[key],
            "open": told(row.open, currency),
            "overdue": told(row.overdue, currency),
        }
        for key, row in zip(keys, late, strict=True)
    ]


def _days(days: Decimal | None) -> float | None:
    return None if days is None else float(days)
