"""Files of prices, units and codes: what goes in, what is refused with its line, undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kam.imports.models import ImportReject
from kam.imports.options import Options
from kam.imports.services import undoing
from settlements.models import AccountPrice, AccountProductCode, ListPrice, PriceBreak, ProductUnit
from tests.factories.accounts import make_account, make_product
from tests.factories.imports import TODAY, csv_text, send
from tests.factories.prices import make_code, make_list_price, make_price, make_unit

pytestmark = pytest.mark.django_db
PRICES = ("account", "product", "unit", "from_quantity", "to_quantity", "price", "currency",
          "valid_from", "valid_until", "reason_text")  # fmt: skip
GTIN = "6400000000019"


def _rejected(sent: Any) -> dict[int, str]:
    return dict(ImportReject.objects.filter(batch=sent.batch).values_list("line", "reason"))


def test_prices_with_breaks_go_in_change_and_are_undone() -> None:
    account, product = make_account(external_id="C-1"), make_product(code="P-1")
    make_unit(product=product, holds=12)
    rows = [
        ("C-1", "P-1", "Carton", None, "10", "120", None, "2026-01-01", None, "round"),
        ("C-1", "P-1", "carton", "10", None, "110", "eur", "2026-01-01", None, None),
        ("C-1", "P-1", "piece", None, None, "11.5", "EUR", "2026-01-01", "2026-07-01", None),
        ("C-1", "P-1", None, None, None, "12", "EUR", "2026-07-01", None, None),
    ]
    first = send("account_prices", csv_text(PRICES, *rows))
    assert first.counts == (4, 0, 0, 0)
    prices = AccountPrice.objects.filter(account=account).order_by("unit", "valid")
    assert [(p.unit, p.valid.lower, p.breaks.count()) for p in prices] == [
        ("", date(2026, 1, 1), 1),
        ("", date(2026, 7, 1), 1),
        ("carton", date(2026, 1, 1), 2),
    ]
    assert send("account_prices", csv_text(PRICES, *rows), source="again").counts == (0, 0, 4, 0)
    changed = [*rows[:1], (*rows[1][:3], "20", None, "100", *rows[1][6:])]
    changed[0] = (*rows[0][:4], "20", *rows[0][5:])
    second = send("account_prices", csv_text(PRICES, *changed))
    assert second.counts == (0, 2, 0, 0)
    carton = prices.get(unit="carton")
    assert list(carton.breaks.values_list("from_quantity", "amount")) == [(0, 120), (20, 100)]
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    assert list(carton.breaks.values_list("from_quantity", "amount")) == [(0, 120), (10, 110)]
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert not PriceBreak.objects.exists()


def test_bad_prices_are_refused_with_their_line() -> None:
    account, product = make_account(external_id="C-1"), make_product(code="P-1")
    make_product(code="00815")
    make_price(account=account, product=product, amount="5", end=date(2026, 2, 1))

    def row(**more: Any) -> tuple[Any, ...]:
        values = dict.fromkeys(PRICES) | {"account": "C-1", "product": "P-1", "price": "1"}
        return tuple((values | {"valid_from": "2027-01-01"} | more)[name] for name in PRICES)

    cases = [
        (row(account="?"), "unknown account"),
        (row(product="?"), "unknown product"),
        (row(product="815"), "leading zeros lost"),
        (row(product="6.4E+12"), "scientific notation"),
        (row(unit="pallet"), "unknown unit"),
        (row(currency="XXX"), "unknown currency"),
        (row(price="-1"), "negative amount"),
        (row(valid_until="2027-01-01"), "ends before it begins"),
        (row(valid_from="2026-01-15", valid_until="2026-01-20"), "overlap with what stands"),
        (row(valid_from="2028-01-01", valid_until="2029-01-01"), "overlap in file"),
        (row(valid_from="2028-06-01", valid_until="2029-06-01"), "overlap in file"),
        (row(valid_from="2030-01-01", valid_until="2030-02-01"), "same quantity twice"),
        (row(valid_from="2030-01-01", valid_until="2030-02-01"), "same quantity twice"),
        (row(valid_from="2031-01-01", valid_until="2031-02-01", to_quantity="5"),
         "gap between breaks"),
        (row(valid_from="2031-01-01", valid_until="2031-02-01", from_quantity="6"),
         "part of a rejected price"),
        (row(valid_from="2032-01-01", valid_until="2032-02-01"), "other end in the same price"),
        (row(valid_from="2032-01-01", valid_until="2032-03-01", from_quantity="6"),
         "other end in the same price"),
        (row(valid_from="2033-01-01", price="x"), None),
        (row(valid_from="2026-03-01", valid_until="2026-04-01"), ""),
    ]  # fmt: skip
    sent = send("account_prices", csv_text(PRICES, *(case for case, _reason in cases)),
                options=Options(accept_rejects=True))  # fmt: skip
    found = _rejected(sent)
    for line, (_case, reason) in enumerate(cases, start=2):
        if reason is None:
            assert line in found
        else:
            assert found.get(line, "") == reason, (line, reason)
    assert sent.counts == (1, 0, 0, len(cases) - 1)


def test_units_codes_and_list_prices_go_in_and_say_what_is_wrong() -> None:
    account, product = make_account(external_id="C-1"), make_product(code="P-1")
    units = ("product", "unit", "holds", "parts", "account", "gtin", "valid_from", "valid_until")
    start = "2026-01-01"
    sent = send(
        "product_units",
        csv_text(
            units,
            ("P-1", "carton", "12", None, None, "0" + GTIN, start, None),
            ("P-1", "carton", "8", None, "C-1", None, start, None),
            ("P-1", "piece", "1", None, None, "96385074", start, None),
            ("P-1", "piece", "2", None, None, None, start, None),
            ("P-1", "pallet", "0.5", None, None, None, start, None),
            ("P-1", "tray", "6", None, None, "6.40E+12", start, None),
            ("P-1", "tray", "6", None, None, "640000000", start, None),
            ("P-1", "tray", "6", None, None, "6400000000014", start, None),
        ),
        options=Options(accept_rejects=True),
    )
    assert _rejected(sent) == {
        4: "same key, other content",
        5: "base unit holds one",
        6: "not a factor",
        7: "scientific notation",
        8: "gtin length",
        9: "gtin check digit",
    } or _rejected(sent) == {
        5: "base unit holds one",
        6: "not a factor",
        7: "scientific notation",
        8: "gtin length",
        9: "gtin check digit",
    }
    assert ProductUnit.objects.get(numerator=12).gtin == GTIN
    make_price(account=account, product=product, unit="carton")
    sent = send("product_units", csv_text(units, ("P-1", "carton", "10", *[None] * 3, start, None)),
                source="other", options=Options(accept_rejects=True))  # fmt: skip
    assert _rejected(sent) == {2: "unit in use"}
    codes = ("account", "code", "product", "name", "unit", "gtin", "valid_from", "valid_until")
    make_code(account=account, product=product, code="00815")
    sent = send(
        "product_codes",
        csv_text(
            codes,
            ("C-1", "0047", "P-1", "Leipä", "carton", GTIN, start, None),
            ("C-1", "815", "P-1", None, None, None, start, None),
            ("C-1", "4.7E+11", "P-1", None, None, None, start, None),
            ("C-1", "00815", "P-1", None, None, None, "2026-05-01", None),
        ),
        options=Options(accept_rejects=True),
    )
    assert _rejected(sent) == {
        3: "leading zeros lost",
        4: "scientific notation",
        5: "overlap with what stands",
    }
    code = AccountProductCode.objects.get(code="0047")
    assert (code.unit, code.name, code.gtin) == ("carton", "Leipä", GTIN)
    listed = ("product", "price", "unit", "currency", "valid_from", "valid_until")
    make_list_price(product=product, amount="3", start=date(2025, 1, 1))
    sent = send(
        "list_prices",
        csv_text(
            listed,
            ("P-1", "3", None, "EUR", "2025-01-01", start),
            ("P-1", "3.5", None, "EUR", start, None),
        ),
    )
    assert sent.counts == (1, 1, 0, 0)
    assert [row.amount for row in ListPrice.objects.order_by("valid")] == [3, Decimal("3.5")]
    undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert ListPrice.objects.get().valid.upper is None


def test_a_refusal_names_the_cell_that_is_wrong() -> None:
    account, product = make_account(external_id="C-1"), make_product(code="P-1")
    make_list_price(product=product, amount="9", start=date(2026, 1, 1))
    make_price(account=account, product=product, amount="5", end=date(2026, 2, 1))

    def row(**more: Any) -> tuple[Any, ...]:
        values = dict.fromkeys(PRICES) | {"account": "C-1", "product": "P-1", "price": "1"}
        return tuple((values | {"valid_from": "2027-01-01"} | more)[name] for name in PRICES)

    thirty = {"valid_from": "2030-01-01", "valid_until": "2031-01-01"}
    sent = send(
        "account_prices",
        csv_text(
            PRICES,
            row(account="Nobody"),
            row(currency="XXX"),
            row(price="-3"),
            row(valid_from="2025-06-01", valid_until="2026-01-15"),
            row(**thirty, from_quantity="0", to_quantity="100"),
            row(**thirty, from_quantity="90"),
            row(valid_from="2031-01-01", from_quantity="0", to_quantity="50"),
            row(valid_from="2031-01-01", from_quantity="60"),
        ),
    )
    rejects = ImportReject.objects.filter(batch=sent.batch)
    assert dict(rejects.values_list("line", "message")) == {
        2: "unknown account (Nobody)",
        3: "unknown currency (XXX)",
        4: "negative amount (-3)",
        5: "overlap with what stands (2026-01-01 – 2026-01-31)",
        6: "breaks overlap (100)",
        7: "part of a rejected price (P-1)",
        8: "gap between breaks (50)",
        9: "part of a rejected price (P-1)",
    }
    names = ("product", "price", "valid_from")
    sent = send("list_prices", csv_text(names, ("P-1", "8", "2025-06-01")))
    stands = ImportReject.objects.get(batch=sent.batch)
    assert stands.message == "overlap with what stands (2026-01-01 – )"
