"""Plans over the API: made, read, changed, within scope and confidentiality."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Account
from plans.choices.plan import PlanState
from plans.models import Plan, PlanTemplate
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.plans import make_plan, make_plan_member, take_plan

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {
    "title": "Kesko 2027", "start": "2027-01-01", "end": "2028-01-01", "currency": "EUR",
    "review_on": "2027-06-30",
}  # fmt: skip


def test_a_plan_is_made_read_and_changed(people: People, account: Account) -> None:
    api = Api(people.owner)
    made = api.post("plans/", {**BODY, "account": account.pk})
    assert made.status_code == 201, made.content
    plan = made.json()
    path = f"plans/{plan['id']}/"
    template = PlanTemplate.objects.get(tier_code="", is_active=True)
    assert (plan["state"], plan["template"], plan["end"]) == ("draft", template.pk, "2028-01-01")
    assert plan["owner"]["id"] == people.owner.pk
    assert [one["kind"] for one in plan["sections"]] == [
        "ambition", "figures", "objectives", "kpis", "risks",
    ]  # fmt: skip
    assert plan["completeness"] == {
        "counted": 2, "filled": 0, "fresh": 0, "owned": 0, "percent": 0.0,
    }  # fmt: skip
    assert api.get(path, if_none_match=made["ETag"]).status_code == 304
    assert api.patch(path, {"title": "Other"}, if_match='"old"').status_code == 412
    changed = api.patch(path, {"title": "Kesko, the year after"}, if_match=made["ETag"])
    assert changed.json()["title"] == "Kesko, the year after"
    section = plan["sections"][0]["id"]
    written = api.patch(f"plan-sections/{section}/", {"text": "First with oats"})
    assert (written.status_code, written.json()["text"]) == (200, "First with oats")
    item = api.post("plan-swot-items/", {"plan": plan["id"], "kind": "threat", "text": "Own label"})
    assert item.status_code == 201, item.content
    there = f"plan-swot-items/{item.json()['id']}/"
    assert api.patch(there, {"kind": "weakness"}).json()["kind"] == "weakness"
    assert [one["text"] for one in api.get(path).json()["swot_items"]] == ["Own label"]
    assert api.delete(there).status_code == 204
    member = {"plan": plan["id"], "user": people.teammate.pk, "role": "reader"}
    named = api.post("plan-members/", member)
    assert named.status_code == 201, named.content
    assert api.delete(f"plan-members/{named.json()['id']}/").status_code == 204
    assert api.rows(f"plans/?account={account.pk}&updated_since=2020-01-01T00:00:00Z&on=2027-03-01")


def test_refusals_name_the_field(people: People, account: Account) -> None:
    make_plan(account=account, owner=people.owner)
    group = make_account(name="Group", lead=people.owner)
    other = make_plan(account=group, owner=people.owner)
    api = Api(people.owner)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"start": "2026-03-01", "end": "2026-09-01", "review_on": None}, "start"),
        ({"end": "2027-01-01"}, "end"),
        ({"end": "2040-01-01"}, "end"),
        ({"review_on": "2029-01-01"}, "review_on"),
        ({"parent": other.pk}, "parent"),
        ({"parent": 10**9}, "parent"),
        ({"template": 10**9}, "template"),
        ({"owner": people.auditor.pk}, "owner"),
        ({"currency": "QQQ"}, "currency"),
        ({"account": make_account(lead=people.stranger).pk}, "account"),
    ]
    for change, field in cases:
        answer = api.post("plans/", {**BODY, "account": account.pk, **change})
        assert answer.status_code in (400, 422), (field, answer.content)
        assert [name for name, _code in errors_of(answer)] == [field], change
    assert Plan.objects.count() == 2


def test_scope_confidentiality_and_states_hold(people: People, account: Account) -> None:
    plan = make_plan(account=account, owner=people.owner, title="Secret")
    section = plan.sections.get(kind="ambition").pk
    path = f"plans/{plan.pk}/"
    assert Api(people.stranger).get(path).status_code == 404
    assert Api(people.teammate).get(path).status_code == 200
    assert Api(people.teammate).patch(path, {"title": "Mine"}).status_code == 404
    assert Api(people.teammate).patch(f"plan-sections/{section}/", {"text": "x"}).status_code == 404
    assert Api(people.auditor).patch(path, {"title": "Mine"}).status_code == 404
    writer = make_plan_member(plan=plan, user=people.teammate, role="writer")
    assert Api(people.teammate).patch(path, {"title": "Ours"}).status_code == 200
    assert Api(people.teammate).patch(path, {"confidentiality": "named"}).status_code == 404
    writer.delete()
    hidden = Api(people.owner).patch(path, {"confidentiality": "named"})
    assert hidden.json()["confidentiality"] == "named"
    for user in (people.teammate, people.director, people.administrator, people.auditor):
        api = Api(user)
        assert api.get(path).status_code == 404
        for rows in ("plans/", "plan-sections/", "plan-swot-items/", "plan-members/"):
            assert api.rows(rows) == []
    take_plan(plan=plan, to=PlanState.IN_REVIEW)
    fixed = Api(people.owner).patch(path, {"title": "Later"})
    assert fixed.status_code == 422, fixed.content
    assert Api(people.owner).patch(f"plan-sections/{section}/", {"text": "x"}).status_code == 422


def test_lists_ask_as_much_for_three_as_for_one(
    people: People, account: Account, django_assert_num_queries: Any
) -> None:
    api = Api(people.owner)
    make_plan_member(plan=make_plan(account=account, owner=people.owner), user=people.teammate)
    paths = {"plans/": 5, "plan-sections/": 5, "plan-members/": 5, "plan-templates/": 4}
    for more in (0, 2):
        for _one in range(more):
            below = make_account(parent=account, lead=people.owner)
            plan = make_plan(account=below, owner=people.owner)
            make_plan_member(plan=plan, user=people.teammate)
        for path, expected in paths.items():
            with django_assert_num_queries(expected):
                assert api.get(path).status_code == 200
