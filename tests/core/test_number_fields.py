"""Numbers as people type them: every language's way, and none that can be read in two ways."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kam.core.number_fields import NumberField, plain_number

AMOUNT: Any = {"max_digits": 20, "decimal_places": 4}
READ = {
    "1234.5": "1234.5", "1 234,50": "1234.50", "1\u00a0234,5": "1234.5", "1,234.50": "1234.50",
    "1.234,50": "1234.50", "1.234.567": "1234567", "1'234.5": "1234.5", "0,125": "0.125",
    "0.125": "0.125", "-3,5": "-3.5", "−3.5": "-3.5", "12345,678": "12345.678", " 22 ": "22",
    "1.2340": "1.2340", "1234,5000000": "1234.5", "１２３４．５": "1234.5",
}  # fmt: skip


def _said(field: NumberField, text: str) -> str:
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(text)
    return str(caught.value.messages[0])


def test_every_way_of_writing_is_read() -> None:
    field = NumberField(required=False, **AMOUNT)
    assert {text: field.clean(text) for text in READ} == {
        text: Decimal(value) for text, value in READ.items()
    }
    assert [field.clean(text) for text in ("", "  ", None)] == [None] * 3
    for text in ("abc", "1e3", "NaN", "12.34.5", "1,23.4"):
        assert _said(field, text) == "Enter a number."


def test_what_can_be_read_in_two_ways_is_refused_unless_one_is_impossible() -> None:
    amount = NumberField(**AMOUNT)
    for text in ("1,234", "1.234", "-1.234"):
        assert "can be read in two ways: write" in _said(amount, text)
    assert _said(amount, "1,234").endswith("write 1234 or 1.2340.")
    two_places = NumberField(max_digits=20, decimal_places=2)
    assert _said(two_places, "12,345").endswith("write 12345 or 12.35.")
    percent = NumberField(max_digits=7, decimal_places=4, max_value=100)
    assert percent.clean("1,234") == Decimal("1.234")
    assert NumberField(max_digits=9, decimal_places=0).clean("1.234") == 1234
    assert NumberField(min_value=100, **AMOUNT).clean("1.234") == 1234


@examples(max_examples=200)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_what_a_form_shows_is_read_back(value: Decimal) -> None:
    assert NumberField(**AMOUNT).clean(plain_number(value)) == value


def test_a_form_shows_what_was_typed_and_plain_digits() -> None:
    class Form(forms.Form):
        amount = NumberField(min_value=0, **AMOUNT)

    shown = str(Form(initial={"amount": Decimal("1234.5000")})["amount"])
    assert ('value="1234.50"' in shown, 'type="text"' in shown, "decimal" in shown) == (True,) * 3
    wrong = Form({"amount": "1,234"})
    assert ('value="1,234"' in str(wrong["amount"]), wrong.is_valid()) == (True, False)
    same = Form({"amount": "1 234,5"}, initial={"amount": Decimal("1234.5000")})
    assert (same.is_valid(), same.has_changed()) == (True, False)


def test_every_form_asks_for_decimals_in_this_way() -> None:
    apps = ("accounts", "interactions", "kam", "plans", "settlements")
    files = [one for app in apps for one in (settings.BASE_DIR / app).rglob("*.py")]
    rooms = [one for one in files if "forms" in one.parts or one.name == "forms.py"]
    plain = [str(one) for one in rooms if "forms.DecimalField(" in one.read_text()]
    assert (len(rooms) > 50, plain) == (True, [])
