"""The needs register's writes: noting, confirming, answering, closing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import OpportunityOrigin
from accounts.models import Account, Opportunity, Position, ProgrammeItem, Task
from accounts.services.opportunities import OpportunityFacts, create_opportunity
from accounts.services.tasks import add_task
from accounts.services.tree import refuse_merged
from interactions.choices import NeedImportance, NeedKind
from interactions.models import Need
from interactions.services.log import line
from interactions.services.problems import EARLIEST, TooEarlyError
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """What a need says."""

    text: str
    kind: str = NeedKind.NEED
    importance: int = NeedImportance.MEDIUM
    voiced_by: Position | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Our answer to a need: one thing at most, and words to it; nothing at all takes it back."""

    programme_item: ProgrammeItem | None = None
    opportunity: Opportunity | None = None
    task: Task | None = None
    words: str = ""


@explained()
@transaction.atomic
def add_need(
    *, account: Account, facts: NeedFacts, author: User, as_of: date, voiced_on: date | None = None
) -> Need:
    """Note a need, voiced on `as_of` unless said.

    Raises RefusedError without words, for a day still to come, and for somebody of another
    customer.
    """
    refuse_merged(account)
    day = voiced_on or as_of
    _refuse_day(day, as_of, "voiced_on")
    row = Need(account=account, author=author, voiced_on=day, last_confirmed_on=day)
    _set(row, facts)
    row.save()
    return row


@explained()
@transaction.atomic
def change_need(*, need: Need, facts: NeedFacts) -> Need:
    """Mend what a need says; when it was voiced stays."""
    row = _locked(need)
    _set(row, facts)
    row.save()
    return row


@explained()
@transaction.atomic
def confirm_need(*, need: Need, on: date, as_of: date) -> Need:
    """Note that it still holds. Raises RefusedError when it is closed or for a day to come.

    A day before the last confirmation changes nothing.
    """
    row = _open(need)
    _refuse_day(on, as_of, "on")
    if on > row.last_confirmed_on:
        row.last_confirmed_on = on
        row.save(update_fields=["last_confirmed_on", "updated_at"])
    return row


@explained()
@transaction.atomic
def answer_need(*, need: Need, reply: Reply) -> Need:
    """Say what our answer is; the former one is replaced, the history keeps it.

    Raises RefusedError for two things at once, and for what belongs to another customer.
    """
    row = _open(need)
    row.programme_item, row.opportunity = reply.programme_item, reply.opportunity
    row.task, row.answer_words = reply.task, line(reply.words)[:1000]
    row.save()
    return row


@explained()
@transaction.atomic
def answer_by_opportunity(
    *, need: Need, facts: OpportunityFacts, by: User, as_of: date
) -> Opportunity:
    """Begin an opportunity from a need; it is our answer then."""
    row = _open(need)
    facts = replace(facts, origin=OpportunityOrigin.NEED, need=facts.need or row.text)
    found = create_opportunity(account=row.account, facts=facts, by=by, as_of=as_of)
    answer_need(need=row, reply=Reply(opportunity=found, words=row.answer_words))
    return found


@explained()
@transaction.atomic
def answer_by_task(*, need: Need, title: str, owner: User, due_on: date, by: User) -> Task:
    """Make somebody follow a need up; that is our answer then."""
    row = _open(need)
    task = add_task(
        account=row.account, title=title or row.text, owner=owner, due_on=due_on, created_by=by
    )
    answer_need(need=row, reply=Reply(task=task, words=row.answer_words))
    return task


@explained()
@transaction.atomic
def close_need(*, need: Need, why: str, as_of: date) -> Need:
    """Close a need that does not matter any more. Raises RefusedError without a reason."""
    row = _open(need)
    if not why.strip():
        raise RefusedError(_("Say why it is closed."), field="why")
    row.closed_on, row.closed_why = as_of, line(why)[:500]
    row.save()
    return row


@explained()
@transaction.atomic
def reopen_need(*, need: Need) -> Need:
    """Take a closed need up again; nothing happens to an open one."""
    row = _locked(need)
    row.closed_on, row.closed_why = None, ""
    row.save()
    return row


def _set(row: Need, facts: NeedFacts) -> None:
    row.text, row.kind = line(facts.text)[:1000], facts.kind
    row.importance, row.voiced_by = facts.importance, facts.voiced_by
    if not row.text:
        raise RefusedError(_("Say what they need."), field="text")
    if row.importance not in NeedImportance.values:
        raise RefusedError(_("Importance is 1 to 5."), field="importance")
    if row.voiced_by is not None and row.voiced_by.person_id is None:
        raise RefusedError(_("Nobody of us has met whoever stands here."), field="voiced_by")


def _refuse_day(day: date, as_of: date, field: str) -> None:
    if day > as_of:
        raise RefusedError(_("This day is still to come."), field=field, code="in_the_future")
    if day < EARLIEST.date():
        raise RefusedError(TooEarlyError.words, field=field, code="too_early")


def _locked(need: Need) -> Need:
    rows = Need.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    found: Need = rows.get(pk=need.pk)
    return found


def _open(need: Need) -> Need:
    row = _locked(need)
    if not row.is_open:
        raise RefusedError(_("This need is closed. Take it up again first."), code="need_closed")
    return row
