"""A history of contacts on its way in, out and back again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import PersonIdentifier
from interactions.models import Interaction
from interactions.selectors.portable import CONTACTS, contact_rows
from kam.imports.services import undoing
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, Sent, csv_text, send
from tests.factories.interactions import make_contact
from tests.factories.people import make_person, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def customer(people: People) -> Any:
    group = make_account(name="Group", external_id="C-1", lead=people.owner)
    make_account(name="Store 7", parent=group, kind="store")
    make_position(account=group, person=make_person(name="Anna Ahti", email="anna@x.example"))
    bo = make_position(account=group, name="Bo Berg", until=date(2026, 1, 1))
    assert bo.person is not None
    PersonIdentifier.objects.create(person=bo.person, system="crm", value="P-9")
    make_position(account=make_account(name="Other"), name="Cai Chen")
    return group


def row(**values: Any) -> list[Any]:
    facts = {
        "account": "C-1", "date": "2025-03-02 14:30", "kind": "Phone call", "people": "Anna Ahti",
        "summary": "Spring range", "key": "1", "colleague": "owner@kam.test",
    }  # fmt: skip
    return [{**facts, **values}.get(column) for column in CONTACTS]


def sent(*rows: list[Any]) -> Sent:
    return send("contacts", csv_text(CONTACTS, *rows))


def test_contacts_come_once_change_and_go(people: People) -> None:
    full = row(
        people="anna@x.example; P-9", colleague=people.owner.email, minutes="45", text="Long",
        place="Store 7", direction="in", confidential="yes",
    )  # fmt: skip
    first = sent(full, row(key="2", date="2025-06-01", kind="mail"), full)
    assert first.counts == (2, 0, 1, 0)
    contact = Interaction.objects.get(source_key__endswith=":1")
    assert contact.occurred_at.isoformat() == "2025-03-02T12:30:00+00:00"
    assert (contact.kind, contact.direction, contact.minutes) == ("call", "inbound", 45)
    assert (contact.author, contact.is_confidential) == (people.owner, True)
    assert contact.participants.count() == 2
    assert Interaction.objects.get(kind="email").direction == "outbound"
    again = sent(full, row(key="2", date="2025-06-01", kind="mail"))
    assert again.counts == (0, 0, 2, 0)
    changed = sent(row(people="Bo Berg", summary="Autumn"))
    assert changed.counts == (0, 1, 0, 0)
    contact.refresh_from_db()
    assert (contact.summary, contact.participants.count()) == ("Autumn", 1)
    undoing.undo(batch_id=changed.batch.pk, as_of=TODAY)
    contact.refresh_from_db()
    assert (contact.summary, contact.participants.count()) == ("Spring range", 2)
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert not Interaction.objects.exists()


def test_what_cannot_be_is_told_line_by_line() -> None:
    cases: dict[str, dict[str, Any]] = {
        "contact in the future": {"date": "2100-01-01"},
        "contact too early": {"date": "1989-12-31"},
        "unknown person": {"people": "Nobody Known"},
        "person not there": {"people": "Cai Chen"},
        "unknown account": {"account": "C-99"},
        "unknown colleague": {"colleague": "x@nowhere.example"},
        "unknown place": {"place": "Nowhere"},
        "place of another customer": {"place": "Other"},
        "minutes of no day": {"minutes": "1441"},
        "unknown: kind": {"kind": "fax"},
        "nobody of ours": {"colleague": None},
        "no time of day": {"date": "2025-03-02 25:00"},
    }
    rows = [row(key=str(n), **facts) for n, facts in enumerate(cases.values())]
    late = row(key="late", people="Bo Berg", date="2026-02-01")
    made = sent(*rows, late)
    assert made.counts == (0, 0, 0, len(cases) + 1)
    found = dict(made.reasons)
    assert found == {**dict.fromkeys(cases, 1), "person not there": 2}
    assert not Interaction.objects.exists()


def test_the_file_of_the_log_is_read_again(people: People) -> None:
    from accounts.models import Account, Position

    group = Account.objects.get(name="Group")
    anna = Position.objects.get(person__name="Anna Ahti")
    make_contact(
        account=group, author=people.owner, participants=[anna], minutes=30, text="=1+1",
        place=Account.objects.get(name="Store 7"),
    )  # fmt: skip
    sent(row())
    rows = list(contact_rows(people.administrator))
    assert len(rows) == 2
    again = sent(*rows)
    assert again.counts == (0, 0, 2, 0)
    Interaction.objects.all().delete()
    assert sent(*rows).counts == (2, 0, 0, 0)
