"""Products, targets and rates on their way in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Product, ProductCategory, RevenueEntry, Target
from kam.core.models import ExchangeRate
from kam.imports.mapping import MappingError
from kam.imports.options import Options
from kam.imports.services import undoing
from tests.factories.accounts import make_account, make_category, make_entry, make_product
from tests.factories.core import make_rate
from tests.factories.identity import make_user
from tests.factories.imports import TODAY, Sent, csv_text, send

pytestmark = pytest.mark.django_db

PRODUCTS = ["code", "name", "category", "unit", "standard_cost"]
TARGETS = ["account", "month", "amount", "currency"]
RATES = ["currency", "date", "rate"]


def sent(kind: str, header: list[str], *rows: list[Any], **setup: Any) -> Sent:
    return send(kind, csv_text(header, *rows), **setup)


def test_products_are_created_updated_and_left_alone() -> None:
    row = ["P1", "Rye bread", "Bakery", "pcs", "1.85"]
    first = sent("products", PRODUCTS, row, ["P2", "", "", "", "NULL"])
    product = Product.objects.get(code="P1")
    assert (first.counts, first.summary.also) == ((2, 0, 0, 0), {"categories": 1})
    assert (product.name, product.category and product.category.code) == ("Rye bread", "Bakery")
    assert (product.unit, product.standard_cost, product.currency_id) == (
        "pcs",
        Decimal("1.85"),
        "EUR",
    )
    assert Product.objects.get(code="P2").name == "P2"
    assert sent("products", PRODUCTS, row).counts == (0, 0, 1, 0)
    second = sent("products", PRODUCTS, ["P1", "", "", "", "2"])
    product.refresh_from_db()
    assert (second.counts, product.name) == ((0, 1, 0, 0), "Rye bread")
    assert product.standard_cost == Decimal(2)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    product.refresh_from_db()
    assert product.standard_cost == Decimal("1.85")
    report = undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert (report.removed, Product.objects.count(), ProductCategory.objects.count()) == (2, 0, 0)


def test_category_of_a_product_reaches_entries_that_have_none() -> None:
    product = make_product(code="P1")
    make_entry(account=None, amount="1", product=product)
    kept = make_entry(account=None, amount="2", product=product, category=make_category(code="Own"))
    sent("products", ["code", "category"], ["P1", "Bakery"])
    found = {e.net_amount: e.category and e.category.code for e in RevenueEntry.objects.all()}
    assert found == {Decimal(1): "Bakery", Decimal(2): "Own"}
    assert kept.category is not None


def test_bad_products_are_rejected() -> None:
    got = sent(
        "products",
        PRODUCTS,
        ["P1", "A", "", "", "-1"],
        ["", "B", "", "", "1"],
        ["P3", "C", "", "", "cheap"],
        ["P4", "D", "", "", "1"],
        ["P4", "E", "", "", "1"],
    )
    assert sorted(got.reasons) == [
        ("missing: code", 1),
        ("negative amount", 1),
        ("not a number: standard_cost", 1),
        ("same key, other content", 2),
    ]
    assert not Product.objects.exists()


def test_targets_for_accounts_and_managers() -> None:
    account = make_account(name="Kesko", external_id="C1", currency="SEK")
    manager = make_user(email="anna@example.com")
    header = ["account", "manager", "month", "amount", "currency", "category"]
    rows = [
        ["C1", "", "2026-03", "1000", "", ""],
        ["C1", "", "2026-03-15", "300", "EUR", "Bakery"],
        ["", "Anna@example.com", "2026-03-01", "5000", "", ""],
    ]
    first = sent("targets", header, *rows)
    assert first.counts == (3, 0, 0, 0)
    found = {
        (t.account, t.manager, t.category and t.category.code): (t.month, t.amount, t.currency_id)
        for t in Target.objects.all()
    }
    march = date(2026, 3, 1)
    assert found == {
        (account, None, None): (march, Decimal(1000), "SEK"),
        (account, None, "Bakery"): (march, Decimal(300), "EUR"),
        (None, manager, None): (march, Decimal(5000), "EUR"),
    }
    assert sent("targets", header, *rows).counts == (0, 0, 3, 0)
    second = sent("targets", header, ["C1", "", "2026-03", "1200", "", ""])
    assert second.counts == (0, 1, 0, 0)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    assert Target.objects.get(account=account, category=None).amount == 1000
    assert undoing.undo(batch_id=first.batch.pk, as_of=TODAY).removed == 3
    assert not Target.objects.exists()


def test_bad_targets_are_rejected() -> None:
    make_account(name="Kesko", external_id="C1")
    got = sent(
        "targets",
        ["account", "manager", "month", "amount"],
        ["C9", "", "2026-03", "1"],
        ["", "nobody@example.com", "2026-03", "1"],
        ["C1", "nobody@example.com", "2026-03", "1"],
        ["", "", "2026-03", "1"],
        ["C1", "", "2026-03", "-1"],
        ["C1", "", "soon", "1"],
        ["C1", "", "2026-05", "1"],
        ["C1", "", "2026-05", "2"],
    )
    assert sorted(got.reasons) == [
        ("account or manager", 2),
        ("negative amount", 1),
        ("not a month: month", 1),
        ("same key, other content", 2),
        ("unknown account", 1),
        ("unknown manager", 1),
    ]


def test_rates_fill_the_amounts_that_waited() -> None:
    entry = make_entry(
        account=None, amount="10", currency="USD", rate=None, booked_on=date(2026, 3, 2)
    )
    first = sent("rates", RATES, ["usd", "2026-03-01", "0.9"], ["USD", "2026-04-01", "0.8"])
    entry.refresh_from_db()
    assert (first.counts, first.summary.also) == ((2, 0, 0, 0), {"converted entries": 1})
    assert (entry.rate, entry.base_amount) == (Decimal("0.9"), Decimal(9))
    assert sent("rates", RATES, ["USD", "2026-03-01", "0.90"]).counts == (0, 0, 1, 0)
    second = sent("rates", RATES, ["USD", "2026-03-01", "0.95"])
    assert second.counts == (0, 1, 0, 0)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    assert ExchangeRate.objects.get(valid_on=date(2026, 3, 1)).rate == Decimal("0.9")
    assert undoing.undo(batch_id=first.batch.pk, as_of=TODAY).removed == 2
    assert not ExchangeRate.objects.exists()


def test_bad_rates_are_rejected() -> None:
    got = sent(
        "rates",
        RATES,
        ["EUR", "2026-03-01", "1"],
        ["USD", "2026-03-01", "0"],
        ["XQX", "2026-03-01", "1"],
        ["USD", "2026-05-01", "1"],
        ["USD", "2026-05-01", "2"],
        ["USD", "2026-06-01", ""],
    )
    assert sorted(got.reasons) == [
        ("missing: rate", 1),
        ("not a rate", 1),
        ("rate to itself", 1),
        ("same key, other content", 2),
        ("unknown currency", 1),
    ]


def test_rate_typed_by_hand_is_corrected_and_put_back() -> None:
    make_rate(currency="USD", rate="0.7", valid_on=date(2026, 3, 1))
    got = sent("rates", RATES, ["USD", "2026-03-01", "0.8"])
    assert got.counts == (0, 1, 0, 0)
    undoing.undo(batch_id=got.batch.pk, as_of=TODAY)
    assert ExchangeRate.objects.get().rate == Decimal("0.7")


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("sales", ["account", "date", "quantity"]),
        ("sales", ["account", "net_amount"]),
        ("targets", ["month", "amount"]),
        ("accounts", ["country"]),
        ("products", ["name"]),
        ("rates", ["currency", "rate"]),
    ],
)
def test_columns_that_make_no_row_are_refused(kind: str, header: list[str]) -> None:
    with pytest.raises(MappingError, match="Say which column"):
        sent(kind, header, ["x"] * len(header), options=Options(accept_rejects=True))
