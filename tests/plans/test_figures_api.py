"""Sales plans, range steps, levers and marketing over the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plans.models import MarketingActivity, Plan, RangeStep, SalesLine
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry, make_product
from tests.factories.figures import (
    make_activity,
    make_budget,
    make_range_step,
    make_sales_line,
    make_scenario,
)
from tests.factories.plans import make_plan, make_plan_member, take_plan

pytestmark = pytest.mark.django_db
ROWS = (
    "plan-sales-lines/",
    "plan-range-steps/",
    "plan-growth-scenarios/",
    "plan-marketing-budgets/",
    "plan-marketing-activities/",
)


def test_a_sales_plan_is_written_and_read(plan: Plan, people: People) -> None:
    api, oil = Api(people.owner), make_category(name="Oil")
    months = [{"month": "2026-01-01", "amount": "100.5", "volume": "10"}]
    made = api.post(
        ROWS[0], {"plan": plan.pk, "category": oil.pk, "unit": "case", "months": months}
    ).json()
    assert made["months"] == [{"month": "2026-01-01", "amount": "100.5000", "volume": "10.0000"}]
    row = f"{ROWS[0]}{made['id']}/"
    later = [{"month": "2026-01-01", "amount": None}, {"month": "2026-02-01", "amount": "7"}]
    changed = api.patch(row, {"months": later, "terms_percent": "5"}).json()
    assert [one["month"] for one in changed["months"]] == ["2026-02-01"]
    assert changed["terms_percent"] == "5.00"
    make_entry(account=plan.account, amount="3", booked_on=date(2026, 2, 3), category=oil)
    board = api.get(f"plan-sales/?plan={plan.pk}&as_of=2026-03-01").json()
    assert board["to_date"] == {
        "plan": "7.0000", "forecast": "3.0000", "actual": "3.0000", "variance": "-4.0000",
        "variance_share": pytest.approx(-4 / 7),
    }  # fmt: skip
    assert board["lines"][0]["terms"]["plan"] == "0.3500"
    for body, code in (
        ({"months": [{"month": "2026-01-02", "amount": "1"}]}, 400),
        ({"months": [{"month": "2027-01-01", "amount": "1"}]}, 422),
        ({"months": [{"month": "2026-05-01", "volume": "1"}]}, 422),
        ({"months": [{"month": "2026-05-01", "amount": "-1"}]}, 400),
    ):
        assert api.patch(row, body).status_code == code
    take_plan(plan=plan, to="approved")
    answer = api.patch(row, {"note": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "plan_not_draft")
    assert api.delete(row).status_code == 422
    assert SalesLine.objects.get().note == ""


def test_steps_and_activities_go_on_while_the_plan_does(plan: Plan, people: People) -> None:
    api, product = Api(people.owner), make_product()
    step = api.post(
        ROWS[1], {"plan": plan.pk, "product": product.pk, "stores": 5, "due_on": "2026-06-01"}
    ).json()
    assert (step["state"], step["product"]["id"]) == ("planned", product.pk)
    body = {"kind": "event", "title": "Fair", "starts_on": "2026-03-01", "ends_on": "2026-03-02",
            "plan": plan.pk, "planned": "100", "payer": "shared", "our_percent": "25"}  # fmt: skip
    fair = api.post(ROWS[4], body).json()
    assert fair["ours"]["plan"] == "25.0000"
    bad = body | {"starts_on": "2025-03-01"}
    assert api.post(ROWS[4], bad).json()["code"] == "activity_in_period"
    foreign = make_account(lead=people.stranger)
    there = {"plan": plan.pk, "product": product.pk, "account": foreign.pk}
    assert api.post(ROWS[1], there).status_code == 400
    take_plan(plan=plan, to="active")
    told = {"state": "listed", "reached_on": "2026-05-01", "stores_reached": 3}
    assert api.patch(f"{ROWS[1]}{step['id']}/", told).json()["stores_reached"] == 3
    assert api.patch(f"{ROWS[1]}{step['id']}/", {"stores": 9}).status_code == 422
    spent = api.patch(f"{ROWS[4]}{fair['id']}/", {"state": "done", "spent": "90"}).json()
    assert spent["streams"]["actual"] == "90.0000"
    assert api.patch(f"{ROWS[4]}{fair['id']}/", {"planned": "90"}).status_code == 422
    assert RangeStep.objects.get().stores == 5
    assert MarketingActivity.objects.get().planned == Decimal(100)


def test_scenarios_and_budget(plan: Plan, people: People) -> None:
    api = Api(people.owner)
    levers = [
        {"kind": "shoppers", "baseline": "100", "target": "105"},
        {"kind": "trips", "baseline": "100", "target": "103"},
        {"kind": "spend", "baseline": "100", "target": "102", "evidence": "Panel"},
    ]
    made = api.post(
        ROWS[2], {"plan": plan.pk, "name": "All", "levers": levers, "margin_before": "20"}
    ).json()
    assert made["change"] == "0.103130000000"
    assert sum(Decimal(one["contribution"]) for one in made["levers"]) == Decimal(made["change"])
    assert made["effect"]["their_gain"] == "20626.0000"
    for bad in (
        [levers[0], levers[0]],
        [levers[0] | {"baseline": "0"}],
        [levers[0] | {"target": "-1"}],
    ):
        sent = {"plan": plan.pk, "name": "Bad", "levers": bad}
        assert api.post(ROWS[2], sent).status_code == 400
    fewer = api.patch(f"{ROWS[2]}{made['id']}/", {"levers": levers[:1], "is_chosen": True}).json()
    assert (fewer["change"], fewer["is_chosen"]) == ("0.050000000000", True)
    first = api.post(ROWS[3], {"plan": plan.pk, "amount": "500"})
    again = api.post(ROWS[3], {"plan": plan.pk, "amount": "600", "note": "more"})
    assert (first.status_code, again.json()["amount"]) == (201, "600.0000")
    assert api.delete(f"{ROWS[3]}{again.json()['id']}/").status_code == 204


def _fill(plan: Plan) -> dict[str, int]:
    return dict(
        zip(
            ROWS,
            (
                make_sales_line(plan=plan, category=make_category(), months={1: 5}).pk,
                make_range_step(plan=plan).pk,
                make_scenario(plan=plan, levers={"trips": (4, 5)}).pk,
                make_budget(plan=plan).pk,
                make_activity(plan=plan).pk,
            ),
            strict=True,
        )
    )


def test_who_reads_and_writes(plan: Plan, people: People) -> None:
    rows = _fill(plan)
    make_plan_member(plan=plan, user=people.stranger, role="writer")
    table = {
        "owner": (True, True),
        "teammate": (True, False),
        "stranger": (False, False),
        "director": (True, True),
        "auditor": (True, False),
    }
    for who, (reads, writes) in table.items():
        api = Api(getattr(people, who))
        for path, pk in rows.items():
            assert len(api.rows(path)) == reads, (who, path)
            assert api.get(f"{path}{pk}/").status_code == (200 if reads else 404), (who, path)
            sent = api.patch(f"{path}{pk}/", {"note": f"By {who}"})
            assert sent.status_code == (200 if writes else 404), (who, path)
        board = api.get(f"plan-sales/?plan={plan.pk}")
        assert board.status_code == (200 if reads else 400), who
        if not writes:
            sent = api.post(ROWS[0], {"plan": plan.pk})
            assert sent.status_code == (404 if who == "auditor" else 400), who


def test_lists_ask_the_same_with_one_and_three_rows(
    plan: Plan, people: People, django_assert_num_queries: Any
) -> None:
    api = Api(people.owner)
    api.rows("plans/")  # the token is noted as used once
    _fill(plan)
    counts = [6, 5, 6, 5, 5]
    for size in (1, 3):
        for path, count in zip(ROWS, counts, strict=True):
            with django_assert_num_queries(count):
                assert len(api.rows(f"{path}?within={plan.account_id}")) == size
        if size == 1:
            for _ in range(2):
                _fill(make_plan(account=make_account(parent=plan.account), owner=people.owner))
