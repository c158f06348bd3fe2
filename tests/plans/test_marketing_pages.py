"""The marketing plan: budget, activities, streams, and the pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kam.core.problems import RefusedError
from plans.analytics.streams import Streams
from plans.models import MarketingActivity, MarketingBudget, Plan
from plans.selectors.marketing import marketing_board, marketing_content
from plans.services import marketing as services
from plans.services.writing import NotDraftError
from tests.conftest import People
from tests.factories.figures import make_activity
from tests.factories.plans import make_plan_member, take_plan

pytestmark = pytest.mark.django_db
SENT = {
    "kind": "event", "title": "Tasting", "starts_on": "2026-03-30", "ends_on": "2026-04-05",
    "payer": "shared", "our_percent": "50", "planned": "1000", "measure": "cases",
    "expected": "400",
}  # fmt: skip


def _url(name: str, *args: Any) -> str:
    return reverse(f"plans:{name}", args=args)


def test_streams_and_budget(plan: Plan, people: People) -> None:
    services.set_budget(plan=plan, user=None, amount=Decimal(1000))
    make_activity(plan=plan, planned=600, committed=500, payer="we")
    make_activity(
        plan=plan, planned=400, spent=500, state="done", payer="shared", our_percent=40,
        measure="cases", expected=10, result=8, starts_on=date(2026, 5, 1),
        ends_on=date(2026, 5, 1),
    )  # fmt: skip
    make_activity(plan=plan, planned=300, payer="they")
    board = marketing_board(plan)
    assert board.total == Streams(Decimal(1300), Decimal(1300), Decimal(500))
    assert board.ours == Streams(Decimal(760), Decimal(700), Decimal(200))
    assert (board.left, board.committed) == (Decimal(300), Decimal(500))
    assert board.by_month[4] == Streams(Decimal(160), Decimal(200), Decimal(200))
    assert [one.is_over for one in board.lines] == [False, False, True]
    assert board.lines[2].reached == Decimal("0.8")
    assert (board.is_planned_over, board.is_spent_over) == (False, False)
    services.set_budget(plan=plan, user=None, amount=Decimal(190))
    assert marketing_board(plan).is_spent_over
    services.set_budget(plan=plan, user=None, amount=None)
    assert not MarketingBudget.objects.exists()
    assert marketing_content(plan, None, date(2026, 1, 1))["ours"]["plan"]["amount"] == 760
    assert marketing_content(plan, people.stranger, date(2026, 1, 1)) == {}


def test_what_was_agreed_is_fixed_and_progress_goes_on(plan: Plan, people: People) -> None:
    row = services.add_activity(
        plan=plan, user=people.director, kind="event", title="Fair", measure="visitors",
        starts_on=date(2026, 1, 5), ends_on=date(2026, 1, 6), planned=Decimal(10),
    )  # fmt: skip
    for facts, code in (
        ({"starts_on": date(2025, 12, 31)}, "activity_in_period"),
        ({"ends_on": date(2027, 1, 1)}, "activity_in_period"),
        ({"ends_on": date(2026, 1, 4)}, "activity_ends_after_it_begins"),
        ({"payer": "shared"}, "activity_shared_says_how"),
        ({"spent": Decimal(-1)}, "activity_cost_not_negative"),
        ({"measure": "", "result": Decimal(1)}, "activity_result_of_a_measure"),
    ):
        with pytest.raises(RefusedError) as refused:
            services.change_activity(activity=row, user=None, **facts)
        assert refused.value.code == code
    take_plan(plan=plan, to="active")
    told: dict[str, Any] = {"spent": Decimal(12), "result": Decimal(300), "state": "done"}
    assert services.change_activity(activity=row, user=people.owner, **told)
    for act in (
        lambda: services.change_activity(activity=row, user=None, planned=Decimal(12)),
        lambda: services.remove_activity(activity=row, user=None),
        lambda: services.set_budget(plan=plan, user=None, amount=Decimal(1)),
    ):
        with pytest.raises(NotDraftError):
            act()
    for sql in (
        lambda: MarketingActivity.objects.update(planned=99),
        lambda: MarketingActivity.objects.update(starts_on=date(2026, 1, 4)),
        lambda: MarketingActivity.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql()


def test_who_sees_and_writes(client: Client, people: People, plan: Plan) -> None:
    row = make_activity(plan=plan)
    make_plan_member(plan=plan, user=people.stranger, role="writer")
    table = {
        "owner": (True, True),
        "teammate": (True, False),
        "stranger": (False, False),
        "director": (True, True),
        "auditor": (True, False),
    }
    for who, (sees, writes) in table.items():
        client.force_login(getattr(people, who))
        page = client.get(_url("marketing-plan", plan.pk))
        assert page.status_code == (200 if sees else 404), who
        sent = client.post(_url("activity-edit", row.pk), SENT | {"title": f"By {who}"})
        assert sent.status_code == (302 if writes else 404), who
        budget = client.post(_url("marketing-budget", plan.pk), {"amount": "5"})
        assert budget.status_code == (302 if writes else 404), who
        row.refresh_from_db()
        assert (row.title == f"By {who}") is writes, who


def test_an_activity_from_plan_to_result(client: Client, people: People, plan: Plan) -> None:
    client.force_login(people.owner)
    create = _url("activity-create", plan.pk)
    for bad, words in (
        ({"starts_on": "2025-12-31"}, "outside the period"),
        ({"ends_on": "2026-03-29"}, "ends before it begins"),
        ({"our_percent": "100"}, "above 0 and below 100"),
        ({"measure": ""}, "Say what the result is measured by"),
        ({"planned": "-1"}, "greater than or equal to 0"),
    ):
        answer = client.post(create, SENT | bad)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client.post(create, SENT).status_code == 302
    assert client.post(_url("marketing-budget", plan.pk), {"amount": "400"}).status_code == 302
    row = MarketingActivity.objects.get()
    page = client.get(_url("marketing-plan", plan.pk)).content.decode()
    assert "More is planned or expected than the budget has." in page
    assert "Shared, 50% ours" in page
    assert page.count("Mar 30, 2026 – Apr 5, 2026") == 2  # it touches two months
    take_plan(plan=plan, to="active")
    edit = _url("activity-edit", row.pk)
    assert 'name="planned"' not in client.get(edit).content.decode()
    sent = {"state": "done", "spent": "1200", "committed": "900", "result": "500"}
    assert client.post(edit, sent | {"planned": "5000"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.spent, row.planned) == ("done", Decimal(1200), Decimal(1000))
    page = client.get(_url("marketing-plan", plan.pk)).content.decode()
    assert "More is spent than the budget has." in page
    assert "More is spent than was planned: “Tasting”." in page
    assert client.get(_url("activity-remove", row.pk)).status_code == 404
    assert client.get(create).status_code == 404


def test_the_page_asks_the_same_with_one_and_three(
    client: Client, people: People, plan: Plan, django_assert_num_queries: Any
) -> None:
    client.force_login(people.owner)
    for size in (1, 3):
        while plan.activities.count() < size:
            make_activity(plan=plan, planned=5, owner=people.owner)
        with django_assert_num_queries(8):
            client.get(_url("marketing-plan", plan.pk))
