"""When an agreement wants money: the steps of a payment term as sentences, and its examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kam.core import formats
from kam.core.formats import Text
from settlements.analytics.due_dates import (
    BaseEvent,
    LineKind,
    Operation,
    OperationKind,
    Roll,
    TermLine,
)
from settlements.choices.terms import Weekday
from settlements.views.terms.words import percent

DAYS, END = OperationKind.DAYS, OperationKind.END_OF_MONTH
SHAPES: dict[tuple[OperationKind, ...], str] = {
    (): "at once",
    (DAYS,): "days",
    (END,): "end",
    (END, DAYS): "end, days",
    (DAYS, END): "days, end",
}
"""Orders of steps that have a sentence of their own; others are told step by step."""


def _invoice_days(n: int) -> str:
    return ngettext(
        "They pay %(n)s day after the date of the invoice.",
        "They pay %(n)s days after the date of the invoice.",
        n,
    )


def _invoice_end_days(n: int) -> str:
    return ngettext(
        "They pay %(n)s day after the end of the month in which we invoice.",
        "They pay %(n)s days after the end of the month in which we invoice.",
        n,
    )


def _invoice_days_end(n: int) -> str:
    return ngettext(
        "They pay at the end of the month in which the invoice is %(n)s day old.",
        "They pay at the end of the month in which the invoice is %(n)s days old.",
        n,
    )


def _confirmed_days(n: int) -> str:
    return ngettext(
        "They pay %(n)s day after they confirm the statement.",
        "They pay %(n)s days after they confirm the statement.",
        n,
    )


def _confirmed_end_days(n: int) -> str:
    return ngettext(
        "They pay %(n)s day after the end of the month in which they confirm the statement.",
        "They pay %(n)s days after the end of the month in which they confirm the statement.",
        n,
    )


def _confirmed_days_end(n: int) -> str:
    return ngettext(
        "They pay at the end of the month that is reached %(n)s day after they confirm"
        " the statement.",
        "They pay at the end of the month that is reached %(n)s days after they confirm"
        " the statement.",
        n,
    )


WHOLE: dict[tuple[BaseEvent, str], Callable[[int], str]] = {
    (BaseEvent.INVOICE_DATE, "at once"): lambda _n: _("They pay on the day of the invoice."),
    (BaseEvent.INVOICE_DATE, "days"): _invoice_days,
    (BaseEvent.INVOICE_DATE, "end"): lambda _n: _(
        "They pay at the end of the month in which we invoice."
    ),
    (BaseEvent.INVOICE_DATE, "end, days"): _invoice_end_days,
    (BaseEvent.INVOICE_DATE, "days, end"): _invoice_days_end,
    (BaseEvent.STATEMENT_CONFIRMED, "at once"): lambda _n: _(
        "They pay when they confirm the statement."
    ),
    (BaseEvent.STATEMENT_CONFIRMED, "days"): _confirmed_days,
    (BaseEvent.STATEMENT_CONFIRMED, "end"): lambda _n: _(
        "They pay at the end of the month in which they confirm the statement."
    ),
    (BaseEvent.STATEMENT_CONFIRMED, "end, days"): _confirmed_end_days,
    (BaseEvent.STATEMENT_CONFIRMED, "days, end"): _confirmed_days_end,
    (BaseEvent.DELIVERY, "at once"): lambda _n: _("They pay on delivery."),
    (BaseEvent.ORDER_DATE, "at once"): lambda _n: _("They pay when they order."),
}
"""A sentence that says it all, where the steps are usual ones."""

RUNS_FROM: dict[BaseEvent, Text] = {
    BaseEvent.INVOICE_DATE: gettext_lazy("Payment runs from the date of the invoice."),
    BaseEvent.DELIVERY: gettext_lazy("Payment runs from the delivery."),
    BaseEvent.GOODS_RECEIPT: gettext_lazy("Payment runs from the day they accept the goods."),
    BaseEvent.STATEMENT_DATE: gettext_lazy("Payment runs from the date of the statement."),
    BaseEvent.STATEMENT_CONFIRMED: gettext_lazy(
        "Payment runs from the day they confirm the statement."
    ),
    BaseEvent.INVOICE_RECEIVED: gettext_lazy("Payment runs from the day they get the invoice."),
    BaseEvent.PERIOD_END: gettext_lazy("Payment runs from the last day of the period."),
    BaseEvent.ORDER_DATE: gettext_lazy("Payment runs from the order."),
}
FALLS_DUE: dict[BaseEvent, Text] = {
    BaseEvent.INVOICE_DATE: gettext_lazy("An invoice of %(day)s falls due on %(due)s."),
    BaseEvent.DELIVERY: gettext_lazy("A delivery of %(day)s falls due on %(due)s."),
    BaseEvent.GOODS_RECEIPT: gettext_lazy("Goods accepted on %(day)s fall due on %(due)s."),
    BaseEvent.STATEMENT_DATE: gettext_lazy("A statement of %(day)s falls due on %(due)s."),
    BaseEvent.STATEMENT_CONFIRMED: gettext_lazy(
        "A statement confirmed on %(day)s falls due on %(due)s."
    ),
    BaseEvent.INVOICE_RECEIVED: gettext_lazy(
        "An invoice received on %(day)s falls due on %(due)s."
    ),
    BaseEvent.PERIOD_END: gettext_lazy("A period that ends on %(day)s falls due on %(due)s."),
    BaseEvent.ORDER_DATE: gettext_lazy("An order of %(day)s falls due on %(due)s."),
}
_ROLLS: dict[Roll, Text] = {
    Roll.FOLLOWING: gettext_lazy("If that is no working day, take the next one."),
    Roll.PRECEDING: gettext_lazy("If that is no working day, take the one before."),
    Roll.MODIFIED_FOLLOWING: gettext_lazy(
        "If that is no working day, take the next one in the same month, else the one before."
    ),
}


def timing(event: str, operations: Sequence[Operation]) -> list[str]:
    """When an instalment is due: one sentence where the steps are usual, else one for each."""
    base = BaseEvent(event)
    steps = [one for one in operations if one.kind not in _COUNTS or one.value]
    shape = SHAPES.get(tuple(one.kind for one in steps), "")
    days = next((one.value for one in steps if one.kind is DAYS and isinstance(one.value, int)), 0)
    if (sentence := WHOLE.get((base, shape))) is not None:
        return [sentence(days) % {"n": formats.number(days)}]
    return [str(RUNS_FROM[base]), *(step(one) for one in steps)]


_COUNTS = {OperationKind.DAYS, OperationKind.MONTHS}


def step(operation: Operation) -> str:
    """One step as a sentence."""
    value = operation.value
    if isinstance(value, Roll):
        return str(_ROLLS[value])
    n = {"n": formats.number(value or 0)}
    match operation.kind:
        case OperationKind.DAYS:
            return ngettext("Count %(n)s day.", "Count %(n)s days.", value or 0) % n
        case OperationKind.MONTHS:
            return ngettext("Count %(n)s month.", "Count %(n)s months.", value or 0) % n
        case OperationKind.DAY_OF_MONTH:
            return _("Go on to day %(n)s of a month.") % n
        case OperationKind.NEXT_WEEKDAY:
            return _("Go on to the next pay run (%(weekday)s).") % {
                "weekday": Weekday(value or 0).label
            }
        case _:
            return _("Go on to the end of that month.")


def example(event: str, day: date, due: date) -> str:
    """What a day comes to."""
    facts = {"day": formats.date(day), "due": formats.date(due)}
    return str(FALLS_DUE[BaseEvent(event)]) % facts


_PARTS: dict[LineKind, Text] = {
    LineKind.PERCENT_OF_TOTAL: gettext_lazy("%(value)s of the total"),
    LineKind.PERCENT_OF_REMAINDER: gettext_lazy("%(value)s of what remains"),
    LineKind.REMAINDER: gettext_lazy("What remains"),
}


def part(line: TermLine, currency: str) -> str:
    """Which part of the amount an instalment is."""
    value = line.value or Decimal(0)
    if line.kind is LineKind.FIXED:
        return formats.money(value, currency)
    return str(_PARTS[line.kind]) % {"value": percent(value)}
