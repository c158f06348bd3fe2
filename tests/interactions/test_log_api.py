"""Contacts and needs over the API: one request, repeatable, scoped, put right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Promise
from interactions.models import Interaction, Need
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.interactions import make_contact
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db
URL, NEEDS = "/api/v1/contacts/", "/api/v1/needs/"


def body(account: Any, /, **more: Any) -> dict[str, Any]:
    facts = {"account": account.pk, "kind": "email", "occurred_at": "2026-03-02T14:30:00+02:00",
             "summary": "Spring range"}  # fmt: skip
    return {**facts, **more}


def test_a_contact_with_everything_in_one_request(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account, name="Anna Ahti")
    client = Api(people.owner)
    sent = body(
        account,
        participants=[{"position": buyer.pk, "sentiment": -1}],
        colleagues=[people.teammate.pk],
        notes=[
            {"kind": "need", "text": "Crates", "position": buyer.pk, "keep": True, "importance": 5},
            {"kind": "promise", "text": "Samples", "keep": True, "due_on": "2026-04-01"},
            {"kind": "market", "text": "Grows", "follow_up_on": "2026-12-01"},
        ],
    )
    made = client.post(URL, sent, Idempotency_Key="k1")
    assert made.status_code == 201
    again = client.post(URL, sent, Idempotency_Key="k1")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Interaction.objects.count() == 1
    told = made.json()
    assert (told["direction"], told["source"]) == ("outbound", "api")
    assert told["participants"] == [
        {"position": buyer.pk, "person": {"id": buyer.person_id, "name": "Anna Ahti"},
         "sentiment": -1}
    ]  # fmt: skip
    ours = {people.owner.pk, people.teammate.pk}
    assert {one["id"] for one in told["colleagues"]} == ours
    need = Need.objects.get()
    assert told["notes"][0]["need"] == need.pk
    assert told["notes"][1]["promise"] == Promise.objects.get().pk
    assert told["notes"][2]["task"] is not None
    assert need.importance == 5


def test_what_is_wrong_is_named_and_nothing_is_logged(people: People) -> None:
    account = make_account(lead=people.owner)
    gone = make_position(account=account, until=date(2026, 1, 1))
    other = make_position(account=make_account(lead=people.owner))
    client = Api(people.owner)
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"account": 999999}, 400, "account"),
        ({"kind": "fax"}, 400, "kind"),
        ({"summary": ""}, 400, "summary"),
        ({"occurred_at": "2099-01-01T10:00:00Z"}, 422, "occurred_at"),
        ({"participants": [{"position": gone.pk}]}, 422, "participants"),
        ({"participants": [{"position": other.pk}]}, 400, "participants.0.position"),
        ({"notes": [{"kind": "promise", "text": "x", "keep": True, "side": "theirs"}]}, 422,
         "position"),
        ({"place": other.account_id}, 400, "place"),
    ]  # fmt: skip
    for facts, status, field in cases:
        answer = client.post(URL, body(account, **facts))
        assert answer.status_code == status, (facts, answer.json())
        assert field in [one["field"] for one in answer.json()["errors"]], answer.json()
    assert not Interaction.objects.exists()


def test_lists_corrections_and_files(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_contact(account=account, author=people.owner, summary="Spring")
    make_contact(account=account, author=people.owner, is_confidential=True)
    seen = {
        user: len(Api(user).get(URL).json()["results"])
        for user in (people.owner, people.teammate, people.stranger, people.controller)
    }
    assert list(seen.values()) == [2, 1, 0, 1]
    owner = Api(people.owner)
    for query, count in (
        ("kind=visit", 2), ("kind=call", 0), (f"within={account.pk}", 2), ("confidential=true", 1),
        ("occurred_from=2026-06-16", 0), ("updated_since=2099-01-01T00:00:00Z", 0),
    ):  # fmt: skip
        assert len(owner.get(f"{URL}?{query}").json()["results"]) == count, query
    answer = owner.post(f"{URL}{row.pk}/correct/", {"summary": "Autumn", "why": "Wrong season"})
    assert answer.status_code == 200
    assert answer.json()["summary"] == "Autumn"
    assert answer.json()["corrections"][0]["before"]["summary"] == "Spring"
    for user in (people.teammate, people.auditor, people.stranger):
        answer = Api(user).post(f"{URL}{row.pk}/correct/", {"why": "x", "summary": "y"})
        assert answer.status_code == 404
    upload = SimpleUploadedFile("offer.pdf", b"%PDF-1.7 a")
    address = f"{URL}{row.pk}/attachments/"
    kept = Client().post(address, {"file": upload}, headers=owner.headers)
    assert kept.status_code == 201
    file = owner.get(f"contact-files/{kept.json()['id']}/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert b"".join(file.streaming_content) == b"%PDF-1.7 a"
    bad = SimpleUploadedFile("a.pdf", b"<script>")
    refused = Client().post(address, {"file": bad}, headers=owner.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "file_kind")


def test_needs_are_noted_confirmed_answered_and_closed(people: People) -> None:
    account = make_account(lead=people.owner)
    client = Api(people.owner)
    made = client.post(NEEDS, {"account": account.pk, "text": "Crates", "importance": 4,
                               "voiced_on": "2026-01-01"})  # fmt: skip
    assert made.status_code == 201
    one = f"{NEEDS}{made.json()['id']}/"
    assert made.json()["answer"] == "none"
    confirmed = client.post(f"{one}confirm/", {"on": "2026-02-01"}).json()
    assert confirmed["last_confirmed_on"] == "2026-02-01"
    assert client.post(f"{one}answer/", {"words": "Next year"}).json()["answer"] == "words"
    assert client.post(f"{one}answer/", {}).json()["answer"] == "none"
    assert client.patch(one, {"importance": 2}).json()["importance"] == 2
    for query, count in (("answer=none", 1), ("open=true", 1), ("confirmed_before=2026-02-01", 0)):
        assert len(client.get(f"{NEEDS}?{query}").json()["results"]) == count, query
    assert client.post(f"{one}close/", {"why": "Solved"}).json()["closed_why"] == "Solved"
    assert client.post(f"{one}confirm/", {}).json()["code"] == "need_closed"
    assert client.post(f"{one}reopen/", {}).json()["closed_on"] is None
    for user in (people.auditor, people.stranger):
        assert Api(user).post(f"{one}close/", {"why": "x"}).status_code == 404
