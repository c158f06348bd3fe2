"""Promises, teams, requests and handovers over the API: shapes, scope, versions, queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Handover, Promise, TeamMember, TeamRequest
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import make_note, make_position
from tests.factories.team import make_member, make_promise, make_request

pytestmark = pytest.mark.django_db
ALL = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


def ahead(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_promise_is_noted_moved_settled_and_counted(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account)
    api = Api(people.owner)
    body = {"account": account.pk, "side": "ours", "what": "Samples", "due_on": ahead(5)}
    made = api.post("promises/", body)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["user"]["id"], row["outcome"], row["position"]) == (people.owner.pk, "open", None)
    path = f"promises/{row['id']}/"
    moved = api.post(f"{path}move/", {"to_day": ahead(9), "reason": "Agreed"})
    assert [one["reason"] for one in moved.json()["moves"]] == ["Agreed"]
    stale = api.patch(path, {"what": "Two samples"}, If_Match=made["ETag"])
    assert stale.status_code == 412
    settled = api.post(f"{path}settle/", {"outcome": "kept"})
    assert settled.json()["outcome"] == "kept"
    assert api.post(f"{path}settle/", {"outcome": "kept"}).json()["code"] == "promise_settled"
    theirs = {**body, "side": "theirs"}
    assert api.post("promises/", theirs).status_code == 422
    assert api.post("promises/", {**theirs, "position": anna.pk}).status_code == 201
    told = api.get(f"accounts/{account.pk}/reliability/").json()
    assert told["ours"]["kept"] == 1
    assert float(told["ours"]["reliability"]) == 1.0
    assert told["theirs"]["reliability"] is None


def test_unknown_and_foreign_ids_answer_alike(people: People) -> None:
    account = make_account(lead=people.owner)
    foreign = make_account(lead=people.stranger)
    api = Api(people.owner)
    body = {"side": "ours", "what": "Samples", "due_on": ahead(5)}
    for pk in (foreign.pk, 999_999):
        answer = api.post("promises/", {**body, "account": pk})
        assert answer.status_code in {400, 422}
        assert answer.json()["errors"]
    other = make_position(account=foreign)
    answer = api.post("promises/", {**body, "account": account.pk, "position": other.pk})
    assert answer.status_code in {400, 422}
    assert Promise.objects.count() == 0


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("promises/", "owner teammate director controller administrator auditor"),
        ("team-members/", "owner teammate director controller administrator auditor"),
        ("team-requests/", "owner teammate director controller administrator auditor"),
    ],
)
def test_who_sees_what(people: People, path: str, seen: str) -> None:
    account = make_account(lead=people.owner)
    make_promise(user=people.owner, account=account)
    make_member(account=account, user=people.director)
    make_request(account=account, sender=people.owner, to_user=people.owner)
    found = {who for who in ALL if Api(getattr(people, who)).rows(path)}
    assert found == set(seen.split())


def test_a_member_joins_once_and_stands_down(people: People) -> None:
    account = make_account(lead=people.owner)
    api = Api(people.owner)
    body = {"account": account.pk, "user": people.stranger.pk, "function": "quality"}
    made = api.post("team-members/", body)
    assert made.status_code == 201, made.content
    assert api.post("team-members/", body).json()["code"] == "team_member_once_at_a_date"
    assert Api(people.teammate).post("team-members/", body).status_code in {400, 422}
    assert Api(people.controller).post("team-members/", body).status_code in {403, 404}
    path = f"team-members/{made.json()['id']}/"
    ended = api.post(f"{path}end/", {"on": ahead(3)})
    assert ended.json()["until"] == ahead(3)
    assert api.post(f"{path}end/", {"on": ahead(0)}).status_code == 204
    assert TeamMember.objects.count() == 0


def test_a_request_goes_its_way(people: People) -> None:
    account = make_account(lead=people.owner)
    lead, helper = Api(people.owner), Api(people.stranger)
    body = {
        "account": account.pk,
        "function": "shipping",
        "to_user": people.stranger.pk,
        "title": "Labels",
        "due_on": ahead(4),
    }
    made = lead.post("team-requests/", body)
    assert made.status_code == 201, made.content
    path = f"team-requests/{made.json()['id']}/"
    assert lead.post(f"{path}accept/").status_code == 404
    assert helper.post(f"{path}accept/").json()["status"] == "accepted"
    said = helper.post(f"{path}comment/", {"text": "On it"}).json()
    assert [one["text"] for one in said["comments"]] == ["On it"]
    assert helper.post(f"{path}decline/", {"words": " "}).status_code in {400, 422}
    assert helper.post(f"{path}finish/", {"words": "Sent"}).json()["status"] == "done"
    assert lead.post(f"{path}cancel/", {}).json()["code"] == "request_closed"
    assert TeamRequest.objects.get().answer == "Sent"


def test_a_handover_is_made_and_acknowledged(people: People) -> None:
    account = make_account(lead=people.owner)
    make_note(position=make_position(account=account), author=people.owner, text="Likes tea")
    body = {
        "account": account.pk,
        "from_user": people.owner.pk,
        "to_user": people.stranger.pk,
        "effective_on": ahead(0),
    }
    assert Api(people.owner).post("handovers/", body).status_code in {403, 404}
    director = Api(people.director)
    wrong = director.post("handovers/", {**body, "from_user": people.teammate.pk})
    assert wrong.json()["code"] == "lead_changed"
    made = director.post("handovers/", body)
    assert made.status_code == 201, made.content
    path = f"handovers/{made.json()['id']}/"
    assert made.json()["is_unchanged"] is True
    keys = [one["key"] for one in Api(people.controller).get(path).json()["sections"]]
    assert "notes" not in keys
    assert "promises" in keys
    assert director.post(f"{path}acknowledge/", {}).status_code == 404
    done = Api(people.stranger).post(f"{path}acknowledge/", {"note": "Read"})
    assert done.json()["acknowledged_note"] == "Read"
    assert Handover.objects.get().is_acknowledged


@pytest.mark.parametrize("path", ["promises/", "team-members/", "team-requests/"])
def test_lists_ask_the_same_whatever_their_length(people: People, path: str) -> None:
    account = make_account(lead=people.owner)
    api, counts = Api(people.owner), []
    for rows in (1, 2):
        for place in range(rows):
            make_promise(user=people.owner, account=account)
            make_member(account=account, user=people.owner, since=date(2000 + rows, 1 + place, 1),
                        until=date(2000 + rows, 1 + place, 9))  # fmt: skip
            make_request(account=account, sender=people.owner, to_user=people.owner)
        with CaptureQueriesContext(connection) as found:
            assert len(api.rows(path)) in {1, 3}
        counts.append(len(found))
    assert counts[0] == counts[1]
