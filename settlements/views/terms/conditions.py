"""Fees, promotions, rebates and responsibilities as rows of tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.formats import Text
from settlements.choices.terms import (
    Bearer,
    Calculation,
    Conditionality,
    Cycle,
    Deduction,
    RebateBasis,
    Subject,
)
from settlements.models import Responsibility, TradeCondition
from settlements.selectors.settling.carrying import Absent, Settled, settled_of, why_absent
from settlements.views.terms.words import percent

_AMOUNTS: dict[str, Text] = {
    Calculation.FIXED: gettext_lazy("%(amount)s each period"),
    Calculation.ONCE: gettext_lazy("%(amount)s once"),
    Calculation.PERCENT_OF_PURCHASES: gettext_lazy("%(percent)s of purchases"),
    Calculation.PERCENT_OF_TURNOVER: gettext_lazy("%(percent)s of the turnover"),
    Calculation.PER_UNIT: gettext_lazy("%(amount)s for each unit sold"),
    Calculation.PER_PRODUCT: gettext_lazy("%(amount)s for each product"),
    Calculation.PER_STORE: gettext_lazy("%(amount)s for each store"),
}
_BY_BANDS: dict[str, Text] = {
    Deduction.TIERED_INCREMENTAL: gettext_lazy("By the bands “%(name)s”, each at its own rate"),
    Deduction.TIERED_RETROACTIVE: gettext_lazy(
        "By the bands “%(name)s”, everything at the rate reached"
    ),
}
_COUNTS: dict[str, Text] = {
    RebateBasis.NET_PURCHASES: gettext_lazy("Counts net purchases."),
    RebateBasis.NET_SELL_THROUGH: gettext_lazy("Counts what consumers bought, net."),
    RebateBasis.UNITS: gettext_lazy("Counts units."),
}
_EACH: dict[str, Text] = {
    Cycle.WEEKLY: gettext_lazy("Settled every week."),
    Cycle.HALF_MONTHLY: gettext_lazy("Settled twice a month."),
    Cycle.MONTHLY: gettext_lazy("Settled every month."),
    Cycle.QUARTERLY: gettext_lazy("Settled every quarter."),
}
_PERCENTS = {Calculation.PERCENT_OF_PURCHASES, Calculation.PERCENT_OF_TURNOVER}


def how_much(row: TradeCondition, currency: str) -> str:
    """What a condition comes to."""
    if row.calculation == Calculation.SCHEDULE:
        words = str(_BY_BANDS.get(row.scheme, "%(name)s"))
        return words % {"name": row.schedule.name if row.schedule else "–"}
    value = row.value or Decimal(0)
    if row.calculation in _PERCENTS:
        return str(_AMOUNTS[row.calculation]) % {"percent": percent(value)}
    return str(_AMOUNTS[row.calculation]) % {"amount": formats.money(value, currency)}


def when_due(row: TradeCondition, currency: str) -> list[str]:
    """On which condition, counting what, how often, between which ends, in which days."""
    found = _asked(row, currency)
    if row.basis in _COUNTS:
        found.append(str(_COUNTS[row.basis]))
    if row.cycle in _EACH:
        found.append(str(_EACH[row.cycle]))
    if row.floor is not None:
        found.append(_("At least %(amount)s.") % {"amount": formats.money(row.floor, currency)})
    if row.cap is not None:
        found.append(_("At most %(amount)s.") % {"amount": formats.money(row.cap, currency)})
    return [*found, *_days(row)]


def _asked(row: TradeCondition, currency: str) -> list[str]:
    if row.target is None:
        return [_("Unconditional.")]
    is_units = row.basis == RebateBasis.UNITS
    target = formats.number(row.target) if is_units else formats.money(row.target, currency)
    if row.conditionality == Conditionality.GROWTH:
        return [_("On growth over %(target)s.") % {"target": target}]
    return [_("When %(target)s is reached.") % {"target": target}]


def _days(row: TradeCondition) -> list[str]:
    if row.valid is None:
        return []
    start, end = row.valid.lower, row.valid.upper
    if start and end:
        words = _("From %(start)s, before %(end)s.")
        return [words % {"start": formats.date(start), "end": formats.date(end)}]
    if start:
        return [_("From %(start)s on.") % {"start": formats.date(start)}]
    return [_("Before %(end)s.") % {"end": formats.date(end)}] if end else []


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition as a table shows it."""

    condition: TradeCondition
    how_much: str
    when: list[str]
    flags: list[str]


_ABSENT: dict[Absent, Text] = {
    Absent.NO_STATEMENTS: gettext_lazy(
        "Not put on statements: these terms make none, so the customer claims it by itself."
    ),
    Absent.ON_INVOICES: gettext_lazy(
        "Not put on statements: it is taken off the invoices of the purchases."
    ),
    Absent.OF_GROUP: gettext_lazy(
        "Not put on statements: it counts what the whole group buys, and a statement is of one"
        " account."
    ),
    Absent.GOODS_TOGETHER: gettext_lazy(
        "Not put on statements: these goods have no method of their own, so no statement tells"
        " them apart."
    ),
    Absent.OTHER_PERIODS: gettext_lazy(
        "Not put on statements: its target or growth is of other periods than theirs."
    ),
}


def condition_rows(rows: Iterable[TradeCondition], currency: str) -> list[ConditionRow]:
    """Conditions in words, and which of them no statement carries."""
    found = list(rows)
    terms = settled_of({row.version_id for row in found}) if found else {}
    return [
        ConditionRow(
            row,
            how_much(row, currency),
            when_due(row, currency),
            _flags(row) + absent(row, terms.get(row.version_id, ())),
        )
        for row in found
    ]


def absent(row: TradeCondition, terms: Sequence[Settled]) -> list[str]:
    """Why no statement carries a condition, where one might."""
    why = why_absent(row, terms)
    return [] if why is None else [str(_ABSENT[why])]


def _flags(row: TradeCondition) -> list[str]:
    found = [_("Linked to sales") if row.is_sales_linked else _("Not linked to sales")]
    if row.is_distinct_service:
        found.append(_("Pays for a service of its own"))
    if row.evidence:
        found.append(_("Evidence: %(what)s") % {"what": row.evidence})
    return found


@dataclass(frozen=True, slots=True)
class BearerRow:
    """Who bears one thing; nobody named means that it was not agreed."""

    subject: str
    bearer: str
    note: str


def bearer_rows(rows: Iterable[Responsibility]) -> list[BearerRow]:
    """Everything that somebody must bear, in the order of the choices."""
    by_subject = {row.subject: row for row in rows}
    return [
        BearerRow(str(subject.label), _bearer(by_subject.get(subject)), _note(by_subject, subject))
        for subject in Subject
    ]


def _bearer(row: Responsibility | None) -> str:
    if row is None:
        return ""
    if row.bearer == Bearer.SHARED and row.our_share is not None:
        return _("Both share it, we bear %(share)s") % {"share": percent(row.our_share)}
    return str(row.get_bearer_display())


def _note(rows: dict[str, Responsibility], subject: str) -> str:
    row = rows.get(subject)
    return row.note if row else ""
