"""Loss scenarios that a user may see, their latest results, and plans that they may join."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Prefetch, QuerySet

from accounts.models import Account
from kam.identity.models import User
from plans.models import LossResult, LossScenario, Plan, ScenarioAccount
from plans.querysets.plans import LIVE

WITH = ("author", "currency", "plan", "category")


def scenarios_for(user: User) -> QuerySet[LossScenario]:
    """Scenarios that the user may see, with accounts and the day of the latest run."""
    rows: QuerySet[LossScenario] = LossScenario.objects.visible_to(user)
    accounts = ScenarioAccount.objects.select_related("account").order_by("pk")
    return (
        rows.select_related(*WITH)
        .prefetch_related(Prefetch("account_rows", accounts))
        .annotate(last_run=Max("results__as_of"))
    )


def latest_result(scenario: LossScenario) -> LossResult | None:
    """Return the newest result of a scenario, None before its first run."""
    rows: QuerySet[Any] = scenario.results.select_related("author", "job").order_by("-pk")
    return rows.first()


def latest_results(scenarios: list[LossScenario]) -> dict[int, LossResult]:
    """Return the newest result of each scenario that has one, in one query."""
    rows = LossResult.objects.filter(scenario__in=scenarios).order_by("scenario_id", "-pk")
    return {row.scenario_id: row for row in rows.distinct("scenario_id")}


def plans_to_join(scenario: LossScenario, user: User) -> QuerySet[Plan]:
    """Plans about the lost accounts, or about ones above or below, that the user may write and
    that go on."""
    lost = Account.objects.filter(scenario_rows__scenario=scenario)
    above = {pk for path in lost.values_list("path", flat=True) for pk in path}
    ids = list(lost.values_list("pk", flat=True))
    rows: QuerySet[Plan] = Plan.objects.editable_by(user)
    found = rows.filter(account__in=above) | rows.filter(account__path__overlap=ids)
    return found.filter(state__in=["draft", *LIVE]).select_related("account").order_by("-period")
