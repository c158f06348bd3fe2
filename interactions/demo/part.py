"""The demo's contacts: two years of calls, visits and meetings of the leads, and what was heard.

Each customer has its own rhythm. One is neglected for months, one turns cooler, one is praised;
at one only buyers are ever spoken to. Needs grow out of notes, some have an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import cast

from django.db import connection, transaction

from accounts.choices import AccountKind
from accounts.demo.chance import Dice
from accounts.demo.stakeholders import GROUPS
from accounts.models import Account, Opportunity, Position, ProgrammeItem, Promise, TeamMember
from interactions import models as m
from interactions.choices import Direction, InteractionKind, NoteKind
from interactions.demo import words
from interactions.demo.others import write_others
from interactions.services.log import rewriting_contacts
from kam.core.clock import organisation_zone
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.identity.models import User

DAYS = 2 * 365
MOST, LEAST = 270, 70
NEGLECTED, COOLING, PRAISED, ONLY_BUYING = 4, 2, 5, 9
_KINDS = (
    *(InteractionKind.CALL,) * 9,
    *(InteractionKind.VISIT,) * 5,
    *(InteractionKind.MEETING,) * 4,
    *(InteractionKind.EMAIL,) * 6,
    *(InteractionKind.MESSAGE,) * 3,
    *(InteractionKind.STORE_CHECK,) * 2,
    InteractionKind.EVENT,
)
_MINUTES: dict[str, tuple[int, ...]] = {
    InteractionKind.CALL: (5, 10, 15, 15, 30),
    InteractionKind.VISIT: (45, 60, 90, 120),
    InteractionKind.MEETING: (30, 60, 60, 90, 120),
    InteractionKind.EVENT: (120, 240),
    InteractionKind.STORE_CHECK: (20, 30, 45),
}
_ONE_WAY = frozenset({InteractionKind.EMAIL, InteractionKind.MESSAGE})
_HEARD = (
    NoteKind.NEED, NoteKind.NEED, NoteKind.CONCERN, NoteKind.MARKET, NoteKind.COMPETITOR,
    NoteKind.PRICE, NoteKind.AGREEMENT, NoteKind.PROMISE,
)  # fmt: skip
_TABLES = (
    m.Need,
    m.Correction,
    m.Attachment,
    m.Draft,
    m.Note,
    m.Colleague,
    m.Participant,
    m.Interaction,
    m.LogSettings,
)


def load(request: DemoRequest) -> Counts:
    """Write the contacts of the groups with most revenue and their needs, then of the others."""
    zone, groups = organisation_zone(), _groups()
    for place, group in enumerate(groups[:GROUPS]):
        _Customer(group, place, request.as_of, zone, request.seed).write()
    write_others(groups[GROUPS:], as_of=request.as_of, zone=zone, seed=request.seed)
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    counted = (m.Interaction, m.Need)
    return {str(one._meta.verbose_name_plural): one._default_manager.count() for one in counted}


def added() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty the log with its files, and the needs register."""
    del keep_user_id
    removed = present()
    for kept in m.Attachment.objects.all():
        transaction.on_commit(partial(kept.file.storage.delete, kept.file.name or ""))
    with rewriting_contacts(), connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    return removed


def _groups() -> list[Account]:
    rows = Account.objects.filter(
        current_parent__isnull=True, merged_into__isnull=True, current_lead__isnull=False
    )
    rows = rows.select_related("current_lead", "figure")
    return list(rows.order_by("-figure__net_12m", "pk"))


@dataclass(slots=True)
class _Told:
    """One contact before it is a row."""

    row: m.Interaction
    people: list[Position]
    colleagues: list[User]
    notes: list[m.Note] = field(default_factory=list)


