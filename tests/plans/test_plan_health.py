"""Plan execution as a measure of health: what was approved and due, and whether it was done."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.selectors.health.measures import measures
from accounts.selectors.health.rules import rules_in_force
from accounts.selectors.health.scoring import compute
from plans.choices.plan import Confidentiality, PlanState
from plans.choices.work import ActionState
from plans.models import Plan
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.plans import make_action, make_plan

TODAY = date(2026, 7, 1)


def readings() -> dict[int, tuple[Decimal, date, dict[str, Any]]]:
    """What the measure says of each account."""
    compute(rules_in_force(TODAY), as_of=TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, value, measured_on, detail FROM health_reading"
            " WHERE key = 'plan_execution'"
        )
        return {pk: (value, day, json.loads(told)) for pk, value, day, told in cursor.fetchall()}


def act(plan: Plan, due: int | None, done: int | None = None, state: str = "") -> None:
    """An action due so many days ago, and done so many days ago."""
    make_action(
        plan=plan,
        due_on=None if due is None else TODAY - timedelta(days=due),
        done_on=None if done is None else TODAY - timedelta(days=done),
        state=state or (ActionState.OPEN if done is None else ActionState.DONE),
    )


@pytest.mark.django_db
def test_what_was_due_is_measured_by_its_day(people: People) -> None:
    account = make_account(lead=people.owner)
    plan = make_plan(account=account, owner=people.owner, state=PlanState.ACTIVE)
    assert readings() == {}, "nothing was due: not measured, never zero"

    act(plan, 30, 40)
    act(plan, 30, 10)
    for left_out in ((0, None), (None, None), (-5, None), (400, None)):
        act(plan, *left_out)
    act(plan, 20, None, ActionState.DROPPED)
    ((value, day, detail),) = readings().values()
    assert (value, day) == (75, TODAY - timedelta(days=10))
    assert detail == {"due": 2, "open": 0, "late": 1}

    act(plan, 1)
    ((value, day, detail),) = readings().values()
    assert (value, day) == (50, TODAY)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.DRAFT, revision=2)
    assert [one for one, _day, _detail in readings().values()] == [50], (
        "being revised takes nothing"
    )
    told = next(one for one in measures if one.key == "plan_execution").told
    assert told(detail) == "3 actions were due. Not done: 1. Done late: 1."


@pytest.mark.django_db
def test_drafts_and_plans_of_named_people_tell_nothing(people: People) -> None:
    for values in ({"state": PlanState.DRAFT}, {"confidentiality": Confidentiality.NAMED}):
        facts: dict[str, Any] = {"state": PlanState.ACTIVE, **values}
        plan = make_plan(account=make_account(lead=people.owner), owner=people.owner, **facts)
        act(plan, 30)
    assert readings() == {}
