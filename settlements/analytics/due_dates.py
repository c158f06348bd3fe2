"""Payment terms as ordered operations on a base date, and the instalments they make.

An operation is applied to what the one before gave, so "45 days, then the end of the month" and
the other way round are two terms. No operation leads to before the base date. A base event that
has not happened gives no due date: nothing is guessed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from kam.core.exact import EXACT, exact_sum, rounded
from kam.core.money import quantise
from settlements.analytics.instalments import Instalment
from settlements.analytics.problems import CalculationError, Problem
from settlements.analytics.working_days import PLAIN_WEEK, roll_day
from settlements.analytics.working_days import Roll as Roll
from settlements.analytics.working_days import WorkingDays as WorkingDays

YEAR = 365
"""Days of a year in the cost of an early discount not taken."""
WHOLE = Decimal(100)


class DueDateError(CalculationError):
    """Operations, a calendar or a total that give no due date or no instalments."""


class BaseEvent(StrEnum):
    """What must have happened for a term to run."""

    INVOICE_DATE = "invoice_date"
    DELIVERY = "delivery"
    GOODS_RECEIPT = "goods_receipt"
    STATEMENT_DATE = "statement_date"
    STATEMENT_CONFIRMED = "statement_confirmed"
    INVOICE_RECEIVED = "invoice_received"
    PERIOD_END = "period_end"
    ORDER_DATE = "order_date"
    """The base of a prepayment."""


class OperationKind(StrEnum):
    """What an operation does to a date."""

    DAYS = "days"
    MONTHS = "months"
    """The same day of a later month, or that month's last (31 January + 1: 28 February)."""
    END_OF_MONTH = "end_of_month"
    DAY_OF_MONTH = "day_of_month"
    """The next such day on or after the date; a month that is shorter gives its last day."""
    NEXT_WEEKDAY = "next_weekday"
    """The pay-run's weekday on or after the date, Monday is 0."""
    BUSINESS_DAY = "business_day"


RANGES: dict[OperationKind, tuple[int, int]] = {
    OperationKind.DAYS: (0, 3660),
    OperationKind.MONTHS: (0, 120),
    OperationKind.DAY_OF_MONTH: (1, 31),
    OperationKind.NEXT_WEEKDAY: (0, 6),
}
"""The values that an operation with a number takes, both ends included."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One step from a date to a later one; `end_of_month` has no value."""

    kind: OperationKind
    value: int | Roll | None = None


# Dates


def due_date(
    base: date | None, operations: Sequence[Operation], calendar: WorkingDays = PLAIN_WEEK
) -> date | None:
    """Return the base date after all operations in their order; None while it has not happened.

    Never before the base: a roll to a preceding working day that would be is one to the following.
    Raises DueDateError for an operation that `check_operations` refuses (its code) and a date past
    what can be written (`out_of_range`); CalendarError where no working day is in reach.
    """
    for problem in check_operations(operations):
        raise DueDateError.of(problem)
    if base is None:
        return None
    try:
        return reduce(lambda day, one: _applied(one, day, base, calendar), operations, base)
    except OverflowError as error:
        raise DueDateError("out_of_range", base=base) from error


def _applied(operation: Operation, day: date, base: date, calendar: WorkingDays) -> date:
    if isinstance(operation.value, Roll):
        return roll_day(day, operation.value, calendar, floor=base)
    return _STEPS[operation.kind](day, operation.value or 0)


