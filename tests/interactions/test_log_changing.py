"""A contact after it was logged: changed in time, corrected later, taken back, grown out of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account, Person, Position
from interactions.models import Correction, Interaction, Need, Note
from interactions.services import becoming, changing, problems
from interactions.services.becoming import Wish
from interactions.services.log import Contact, Said, log_contact
from kam.core.problems import RefusedError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.interactions import NOW, make_contact
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = date(2026, 6, 30)


def contact_of(account: Account, **facts: object) -> Contact:
    start = Contact(account=account, kind="visit", occurred_at=AT, summary="Spring range")
    return replace(start, **facts)  # type: ignore[arg-type]


def logged(account: Account, author: User, **facts: object) -> Interaction:
    return log_contact(contact=contact_of(account, **facts), author=author, now=NOW)


def test_its_author_changes_a_contact_in_time(people: People) -> None:
    account = make_account(lead=people.owner)
    first, second = make_position(account=account), make_position(account=account)
    row = logged(account, people.owner, participants={first: 1}, colleagues=[people.teammate])
    later = contact_of(
        account, summary="Autumn range", participants={first: 2, second: None}, minutes=30,
        occurred_at=AT - timedelta(days=3),
    )  # fmt: skip
    now = row.created_at + timedelta(hours=24)
    changing.change_contact(interaction=row, contact=later, author=people.owner, now=now)
    row.refresh_from_db()
    assert (row.summary, row.minutes, row.occurred_on) == ("Autumn range", 30, date(2026, 6, 12))
    moods = dict(row.participants.values_list("position", "sentiment"))
    assert moods == {first.pk: 2, second.pk: None}
    assert [one.user_id for one in row.colleagues.all()] == [people.owner.pk]
    for author, at in ((people.owner, now + timedelta(seconds=1)), (people.teammate, now)):
        with pytest.raises(problems.TimeIsUpError):
            changing.change_contact(interaction=row, contact=later, author=author, now=at)


def test_a_correction_keeps_what_was_said(people: People) -> None:
    account = make_account(lead=people.owner)
    gone = make_position(account=account, until=date(2026, 6, 20), name="Anna Ahti")
    row = logged(account, people.owner, participants={gone: -1})
    later = contact_of(account, participants={}, occurred_at=AT + timedelta(days=10))
    for why, facts, code in (("", later, "refused"), ("Same", contact_of(
        account, participants={gone: -1}), "unchanged")):  # fmt: skip
        with pytest.raises(RefusedError) as refused:
            changing.correct_contact(
                interaction=row, contact=facts, why=why, author=people.owner, now=NOW
            )
        assert refused.value.code == code
    changing.correct_contact(
        interaction=row, contact=later, why="Wrong  week", author=people.owner, now=NOW
    )
    kept = Correction.objects.get()
    assert (kept.why, kept.before["occurred_at"]) == ("Wrong week", "2026-06-15T12:00:00+00:00")
    assert kept.before["participants"] == [
        {"position": gone.pk, "name": "Anna Ahti", "sentiment": -1}
    ]
    for act in (lambda: Correction.objects.update(why="x"), Correction.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_contact_is_taken_back_unless_something_grew(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_contact(account=account, author=people.owner, notes=[("need", "Crates")])
    for by, now in ((people.teammate, timezone.now()), (people.owner, NOW + timedelta(days=999))):
        with pytest.raises(problems.TimeIsUpError):
            changing.take_back(interaction=row, by=by, now=now)
    need = becoming.become_need(note=row.notes.get(), by=people.owner)
    with pytest.raises(problems.GrewError):
        changing.take_back(interaction=row, by=people.owner, now=timezone.now())
    with pytest.raises(problems.GrewError):
        changing.remove_note(note=row.notes.get(), by=people.owner, now=timezone.now())
    need.delete()
    changing.take_back(interaction=row, by=people.owner, now=timezone.now())
    assert not Interaction.objects.exists()
    assert not Note.objects.exists()


def test_a_note_becomes_what_it_is_once(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account, name="Anna Ahti")
    kinds = ("need", "promise", "competitor", "price")
    row = make_contact(
        account=account,
        author=people.owner,
        participants=[buyer],
        notes=[(kind, f"About {kind}") for kind in kinds],
    )
    notes = {note.kind: note for note in row.notes.all()}
    by = people.owner
    acts: dict[str, Callable[[], object]] = {
        "need": lambda: becoming.become_need(note=notes["need"], by=by, importance=5),
        "promise": lambda: becoming.become_promise(
            note=notes["promise"], by=by, side="theirs", as_of=TODAY
        ),
        "competitor": lambda: becoming.become_move(
            note=notes["competitor"], by=by, competitor=" Valio ", as_of=TODAY
        ),
        "price": lambda: becoming.become_price(
            note=notes["price"], by=by, competitor="Valio", as_of=TODAY, product="Milk",
            terms="2 for 1",
        ),
        "task": lambda: becoming.become_task(note=notes["need"], by=by, due_on=TODAY),
    }  # fmt: skip
    made = {name: act() for name, act in acts.items()}
    for act in acts.values():
        with pytest.raises(problems.AlreadyBecameError):
            act()
    grown = {note.kind: note.became for note in changing.notes_of(row)}
    assert grown == {
        "need": [made["need"], made["task"]],
        "promise": [made["promise"]],
        "competitor": [made["competitor"]],
        "price": [made["price"]],
    }
    promise, move, price = grown["promise"][0], grown["competitor"][0], grown["price"][0]
    assert (promise.position, promise.due_on) == (buyer, date(2026, 6, 29))  # type: ignore[attr-defined]
    assert move.competitor == price.competitor  # type: ignore[attr-defined]
    assert price.seen_where == account.name  # type: ignore[attr-defined]


def test_notes_grow_as_they_are_logged_or_nothing_is_logged(people: People) -> None:
    account = make_account(lead=people.owner)
    wishes = [
        Said(kind="need", text="Crates", wish=Wish(keep=True, importance=4)),
        Said(kind="market", text="Grows", wish=Wish(keep=True, follow_up_on=TODAY)),
        Said(kind="promise", text="Samples", wish=Wish(keep=True, due_on=TODAY)),
        Said(kind="competitor", text="New line", wish=Wish(keep=True)),
    ]
    row = logged(account, people.owner, notes=wishes)
    grown = [len(note.became) for note in changing.notes_of(row)]
    assert grown == [1, 1, 1, 0]
    assert Need.objects.get().importance == 4
    theirs = Said(kind="promise", text="Figures", wish=Wish(keep=True, side="theirs"))
    with pytest.raises(RefusedError) as refused:
        logged(account, people.owner, notes=[theirs])
    assert refused.value.field == "position"
    assert Interaction.objects.count() == 1


def test_merged_accounts_and_people_take_their_needs_along(people: People) -> None:
    from accounts.services.merging import merge_accounts
    from accounts.services.people_merging import merge_people

    keep, drop = make_account(), make_account()
    one, two = make_position(account=drop), make_position(account=drop)
    row = make_contact(account=drop, participants=[two], notes=[("need", "Crates")])
    Note.objects.update(position=two)
    need = becoming.become_need(note=row.notes.get(), by=people.owner)
    merge_people(keep=_person(one), drop=_person(two))
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    need.refresh_from_db()
    assert need.account == keep
    assert need.voiced_by is not None
    assert need.voiced_by.person == one.person


def _person(position: Position) -> Person:
    assert position.person is not None
    return position.person
