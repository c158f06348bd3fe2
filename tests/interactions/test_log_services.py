"""Logging a contact: all or nothing, with people who were there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts.services.people_merging import merge_people
from interactions.models import Colleague, Interaction, Note, Participant
from interactions.services import problems
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.interactions import NOW, make_contact
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db


def test_a_contact_is_logged_with_its_people_and_notes(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account)
    row = make_contact(
        account=account,
        author=people.owner,
        participants={buyer: 1},
        colleagues=[people.teammate, people.owner],
        notes=[("need", "  Smaller   crates "), ("concern", " ")],
    )
    assert row.occurred_on == date(2026, 6, 15)
    assert list(row.participants.values_list("position", "sentiment")) == [(buyer.pk, 1)]
    assert set(row.colleagues.values_list("user", flat=True)) == {
        people.owner.pk,
        people.teammate.pk,
    }
    assert list(row.notes.values_list("kind", "text")) == [("need", "Smaller crates")]


def test_the_day_is_that_of_the_organisation() -> None:
    late = datetime.fromisoformat("2026-06-15T22:30:00+00:00")
    assert make_contact(at=late).occurred_on == date(2026, 6, 16)


def test_who_was_not_there_takes_no_part() -> None:
    account, other = make_account(), make_account()
    gone = make_position(account=account, until=date(2026, 6, 15))
    stranger = make_position(account=other)
    nobody = make_position(account=account, is_placeholder=True)
    for position in (gone, stranger, nobody):
        with pytest.raises(problems.NotThereError) as refused:
            make_contact(account=account, participants=[position])
        assert refused.value.field == "participants"
    assert Interaction.objects.count() == 0


def test_people_of_the_whole_group_may_take_part() -> None:
    group = make_account()
    store = make_account(parent=group)
    buyer = make_position(account=group)
    row = make_contact(account=store, participants=[buyer], place=group)
    assert row.participants.get().position == buyer


def test_refusals_name_their_field() -> None:
    cases = [
        ({"at": NOW + timedelta(minutes=1)}, "occurred_at"),
        ({"at": datetime.fromisoformat("1989-12-31T23:00:00+00:00")}, "occurred_at"),
        ({"summary": "  "}, "summary"),
        ({"place": make_account()}, "place"),
    ]
    for facts, field in cases:
        with pytest.raises(RefusedError) as refused:
            make_contact(**facts)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert Interaction.objects.count() == 0


def test_the_database_refuses_what_the_form_refuses() -> None:
    account = make_account()
    row = make_contact(account=account, participants=[make_position(account=account)])
    stranger = make_position(account=make_account())
    acts: list[Callable[[], object]] = [
        lambda: Participant.objects.create(interaction=row, position=stranger),
        lambda: Interaction.objects.filter(pk=row.pk).update(occurred_on=date(1950, 1, 1)),
        lambda: Interaction.objects.filter(pk=row.pk).update(minutes=0),
        lambda: Interaction.objects.filter(pk=row.pk).update(summary=""),
        lambda: Interaction.objects.filter(pk=row.pk).update(kind="fax"),
    ]
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_who_reads_a_contact(people: People) -> None:
    account = make_account(lead=people.owner)
    plain = make_contact(account=account, author=people.owner)
    secret = make_contact(account=account, author=people.owner, is_confidential=True)
    by_other = make_contact(account=account, author=people.stranger, is_confidential=True)
    seen = {
        user: set(Interaction.objects.visible_to(user))
        for user in (people.owner, people.teammate, people.stranger)
    }
    assert seen[people.owner] == {plain, secret, by_other}
    assert seen[people.teammate] == {plain}
    assert seen[people.stranger] == {by_other}
    assert not Interaction.objects.visible_to(AnonymousUser()).exists()


def test_merged_people_took_part_once() -> None:
    account = make_account()
    one, two = make_position(account=account), make_position(account=account)
    row = make_contact(account=account, participants={one: 2, two: None})
    other = make_contact(account=account, participants=[two])
    assert one.person is not None
    assert two.person is not None
    merge_people(keep=one.person, drop=two.person)
    assert [p.position_id for p in row.participants.all()] == [one.pk]
    assert [p.position_id for p in other.participants.all()] == [one.pk]
    assert Note.objects.count() == 0
    assert Colleague.objects.count() == 2
