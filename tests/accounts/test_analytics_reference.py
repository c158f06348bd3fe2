"""Concentration of real data sets against figures computed independently of this code.

The sets lie beside the repository and are not part of it; without them these tests are skipped.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from accounts.analytics.concentration import Concentration, concentration
from kam.core.dates import Period
from kam.core.exact import exact_sum
from kam.core.money import quantise

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (DATA / "reference.json").is_file(), reason="the real data sets are not beside this copy"
)

type Line = tuple[str, Decimal]


def rows(name: str) -> Iterator[dict[str, str]]:
    path = DATA / name
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def reference() -> dict[str, Any]:
    text = (DATA / "reference.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def ibm_lines() -> Iterator[Line]:
    for row in rows("ibm_ar/accounts_receivable.csv"):
        yield row["customerID"], Decimal(row["InvoiceAmount"])


def adventureworks_lines(period: Period | None = None) -> Iterator[Line]:
    for row in rows("adventureworks/reseller_sales.csv.gz"):
        if period is None or date.fromisoformat(row["OrderDate"]) in period:
            yield row["ResellerKey"], Decimal(row["SalesAmount"])


def northwind_lines() -> Iterator[Line]:
    """Price and discount rounded to 2 decimals first (float noise), the line then to 4."""
    customers = {row["order_id"]: row["customer_id"] for row in rows("northwind/orders.csv")}
    for row in rows("northwind/order_details.csv"):
        price, discount = (quantise(Decimal(row[name]), 2) for name in ("unit_price", "discount"))
        amount = price * Decimal(row["quantity"]) * (1 - discount)
        yield customers[row["order_id"]], quantise(amount)


@cache
def retail_lines() -> tuple[Line, ...]:
    """Every line counts: cancellations, charges, bad debt; no customer is the empty key."""
    return tuple(
        (
            row["CustomerID"].removesuffix(".0"),
            quantise(Decimal(row["UnitPrice"]) * Decimal(row["Quantity"])),
        )
        for row in rows("online_retail/online_retail_2010-12_2011-05.csv.gz")
    )


def grouped(lines: Iterator[Line] | tuple[Line, ...]) -> dict[str, Decimal]:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for key, amount in lines:
        totals[key] += amount
    return dict(totals)


def assert_same(result: Concentration[str], expected: dict[str, Any]) -> None:
    counts = ("customers", "left_out", "to_80pct", "at_least_10pct")
    assert {name: getattr(result, name) for name in counts} == {
        name: expected[name] for name in counts
    }
    for name, places in {
        "total": 2,
        "total_left_out": 2,
        "cr1": 6,
        "cr3": 6,
        "cr5": 6,
        "cr10": 6,
        "top20pct": 6,
        "hhi": 3,
        "effective": 3,
        "gini": 6,
    }.items():
        assert (name, quantise(getattr(result, name), places)) == (name, expected[name])
    assert [row.key for row in result.ranked[:5]] == [key for key, _ in expected["top5"]]
    for row, (_, amount) in zip(result.ranked, expected["top5"], strict=False):
        # half a cent: two totals lie exactly between two cents, where the reference's binary
        # floats fell one up and one down
        assert abs(row.amount - amount) <= Decimal("0.005")


def test_ibm_receivables() -> None:
    assert_same(
        concentration(grouped(ibm_lines()).items()), reference()["ibm_ar"]["concentration_all"]
    )


def test_adventureworks_resellers() -> None:
    assert_same(
        concentration(grouped(adventureworks_lines()).items()),
        reference()["adventureworks"]["concentration_all"],
    )


def test_adventureworks_resellers_in_one_year() -> None:
    assert_same(
        concentration(grouped(adventureworks_lines(Period.year(2018))).items()),
        reference()["adventureworks"]["concentration_2018"],
    )


def test_northwind_customers() -> None:
    assert_same(
        concentration(grouped(northwind_lines()).items()),
        reference()["northwind"]["concentration_all"],
    )


def test_online_retail_with_unassigned_lines() -> None:
    expected = reference()["online_retail"]
    totals = grouped(retail_lines())
    unassigned = totals.pop("")
    result = concentration(totals.items(), unassigned=unassigned)

    assert len(retail_lines()) == expected["lines"]
    assert sum(not key for key, _ in retail_lines()) == expected["lines_without_customer"]
    assert quantise(unassigned, 2) == expected["total_without_customer"]
    assert quantise(result.net_total, 2) == expected["total_all_lines"]
    assert result.net_total == exact_sum(amount for _, amount in retail_lines())
    assert_same(result, expected["concentration_net"])
