"""Prices, units and codes over the API; the database's own word; merging."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from settlements.models import AccountPrice, FloorPrice, PriceBreak, ProductUnit
from settlements.services.prices.merging import MOVER
from tests.api import Api
from tests.factories.accounts import make_account, make_product
from tests.factories.prices import make_code, make_floor, make_list_price, make_price, make_unit

pytestmark = pytest.mark.django_db
PREFIX = "/api/v1/"


def _at(api: Api, asked: dict[str, Any]) -> Any:
    return api.get(f"price-at/?{urlencode(asked)}")


def test_prices_are_agreed_changed_and_read_over_the_api(people: Any) -> None:
    account, product = make_account(lead=people.owner), make_product(code="P-1")
    make_unit(product=product, holds=12)
    make_floor(product=product, amount="8")
    api = Api(people.owner)
    sent = {
        "account": account.pk,
        "product": "P-1",
        "unit": "carton",
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "breaks": [{"amount": "120"}, {"from_quantity": "10", "amount": "90"}],
    }
    refused = api.post(f"{PREFIX}prices/", sent)
    assert (refused.status_code, "below" in refused.content.decode()) == (422, True)
    made = api.post(f"{PREFIX}prices/", {**sent, "reason": "opening"})
    assert made.status_code == 201
    price = made.json()
    assert price["unit"] == "carton"
    assert [one["amount"] for one in price["breaks"]] == ["120.0000", "90.0000"]
    again = api.post(f"{PREFIX}prices/", {**sent, "reason": "again", "valid_from": "2026-03-01"})
    assert again.status_code in {400, 409, 422}
    assert "holds from" in again.content.decode()
    asked = {"account": account.pk, "code": "P-1", "day": "2026-02-01", "quantity": "120"}
    found = _at(api, asked).json()
    assert (found["price"], found["amount"], found["price_unit"]) == (price["id"], "90.0000",
                                                                     "carton")  # fmt: skip
    assert (found["total"], found["unit_amount"]) == ("900.0000", "7.5000")
    assert _at(api, {**asked, "code": "?"}).status_code == 400
    none = _at(api, {**asked, "day": "2025-02-01"}).json()
    assert none["price"] is None
    for who, status in (("stranger", 404), ("teammate", 404), ("auditor", 404)):
        other = Api(getattr(people, who))
        answer = other.post(
            f"{PREFIX}prices/{price['id']}/end/", {"valid_until": "2026-04-01", "reason": "x"}
        )
        assert answer.status_code in {403, status}, who
        floors = other.get(f"{PREFIX}floor-prices/").status_code
        assert (floors == 200) is (who == "auditor"), who
    assert AccountPrice.objects.get().valid.upper is None
    ended = api.post(
        f"{PREFIX}prices/{price['id']}/end/", {"valid_until": "2026-04-01", "reason": "over"}
    )
    assert ended.json()["valid_until"] == "2026-04-01"


def test_lists_cost_the_same_for_one_and_three(people: Any, django_assert_num_queries: Any) -> None:
    api = Api(people.director)
    for rows in (1, 3):
        while AccountPrice.objects.count() < rows:
            account, product = make_account(), make_product()
            make_unit(product=product)
            make_price(account=account, product=product)
            make_list_price(product=product)
            make_floor(product=product)
            make_code(account=account, product=product)
        for name, many in (
            ("prices", 2),
            ("list-prices", 1),
            ("floor-prices", 1),
            ("product-units", 1),
            ("product-codes", 1),
        ):
            api.get(f"{PREFIX}{name}/")
            with django_assert_num_queries(many + 2):
                answer = api.get(f"{PREFIX}{name}/")
            assert len(answer.json()["results"]) == rows, name


def _refused(constraint: str, statement: str, *values: Any) -> None:
    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE", values)
    assert constraint in str(error.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_the_database_refuses_what_the_forms_refuse() -> None:
    account, product = make_account(), make_product()
    unit = make_unit(product=product, end=date(2026, 7, 1))
    price = make_price(account=account, product=product, unit="carton", end=date(2026, 7, 1))
    one = price.breaks.get()
    table = "settlements_accountprice"
    copy = (
        "INSERT INTO settlements_accountprice (account_id, product_id, unit, currency_id, valid,"
        " reason, created_at, updated_at) VALUES (%s, %s, %s, 'EUR', %s, '', now(), now())"
    )
    values = [account.pk, product.pk]
    later = DateRange(date(2026, 6, 30), date(2026, 7, 1))
    _refused("account_prices_apart", copy, *values, "carton", later)
    open_end = DateRange(date(2026, 2, 1), None)
    _refused("account_price_unit_known", copy, *values, "pallet", open_end)
    _refused("account_price_has_a_price", copy, *values, "", open_end)
    _refused("account_price_period", copy, *values, "", DateRange(None, date(2026, 1, 1)))
    _refused("account_price_unit_known", f"UPDATE {table} SET valid = %s", open_end)
    _refused("account_price_has_a_price", "DELETE FROM settlements_pricebreak WHERE id = %s",
             one.pk)  # fmt: skip
    _refused("price_break_not_negative", "UPDATE settlements_pricebreak SET amount = -1")
    units = "UPDATE settlements_productunit SET"
    _refused("product_unit_in_use", f"{units} numerator = 10")
    _refused("product_unit_in_use", f"{units} valid = %s", DateRange(date(2026, 1, 1),
                                                                     date(2026, 6, 1)))  # fmt: skip
    _refused("product_unit_in_use", "DELETE FROM settlements_productunit WHERE id = %s", unit.pk)
    make_unit(product=make_product(), code="loose")
    _refused("product_unit_factor", f"{units} denominator = 0 WHERE code = 'loose'")
    _refused("product_unit_gtin_valid", f"{units} gtin = '6400000000014'")
    make_list_price(product=product)
    company = (
        "INSERT INTO settlements_listprice (product_id, unit, currency_id, valid, amount,"
        " reason, created_at, updated_at) SELECT product_id, unit, currency_id, valid, 5,"
        " '', now(), now() FROM settlements_listprice"
    )
    _refused("listprice_apart", company)
    make_code(account=account, product=product, code="ab")
    _refused(
        "account_product_codes_apart",
        "INSERT INTO settlements_accountproductcode (account_id, product_id, code, name, unit,"
        " gtin, valid, created_at, updated_at) SELECT account_id, product_id, 'AB', '', '', '',"
        " valid, now(), now() FROM settlements_accountproductcode",
    )
    assert FloorPrice.objects.count() == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=4))
def test_no_two_prices_ever_hold_on_one_day(periods: list[tuple[int, int]]) -> None:
    with transaction.atomic():
        account, product = make_account(), make_product()
        held = set[int]()
        for start, length in periods:
            days = set(range(start, start + length))
            first = date(2026, 1, 1) + timedelta(days=start)
            try:
                with transaction.atomic():
                    make_price(
                        account=account,
                        product=product,
                        start=first,
                        end=first + timedelta(days=length),
                    )
            except IntegrityError:
                assert held & days
            else:
                assert not held & days
                held |= days
        transaction.set_rollback(True)


def test_prices_codes_and_units_move_with_a_merged_account() -> None:
    keep, drop, product = make_account(), make_account(), make_product()
    make_unit(product=product, code="tray", holds=8, account=drop)
    make_code(account=drop, product=product, code="T-1", unit="tray")
    make_price(account=keep, product=product, amount="5", start=date(2026, 3, 1),
               end=date(2026, 4, 1))  # fmt: skip
    make_price(account=drop, product=product, breaks=[("0", "4"), ("10", "3")])
    make_price(account=drop, product=product, unit="tray", amount="30")
    plan = MOVER.plan(keep, drop)
    assert len(plan.moves) == 5
    assert len(plan.cautions) == 1
    with transaction.atomic():
        MOVER.move(keep, drop)
    assert not AccountPrice.objects.filter(account=drop).exists()
    rows = AccountPrice.objects.filter(account=keep, unit="").order_by("valid")
    assert [(row.valid.lower, row.valid.upper, row.breaks.count()) for row in rows] == [
        (date(2026, 1, 1), date(2026, 3, 1), 2),
        (date(2026, 3, 1), date(2026, 4, 1), 1),
        (date(2026, 4, 1), None, 2),
    ]
    assert ProductUnit.objects.get().account == keep
    assert keep.product_codes.get().unit == "tray"
    assert PriceBreak.objects.filter(price__account=keep, amount=Decimal(30)).count() == 1
