"""A contact that is changed by its author in time, corrected later, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interactions.models import (
    Colleague,
    Concern,
    Correction,
    Interaction,
    LogSettings,
    Note,
    Participant,
)
from interactions.services import problems
from interactions.services.log import Contact, Said, check_time, line, set_facts
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

EDIT_HOURS = 24


def edit_hours() -> int:
    """How long the author may change a contact."""
    found = LogSettings.objects.values_list("edit_hours", flat=True).first()
    return EDIT_HOURS if found is None else int(found)


def is_in_time(interaction: Interaction, now: datetime, hours: int | None = None) -> bool:
    """Whether a contact was logged so lately that its author may change it."""
    limit = timedelta(hours=edit_hours() if hours is None else hours)
    return now - interaction.created_at <= limit


@explained()
@transaction.atomic
def change_contact(
    *, interaction: Interaction, contact: Contact, author: User, now: datetime
) -> Interaction:
    """Let the author change a contact, while there is time. Its notes have their own acts.

    Raises TimeIsUpError later and for anybody else, and what `log_contact` raises.
    """
    row = _locked(interaction)
    if row.author_id != author.pk or not is_in_time(row, now):
        raise problems.TimeIsUpError
    return _changed(row, contact, now)


@explained()
@transaction.atomic
def correct_contact(
    *, interaction: Interaction, contact: Contact, why: str, author: User, now: datetime
) -> Interaction:
    """Put a contact right at any time; what it said before stays on record with the reason.

    Raises RefusedError without a reason and where nothing changes, else as `log_contact` does.
    """
    row = _locked(interaction)
    before = facts_of(row)
    if not why.strip():
        raise RefusedError(_("Say why it is put right."), field="why")
    row = _changed(row, contact, now)
    if facts_of(row) == before:
        raise RefusedError(_("Nothing was changed."), code="unchanged")
    Correction.objects.create(interaction=row, before=before, why=line(why)[:500], author=author)
    return row


@explained()
@transaction.atomic
def take_back(*, interaction: Interaction, by: User, now: datetime) -> None:
    """Remove a contact that was logged by mistake, with its notes and files.

    Raises TimeIsUpError late and for anybody but the author, and GrewError where something grew
    out of it that others rely on.
    """
    row = _locked(interaction)
    if row.author_id != by.pk or not is_in_time(row, now):
        raise problems.TimeIsUpError
    if any(note.became for note in notes_of(row)):
        raise problems.GrewError
    for kept in row.attachments.all():
        transaction.on_commit(partial(kept.file.storage.delete, kept.file.name or ""))
    row.delete()


@explained()
@transaction.atomic
def add_note(*, interaction: Interaction, said: Said) -> Note:
    """Add what came to mind later. Raises RefusedError for an empty note."""
    text = line(said.text)
    if not text:
        raise RefusedError(_("Say what was heard."), field="text")
    return Note.objects.create(
        interaction=_locked(interaction), kind=said.kind, text=text, position=said.position
    )


@explained()
@transaction.atomic
def remove_note(*, note: Note, by: User, now: datetime) -> None:
    """Remove a note while its author may change the contact.

    Raises TimeIsUpError later, and GrewError when it became something.
    """
    contact = _locked(note.interaction)
    if contact.author_id != by.pk or not is_in_time(contact, now):
        raise problems.TimeIsUpError
    found = next((one for one in notes_of(contact) if one.pk == note.pk), None)
    if found is not None and found.became:
        raise problems.GrewError
    note.delete()


def notes_of(interaction: Interaction) -> list[Note]:
    """The notes of a contact with what they became."""
    rows = interaction.notes.select_related("need", "promise", "move", "price", "task")
    read_along = rows.select_related("position__person").prefetch_related("concerns")
    return list(read_along.order_by("pk"))


def facts_of(row: Interaction) -> dict[str, Any]:
    """What a contact says, as plain values that stay readable when rows go."""
    people = row.participants.select_related("position__person").order_by("position_id")
    ours = row.colleagues.select_related("user").order_by("user_id")
    return {
        "account": {"id": row.account_id, "name": row.account.name},
        "kind": row.kind,
        "direction": row.direction,
        "occurred_at": row.occurred_at.isoformat(),
        "minutes": row.minutes,
        "place": {"id": row.place_id, "name": row.place.name} if row.place else None,
        "summary": row.summary,
        "text": row.text,
        "is_confidential": row.is_confidential,
        "participants": [
            {
                "position": one.position_id,
                "name": one.position.person.name if one.position.person else "",
                "sentiment": one.sentiment,
            }
            for one in people
        ],
        "colleagues": [{"user": one.user_id, "name": one.user.full_name} for one in ours],
    }


def _locked(interaction: Interaction) -> Interaction:
    rows = Interaction.objects.select_for_update(no_key=True, of=("self",))
    found: Interaction = rows.select_related("account", "place").get(pk=interaction.pk)
    return found


def _changed(row: Interaction, contact: Contact, now: datetime) -> Interaction:
    """Who is no more on the list goes first, who is new comes last: the day may move between.

    What becomes confidential takes the concerns raised of it along.
    """
    check_time(contact.occurred_at, now)
    if contact.account.pk != row.account_id and row.notes.exists():
        raise RefusedError(_("A contact with notes stays at its account."), field="account")
    theirs = {position.pk: mood for position, mood in contact.participants.items()}
    row.participants.exclude(position__in=theirs).delete()
    set_facts(row, contact)
    row.save()
    if row.is_confidential:
        of_it = Concern.objects.filter(note__interaction=row, is_confidential=False)
        of_it.update(is_confidential=True, updated_at=now)
    _set_people(row, theirs)
    ours = {user.pk for user in contact.colleagues} | {row.author_id}
    row.colleagues.exclude(user__in=ours).delete()
    there = set(row.colleagues.values_list("user", flat=True))
    Colleague.objects.bulk_create(
        Colleague(interaction=row, user_id=pk) for pk in sorted(ours - there)
    )
    return row


def _set_people(row: Interaction, theirs: dict[int, int | None]) -> None:
    there = {one.position_id: one for one in row.participants.all()}
    for pk, mood in theirs.items():
        if pk in there and there[pk].sentiment != mood:
            there[pk].sentiment = mood
            there[pk].save(update_fields=["sentiment"])
    new = [pk for pk in theirs if pk not in there]
    Participant.objects.bulk_create(
        Participant(interaction=row, position_id=pk, sentiment=theirs[pk]) for pk in new
    )
