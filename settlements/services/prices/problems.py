"""What is refused about prices, units and codes, in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.core.formats import Text
from kam.core.problems import RefusedError, register_constraint
from settlements.analytics.problems import Problem


class OverlapError(RefusedError):
    """A price, unit or code on days on which another one holds; it is named."""

    code, field = "overlap", "start"
    words = _("Another one holds on some of these days.")


class UnitError(RefusedError):
    """A unit in which the product is not sold, or one that is used and so cannot change."""

    code, field = "unit", "unit"
    words = _("The product is not sold in this unit on each of these days.")


class UnitInUseError(UnitError):
    """A unit that prices or codes use."""

    code = "unit_in_use"
    words = _(
        "Prices or codes use this unit: what it holds stays. Set another content from a day on."
    )


class ReasonError(RefusedError):
    """A change or a price below the floor without a reason."""

    code, field = "reason_missing", "reason"
    words = _("Say why the price changes.")


class BelowFloorError(ReasonError):
    """A price below the floor without a reason."""

    code = "below_floor"
    words = _("This price is below the lowest that is allowed. Say why, or choose a higher one.")


class BreakError(RefusedError):
    """Volume breaks that make no price."""

    code, field = "breaks", "breaks"


class GtinRefusedError(RefusedError):
    """A number that is no GTIN."""

    code, field = "gtin", "gtin"


BREAKS: Mapping[str, Text] = {
    "no_breaks": _("A price needs an amount from some quantity on."),
    "not_a_number": _("This is no number."),
    "quantity_negative": _("A quantity is zero or more."),
    "price_negative": _("A price is zero or more."),
    "same_quantity": _("There is a price from this quantity on already."),
    "not_ascending": _("Quantities go up from row to row."),
}
GTINS: Mapping[str, Text] = {
    "gtin_scientific": _(
        "A spreadsheet wrote this number as %(text)s and lost digits: format the column as text."
    ),
    "gtin_not_digits": _("A GTIN has digits only."),
    "gtin_length": _("A GTIN has 8, 12, 13 or 14 digits, not %(length)s. Were zeros lost?"),
    "gtin_check_digit": _("The last digit of this GTIN does not fit the others: it would be "
                          "%(expected)s."),
}  # fmt: skip


def break_error(problem: Problem) -> BreakError:
    """Return the refusal of what is wrong with a break."""
    error = BreakError(BREAKS[problem.code], code=problem.code)
    return error if problem.row is None else error.at("breaks", problem.row)


_MEANINGS: Mapping[str, type[RefusedError]] = {
    "account_price_unit_known": UnitError,
    "list_price_unit_known": UnitError,
    "floor_price_unit_known": UnitError,
    "account_code_unit_known": UnitError,
    "product_unit_in_use": UnitInUseError,
}


def register() -> None:
    """Teach `kam.core.problems` what the triggers of prices mean."""
    for name, kind in _MEANINGS.items():
        register_constraint(name, kind.words, field=kind.field, kind=kind)
    for name in ("account_price_has_a_price", "account_price_keeps_a_price"):
        register_constraint(name, BREAKS["no_breaks"], field="breaks", kind=BreakError)


def amount_words(amount: object, currency: str) -> str:
    """Return a price with all its decimals: 0.0025 is not 0.00."""
    text = formats.number(amount)  # type: ignore[arg-type]
    return f"{text}\N{NO-BREAK SPACE}{currency}"
