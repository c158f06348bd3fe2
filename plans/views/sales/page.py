"""The sales plan: plan, forecast and actual, by category and by month; range steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kam.core import charts, formats
from kam.core.badges import Badge, State
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table, respond
from kam.identity.decorators import requires
from plans.analytics.streams import Streams
from plans.choices.sales import ListingState
from plans.models import Plan, RangeStep
from plans.selectors.sales.board import BoardLine, SalesBoard, sales_board
from plans.views import figures

VIEW = "plans.view"
# icons: clock presentation circle-check ban
STEP_STATES: dict[str, tuple[State, str]] = {
    ListingState.PLANNED: ("neutral", "clock"),
    ListingState.PRESENTED: ("info", "presentation"),
    ListingState.LISTED: ("success", "circle-check"),
    ListingState.DELISTED: ("muted", "ban"),
}
NOT_YET = gettext_lazy("No month is over yet")
NOT_PLANNED = gettext_lazy("Not planned")


@requires(VIEW)
@require_GET
def sales_plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The board of a plan's sales, with its range steps."""
    plan, today = figures.get_plan(request, pk), timezone.localdate()
    board = sales_board(plan, as_of=today)
    drawings = draw(board)
    if (file := charts.export(request, *drawings)) is not None:
        return file
    context = figures.page_context(request, plan, "sales", _("Sales plan"))
    lines = _lines_table(request, board, may_write=context["may_write"])
    steps = _steps_table(request, plan, goes_on=context["may_go_on"])
    context |= {
        "board": board,
        "stats": stats(board),
        "charts": drawings,
        "steps": steps,
        "unit": plan.currency_id,
    }
    return respond(request, "plans/sales_plan.html", context, lines, steps)


def stats(board: SalesBoard) -> list[Stat]:
    """The year as planned and as expected, what came so far, and terms."""
    unit, total, done = board.plan.currency_id, board.total, board.to_date
    until = {"month": formats.month(board.months[max(board.months_over, 1) - 1])}
    reference = _("against the plan until %(month)s") % until
    accuracy: dict[str, Any] = {"kind": "money", "unit": unit, "places": 0, "as_of": board.as_of}
    return [
        Stat(name="plan", title=_("Plan"), value=total.plan, unknown=_("Nothing is planned yet"),
             what=_("Net revenue planned for the whole period."), **accuracy),
        Stat(name="forecast", title=_("Forecast"), value=total.forecast,
             delta=_share(total.forecast, total.plan), reference=_("against the plan"), good="up",
             unknown=_("Nothing is planned yet"),
             what=_("Months that are over by their actual volume at planned prices, or as posted "
                    "where no volume is planned; months to come by their plan at the pace so far."),
             **accuracy),
        Stat(name="actual", title=_("Actual to date"), value=done.actual,
             delta=done.variance_share, reference=reference if done.plan else "", good="up",
             unknown=NOT_YET, what=_("Net revenue posted in the months that are over."),
             **accuracy),
        Stat(name="terms", title=_("Terms"), value=board.terms.forecast,
             unknown=_("No line says what terms cost"), good="down",
             what=_("Forecast at planned rates. Planned: %(plan)s. Booked to date: %(actual)s.")
             % {"plan": _money(board.terms.plan, unit), "actual": _money(board.terms.actual, unit)},
             **accuracy),
    ]  # fmt: skip


