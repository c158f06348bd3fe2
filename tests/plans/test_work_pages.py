"""Objectives, actions and targets on the plan's page, actions as a list: with and without htmx."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from kam.core.cockpit import actions_of
from kam.core.handover import sections as handover_sections
from kam.core.timeline import Wanted, timeline_sources
from kam.core.todos import todos_for
from plans.choices.plan import PlanState
from plans.models import KpiTarget, Objective, Plan, PlanAction, SwotItem
from plans.selectors.work import content_of_objectives
from tests.conftest import People, client_of
from tests.factories.identity import make_user
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan,
    make_plan_member,
    take_plan,
)

D = Decimal
HTMX = {"HX-Request": "true"}


def _url(name: str, *args: Any) -> str:
    return reverse(f"plans:{name}", args=args)


def _post(client: Client, url: str, data: Mapping[str, Any] | None = None, **more: Any) -> Any:
    return client.post(url, data or {}, **more)


@pytest.mark.django_db
def test_work_is_written_where_it_stands(plan: Plan, people: People) -> None:
    """Without scripts: forms, up and down, one click done; each answers with the plan."""
    client = client_of(people.owner)
    page = f"{plan.get_absolute_url()}#section-objectives"
    said = {"title": "More shelf", "weight": "2", "gain": "120000", "owner": people.owner.pk}
    answer = _post(client, _url("objective-create", plan.pk), said)
    assert (answer.status_code, answer["Location"]) == (302, page)
    goal = Objective.objects.get()
    assert (goal.title, goal.weight, goal.gain) == ("More shelf", D(2), D(120_000))
    _post(client, _url("initiative-create", goal.pk), {"title": "Listing", "weight": "1"})
    bundle = goal.initiatives.get()
    late = timezone.localdate() - timedelta(days=1)
    bad = {"title": "Call", "weight": "1", "due_on": "2031-01-01", "initiative": bundle.pk}
    answer = _post(client, _url("action-create", plan.pk), bad)
    assert answer.status_code == 422
    assert "The plan is for" in answer.content.decode()
    Plan.objects.filter(pk=plan.pk).update(period=(date(2020, 1, 1), date(2040, 1, 1)))
    _post(client, _url("action-create", plan.pk), bad | {"due_on": late.isoformat()})
    action = PlanAction.objects.get()
    html = client.get(_url("section", plan.pk, "objectives")).content.decode()
    for words in ("More shelf", "Listing", "Call", "1 action overdue", "1 action without an owner",
                  "0 %"):  # fmt: skip
        assert words in html, words
    _post(client, _url("action-done", action.pk))
    action.refresh_from_db()
    assert (action.state, action.done_on) == ("done", timezone.localdate())
    assert "100 %" in client.get(_url("section", plan.pk, "objectives")).content.decode()
    second = make_objective(plan=plan, title="Second", place=5)
    _post(client, _url("objective-move", second.pk, "up"))
    assert list(plan.objectives.values_list("title", flat=True)) == ["Second", "More shelf"]
    asked = client.get(_url("objective-delete", second.pk))
    assert (asked.status_code, Objective.objects.count()) == (200, 2)
    _post(client, _url("objective-delete", second.pk))
    assert list(plan.objectives.values_list("title", flat=True)) == ["More shelf"]


@pytest.mark.django_db
def test_htmx_swaps_the_section(plan: Plan, people: People) -> None:
    client = client_of(people.owner)
    goal = make_objective(plan=plan, title="More shelf")
    form = client.get(_url("objective-edit", goal.pk), headers=HTMX)
    assert "<html" not in form.content.decode()
    assert 'hx-target="this"' in form.content.decode()
    answer = _post(
        client,
        _url("objective-edit", goal.pk),
        {"title": "Most shelf", "weight": "1"},
        headers=HTMX,
    )
    assert answer.headers["HX-Retarget"] == "#section-objectives"
    assert "Most shelf" in answer.content.decode()
    bad = _post(client, _url("objective-edit", goal.pk), {"title": "", "weight": "1"}, headers=HTMX)
    assert (bad.status_code, "HX-Retarget" in bad.headers) == (422, False)
    much = {"title": "More", "weight": "1", "gain": "9" * 17}
    assert _post(client, _url("objective-edit", goal.pk), much).status_code == 422
    action = make_action(plan=plan, owner=people.owner)
    tick = f"tick-{action.pk}"
    done = _post(client, _url("action-done", action.pk), headers=HTMX | {"HX-Target": tick})
    assert f'id="{tick}"' in done.content.decode()
    assert "<section" not in done.content.decode()
    back = _post(
        client, _url("action-reopen", action.pk),
        headers=HTMX | {"HX-Target": "section-objectives"},
    )  # fmt: skip
    assert 'id="section-objectives"' in back.content.decode()


@pytest.mark.django_db
def test_targets_on_the_page(plan: Plan, people: People) -> None:
    client = client_of(people.owner)
    said = {"metric": "overdue_share", "target": "10", "baseline": "25"}
    _post(client, _url("target-create", plan.pk), said)
    kpi = KpiTarget.objects.get()
    assert (kpi.target, kpi.baseline, kpi.direction) == (D("0.1"), D("0.25"), "down")
    zero = _post(client, _url("target-create", plan.pk), {"metric": "health", "target": "0"})
    assert "A target of zero cannot be measured against." in zero.content.decode()
    low = _post(
        client, _url("target-create", plan.pk), {"metric": "net_revenue_12m", "target": "-5"}
    )
    assert "Where it stands today: 0\N{NO-BREAK SPACE}EUR." in low.content.decode()
    own = {"title": "Depots", "target": "5", "direction": "up", "unit": "depots"}
    _post(client, _url("target-create", plan.pk), own)
    depots = KpiTarget.objects.get(metric="")
    today = timezone.localdate().isoformat()
    _post(client, _url("target-actual", depots.pk), {"typed_actual": "6", "typed_on": today})
    html = client.get(_url("section", plan.pk, "kpis")).content.decode()
    for words in ("10.0%", "25.0%", "6 depots", "badge-state is-success", "Not known"):
        assert words in html, words
    _post(client, _url("target-move", depots.pk, "up"))
    assert list(plan.kpis.values_list("metric", flat=True)) == ["", "overdue_share"]
    edit = {"title": "Depots", "target": "7", "direction": "up"}
    _post(client, _url("target-edit", depots.pk), edit)
    depots.refresh_from_db()
    assert depots.target == D(7)
    _post(client, _url("target-delete", depots.pk))
    assert plan.kpis.count() == 1


@pytest.mark.django_db
def test_agreed_work_is_fixed_and_its_progress_is_not(plan: Plan, people: People) -> None:
    goal = make_objective(plan=plan, title="More shelf")
    take_plan(plan=plan, to=PlanState.ACTIVE)
    client = client_of(people.owner)
    refused = _post(client, _url("objective-create", plan.pk), {"title": "Late", "weight": "1"})
    assert refused.status_code == 422
    said = {"typed_percent": "40", "owner": people.owner.pk, "title": "Other"}
    _post(client, _url("objective-edit", goal.pk), said)
    goal.refresh_from_db()
    assert (goal.title, goal.typed_percent, goal.owner) == ("More shelf", D(40), people.owner)
    html = client.get(_url("section", plan.pk, "objectives")).content.decode()
    assert "progress typed" in html
    assert _url("objective-create", plan.pk) not in html
    assert _url("action-create", plan.pk) in html
    action = make_action(plan=plan)
    _post(client, _url("action-drop", action.pk))
    action.refresh_from_db()
    assert action.state == "dropped"


@pytest.mark.django_db
def test_a_swot_item_becomes_an_action(plan: Plan, people: People) -> None:
    item = SwotItem.objects.create(plan=plan, kind="threat", text="Own label")
    client = client_of(people.owner)
    assert "Own label" in client.get(_url("swot-action", item.pk)).content.decode()
    _post(client, _url("swot-action", item.pk), {"title": "Talk", "weight": "1"})
    action = PlanAction.objects.get()
    assert (action.title, action.swot_item, action.origin) == ("Talk", item, "swot")


WHO = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


@pytest.mark.django_db
def test_who_may_what(plan: Plan, people: People) -> None:
    """Page, list, change and tick by position; a denied change changes nothing."""
    goal = make_objective(plan=plan, title="More shelf")
    action = make_action(plan=plan, title="Call")
    kpi = make_kpi(plan=plan, target=D(5))
    make_plan_member(plan=plan, user=people.controller)
    reads = {"owner", "teammate", "director", "controller", "administrator", "auditor"}
    reads = {name for name in WHO if Plan.objects.visible_to(getattr(people, name)).exists()}
    assert {"owner", "director", "controller", "administrator"} <= reads
    assert "stranger" not in reads
    writes = {"owner", "director", "administrator"}
    for name in WHO:
        client = client_of(getattr(people, name))
        sees = 200 if name in reads else 404
        assert client.get(_url("action-detail", action.pk)).status_code == sees, name
        listed = client.get(_url("action-tab", "all")).content.decode()
        assert ("Call" in listed) == (name in reads), name
        for url in (
            _url("objective-edit", goal.pk), _url("action-edit", action.pk),
            _url("target-edit", kpi.pk), _url("objective-create", plan.pk),
            _url("action-create", plan.pk), _url("target-create", plan.pk),
        ):  # fmt: skip
            may = 200 if name in writes else 404
            assert client.get(url).status_code == may, (name, url)
        if name not in writes:
            _post(client, _url("action-done", action.pk))
            _post(client, _url("objective-delete", goal.pk))
            action.refresh_from_db()
            assert (action.state, plan.objectives.count()) == ("open", 1), name
    own = make_action(plan=plan, title="Terms", owner=people.controller)
    _post(client_of(people.controller), _url("action-done", own.pk))
    own.refresh_from_db()
    assert own.state == "done"  # one's own, though one does not write the plan


@pytest.mark.django_db
def test_confidential_plans_hold_in_lists_and_lines(
    plan: Plan, people: People, account: Account
) -> None:
    today = timezone.localdate()
    late = today - timedelta(days=3)
    Plan.objects.filter(pk=plan.pk).update(confidentiality="named")
    plan.refresh_from_db()
    make_action(plan=plan, title="Secret call", owner=people.owner, due_on=late)
    make_action(plan=plan, title="Secret deed", state="done", done_on=late, owner=people.owner)
    take_plan(plan=plan, to=PlanState.ACTIVE)
    wanted = Wanted(account_ids=[account.pk])
    source = timeline_sources.get("plan_actions")
    handover = handover_sections.get("plan_actions")
    assert source is not None
    assert handover is not None
    for user, sees in ((people.owner, True), (people.director, False), (people.auditor, False)):
        export = client_of(user).get(_url("action-tab", "over") + "?format=csv")
        body = export.getvalue()
        assert (b"Secret deed" in body) == sees
        todo = [one.title for one in todos_for(user, today)]
        assert ("Secret call" in todo) == sees
        lines = [line.title for line in actions_of(user, account, today)]
        assert ("Secret call" in lines) == sees
        events = [event.title for event in source.find(user, wanted)]
        assert events == (["Secret deed"] if sees else [])
    assert handover.find(account, people.teammate, today) is None
    Plan.objects.filter(pk=plan.pk).update(confidentiality="open")
    part = handover.find(account, people.teammate, today)
    assert part is not None
    assert [row[0] for row in part.rows] == ["Secret call"]
    assert "Overdue: 1" in str(part.summary)


@pytest.mark.django_db
def test_the_list_asks_the_same_for_one_row_and_three(plan: Plan, people: People) -> None:
    bundle = make_initiative(objective=make_objective(plan=plan))
    make_action(plan=plan, owner=people.owner, initiative=bundle)
    client = client_of(people.owner)
    url = _url("action-tab", "all")

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    section = _url("section", plan.pk, "objectives")
    one, drawn = count(url), count(section)
    for number in range(2):
        goal = make_objective(plan=plan, owner=make_user())
        below = make_initiative(objective=goal, owner=make_user())
        make_action(plan=plan, owner=make_user(), initiative=below, title=f"More {number}")
    other = make_plan(
        account=plan.account, owner=people.owner, period=(date(2028, 1, 1), date(2029, 1, 1))
    )
    make_action(plan=other, owner=make_user())
    assert count(url) == one
    assert count(section) == drawn


@pytest.mark.django_db
def test_filters_of_the_list(plan: Plan, people: People) -> None:
    today = timezone.localdate()
    make_action(plan=plan, title="Oats", owner=people.owner, due_on=today)
    make_action(plan=plan, title="Rye", due_on=today - timedelta(days=1))
    make_action(plan=plan, title="Bran", state="dropped")
    client = client_of(people.owner)
    expected = {
        _url("action-list"): {"Oats"},
        _url("action-tab", "overdue"): {"Rye"},
        _url("action-tab", "all"): {"Oats", "Rye"},
        _url("action-tab", "over"): {"Bran"},
        _url("action-tab", "all") + "?ownerless=on": {"Rye"},
        _url("action-tab", "all") + f"?plan={plan.pk}&q=oat": {"Oats"},
        _url("action-tab", "all") + f"?within=%23{plan.account_id}": {"Oats", "Rye"},
        _url("action-tab", "all") + f"?owner={people.owner.pk}": {"Oats"},
    }
    for url, titles in expected.items():
        html = client.get(url).content.decode()
        assert {one for one in ("Oats", "Rye", "Bran") if f">{one}<" in html} == titles, url
    assert client.get(_url("action-tab", "luck")).status_code == 404


@pytest.mark.django_db
def test_snapshots_hold_the_work(plan: Plan, people: People) -> None:
    goal = make_objective(plan=plan, title="More shelf", gain=D(100), owner=people.owner)
    make_action(plan=plan, initiative=make_initiative(objective=goal), state="done",
                done_on=date(2026, 3, 1))  # fmt: skip
    found = content_of_objectives(plan, None, date(2026, 6, 15))
    (row,) = found["objectives"]
    assert row["gain"] == {"amount": D(100), "currency": "EUR"}
    assert row["progress"]["percent"] == D(100)
    assert row["initiatives"][0]["actions"][0]["state"] == "done"
