"""The demo's concerns and follow-ups, out of the notes of its contacts.

Most concerns are answered and solved in time, some late; one customer complains of deliveries
again and again, and there is always something that is due today or late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from accounts.demo.chance import Dice
from accounts.models import Account
from accounts.services.tasks import add_task
from interactions import models as m
from interactions.choices import ConcernCategory, ConcernSeverity, ConcernState, NoteKind
from interactions.services import concerns as services
from interactions.services.log import rewriting_contacts
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.core.problems import RefusedError

A_CUSTOMER, LATELY = 7, 60
TARGETS = {
    "strategic": {4: (2, 12), 3: (4, 24), 2: (8, 72), 1: (24, 168)},
    "key": {4: (4, 24), 3: (8, 48), 2: (24, 96), 1: (48, 240)},
}
_TABLES = (m.ConcernEntry, m.Concern, m.ConcernTarget)
_CATEGORIES: tuple[tuple[str, str], ...] = (
    ("late deliver", ConcernCategory.DELIVERY),
    ("pallet", ConcernCategory.DELIVERY),
    ("answers the service", ConcernCategory.SERVICE),
    ("invoice", ConcernCategory.INVOICE),
    ("label", ConcernCategory.QUALITY),
    ("price", ConcernCategory.PRICE),
)
_SEVERITIES = (
    ConcernSeverity.LOW, ConcernSeverity.MEDIUM, ConcernSeverity.MEDIUM, ConcernSeverity.MEDIUM,
    ConcernSeverity.HIGH, ConcernSeverity.HIGH, ConcernSeverity.CRITICAL,
)  # fmt: skip
_ANSWERS = (
    "Called them: we look into it today",
    "Wrote that logistics checks the last three trucks",
    "Promised an answer by tomorrow noon",
    "Asked for photos and the batch number",
)
_SOLUTIONS = (
    "Carrier changed for this route, the last four trucks came in time",
    "Credit note sent, the master data of the store is put right",
    "New film since this week, no complaint since",
    "Service line staffed until six from Monday on",
    "Batch replaced, the supplier of the labels was audited",
)
_FOLLOW_UPS = (
    "Send the samples that were agreed",
    "Confirm the promotion weeks in writing",
    "Bring the new shelf plan",
    "Ask logistics for an earlier slot",
    "Send the price list to their buyer",
    "Prepare figures for the next review",
)
_OUTCOMES = ("Sent and confirmed", "Done on the phone", "They take it from the next order on")


def load(request: DemoRequest) -> Counts:
    """Write targets, then concerns and follow-ups out of notes, customer by customer."""
    for code, by_severity in TARGETS.items():
        for severity, (respond, resolve) in by_severity.items():
            services.set_target(
                tier_code=code,
                severity=severity,
                respond_hours=respond,
                resolve_hours=resolve,
                from_day=request.as_of - timedelta(days=800),
            )
    now = datetime.combine(request.as_of, time(9, 30), UTC)
    ids = m.Note.objects.values("interaction__account").distinct()
    for account in Account.objects.filter(pk__in=ids).order_by("name_key", "pk"):
        _Customer(account, request.as_of, now, Dice(request.seed, "concerns", account.name)).write()
    return present()


class _Customer:
    """The concerns and follow-ups of one customer."""

    def __init__(self, account: Account, as_of: date, now: datetime, dice: Dice) -> None:
        self.account, self.as_of, self.now, self.dice = account, as_of, now, dice
        self.lead = account.current_lead

    def write(self) -> None:
        """Take the latest notes; where nobody leads there are none."""
        if self.lead is None:
            return
        for note in self._notes(NoteKind.CONCERN, A_CUSTOMER):
            self._concern(note)
        for note in self._notes(NoteKind.AGREEMENT, 5):
            self._follow_up(note)

    def _notes(self, kind: str, count: int) -> Sequence[m.Note]:
        rows = m.Note.objects.filter(interaction__account=self.account, kind=kind, task=None)
        rows = rows.filter(interaction__occurred_at__lt=self.now - timedelta(hours=3))
        shown = rows.select_related("interaction__account__current_lead", "position")
        return list(shown.order_by("-interaction__occurred_at", "-pk")[:count])

    def _concern(self, note: m.Note) -> None:
        severity = self.dice.pick(_SEVERITIES)
        text = note.text.casefold()
        category = next((one for word, one in _CATEGORIES if word in text), ConcernCategory.OTHER)
        raised = note.interaction.occurred_at
        row = services.raise_from_note(
            note=note,
            author=note.interaction.author,
            owner=self.lead,
            now=raised,
            category=category,
            severity=severity,
        )
        age = self.now - raised
        if age < timedelta(days=LATELY) and self.dice.happens(0.45):
            return self._still_open(row)
        return self._solved(row)

    def _still_open(self, row: m.Concern) -> None:
        """Nothing yet, answered, worked on, or waiting for them."""
        if self.dice.happens(0.3):
            return
        at = min(row.raised_at + self._part(row.respond_by - row.raised_at), self.now)
        self._say(row, at)
        if self.dice.happens(0.6):
            self._move(row, self.dice.pick((ConcernState.WORKING, ConcernState.WAITING)), at)

    def _solved(self, row: m.Concern) -> None:
        """Answered, solved, mostly in time; most are closed, one in a few came again."""
        at = min(row.raised_at + self._part(row.respond_by - row.raised_at), self.now)
        self._say(row, at)
        self._move(row, ConcernState.WORKING, at)
        done = min(max(at, row.raised_at + self._part(row.resolve_by - row.raised_at)), self.now)
        self._move(row, ConcernState.RESOLVED, done, self.dice.pick(_SOLUTIONS))
        if self.dice.happens(0.08):
            again = min(done + timedelta(days=3), self.now)
            self._move(row, ConcernState.WORKING, again, "It happened again")
            done = min(again + timedelta(days=2), self.now)
            self._move(row, ConcernState.RESOLVED, done, self.dice.pick(_SOLUTIONS))
        if self.now - done > timedelta(days=10):
            self._move(row, ConcernState.CLOSED, done + timedelta(days=7))

    def _part(self, length: timedelta) -> timedelta:
        """How long it took: usually less than the target, one time in five more."""
        share = self.dice.between(1.1, 2.2) if self.dice.happens(0.2) else self.dice.between(0.1, 1)
        return length * share

    def _say(self, row: m.Concern, at: datetime) -> None:
        services.comment_on(
            concern=row,
            text=self.dice.pick(_ANSWERS),
            author=row.owner,
            now=at,
            is_answer=True,
        )

    def _move(self, row: m.Concern, to: ConcernState, at: datetime, words: str = "") -> None:
        services.move_concern(concern=row, to=to, author=row.owner, now=at, words=words)

    def _follow_up(self, note: m.Note) -> None:
        """Something to do from what was agreed: late, due these days, or done long ago."""
        if self.lead is None:
            return
        agreed = note.interaction.occurred_on
        due = agreed + timedelta(days=self.dice.whole(5, 21))
        is_old = (self.as_of - due).days > 12
        try:
            task = add_task(
                account=self.account,
                title=self.dice.pick(_FOLLOW_UPS),
                owner=self.lead,
                due_on=due,
                reminder_on=due - timedelta(days=2),
                created_by=self.lead,
            )
        except RefusedError:  # the lead cannot be given work any more
            return
        if is_old:
            task.done_on, task.outcome = due, self.dice.pick(_OUTCOMES)
            task.save(update_fields=["done_on", "outcome", "updated_at"])
        note.task = task
        note.save(update_fields=["task", "updated_at"])


def present() -> Counts:
    """Count rows of any origin; follow-ups are counted by the shelves' part."""
    counted = (m.Concern, m.ConcernTarget)
    return {str(one._meta.verbose_name_plural): one._default_manager.count() for one in counted}


def added() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty concerns and targets, and let notes and follow-ups part."""
    del keep_user_id
    removed = present()
    m.Note.objects.exclude(task=None).update(task=None)
    with rewriting_contacts(), connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    return removed


PART = DemoPart(key="concerns", order=55, load=load, clear=clear, present=present, added=added)
