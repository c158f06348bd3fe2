"""Price change rounds: why, what, whom; where each account stands until all is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.core.versions import fingerprint
from plans.choices.negotiation import RoundAccountState, RoundState
from plans.models import PriceRound, PriceRoundAccount, PriceRoundStep
from plans.selectors.negotiation.reads import SETTLED
from plans.services.negotiation import problems
from settlements.selectors.terms.rules import versions_in_force

HEAD = ("title", "reason", "explanation", "effective_on", "owner")
OPEN = (RoundState.DRAFT, RoundState.RUNNING)
TOLD = ("told_on", "effective_on", "agreed_percent", "note")


@explained()
@transaction.atomic
def save_round(
    *, facts: Mapping[str, Any], found: PriceRound | None = None, read_as: str | None = None
) -> PriceRound:
    """Make a round, or change one that is not over; `facts` holds the fields of HEAD.

    Another effective day moves the day by which accounts are to be told. Raises RoundOverError,
    and StaleError where somebody else changed it since it was read as `read_as` (`head_version`).
    """
    row = PriceRound() if found is None else open_round(found)
    refuse_stale(head_version(row), read_as)
    before = row.effective_on
    for name in HEAD:
        if name in facts:
            value = facts[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.save()
    if found is not None and before != row.effective_on:
        _move_notices(row, row.effective_on - before)
    return row


def head_version(found: PriceRound) -> str:
    """Return the version of a round's head; how far it is goes on beside it."""
    rows = (getattr(found, "owner_id" if name == "owner" else name) for name in HEAD)
    return fingerprint(*rows)


def open_round(found: PriceRound) -> PriceRound:
    """Return the row, locked, where it may change. Raises RoundOverError."""
    row: PriceRound = PriceRound.objects.select_for_update(no_key=True).get(pk=found.pk)
    if row.state not in OPEN:
        raise problems.RoundOverError
    return row


@explained()
@transaction.atomic
def add_step(*, found: PriceRound, facts: Mapping[str, Any]) -> PriceRoundStep:
    """Say by how much a product or a category changes, while the round is a draft.

    Raises WrongStateError, and RefusedError for what the round names already.
    """
    row = _draft(found)
    step = PriceRoundStep(round=row, **facts)
    if (step.product is None) == (step.category is None):
        words = _("Name a product or a category.")
        raise RefusedError(words, field="product", code="price_round_step_of_one_thing")
    step.save()
    return step


@explained()
@transaction.atomic
def remove_step(*, step: PriceRoundStep) -> None:
    """Take a step out of a draft."""
    _draft(step.round)
    step.delete()


def _draft(found: PriceRound) -> PriceRound:
    row = open_round(found)
    if row.state != RoundState.DRAFT:
        raise problems.WrongStateError(_("What changes is fixed once the round has begun."))
    return row


# Accounts


@explained()
@transaction.atomic
def add_accounts(*, found: PriceRound, accounts: Iterable[Account], as_of: date) -> int:
    """Take accounts into a round that is not over; those that are in stay as they are.

    The day by which each is to be told comes from its agreement in force: the effective day less
    the days of notice. Answers how many came in.
    """
    row = open_round(found)
    there = set(row.accounts.values_list("account_id", flat=True))
    new = [one for one in accounts if one.pk not in there and one.merged_into_id is None]
    due = _notice_days(new, as_of)
    for one in new:
        PriceRoundAccount.objects.create(
            round=row, account=one, notice_by=_notice_by(row, due.get(one.pk))
        )
    return len(new)


def _notice_days(accounts: list[Account], as_of: date) -> dict[int, int | None]:
    found = versions_in_force(accounts, as_of)
    return {pk: rows[0].notice_days for pk, rows in found.items() if rows}


def _notice_by(row: PriceRound, days: int | None) -> date | None:
    return None if days is None else row.effective_on - timedelta(days=days)


def _move_notices(row: PriceRound, by: timedelta) -> None:
    """Each account is told as many days before as its agreement said when it came in."""
    for one in row.accounts.filter(state=RoundAccountState.TO_TELL, notice_by__isnull=False):
        one.notice_by += by
        one.save(update_fields=["notice_by", "updated_at"])


@explained()
@transaction.atomic
def remove_account(*, entry: PriceRoundAccount) -> None:
    """Take an account out that was not told yet. Raises WrongStateError and RoundOverError."""
    row = _entry(entry)
    if row.state != RoundAccountState.TO_TELL:
        raise problems.WrongStateError(_("This account was told already: it stays in the round."))
    row.delete()


@explained()
@transaction.atomic
def set_account(
    *, entry: PriceRoundAccount, state: str, facts: Mapping[str, Any]
) -> PriceRoundAccount:
    """Say how far a round is with an account; `facts` holds the fields of TOLD.

    Raises WrongStateError while the round is a draft, RefusedError where nobody says when they
    were told, and RoundOverError.
    """
    row = _entry(entry)
    if row.round.state != RoundState.RUNNING:
        raise problems.WrongStateError(_("Begin the round first."))
    for name in TOLD:
        if name in facts:
            setattr(row, name, facts[name])
    row.state = state
    if state == RoundAccountState.TO_TELL:
        row.told_on = None
    elif row.told_on is None:
        words = _("Say when they were told.")
        raise RefusedError(words, field="told_on", code="price_round_account_was_told")
    row.save()
    return row


def _entry(entry: PriceRoundAccount) -> PriceRoundAccount:
    found = open_round(entry.round)
    rows = PriceRoundAccount.objects.select_for_update(no_key=True, of=("self",))
    row: PriceRoundAccount = rows.select_related("account").get(pk=entry.pk)
    row.round = found
    return row


# The way of a round


@explained()
@transaction.atomic
def begin_round(*, found: PriceRound) -> PriceRound:
    """Begin a draft: accounts are told from now on. Refused without steps or accounts."""
    row = _draft(found)
    if not row.steps.exists():
        raise RefusedError(_("Say first what changes by how much."), code="price_round_empty")
    if not row.accounts.exists():
        raise RefusedError(_("Choose first which accounts it is for."), code="price_round_alone")
    return _goes(row, RoundState.RUNNING)


@explained()
@transaction.atomic
def finish_round(*, found: PriceRound) -> PriceRound:
    """Close a running round once it is known how it ended with every account."""
    row = open_round(found)
    if row.state != RoundState.RUNNING:
        raise problems.WrongStateError
    if row.accounts.exclude(state__in=SETTLED).exists():
        words = _("With some accounts it is not known yet how it ends.")
        raise RefusedError(words, code="price_round_unsettled")
    return _goes(row, RoundState.DONE)


@explained()
@transaction.atomic
def cancel_round(*, found: PriceRound) -> PriceRound:
    """Call a round off; what was told to accounts stays in the record."""
    return _goes(open_round(found), RoundState.CANCELLED)


def _goes(row: PriceRound, to: RoundState) -> PriceRound:
    row.state = to
    row.save(update_fields=["state", "updated_at"])
    return row
