"""Growth levers: scenarios side by side, what each lever contributes, what both sides gain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import charts, formats, htmx
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.levers import LeverKind
from plans.choices.plan import SectionKind
from plans.forms.levers import ScenarioForm
from plans.models import LeverScenario, Plan
from plans.selectors.levers import ScenarioResult, levers_content, scenarios_of
from plans.selectors.sales.content import sees_figures
from plans.selectors.sections import SectionSource, section_sources
from plans.services import levers as services
from plans.views import figures

VIEW, EDIT = "plans.view", "plans.edit"


@dataclass(frozen=True)
class CompareRow:
    """A line of the comparison: what it is, and what it is in each scenario."""

    title: str
    cells: Sequence[SafeString | str]
    is_head: bool = False


@requires(VIEW)
@require_GET
def lever_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scenarios of a plan, compared."""
    plan = figures.get_plan(request, pk)
    results = scenarios_of(plan)
    drawing = draw(results)
    if drawing and (file := charts.export(request, drawing)) is not None:
        return file
    context = figures.page_context(request, plan, "levers", _("Growth levers"))
    context |= {"results": results, "groups": compare(results, plan.currency_id), "chart": drawing}
    return render(request, "plans/lever_list.html", context)


def draw(results: Sequence[ScenarioResult]) -> charts.Chart | None:
    """What each lever contributes to the growth of each scenario."""
    if not results:
        return None
    best = max(results, key=lambda one: one.joint.change)
    named = {"name": best.scenario.name, "share": formats.percent(best.joint.change)}
    series = [
        charts.Series(
            name=kind.label, values=[one.joint.parts.get(kind) for one in results], hue=hue
        )
        for hue, kind in enumerate(LeverKind, start=1)
    ]
    return charts.stacked_bar(
        name="levers",
        title=_("“%(name)s” makes their sales grow by %(share)s") % named,
        labels=[one.scenario.name for one in results],
        series=series,
        label_title=_("Scenario"),
        value_format="percent",
        places=2,
        note=_("Levers multiply: the joint change is shared out, so that the parts add up to it."),
    )


def compare(results: Sequence[ScenarioResult], unit: str) -> list[tuple[str, list[CompareRow]]]:
    """The lines of the comparison, in groups."""
    return [
        (_("Levers"), [*_lever_rows(results), _joint_row(results)]),
        (_("What the customer gains a year"), _their_rows(results, unit)),
        (_("What we gain a year"), _our_rows(results, unit)),
    ]


def _lever_rows(results: Sequence[ScenarioResult]) -> list[CompareRow]:
    rows = []
    for kind in LeverKind:
        cells = []
        for one in results:
            lever = next((row for row in one.levers if row.kind == kind), None)
            cells.append(
                formats.unknown(_("Not a lever here"))
                if lever is None
                else _("%(now)s → %(target)s, brings %(part)s")
                % {
                    "now": formats.number(lever.baseline),
                    "target": formats.number(lever.target),
                    "part": formats.signed(
                        formats.percent(one.joint.parts[kind], 2), one.joint.parts[kind]
                    ),
                }
            )
        rows.append(CompareRow(str(kind.label), cells))
    return rows


def _joint_row(results: Sequence[ScenarioResult]) -> CompareRow:
    changes = [one.joint.change for one in results]
    cells = [formats.signed(formats.percent(one, 3), one) for one in changes]
    return CompareRow(_("Together"), cells, is_head=True)


def _row(
    title: str,
    results: Sequence[ScenarioResult],
    value: Callable[[ScenarioResult], Decimal | None],
    *,
    unit: str = "",
    signed: bool = False,
    is_head: bool = False,
) -> CompareRow:
    cells: list[SafeString | str] = []
    for one in results:
        amount = value(one)
        if amount is None:
            cells.append(formats.unknown(_("Not said")))
            continue
        text = formats.money(amount, unit, 0) if unit else formats.number(amount, 1)
        cells.append(formats.signed(text, amount) if signed else text)
    return CompareRow(title, cells, is_head)


