"""Notes of contacts become something: need, concern, promise, competitor's move or price, task.

Each note becomes one thing of its kind, once; beside it there may be one follow-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import PromiseSide
from accounts.models import Competitor, CompetitorMove, CompetitorPrice, Position, Promise, Task
from accounts.services import market
from accounts.services.market import PriceFacts
from accounts.services.tasks import add_task
from accounts.services.team.promises import add_promise
from interactions.choices import NeedImportance, NeedKind, NoteKind
from interactions.models import Concern, Need, Note
from interactions.services import problems
from interactions.services.concerns import raise_from_note
from kam.core.clock import organisation_zone
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

PROMISE_DAYS = 14
TASK_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a note is to become as it is logged.

    `keep` makes it what its kind says: a need, a concern of the account's lead, a promise, or a
    move of `competitor`; market information, prices and agreements stay notes. `follow_up_on`
    makes a task of the author's.
    """

    keep: bool = False
    importance: int = NeedImportance.MEDIUM
    side: str = PromiseSide.OURS
    due_on: date | None = None
    competitor: str = ""
    follow_up_on: date | None = None


NOTHING_MORE = Wish()


def fulfil(note: Note, wish: Wish, *, by: User, now: datetime) -> None:
    """Let a new note become what is wished. Raises what the single acts raise."""
    as_of = now.astimezone(organisation_zone()).date()
    if wish.keep and note.kind == NoteKind.NEED:
        become_need(note=note, by=by, importance=wish.importance)
    if wish.keep and note.kind == NoteKind.CONCERN:
        become_concern(note=note, by=by, now=now)
    if wish.keep and note.kind == NoteKind.PROMISE:
        become_promise(note=note, by=by, side=wish.side, due_on=wish.due_on, as_of=as_of)
    if wish.keep and note.kind == NoteKind.COMPETITOR and wish.competitor.strip():
        become_move(note=note, by=by, competitor=wish.competitor, as_of=as_of)
    if wish.follow_up_on is not None:
        become_task(note=note, by=by, due_on=wish.follow_up_on)


@explained()
@transaction.atomic
def become_need(
    *,
    note: Note,
    by: User,
    kind: str = NeedKind.NEED,
    importance: int = NeedImportance.MEDIUM,
) -> Need:
    """Take a note into the needs register, voiced on the day of its contact.

    Raises AlreadyBecameError for one that is there.
    """
    note = _once(note, is_done=lambda one: Need.objects.filter(note=one).exists())
    day = note.interaction.occurred_on
    return Need.objects.create(
        account=note.interaction.account,
        kind=kind,
        text=note.text,
        voiced_by=note.position,
        importance=importance,
        voiced_on=day,
        last_confirmed_on=day,
        note=note,
        author=by,
    )


@explained()
@transaction.atomic
def become_concern(*, note: Note, by: User, now: datetime) -> Concern:
    """Raise a note as a concern of the account's lead; where nobody leads it, of the author."""
    lead = note.interaction.account.current_lead
    owner = lead if lead is not None and lead.is_active else by
    return raise_from_note(note=note, author=by, now=now, owner=owner)


@explained()
@transaction.atomic
def become_promise(
    *,
    note: Note,
    by: User,
    side: str,
    as_of: date,
    due_on: date | None = None,
    position: Position | None = None,
) -> Promise:
    """Note the promise that was made in a contact: due two weeks on unless said.

    Who of theirs is whoever the note names, else the only one who took part. Raises
    AlreadyBecameError, and RefusedError for a promise of theirs without a person.
    """
    note = _once(note, is_done=lambda one: one.promise_id is not None)
    contact = note.interaction
    note.promise = add_promise(
        account=contact.account,
        side=side,
        user=by,
        position=position or note.position or _only_one(note),
        what=note.text[:300],
        made_on=contact.occurred_on,
        due_on=due_on or contact.occurred_on + timedelta(days=PROMISE_DAYS),
        note=_source(note),
        author=by,
        as_of=as_of,
    )
    note.save(update_fields=["promise", "updated_at"])
    return note.promise


@explained()
@transaction.atomic
def become_move(
    *, note: Note, by: User, competitor: str | Competitor, as_of: date, kind: str = "other"
) -> CompetitorMove:
    """Keep what a competitor did, by its name or row. Raises AlreadyBecameError."""
    note = _once(note, is_done=lambda one: one.move_id is not None)
    note.move = market.save_move(
        competitor=_competitor(competitor),
        author=by,
        as_of=as_of,
        account=note.interaction.account,
        kind=kind,
        happened_on=note.interaction.occurred_on,
        text=note.text,
        source=_source(note),
    )
    note.save(update_fields=["move", "updated_at"])
    return note.move


@explained()
@transaction.atomic
def become_price(
    *,
    note: Note,
    by: User,
    competitor: str | Competitor,
    as_of: date,
    **facts: Unpack[PriceFacts],
) -> CompetitorPrice:
    """Keep a price that was seen, on the day of the contact. Raises AlreadyBecameError."""
    note = _once(note, is_done=lambda one: one.price_id is not None)
    contact = note.interaction
    facts.setdefault("seen_on", contact.occurred_on)
    if not facts.get("seen_where"):
        facts["seen_where"] = (contact.place or contact.account).name[:200]
    note.price = market.save_price(
        account=contact.account,
        competitor=_competitor(competitor),
        author=by,
        as_of=as_of,
        **facts,
    )
    note.save(update_fields=["price", "updated_at"])
    return note.price


@explained()
@transaction.atomic
def become_task(
    *, note: Note, by: User, due_on: date, owner: User | None = None, title: str = ""
) -> Task:
    """Make a note somebody's task, one's own unless said. Raises AlreadyBecameError.

    Tasks are read by all who see the account: of a confidential contact it names the contact
    alone, unless a title is said.
    """
    note = _once(note, is_done=lambda one: one.task_id is not None)
    note.task = add_task(
        account=note.interaction.account,
        title=title or (_source(note) if note.interaction.is_confidential else note.text),
        owner=owner or by,
        due_on=due_on,
        created_by=by,
    )
    note.save(update_fields=["task", "updated_at"])
    return note.task


def _once(note: Note, is_done: object) -> Note:
    rows = Note.objects.select_related("interaction__account", "interaction__place", "position")
    locked: Note = rows.select_for_update(no_key=True, of=("self",)).get(pk=note.pk)
    if callable(is_done) and is_done(locked):
        raise problems.AlreadyBecameError
    return locked


def _only_one(note: Note) -> Position | None:
    people = list(note.interaction.participants.select_related("position__account")[:2])
    return people[0].position if len(people) == 1 else None


def _competitor(named: str | Competitor) -> Competitor:
    if isinstance(named, Competitor):
        return named
    if not named.strip():
        raise RefusedError(_("Say which competitor."), field="competitor")
    return market.competitor_named(name=named.strip()[:200])


def _source(note: Note) -> str:
    contact = note.interaction
    words = {"kind": contact.get_kind_display(), "day": contact.occurred_on.isoformat()}
    who = note.position.person.name if note.position and note.position.person else ""
    said = gettext("%(kind)s of %(day)s") % words
    return f"{said}: {who}"[:300] if who else said
