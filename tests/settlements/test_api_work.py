"""Positions, the worklist, controllers, periods and the overdue job over the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from kam.core.jobs import execute
from kam.core.models import JobRun
from kam.identity.models import User
from settlements.models import AccountingPeriod, ControllerAssignment, OverdueRun, WorkItem
from settlements.services.overdue import flag_overdue
from tests.api import Answer, Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document, make_receivables

POSITIONS, WORKLIST = "receivables/positions/", "receivables/worklist/"
CONTROLLERS, PERIODS = "receivables/controllers/", "receivables/periods/"
FLAG = "receivables/overdue/flag/"
MISSING = "receivables/missing/"


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner, external_id="C1")


@pytest.fixture
def work(account: Account) -> WorkItem:
    ids = make_receivables(account)
    return WorkItem.objects.get(pk=ids["receivables/worklist"])


def test_positions_of_the_last_run(people: People, account: Account) -> None:
    make_receivables(account)
    make_receivables(make_account(name="Lidl", lead=people.stranger))
    api = Api(people.owner)
    [row] = api.rows(POSITIONS)
    assert row["party"] == {"id": account.pk, "name": "Kesko"}
    assert (row["open"], row["overdue"], row["unapplied"], row["net"]) == (
        "75.00",
        "75.00",
        "75.00",
        "0.00",
    )
    assert (row["as_of"], row["oldest_due_on"], row["oldest_days"]) == (
        "2026-03-31",
        "2026-02-09",
        50,
    )
    assert row["buckets"]["31-60"] == "75.00"
    everybody = Api(people.auditor)
    assert len(everybody.rows(f"{POSITIONS}?overdue=true&currency=EUR")) == 2
    assert everybody.rows(f"{POSITIONS}?overdue=false") == []
    assert [one["id"] for one in everybody.rows(f"{POSITIONS}?within={account.pk}")] == [row["id"]]
    assert [one["id"] for one in everybody.rows(f"{POSITIONS}?party={account.pk}")] == [row["id"]]
    page = everybody.get(f"{POSITIONS}?page_size=1").json()
    assert len(everybody.every_row(page["next"])) == 1


def test_filters_of_the_worklist(people: People, work: WorkItem) -> None:
    api = Api(people.owner)

    def found(query: str) -> list[tuple[str, str | None]]:
        rows = api.rows(f"{WORKLIST}?ordering=id&{query}")
        return [(row["role"], (row["user"] or {}).get("email")) for row in rows]

    mine = ("lead", "owner@kam.test")
    assert mine in found("")
    assert found(f"user={people.owner.pk}") == [mine]
    assert found("role=lead") == [mine]
    assert found("queue=true") == [one for one in found("") if one[1] is None]
    assert found("state=done") == []
    api.post(f"{WORKLIST}{work.pk}/finish/", {"outcome": "promised"})
    assert found("state=done") == [mine]
    assert mine not in found("")


def test_take_plan_snooze_wake_and_finish(people: People, work: WorkItem) -> None:
    api, path = Api(people.teammate), f"{WORKLIST}{work.pk}/"
    taken = api.post(f"{path}take/")
    assert (taken.json()["user"]["email"], taken.json()["is_taken"]) == ("teammate@kam.test", True)
    step = {"next_step": "Call Anna", "on": "2026-04-02", "contacted_on": "2026-04-01"}
    planned = api.post(f"{path}plan/", step, If_Match=taken["ETag"]).json()
    assert (planned["next_step"], planned["next_step_on"], planned["last_contact_on"]) == (
        "Call Anna",
        "2026-04-02",
        "2026-04-01",
    )
    later = timezone.localdate() + timedelta(days=7)
    put_off = api.post(f"{path}snooze/", {"until": later.isoformat()}).json()
    assert (put_off["state"], put_off["snoozed_until"]) == ("snoozed", later.isoformat())
    assert api.post(f"{path}wake/").json()["state"] == "open"
    done = api.post(f"{path}finish/", {"outcome": "disputed", "note": "short delivery"}).json()
    assert (done["state"], done["outcome"], done["closed_by"]["email"]) == (
        "done",
        "disputed",
        "teammate@kam.test",
    )
    assert api.post(f"{path}take/").status_code == 422


def test_work_that_cannot_be_so(people: People, work: WorkItem) -> None:
    api, path = Api(people.owner), f"{WORKLIST}{work.pk}/"
    today = timezone.localdate().isoformat()
    early = api.post(f"{path}snooze/", {"until": today})
    assert (early.status_code, errors_of(early)) == (422, [("until", "refused")])
    assert errors_of(api.post(f"{path}finish/", {"outcome": "cured"})) == [
        ("outcome", "invalid_choice")
    ]
    assert errors_of(api.post(f"{path}plan/", {})) == [("next_step", "required")]
    stale = api.post(f"{path}wake/", If_Match='"old"')
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    work.refresh_from_db()
    assert work.state == "open"


MAY_WORK = [
    ("owner", 200), ("teammate", 200), ("stranger", 404), ("director", 200),
    ("controller", 200), ("administrator", 200), ("auditor", 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), MAY_WORK)
def test_who_may_work(people: People, work: WorkItem, who: str, status: int) -> None:
    api, path = Api(getattr(people, who)), f"{WORKLIST}{work.pk}/"
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    asked = [("plan", {"next_step": "x"}), ("snooze", {"until": until}), ("wake", {}),
             ("take", {}), ("finish", {"outcome": "other"})]  # fmt: skip
    answers = [api.post(f"{path}{act}/", body).status_code for act, body in asked]
    assert answers == [status] * len(asked)
    work.refresh_from_db()
    assert (work.state == "done") is (status == 200)


MAY_ASSIGN = [
    ("owner", 404), ("teammate", 404), ("stranger", 404), ("director", 201),
    ("controller", 201), ("administrator", 201), ("auditor", 404),
]  # fmt: skip


def _assign(api: Api, account: Account, user: User, more: dict[str, Any] | None = None) -> Answer:
    body: dict[str, Any] = {"account": account.pk, "user": user.pk, "from_date": "2026-01-01"}
    body |= more or {}
    return api.post(CONTROLLERS, body)


@pytest.mark.parametrize(("who", "status"), MAY_ASSIGN)
def test_who_may_assign_controllers(
    people: People, account: Account, who: str, status: int
) -> None:
    api = Api(getattr(people, who))
    answer = _assign(api, account, people.controller)
    assert answer.status_code == status
    assert ControllerAssignment.objects.count() == (status == 201)


def test_controllers_by_date(people: People, account: Account) -> None:
    api = Api(people.controller)
    first = _assign(api, account, people.controller).json()
    assert (first["account"]["name"], first["valid_from"], first["valid_before"]) == (
        "Kesko",
        "2026-01-01",
        None,
    )
    second = _assign(api, account, people.director, {"from_date": "2026-03-01"}).json()
    assert [row["valid_before"] for row in api.rows(f"{CONTROLLERS}?ordering=id")] == [
        "2026-03-01",
        None,
    ]
    assert [row["id"] for row in api.rows(f"{CONTROLLERS}?at=2026-02-28")] == [first["id"]]
    ended = api.post(f"{CONTROLLERS}{second['id']}/end/", {"from_date": "2026-04-01"})
    assert (ended.status_code, ended.json()["valid_before"]) == (200, "2026-04-01")
    gone = api.post(f"{CONTROLLERS}{second['id']}/end/", {"from_date": "2026-03-01"})
    assert (gone.status_code, ControllerAssignment.objects.count()) == (204, 1)
    assert errors_of(_assign(api, account, people.controller, {"account": 999999})) == [
        ("account", "does_not_exist")
    ]
    assert errors_of(_assign(api, account, people.controller, {"user": 999999})) == [
        ("user", "does_not_exist")
    ]
    backwards = _assign(api, account, people.controller, {"until": "2025-01-01"})
    assert backwards.status_code == 422
    assert [row["id"] for row in Api(people.owner).rows(CONTROLLERS)] == [first["id"]]
    assert Api(people.stranger).rows(CONTROLLERS) == []


def test_periods_close_and_reopen(people: People, account: Account) -> None:
    make_company(code="FI01")
    api = Api(people.controller)
    january = {"valid_from": "2026-01-01", "valid_before": "2026-02-01", "note": "January"}
    closed = api.post(f"{PERIODS}close/", {**january, "selling_company": "FI01"}).json()
    assert (closed["selling_company"], closed["is_closed"], closed["closed_by"]["email"]) == (
        "FI01",
        True,
        "controller@kam.test",
    )
    body = {
        "account": account.pk,
        "currency": "EUR",
        "amount": "1.00",
        "received_on": "2026-01-31",
    }
    assert api.post("receivables/receipts/", body).status_code == 422
    path = f"{PERIODS}{closed['id']}/reopen/"
    assert errors_of(api.post(path, {})) == [("note", "required")]
    opened = api.post(path, {"note": "one was forgotten"}).json()
    assert (opened["is_closed"], opened["closed_at"], opened["note"]) == (
        False,
        None,
        "one was forgotten",
    )
    assert api.post("receivables/receipts/", body).status_code == 201
    again = api.post(f"{PERIODS}close/", {**january, "selling_company": "FI01"}).json()
    assert again["id"] == closed["id"]
    overlap = {"valid_from": "2026-01-15", "valid_before": "2026-02-15", "selling_company": "FI01"}
    assert api.post(f"{PERIODS}close/", overlap).status_code == 422
    empty = {"valid_from": "2026-01-15", "valid_before": "2026-01-15"}
    assert errors_of(api.post(f"{PERIODS}close/", empty)) == [("valid_before", "empty_period")]
    found = Api(people.owner).rows(f"{PERIODS}?closed=true&at=2026-01-31&selling_company=FI01")
    assert [row["id"] for row in found] == [closed["id"]]
    assert Api(people.owner).rows(f"{PERIODS}?closed=false") == []


MAY_CLOSE = [
    ("owner", 404), ("teammate", 404), ("stranger", 404), ("director", 404),
    ("controller", 200), ("administrator", 200), ("auditor", 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), MAY_CLOSE)
def test_who_may_close_periods(people: People, who: str, status: int) -> None:
    api = Api(getattr(people, who))
    body = {"valid_from": "2026-01-01", "valid_before": "2026-02-01"}
    assert api.post(f"{PERIODS}close/", body).status_code == status
    assert AccountingPeriod.objects.count() == (status == 200)
    standing = AccountingPeriod.objects.first() or AccountingPeriod.objects.create(
        valid=(date(2026, 1, 1), date(2026, 2, 1)), closed_at=timezone.now()
    )
    assert api.post(f"{PERIODS}{standing.pk}/reopen/", {"note": "x"}).status_code == status


MAY_FLAG = [
    ("owner", 404), ("teammate", 404), ("stranger", 404), ("director", 404),
    ("controller", 202), ("administrator", 202), ("auditor", 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), MAY_FLAG)
def test_who_may_flag(people: People, who: str, status: int) -> None:
    assert Api(getattr(people, who)).post(FLAG).status_code == status
    assert JobRun.objects.count() == (status == 202)


def test_flagging_is_a_job_that_waits_once(people: People, account: Account) -> None:
    make_document(account=account, due=[date(2026, 2, 1)])
    api = Api(people.controller)
    first = api.post(FLAG, {"as_of": "2026-03-31"})
    again = api.post(FLAG, {"as_of": "2026-03-31"})
    assert (first.status_code, first.json()["id"]) == (202, again.json()["id"])
    assert first.json()["arguments"] == {"as_of": "2026-03-31"}
    other = api.post(FLAG, {"as_of": "2026-03-30"}).json()
    assert other["id"] != first.json()["id"]
    execute(first.json()["id"])
    run = api.get(f"job-runs/{first.json()['id']}/").json()
    assert (run["state"], run["outcome"]["flagged"]) == ("succeeded", 1)
    [row] = api.get(FLAG).json()["results"]
    assert (row["as_of"], row["flagged"], row["cured"]) == ("2026-03-31", 1, 0)
    assert Api(people.auditor).get(FLAG).json()["results"] == [row]
    assert Api(people.owner).get(FLAG).json() == {"results": []}
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert errors_of(api.post(FLAG, {"as_of": tomorrow})) == [("as_of", "in_future")]


@pytest.mark.parametrize("rows", [1, 3])
def test_runs_and_periods_cost_the_same_at_any_length(people: People, rows: int) -> None:
    for number in range(rows):
        flag_overdue(as_of=date(2026, 3, 1 + number))
        make_company(code=f"X{number}")
        AccountingPeriod.objects.create(
            valid=(date(2020 + number, 1, 1), date(2021 + number, 1, 1))
        )
    assert OverdueRun.objects.count() == rows
    api = Api(people.auditor)
    for path in (FLAG, PERIODS):
        with CaptureQueriesContext(connection) as queries:
            assert len(api.rows(path)) == rows
        assert len(queries) == 3


MAY_REVIEW = [
    ("owner", 404), ("teammate", 404), ("stranger", 404), ("director", 404),
    ("controller", 200), ("administrator", 200), ("auditor", 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), MAY_REVIEW)
def test_who_may_review_what_an_extract_left_out(
    people: People, account: Account, who: str, status: int
) -> None:
    path = f"{MISSING}{make_receivables(account)['receivables/missing']}/"
    api = Api(getattr(people, who))
    assert api.get(MISSING).status_code == status
    assert api.get(path).status_code == status
    assert api.post(f"{path}answer/", {"outcome": "paid"}).status_code == status
    assert api.post(f"{path}reopen/").status_code == status


def test_what_an_extract_left_out_is_answered_once(people: People, account: Account) -> None:
    path = f"{MISSING}{make_receivables(account)['receivables/missing']}/"
    api = Api(people.controller)
    [row] = api.rows(f"{MISSING}?answered=false&party={account.pk}")
    assert (row["open_then"], row["open_now"], row["outcome"]) == ("75.00", "75.00", "")
    assert row["party"]["name"] == "Kesko"
    silent = api.post(f"{path}answer/", {"outcome": "ignored"})
    assert (silent.status_code, errors_of(silent)) == (422, [("note", "refused")])
    assert errors_of(api.post(f"{path}answer/", {"outcome": "came_back"})) == [
        ("outcome", "invalid_choice")
    ]
    said = api.post(f"{path}answer/", {"outcome": "ignored", "note": "old"}).json()
    assert (said["outcome"], said["reviewed_by"]["email"]) == ("ignored", "controller@kam.test")
    again = api.post(f"{path}answer/", {"outcome": "paid"}).json()
    assert again["outcome"] == "ignored"
    assert [one["id"] for one in api.rows(f"{MISSING}?outcome=ignored,paid")] == [row["id"]]
    opened = api.post(f"{path}reopen/").json()
    assert (opened["outcome"], opened["note"], opened["reviewed_at"]) == ("", "", None)


@pytest.mark.parametrize("rows", [1, 3])
def test_missing_items_cost_the_same_at_any_length(people: People, rows: int) -> None:
    for _number in range(rows):
        make_receivables(make_account(lead=people.owner))
    api = Api(people.controller)
    with CaptureQueriesContext(connection) as queries:
        assert len(api.rows(MISSING)) == rows
    assert len(queries) == 3