def _plus_days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def _plus_months(day: date, count: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return _clamped(years, month + 1, day.day)


def _end_of_month(day: date, _value: int) -> date:
    return _clamped(day.year, day.month, 31)


def _day_of_month(day: date, wanted: int) -> date:
    found = _clamped(day.year, day.month, wanted)
    if found >= day:
        return found
    later = _plus_months(day.replace(day=1), 1)
    return _clamped(later.year, later.month, wanted)


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _clamped(year: int, month: int, day: int) -> date:
    if year > date.max.year:
        raise OverflowError
    return date(year, month, min(day, monthrange(year, month)[1]))


_STEPS: dict[OperationKind, Callable[[date, int], date]] = {
    OperationKind.DAYS: _plus_days,
    OperationKind.MONTHS: _plus_months,
    OperationKind.END_OF_MONTH: _end_of_month,
    OperationKind.DAY_OF_MONTH: _day_of_month,
    OperationKind.NEXT_WEEKDAY: _next_weekday,
}


def check_operations(operations: Sequence[Operation], row: int | None = None) -> list[Problem]:
    """Return what is wrong with operations; `params["place"]` says which one, from 0.

    Codes: `operation_value` (no whole number, roll, or nothing where the kind asks for it),
    `operation_range` (with `lowest` and `highest`).
    """
    found = (_operation_problem(one, place, row) for place, one in enumerate(operations))
    return [problem for problem in found if problem]


def _operation_problem(operation: Operation, place: int, row: int | None) -> Problem | None:
    kind, value = operation.kind, operation.value
    params: dict[str, object] = {"place": place, "kind": kind, "value": value}
    if kind is OperationKind.BUSINESS_DAY:
        return None if isinstance(value, Roll) else Problem("operation_value", params, row)
    if kind is OperationKind.END_OF_MONTH:
        return None if value is None else Problem("operation_value", params, row)
    if not isinstance(value, int) or isinstance(value, bool):
        return Problem("operation_value", params, row)
    lowest, highest = RANGES[kind]
    if lowest <= value <= highest:
        return None
    return Problem("operation_range", {**params, "lowest": lowest, "highest": highest}, row)


# Instalments


class LineKind(StrEnum):
    """How much of a total a line of a term takes."""

    FIXED = "fixed"
    PERCENT_OF_TOTAL = "percent_of_total"
    PERCENT_OF_REMAINDER = "percent_of_remainder"
    """Of what the lines before left over."""
    REMAINDER = "remainder"


_PERCENTS = frozenset({LineKind.PERCENT_OF_TOTAL, LineKind.PERCENT_OF_REMAINDER})


@dataclass(frozen=True, slots=True)
class TermLine:
    """A line of a payment term: an amount or percentage (none for the remainder), and its date."""

    kind: LineKind
    value: Decimal | None = None
    operations: tuple[Operation, ...] = ()


def check_lines(lines: Sequence[TermLine]) -> list[Problem]:
    """Return everything that is wrong with the lines of a term, rows counted from 0.

    Codes: `no_lines`, `last_not_remainder`, `remainder_not_last`, `remainder_value`,
    `value_missing`, `value_not_positive`, `percent_above_100`, `percents_above_100` (those of the
    total together), and those of `check_operations`.
    """
    if not lines:
        return [Problem("no_lines")]
    found = []
    for row, line in enumerate(lines):
        found += _line_problems(line, row, is_last=row == len(lines) - 1)
        found += check_operations(line.operations, row)
    of_total = [line.value for line in lines if line.kind is LineKind.PERCENT_OF_TOTAL]
    together = exact_sum(value for value in of_total if value is not None and value.is_finite())
    if together > WHOLE:
        found.append(Problem("percents_above_100", {"percent": together}))
    return found


def _line_problems(line: TermLine, row: int, *, is_last: bool) -> list[Problem]:
    found = []
    if is_last and line.kind is not LineKind.REMAINDER:
        found.append(Problem("last_not_remainder", row=row))
    if line.kind is LineKind.REMAINDER:
        if not is_last:
            found.append(Problem("remainder_not_last", row=row))
        if line.value is not None:
            found.append(Problem("remainder_value", row=row))
    elif line.value is None or not line.value.is_finite():
        found.append(Problem("value_missing", row=row))
    elif line.value <= 0:
        found.append(Problem("value_not_positive", {"value": line.value}, row))
    elif line.kind in _PERCENTS and line.value > WHOLE:
        found.append(Problem("percent_above_100", {"value": line.value}, row))
    return found


def schedule(
    total: Decimal,
    base: date | None,
    lines: Sequence[TermLine],
    *,
    places: int,
    calendar: WorkingDays = PLAIN_WEEK,
) -> list[Instalment]:
    """Divide a total by the lines of a term; the instalments add up to it exactly.

    A percentage is rounded half away from zero to `places` decimals; no line takes more than the
    ones before left, and the remainder takes what is left. Instalments of zero are left out, so a
    total of zero has none. The parts of a negative total are those of the positive one, negated.
    Raises DueDateError for lines that `check_lines` refuses (the first code) and for a total or a
    fixed amount with more decimals than the currency (`too_many_decimals`) or none at all
    (`not_a_number`).
    """
    for problem in check_lines(lines):
        raise DueDateError.of(problem)
    for amount in (total, *(line.value for line in lines if line.kind is LineKind.FIXED)):
        if amount is None or not amount.is_finite():
            raise DueDateError("not_a_number", amount=amount)
        if quantise(amount, places) != amount:
            raise DueDateError("too_many_decimals", amount=amount, places=places)
    return [
        Instalment(amount.copy_sign(total), due_date(base, line.operations, calendar))
        for line, amount in zip(lines, _parts(total.copy_abs(), lines, places), strict=True)
        if amount
    ]


def _parts(total: Decimal, lines: Sequence[TermLine], places: int) -> list[Decimal]:
    parts, left = [], total
    for line in lines:
        part = min(_share(line, total, left, places), left)
        parts.append(part)
        left = EXACT.subtract(left, part)
    return parts


def _share(line: TermLine, total: Decimal, left: Decimal, places: int) -> Decimal:
    if line.value is None:  # the remainder
        return left
    if line.kind is LineKind.FIXED:
        return line.value
    return percentage(line.value, total if line.kind is LineKind.PERCENT_OF_TOTAL else left, places)


def percentage(percent: Decimal, amount: Decimal, places: int) -> Decimal:
    """Return a percentage of an amount, rounded once, half away from zero."""
    return quantise(EXACT.multiply(amount, percent).scaleb(-2, context=EXACT), places)


# Early discount


class CostOfCredit(NamedTuple):
    """What it costs a year, in percent, not to take an early discount."""

    simple: Decimal
    effective: Decimal


MOST_DISCOUNT = Decimal(90)
"""Percent: more is no discount for early payment."""
_POWERS = Context(prec=500)


@dataclass(frozen=True, slots=True)
class EarlyDiscount:
    """A discount of some percent on what is paid within some days of the base date."""

    percent: Decimal
    days: int

    def __post_init__(self) -> None:
        """Refuse a percentage (`discount_percent`) or days (`discount_days`) that are none."""
        if not self.percent.is_finite() or not 0 < self.percent <= MOST_DISCOUNT:
            raise DueDateError("discount_percent", percent=self.percent, highest=MOST_DISCOUNT)
        if not 0 <= self.days <= RANGES[OperationKind.DAYS][1]:
            raise DueDateError("discount_days", days=self.days)

    def discount_date(self, base: date | None, due: date | None = None) -> date | None:
        """Return the last day of the discount, never after the due date; None without a base."""
        found = due_date(base, [Operation(OperationKind.DAYS, self.days)])
        return min(found, due) if found and due else found

    def discount_amount(self, total: Decimal, places: int) -> Decimal:
        """Return the discount on a total, rounded half away from zero to `places` decimals.

        Whether tax and freight are part of the total is the term's to say.
        """
        return percentage(self.percent, total, places)


def cost_of_not_taking(percent: Decimal, discount_days: int, net_days: int) -> CostOfCredit:
    """Return the yearly cost of paying on the last day, in percent with two decimals.

    Simple: percent ÷ (100 − percent) × 365 ÷ (net days − discount days). Effective: the same
    compounded. Raises DueDateError (`net_before_discount`) where nothing is gained by waiting.
    """
    EarlyDiscount(percent, discount_days)
    if net_days <= discount_days:
        raise DueDateError("net_before_discount", discount_days=discount_days, net_days=net_days)
    cost = Fraction(percent) / (100 - Fraction(percent))
    times = Fraction(YEAR, net_days - discount_days)
    grown = _POWERS.power(_decimal(1 + cost), _decimal(times))
    yearly = _POWERS.multiply(_POWERS.subtract(grown, Decimal(1)), WHOLE)
    return CostOfCredit(rounded(cost * times * 100, 2), quantise(yearly, 2))


def _decimal(value: Fraction) -> Decimal:
    return _POWERS.divide(Decimal(value.numerator), Decimal(value.denominator))
