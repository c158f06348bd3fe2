"""A scenario and its result: verdict, figures, charts, who becomes major next, what to do."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kam.core import htmx
from kam.core.charts import export
from kam.core.models import JobRun
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.loss import LossKind
from plans.models import LossResult, LossScenario, PlanAction
from plans.selectors.loss.listing import latest_result, plans_to_join
from plans.services.loss.proposing import proposals_for
from plans.services.loss.running import JOB
from plans.views.loss import charts, common, words


@requires(common.VIEW)
@require_GET
def scenario_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A scenario with its newest result, or the one asked for; charts as files."""
    user, scenario = signed_in(request), common.get_scenario(request, pk)
    result = result_asked(request, scenario)
    context = _frame(request, scenario, user) | {"result": result}
    if result is None:
        return render(request, "plans/loss_detail.html", context)
    loses = scenario.kind != LossKind.LONGER_TERMS  # who pays later stays: nobody's share moves
    shock = common.shock_for(scenario, result, user) if loses else None
    names = common.names_for(user, shock)
    drawn = charts.drawn(scenario, result, shock, names)
    if (file := export(request, *drawn.values())) is not None:
        return file
    context |= {
        "verdict": words.verdict(scenario, result.result),
        "second": words.second(shock, names),
        "loses": loses,
        "age": words.age_words(result),
        "figures": words.figures(scenario, result.result),
        "drawn": drawn,
        "shock": words.shock_lines(shock, names),
        "customers": words.customer_lines(shock, names),
        "shock_is_own": not user.sees_everything(),
        "beside": words.beside_lines(scenario, result.result),
        "gaps": words.unknown_words(result.result),
        "proposals": proposals_for(scenario, result, user=user),
        "results": scenario.results.order_by("-pk")[:10],
    }
    return render(request, "plans/loss_detail.html", context)


def result_asked(request: HttpRequest, scenario: LossScenario) -> LossResult | None:
    """The newest result, or the one that the address names. Raises Http404."""
    asked = common.numbers([request.GET.get("result", "")])
    if not asked:
        return latest_result(scenario)
    found: LossResult | None = scenario.results.filter(pk=asked[0]).first()
    if found is None:
        raise Http404
    return found


def _frame(request: HttpRequest, scenario: LossScenario, user: User) -> dict[str, Any]:
    """What the page shows whatever the result is."""
    may = common.may_change(scenario, user)
    is_kept = scenario.archived_at is None
    return {
        "scenario": scenario,
        "badge": words.kind_badge(scenario).__html__(),
        "names": words.names_of(scenario),
        "assumed": words.assumption_lines(scenario),
        "may_change": may and is_kept,
        "may_restore": may and not is_kept,
        "may_delete": may and scenario.plan_id is None,
        "can_join": may and is_kept and scenario.plan_id is None
        and plans_to_join(scenario, user).exists(),
        "actions": _actions(scenario, user),
        "run": _run(request, user, scenario),
        "crumbs": common.crumbs((scenario.title, "")),
    }  # fmt: skip


def _actions(scenario: LossScenario, user: User) -> list[PlanAction]:
    """Actions that came from this scenario, of a plan that the user reads."""
    rows = PlanAction.objects.visible_to(user).filter(
        plan=scenario.plan_id, external_key__startswith=f"loss:{scenario.pk}:"
    )
    return list(rows.select_related("owner").order_by("due_on", "pk"))


def run_of(user: User, scenario: LossScenario, pk: int) -> JobRun | None:
    """The run of this scenario with that number."""
    rows = JobRun.objects.visible_to(user).filter(name=JOB, arguments__scenario=scenario.pk)
    return rows.filter(pk=pk).first()


def _run(request: HttpRequest, user: User, scenario: LossScenario) -> JobRun | None:
    """The run that the page was sent to follow, unless it ended well."""
    asked = common.numbers([request.GET.get("job", "")])
    run = run_of(user, scenario, asked[0]) if asked else None
    return None if run is None or (run.is_finished and not run.error) else run


@requires(common.VIEW)
@require_GET
def progress(request: HttpRequest, pk: int, run_id: int) -> HttpResponse:
    """How far a run is; once it is done the page is shown anew."""
    scenario = common.get_scenario(request, pk)
    run = run_of(signed_in(request), scenario, run_id)
    if run is None:
        raise Http404
    if run.is_finished and htmx.is_htmx(request):
        return htmx.redirect(request, f"{scenario.get_absolute_url()}?job={run.pk}")
    context = {"run": run, "scenario": scenario}
    return htmx.render_part(request, "plans/loss_progress.html", context, "run")
