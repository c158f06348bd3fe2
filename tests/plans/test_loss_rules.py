"""What the database keeps true about loss scenarios, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction
from django.utils import timezone

from plans.choices.plan import PlanState
from plans.models import LossRate, LossResult
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.loss import make_scenario
from tests.factories.plans import make_plan


def refused(name: str, act: Callable[[], Any]) -> None:
    with pytest.raises(Error) as caught, transaction.atomic():
        act()
    assert caught.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]


def _set(row: Any, **values: Any) -> Callable[[], Any]:
    return lambda: type(row).objects.filter(pk=row.pk).update(**values)


def _three(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.django_db
def test_the_database_refuses_what_a_scenario_cannot_be() -> None:
    account = make_account()
    scenario = make_scenario(account)
    up, over = _three("0.5", "0.4", "0.6"), _three("0.5", "0.6", "1.1")
    table: list[tuple[str, dict[str, Any]]] = [
        ("loss_scenario_horizon", {"horizon_months": 0}),
        ("loss_scenario_horizon", {"horizon_months": 61}),
        ("loss_scenario_has_a_title", {"title": ""}),
        ("loss_scenario_lost_share", {"lost_share": up}),
        ("loss_scenario_lost_share", {"lost_share": over}),
        ("loss_scenario_recovery", {"recovery": over}),
        ("loss_scenario_contribution", {"contribution": _three("-2", "0", "1")}),
        ("loss_scenario_avoidable", {"avoidable": _three("-1", "0", "1")}),
        ("loss_scenario_default", {"default_probability": over}),
        ("loss_scenario_days", {"extra_days": up}),
        ("loss_scenario_stock", {"stock_recoverable": over}),
        ("loss_scenario_runs_off", {"run_off": _three("0.5", "0.4")}),
        ("loss_scenario_runs_off", {"run_off": _three("0.5", "1.1")}),
        ("loss_scenario_run_off", {"run_off": []}),
        ("loss_scenario_fixed_cost", {"fixed_cost": Decimal(0)}),
        ("loss_scenario_insolvency_needs_a_probability", {"kind": "insolvency"}),
        ("loss_scenario_longer_terms_need_days", {"kind": "longer_terms"}),
        ("loss_scenario_kind_known", {"kind": "other"}),
    ]
    for name, values in table:
        refused(name, _set(scenario, **values))

    def add(**facts: Any) -> Callable[[], Any]:
        return lambda: LossRate.objects.create(scenario=scenario, **facts)

    refused("loss_rate_known", add(subject="method", key="barter", share=_three("0", "0", "0")))
    refused("loss_rate_share", add(subject="method", key="consignment", share=over))
    refused("loss_account_once", lambda: scenario.account_rows.create(account=account))


@pytest.mark.django_db
def test_results_stay_as_they_are_and_scenarios_of_plans_stay() -> None:
    owner, account = make_user(), make_account()
    scenario = make_scenario(account, author=owner)
    result = LossResult.objects.create(
        scenario=scenario, as_of=scenario.as_of, inputs={}, result={}
    )
    refused("loss_result_is_frozen", _set(result, result={"other": 1}))
    plan = make_plan(account=account, owner=owner)
    scenario.plan, scenario.attached_at = plan, timezone.now()
    scenario.save()
    refused("loss_result_of_a_plan_stays", result.delete)
    scenario.account_rows.all().delete()
    refused("loss_scenario_attached_stays", _raw_delete(scenario))
    plan.submitted_by, plan.submitted_at = owner, timezone.now()
    plan.state = PlanState.IN_REVIEW
    plan.save()
    refused("loss_scenario_attached_to_open", _set(scenario, plan=None, attached_at=None))


def _raw_delete(row: Any) -> Callable[[], Any]:
    rows = type(row).objects.filter(pk=row.pk)
    return lambda: (LossResult.objects.none(), rows._raw_delete(rows.db))
