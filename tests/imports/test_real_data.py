"""Real sets of others, imported as a user would, against figures computed without our code."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum

from accounts.models import Account, RevenueEntry
from kam.core.exact import exact_sum
from kam.core.money import quantise
from kam.imports.options import ControlTotals, Options
from kam.imports.services import undoing
from tests.factories.imports import TODAY, Sent, csv_text, send

pytestmark = pytest.mark.django_db

CREATE = Options(create_accounts=True)


@pytest.fixture
def reference(shared_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_data / "reference.json").read_text(encoding="utf-8"))
    return found


def cents(value: float | str | Decimal) -> Decimal:
    """Half away from zero, as totals are rounded everywhere."""
    return quantise(Decimal(str(value)), 2)


def standing() -> tuple[int, Decimal]:
    found = RevenueEntry.objects.aggregate(lines=Count("pk"), total=Sum("net_amount"))
    return found["lines"], cents(found["total"])


def largest(count: int) -> list[tuple[str, Decimal]]:
    sums = (
        RevenueEntry.objects.filter(account__isnull=False)
        .values("account")
        .annotate(total=Sum("net_amount"))
        .order_by("-total")[:count]
    )
    ids = dict(
        Account.objects.filter(pk__in=[row["account"] for row in sums]).values_list(
            "pk", "identifiers__value"
        )
    )
    return [(ids[row["account"]], row["total"]) for row in sums]


def assert_largest(figures: dict[str, Any]) -> None:
    """The five largest customers; the reference rounded half cents by floats, either way."""
    expected = [(str(name), Decimal(str(amount))) for name, amount in figures["top5"]]
    found = largest(5)
    assert [name for name, _amount in found] == [name for name, _amount in expected]
    differences = [abs(a - b) for (_n, a), (_m, b) in zip(found, expected, strict=True)]
    assert max(differences) <= Decimal("0.005")


def test_reseller_sales(shared_data: Path, reference: dict[str, Any]) -> None:
    folder, expected = shared_data / "adventureworks", reference["adventureworks"]
    accounts = send(
        "accounts",
        (folder / "resellers.csv").read_bytes(),
        mapping={
            "columns": {
                "external_id": "ResellerKey", "name": "ResellerName", "country": "Country_Region",
                "region": "StateProvinceName", "channel": "BusinessType",
            }
        },
    )  # fmt: skip
    assert accounts.counts == (701, 0, 0, 0)
    assert Account.objects.filter(channel="cash_and_carry").count() == 232
    products = send(
        "products",
        (folder / "products.csv").read_bytes(),
        mapping={
            "columns": {
                "code": "ProductKey", "name": "Product", "category": "EnglishProductCategoryName",
                "standard_cost": "StandardCost",
            }
        },
    )  # fmt: skip
    assert (products.counts, products.summary.also) == ((397, 0, 0, 0), {"categories": 4})
    sales = {
        "source": "orders",
        "columns": {
            "source_key": ["SalesOrderNumber", "ProductKey"], "account": "ResellerKey",
            "date": "OrderDate", "product": "ProductKey", "quantity": "OrderQuantity",
            "net_amount": "SalesAmount", "cost": "TotalProductCost",
        },
        "constants": {"currency": "USD"},
    }  # fmt: skip
    data = (folder / "reseller_sales.csv.gz").read_bytes()
    totals = ControlTotals(rows=expected["lines"], amounts={"USD": cents(expected["total"])})
    sent = send("sales", data, mapping=sales, control_totals=totals)
    assert sent.counts == (expected["lines"], 0, 0, 0)
    assert standing() == (expected["lines"], cents(expected["total"]))
    assert_largest(expected["concentration_all"])
    assert not RevenueEntry.objects.filter(category=None).exists()
    assert send("sales", data, mapping=sales).counts == (0, 0, expected["lines"], 0)
    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert (report.removed, RevenueEntry.objects.count()) == (expected["lines"], 0)


def joined_orders(folder: Path) -> list[list[str]]:
    """Order lines with their order's customer and date; the export's float noise is rounded."""
    orders = {row["order_id"]: row for row in read(folder / "orders.csv")}
    return [
        [
            line["order_id"],
            line["product_id"],
            orders[line["order_id"]]["customer_id"],
            orders[line["order_id"]]["order_date"],
            str(round(Decimal(line["unit_price"]), 2)),
            line["quantity"],
            str(round(Decimal(line["discount"]), 2)),
        ]
        for line in read(folder / "order_details.csv")
    ]


def read(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_trading_company(shared_data: Path, reference: dict[str, Any]) -> None:
    folder, expected = shared_data / "northwind", reference["northwind"]
    accounts = send(
        "accounts",
        (folder / "customers.csv").read_bytes(),
        mapping={
            "columns": {"external_id": "customer_id", "name": "company_name", "country": "country"}
        },
    )
    assert accounts.counts == (91, 0, 0, 0)
    assert Account.objects.get(name="Alfreds Futterkiste").country == "DE"
    assert not Account.objects.filter(country="").exists()
    header = ["order", "product", "customer", "date", "unit_price", "quantity", "discount"]
    mapping = {
        "columns": {
            "source_key": ["order", "product"], "account": "customer", "date": "date",
            "product": "product", "unit_price": "unit_price", "quantity": "quantity",
            "discount": "discount",
        }
    }  # fmt: skip
    sent = send("sales", csv_text(header, *joined_orders(folder)), mapping=mapping)
    assert sent.counts == (expected["lines"], 0, 0, 0)
    assert standing() == (expected["lines"], cents(expected["total"]))
    assert_largest(expected["concentration_all"])


def test_online_shop(shared_data: Path, reference: dict[str, Any]) -> None:
    path = shared_data / "online_retail" / "online_retail_2010-12_2011-05.csv.gz"
    expected = reference["online_retail"]
    mapping = {
        "source": "shop",
        "columns": {
            "account": "CustomerID", "date": "InvoiceDate", "product": "StockCode",
            "quantity": "Quantity", "unit_price": "UnitPrice",
        },
        "constants": {"currency": "GBP"},
        "date_format": "%Y-%m-%d %H:%M:%S",
        "strip_suffix": {"account": ".0"},
    }  # fmt: skip
    sent = send("sales", path.read_bytes(), mapping=mapping, options=CREATE)
    assert sent.counts == (expected["lines"], 0, 0, 0)
    assert standing() == (expected["lines"], cents(expected["total_all_lines"]))
    unassigned = RevenueEntry.objects.filter(account=None)
    assert unassigned.count() == expected["lines_without_customer"]
    without = unassigned.aggregate(total=Sum("net_amount"))["total"]
    assert cents(without) == cents(expected["total_without_customer"])
    figures = expected["concentration_net"]
    assert Account.objects.count() == figures["customers"] + figures["left_out"]
    assert_largest(figures)
    assert send("sales", path.read_bytes(), mapping=mapping).counts == (0, 0, expected["lines"], 0)


def test_online_shop_s_customers_with_their_countries(shared_data: Path) -> None:
    path = shared_data / "online_retail" / "online_retail_2010-12_2011-05.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        countries = {row["CustomerID"]: row["Country"] for row in csv.DictReader(file)}
    rows = [[customer, country] for customer, country in countries.items() if customer]
    sent = send(
        "accounts",
        csv_text(["CustomerID", "Country"], *rows),
        mapping={
            "columns": {"external_id": "CustomerID", "country": "Country"},
            "strip_suffix": {"external_id": ".0"},
        },
    )
    assert sent.counts == (2767, 0, 0, 0)
    (notice,) = sent.summary.notices
    assert notice.details == {"names": "Channel Islands, European Community, Unspecified"}
    assert Account.objects.filter(country="IE").count() == 3


def two_levels(rows: Sequence[dict[str, str]]) -> str:
    """Markets as groups, chains in a market as accounts below them."""
    retailers = sorted({row["RETAILER"] for row in rows})
    lines = [[name, name.partition(" - ")[0]] for name in retailers]
    return csv_text(["name", "parent"], *lines)


def test_key_accounts_in_two_levels(shared_data: Path) -> None:
    path = shared_data / "cheese" / "cheese.csv"
    rows = list(read(path))
    tree = send("accounts", two_levels(rows), options=CREATE)
    assert (tree.counts, tree.summary.also) == ((88, 0, 0, 0), {"accounts": 46})
    assert Account.objects.filter(current_parent=None).count() == 46
    mapping = {
        "columns": {"account": "RETAILER", "quantity": "VOLUME", "unit_price": "PRICE"},
        "constants": {"date": "1993-01-01", "currency": "USD"},
    }
    sent = send("sales", path.read_bytes(), mapping=mapping)
    total: Decimal = exact_sum(
        quantise(Decimal(row["VOLUME"]) * Decimal(row["PRICE"])) for row in rows
    )
    assert sent.counts == (5555, 0, 0, 0)
    assert standing() == (5555, cents(total))
    assert RevenueEntry.objects.values("account").distinct().count() == 88
    assert send("sales", path.read_bytes(), mapping=mapping).counts == (0, 0, 5555, 0)


def test_accounts_receivable_as_revenue(shared_data: Path, reference: dict[str, Any]) -> None:
    expected = reference["ibm_ar"]
    mapping = {
        "columns": {
            "source_key": "invoiceNumber", "account": "customerID", "date": "InvoiceDate",
            "net_amount": "InvoiceAmount",
        },
        "date_format": "%m/%d/%Y",
        "constants": {"currency": "USD"},
    }  # fmt: skip
    data = (shared_data / "ibm_ar" / "accounts_receivable.csv").read_bytes()
    sent: Sent = send("sales", data, mapping=mapping, options=CREATE)
    assert sent.counts == (expected["rows"], 0, 0, 0)
    assert standing() == (expected["rows"], cents(expected["total"]))
    assert_largest(expected["concentration_all"])
    padded = (shared_data / "ibm_ar" / "original_leading_zero_invoice_numbers.csv").read_bytes()
    other = send("sales", padded, mapping=mapping, source="with zeros")
    assert other.counts == (expected["rows"], 0, 0, 0)


def test_revenue_written_for_people(shared_data: Path) -> None:
    mapping = {
        "columns": {"account": "Company", "date": "Fiscal year", "net_amount": "Revenues"},
        "date_format": "%Y",
        "constants": {"currency": "USD"},
    }
    data = (shared_data / "retail_chains" / "retailrevenue.csv").read_bytes()
    sent = send(
        "sales", data, mapping=mapping, options=Options(create_accounts=True, accept_rejects=True)
    )
    assert (sent.summary.rows, sent.summary.rejected) == (20470, sum(n for _r, n in sent.reasons))
    assert RevenueEntry.objects.filter(account__name="2nd Swing, Inc.").order_by(
        "booked_on"
    ).values_list("net_amount", flat=True)[0] == Decimal(73000)


def test_retail_banners_in_many_scripts(shared_data: Path) -> None:
    mapping = {"columns": {"external_id": "nsi_id", "name": "display_name"}}
    data = (shared_data / "retail_chains" / "retail_brands_flat.csv").read_bytes()
    sent = send("accounts", data, mapping=mapping)
    assert sent.counts == (2828, 0, 0, 0)
    assert send("accounts", data, mapping=mapping).counts == (0, 0, 2828, 0)
