"""Objectives, initiatives, actions and targets over the API: written, read, refused, kept apart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plans.choices.plan import PlanState
from plans.models import Plan, PlanAction
from tests.api import Api
from tests.conftest import People
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan,
    make_plan_member,
    take_plan,
)
from tests.factories.settlements import make_document

D = Decimal


@pytest.mark.django_db
def test_a_plans_work_from_objective_to_done(plan: Plan, people: People) -> None:
    api = Api(people.owner)
    goal = api.post(
        "plan-objectives/", {"plan": plan.pk, "title": "Shelf", "gain": "120000", "weight": "2"}
    ).json()
    assert (goal["gain"], goal["progress"]["percent"]) == ("120000.0000", None)
    bundle = api.post("plan-initiatives/", {"objective": goal["id"], "title": "Listing"}).json()
    assert bundle["plan"]["id"] == plan.pk
    body = {"plan": plan.pk, "initiative": bundle["id"], "title": "Call", "due_on": "2026-03-01"}
    first = api.post("plan-actions/", body).json()
    api.post("plan-actions/", body | {"title": "Write", "owner": people.owner.pk})
    done = api.post(f"plan-actions/{first['id']}/finish/", {"on": "2026-02-20"}).json()
    assert (done["state"], done["done_on"]) == ("done", "2026-02-20")
    found = api.get(f"plan-objectives/{goal['id']}/").json()["progress"]
    assert found == {
        "percent": "50.0000", "is_typed": False, "actions": 2, "done": 1, "overdue": 1,
        "ownerless": 0, "unmeasured": 0,
    }  # fmt: skip
    typed = api.patch(f"plan-initiatives/{bundle['id']}/", {"typed_percent": "80"}).json()
    assert (typed["progress"]["percent"], typed["progress"]["is_typed"]) == ("80.0000", True)
    assert api.post(f"plan-actions/{first['id']}/reopen/").json()["done_on"] is None
    assert api.post(f"plan-actions/{first['id']}/drop/").json()["state"] == "dropped"
    assert api.delete(f"plan-actions/{first['id']}/").status_code == 204
    assert api.delete(f"plan-objectives/{goal['id']}/").status_code == 204
    assert not PlanAction.objects.exists()


@pytest.mark.django_db
def test_nothing_is_done_on_a_day_to_come(plan: Plan, people: People) -> None:
    row = make_action(plan=plan)
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = Api(people.owner).post(f"plan-actions/{row.pk}/finish/", {"on": tomorrow.isoformat()})
    assert (answer.status_code, answer.json()["code"]) == (422, "done_ahead")
    row.refresh_from_db()
    assert (row.state, row.done_on) == ("open", None)


@pytest.mark.django_db
def test_targets_with_their_actuals(plan: Plan, people: People) -> None:
    api = Api(people.owner)
    day = timezone.localdate() - timedelta(days=10)
    make_document(account=plan.account, amounts=("90",), due=(day,), on=day - timedelta(days=20))
    body = {"plan": plan.pk, "metric": "overdue", "target": "50", "baseline": "130"}
    made = api.post("plan-targets/", body).json()
    assert (made["title"], made["direction"]) == ("Overdue", "down")
    assert (made["actual"], made["share"], made["actual_on"]) == (
        "90.0000", 0.5, timezone.localdate().isoformat(),
    )  # fmt: skip
    own = api.post("plan-targets/", {"plan": plan.pk, "title": "Depots", "target": "5"}).json()
    seen = api.post(f"plan-targets/{own['id']}/actual/", {"value": "5", "on": "2026-01-02"}).json()
    assert (seen["actual"], seen["standing"]) == ("5.0000", "reached")
    api.post(f"plan-targets/{own['id']}/move/", {"way": "up"})
    assert [row["title"] for row in api.rows(f"plan-targets/?plan={plan.pk}&ordering=id")] == [
        "Overdue", "Depots",
    ]  # fmt: skip
    refusals = [
        ({"plan": plan.pk, "title": "X", "target": "0"}, 422, "kpi_target_not_zero"),
        ({"plan": plan.pk, "metric": "luck", "target": "1"}, 422, "metric_known"),
        ({"plan": plan.pk, "metric": "overdue", "target": "1"}, 422, "kpi_once_a_plan"),
    ]
    for sent, status, code in refusals:
        answer = api.post("plan-targets/", sent)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    keys = [one["key"] for one in api.get("plan-metrics/").json()["metrics"]]
    assert keys[:2] == ["net_revenue", "net_revenue_12m"]


@pytest.mark.django_db
def test_what_is_refused(plan: Plan, people: People) -> None:
    goal = make_objective(plan=plan)
    take_plan(plan=plan, to=PlanState.ACTIVE)
    api = Api(people.owner)
    elsewhere = make_initiative(
        objective=make_objective(
            plan=make_plan(
                account=plan.account,
                owner=people.owner,
                period=(date(2030, 1, 1), date(2031, 1, 1)),
            )
        )
    )
    cases: list[tuple[str, str, dict[str, Any], int, str]] = [
        ("post", "plan-objectives/", {"plan": plan.pk, "title": "X"}, 422, "plan_not_draft"),
        ("patch", f"plan-objectives/{goal.pk}/", {"title": "X"}, 422, "plan_not_draft"),
        ("post", "plan-actions/", {"plan": plan.pk, "title": "X", "due_on": "2027-01-01"}, 422,
         "plan_date_outside"),
        ("post", "plan-actions/", {"plan": plan.pk, "title": "X", "owner": people.stranger.pk},
         422, "plan_owner_may_read"),
        ("post", "plan-actions/", {"plan": plan.pk, "title": "X", "initiative": elsewhere.pk},
         400, "invalid"),
    ]  # fmt: skip
    for method, path, body, status, code in cases:
        answer = getattr(api, method)(path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    typed = api.patch(f"plan-objectives/{goal.pk}/", {"typed_percent": "30"})
    assert typed.json()["progress"]["percent"] == "30.0000"


@pytest.mark.django_db
def test_who_may_what(plan: Plan, people: People) -> None:
    """A denied change changes nothing; confidential plans are nobody else's; figures by scope."""
    goal, kpi = make_objective(plan=plan), make_kpi(plan=plan, metric="health", target=D(80))
    action = make_action(plan=plan)
    make_plan_member(plan=plan, user=people.stranger)
    Plan.objects.filter(pk=plan.pk).update(confidentiality="named")
    for name, reads, writes in (
        ("owner", True, True), ("stranger", True, False), ("teammate", False, False),
        ("director", False, False), ("controller", False, False), ("administrator", False, False),
        ("auditor", False, False),
    ):  # fmt: skip
        api = Api(getattr(people, name))
        for path in ("plan-objectives", "plan-actions", "plan-targets"):
            assert len(api.rows(f"{path}/")) == reads, (name, path)
        status = 200 if reads else 404
        assert api.get(f"plan-targets/{kpi.pk}/").status_code == status, name
        change = api.patch(f"plan-objectives/{goal.pk}/", {"measure": name})
        assert change.status_code == (200 if writes else 404), name
        if not writes:
            assert api.post(f"plan-actions/{action.pk}/finish/", {}).status_code == 404
            assert api.delete(f"plan-actions/{action.pk}/").status_code == 404
    goal.refresh_from_db()
    action.refresh_from_db()
    assert (goal.measure, action.state) == ("owner", "open")
    hidden = Api(people.stranger).get(f"plan-targets/{kpi.pk}/").json()
    assert (hidden["target"], hidden["actual"]) == (None, None)
    assert Api(people.owner).get(f"plan-targets/{kpi.pk}/").json()["target"] == "80.0000"


