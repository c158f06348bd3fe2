"""Concerns over the API, and what a handover and a merge do to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.choices import TeamFunction
from accounts.models import Handover
from accounts.services import tasks
from accounts.services.leads import set_lead
from accounts.services.merging import merge_accounts, plan_merge
from accounts.services.team.handovers import hand_over, move_due_work
from accounts.services.team.requests import send_request
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.concerns import make_concern
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db


def test_a_concern_over_the_api(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account)
    api = Api(people.owner)
    body = {"account": account.pk, "title": "Short deliveries", "category": "delivery"}
    made = api.post("concerns/", {**body, "severity": 3, "raised_by": anna.pk})
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["state"], row["owner"]["id"], row["raised_by"]) == (
        "open", people.owner.pk, anna.pk,
    )  # fmt: skip
    path = f"concerns/{row['id']}/"
    assert api.post(f"{path}move/", {"state": "closed"}).json()["code"] == "concern_moves_on"
    assert api.post(f"{path}move/", {"state": "resolved"}).json()["code"] == "concern_words"
    said = api.post(f"{path}say/", {"text": "On its way", "is_answer": True})
    assert said.json()["first_response_at"] is not None
    changed = api.patch(path, {"severity": 4}, If_Match=said["ETag"])
    assert changed.json()["severity"] == 4, changed.content
    given = api.post(f"{path}give/", {"owner": people.stranger.pk})
    assert given.json()["code"] == "owner_cannot_see"
    moved = api.post(f"{path}move/", {"state": "resolved", "words": "Second truck"})
    kinds = [entry["kind"] for entry in moved.json()["entries"]]
    assert kinds == ["raised", "answer", "severity", "moved"]
    assert [one["id"] for one in api.rows("concerns/?state=resolved&severity=4")] == [row["id"]]
    assert api.rows("concerns/?late=true") == []
    assert Api(people.stranger).get(path).status_code == 404
    assert Api(people.auditor).post(f"{path}say/", {"text": "x"}).status_code in {403, 404}
    start, until = "2026-01-01", (timezone.localdate() + timedelta(days=1)).isoformat()
    times = api.get(f"concern-times/?start={start}&until={until}&by=customer").json()
    assert [one["name"] for one in times["groups"]] == [account.name]
    hours = {"severity": 4, "respond_hours": 2, "resolve_hours": 8, "from_day": "2026-01-01"}
    assert api.post("concern-targets/", hours).status_code in {403, 404}
    target = Api(people.director).post("concern-targets/", {**hours, "tier": "key"})
    assert (target.status_code, target.json()["until"]) == (201, None)
    assert (
        Api(people.director).post("concern-targets/", {**hours, "respond_hours": 9}).json()["code"]
        == "concern_target_answer_first"
    )


def test_a_handover_takes_open_work_along(people: People) -> None:
    today = timezone.localdate()
    group = make_account(lead=people.owner)
    store = make_account(kind="store", parent=group)
    kept = make_account(kind="store", parent=group, lead=people.owner)
    concern = make_concern(account=store, raised_at=timezone.now(), now=timezone.now())
    stays = make_concern(account=kept, raised_at=timezone.now(), now=timezone.now())
    other = tasks.add_task(account=store, title="Hers", owner=people.director, due_on=today)
    own = tasks.add_task(account=store, title="Mine", owner=people.owner, due_on=today)
    asked = send_request(
        account=group,
        sender=people.owner,
        function=TeamFunction.SHIPPING,
        to_user=people.controller,
        title="Earlier trucks",
        due_on=today + timedelta(days=3),
        as_of=today,
    )
    done = hand_over(
        account=group, from_user=people.owner, to_user=people.teammate, effective_on=today,
        made_by=people.director, as_of=today,
    )  # fmt: skip
    for row in (concern, stays, other, own, asked, done):
        row.refresh_from_db()
    assert (concern.owner, own.owner, asked.sender) == (people.teammate,) * 3
    assert (stays.owner, other.owner) == (people.owner, people.director)
    assert {"tasks": 1, "requests": 1, "concerns": 1}.items() <= done.moved.items()
    [section] = [one for one in done.pack["sections"] if one["key"] == "concerns"]
    assert section["rows"][0][0] == concern.title
    assert concern.entries.get(kind="owner").text == f"{people.teammate}, the new lead"


def test_a_later_handover_moves_work_on_its_day_once(people: People) -> None:
    today = timezone.localdate()
    group = make_account(lead=people.owner)
    own = tasks.add_task(account=group, title="Mine", owner=people.owner, due_on=today)
    day = today + timedelta(days=5)
    made = hand_over(
        account=group, from_user=people.owner, to_user=people.teammate, effective_on=day,
        made_by=people.director, as_of=today,
    )  # fmt: skip
    assert made.moved_at is None
    now = timezone.now()
    assert [move_due_work(as_of=one, now=now) for one in (today, day, day)] == [0, 1, 0]
    own.refresh_from_db()
    assert own.owner == people.teammate
    assert Handover.objects.get().moved["tasks"] == 1
    undone = make_account(lead=people.owner)
    hand_over(
        account=undone, from_user=people.owner, to_user=people.teammate, effective_on=day,
        made_by=people.director, as_of=today,
    )  # fmt: skip
    task = tasks.add_task(account=undone, title="Mine", owner=people.owner, due_on=today)
    set_lead(account=undone, user=people.stranger, from_date=day, as_of=today)
    move_due_work(as_of=day, now=now)
    task.refresh_from_db()
    assert task.owner == people.owner


def test_a_merge_takes_concerns_along(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    concern = make_concern(account=drop, raised_by=make_position(account=drop))
    assert "1 concern" in [str(line) for line in plan_merge(keep=keep, drop=drop).moves]
    merge_accounts(keep=keep, drop=drop, as_of=timezone.localdate())
    concern.refresh_from_db()
    assert concern.account == keep
    assert list(concern.entries.values_list("kind", flat=True)) == ["raised"]
