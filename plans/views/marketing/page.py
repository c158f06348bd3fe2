"""The marketing plan: budget, activities, a calendar by month, and the three streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import charts, formats
from kam.core.badges import Badge, State
from kam.core.dates import ONE_DAY, Period
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table, respond
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.marketing import ActivityState, Payer
from plans.choices.plan import SectionKind
from plans.forms.marketing import ActivityForm, BudgetForm
from plans.models import MarketingActivity, Plan
from plans.selectors.marketing import (
    ActivityLine,
    MarketingBoard,
    marketing_board,
    marketing_content,
)
from plans.selectors.sales.content import sees_figures
from plans.selectors.sections import SectionSource, section_sources
from plans.services import marketing as services
from plans.views import figures

VIEW, EDIT = "plans.view", "plans.edit"
# icons: clock circle-check flag ban
STATES: dict[str, tuple[State, str]] = {
    ActivityState.PLANNED: ("neutral", "clock"),
    ActivityState.CONFIRMED: ("info", "circle-check"),
    ActivityState.DONE: ("success", "flag"),
    ActivityState.CANCELLED: ("muted", "ban"),
}


@dataclass(frozen=True)
class Entry:
    """An activity as the calendar shows it in a month that it touches."""

    line: ActivityLine
    badge: Badge
    days: str
    goes_on: bool


@requires(VIEW)
@require_GET
def marketing_plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The board of a plan's marketing."""
    plan = figures.get_plan(request, pk)
    board = marketing_board(plan)
    drawing = draw(board)
    if drawing and (file := charts.export(request, drawing)) is not None:
        return file
    context = figures.page_context(request, plan, "marketing", _("Marketing plan"))
    table = _table(request, board, context)
    context |= {
        "board": board,
        "stats": stats(board, timezone.localdate()),
        "cautions": cautions(board),
        "chart": drawing,
        "calendar": calendar(board),
    }
    return respond(request, "plans/marketing_plan.html", context, table)


def stats(board: MarketingBoard, as_of: date) -> list[Stat]:
    """Our budget and our part of what is planned, committed, expected and spent."""
    unit, ours = board.plan.currency_id, board.ours
    alike: dict[str, Any] = {"kind": "money", "unit": unit, "places": 0, "as_of": as_of}
    nothing = _("No activity says what it costs")
    return [
        Stat(name="budget", title=_("Our budget"),
             value=board.budget.amount if board.budget else None, unknown=_("No budget is set"),
             reference=_("%(amount)s left") % {"amount": formats.money(board.left, unit, 0)}
             if board.left is not None else "",
             what=_("What we may spend. Left is what the forecast leaves of it."), **alike),
        Stat(name="planned", title=pgettext("amount", "Planned"), value=ours.plan, unknown=nothing,
             what=_("Our part of what activities are planned to cost."), **alike),
        Stat(name="forecast", title=_("Forecast"), value=ours.forecast, unknown=nothing,
             what=_("Our part: what was spent on what is over, else what is committed, else what "
                    "is planned."), **alike),
        Stat(name="spent", title=_("Spent"), value=ours.actual, unknown=_("Nothing was spent yet"),
             reference=_("%(amount)s committed")
             % {"amount": formats.money(board.committed, unit, 0)} if board.committed else "",
             what=_("Our part of what was spent."), **alike),
    ]  # fmt: skip


def cautions(board: MarketingBoard) -> list[str]:
    """What deserves a look: the budget, and activities that cost more than planned."""
    found = []
    if board.is_spent_over:
        found.append(_("More is spent than the budget has."))
    elif board.is_planned_over:
        found.append(_("More is planned or expected than the budget has."))
    over = [one.activity.title for one in board.lines if one.is_over]
    if over:
        names = ", ".join(f"“{title}”" for title in over[:5])
        found.append(_("More is spent than was planned: %(names)s.") % {"names": names})
    return found


def draw(board: MarketingBoard) -> charts.Chart | None:
    """Our part by month, as planned, expected and spent."""
    if not any(one.is_known for one in board.by_month):
        return None
    rows = board.by_month
    return charts.bar(
        name="marketing-months",
        title=_("What we spend on marketing, by month of the beginning"),
        labels=[formats.month(one) for one in board.months],
        unit=board.plan.currency_id,
        label_title=_("Month"),
        places=0,
        series=[
            charts.Series(
                name=pgettext("amount", "Planned"), values=[one.plan for one in rows], hue=1
            ),
            charts.Series(name=_("Forecast"), values=[one.forecast for one in rows], hue=2),
            charts.Series(name=_("Spent"), values=[one.actual for one in rows], hue=3),
        ],
    )


def calendar(board: MarketingBoard) -> list[tuple[str, list[Entry]]]:
    """The months of the plan, each with the activities that touch it."""
    found = []
    for month in board.months:
        span = Period.month(month.year, month.month)
        entries = [
            Entry(
                one,
                state_badge(one.activity),
                days_of(one.activity),
                one.activity.starts_on < month,
            )
            for one in board.lines
            if Period(one.activity.starts_on, one.activity.ends_on + ONE_DAY).overlaps(span)
        ]
        found.append((formats.month(month), entries))
    return found


def state_badge(activity: MarketingActivity) -> Badge:
    """The state with its sign."""
    state, icon = STATES[activity.state]
    return Badge(activity.get_state_display(), state, icon)


def days_of(activity: MarketingActivity) -> str:
    """From when to when; one day is said once."""
    start, end = formats.date(activity.starts_on), formats.date(activity.ends_on)
    return start if start == end else f"{start} – {end}"


