"""Telling people: once each, whoever may know it, in their language."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from kam.core.models import JobRun
from kam.notifications.choices import Mail
from kam.notifications.models import Notification, Preference
from kam.notifications.registry import UnknownKindError
from kam.notifications.services import Telling, notify, notify_each
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.notifications import NOON, make_notification
from tests.races import at_once

pytestmark = pytest.mark.django_db


def tell(*users: Any, kind: str = "test.probe", dedupe: str = "a", **more: Any) -> int:
    values: dict[str, Any] = {"url": "/accounts/", "params": {"name": "Kesko"}, **more}
    return notify(kind=kind, users=users, dedupe=dedupe, occurred_at=NOON, **values)


def test_each_is_told_once(people: People) -> None:
    assert tell(people.owner, people.teammate, people.owner.pk, None) == 2
    assert tell(people.owner, people.stranger) == 1
    assert tell(people.owner, dedupe="b") == 1
    assert tell(people.owner, kind="test.own") == 1
    rows = Notification.objects.filter(user=people.owner).values_list("kind", "dedupe")
    assert sorted(rows) == [("test.own", "a"), ("test.probe", "a"), ("test.probe", "b")]


def test_who_is_not_told(people: People) -> None:
    gone = make_user(is_active=False)
    Preference.objects.create(
        user=people.stranger, kind="test.probe", in_app=False, mail=Mail.NEVER
    )
    assert tell(gone, people.stranger, people.owner, people.teammate, by=people.owner) == 1
    assert [one.user for one in Notification.objects.all()] == [people.teammate]
    assert tell() == 0
    with pytest.raises(UnknownKindError):
        tell(people.owner, kind="test.nothing")


def test_the_ways_that_hold_when_it_comes(people: People) -> None:
    Preference.objects.create(user=people.owner, kind="test.probe", in_app=False, mail="at_once")
    tell(people.owner, people.teammate)
    rows = Notification.objects.order_by("user").values_list("user", "in_app", "mail")
    assert list(rows) == [
        (people.owner.pk, False, "at_once"),
        (people.teammate.pk, True, "digest"),
    ]


def test_what_is_urgent_asks_for_a_mail_in_the_same_transaction(people: People) -> None:
    tell(people.owner)
    assert not JobRun.objects.exists()
    tell(people.owner, people.teammate, kind="test.urgent")
    tell(people.stranger, kind="test.urgent")
    assert [run.name for run in JobRun.objects.all()] == ["notifications.send_mails"]


def test_it_speaks_the_readers_language(people: People) -> None:
    one = make_notification(user=people.owner, account=make_account(name="Kesko"))
    assert str(one) == "Account: Kesko"
    with translation.override("fi"):
        assert str(Notification.objects.get()) == "Asiakkuus: Kesko"
    one.params = {}
    assert Notification(kind="test.probe", params={}).title == "Probes"


def test_what_one_lost_sight_of_is_hidden(people: People) -> None:
    account = make_account(lead=people.owner)
    for user in (people.owner, people.stranger):
        make_notification(user=user, account=account)
        make_notification(user=user, account=account, kind="test.own")
    Notification.objects.create(user=people.owner, kind="gone", url="/", occurred_at=NOON)
    seen = Notification.objects.visible_to
    assert sorted(one.kind for one in seen(people.owner)) == ["test.own", "test.probe"]
    assert [one.kind for one in seen(people.stranger)] == ["test.own"]
    assert not seen(people.administrator).exists()


def test_the_database_refuses(people: People) -> None:
    for fields in ({"url": "https://evil.example"}, {"url": "//evil.example"}, {"mail": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_notification(user=people.owner, account=make_account(), **fields)


def test_many_are_told_in_a_constant_number_of_statements(
    people: People, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # savepoint, insert, release
        told = notify_each(
            kind="test.probe",
            tellings=[
                Telling(user_id=user.pk, url="/accounts/", dedupe=f"{number}")
                for number in range(500)
                for user in (people.owner, people.teammate)
            ],
            occurred_at=NOON,
        )
    assert told == 1000


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_tell_once() -> None:
    users = [make_user() for _ in range(3)]
    told: list[int] = []

    def run() -> None:
        told.extend(tell(*users, dedupe=dedupe) for dedupe in "abc")

    assert at_once(run, run) == [None, None]
    assert sum(told) == 9
    assert Notification.objects.count() == 9
