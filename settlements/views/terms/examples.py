"""Terms worked through: due dates of examples, and what a month's turnover comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.dates import add_months, month_start
from settlements.analytics.concession import Commission, Guarantee, TestPeriod, commission, payable
from settlements.analytics.due_dates import TermLine
from settlements.analytics.problems import CalculationError
from settlements.analytics.rates import Band, Slice, slices
from settlements.analytics.working_days import PLAIN_WEEK, WorkingDays
from settlements.choices.terms import SettlementBasis
from settlements.selectors.terms.own_figures import Invoice, UsualMonth
from settlements.selectors.terms.rules import TermRules, example_due
from settlements.views.terms import payment_words, words

ROUND = Decimal(100_000)
"""The turnover of an example where the account has none of its own."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """An instalment of a payment term: which part, when, in sentences."""

    part: str
    timing: list[str]


def instalments(event: str, lines: Sequence[TermLine], currency: str) -> list[Instalment]:
    """A payment term in words, a row for each instalment."""
    return [
        Instalment(payment_words.part(line, currency), payment_words.timing(event, line.operations))
        for line in lines
    ]


# Due dates


def example_days(today: date) -> list[tuple[str, date]]:
    """The days that examples are of: today, this month's last, and the next 27 November."""
    month_end = add_months(month_start(today), 1) - timedelta(days=1)
    november = date(today.year, 11, 27)
    if november < today:
        november = date(today.year + 1, 11, 27)
    return [
        (_("Today"), today),
        (_("End of this month"), month_end),
        (_("A 27 November"), november),
    ]


@dataclass(frozen=True, slots=True)
class DueRow:
    """An example: what it is, its base date, its due dates, one for each instalment."""

    title: str
    base: date
    due: tuple[date | None, ...]
    discount_until: date | None
    other: tuple[date | None, ...] = ()


def due_rows(
    lines: Sequence[TermLine], today: date, calendar: WorkingDays = PLAIN_WEEK
) -> list[DueRow]:
    """The due dates of examples; none where the steps lead nowhere."""
    turned = other_order(lines)
    found = []
    try:
        for title, day in example_days(today):
            due = example_due(lines, day, calendar=calendar).due
            other = example_due(turned, day, calendar=calendar).due if turned else ()
            found.append(DueRow(title, day, due, None, other))
    except CalculationError:
        return []
    return found


def other_order(lines: Sequence[TermLine]) -> list[TermLine] | None:
    """The same term with its first two steps the other way round; None where none has two."""
    if not any(len(line.operations) > 1 for line in lines):
        return None
    return [
        TermLine(line.kind, line.value, (*reversed(line.operations[:2]), *line.operations[2:]))
        for line in lines
    ]


def as_sentence(rules: TermRules, today: date) -> str:
    """One example in a sentence: what the next 27 November falls due on."""
    if not rules.lines:
        return ""
    _title, day = example_days(today)[-1]
    try:
        due = example_due(rules.lines, day, calendar=rules.calendar).due[-1]
    except CalculationError:
        return ""
    return payment_words.example(rules.base_event, day, due) if due else ""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice of the account: when these terms would have it paid, and as it was posted."""

    invoice: Invoice
    due: date | None

    @property
    def is_other(self) -> bool:
        """Whether it was posted with another due date."""
        return self.due != self.invoice.due_on


def invoice_rows(rules: TermRules, invoices: Sequence[Invoice]) -> list[InvoiceRow]:
    """The account's own invoices under a term, their date taken as the base date."""
    if not rules.lines:
        return []
    try:
        return [
            InvoiceRow(
                one,
                example_due(rules.lines, one.document.document_date, calendar=rules.calendar).due[
                    -1
                ],
            )
            for one in invoices
        ]
    except CalculationError:
        return []


# Deduction