def payer_of(line: ActivityLine) -> str:
    """Who pays, with our part where it is shared."""
    one = line.activity
    if one.payer == Payer.SHARED and one.our_percent is not None:
        share = formats.percent(one.our_percent / 100, 0)
        return _("Shared, %(share)s ours") % {"share": share}
    return str(one.get_payer_display())


def _columns(unit: str) -> list[Column]:
    def money(name: str, title: str, unknown: str, *, default: bool = True) -> Column:
        return Column(name=name, title=title, kind="money", value=f"activity.{name}", unit=unit,
                      places=0, sort=True, unknown=unknown, default=default)  # fmt: skip

    return [
        Column(name="title", title=_("Activity"), value="activity.title", sort=True),
        Column(name="kind", title=_("Kind"), value="activity.get_kind_display", default=False),
        Column(name="starts_on", title=_("From"), kind="date", value="activity.starts_on",
               sort=True),
        Column(name="ends_on", title=_("Until"), kind="date", value="activity.ends_on", sort=True),
        Column(name="state", title=_("State"), kind="badge",
               value=lambda one: state_badge(one.activity)),
        Column(name="payer", title=_("Who pays"), value=payer_of),
        money("planned", pgettext("amount", "Planned"), _("Not said")),
        money("committed", _("Committed"), _("Nothing yet"), default=False),
        money("spent", _("Spent"), _("Nothing yet")),
        *_result_columns(),
        Column(name="category", title=_("Category"), value="activity.category", default=False),
        Column(name="owner", title=_("Owner"), value="activity.owner", unknown=_("Nobody yet"),
               default=False),
    ]  # fmt: skip


def _result_columns() -> list[Column]:
    return [
        Column(name="expected", title=_("Expected"), kind="number", value="activity.expected",
               unknown=_("Not said")),
        Column(name="result", title=_("Result"), kind="number", value="activity.result",
               unknown=_("Not known yet")),
        Column(name="reached", title=_("Reached"), kind="percent", places=0, sort=True,
               unknown=_("Not known yet")),
        Column(name="measure", title=_("Measured by"), value="activity.measure"),
    ]  # fmt: skip


def _table(request: HttpRequest, board: MarketingBoard, context: Mapping[str, Any]) -> Table:
    create = reverse("plans:activity-create", args=[board.plan.pk])
    return Table(
        request,
        board.lines,
        _columns(board.plan.currency_id),
        name="marketing-plan",
        caption=_("Activities"),
        default_sort="starts_on",
        row_url=(lambda one: reverse("plans:activity-edit", args=[one.activity.pk]))
        if context["may_go_on"]
        else None,
        totals={
            "title": _("Total, whoever pays"),
            "planned": board.total.plan,
            "spent": board.total.actual,
        },
        empty=Empty(
            _("No activity is planned"),
            _("Presentations, promotions, events, training: what is done to sell more."),
            _("New activity") if context["may_write"] else "",
            create if context["may_write"] else "",
            icon="speakerphone",
        ),
    )


def _back(plan: Plan) -> str:
    return reverse("plans:marketing-plan", args=[plan.pk])


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def budget_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What we may spend."""
    plan = figures.get_draft(request, pk)
    budget = getattr(plan, "marketing_budget", None)
    form = BudgetForm(request.POST or None, budget=budget)
    lead = _("Amounts in %(unit)s.") % {"unit": plan.currency_id}
    return figures.form_answer(
        request, form, plan=plan, title=_("Marketing budget"), lead=lead, back=_back(plan),
        act=lambda: services.set_budget(plan=plan, user=signed_in(request), **form.said()),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def activity_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new activity."""
    plan = figures.get_draft(request, pk)
    form = ActivityForm(request.POST or None, plan=plan)
    return figures.form_answer(
        request, form, plan=plan, title=_("New activity"), back=_back(plan), save=_("Add"),
        lead=_("Amounts in %(unit)s.") % {"unit": plan.currency_id},
        act=lambda: services.add_activity(plan=plan, user=signed_in(request), **form.facts()),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """An activity; while the plan is carried out only how it goes."""
    row: MarketingActivity = figures.get_row(request, MarketingActivity, pk, goes_on=True)
    plan = row.plan
    form = ActivityForm(request.POST or None, plan=plan, activity=row, fixed=not plan.is_draft)
    return figures.form_answer(
        request, form, plan=plan, title=row.title, back=_back(plan),
        lead=_("Amounts in %(unit)s.") % {"unit": plan.currency_id},
        act=lambda: services.change_activity(
            activity=row, user=signed_in(request), read_at=form.read_at(), **form.facts()
        ),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def activity_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an activity out of a draft."""
    row: MarketingActivity = figures.get_row(request, MarketingActivity, pk)
    return figures.removal(
        request, row=row, title=_("Take “%(name)s” out of the plan?") % {"name": row.title},
        back=_back(row.plan), goes=[row.title],
        act=lambda read_at: services.remove_activity(
            activity=row, user=signed_in(request), read_at=read_at
        ),
    )  # fmt: skip


def marketing_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """The marketing plan inside the document of the plan."""
    if not sees_figures(plan, user):
        return {"is_hidden": True}
    board = marketing_board(plan)
    return {
        "board": board,
        "stats": stats(board, as_of) if board.lines or board.budget else [],
        "cautions": cautions(board),
        "rows": _rows(board.lines),
    }


def _rows(lines: Sequence[ActivityLine]) -> list[tuple[ActivityLine, Badge, str]]:
    return [(one, state_badge(one.activity), days_of(one.activity)) for one in lines]


def register() -> None:
    """Register the section."""
    section_sources.register(
        SectionSource(
            key=SectionKind.MARKETING,
            content=marketing_content,
            template="plans/sections/marketing.html",
            page=marketing_page,
            part="activities",
            is_apart=True,
        )
    )
