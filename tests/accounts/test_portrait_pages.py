"""Pages and API of portraits: who may what, adding in place, lists, exports."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, PortraitStatement
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.known import make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
ALL = dict.fromkeys(ROLES, 200)
READS = {**ALL, "stranger": 404}
WRITES = {**dict.fromkeys(ROLES, 404), "owner": 200, "director": 200, "administrator": 200}
CONFIGURES = {**dict.fromkeys(ROLES, 404), "director": 200, "administrator": 200}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("portrait", READS),
        ("panel-portrait", READS),
        ("statement-list", ALL),
        ("portrait-write", WRITES),
        ("portrait-replace", WRITES),
        ("portrait-confirm", WRITES),
        ("portrait-withdraw", WRITES),
        ("portrait-settings", CONFIGURES),
    ],
)
def test_who_may_open_which_page(
    people: People, account: Account, name: str, expected: dict[str, int]
) -> None:
    row = make_statement(account=account)
    args: dict[str, tuple[Any, ...]] = {
        "portrait": (account.pk,),
        "panel-portrait": (account.pk,),
        "portrait-write": (account.pk, "origin"),
        "statement-list": (),
        "portrait-settings": (),
    }
    address = url(name, *args.get(name, (account.pk, row.pk)))
    found = {who: client_of(getattr(people, who)).get(address).status_code for who in ROLES}
    assert found == expected


@pytest.mark.parametrize("who", ["teammate", "stranger", "controller", "auditor"])
def test_a_refusal_changes_nothing(people: People, account: Account, who: str) -> None:
    row = make_statement(account=account)
    client = client_of(getattr(people, who))
    for address in (
        url("portrait-write", account.pk, "origin"),
        url("portrait-replace", account.pk, row.pk),
        url("portrait-withdraw", account.pk, row.pk),
    ):
        assert client.post(address, {"text": "x", "evidence": "y"}).status_code == 404
    assert PortraitStatement.objects.count() == 1


def test_the_team_alone_may_touch_a_confidential_one(people: People, account: Account) -> None:
    row = make_statement(account=account, is_confidential=True)
    address = url("portrait-replace", account.pk, row.pk)
    assert client_of(people.owner).get(address).status_code == 200
    assert client_of(people.administrator).get(address).status_code == 404


def test_writing_and_replacing_in_place(people: People, account: Account) -> None:
    client = client_of(people.owner)
    address = url("portrait-write", account.pk, "origin")
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "A", "is_confirmed": "on"}).status_code == 422
    answer = client.post(address, {"text": "From a market stall.", "is_confidential": "on"})
    assert answer.status_code == 302
    row = PortraitStatement.objects.get()
    assert (row.text, row.is_confidential, row.said_on) == (
        "From a market stall.",
        True,
        timezone.localdate(),
    )
    answer = client.post(
        url("portrait-replace", account.pk, row.pk),
        {"text": "From two stalls.", "evidence": "Their book", "is_confirmed": "on"},
    )
    assert answer.status_code == 302
    page = client.get(url("portrait", account.pk)).content.decode()
    assert "From two stalls." in page
    assert "Confirmed" in page


def test_pages_never_show_a_confidential_text_to_others(people: People, account: Account) -> None:
    make_statement(account=account, text="canary words", is_confidential=True)
    for who in ("teammate", "controller", "administrator", "auditor"):
        client = client_of(getattr(people, who))
        for address in (
            url("portrait", account.pk),
            url("panel-portrait", account.pk),
            url("statement-list"),
            url("statement-list") + "?export=csv",
            url("panel-history", account.pk),
            reverse("core:search") + "?q=canary",
            reverse("api:portrait-statement-list"),
        ):
            answer: Any = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"canary words" not in body, (who, address)
    assert b"canary words" in client_of(people.owner).get(url("portrait", account.pk)).content


def test_lists_and_pages_need_the_same_statements_at_any_size(
    people: People, account: Account
) -> None:
    client = client_of(people.owner)

    def counted(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(address).status_code == 200
        return len(found)

    addresses = [url("statement-list"), url("portrait", account.pk)]
    make_statement(account=account)
    for address in addresses:
        client.get(address)
    one = [counted(address) for address in addresses]
    make_statement(account=account, heading="origin", is_confirmed=True)
    make_statement(account=account, heading="corporate", author=people.director)
    assert [counted(address) for address in addresses] == one


def test_the_list_finds_old_statements_and_words(people: People, account: Account) -> None:
    make_statement(account=account, text="Fresh words", said_on=timezone.localdate())
    make_statement(account=account, text="Stale words", heading="origin")
    client = client_of(people.owner)
    PortraitStatement.objects.count()
    found = client.get(url("statement-list") + "?q=fresh").content.decode()
    assert "Fresh words" in found
    assert "Stale words" not in found


# API


def test_the_api_writes_replaces_and_withdraws(people: People, account: Account) -> None:
    client = client_of(people.owner)
    listed = reverse("api:portrait-statement-list")
    answer = client.post(
        listed,
        {"account": account.pk, "heading": "origin", "text": "A", "evidence": "Book"},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    first = answer.json()["id"]
    answer = client.post(f"{listed}{first}/confirm/", {}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["basis"], body["replaces"], body["text"]) == ("confirmed", first, "A")
    again = client.post(f"{listed}{first}/confirm/", {}, content_type="application/json")
    assert again.status_code in {400, 409, 422}
    rows = client.get(listed, {"standing": "true"}).json()["results"]
    assert [row["id"] for row in rows] == [body["id"]]
    rows = client.get(listed, {"standing": "false"}).json()["results"]
    assert [row["replaced_by"] for row in rows] == [body["id"]]
    answer = client.post(
        f"{listed}{body['id']}/withdraw/", {"reason": "No"}, content_type="application/json"
    )
    assert answer.json()["is_withdrawn"] is True


@pytest.mark.parametrize("who", ["teammate", "stranger", "auditor", "controller"])
def test_the_api_refuses_others(people: People, account: Account, who: str) -> None:
    answer = client_of(getattr(people, who)).post(
        reverse("api:portrait-statement-list"),
        {"account": account.pk, "heading": "origin", "text": "A"},
        content_type="application/json",
    )
    assert answer.status_code in {400, 404, 422}
    assert PortraitStatement.objects.count() == 0
