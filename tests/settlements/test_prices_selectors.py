"""Which price holds, in which unit, and which product a code means."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Account, Product
from settlements.analytics.gtin import GtinError, canonical, check_digit
from settlements.analytics.units import Unit
from settlements.selectors.prices import (
    BREAK_REACHED,
    LINE_AMOUNT,
    UnknownUnitError,
    codes_of,
    floor_on,
    list_price_on,
    price_ctes,
    price_on,
    prices_on,
    product_by_code,
    quantities_both,
    units_of,
)
from tests.factories.accounts import make_account, make_product
from tests.factories.prices import (
    make_code,
    make_floor,
    make_list_price,
    make_price,
    make_unit,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
GTIN, CARTON_GTIN = "6400000000019", "16400000000016"


def _tree() -> tuple[Account, Account, Product]:
    group = make_account()
    return group, make_account(parent=group), make_product()


def test_the_nearest_account_with_a_price_decides() -> None:
    group, store, product = _tree()
    make_price(account=group, product=product, amount="10")
    found = price_on(store, product, DAY)
    assert found is not None
    assert (found.amount, found.account_id, found.currency) == (Decimal(10), group.pk, "EUR")
    own = make_price(account=store, product=product, amount="9.5", end=date(2026, 7, 1))
    found = price_on(store, product, DAY)
    assert found is not None
    assert (found.price_id, found.amount) == (own.pk, Decimal("9.5"))
    later = price_on(store, product, date(2026, 7, 1))
    assert later is not None
    assert later.amount == Decimal(10)
    assert price_on(store, product, date(2025, 12, 31)) is None
    assert price_on(make_account(), product, DAY) is None
    assert price_on(store, product, DAY, currency="USD") is None


def test_breaks_are_reached_in_the_unit_of_the_price_whatever_one_asks_in() -> None:
    group, store, product = _tree()
    make_unit(product=product, code="carton", holds=12)
    make_unit(product=product, code="carton", holds=8, account=store)
    make_price(account=group, product=product, unit="carton", breaks=[("2", "24"), ("10", "18")])
    assert price_on(store, product, DAY, quantity=Decimal(1), unit="carton") is None
    # Three cartons of the store's own, of 8, are the two of 12 that the group's price begins with.
    found = price_on(store, product, DAY, quantity=Decimal(3), unit="Carton")
    assert found is not None
    assert (found.amount, found.unit) == (Decimal(24), Unit("carton", 12))
    assert found.amount_in(found.asked) == Decimal("16.0000")
    assert found.line_amount(Decimal(3), found.asked) == Decimal("48.0000")
    for quantity, amount in ((119, 24), (-120, 18), (None, 24)):
        many = None if quantity is None else Decimal(quantity)
        one = price_on(store, product, DAY, quantity=many)
        assert one is not None
        assert one.amount == amount
    assert found.line_amount(Decimal(7)) is None
    with pytest.raises(UnknownUnitError):
        price_on(store, product, DAY, unit="pallet")


def test_of_several_at_one_account_unit_and_currency_decide() -> None:
    account = make_account(currency="USD")
    product = make_product()
    make_unit(product=product, holds=10)
    for unit, currency, amount in (
        ("", "EUR", "1"),
        ("", "USD", "2"),
        ("carton", "EUR", "9"),
        ("carton", "USD", "19"),
    ):
        make_price(account=account, product=product, unit=unit, currency=currency, amount=amount)
    asked = [("", None), ("carton", None), ("", "EUR"), ("carton", "EUR")]
    found = [price_on(account, product, DAY, unit=u, currency=c) for u, c in asked]
    assert [one and one.amount for one in found] == [2, 19, 1, 9]


def test_prices_of_many_are_read_in_one_statement(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    group, store, product = _tree()
    other = make_product()
    make_unit(product=other, holds=6)
    make_price(account=group, product=product, breaks=[("0", "5"), ("100", "4")])
    make_price(account=store, product=other, unit="carton", amount="30")
    with django_assert_num_queries(1):
        found = prices_on([group.pk, store.pk], [product.pk, other.pk], DAY)
    assert {key: price.amount for key, price in found.items()} == {
        (group.pk, product.pk, "EUR"): Decimal(5),
        (store.pk, product.pk, "EUR"): Decimal(5),
        (store.pk, other.pk, "EUR"): Decimal(30),
    }
    assert found[store.pk, other.pk, "EUR"].line_amount(Decimal(3)) == Decimal("15.0000")


_LINES = f"""
WITH lines AS (
    SELECT %(account)s::bigint AS account_id, %(product)s::bigint AS product_id,
        day::date, 1 + n AS quantity
    FROM generate_series('2026-01-01'::date, '2026-01-28', '1 day') WITH ORDINALITY AS d(day, n)
), {price_ctes(accounts="SELECT account_id FROM lines", products="SELECT product_id FROM lines")}
SELECT l.day, l.quantity, p.price_id, {LINE_AMOUNT.format(prices="p", quantity="l.quantity")}
FROM lines l LEFT JOIN prices p ON p.account_id = l.account_id AND p.product_id = l.product_id
    AND p.currency_id = 'EUR' AND p.valid @> l.day
    AND {BREAK_REACHED.format(prices="p", quantity="l.quantity")} ORDER BY 1