_BY_TERMS = gettext_lazy("Payment media with a rule of their own are not in it.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a turnover at one rate."""

    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DeductionExample:
    """What a month's turnover comes to: bands, guarantee, what is left for us."""

    turnover: Decimal
    source: str
    parts: list[Part]
    rate: str
    result: Commission
    payable: Decimal
    is_tested_later: bool
    is_tested_again: bool


def deduction_example(
    rules: TermRules, *, typed: Decimal | None, average: UsualMonth | None
) -> DeductionExample | None:
    """A month under a term on turnover: the one typed, else the account's average, else a round
    figure; None for other terms and rates that cannot be computed."""
    terms = rules.deduction_terms
    if rules.settlement_basis != SettlementBasis.TURNOVER_NET or terms is None:
        return None
    places = formats.places_of(rules.currency)
    turnover, source = _turnover(typed, average, places)
    guarantee = _of_a_month(rules.guarantee)
    try:
        result = commission(
            turnover, terms, guarantee, places=places, trading_days=30, calendar_days=30
        )
        found = slices(turnover, terms.bands, terms.scheme)
    except CalculationError:
        return None
    excess = _excess_rate(turnover, rules.guarantee)
    later = guarantee is not None and not guarantee.is_tested_monthly
    again = guarantee is not None and guarantee.is_taken_monthly
    return DeductionExample(
        turnover=turnover,
        source=f"{source} {_BY_TERMS}" if rules.media else source,
        parts=_parts(found, rules.currency) if len(found) > 1 and excess is None else [],
        rate=_rate_words(found, excess),
        result=result,
        payable=payable(turnover, result.taken),
        is_tested_later=later,
        is_tested_again=again,
    )


def _of_a_month(guarantee: Guarantee | None) -> Guarantee | None:
    """The guarantee as a month's statement takes it: a cumulative one is taken meanwhile."""
    if guarantee is None or guarantee.test_period is not TestPeriod.CUMULATIVE:
        return guarantee
    return replace(guarantee, is_taken_monthly=True)


def _excess_rate(turnover: Decimal, guarantee: Guarantee | None) -> Decimal | None:
    """The rate of what a month's turnover has above guaranteed sales; None where there is none."""
    if guarantee is None or turnover * guarantee.amount_months <= guarantee.amount:
        return None
    return guarantee.excess_rate


def _rate_words(found: Sequence[Slice], excess: Decimal | None) -> str:
    """The rate of a turnover, and the one above what is guaranteed; slices say it themselves."""
    own = words.percent(found[0].band.rate) if len(found) == 1 else ""
    if excess is None:
        return own
    shown = {"rate": own or _("by bands"), "excess": words.percent(excess)}
    return _("%(rate)s, above the guaranteed sales %(excess)s") % shown


def _parts(found: Sequence[Slice], currency: str) -> list[Part]:
    """The slices of a turnover in words."""
    words_of = _("%(amount)s at %(rate)s")
    return [
        Part(
            words_of
            % {"amount": formats.money(one.basis, currency), "rate": words.percent(one.band.rate)},
            one.amount,
        )
        for one in found
    ]


def _turnover(
    typed: Decimal | None, average: UsualMonth | None, places: int
) -> tuple[Decimal, str]:
    if typed is not None:
        return typed, _("As you typed it.")
    if average is not None:
        words = (
            _("The average month of the last year, as their sales reports say.")
            if average.is_reported
            else _("The account’s average month of the last year.")
        )
        return round(average.turnover, places), words
    return ROUND, _("A round figure: the account has no revenue in this currency yet.")


# Bands


@dataclass(frozen=True, slots=True)
class BandRow:
    """A band in words."""

    words: str
    rate: str


def band_rows(bands: Sequence[Band], currency: str, *, per_unit: bool = False) -> list[BandRow]:
    """Bands as people read them, the lowest first."""
    return [
        BandRow(
            band_words(band, currency, per_unit=per_unit),
            formats.money(band.rate, currency) if per_unit else words.percent(band.rate),
        )
        for band in bands
    ]


def band_words(band: Band, currency: str, *, per_unit: bool = False) -> str:
    """From where to where a band goes."""
    unit = "" if per_unit else currency
    start = formats.number(band.lower) if per_unit else formats.money(band.lower, unit)
    if band.upper is None:
        return _("From %(start)s on") % {"start": start}
    end = formats.number(band.upper) if per_unit else formats.money(band.upper, unit)
    if not band.lower:
        return _("Below %(end)s") % {"end": end}
    return _("From %(start)s, below %(end)s") % {"start": start, "end": end}
