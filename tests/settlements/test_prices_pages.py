"""Pages of prices: who sees and does what, what they say, what they refuse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from settlements.models import AccountPrice, AccountProductCode, FloorPrice, ListPrice, ProductUnit
from tests.factories.accounts import make_account, make_product
from tests.factories.prices import make_code, make_floor, make_list_price, make_price, make_unit

pytestmark = pytest.mark.django_db


def _url(name: str, *args: Any) -> str:
    return reverse(f"settlements:{name}", args=args)


def _sent(account: Any, product: Any, **more: Any) -> dict[str, Any]:
    return {
        "account": f"{account.name} #{account.pk}",
        "product": product.code,
        "currency": "EUR",
        "price": "10",
        "start": "2026-01-01",
        **more,
    }


def test_who_sees_and_sets_what(client: Client, people: Any) -> None:
    account = make_account(lead=people.owner)
    product = make_product()
    price = make_price(account=account, product=product, amount="7")
    make_floor(product=product, amount="8")
    make_list_price(product=product, amount="12")
    table = {
        # who: sees the price, may change it, sees the floor, sets list prices
        "owner": (True, True, False, False),
        "teammate": (True, False, False, False),
        "stranger": (False, False, False, False),
        "director": (True, True, True, True),
        "controller": (True, True, True, False),
        "administrator": (True, True, True, True),
        "auditor": (True, False, True, False),
    }
    for who, (sees, changes, floor, configures) in table.items():
        person = getattr(people, who)
        client.force_login(person)
        page = client.get(_url("price-detail", price.pk))
        assert page.status_code == (200 if sees else 404), who
        assert (client.get(_url("price-change", price.pk)).status_code == 200) is changes, who
        assert (client.get(_url("floor-price-list")).status_code == 200) is floor, who
        if sees:
            assert ("8.00" in page.content.decode()) is floor, who
            assert "below the lowest price" in page.content.decode(), who
        page = client.post(_url("price-end", price.pk), {"end": "2025-12-31", "reason": "x"})
        assert page.status_code == (422 if changes else 404), who
        made = client.get(_url("company-price-create", "list"))
        assert (made.status_code == 200) is configures, who
        assert client.get(_url("list-price-list")).status_code == 200, who
        shown = price.pk in {row.pk for row in AccountPrice.objects.visible_to(person)}
        assert shown is sees, who
        sent = client.post(_url("price-create"), _sent(account, product, unit="no such"))
        assert sent.status_code == (404 if who == "auditor" else 422), who
    assert AccountPrice.objects.count() == 1


def test_a_price_is_set_corrected_ended_and_overlap_names_the_other(
    client: Client, people: Any
) -> None:
    account, product = make_account(lead=people.owner), make_product()
    make_unit(product=product, holds=12)
    client.force_login(people.owner)
    breaks = {"unit": "Carton", "from_1": "10", "price_1": "9", "from_2": "20", "price_2": "8.5"}
    assert client.post(_url("price-create"), _sent(account, product, **breaks)).status_code == 302
    price = AccountPrice.objects.get()
    assert (price.unit, price.set_by) == ("carton", people.owner)
    assert [(one.from_quantity, one.amount) for one in price.breaks.all()] == [
        (0, 10), (10, 9), (20, Decimal("8.5"))
    ]  # fmt: skip
    again = _sent(account, product, unit="carton", start="2026-05-01", reason="round")
    page = client.post(_url("price-create"), again)
    assert page.status_code == 422
    assert "Another price of" in page.content.decode()
    page = client.post(_url("price-create"), {**again, "reason": "", "ends_running": "on"})
    assert "Say why the price changes" in page.content.decode()
    ending = {**again, "end": "2026-05-31", "ends_running": "on"}
    page = client.post(_url("price-create"), ending, follow=True)
    assert "From Jun 1, 2026 on no price is agreed." in page.content.decode()
    price.refresh_from_db()
    assert price.valid.upper == date(2026, 5, 1)
    bad = {"price": "10", "from_1": "5", "price_1": "9", "from_2": "5", "price_2": "8"}
    page = client.post(_url("price-change", price.pk), {**bad, "start": "2026-01-01"})
    assert page.status_code == 422
    assert "Quantities go up from row to row." in page.content.decode()
    form = client.get(_url("price-change", price.pk)).context["form"]
    assert form["end"].value() == date(2026, 4, 30)  # the last day, not the one after it
    good = {"price": "11", "start": "2026-01-01", "end": "2026-04-30", "reason": "typo"}
    assert client.post(_url("price-change", price.pk), good).status_code == 302
    price.refresh_from_db()
    assert price.valid == DateRange(date(2026, 1, 1), date(2026, 5, 1))
    assert [one.amount for one in price.breaks.all()] == [11]
    shown = client.get(_url("price-detail", price.pk)).content.decode()
    assert "typo" in shown
    assert "Before and after" in shown


def test_lists_ask_the_same_number_of_questions_for_one_row_and_three(
    client: Client, people: Any, django_assert_num_queries: Any
) -> None:
    client.force_login(people.director)
    names = ("price-list", "list-price-list", "floor-price-list", "code-list", "unit-list")

    def add() -> None:
        account, product = make_account(), make_product()
        make_unit(product=product)
        make_price(account=account, product=product, unit="carton")
        make_list_price(product=product)
        make_floor(product=product)
        make_code(account=account, product=product)

    add()
    for name in names:
        client.get(_url(name))
        with django_assert_num_queries(4 if name == "price-list" else 3):
            assert client.get(_url(name)).status_code == 200
    add()
    add()
    for name in names:
        with django_assert_num_queries(4 if name == "price-list" else 3):
            page = client.get(_url(name))
        assert page.content.decode().count("<tr") == 4, name


def test_the_account_page_shows_own_and_inherited_prices(client: Client, people: Any) -> None:
    group = make_account(name="Group")
    store = make_account(parent=group, lead=people.owner)
    bread, milk = make_product(code="bread"), make_product(code="milk")
    make_price(account=group, product=bread, amount="3")
    make_price(account=group, product=milk, amount="2")
    make_price(account=store, product=milk, amount="1.5", start=date(2020, 1, 1))
    make_code(account=group, product=milk, code="M-1")
    make_unit(product=milk, code="crate", holds=8, account=store)
    client.force_login(people.owner)
    page = client.get(_url("account-prices", store.pk)).content.decode()
    assert "from Group" in page
    assert "1.50" in page
    assert "2.00" not in page
    assert "M-1" in page
    assert "crate" in page
    panel = client.get(_url("panel-prices", store.pk)).content.decode()
    assert "2 prices, 1 of its own" in panel
    assert client.get(_url("account-prices", group.pk)).status_code == 404
    assert client.get(_url("product-units", milk.pk)).status_code == 200


def test_the_calculator_counts_in_their_units_and_ours(client: Client, people: Any) -> None:
    account, product = make_account(lead=people.owner), make_product(code="P-1")
    make_unit(product=product, holds=8, account=account)
    make_code(account=account, product=product, code="4711", unit="carton")
    make_price(account=account, product=product, breaks=[("0", "2"), ("100", "1.5")])
    make_list_price(product=product, amount="2.5")
    client.force_login(people.owner)
    sent = {
        "account": f"{account.name} #{account.pk}",
        "day": timezone.localdate().isoformat(),
        "code_1": "4711",
        "quantity_1": "10",
        "code_2": "nothing",
        "quantity_2": "1",
        "code_3": "P-1",
        "quantity_3": "100",
    }
    page = client.get(_url("price-calculator"), sent)
    text = " ".join(page.content.decode().split()).replace("\N{NO-BREAK SPACE}", " ")
    assert page.status_code == 200
    assert "160.00 EUR" in text
    assert "200.00 EUR" in text
    assert "80 piece (10 carton)" in text
    assert "16.00 EUR per carton" in text
    assert "3 carton more: 1.50 EUR per piece" in text
    assert "No product is known by this code." in text
    assert "310.00 EUR" in text
    assert "1 line has no price" in text
    assert client.get(_url("price-calculator"), {**sent, "quantity_1": "x"}).status_code == 422


def test_units_codes_and_company_prices_are_set_and_ended(client: Client, people: Any) -> None:
    product = make_product(code="P-1")
    account = make_account(lead=people.owner)
    client.force_login(people.director)
    unit = {"code": "carton", "numerator": "12", "denominator": "1", "start": "2026-01-01"}
    assert client.post(_url("unit-create", product.pk), unit).status_code == 302
    ten = {**unit, "numerator": "10", "start": "2026-06-01"}
    page = client.post(_url("unit-create", product.pk), ten)
    assert "The unit carton of" in page.content.decode()
    assert client.post(
        _url("unit-create", product.pk), {**ten, "ends_running": "on"}
    ).status_code == 302  # fmt: skip
    assert [one.numerator for one in ProductUnit.objects.order_by("valid")] == [12, 10]
    price = make_price(account=account, product=product, unit="carton")
    last = ProductUnit.objects.get(numerator=10)
    page = client.post(_url("unit-end", last.pk), {"end": "2026-07-01"})
    assert page.status_code == 422
    assert "Prices or codes use this unit" in page.content.decode()
    last.refresh_from_db()
    assert last.valid == DateRange(date(2026, 6, 1), None)
    code = {
        "account": f"{account.name} #{account.pk}",
        "product": "P-1",
        "code": "00815",
        "gtin": "6.40E+12",
        "start": "2026-01-01",
    }
    page = client.post(_url("code-create"), code)
    assert "lost digits" in page.content.decode()
    assert client.post(_url("code-create"), {**code, "gtin": ""}).status_code == 302
    assert AccountProductCode.objects.get().code == "00815"
    page = client.post(_url("code-create"), {**code, "gtin": ""})
    assert "The code 00815 for" in page.content.decode()
    for kind, model in (("list", ListPrice), ("floor", FloorPrice)):
        sent = {"product": "P-1", "amount": "5", "currency": "EUR", "start": "2026-01-01"}
        assert client.post(_url("company-price-create", kind), sent).status_code == 302
        row = model.objects.get()
        ended = client.post(
            _url("company-price-end", kind, row.pk), {"end": "2026-01-31", "reason": "gone"}
        )
        assert ended.status_code == 302
        row.refresh_from_db()
        assert row.valid.upper == date(2026, 2, 1)
    assert price.breaks.count() == 1
    client.force_login(people.owner)
    assert client.post(_url("unit-create", product.pk), {**ten, "code": "tray"}).status_code == 422
    options = client.get(_url("product-options", "product"), {"product": "P-"})
    assert "P-1" in options.content.decode()


def test_a_later_break_below_the_floor_is_told(client: Client, people: Any) -> None:
    product, account = make_product(), make_account(lead=people.owner)
    make_floor(product=product, amount="1.8")
    breaks = [("0", "2"), ("100", "1.5"), ("50", "1.9")]
    price = make_price(account=account, product=product, breaks=breaks)
    client.force_login(people.director)
    page = client.get(_url("price-detail", price.pk)).content.decode()
    assert "Larger quantities go below the lowest price that is allowed." in page
    assert page.count("Below the floor") == 1
    listed = client.get(_url("account-prices", account.pk)).content.decode()
    assert listed.count("Below the floor") == 1


def test_units_and_codes_are_corrected_as_far_as_they_may(client: Client, people: Any) -> None:
    product, account = make_product(), make_account(lead=people.owner)
    unit = make_unit(product=product, holds=8)
    code = make_code(account=account, product=product, code="4711")
    client.force_login(people.director)
    sent = {"numerator": "10", "denominator": "1", "gtin": ""}
    assert client.post(_url("unit-change", unit.pk), sent).status_code == 302
    unit.refresh_from_db()
    assert unit.numerator == 10
    make_price(account=account, product=product, unit=unit.code)
    assert client.post(_url("unit-change", unit.pk), {**sent, "numerator": "9"}).status_code == 422
    assert client.post(_url("code-change", code.pk), {"gtin": "1"}).status_code == 422
    assert client.post(_url("code-change", code.pk), {"name": "Milk 1 L"}).status_code == 302
    code.refresh_from_db()
    assert (code.name, code.product) == ("Milk 1 L", product)
    client.force_login(people.stranger)
    assert client.get(_url("code-change", code.pk)).status_code == 404
    assert client.get(_url("unit-change", unit.pk)).status_code == 404