def _their_rows(results: Sequence[ScenarioResult], unit: str) -> list[CompareRow]:
    return [
        _row(_("Sales now"), results, lambda one: one.effect.sales_before, unit=unit),
        _row(_("Sales afterwards"), results, lambda one: one.effect.sales_after, unit=unit),
        _row(pgettext("profit", "Margin"), results, lambda one: one.effect.margin_change,
             unit=unit, signed=True),
        _row(_("Operating cost"), results, lambda one: one.effect.cost_change, unit=unit,
             signed=True),
        _row(_("Gain"), results, lambda one: one.effect.their_gain, unit=unit, signed=True,
             is_head=True),
        _row(_("Service, percentage points"), results, lambda one: one.effect.service_change,
             signed=True),
    ]  # fmt: skip


def _our_rows(results: Sequence[ScenarioResult], unit: str) -> list[CompareRow]:
    return [
        _row(_("Revenue now"), results, lambda one: one.effect.revenue_before, unit=unit),
        _row(_("Revenue"), results, lambda one: one.effect.revenue_change, unit=unit, signed=True),
        _row(_("What it costs us"), results, lambda one: one.scenario.our_cost, unit=unit),
        _row(_("Contribution after cost"), results, lambda one: one.effect.our_gain, unit=unit,
             signed=True, is_head=True),
    ]  # fmt: skip


def _form(
    request: HttpRequest, form: ScenarioForm, plan: Plan, title: str, act: Callable[[], Any]
) -> HttpResponse:
    back = reverse("plans:lever-list", args=[plan.pk])
    return figures.form_answer(
        request, form, plan=plan, title=title, back=back, act=act,
        page=lambda: scenario_page(request, form, plan, title, back),
    )  # fmt: skip


def scenario_page(
    request: HttpRequest, form: ScenarioForm, plan: Plan, title: str, back: str
) -> HttpResponse:
    """The form of a scenario with its levers in rows."""
    context = figures.page_context(request, plan, "levers", title)
    context |= {"form": form, "cancel_url": back}
    status = 422 if form.errors else 200
    return render(request, "plans/lever_form.html", context, status=status)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def scenario_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new scenario."""
    plan = figures.get_draft(request, pk)
    form = ScenarioForm(request.POST or None)
    return _form(
        request, form, plan, _("New scenario"),
        lambda: services.add_scenario(
            plan=plan, user=signed_in(request), levers=form.lever_rows(), **form.facts()
        ),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def scenario_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A scenario as a whole."""
    scenario: LeverScenario = figures.get_row(request, LeverScenario, pk)
    form = ScenarioForm(request.POST or None, scenario=scenario)
    return _form(
        request, form, scenario.plan, scenario.name,
        lambda: services.change_scenario(
            scenario=scenario, user=signed_in(request), levers=form.lever_rows(),
            read_at=form.read_at(), **form.facts(),
        ),
    )  # fmt: skip


@requires(EDIT)
@require_POST
def scenario_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The same once more, to be varied."""
    scenario: LeverScenario = figures.get_row(request, LeverScenario, pk)
    names = set(scenario.plan.lever_scenarios.values_list("name", flat=True))
    name = next(
        text
        for n in range(2, len(names) + 3)
        if (text := f"{scenario.name[:90]} ({n})") not in names
    )
    made = services.copy_scenario(scenario=scenario, user=signed_in(request), name=name)
    return htmx.redirect(request, reverse("plans:lever-edit", args=[made.pk]))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def scenario_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a scenario out of a draft."""
    scenario: LeverScenario = figures.get_row(request, LeverScenario, pk)
    return figures.removal(
        request, row=scenario,
        title=_("Take “%(name)s” out of the plan?") % {"name": scenario.name},
        back=reverse("plans:lever-list", args=[scenario.plan_id]),
        goes=[_("The scenario with its levers")],
        act=lambda read_at: services.remove_scenario(
            scenario=scenario, user=signed_in(request), read_at=read_at
        ),
    )  # fmt: skip


def levers_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """The scenarios inside the document of the plan."""
    del as_of
    if not sees_figures(plan, user):
        return {"is_hidden": True}
    results = scenarios_of(plan)
    return {"results": results, "groups": compare(results, plan.currency_id)}


def register() -> None:
    """Register the section."""
    section_sources.register(
        SectionSource(
            key=SectionKind.LEVERS,
            content=levers_content,
            template="plans/sections/levers.html",
            page=levers_page,
            part="lever_scenarios",
            is_apart=True,
        )
    )
