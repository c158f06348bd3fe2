"""The concentration board: who brings the revenue, and which way that moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.analytics.retention import Movement
from accounts.choices import ConcentrationLevel
from accounts.forms.concentration import BoardForm, Calendar
from accounts.selectors.concentration.alerts import JOB, recomputation
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.concentration.payload import KEYS, NumberEncoder, payload
from accounts.selectors.concentration.periods import CUSTOM, presets
from accounts.selectors.concentration.query import ConcentrationQuery, data_as_of, has_revenue
from accounts.selectors.concentration.reading import Reading, read
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.selectors.concentration.trend import TrendPoint, live_trend, stored_trend
from accounts.views.concentration import charts, stats, tables, words
from accounts.views.concentration.links import account_url, customer_url, rows_url
from kam.core import exports, htmx
from kam.core.badges import Badge
from kam.core.charts import Chart, export
from kam.core.jobs import enqueue
from kam.core.models import JobRun, Organisation
from kam.core.nav import Tab
from kam.core.tables import Empty, respond
from kam.core.tables.chips import Chip
from kam.core.tables.state import State
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

PAGE = "accounts/concentration_board.html"
MAJOR = Badge(gettext_lazy("Major"), "warning")
WATCH = Badge(gettext_lazy("Watch: 8 to 10 %"), "info", icon="eye")


@dataclass(frozen=True)
class Asked:
    """What a request asks: the form as it was filled in, and the question it makes."""

    request: HttpRequest
    user: User
    form: BoardForm
    as_of: date

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        """Read the address."""
        user, as_of = signed_in(request), data_as_of(timezone.localdate())
        start = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
        calendar = Calendar(as_of=as_of, fiscal_start=start)
        form = BoardForm(request.GET, user=user, calendar=calendar)
        form.is_valid()
        return cls(request, user, form, as_of)

    @cached_property
    def query(self) -> ConcentrationQuery:
        """The question."""
        return self.form.query()

    @cached_property
    def names(self) -> NameBook:
        """Names as this user may see them."""
        return NameBook(self.user)

    @cached_property
    def stored_trend(self) -> list[TrendPoint]:
        """The points that the job keeps, for a scope without filters."""
        return [] if self.query.filters else stored_trend(self.query, self.as_of)

    @cached_property
    def state(self) -> State:
        """The address, and those of its neighbours."""
        return State(self.request.path, self.request.GET)

    def periods(self) -> list[Tab]:
        """Links to the named periods; dates of one's own are chosen among the filters."""
        start = self.form.calendar.fiscal_start
        chosen = self.form.period_name
        tabs = [
            Tab(title, self.state.url(period=name, date_from=None, date_to=None), name == chosen)
            for name, title in presets(start).items()
        ]
        if chosen == CUSTOM:
            tabs.append(Tab(words.period_words(self.query.period), self.state.url(), True))
        return tabs

    def levels(self) -> list[Tab]:
        """Links to what one customer is."""
        titles = {
            ConcentrationLevel.GROUP: _("Groups"),
            ConcentrationLevel.ACCOUNT: _("Accounts as invoiced"),
        }
        return [
            Tab(title, self.state.url(level=str(level)), level == self.query.level)
            for level, title in titles.items()
        ]

    def chips(self) -> Iterator[Chip]:
        """The filters in force."""
        for name, label, value in self.form.in_force():
            yield Chip(str(label), value, self.state.url_without_value(name))


@require_GET
@requires("concentration.view")
def board(request: HttpRequest) -> HttpResponseBase:
    """The board, its tables and charts as files, or its parts for htmx."""
    asked = Asked.of(request)
    context = _frame(asked)
    try:
        reading = read(asked.query, asked.user)
    except MissingRatesError as error:
        return render(request, PAGE, {**context, "missing": error.missing})
    drawn = _charts(asked, reading)
    if (file := export(request, *drawn.values())) is not None:
        return file
    customers = tables.customer_table(request, reading, asked.names)
    moved = tables.movement_table(request, reading, asked.names, _movement(request))
    left_out = tables.left_out_table(request, reading, asked.names)
    context |= {"drawn": drawn, "customers": customers, "moved": moved, "left_out": left_out}
    context |= _contents(asked, reading)
    shown = [table for table in (customers, moved, left_out) if table is not None]
    return respond(request, PAGE, context, *shown)


def _frame(asked: Asked) -> dict[str, Any]:
    """What the page shows whatever the figures are."""
    return {
        "asked": asked,
        "can_recompute": asked.user.can("concentration.recompute"),
        "sees_company": asked.user.sees_everything(),
        "nothing": _nothing(asked.user),
        "form": asked.form,
        "query": asked.query,
        "period": words.period_words(asked.query.period),
        "chips": list(asked.chips()),
        "clear_url": _cleared(asked),
        "run": _run(asked),
        "has_revenue": has_revenue(),
        "as_of": asked.as_of if asked.as_of != timezone.localdate() else None,
        "crumbs": [(_("Concentration"), "")],
    }


def _contents(asked: Asked, reading: Reading) -> dict[str, Any]:
    """What the page shows of the figures."""
    earlier = words.earlier_figures(reading)
    contents: dict[str, Any] = {
        "reading": reading,
        "figures": reading.figures,
        "trend_url": _trend_url(asked, reading),
        "movements": _movements(asked, reading),
        "rows_url": rows_url(asked.query),
        "unassigned_url": rows_url(asked.query, unassigned=1),
        "figures_url": _with_query(asked.request, "accounts:concentration-figures"),
    }
    if not reading.is_company:
        contents["finding"] = words.own_finding(reading, asked.names)
    else:
        contents |= {
            "finding": words.finding(reading, earlier, asked.names),
            "stats": stats.stats(reading, earlier, asked.names),
            "level": words.level_badge(reading.figures.hhi_level()),
            "major": _major(asked, reading),
        }
    return contents


