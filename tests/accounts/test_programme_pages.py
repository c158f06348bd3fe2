"""Pages and API of programmes: who may what, choosing, comparing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, ProgrammeElement, ProgrammeItem
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.known import make_element, make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
ALL = dict.fromkeys(ROLES, 200)
NONE = dict.fromkeys(ROLES, 404)
READS = {**ALL, "stranger": 404}
WRITES = {**NONE, "owner": 200, "director": 200, "administrator": 200}
CONFIGURES = {**NONE, "director": 200, "administrator": 200}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("programme-list", ALL),
        ("element-list", ALL),
        ("programme", READS),
        ("panel-programme", READS),
        ("item-create", WRITES),
        ("item-edit", WRITES),
        ("item-end", WRITES),
        ("item-delete", WRITES),
        ("element-create", CONFIGURES),
        ("element-edit", CONFIGURES),
    ],
)
def test_who_may_open_which_page(
    people: People, account: Account, name: str, expected: dict[str, int]
) -> None:
    row = make_item(account=account, switching=3, cost="10", worth="20")
    args: dict[str, tuple[Any, ...]] = {
        "programme-list": (),
        "element-list": (),
        "element-create": (),
        "element-edit": (row.element_id,),
        "programme": (account.pk,),
        "panel-programme": (account.pk,),
        "item-create": (account.pk,),
    }
    address = url(name, *args.get(name, (row.pk,)))
    found = {who: client_of(getattr(people, who)).get(address).status_code for who in ROLES}
    assert found == expected


@pytest.mark.parametrize("who", ["teammate", "stranger", "controller", "auditor"])
def test_a_refusal_changes_nothing(people: People, account: Account, who: str) -> None:
    row = make_item(account=account)
    client = client_of(getattr(people, who))
    sent = {"element": make_element().pk, "currency": "EUR"}
    for address in (
        url("item-create", account.pk),
        url("item-edit", row.pk),
        url("item-end", row.pk),
        url("item-delete", row.pk),
    ):
        assert client.post(address, sent).status_code == 404
    assert list(ProgrammeItem.objects.values_list("pk", "updated_at")) == [(row.pk, row.updated_at)]


def test_choosing_rating_and_ending(people: People, account: Account) -> None:
    client, element = client_of(people.owner), make_element(name="Own cartons")
    address = url("item-create", account.pk)
    sent = {"element": element.pk, "currency": "EUR", "switching": "4", "cost": "1200"}
    assert client.post(address, sent).status_code == 422
    answer = client.post(address, {**sent, "switching_evidence": "Their line is set for it"})
    assert answer.status_code == 302
    row = ProgrammeItem.objects.get()
    page = client.get(url("programme", account.pk)).content.decode()
    assert "Own cartons" in page
    assert "40" in page
    answer = client.post(url("item-end", row.pk), {"on": "2999-01-01"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.valid.upper.year == 2999
    assert client.post(url("item-delete", row.pk)).status_code == 302
    assert ProgrammeItem.objects.count() == 0


def test_the_company_share_is_not_shown_to_others(people: People, account: Account) -> None:
    make_item(account=account, switching=3)
    for who, sees in (("owner", False), ("director", True), ("auditor", True)):
        page = client_of(getattr(people, who)).get(url("programme-list")).content.decode()
        assert ("Of our revenue" in page) is sees, who


def test_pages_need_the_same_statements_at_any_size(people: People, account: Account) -> None:
    client = client_of(people.owner)
    addresses = [
        url("programme-list"),
        url("programme", account.pk),
        url("panel-programme", account.pk),
        url("element-list"),
    ]

    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    make_item(account=account, switching=3, cost="4")
    for address in addresses:
        client.get(address)
    make_item(account=account)  # by the hand of who asked last, as those below
    one = [counted(address) for address in addresses]
    make_item(account=account, switching=2)
    make_item(account=make_account(lead=people.owner), cost="9", worth="3")
    assert [counted(address) for address in addresses] == one


def test_elements_are_kept_in_the_catalogue(people: People) -> None:
    client = client_of(people.director)
    sent = {"name": "Shelf robots", "is_active": "on", "place": "7"}
    assert client.post(url("element-create"), sent).status_code == 302
    row = ProgrammeElement.objects.get(name="Shelf robots")
    assert client.post(url("element-edit", row.pk), {**sent, "name": ""}).status_code == 422
    sent = {"name": "Shelf robots", "place": "7"}
    assert client.post(url("element-edit", row.pk), sent).status_code == 302
    row.refresh_from_db()
    assert row.is_active is False


# API


def test_the_api_keeps_items_and_says_the_barrier(people: People, account: Account) -> None:
    client, element = client_of(people.owner), make_element()
    listed = reverse("api:programme-item-list")
    body = {
        "account": account.pk,
        "element": element.pk,
        "currency": "EUR",
        "cost": "1200",
        "switching": 4,
        "switching_evidence": "A year of work",
    }
    answer = client.post(listed, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    found = client.get(reverse("api:exit-barrier", args=[account.pk])).json()
    assert (found["score"], found["confidence"], found["revenue_share"]) == ("40.0000", 1.0, None)
    assert found["parts"] == [{"item": answer.json()["id"], "rating": 4, "points": "40.0000"}]
    address = reverse("api:programme-item-detail", args=[answer.json()["id"]])
    body = {"account": account.pk, "element": element.pk, "currency": "EUR"}
    answer = client.put(address, body, content_type="application/json")
    assert answer.json()["switching"] is None
    assert client.delete(address).status_code == 204


def test_the_api_changes_nothing_for_others(people: People, account: Account) -> None:
    row = make_item(account=account)
    address = reverse("api:programme-item-detail", args=[row.pk])
    for who in ("teammate", "stranger", "controller", "auditor"):
        client = client_of(getattr(people, who))
        assert client.delete(address).status_code == 404
        barrier = client.get(reverse("api:exit-barrier", args=[account.pk]))
        assert barrier.status_code == (404 if who == "stranger" else 200)
        element = {"name": "x"}
        answer = client.post(
            reverse("api:programme-element-list"), element, content_type="application/json"
        )
        assert answer.status_code == 404
    assert ProgrammeItem.objects.count() == 1
