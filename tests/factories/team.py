"""Promises, members of account teams, requests to them."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import Priority, PromiseOutcome, PromiseSide, TeamFunction
from accounts.models import Account, Position, Promise, TeamMember, TeamRequest
from kam.identity.models import User
from tests.factories.accounts import LONG_AGO, make_account
from tests.factories.people import make_position

MADE = date(2026, 3, 1)
_numbers = count(1)


def make_promise(
    *,
    user: User,
    account: Account | None = None,
    side: str = PromiseSide.OURS,
    position: Position | None = None,
    what: str = "",
    made_on: date = MADE,
    due_on: date = date(2026, 4, 1),
    outcome: str = PromiseOutcome.OPEN,
    settled_on: date | None = None,
    outcome_note: str = "",
) -> Promise:
    """A promise; one of theirs without a person gets one."""
    account = account or make_account(lead=user)
    if side == PromiseSide.THEIRS and position is None:
        position = make_position(account=account)
    return Promise.objects.create(
        account=account,
        side=side,
        user=user,
        position=position,
        what=what or f"Promise {next(_numbers)}",
        made_on=made_on,
        due_on=due_on,
        outcome=outcome,
        settled_on=settled_on,
        outcome_note=outcome_note,
        author=user,
    )


def make_member(
    *,
    account: Account,
    user: User,
    function: str = TeamFunction.SHIPPING,
    since: date = LONG_AGO,
    until: date | None = None,
) -> TeamMember:
    """A supporting member since long ago."""
    return TeamMember.objects.create(
        account=account, user=user, function=function, valid=DateRange(since, until)
    )


def make_request(
    *,
    account: Account,
    sender: User,
    to_user: User | None = None,
    function: str = TeamFunction.SHIPPING,
    title: str = "",
    sent_on: date = MADE,
    due_on: date = date(2026, 4, 1),
    priority: int = Priority.NORMAL,
) -> TeamRequest:
    """A request that waits for an answer."""
    return TeamRequest.objects.create(
        account=account,
        sender=sender,
        to_user=to_user,
        function=function,
        title=title or f"Request {next(_numbers)}",
        sent_on=sent_on,
        due_on=due_on,
        priority=priority,
    )
