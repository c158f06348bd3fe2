"""Sales reports typed by hand: resolved and refused like those of files, row by row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.forms.fields import as_typed
from settlements.models import SalesReport
from settlements.services.reports.deciding import accept_report
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.prices import make_code, make_unit
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db
D = Decimal
URL = "/consignment/reports/new/"


class World:
    def __init__(self, people: People) -> None:
        self.chain = make_account(name="Chain", lead=people.owner)
        self.store = make_account(name="Store 12", parent=self.chain, kind="store")
        self.other = make_account(name="Elsewhere", lead=people.owner, kind="store")
        self.product = make_product(code="P-1")
        self.product.name = "Soap"
        self.product.save()
        make_unit(product=self.product)
        make_code(account=self.chain, product=self.product, code="00471", unit="carton")
        self.company, self.category = make_company(), make_category()


@pytest.fixture
def world(people: People) -> World:
    return World(people)


def sent(world: World, *lines: dict[str, Any], rows: int = 0, **changes: Any) -> dict[str, Any]:
    head = {
        "key": uuid4(), "account": as_typed(world.chain), "selling_company": world.company.pk,
        "kind": "sell_through", "function": "original", "their_number": "R-7",
        "first_day": "2026-07-01", "last_day": "2026-07-31", "currency": "EUR",
        "line-TOTAL_FORMS": max(rows, len(lines)), "line-INITIAL_FORMS": 0,
    }  # fmt: skip
    for n, line in enumerate(lines):
        head |= {f"line-{n}-{name}": value for name, value in line.items()}
    return head | changes


def facts(report: SalesReport) -> list[tuple[Any, ...]]:
    return [
        (one.store.name, one.product and one.product.code, one.quantity_sold,
         one.quantity_returned, one.gross_amount, one.their_code, one.unit)
        for one in report.lines.select_related("store", "product").order_by("line")
    ]  # fmt: skip


def test_a_report_is_typed_and_waits(people: People, world: World) -> None:
    world.store.identifiers.create(system="customer", value=str(world.other.pk))
    client, body = client_of(people.owner), sent(
        world,
        {"store": "Store 12", "product": "00471", "quantity_sold": "2", "gross_amount": "240"},
        {},
        {"store": str(world.other.pk), "product": "soap", "quantity_sold": "5",
         "quantity_returned": "1", "sold_on": "2026-07-14", "tax_rate": "24"},
        control_quantity="28",
    )  # fmt: skip
    first, second = client.post(URL, body), client.post(URL, body)
    report = SalesReport.objects.get()
    assert first["Location"] == second["Location"] == report.get_absolute_url()
    assert (report.state, report.line_count, report.quantity_sold) == ("validated", 2, 29)
    assert report.created_by == people.owner
    assert facts(report) == [
        ("Store 12", "P-1", 24, 0, 240, "00471", "carton"),
        ("Store 12", "P-1", 5, 1, None, "soap", ""),
    ]
    again = client.get(f"{URL}?about={report.pk}").content.decode()
    assert "Store 12 #" in again
    assert 'value="24"' in again
    replaced = sent(world, {"product": "P-1", "quantity_sold": "3"}, function="replace")
    client.post(URL, replaced)
    second_version = SalesReport.objects.get(version=2)
    assert (second_version.function, second_version.supersedes) == ("replace", report)
    assert facts(second_version) == [("Chain", "P-1", 3, 0, None, "P-1", "")]
    client.post(URL, sent(world, function="cancel"))
    assert SalesReport.objects.get(version=3).line_count == 0


def test_what_takes_the_place_of_a_report_begins_with_all_that_stands(
    people: People, world: World
) -> None:
    client = client_of(people.owner)
    client.post(URL, sent(world, {"product": "P-1", "quantity_sold": "24"}))
    more = sent(world, {"product": "P-1", "quantity_sold": "7"}, function="addition")
    client.post(URL, more | {"key": uuid4()})
    original, addition = SalesReport.objects.order_by("version")
    for report in (original, addition):
        accept_report(report=report, decided_by=None, allow_below_zero=True)

    page = client.get(f"{URL}?about={addition.pk}")
    sold = [row["quantity_sold"] for row in page.context["rows"].initial]
    assert sold == ["24", "7"], "a replacement would drop what it does not repeat"
    read = client.get(addition.get_absolute_url()).content.decode()
    assert f"about={addition.pk}&amp;function=cancel" in read
    cancelling = client.get(f"{URL}?about={addition.pk}&function=cancel")
    assert cancelling.context["form"]["function"].value() == "cancel"
    assert not cancelling.context["rows"].initial


def test_bad_rows_stand_beside_their_field_with_the_line(people: People, world: World) -> None:
    good = {"store": "Store 12", "product": "P-1", "quantity_sold": "2"}
    table: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
        ({"store": "Nowhere"}, {}, "store", "Line 2: There is no such store."),
        ({"store": as_typed(world.other)}, {}, "store", "Line 2: There is no such store."),
        ({"product": "nothing"}, {}, "product", "Line 2: There is no product with this code"),
        ({"product": "471"}, {}, "product", "Line 2: A code with other zeros in front is known."),
        ({"product": "6,41E+12"}, {}, "product", "Line 2: This is a GTIN in scientific notation"),
        ({"product": ""}, {}, "product", "Line 2: A line of a sell-through names its product."),
        ({"quantity_sold": ""}, {}, "quantity_sold", "Line 2: Say how many were sold"),
        ({"quantity_sold": "-2"}, {}, "quantity_sold", "Line 2: Pieces are zero or more"),
        ({"gross_amount": "-9"}, {}, "gross_amount", "Line 2: The amount has the wrong sign"),
        ({"sold_on": "2026-08-01"}, {}, "sold_on", "Line 2: The day lies outside the period"),
        ({}, {"kind": "turnover"}, "gross_amount", "Line 1: A line of a turnover names its"),
        ({"tax_rate": "101"}, {}, "tax_rate", "less than or equal to 100"),
        ({"quantity_sold": "x"}, {}, "quantity_sold", "Enter a number."),
    ]
    client = client_of(people.owner)
    for change, head, field, words in table:
        answer = client.post(URL, sent(world, good, good | change, **head))
        assert answer.status_code == 422, words
        rows = answer.context["rows"].forms
        told = [error for row in rows for error in row.errors.get(field, [])]
        assert any(words in error for error in told), (words, [row.errors for row in rows])
    assert not SalesReport.objects.exists()


def test_bad_heads_are_told(people: People, world: World) -> None:
    good = {"store": "Store 12", "product": "P-1", "quantity_sold": "2"}
    table: list[tuple[dict[str, Any], str, str]] = [
        ({"last_day": "2026-06-30"}, "last_day", "The period ends before it begins."),
        ({"function": "replace"}, "function", "There is no report with this number"),
        ({"control_quantity": "3"}, "control_quantity", "add up to"),
        ({"account": as_typed(make_account(name="Strange"))}, "account", "no such account"),
        ({"their_number": " "}, "their_number", "required"),
    ]
    client = client_of(people.owner)
    for head, field, words in table:
        answer = client.post(URL, sent(world, good, **head))
        assert answer.status_code == 422, words
        assert words in str(answer.context["form"].errors.get(field)), (field, words)
    empty = client.post(URL, sent(world))
    assert "A report has lines" in empty.content.decode()
    assert not SalesReport.objects.exists()
    client.post(URL, sent(world, good))
    answer = client.post(URL, sent(world, good))
    assert "There is a report with this number already" in answer.content.decode()
    answer = client.post(URL, sent(world, good, function="cancel"))
    assert "Line 1: A cancellation has no lines." in answer.content.decode()


def test_more_rows_keep_what_was_typed(people: People, world: World) -> None:
    client = client_of(people.owner)
    body = sent(world, {"store": "Nowhere", "quantity_sold": "x"}, rows=5, more="1")
    answer = client.post(URL, body)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert len(answer.context["rows"].forms) == 10
    assert 'value="Nowhere"' in text
    assert 'value="R-7"' in text
    assert str(body["key"]) in text
    assert "There is no such store" not in text


def test_a_turnover_of_a_category_by_who_may(people: People, world: World) -> None:
    line = {"store": "Store 12", "category": world.category.pk, "gross_amount": "113.00",
            "coupon_amount": "5", "payment_medium": "gift card"}  # fmt: skip
    bad = sent(world, {**line, "coupon_amount": "-5"}, kind="turnover")
    answer = client_of(people.owner).post(URL, bad)
    assert answer.status_code == 422
    assert "Line 1: Coupons have the sign of the turnover they are of." in answer.content.decode()
    body = sent(world, line, kind="turnover")
    table = {"teammate": 302, "stranger": 422, "director": 302, "controller": 302, "auditor": 404}
    for place, (name, status) in enumerate(table.items()):
        changed = body | {"their_number": f"T-{place}", "key": uuid4()}
        assert client_of(getattr(people, name)).post(URL, changed).status_code == status, name
    assert SalesReport.objects.count() == 3
    row = SalesReport.objects.order_by("pk")[0].lines.get()
    assert (row.category, row.product, row.gross_amount) == (world.category, None, 113)
    assert (row.coupon_amount, row.payment_medium) == (5, "GIFT CARD")
    text = client_of(people.owner).get(row.report.get_absolute_url()).content.decode()
    assert "Of it paid with coupons" in text
    again = client_of(people.owner).get(f"{URL}?about={row.report_id}").content.decode()
    assert 'value="GIFT CARD"' in again
