"""Sales plan and marketing plan in blocks: three streams in tables, and charts of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.core import formats
from plans.analytics.diff import is_money
from plans.analytics.papers import Block, Chart, Facts, Series, Table, short
from plans.choices.marketing import ActivityState
from plans.choices.sales import ListingState
from plans.selectors.papers import words
from plans.selectors.papers.words import Row

CATEGORY, MOST = 24, 12


def currency_in(content: Any) -> str:
    """Return the first currency that is named anywhere in a content."""
    if is_money(content):
        return str(content["currency"] or "")
    inner = content.values() if isinstance(content, dict) else content
    if not isinstance(content, dict | list):
        return ""
    return next(filter(None, (currency_in(one) for one in inner)), "")


def sales(content: Row) -> list[Block]:
    """Plan and forecast by category, what came of it to date, the months, and the range steps."""
    lines, code = words.rows(content.get("lines")), currency_in(content)
    found: list[Block] = []
    if lines:
        found += [_table_of_lines(content, lines, code), *_charts(lines, code)]
    steps = words.rows(content.get("steps"))
    if steps:
        found.append(table_of_steps(steps))
    return found


def _table_of_lines(content: Row, lines: Sequence[Row], code: str) -> Table:
    """As on the page: actual and variance are of the months that are over, never of a whole year
    of which some months are still to come."""
    rows = [[str(one.get("category", "")), *_streams(one)] for one in lines]
    if content.get("total") and len(rows) > 1:
        rows.append([_("Total"), *_streams(content)])
    titles = [
        _("Category"), _("Plan"), _("Forecast"), _("Plan to date"), _("Actual to date"),
        _("Variance"),
    ]  # fmt: skip
    return Table(titles, rows, 5, (6, 4, 4, 4, 4, 4), _money_title(_("Sales plan"), code))


def _money_title(title: str, code: str) -> str:
    return f"{title}, {code}" if code else title


def _streams(one: Row) -> list[str]:
    whole, to_date = one.get("total") or {}, one.get("to_date") or {}
    found = [whole.get(key) for key in ("plan", "forecast")]
    found += [to_date.get(key) for key in ("plan", "actual", "variance")]
    return [words.bare(amount) for amount in found]


def _charts(lines: Sequence[Row], code: str) -> list[Chart]:
    by_month = _by_month(lines)
    found = []
    if by_month:
        found.append(
            Chart(
                title=_("Planned sales by month"),
                unit=code,
                categories=[formats.month(date.fromisoformat(f"{key}-01")) for key in by_month],
                series=[Series(_("Plan"), list(by_month.values()))],
                shown=[[words.bare(one)] for one in by_month.values()],
                axis=_("Month"),
            )
        )
    found.append(_against_actual(lines[:MOST], code))
    return [one for one in found if not one.is_empty]


def _by_month(lines: Sequence[Row]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        for one in words.rows(line.get("months")):
            if (planned := words.decimal(one.get("plan"))) is not None:
                key = str(one["id"])
                found[key] = found.get(key, Decimal(0)) + planned
    return dict(sorted(found.items()))


def _against_actual(lines: Sequence[Row], code: str) -> Chart:
    pairs = [
        [words.decimal((one.get("to_date") or {}).get(key)) for key in ("plan", "actual")]
        for one in lines
    ]
    return Chart(
        title=_("Plan and actual to date by category"),
        unit=code,
        categories=[short(str(one.get("category", "")), CATEGORY) for one in lines],
        series=[
            Series(_("Plan"), [one[0] for one in pairs]),
            Series(_("Actual"), [one[1] for one in pairs]),
        ],
        shown=[[words.bare(one) for one in pair] for pair in pairs],
        axis=_("Category"),
    )


def table_of_steps(steps: Sequence[Row]) -> Table:
    """What is to be listed where, and by when."""
    rows = []
    for one in steps:
        state = one.get("state")
        known = str(ListingState(state).label) if state in ListingState.values else str(state)
        rows.append([str(one.get("what", "")), str(one.get("where") or formats.DASH),
                     words.day(one.get("due_on")), known])  # fmt: skip
    titles = [_("Range step"), _("Where"), _("Due"), _("State")]
    return Table(titles, rows, 0, (8, 7, 4, 4))


def marketing(content: Row) -> list[Block]:
    """Budget, and the activities with planned, committed and spent money."""
    activities, code = words.rows(content.get("activities")), currency_in(content)
    found: list[Block] = []
    if content.get("budget"):
        found.append(Facts([(_("Budget"), words.amount(content["budget"]))]))
    if activities:
        found += [_table_of_activities(activities, code)]
        chart = _chart_of_activities(activities[:MOST], code)
        found += [] if chart.is_empty else [chart]
    return found


def _table_of_activities(activities: Sequence[Row], code: str) -> Table:
    rows = [
        [str(one.get("title", "")), activity_days(one), activity_state(one),
         *(words.bare(one.get(key)) for key in ("planned", "committed", "spent"))]
        for one in activities
    ]  # fmt: skip
    titles = [
        _("Activity"),
        _("When"),
        _("State"),
        pgettext("amount", "Planned"),
        _("Committed"),
        _("Spent"),
    ]
    return Table(titles, rows, 3, (7, 9, 4, 4, 4, 4), _money_title(_("Activities"), code))


def activity_days(one: Row) -> str:
    """When an activity takes place."""
    return words.period(one.get("starts_on"), one.get("ends_on"))


def activity_state(one: Row) -> str:
    """The state of an activity."""
    state = one.get("state")
    return str(ActivityState(state).label) if state in ActivityState.values else formats.DASH


def _chart_of_activities(activities: Sequence[Row], code: str) -> Chart:
    pairs = [[words.decimal(one.get(key)) for key in ("planned", "spent")] for one in activities]
    return Chart(
        title=_("Planned and spent by activity"),
        unit=code,
        categories=[short(str(one.get("title", "")), CATEGORY) for one in activities],
        series=[
            Series(pgettext("amount", "Planned"), [one[0] for one in pairs]),
            Series(_("Spent"), [one[1] for one in pairs]),
        ],
        shown=[[words.bare(one) for one in pair] for pair in pairs],
        is_lying=True,
        is_told=True,
        axis=_("Activity"),
    )
