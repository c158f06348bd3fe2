"""Numbers as people type them: a field of text that is read strictly, in every language.

A browser's own number field reads in the language of the browser, not of the page, and sends
nothing where it cannot: a decimal comma would be lost without a word. Text arrives as it was
typed, `kam.core.money.parse_decimal` reads it, and what can be read in two ways is refused.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.core.money import LINE_PLACES, AmountError, Separator, parse_decimal, quantise

_GROUP = 3


class DecimalInput(forms.TextInput):
    """A field of text that asks a phone for its keys of digits."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off"} | (attrs or {}))

    def format_value(self, value: Any) -> str | None:
        """A number in plain digits; what was typed as it was typed."""
        if isinstance(value, Decimal | int | float):
            return plain_number(Decimal(str(value)))
        shown: str | None = super().format_value(value)
        return shown


def plain_number(value: Decimal, *, least: int = 2) -> str:
    """Return digits with a point that are read back as the same number in every language.

    Zeros behind the decimals that there are at least go. Three decimals are written as four,
    because 1.234 is a thousand and more to half of our readers.
    """
    whole, _point, part = f"{value:f}".partition(".")
    part = part[:least] + part[least:].rstrip("0")
    two_ways = len(part) == _GROUP and whole.lstrip("-") != "0"
    return f"{whole}{'.' if part else ''}{part}{'0' if two_ways else ''}"


class NumberField(forms.DecimalField):
    """A number with decimals: 1234.5, 1 234,50, 1,234.50 and 1.234,50 are what they look like.

    A lone sign before exactly three digits (1,234) is a thousand to some and a decimal to others.
    It is refused, unless only one of both is possible: the other lies outside the field's bounds,
    or the field has no decimals.
    """

    widget = DecimalInput
    default_error_messages = {
        "two_ways": _("“%(typed)s” can be read in two ways: write %(whole)s or %(part)s."),
    }

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # no whole numbers
        """Read what was typed; zeros behind the decimals that the field has say nothing."""
        if isinstance(value, str) and value.strip():
            value = self._within_places(self._read(value.strip()))
        found: Any = super().to_python(None if isinstance(value, str) else value)
        return cast("Decimal | None", found)

    def _read(self, text: str) -> Decimal:
        try:
            return parse_decimal(text)
        except AmountError as error:
            if error.code == "ambiguous":
                return self._of_two(text)
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def _of_two(self, text: str) -> Decimal:
        """The one reading that the field can take."""
        sign: Separator = "," if "," in text else "."
        part = parse_decimal(text, sign)
        whole = parse_decimal(text, "." if sign == "," else ",")
        if self.decimal_places == 0 or not self._fits(part):
            return whole
        if not self._fits(whole):
            return part
        places = LINE_PLACES if self.decimal_places is None else self.decimal_places
        shown = plain_number(quantise(part, min(places, LINE_PLACES)))
        words = {"typed": text, "whole": plain_number(whole), "part": shown}
        raise forms.ValidationError(self.error_messages["two_ways"], code="two_ways", params=words)

    def _fits(self, value: Decimal) -> bool:
        bounds: Any = self
        low, high = bounds.min_value, bounds.max_value
        return (low is None or value >= low) and (high is None or value <= high)

    def _within_places(self, value: Decimal) -> Decimal:
        """The same number without zeros that the field has no room for."""
        places = self.decimal_places
        exponent = value.as_tuple().exponent
        if places is None or not isinstance(exponent, int) or -exponent <= places:
            return value
        text = f"{value:f}"
        kept = text[: len(text) + exponent + places]
        return Decimal(kept) if Decimal(kept) == value else value