class _Customer:
    """The contacts with one group as they are written."""

    def __init__(self, group: Account, place: int, as_of: date, zone: tzinfo, seed: int) -> None:
        self.group, self.place, self.as_of, self.zone = group, place, as_of, zone
        self.lead = cast("User", group.current_lead)
        self.dice = Dice(seed, "contacts", group.name)
        held = Position.objects.filter(account=group, person__isnull=False)
        self.positions = list(held.order_by("pk"))
        stores = Account.objects.filter(current_group=group, kind=AccountKind.STORE)
        self.stores = list(stores.order_by("name_key", "pk")[:12])
        members = TeamMember.objects.filter(account=group).select_related("user").order_by("pk")
        self.team = [one.user for one in members]

    def write(self) -> None:
        """Write contacts in the order of time, with people and notes; then the needs."""
        logged = [one for day in self._days() if (one := self._contact(day)) is not None]
        told = sorted([*logged, *self._of_promises()], key=lambda one: one.row.occurred_at)
        m.Interaction.objects.bulk_create(one.row for one in told)
        m.Participant.objects.bulk_create(
            m.Participant(interaction=one.row, position=who, sentiment=self._mood(one.row))
            for one in told
            for who in one.people
        )
        m.Colleague.objects.bulk_create(
            m.Colleague(interaction=one.row, user=user) for one in told for user in one.colleagues
        )
        for one in told:
            for note in one.notes:
                note.interaction = one.row
        notes = m.Note.objects.bulk_create(note for one in told for note in one.notes)
        _Needs(self, notes).write()

    def _days(self) -> list[date]:
        """Working days of two years, fewer in July and at the end of the year."""
        count = max(LEAST, MOST - self.place * 16)
        days = []
        for _number in range(count):
            day = self.as_of - timedelta(days=self.dice.whole(1, DAYS))
            is_quiet = day.month == 7 or (day.month == 12 and day.day > 20)
            if day.weekday() > 4 or (is_quiet and self.dice.happens(0.7)):
                day -= timedelta(days=self.dice.whole(2, 3) if day.weekday() > 4 else 28)
            if self.place != NEGLECTED or (self.as_of - day).days > 100:
                days.append(day)
        return days

    def _contact(self, day: date) -> _Told | None:
        kind = self.dice.pick(_KINDS)
        people = self._people(kind, day)
        if not people and kind != InteractionKind.STORE_CHECK:
            return None
        is_secret = self.dice.happens(0.012)
        own = words.CONFIDENTIAL if is_secret else words.SUMMARIES[kind]
        row = self._row(kind, day, self.dice.pick(own))
        row.is_confidential = is_secret
        row.text = self.dice.pick(words.TEXTS) if self.dice.happens(0.4) else ""
        told = _Told(row, people, self._colleagues(row.author))
        if self.dice.happens(0.4):
            told.notes.append(self._note(people))
        return told

    def _row(self, kind: str, day: date, summary: str) -> m.Interaction:
        clock = time(self.dice.whole(8, 16), self.dice.pick((0, 10, 15, 30, 45)))
        is_at_store = kind in {InteractionKind.VISIT, InteractionKind.STORE_CHECK}
        has_place = is_at_store and self.stores and self.dice.happens(0.7)
        by_other = self.team and self.dice.happens(0.1)
        return m.Interaction(
            account=self.group,
            kind=kind,
            direction=self._direction(kind),
            occurred_at=datetime.combine(day, clock, self.zone),
            occurred_on=day,
            minutes=self.dice.pick(_MINUTES[kind]) if kind in _MINUTES else None,
            place=self.dice.pick(self.stores) if has_place else None,
            summary=summary.format(week=day.isocalendar().week),
            author=self.dice.pick(self.team) if by_other else self.lead,
        )

    def _direction(self, kind: str) -> str:
        if kind not in _ONE_WAY:
            return Direction.TWO_WAY if self.dice.happens(0.9) else Direction.INBOUND
        return self.dice.pick((Direction.OUTBOUND, Direction.OUTBOUND, Direction.INBOUND,
                               Direction.TWO_WAY))  # fmt: skip

    def _people(self, kind: str, day: date) -> list[Position]:
        """One to three of theirs who stood there that day, buyers and bosses more often."""
        there = [one for one in self.positions if day in one.valid]
        if self.place == ONLY_BUYING:
            there = [one for one in there if one.function == "merchandising"]
        if not there or kind == InteractionKind.STORE_CHECK:
            return []
        several = {InteractionKind.MEETING: 3, InteractionKind.EVENT: 3, InteractionKind.VISIT: 2}
        wanted = self.dice.whole(1, several.get(InteractionKind(kind), 1))
        near = there[: 2 + len(there) // 3] if self.dice.happens(0.55) else there
        return self.dice.order(near)[:wanted]

    def _colleagues(self, author: User) -> list[User]:
        others = [user for user in self.team if user.pk != author.pk]
        return [author, self.dice.pick(others)] if others and self.dice.happens(0.2) else [author]

    def _mood(self, row: m.Interaction) -> int | None:
        """How somebody sounded: told of every second, colder or warmer where the story says so."""
        if self.dice.happens(0.5):
            return None
        mood = self.dice.pick((-1, 0, 0, 0, 1, 1, 1, 2))
        if self.place == COOLING and (self.as_of - row.occurred_on).days < 150:
            mood -= 2
        return max(-2, min(2, mood + (1 if self.place == PRAISED else 0)))

    def _note(self, people: Sequence[Position]) -> m.Note:
        kind = self.dice.pick(_HEARD)
        who = self.dice.pick(people) if people and self.dice.happens(0.7) else None
        texts = [one[1] for one in words.NEEDS] if kind == NoteKind.NEED else words.NOTES[kind]
        return m.Note(kind=kind, text=self.dice.pick(texts), position=who)

    def _of_promises(self) -> list[_Told]:
        """The meetings at which the promises of the demo were made."""
        told = []
        for promise in Promise.objects.filter(account=self.group).order_by("pk")[:4]:
            row = self._row(InteractionKind.MEETING, promise.made_on, "Meeting on the open points")
            row.place, row.author = None, self.lead
            there = [one for one in self.positions if promise.made_on in one.valid]
            people = [one for one in there if one.pk == promise.position_id]
            note = m.Note(kind=NoteKind.PROMISE, text=promise.what, promise=promise)
            note.position = people[0] if people else None
            told.append(_Told(row, people or there[:1], [self.lead], [note]))
        return told


class _Needs:
    """The needs register of one group, out of its notes; the newest note of each need counts."""

    def __init__(self, customer: _Customer, notes: Sequence[m.Note]) -> None:
        self.customer, self.dice, self.as_of = customer, customer.dice, customer.as_of
        self.notes = [note for note in notes if note.kind == NoteKind.NEED]
        own = ProgrammeItem.objects.filter(account=customer.group, valid__contains=self.as_of)
        self.items = list(own.order_by("pk")[:4])
        chances = Opportunity.objects.filter(account=customer.group)
        self.opportunities = list(chances.order_by("pk")[:4])

    def write(self) -> None:
        """Write what was heard several times once, voiced first and confirmed last."""
        heard: dict[str, list[m.Note]] = {}
        for note in self.notes:
            heard.setdefault(note.text, []).append(note)
        rows = [self._need(text, notes) for text, notes in list(heard.items())[:8]]
        m.Need.objects.bulk_create(rows)

    def _need(self, text: str, notes: list[m.Note]) -> m.Need:
        kind, _text, importance, _function = next(one for one in words.NEEDS if one[1] == text)
        first, last = notes[0].interaction, notes[-1].interaction
        voices = [note.position for note in notes if note.position is not None]
        need = m.Need(
            account=self.customer.group,
            kind=kind,
            text=text,
            voiced_by=voices[0] if voices else None,
            importance=importance,
            voiced_on=first.occurred_on,
            last_confirmed_on=last.occurred_on,
            note=notes[0],
            author=first.author,
        )
        self._answer(need)
        return need

    def _answer(self, need: m.Need) -> None:
        roll = self.dice.between(0, 1)
        if roll < 0.2 and self.items:
            need.programme_item = self.items.pop()
        elif roll < 0.35 and self.opportunities:
            need.opportunity = self.opportunities.pop()
        elif roll < 0.5:
            need.answer_words = self.dice.pick(words.ANSWERS)
        elif roll > 0.9:
            need.closed_on = min(need.last_confirmed_on + timedelta(days=30), self.as_of)
            need.closed_why = self.dice.pick(words.CLOSED)


PART = DemoPart(key="interactions", order=50, load=load, clear=clear, present=present, added=added)
