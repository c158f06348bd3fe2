"""The contact log's writes: logging, changing in time, correcting later, taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from accounts.services import tree
from interactions.choices import Direction, InteractionSource
from interactions.models import Colleague, Interaction, Note, Participant
from interactions.models.triggers import REWRITE_SETTING
from interactions.services import becoming, problems
from interactions.services.becoming import NOTHING_MORE, Wish
from interactions.services.problems import EARLIEST
from kam.core.clock import organisation_zone
from kam.core.problems import RefusedError, explained
from kam.core.rewriting import rewriting
from kam.identity.models import User


@dataclass(frozen=True, kw_only=True)
class Said:
    """One typed note of a contact."""

    kind: str
    text: str
    position: Position | None = None
    wish: Wish = NOTHING_MORE


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What somebody tells of a contact.

    `participants` are theirs, by the place held on that day, with sentiment of -2 to +2 or None;
    `colleagues` are those of ours besides the author, who is always one.
    """

    account: Account
    kind: str
    occurred_at: datetime
    summary: str
    direction: str = Direction.TWO_WAY
    text: str = ""
    minutes: int | None = None
    place: Account | None = None
    is_confidential: bool = False
    participants: Mapping[Position, int | None] = field(default_factory=dict)
    colleagues: Sequence[User] = ()
    notes: Sequence[Said] = ()
    source: str = InteractionSource.TYPED
    source_key: str = ""


def rewriting_contacts() -> AbstractContextManager[None]:
    """Inside a transaction: let contacts follow merged accounts and people, or go.

    The one way past the database's refusal; merges, undone imports and clearing the demo use it.
    """
    return rewriting(REWRITE_SETTING)


@explained()
@transaction.atomic
def log_contact(*, contact: Contact, author: User, now: datetime) -> Interaction:
    """Log a contact with its participants and notes. All or nothing.

    Raises FutureContactError and TooEarlyError for its time, NotThereError for somebody who did
    not stand at this customer that day, LoggedAlreadyError for a source key known already,
    RefusedError without a summary, for a place of another customer, and for a merged account.
    A note that is to become something at once does so here, or nothing is logged.
    """
    tree.refuse_merged(contact.account)
    check_time(contact.occurred_at, now)
    row = Interaction(author=author, source=contact.source, source_key=contact.source_key)
    set_facts(row, contact)
    row.save()
    _add_people(row, contact, author)
    said = [one for one in contact.notes if one.text.strip()]
    notes = Note.objects.bulk_create(
        Note(interaction=row, kind=one.kind, text=line(one.text), position=one.position)
        for one in said
    )
    for note, one in zip(notes, said, strict=True):
        becoming.fulfil(note, one.wish, by=author, now=now)
    return row


def check_time(occurred_at: datetime, now: datetime) -> None:
    """Refuse what is still to come and what lies out of all reach."""
    if occurred_at > now:
        raise problems.FutureContactError
    if occurred_at < EARLIEST:
        raise problems.TooEarlyError


def set_facts(row: Interaction, contact: Contact) -> None:
    """Put on a row, unsaved, what is told of a contact; people and notes apart."""
    row.account, row.kind, row.direction = contact.account, contact.kind, contact.direction
    row.occurred_at = contact.occurred_at
    row.occurred_on = contact.occurred_at.astimezone(organisation_zone()).date()
    row.minutes, row.place = contact.minutes, _checked_place(contact)
    row.summary, row.text = line(contact.summary)[:300], contact.text.strip()
    row.is_confidential = contact.is_confidential
    if not row.summary:
        raise RefusedError(_("Say in one line what it was about."), field="summary")


def _checked_place(contact: Contact) -> Account | None:
    place = contact.place
    if place is not None and place.current_group_id != contact.account.current_group_id:
        raise RefusedError(_("This place belongs to another customer."), field="place")
    return place


def _add_people(row: Interaction, contact: Contact, author: User) -> None:
    Participant.objects.bulk_create(
        Participant(interaction=row, position=position, sentiment=sentiment)
        for position, sentiment in contact.participants.items()
    )
    ours = {user.pk: user for user in (author, *contact.colleagues)}
    Colleague.objects.bulk_create(Colleague(interaction=row, user=user) for user in ours.values())


def line(text: str) -> str:
    """One line of words, without blanks too many."""
    return " ".join(text.split())
