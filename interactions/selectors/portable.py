"""Contacts and needs as files; contacts in the layout that their import reads again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import AccountIdentifier
from interactions.models import Interaction
from interactions.selectors.log import contacts_for
from kam.identity.models import User

CONTACTS = [
    "account",
    "date",
    "kind",
    "direction",
    "minutes",
    "people",
    "colleague",
    "summary",
    "text",
    "place",
    "confidential",
    "key",
]
CHUNK = 1000


def contact_rows(user: User) -> Iterator[list[Any]]:
    """Contacts that the user may read, the oldest first.

    An account by its first identifier, else by its name; people by address, else by name.
    """
    known = AccountIdentifier.objects.order_by("pk").values("value")
    rows = contacts_for(user).annotate(
        account_value=Subquery(known.filter(account=OuterRef("account"))[:1]),
        place_value=Subquery(known.filter(account=OuterRef("place"))[:1]),
    )
    for row in rows.order_by("occurred_at", "pk").iterator(chunk_size=CHUNK):
        yield _record(row)


def _record(row: Any) -> list[Any]:
    local = timezone.localtime(row.occurred_at)
    return [
        row.account_value or row.account.name,
        local.strftime("%Y-%m-%d %H:%M"),
        row.kind,
        row.direction,
        row.minutes,
        "; ".join(_person(one.position.person) for one in row.participants.all()),
        row.author.email,
        row.summary,
        row.text,
        (row.place_value or row.place.name) if row.place else "",
        "yes" if row.is_confidential else "no",
        key_of(row),
    ]


def key_of(row: Interaction) -> str:
    """What a line of a file is known by: its own key, else one made of the contact's number."""
    return row.source_key if row.source == "import" and row.source_key else f"kam-{row.pk}"


def _person(person: Any) -> str:
    return person.email or person.name if person is not None else ""
