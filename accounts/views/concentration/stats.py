"""The stat cards of the board."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.analytics.concentration import Concentration
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.concentration.reading import Reading
from accounts.selectors.targets import company_target, managers_target
from accounts.views.concentration.links import customer_url, rows_url
from accounts.views.concentration.words import BORROWED, LEVELS
from kam.core import formats
from kam.core.exact import EXACT, ratio
from kam.core.selectors.rates import MissingRateError
from kam.core.stats import Stat


def stats(reading: Reading, earlier: Concentration[int] | None, names: NameBook) -> list[Stat]:
    """Revenue, target, largest customer, five largest, HHI, effective customers."""
    if not reading.is_company:
        return []
    return [
        _revenue(reading),
        _target(reading),
        _largest(reading, earlier, names),
        _five(reading, earlier),
        _hhi(reading, earlier),
        _effective(reading, earlier),
    ]


def _revenue(reading: Reading) -> Stat:
    total = reading.figures.net_total
    before = reading.retention.previous_total if reading.retention else None
    if before is not None and reading.before is not None:
        before = EXACT.add(before, reading.before.unassigned)
    return Stat(
        name="revenue",
        title=_("Net revenue"),
        value=total,
        kind="money",
        unit=reading.now.currency,
        delta=_growth(total, before),
        reference=_("vs last year"),
        good="up",
        what=_("All net revenue of the period, unassigned and negative included."),
        as_of=reading.query.period.last_day,
        url=rows_url(reading.query),
    )


def _growth(now: Decimal, before: Decimal | None) -> Decimal | None:
    if before is None or before <= 0:
        return None
    return ratio(EXACT.subtract(now, before), before)


def _target(reading: Reading) -> Stat:
    target, reason = _aim(reading)
    reached = None if target is None else ratio(reading.figures.net_total, target)
    reference = ""
    if target is not None:
        short = formats.compact(target)
        reference = _("of %(target)s") % {"target": f"{short} {reading.now.currency}"}
    return Stat(
        name="target",
        title=_("Target reached"),
        value=reached,
        kind="percent",
        places=1,
        reference=reference,
        what=_("Net revenue against the targets of the period; parts of a month count by days."),
        as_of=reading.query.period.last_day,
        unknown=reason,
    )


def _aim(reading: Reading) -> tuple[Decimal | None, str]:
    """The target of the revenue looked at, or why there is none."""
    query = reading.query
    if query.country or query.region or query.channel or query.source:
        return None, _("Targets are not set by country, region or channel.")
    try:
        if query.lead:
            found = managers_target(
                query.period, reading.now.currency, [query.lead], category=query.category
            )
        else:
            found = company_target(query.period, reading.now.currency, category=query.category)
    except MissingRateError as error:
        return None, str(error)
    return found, _("No target is set for this period.")


def _largest(reading: Reading, earlier: Concentration[int] | None, names: NameBook) -> Stat:
    figures = reading.figures
    first = figures.ranked[0] if figures.ranked else None
    return Stat(
        name="cr1",
        title=_("Largest customer"),
        value=figures.cr1,
        kind="percent",
        delta=_points(figures.cr1, earlier.cr1 if earlier else None),
        delta_kind="number",
        reference=_("points · %(name)s") % {"name": names.look_up([first.key])[first.key].name}
        if first
        else "",
        good="down",
        what=_(
            "Of the revenue of all customers who bought more than they returned; the share of all "
            "net revenue, as the account's page tells it, may differ a little. Its change is in "
            "percentage points."
        ),
        as_of=reading.query.period.last_day,
        url=customer_url(reading.query, first.key) if first else "",
        unknown=_("No customer has positive revenue."),
    )


def _five(reading: Reading, earlier: Concentration[int] | None) -> Stat:
    figures = reading.figures
    return Stat(
        name="cr5",
        title=_("Five largest"),
        value=figures.cr5,
        kind="percent",
        delta=_points(figures.cr5, earlier.cr5 if earlier else None),
        delta_kind="number",
        reference=_("points vs last year"),
        good="down",
        what=_("Share of the five largest customers together (CR5), of the same revenue."),
        as_of=reading.query.period.last_day,
        url="#table-concentration",
        url_text=_("Show the customers"),
        unknown=_("No customer has positive revenue."),
    )


def _hhi(reading: Reading, earlier: Concentration[int] | None) -> Stat:
    figures = reading.figures
    level = figures.hhi_level()
    word = "" if level is None else str(LEVELS[level][0])
    return Stat(
        name="hhi",
        title=_("HHI"),
        value=figures.hhi,
        places=0,
        delta=_difference(figures.hhi, earlier.hhi if earlier else None, places=0),
        delta_kind="number",
        reference=_("points · %(level)s") % {"level": word.lower()} if word else "",
        good="down",
        what=_("Sum of squared shares × 10,000; one customer alone would be 10,000.")
        + " "
        + str(BORROWED),
        as_of=reading.query.period.last_day,
        unknown=_("No customer has positive revenue."),
    )


def _effective(reading: Reading, earlier: Concentration[int] | None) -> Stat:
    figures = reading.figures
    among = ngettext("· of %(count)s customer", "· of %(count)s customers", figures.customers)
    return Stat(
        name="effective",
        title=_("Effective customers"),
        value=figures.effective,
        places=1,
        delta=_difference(figures.effective, earlier.effective if earlier else None, places=1),
        delta_kind="number",
        reference=among % {"count": formats.number(figures.customers, 0)},
        good="up",
        what=_("As many equally large customers would be as concentrated: 1 ÷ HHI."),
        as_of=reading.query.period.last_day,
        unknown=_("No customer has positive revenue."),
    )


def _difference(
    now: Decimal | None, before: Decimal | None, places: int | None = None
) -> Decimal | None:
    if now is None or before is None:
        return None
    change = EXACT.subtract(now, before)
    return change if places is None else round(change, places)


def _points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """A change of a share in percentage points."""
    change = _difference(now, before)
    return None if change is None else round(change * 100, 1)