@pytest.mark.django_db
def test_lists_ask_the_same_for_one_row_and_three(plan: Plan, people: People) -> None:
    def fill() -> None:
        goal = make_objective(plan=plan, owner=people.owner)
        below = make_initiative(objective=goal, owner=people.teammate)
        make_action(plan=plan, initiative=below, owner=people.owner)
        make_kpi(plan=plan, target=D(3))

    api = Api(people.owner)
    paths = ("plan-objectives/", "plan-initiatives/", "plan-actions/", "plan-targets/")

    def counts() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                assert api.get(path).status_code == 200
            found.append(len(asked))
        return found

    fill()
    counts()
    one = counts()
    fill()
    fill()
    assert counts() == one


@pytest.mark.django_db
def test_filters(plan: Plan, people: People) -> None:
    today = timezone.localdate()
    late = make_action(plan=plan, title="Late", due_on=today - timedelta(days=1))
    make_action(plan=plan, title="Mine", owner=people.owner, external_key="A-1")
    make_action(plan=plan, title="Over", state="dropped")
    api = Api(people.owner)
    since = (timezone.now() + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    expected = {
        "overdue=true": ["Late"],
        "state=dropped": ["Over"],
        f"owner={people.owner.pk}": ["Mine"],
        "external_key=A-1,B-2": ["Mine"],
        f"due_before={today}": ["Late"],
        f"within={plan.account_id}&state=open": ["Late", "Mine"],
        f"plan={plan.pk}&plan_state=active": [],
        f"updated_since={since}": [],
    }
    for query, titles in expected.items():
        rows = api.rows(f"plan-actions/?{query}&ordering=id")
        assert [row["title"] for row in rows] == titles, query
    assert late.pk
