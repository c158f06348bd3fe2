"""Meetings over the API, and what a merge does to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services.merging import merge_accounts, plan_merge
from interactions.demo import calendar as demo
from interactions.models import Interaction, Meeting
from interactions.services.calendar_moving import move_meetings, planned
from kam.core.demo import DemoRequest
from kam.core.handover import Change
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.calendar import make_meeting
from tests.factories.identity import make_user
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db


def test_a_meeting_over_the_api(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer, foreign = make_position(account=account), make_position()
    api = Api(people.owner)
    body = {
        "title": "Talks",
        "account": account.pk,
        "starts_at": "2027-03-27T09:30:00+02:00",
        "ends_at": "2027-03-27T10:30:00+02:00",
        "time_zone": "Europe/Helsinki",
        "participants": [buyer.pk],
        "colleagues": [people.teammate.pk],
    }
    made = api.post("meetings/", body)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["source"], row["state"], row["owner"]["id"]) == ("api", "planned", people.owner.pk)
    assert (row["participants"], row["colleagues"]) == ([buyer.pk], [people.teammate.pk])
    path = f"meetings/{row['id']}/"
    for wrong in (
        {**body, "starts_at": body["ends_at"], "ends_at": body["starts_at"]},
        {**body, "participants": [foreign.pk]},
        {**body, "starts_on": "2027-03-27"},
        {**body, "time_zone": "Mars/Crater"},
        {**body, "account": make_account().pk},
        {"title": "Never"},
        {**body, "ends_at": None},
    ):
        answer = api.post("meetings/", wrong)
        assert answer.status_code == 422 or answer.status_code == 400, (wrong, answer.content)
    moved = api.post(f"{path}move/", {"to_day": "2027-03-29"})
    assert datetime.fromisoformat(moved.json()["starts_at"]) == datetime(
        2027, 3, 29, 6, 30, tzinfo=UTC
    )
    changed = api.patch(path, {"title": "Annual talks"}, If_Match=moved["ETag"])
    assert changed.json()["title"] == "Annual talks", changed.content
    assert changed.json()["participants"] == [buyer.pk]
    assert api.post(f"{path}log/").json()["code"] == "meeting_not_begun"
    days = api.patch(path, {"starts_on": "2027-04-01", "ends_on": "2027-04-02"}).json()
    assert (days["is_all_day"], days["starts_at"], days["ends_on"]) == (True, None, "2027-04-02")
    assert api.post(f"{path}cancel/", {"reason": "Ill"}).json()["state"] == "cancelled"
    assert api.post(f"{path}reopen/").json()["state"] == "planned"
    assert [one["id"] for one in api.rows("meetings/?starts_before=2027-05-01&state=planned")]
    for reader, status in ((people.teammate, 200), (people.stranger, 404), (people.auditor, 200)):
        assert Api(reader).get(path).status_code == status
        answer = Api(reader).post(f"{path}move/", {"to_day": "2027-03-29"})
        assert answer.status_code in {403, 404}
    private = make_meeting(account=account, owner=people.owner, is_private=True)
    assert Api(people.director).get(f"meetings/{private.pk}/").status_code == 404
    assert Meeting.objects.count() == 2


def test_what_has_begun_is_logged_once(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_meeting(account=account, owner=people.owner, at=timezone.now() - timedelta(hours=2))
    api = Api(people.owner)
    logged = api.post(f"meetings/{row.pk}/log/").json()
    assert logged["interaction"] == Interaction.objects.get().pk
    assert api.post(f"meetings/{row.pk}/log/").json()["code"] == "meeting_not_planned"


def test_a_list_asks_as_much_for_three_as_for_one(people: People) -> None:
    account, api = make_account(lead=people.owner), Api(people.owner)
    counts = []
    for number in (1, 2):
        for _one in range(number):
            buyer = make_position(account=account)
            make_meeting(account=account, owner=people.owner, participants=[buyer])
        with CaptureQueriesContext(connection) as queries:
            api.rows("meetings/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_merged_accounts_keep_their_meetings(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    buyer = make_position(account=drop)
    row = make_meeting(account=drop, owner=people.owner, place=drop, participants=[buyer])
    today = date(2026, 6, 30)
    plan = plan_merge(keep=keep, drop=drop)
    assert "1 meeting" in [str(one) for one in plan.moves]
    merge_accounts(keep=keep, drop=drop, as_of=today)
    row.refresh_from_db()
    assert (row.account, row.place) == (keep, keep)
    assert list(row.participants.values_list("position", flat=True)) == [buyer.pk]


def test_meetings_to_come_go_to_the_new_lead(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_meeting(account=account, owner=people.owner, colleagues=[people.teammate])
    private = make_meeting(account=account, owner=people.owner, is_private=True)
    past = make_meeting(account=account, owner=people.owner, at=datetime(2026, 6, 1, 9, tzinfo=UTC))
    change = Change(
        account_ids=[account.pk],
        from_user=people.owner,
        to_user=people.teammate,
        by=people.director,
        on=date(2026, 6, 15),
    )
    assert move_meetings(change) == 1
    for one in (row, private, past):
        one.refresh_from_db()
    assert (row.owner, row.sequence, row.colleagues.count()) == (people.teammate, 1, 0)
    assert (private.owner, past.owner) == (people.owner, people.owner)
    part = planned(account, people.teammate, date(2026, 6, 15))
    assert [cells[0] for cells in part.rows] == ["Range review"]


def test_the_demo_plans_meetings_and_clears_them() -> None:
    lead = make_user(email="lead@kam.test")
    for _number in range(3):
        account = make_account(lead=lead)
        make_position(account=account)
        make_account(parent=account, kind="store")
    request = DemoRequest(as_of=date(2026, 11, 20), seed=7, password="secret")
    counts = demo.load(request)
    assert counts == {"meetings": Meeting.objects.count()}
    assert Meeting.objects.filter(account__isnull=False).count() >= 9
    assert demo.clear(None) == counts
    assert Meeting.objects.count() == 0
