"""Settlement statements over the API, and where else they are heard of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.services.merging import merge_accounts
from kam.core.todos import todo_providers
from settlements.choices.credit import Component
from settlements.models import Document, SettlementStatement
from settlements.selectors.credit.components import cells_sql
from settlements.selectors.settling.waiting import disputed, to_post
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settling import FEES, confirmed, draft, make_world, report_turnover

pytestmark = pytest.mark.django_db
D = Decimal
URL = "/api/v1/settlement-statements/"


def test_a_statement_goes_its_way_over_the_api(people: People) -> None:
    world = make_world(lead=people.owner, fees=FEES)
    report_turnover(world, "113000")
    own, finance, other = (Api(one) for one in (people.owner, people.controller, people.stranger))
    body = {"term": world.term.pk, "period_start": "2026-07-01", "period_end": "2026-08-01"}
    assert other.post(URL, body).status_code == 400
    made = own.post(URL, body)
    assert made.status_code == 201, made.json()
    assert own.post(URL, body).json()["errors"][0]["code"] == "period_overlaps"
    url = f"{URL}{made.json()['id']}/"
    assert own.post(f"{url}issue/", {"day": "2026-08-02"}).json()["state"] == "issued"
    fee = next(one for one in made.json()["lines"] if one["text"] == "Promotion")
    contest = {"amount": "2000", "reason": "unagreed_fee", "line": fee["id"]}
    own.post(f"{url}dispute/", {"contests": [contest], "day": "2026-08-03"})
    right = own.post(
        f"{url}correct/", {"claims": [{"line": fee["id"], "amount": "1500"}], "day": "2026-08-04"}
    ).json()
    url = f"{URL}{right['id']}/"
    own.post(f"{url}confirm/", {"confirmed_by": "Ms Li", "day": "2026-08-04"})
    assert own.post(f"{url}post/", {}).status_code == 404
    answers = [
        finance.post(f"{url}post/", {"day": "2026-08-05"}, Idempotency_Key="p")
        for _again in range(2)
    ]

    assert [one.status_code for one in answers] == [200, 200]
    assert (right["version"], right["claimed"], right["remains"]) == (2, "2678.00", "85462.00")
    assert answers[0].json()["documents"][0]["role"] == "receivable"
    assert Document.objects.count() == 4
    assert finance.post(f"{url}post/", {"day": "2026-08-05"}).status_code == 422
    assert other.get(url).status_code == 404
    assert other.get(URL).json()["results"] == []
    listed = own.get(f"{URL}?state=posted&within={world.account.pk}").json()["results"]
    assert [one["id"] for one in listed] == [right["id"]]


def test_days_to_come_and_more_than_the_whole_are_refused(people: People) -> None:
    world = make_world(lead=people.owner, fees=FEES)
    report_turnover(world, "113000")
    own, finance = Api(people.owner), Api(people.controller)
    row = draft(world)
    url = f"{URL}{row.pk}/"
    coming = (timezone.localdate() + timedelta(days=1)).isoformat()
    contest = {"amount": "113000.01", "reason": "unagreed_fee"}
    bodies: dict[str, dict[str, Any]] = {
        "issue": {},
        "dispute": {"contests": [contest]},
        "stand": {},
        "correct": {},
        "confirm": {"confirmed_by": "Ms Li"},
    }
    for act, body in bodies.items():
        answer = own.post(f"{url}{act}/", {**body, "day": coming})
        assert errors_of(answer) == [("day", "in_the_future")], act
    for act in ("post", "take-back"):
        answer = finance.post(f"{url}{act}/", {"day": coming})
        assert errors_of(answer) == [("day", "in_the_future")], act
    assert own.post(f"{url}issue/", {"day": "2026-08-02"}).json()["state"] == "issued"
    too_much = own.post(f"{url}dispute/", {"contests": [contest], "day": "2026-08-03"})
    assert (too_much.status_code, errors_of(too_much)) == (422, [("amount", "too_much")])
    whole = {**contest, "amount": "113000"}
    answer = own.post(f"{url}dispute/", {"contests": [whole], "day": "2026-08-03"})
    assert answer.json()["state"] == "disputed"


def test_waiting_statements_are_todos_exposure_and_part_of_a_merge(people: People) -> None:
    from django.db import connection

    world = make_world(lead=people.owner)
    report_turnover(world, "113000")
    statement = confirmed(world)
    SettlementStatement.objects.get()
    assert [one.key for one in to_post(people.controller, date(2026, 8, 5))] == [
        f"statement-post-{statement.pk}"
    ]
    assert list(disputed(people.owner, date(2026, 8, 5))) == []
    assert {"statements-disputed", "statements-post"} <= {one.key for one in todo_providers}
    with connection.cursor() as cursor:
        cursor.execute(cells_sql(), {"as_of": date(2026, 8, 5), "horizon": 30, "reference": ""})
        told = {row[2]: row[3] for row in cursor.fetchall()}
    assert told == {Component.HELD_BY_RETAILER: 88_140}

    keep = make_account(lead=people.owner)
    merge_accounts(keep=keep, drop=world.account, as_of=date(2026, 8, 5))

    statement.refresh_from_db()
    assert statement.account == keep


def test_a_draft_of_a_store_counts_its_lines_alone() -> None:
    world = make_world()
    other = make_account(kind="store", parent=world.account)
    report_turnover(world, "1000")
    report_turnover(world, "500", store=other)

    assert draft(world, store_id=other.pk).gross == 500
