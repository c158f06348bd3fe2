"""Ageing in the stable form that the command line and the API answer with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Account
from accounts.selectors.concentration.payload import external_ids
from kam.core.money import round_to_currency
from settlements.selectors.ageing import AgeingRow
from settlements.selectors.collection import Aged

LARGEST = 20


def payload(aged: Aged) -> dict[str, Any]:
    """Return ageing as JSON numbers, rounded to the currency's decimals here and not before.

    `open` is gross and the sum of `buckets`; `net` is less unapplied cash and open credits;
    `by_account` are the accounts with the largest overdue amounts. What cannot be computed is
    null.
    """
    found, dso = aged.ageing, aged.dso
    total, currency = found.total, found.currency
    return {
        "as_of": found.query.as_of.isoformat(),
        "currency": currency,
        "open": _amount(total.open, currency),
        "net": _amount(total.net, currency),
        "open_items": total.open_items,
        "buckets": {name: _amount(value, currency) for name, value in found.buckets.items()},
        "overdue": _amount(total.overdue, currency),
        "overdue_items": total.overdue_items,
        "accounts_overdue": total.customers_overdue,
        "unapplied": _amount(total.unapplied, currency),
        "open_credits": _amount(total.open_credits, currency),
        "dso_simple_90": _days(dso.simple),
        "dso_countback": _days(dso.countback.days),
        "by_account": _largest(found.rows, currency),
    }


def _largest(rows: Sequence[AgeingRow], currency: str) -> list[dict[str, Any]]:
    late = [row for row in rows if row.overdue > 0][:LARGEST]
    keys = [row.key for row in late if row.key is not None]
    names = dict(Account.objects.filter(pk__in=keys).values_list("pk", "name"))
    codes = external_ids(keys)
    return [
        {
            "account": codes.get(key, str(key)),
            "name": names[key],
            "open": _amount(row.open, currency),
            "overdue": _amount(row.overdue, currency),
        }
        for key, row in zip(keys, late, strict=True)
    ]


def _amount(amount: Decimal, currency: str) -> float:
    return float(round_to_currency(amount, currency))


def _days(days: Decimal | None) -> float | None:
    return None if days is None else float(days)