def _share(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or not other:
        return None
    return (one - other) / other


def _money(amount: Decimal | None, unit: str) -> str:
    return formats.DASH if amount is None else formats.money(amount, unit, 0)


def draw(board: SalesBoard) -> list[charts.Chart]:
    """Plan, forecast and actual by month, and by category to date; none before there is a plan."""
    if board.is_empty:
        return []
    unit = board.plan.currency_id
    months = [formats.month(one) for one in board.months]
    by_month = charts.bar(
        name="sales-months", title=_title(board), labels=months, unit=unit, as_of=board.as_of,
        label_title=_("Month"), series=_series(board.by_month), places=0,
        rows_url=reverse("plans:sales-months", args=[board.plan.pk]),
    )  # fmt: skip
    return [by_month, _by_category(board)]


def _by_category(board: SalesBoard) -> charts.Chart:
    """The months that are over, as in the table below: a plan of a year beside the sales of some
    of its months would look like a failure. Before one is over, the whole period."""
    rows, begun = board.rows, board.months_over > 0
    return charts.bar(
        name="sales-categories",
        title=_("Plan, forecast and actual to date, by category")
        if begun
        else _("Plan, forecast and actual by category"),
        horizontal=True,
        labels=[one.title for one in rows], unit=board.plan.currency_id, as_of=board.as_of,
        places=0, label_title=_("Category"),
        series=_series([one.to_date if begun else one.total for one in rows]),
        height="tall" if len(rows) > 6 else "normal",
    )  # fmt: skip


def _series(rows: Sequence[Streams]) -> list[charts.Series]:
    return [
        charts.Series(name=_("Plan"), values=[one.plan for one in rows], hue=1),
        charts.Series(name=_("Forecast"), values=[one.forecast for one in rows], hue=2),
        charts.Series(name=_("Actual"), values=[one.actual for one in rows], hue=3),
    ]


def _title(board: SalesBoard) -> str:
    """What the chart shows, in a sentence."""
    share = board.to_date.variance_share
    if share is None:
        return _("Plan and forecast by month")
    if share >= 0:
        return _("Sales are %(share)s ahead of the plan to date") % {
            "share": formats.percent(share)
        }
    return _("Sales are %(share)s behind the plan to date") % {"share": formats.percent(-share)}


def money(name: str, title: Any, value: Any, unit: str, **options: Any) -> Column:
    """A column of money without decimals."""
    return Column(
        name=name, title=title, kind="money", value=value, unit=unit, places=0, sort=True, **options
    )


def _lines_table(request: HttpRequest, board: SalesBoard, *, may_write: bool) -> Table:
    unit = board.plan.currency_id
    columns = [
        Column(name="category", title=_("Category"), value="title", sort=True),
        money("plan", _("Plan"), "total.plan", unit, unknown=NOT_PLANNED),
        money("forecast", _("Forecast"), "total.forecast", unit, unknown=NOT_PLANNED),
        money("plan_to_date", _("Plan to date"), "to_date.plan", unit, unknown=NOT_YET),
        money("actual", _("Actual to date"), "to_date.actual", unit, unknown=NOT_YET),
        money("variance", _("Variance"), "to_date.variance", unit, signed=True, unknown=NOT_YET),
        Column(name="share", title=_("Variance, %"), kind="delta", value="to_date.variance_share",
               sort=True, unknown=NOT_YET),
        Column(name="terms", title=_("Terms, %"), kind="percent", value=_terms, default=False),
        Column(name="note", title=_("Note"), value=lambda one: one.line.note if one.line else "",
               default=False),
    ]  # fmt: skip
    grid = reverse("plans:sales-grid", args=[board.plan.pk])
    return Table(
        request,
        board.rows,
        columns,
        name="sales-plan",
        caption=_("Sales plan by category"),
        row_url=_line_url if may_write else None,
        totals={
            "category": _("Total"),
            "plan": board.total.plan,
            "forecast": board.total.forecast,
            "plan_to_date": board.to_date.plan,
            "actual": board.to_date.actual,
            "variance": board.to_date.variance,
            "share": board.to_date.variance_share,
        },
        empty=Empty(
            _("Nothing is planned yet"),
            _("Start with last year and a growth, paste a spreadsheet, or type month by month."),
            _("Plan the months") if may_write else "",
            grid if may_write else "",
            icon="table",
        ),
    )


def _terms(one: BoardLine) -> Decimal | None:
    percent = one.line.terms_percent if one.line else None
    return None if percent is None else percent / 100


def _line_url(one: BoardLine) -> str:
    return reverse("plans:sales-line-edit", args=[one.line.pk]) if one.line else ""


def _steps_table(request: HttpRequest, plan: Plan, *, goes_on: bool) -> Table:
    rows = RangeStep.objects.filter(plan=plan).select_related(
        "product", "category", "account", "owner"
    )
    columns = [
        Column(name="what", title=_("Product or category"), value=str),
        Column(name="where", title=_("Where"), value=lambda one: one.account or plan.account),
        Column(name="due", title=_("Due on"), kind="date", value="due_on", sort="due_on"),
        Column(name="state", title=_("State"), kind="badge", value=step_badge, sort="state"),
        Column(name="since", title=_("Since"), kind="date", value="reached_on", sort="reached_on"),
        Column(name="stores", title=_("Stores planned"), kind="number", places=0, sort="stores"),
        Column(name="reached", title=_("Stores reached"), kind="number", places=0,
               value="stores_reached", sort="stores_reached"),
        Column(name="owner", title=_("Owner"), sort="owner__full_name", value="owner",
               unknown=_("Nobody yet")),
        Column(name="note", title=_("Note"), default=False),
    ]  # fmt: skip
    return Table(
        request,
        rows,
        columns,
        name="range-steps",
        prefix="r-",
        caption=_("Range and listing steps"),
        default_sort="due",
        row_url=(lambda one: reverse("plans:range-edit", args=[one.pk])) if goes_on else None,
        empty=Empty(
            _("No step is planned"),
            _("A product or category that is to come into stores, or to leave them."),
            icon="list-check",
        ),
    )


def step_badge(step: RangeStep) -> Badge:
    """How far a step is, with its sign."""
    state, icon = STEP_STATES[step.state]
    return Badge(step.get_state_display(), state, icon)


@dataclass(frozen=True)
class MonthRow:
    """A month of a line, as the list of months shows it."""

    line: BoardLine
    month: date
    streams: Streams
    volume: Decimal | None


@requires(VIEW)
@require_GET
def sales_months(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every month of every line: the rows behind the charts, and a file to go on with."""
    plan, today = figures.get_plan(request, pk), timezone.localdate()
    unit = plan.currency_id
    columns = [
        Column(name="category", title=_("Category"), value="line.title", sort=True),
        Column(name="month", title=_("Month"), value=lambda one: f"{one.month:%Y-%m}", sort=True),
        money("plan", _("Plan"), "streams.plan", unit, unknown=NOT_PLANNED),
        Column(name="volume", title=_("Volume planned"), kind="number", sort=True,
               unknown=NOT_PLANNED),
        money("forecast", _("Forecast"), "streams.forecast", unit, unknown=NOT_PLANNED),
        money("actual", _("Actual"), "streams.actual", unit, unknown=_("Still to come")),
        money("variance", _("Variance"), "streams.variance", unit, signed=True,
              unknown=_("Not known")),
    ]  # fmt: skip
    board = sales_board(plan, as_of=today, with_terms=False)
    table = Table(
        request,
        month_rows(board),
        columns,
        name="sales-months",
        caption=_("Sales plan by month"),
        empty=Empty(_("Nothing is planned yet"), icon="table"),
    )
    context = figures.page_context(request, plan, "sales", _("Sales plan by month"))
    return table.response("plans/sales_months.html", context)


def month_rows(board: SalesBoard) -> list[MonthRow]:
    """Months in which anything is planned or was posted."""
    rows = []
    for line in board.rows:
        volumes = {one.month: one.volume for one in line.line.months.all()} if line.line else {}
        rows += [
            MonthRow(line, month, one, volumes.get(month))
            for month, one in zip(board.months, line.months, strict=True)
            if one.plan is not None or one.actual
        ]
    return rows
