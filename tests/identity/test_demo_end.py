"""Clearing the demo company: nobody keeps a password that everybody knows."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.demo.people import PASSWORD as KNOWN
from accounts.demo.people import PEOPLE
from kam.core.models import Organisation
from kam.identity.choices import Role
from kam.identity.models import User
from tests.conftest import People, client_of
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db
URL = "/settings/demo/clear/"
CLAIM = {
    "full_name": "Ada Aalto",
    "email": "ada@kam.test",
    "password": "a long enough secret",
    "repeated": "a long enough secret",
}


@pytest.fixture
def boss() -> User:
    """The demo's administrator, in a demo that has no more than its people."""
    Organisation.objects.update(is_demo=True, name="Revonniitty Foods")
    users = [
        User.objects.create_user(p.email, KNOWN, full_name=p.name, roles=[str(p.role)])
        for p in PEOPLE
    ]
    return next(user for user in users if Role.ADMINISTRATOR in user.roles)


def is_demo() -> bool:
    return Organisation.objects.get().is_demo


def test_only_an_administrator_and_only_the_demo(people: People, boss: User) -> None:
    for user in (people.owner, people.director, people.controller, people.auditor):
        assert client_of(user).get(URL).status_code == 404
        assert client_of(user).post(URL, CLAIM).status_code == 404
    assert is_demo()
    Organisation.objects.update(is_demo=False)
    assert client_of(boss).get(URL).status_code == 404
    assert client_of(boss).post(URL, CLAIM).status_code == 404


def test_a_person_of_the_demo_becomes_a_real_one(boss: User) -> None:
    client, other = client_of(boss), client_of(boss)
    assert list(client.get(URL).context["form"].fields) == [
        "full_name",
        "email",
        "password",
        "repeated",
    ]
    page: Any = client.post(URL, {})
    assert (page.status_code, is_demo()) == (422, True)
    answer = client.post(URL, CLAIM)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/organisation/")
    user = User.objects.get()
    assert (user.pk, user.email, user.full_name) == (boss.pk, "ada@kam.test", "Ada Aalto")
    assert user.check_password("a long enough secret")
    assert not is_demo()
    assert client.get("/settings/organisation/").status_code == 200
    assert other.get("/profile/").status_code == 302
    assert Client().get("/sign-in/").context["people"] == []


def test_a_real_administrator_confirms_alone(people: People, boss: User) -> None:
    client = client_of(people.administrator)
    assert list(client.get(URL).context["form"].fields) == []
    assert client.post(URL, {}).status_code == 302
    assert not is_demo()
    emails = set(User.objects.values_list("email", flat=True))
    assert "admin@kam.test" in emails
    assert "owner@kam.test" in emails
    assert not any(email.endswith("revonniitty.example") for email in emails)


def test_what_was_added_goes_only_when_said_so(people: People, boss: User) -> None:
    make_account(name="Ours")
    client = client_of(people.administrator)
    page: Any = client.get(URL)
    assert "Added since: 1 accounts" in page.content.decode()
    page = client.post(URL, {})
    assert (page.status_code, is_demo()) == (422, True)
    assert client.post(URL, {"added": "on"}).status_code == 302
    assert not is_demo()


def test_a_taken_address_changes_nothing(people: People, boss: User) -> None:
    page: Any = client_of(boss).post(URL, CLAIM | {"email": "owner@kam.test"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["email"])
    assert is_demo()
    assert User.objects.filter(pk=boss.pk, email=boss.email).exists()
