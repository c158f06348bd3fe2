"""How fast concerns are answered and solved: figures, a chart and a table, as files too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from interactions.selectors.concern_times import GROUPS, Times, all_times, times_by
from interactions.views.concerns import common, words
from kam.core import charts, formats
from kam.core.charts import Series
from kam.core.dates import add_months, month_start
from kam.core.nav import Tab
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

MONTHS = (3, 6, 12)
BARS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months up to the end of the present one."""

    months: int
    start: date
    end: date


def _months(count: int) -> str:
    return ngettext("%s month", "%s months", count) % formats.number(count)


def span_of(request: HttpRequest) -> Span:
    """The months that the address asks for; six unless it says 3 or 12."""
    asked = request.GET.get("months", "")
    months = int(asked) if asked.isdecimal() and int(asked[:3]) in MONTHS else 6
    end = add_months(month_start(timezone.localdate()), 1)
    return Span(months, add_months(end, -months), end)


def group_names() -> dict[str, str]:
    """By what one can group."""
    return {
        "category": _("Category"),
        "severity": _("Severity"),
        "customer": _("Customer"),
        "owner": _("Owner"),
    }


@requires("interactions.view")
@require_GET
def concern_times(request: HttpRequest) -> HttpResponseBase:
    """Median time to answer and to solve, share in time, of concerns raised in a period."""
    user, now, span = signed_in(request), timezone.now(), span_of(request)
    asked = request.GET.get("by", "")
    group = asked if asked in GROUPS else "category"
    rows = times_by(user, group, start=span.start, end=span.end, now=now)
    chart = _chart(rows, group_names()[group])
    if (exported := charts.export(request, chart)) is not None:
        return exported
    table = Table(
        request,
        list(rows),
        _columns(group_names()[group]),
        name=f"concern-times-{group}",
        caption=_("Times by %s") % group_names()[group],
        default_sort="-raised",
        empty=Empty(
            _("No concern was raised in this period"),
            _("Median times and shares in time of concerns stand here."),
            icon="message-exclamation",
        ),
    )
    context = {
        "crumbs": common.crumbs((_("How fast"), "")),
        "tabs": common.tabs(request, "concern-times"),
        "stats": _stats(all_times(user, start=span.start, end=span.end, now=now), span),
        "chart": chart if rows else None,
        "groups": [
            Tab(title, f"?by={key}&months={span.months}", key == group)
            for key, title in group_names().items()
        ],
        "spans": [(months, _months(months), f"?by={group}&months={months}") for months in MONTHS],
        "span": span,
        "group": group,
    }
    return table.response("interactions/concern_times.html", context)


def _columns(title: str) -> list[Column]:
    def share(name: str) -> Any:
        return lambda row: getattr(row, name).value

    nobody = _("Nothing is decided yet")
    return [
        Column(name="name", title=title, sort=True),
        Column(name="raised", title=_("Raised"), kind="number", places=0, sort=True),
        Column(
            name="response_hours", title=_("Median to the answer"), kind="number", unit=_("h"),
            places=1, sort=True, unknown=_("None was answered yet"),
        ),
        Column(name="answered", title=_("Answered in time"), kind="percent", places=0,
               value=share("answered"), sort=True, unknown=nobody),
        Column(name="unanswered", title=_("Not answered"), kind="number", places=0, sort=True),
        Column(
            name="solution_hours", title=_("Median to the solution"), kind="number",
            unit=_("h"), places=1, sort=True, unknown=_("None was solved yet"),
        ),
        Column(name="solved", title=_("Solved in time"), kind="percent", places=0,
               value=share("solved"), sort=True, unknown=nobody),
        Column(name="unsolved", title=_("Not solved"), kind="number", places=0, sort=True),
    ]  # fmt: skip


def _chart(rows: Sequence[Times], title: str) -> charts.Chart:
    shown = rows[:BARS]
    slowest = max((row for row in shown if row.solution_hours), default=None,
                  key=lambda row: row.solution_hours or 0)  # fmt: skip
    finding = _("How long it takes to answer and to solve")
    if slowest is not None:
        finding = _("Slowest to solve: %(name)s, half within %(time)s") % {
            "name": slowest.name,
            "time": words.hours(slowest.solution_hours),
        }
    return charts.bar(
        name="concern-times",
        title=finding,
        labels=[row.name for row in shown],
        series=[
            Series(name=_("To the answer"), values=[row.response_hours for row in shown]),
            Series(name=_("To the solution"), values=[row.solution_hours for row in shown]),
        ],
        label_title=title,
        value_format="number",
        unit=_("hours"),
        places=1,
        horizontal=True,
        note=_("Medians of those that were answered or solved; the table counts the others."),
    )


def _stats(found: Times, span: Span) -> list[Stat]:
    several: dict[str, Any] = {"kind": "text", "unknown": _("Nothing to measure yet")}
    share: dict[str, Any] = {
        "kind": "percent",
        "places": 0,
        "unknown": _("Nothing is decided yet"),
    }
    return [
        Stat(
            name="raised", title=_("Raised"), value=found.raised,
            reference=_("in %s") % _months(span.months),
            what=_("Concerns raised in the period; cancelled ones are left out."),
        ),
        Stat(
            name="response", title=_("Median to the answer"),
            value=words.hours(found.response_hours),
            reference=_("%s not answered yet") % formats.number(found.unanswered),
            what=_("Hours of the calendar from raised to the first answer, of those answered."),
            **several,
        ),
        Stat(
            name="answered", title=_("Answered in time"), value=found.answered.value,
            reference=_("%(n)s of %(all)s")
            % {"n": formats.number(found.answered.in_time),
               "all": formats.number(found.answered.decided)},
            what=_("Of those answered, or late: one that is late counts at once."),
            **share,
        ),
        Stat(
            name="solution", title=_("Median to the solution"),
            value=words.hours(found.solution_hours),
            reference=_("%s not solved yet") % formats.number(found.unsolved),
            what=_("Hours of the calendar from raised to resolved, of those solved."),
            **several,
        ),
        Stat(
            name="solved", title=_("Solved in time"), value=found.solved.value,
            reference=_("%(n)s of %(all)s")
            % {"n": formats.number(found.solved.in_time),
               "all": formats.number(found.solved.decided)},
            what=_("Of those solved, or late: one that is late counts at once."),
            **share,
        ),
    ]  # fmt: skip
