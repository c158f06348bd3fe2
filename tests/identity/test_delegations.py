"""Absences: who stands in for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from psycopg.types.range import DateRange

from kam.identity.models import Delegation, User
from kam.identity.services.delegations import (
    EmptyPeriodError,
    NobodyToStandInError,
    OverlappingDelegationError,
    delegate,
    end_delegation,
)
from tests.conftest import People, client_of
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def period(first: date, days: int) -> DateRange:
    return DateRange(first, first + timedelta(days=days))


def fresh(user: User) -> User:
    """The user as the next request reads it."""
    return User.objects.get(pk=user.pk)


def test_scope_follows_the_delegation_by_the_day(people: People) -> None:
    today = timezone.localdate()
    assert people.owner.pk not in fresh(people.stranger).scope_user_ids()
    delegation = delegate(
        from_user=people.owner, to_user=people.stranger, valid=period(today, 1), reason="Holidays"
    )
    stranger = fresh(people.stranger)
    assert people.owner.pk in stranger.scope_user_ids()
    assert people.teammate.pk not in stranger.scope_user_ids()
    assert stranger.acting_user_ids() == [stranger.pk, people.owner.pk]
    assert delegation.last_day == today
    Delegation.objects.update(valid=period(today + DAY, 5))
    assert people.owner.pk not in fresh(people.stranger).scope_user_ids()
    Delegation.objects.update(valid=period(today - 5 * DAY, 5))
    assert people.owner.pk not in fresh(people.stranger).scope_user_ids()


def test_what_cannot_be(people: People) -> None:
    day, gone = date(2026, 12, 1), make_user(is_active=False)
    for to_user in (people.owner, gone):
        with pytest.raises(NobodyToStandInError):
            delegate(from_user=people.owner, to_user=to_user, valid=period(day, 1))
    for valid in (period(day, 0), DateRange(day, None), DateRange(None, day)):
        with pytest.raises(EmptyPeriodError):
            delegate(from_user=people.owner, to_user=people.stranger, valid=valid)
    delegate(from_user=people.owner, to_user=people.stranger, valid=period(day, 10))
    with pytest.raises(OverlappingDelegationError):
        delegate(from_user=people.owner, to_user=people.stranger, valid=period(day + 9 * DAY, 3))
    delegate(from_user=people.owner, to_user=people.stranger, valid=period(day + 10 * DAY, 3))
    delegate(from_user=people.owner, to_user=people.teammate, valid=period(day, 10))


def test_ending_keeps_what_was(people: People) -> None:
    today = date(2026, 12, 5)

    def left(first: date, days: int) -> list[DateRange]:
        Delegation.objects.all().delete()
        row = delegate(from_user=people.owner, to_user=people.stranger, valid=period(first, days))
        end_delegation(delegation=row, today=today)
        return [each.valid for each in Delegation.objects.all()]

    assert left(today - 3 * DAY, 10) == [DateRange(today - 3 * DAY, today)]
    assert left(today, 10) == []
    assert left(today + DAY, 10) == []
    assert left(today - 9 * DAY, 5) == [DateRange(today - 9 * DAY, today - 4 * DAY)]


def test_one_plans_and_ends_ones_own_absence(people: People) -> None:
    client = client_of(people.owner)
    data = {
        "to_user": people.stranger.pk,
        "first_day": "2099-12-01",
        "last_day": "2099-12-10",
        "reason": "Holidays",
    }
    assert client.post("/profile/absences/new/", data)["Location"] == "/profile/"
    delegation = Delegation.objects.get()
    assert delegation.valid == DateRange(date(2099, 12, 1), date(2099, 12, 11))
    assert (delegation.from_user, delegation.to_user) == (people.owner, people.stranger)
    page = client.post("/profile/absences/new/", data | {"last_day": "2099-11-30"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["last_day"])
    page = client.post("/profile/absences/new/", data)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["first_day"])
    page = client.post("/profile/absences/new/", data | {"to_user": people.owner.pk})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["to_user"])
    url = f"/absences/{delegation.pk}/end/"
    for other in (people.stranger, people.teammate, people.director, people.auditor):
        assert client_of(other).get(url).status_code == 404
        assert client_of(other).post(url).status_code == 404
    assert Delegation.objects.count() == 1
    assert client.get(url).status_code == 200
    assert client.post(url)["Location"] == "/profile/"
    assert Delegation.objects.count() == 0


def test_an_administrator_plans_and_ends_anybodys(people: People) -> None:
    client = client_of(people.administrator)
    data = {
        "from_user": people.owner.pk,
        "to_user": people.stranger.pk,
        "first_day": "2099-12-01",
        "last_day": "2099-12-01",
    }
    assert client.post("/settings/absences/new/", data)["Location"] == "/settings/absences/"
    page = client.post("/settings/absences/new/", data | {"to_user": people.owner.pk})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["to_user"])
    listed = client.get("/settings/absences/?on=2099-12-01").context["table"].page.rows
    assert [row.from_user for row in listed] == [people.owner]
    assert client.get("/settings/absences/?on=2099-12-02").context["table"].page.rows == []
    url = f"/absences/{Delegation.objects.get().pk}/end/"
    assert client.post(url)["Location"] == "/settings/absences/"
    assert Delegation.objects.count() == 0