"""
_DAYS = st.integers(0, 30)
_PRICES = st.lists(
    st.tuples(st.booleans(), st.booleans(), _DAYS, st.integers(1, 20), st.integers(0, 3)),
    max_size=5,
)


class TestVolume(TestCase):
    """What SQL finds for lines is what `price_on` finds for each of them."""

    @settings(max_examples=40, deadline=None)
    @given(_PRICES, _DAYS)
    def test_sql_and_one_by_one_agree(
        self, drawn: list[tuple[bool, bool, int, int, int]], change: int
    ) -> None:
        group, store, product = _tree()
        first = date(2026, 1, 1)
        turn = first + timedelta(days=change + 1)
        make_unit(product=product, holds=12, end=turn)
        make_unit(product=product, holds=10, start=turn)
        make_unit(product=product, holds=7, account=group, start=turn + timedelta(days=3))
        taken = set[tuple[bool, bool, int]]()
        for at_store, in_cartons, start, length, least in drawn:
            days = {(at_store, in_cartons, day) for day in range(start, start + length)}
            if days & taken:
                continue
            taken |= days
            begin = first + timedelta(days=start)
            make_price(
                account=store if at_store else group,
                product=product,
                unit="carton" if in_cartons else "",
                breaks=[(str(least), "7"), ("5", "6.1234")],
                start=begin,
                end=begin + timedelta(days=length),
            )
        with connection.cursor() as cursor:
            span = DateRange(first, date(2026, 2, 1))
            parameters = {"account": store.pk, "product": product.pk, "price_span": span}
            cursor.execute(_LINES, parameters)
            rows = cursor.fetchall()
        assert len(rows) == 28
        for day, quantity, price_id, amount in rows:
            one = price_on(store, product, day, quantity=Decimal(quantity))
            assert price_id == (one.price_id if one else None)
            assert amount == (one.line_amount(Decimal(quantity)) if one else None)


def test_list_and_floor_are_converted_where_they_stand_in_another_unit() -> None:
    product = make_product()
    make_unit(product=product, holds=12)
    make_list_price(product=product, unit="carton", amount="30")
    make_floor(product=product, amount="1.9", end=date(2026, 7, 1))
    assert list_price_on(product, DAY, currency="EUR") == Decimal("2.5000")
    assert floor_on(product, DAY, unit=Unit("carton", 12), currency="EUR") == Decimal("22.8000")
    assert floor_on(product, date(2026, 7, 1), currency="EUR") is None
    assert list_price_on(product, DAY, currency="USD") is None


def test_units_are_the_accounts_own_before_the_companys() -> None:
    group, store, product = _tree()
    product.unit = "pcs"
    product.save()
    make_unit(product=product, code="pcs", holds=1, gtin=GTIN)
    make_unit(product=product, code="carton", holds=12)
    make_unit(product=product, code="pallet", holds=480)
    make_unit(product=product, code="carton", holds=8, account=group, end=date(2026, 7, 1))
    assert units_of(product, DAY, account=store)["carton"] == Unit("carton", 8)
    assert units_of(product, date(2026, 7, 1), account=store)["carton"] == Unit("carton", 12)
    assert set(units_of(product, DAY)) == {"", "carton", "pallet"}
    both = quantities_both(product, Decimal(500), day=DAY, account=store)
    assert str(both) == "500 pcs (1 pallet + 2 carton + 4 pcs)"
    assert str(quantities_both(product, Decimal("7.5"), day=DAY)) == "7.5 pcs"
    assert str(quantities_both(product, Decimal("30.5"), day=DAY)) == "30.5 pcs"


def test_a_code_means_theirs_then_a_gtin_then_ours() -> None:
    group, store, product = _tree()
    others = [make_product(code=f"{n}") for n in range(3)]
    make_unit(product=others[0], code="piece", holds=1, gtin=GTIN)
    make_unit(product=others[0], holds=12, gtin=CARTON_GTIN)
    make_code(account=group, product=product, code="00815", end=date(2026, 7, 1))
    make_code(account=group, product=others[1], code="00815", start=date(2026, 7, 1))
    make_code(account=store, product=others[2], code="AB-7", gtin="96385074")

    def meant(code: str, account: Account = store, day: date = DAY) -> tuple[int, str, str] | None:
        found = product_by_code(account, code, day=day)
        return (found.product_id, found.unit, found.kind) if found else None

    assert meant("00815") == (product.pk, "", "theirs")
    assert meant("00815", day=date(2026, 7, 1)) == (others[1].pk, "", "theirs")
    assert meant("815") is None
    assert meant(" ab-7 ") == (others[2].pk, "", "theirs")
    assert meant("ab-7", group) is None
    assert meant("00000096385074") == (others[2].pk, "", "their_gtin")
    assert meant(GTIN) == (others[0].pk, "", "gtin")
    assert meant("0" + GTIN) == (others[0].pk, "", "gtin")
    assert meant(CARTON_GTIN) == (others[0].pk, "carton", "gtin")
    assert meant("1") == (others[1].pk, "", "ours")
    make_code(account=store, product=product, code="1")
    assert meant("1") == (product.pk, "", "theirs")
    assert {row.code for row in codes_of(store)} == {"00815", "AB-7", "1"}
    assert codes_of(store, day=date(2025, 1, 1)).count() == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6.40E+12", "gtin_scientific"),
        ("6,4e12", "gtin_scientific"),
        ("64000000000X1", "gtin_not_digits"),
        ("640000000", "gtin_length"),
        ("6400000000014", "gtin_check_digit"),
    ],
)
def test_a_damaged_gtin_is_refused(text: str, code: str) -> None:
    with pytest.raises(GtinError) as error:
        canonical(text)
    assert error.value.code == code


@given(st.integers(0, 10**13 - 1))
def test_a_gtin_has_one_form_however_it_is_padded(number: int) -> None:
    digits = f"{number:013d}"
    whole = digits + str(check_digit(digits))
    form = canonical(whole)
    assert len(form) in {8, 13, 14}
    assert form.zfill(14) == whole
    assert canonical(form) == form


def test_the_database_knows_the_same_gtins() -> None:
    cases = {
        "": True,
        GTIN: True,
        CARTON_GTIN: True,
        "96385074": True,
        "6400000000014": False,
        "06400000000019": False,
        "0000096385074": False,
        "640000000001": False,
        "6.4E+12": False,
    }
    with connection.cursor() as cursor:
        for text, valid in cases.items():
            cursor.execute("SELECT settlements_gtin_valid(%s)", [text])
            assert cursor.fetchone() == (valid,), text
