from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.core.money import (
    AmountError,
    Separator,
    UnknownCurrencyError,
    allocate,
    convert,
    currency_decimals,
    parse_decimal,
    quantise,
    round_to_currency,
)

cents = st.decimals(-1_000_000, 1_000_000, places=2)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("0.00004999", "0.0000"), ("2", "2.0000")],
)
def test_line_amounts_keep_four_decimals_half_away_from_zero(amount: str, expected: str) -> None:
    assert str(quantise(Decimal(amount))) == expected


def test_a_wide_amount_is_rounded_and_not_refused() -> None:
    assert quantise(Decimal("9" * 30 + ".00005")) == Decimal("9" * 30 + ".0001")
    with pytest.raises(InvalidOperation):
        quantise(Decimal("Infinity"))


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("VND", 0), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("RSD", 2), ("IQD", 3)],
)
def test_decimals_are_those_of_iso_4217(currency: str, decimals: int) -> None:
    assert currency_decimals(currency) == decimals


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "ZZZ"])
def test_unknown_currencies_are_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrencyError, match="is not a currency code"):
        currency_decimals(currency)


def test_amounts_are_rounded_to_their_currency() -> None:
    assert str(round_to_currency(Decimal("1.005"), "EUR")) == "1.01"
    assert str(round_to_currency(Decimal("-1.005"), "EUR")) == "-1.01"
    assert str(round_to_currency(Decimal("12500.5"), "VND")) == "12501"
    assert str(round_to_currency(Decimal("1.0005"), "KWD")) == "1.001"


def test_conversion_multiplies_exactly_and_rounds_once() -> None:
    assert convert(Decimal("1234567890123456789.1234"), Decimal("1.000000000001")) == Decimal(
        "1234567890124691357.0135"
    )
    assert convert(Decimal(-10), Decimal("0.333335"), 5) == Decimal("-3.33335")
    for rate in ("0", "-1", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="greater than zero"):
            convert(Decimal(1), Decimal(rate))


def test_allocation_gives_the_units_left_over_to_those_who_lost_most() -> None:
    thirds = [Decimal(1)] * 3

    assert allocate(Decimal("100.00"), thirds) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert allocate(Decimal("-0.01"), thirds) == [
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("-0.01"),
    ]
    assert allocate(Decimal(10), [Decimal(2), Decimal(0), Decimal("0.999")], 0) == [7, 0, 3]


def test_allocation_refuses_what_it_cannot_divide() -> None:
    for weights in ([], [Decimal(0)], [Decimal(2), Decimal(-1)]):
        with pytest.raises(ValueError, match="Weights"):
            allocate(Decimal(1), weights)
    with pytest.raises(ValueError, match="more than 2 decimals"):
        allocate(Decimal("0.001"), [Decimal(1)])


@given(cents, st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=12))
def test_parts_add_up_and_stay_within_a_unit(total: Decimal, weights: list[Decimal]) -> None:
    whole = sum(weights)
    if not whole:
        return
    parts = allocate(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / whole) < Decimal("0.0100001")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "0"),
        ("1234.5", "1234.5"),
        ("$1,352,000", "1352000"),
        ("1,352,000.50", "1352000.50"),
        ("1 352 000,50", "1352000.50"),
        ("1\u202f352\u00a0000,50", "1352000.50"),
        ("1.352.000,50", "1352000.50"),
        ("1'352'000.50", "1352000.50"),
        ("1\u2019352.50", "1352.50"),
        ("12,34,567.8", "1234567.8"),
        ("12,50", "12.50"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        (".5", "0.5"),
        ("007", "007"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("5-", "-5"),
        ("5 -", "-5"),
        ("+5", "5"),
        ("(5.00)", "-5.00"),
        ("($1,000.00)", "-1000.00"),
        ("$(1,000.00)", "-1000.00"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("5 €-", "-5"),
        ("-0.00", "0.00"),
        ("  12 € \n", "12"),
        ("EUR 12.00", "12.00"),
        ("12.00EUR", "12.00"),
        ("US$12.00", "12.00"),
        ("1.250.000 ₫", "1250000"),
        ("1.250.000 đ", "1250000"),
        ("12,50 lei", "12.50"),
        ("12,50 kr.", "12.50"),
        ("￥１２．５０", "12.50"),
        ("\u200e-12.50", "-12.50"),
    ],
)
def test_amounts_as_people_and_systems_write_them(text: str, expected: str) -> None:
    assert parse_decimal(text) == Decimal(expected)
    assert parse_decimal(text).is_signed() is Decimal(expected).is_signed()


@pytest.mark.parametrize(
    ("text", "decimal_sep", "expected"),
    [
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("$73,000", ".", "73000"),
        ("1.234.567,89", ",", "1234567.89"),
    ],
)
def test_the_decimal_sign_settles_what_is_ambiguous(
    text: str, decimal_sep: Separator, expected: str
) -> None:
    assert parse_decimal(text, decimal_sep) == Decimal(expected)


@pytest.mark.parametrize("text", ["1,234", "1.234", "$73,000", "-999.999", "(1,000)"])
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="can be read in two ways") as caught:
        parse_decimal(text)
    assert caught.value.code == "ambiguous"


@pytest.mark.parametrize(
    ("text", "decimal_sep"),
    [
        ("12,50", "."),
        ("1,23,4", None),
        ("1.234.567", "."),
        ("1,2345,678", "."),
        ("0,125", "."),
        ("1 234.567", ","),
        ("1,234 567", "."),
        ("1.2.3", None),
        ("12.", None),
        ("1,234.567,8", None),
    ],
)
def test_wrong_grouping_is_refused(text: str, decimal_sep: Separator | None) -> None:
    with pytest.raises(AmountError) as caught:
        parse_decimal(text, decimal_sep)
    assert caught.value.code == "grouping"


@pytest.mark.parametrize(
    "text",
    [
        *("abc", "NaN", "Infinity", "1e5", "12%", "0x1F", "1_000", "=1+1"),
        *("--5", "-5-", "(-5)", "((5))", "5 5-5", "-", "()", "."),
        *("$5€", "XYZ 5", "$", "5²", "٣", "½", "5\n5"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="is not an amount") as caught:
        parse_decimal(text)
    assert caught.value.code == "not_a_number"


def test_empty_and_endless_texts_are_refused() -> None:
    for text, code in {"": "empty", " \u00a0": "empty", "9" * 65: "too_long"}.items():
        with pytest.raises(AmountError) as caught:
            parse_decimal(text)
        assert caught.value.code == code


@given(st.text(max_size=80), st.sampled_from([None, ".", ","]))
def test_any_text_gives_a_number_or_our_own_error(text: str, sep: Separator | None) -> None:
    try:
        outcome = "finite" if parse_decimal(text, sep).is_finite() else "not finite"
    except AmountError as error:
        outcome = error.code

    assert outcome in {"finite", "empty", "too_long", "not_a_number", "grouping", "ambiguous"}


@given(cents)
def test_every_common_form_reads_back(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert parse_decimal(english, ".") == parse_decimal(german, ",") == amount
    assert parse_decimal(english) == parse_decimal(german) == amount
    assert parse_decimal(english.replace(",", "\u00a0")) == amount
