"""Revenue of an account over a year against last year and target, calendar or fiscal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from accounts.selectors import revenue
from accounts.views.heads import rows_url
from kam.core import charts, formats
from kam.core.charts import Chart, Series
from kam.core.dates import MONTHS_PER_YEAR, ONE_DAY, Period, add_months, month_start
from kam.core.exact import ratio
from kam.core.models import Organisation

YEAR_KINDS = {"calendar": gettext_lazy("Calendar year"), "fiscal": gettext_lazy("Fiscal year")}


@dataclass(frozen=True)
class Year:
    """A year of months: what was booked, the same months a year earlier, and the targets.

    Lists have twelve items; None where a month is not over (`now`), or no target is set or can
    be converted (`targets`). `complete` is how many months are over; `running` is what the
    running month brought so far, None when none of this year runs.
    """

    period: Period
    months: list[date]
    now: list[Decimal | None]
    before: list[Decimal]
    targets: list[Decimal | None]
    complete: int
    running: Decimal | None
    unconverted: int
    currency: str

    @property
    def so_far(self) -> Decimal:
        """Net revenue of the months that are over."""
        return sum((x for x in self.now if x is not None), Decimal(0))

    @property
    def before_so_far(self) -> Decimal:
        """Net revenue of the same months a year earlier."""
        return sum(self.before[: self.complete], Decimal(0))

    @property
    def change(self) -> Decimal | None:
        """The change of the months that are over, as a fraction."""
        return ratio(self.so_far - self.before_so_far, self.before_so_far)

    @property
    def target_so_far(self) -> Decimal | None:
        """The target of the months that are over; None unless each has one."""
        known = [x for x in self.targets[: self.complete] if x is not None]
        return sum(known, Decimal(0)) if known and len(known) == self.complete else None

    @property
    def of_target(self) -> Decimal | None:
        """The share of the target that was reached in the months that are over."""
        target = self.target_so_far
        return None if target is None else ratio(self.so_far, target)


def chosen_period(kind: str, year: str, organisation: Organisation, as_of: date) -> Period:
    """Return the year that the address names, else the running one."""
    start_month = organisation.fiscal_year_start if kind == "fiscal" else 1
    number = int(year) if year.isdecimal() and len(year) == 4 and 1900 < int(year) < 9000 else None
    if number is None:
        return Period.fiscal_year_of(as_of, start_month)
    return Period.fiscal_year(number, start_month)


def read_year(account: Account, period: Period, organisation: Organisation, as_of: date) -> Year:
    """Read what a year's chart and figures need, in two statements."""
    earlier = period.same_period_last_year()
    found = revenue.by_month(account.pk, Period(earlier.start, period.end))
    amounts = {one.month: one.amount for one in found}
    targets = revenue.targets_by_month(account.pk, period)
    months = [month.start for month in period.months()]
    over = month_start(as_of + ONE_DAY)
    return Year(
        period=period,
        months=months,
        now=[amounts.get(m, Decimal(0)) if m < over else None for m in months],
        before=[amounts.get(add_months(m, -MONTHS_PER_YEAR), Decimal(0)) for m in months],
        targets=[targets.get(m) for m in months],
        complete=sum(1 for m in months if m < over),
        running=amounts.get(over, Decimal(0)) if over in months else None,
        unconverted=sum(one.unconverted for one in found if one.month in period),
        currency=organisation.base_currency_id,
    )


def finding(year: Year) -> str:
    """Say what the year's chart shows, in one sentence."""
    words = {"period": _span(year), "amount": formats.compact(year.so_far)}
    words["currency"] = year.currency
    if not year.complete:
        return _("No month of this year is over yet")
    if year.change is None:
        return _("%(amount)s %(currency)s, %(period)s; nothing the year before") % words
    words["change"] = formats.percent(abs(year.change))
    if year.change >= 0:
        return _("%(amount)s %(currency)s, %(period)s: %(change)s above last year") % words
    return _("%(amount)s %(currency)s, %(period)s: %(change)s below last year") % words


def _span(year: Year) -> str:
    first, last = year.months[0], year.months[max(year.complete - 1, 0)]
    return f"{formats.month(first)} – {formats.month(last)}"


def year_chart(account: Account, year: Year, as_of: date) -> Chart:
    """Lines of this year, last year and target."""
    series = [
        Series(name=_("This year"), values=year.now),
        Series(name=_("Last year"), values=year.before, dashed=True),
    ]
    if any(target is not None for target in year.targets):
        series.append(Series(name=_("Target"), values=year.targets, dashed=True))
    return charts.line(
        name="revenue-by-month",
        title=finding(year),
        subtitle=_("Net revenue by month, with everything below the account"),
        labels=[formats.month(month) for month in year.months],
        label_title=_("Month"),
        series=series,
        unit=year.currency,
        places=0,
        as_of=as_of,
        note=_note(year),
        rows_url=rows_url(account, year.period),
    )


def _note(year: Year) -> str:
    notes = []
    if year.running is not None:
        words = _("%(month)s is still running: %(amount)s %(currency)s so far.")
        running = {"month": formats.month(year.months[year.complete]), "currency": year.currency}
        notes.append(words % {**running, "amount": formats.number(year.running, 0)})
    if year.unconverted:
        words = ngettext(
            "%(count)s entry of this year has no rate yet and is left out.",
            "%(count)s entries of this year have no rate yet and are left out.",
            year.unconverted,
        )
        notes.append(words % {"count": formats.number(year.unconverted)})
    return " ".join(notes)