def _charts(asked: Asked, reading: Reading) -> dict[str, Chart]:
    drawn: dict[str, Chart | None] = {"retention": charts.retention(reading)}
    if reading.is_company and reading.figures.customers:
        drawn["pareto"] = charts.pareto(reading, asked.names)
        if points := asked.stored_trend:
            hhi, effective = charts.trend(points)
            drawn |= {"hhi": hhi, "effective": effective}
    return {name: chart for name, chart in drawn.items() if chart is not None}


def _trend_url(asked: Asked, reading: Reading) -> str:
    """Where the trend is computed when nobody stored it."""
    if not reading.is_company or asked.stored_trend:
        return ""
    return _with_query(asked.request, "accounts:concentration-trend")


@require_GET
@requires("concentration.view")
def trend(request: HttpRequest) -> HttpResponseBase:
    """The trend of a filtered scope, computed now; whoever is limited in scope has none."""
    asked = Asked.of(request)
    drawn: list[Chart] = []
    missing: tuple[Any, ...] = ()
    if asked.user.sees_everything():
        try:
            drawn = charts.trend(live_trend(asked.query, asked.as_of))
        except MissingRatesError as error:
            missing = error.missing
    if (file := export(request, *drawn)) is not None:
        return file
    context = {
        "charts": drawn,
        "missing": missing,
        "crumbs": [(_("Concentration"), _board_url(request)), (_("Trend"), "")],
    }
    return htmx.render_part(request, "accounts/concentration_trend.html", context, "charts")


@require_GET
@requires("concentration.view")
def figures(request: HttpRequest) -> HttpResponseBase:
    """All figures as a file: `format=json` in the form of the command line, else CSV."""
    asked = Asked.of(request)
    try:
        answer = payload(read(asked.query, asked.user))
    except MissingRatesError as error:
        messages.error(request, str(error))
        return htmx.redirect(request, _board_url(request))
    if request.GET.get("format") == "json":
        headers = {"Content-Disposition": "attachment"}
        return JsonResponse(answer, NumberEncoder, headers=headers)
    records = [[key, answer[key]] for key in KEYS]
    headings = [_("Figure"), _("Value")]
    return exports.csv_response("concentration-figures", headings, lambda: records)


@require_POST
@requires("concentration.recompute")
def recompute(request: HttpRequest) -> HttpResponse:
    """Ask for the stored figures to be brought up to date; the board shows how far it is."""
    with transaction.atomic():
        run = enqueue(JOB, requested_by=signed_in(request), key=JOB)
    return htmx.redirect(request, f"{reverse('accounts:concentration')}?job={run.pk}")


@require_GET
@requires("concentration.view")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a recomputation is; once it is done the board is shown anew."""
    run = recomputation(signed_in(request), pk)
    if run is None:
        raise Http404
    if run.is_finished and htmx.is_htmx(request):
        if not run.error:
            messages.success(request, _("The figures are up to date."))
        return htmx.redirect(request, f"{reverse('accounts:concentration')}?job={run.pk}")
    return htmx.render_part(request, "accounts/concentration_progress.html", {"run": run}, "run")


def _run(asked: Asked) -> JobRun | None:
    """The recomputation that the page was sent to follow, unless it ended well."""
    number = asked.request.GET.get("job", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    run = recomputation(asked.user, int(number))
    return None if run is None or (run.is_finished and not run.error) else run


def _nothing(user: User) -> Empty:
    """What stands in the place of the board while there is no revenue at all."""
    title, text = _("No revenue yet"), _("This shows who brings your revenue, once sales are in.")
    if not user.can("imports.run"):
        return Empty(title, text, icon="chart-histogram")
    url = reverse("imports:batch-create")
    return Empty(title, text, _("Import sales"), url, icon="chart-histogram")


def _board_url(request: HttpRequest) -> str:
    return _with_query(request, "accounts:concentration")


def _with_query(request: HttpRequest, name: str) -> str:
    """Another page about the same question."""
    return f"{reverse(name)}?{request.GET.urlencode()}"


def _cleared(asked: Asked) -> str:
    names = dict.fromkeys(("country", "region", "channel", "category", "lead", "currency"))
    return asked.state.url(**names)


def _movement(request: HttpRequest) -> str:
    asked = request.GET.get("movement", "")
    return asked if asked in set(Movement) else ""


def _movements(asked: Asked, reading: Reading) -> list[dict[str, Any]]:
    """Customers by movement, each leading to its rows."""
    if reading.retention is None:
        return []
    chosen = _movement(asked.request)
    return [
        {
            "badge": tables.MOVEMENTS[one],
            "total": reading.retention.by_movement[one],
            "url": asked.state.url(movement=None if one == chosen else str(one)) + "#moved",
            "active": one == chosen,
        }
        for one in Movement
        if reading.retention.by_movement[one].customers
    ]


def _major(asked: Asked, reading: Reading) -> list[dict[str, Any]]:
    """The 10 % list and its watch band, by share of all net revenue."""
    figures = reading.figures
    rows = [*((row, True) for row in figures.major), *((row, False) for row in figures.watch)]
    found = asked.names.look_up([row.key for row, _is_major in rows])
    return [
        {
            "row": row,
            "badge": (MAJOR if is_major else WATCH).__html__(),
            "name": found[row.key].name,
            "url": account_url(row.key) if found[row.key].is_visible else "",
            "rows_url": customer_url(reading.query, row.key),
        }
        for row, is_major in rows
    ]
