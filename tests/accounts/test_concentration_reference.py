"""Real data through database and command line, against independently computed figures.

The sets lie beside the repository and are not part of it; without them these tests are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Account, AccountIdentifier
from accounts.selectors.concentration.cells import Basis
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.reading import live
from kam.core.dates import Period
from kam.core.money import quantise
from tests.accounts.test_analytics_reference import DATA, reference, rows
from tests.factories.accounts import make_batch

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (DATA / "reference.json").is_file(),
        reason="the real data sets are not beside this copy",
    ),
]

type Sale = tuple[str, date, Decimal]
ALL = Period(date(1990, 1, 1), date(2030, 1, 1))


def adventureworks() -> Iterator[Sale]:
    for row in rows("adventureworks/reseller_sales.csv.gz"):
        yield row["ResellerKey"], date.fromisoformat(row["OrderDate"]), Decimal(row["SalesAmount"])


def northwind() -> Iterator[Sale]:
    """Price and discount rounded to 2 decimals first (float noise), the line then to 4."""
    orders = {row["order_id"]: row for row in rows("northwind/orders.csv")}
    for row in rows("northwind/order_details.csv"):
        order = orders[row["order_id"]]
        price, discount = (quantise(Decimal(row[name]), 2) for name in ("unit_price", "discount"))
        amount = quantise(price * Decimal(row["quantity"]) * (1 - discount))
        yield order["customer_id"], date.fromisoformat(order["order_date"][:10]), amount


def online_retail() -> Iterator[Sale]:
    for row in rows("online_retail/online_retail_2010-12_2011-05.csv.gz"):
        day = datetime.fromisoformat(row["InvoiceDate"]).date()
        amount = quantise(Decimal(row["UnitPrice"]) * Decimal(row["Quantity"]))
        yield row["CustomerID"].removesuffix(".0"), day, amount


def load(sales: Iterable[Sale], currency: str) -> None:
    sold, batch = list(sales), make_batch()
    codes = sorted({code for code, _day, _amount in sold if code})
    accounts = Account.objects.bulk_create(
        Account(name=code, name_key=code.lower(), kind="legal_entity") for code in codes
    )
    AccountIdentifier.objects.bulk_create(
        AccountIdentifier(account=account, system="set", value=account.name) for account in accounts
    )
    ids = {account.name: account.pk for account in accounts}
    columns = (
        "source_id, source_key, batch_id, account_id, booked_on, unit, net_amount, currency_id"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY accounts_revenueentry ({columns}) FROM STDIN") as copy,
    ):
        for number, (code, day, amount) in enumerate(sold):
            key = (batch.source_id, str(number), batch.pk, ids.get(code))
            copy.write_row((*key, day, "", amount, currency))


def figures(period: Period, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    dates = ("--from", period.start.isoformat(), "--to", period.end.isoformat())
    call_command("concentration", *dates, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out, parse_float=Decimal)
    return found


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    counts = ("customers", "left_out", "total", "total_left_out", "to_80pct", "at_least_10pct")
    assert {name: found[name] for name in counts} == {name: expected[name] for name in counts}
    places = {"cr1": 6, "cr3": 6, "cr5": 6, "cr10": 6, "top20pct": 6, "gini": 6}
    for name, digits in {**places, "hhi": 3, "effective": 3}.items():
        assert (name, quantise(found[name], digits)) == (name, expected[name])
    assert [row["account"] for row in found["top"][:5]] == [code for code, _ in expected["top5"]]
    for row, (_code, amount) in zip(found["top"], expected["top5"], strict=False):
        assert abs(row["amount"] - amount) <= Decimal("0.01")


def test_adventureworks(capsys: pytest.CaptureFixture[str]) -> None:
    load(adventureworks(), "USD")
    expected = reference()["adventureworks"]
    assert_same(figures(ALL, capsys), expected["concentration_all"])
    assert_same(figures(Period.year(2018), capsys), expected["concentration_2018"])
    odd = ConcentrationQuery(period=Period(date(2018, 3, 11), date(2019, 5, 23)))
    assert live(odd).figures == live(odd, basis=Basis.ENTRIES).figures


def test_northwind(capsys: pytest.CaptureFixture[str]) -> None:
    load(northwind(), "USD")
    assert_same(figures(ALL, capsys), reference()["northwind"]["concentration_all"])


def test_online_retail_with_unassigned_lines(capsys: pytest.CaptureFixture[str]) -> None:
    load(online_retail(), "GBP")
    expected = reference()["online_retail"]
    found = figures(ALL, capsys)
    assert_same(found, expected["concentration_net"])
    assert found["unassigned"] == expected["total_without_customer"]
    parts = found["total"] + found["total_left_out"] + found["unassigned"]
    assert abs(parts - expected["total_all_lines"]) <= Decimal("0.01")
