"""Telling people of statements: who leads the account, who may post, who drafted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES
from kam.notifications.services import notify
from settlements.models import SettlementStatement

MOVED, TO_POST, CORRECTED = (
    "settlements.statement_moved",
    "settlements.statement_to_post",
    "settlements.statement_corrected",
)


def posters_of(row: SettlementStatement) -> list[User]:
    """Return who may post a statement: by role and in scope.

    Administrators may as well, but it is not their daily work: they are not told.
    """
    roles = [role for role in CAPABILITIES["statements.post"] if role != Role.ADMINISTRATOR]
    leads = set(row.account.lead_chain)
    return [
        one
        for one in User.objects.filter(is_active=True, roles__overlap=roles)
        if one.sees_everything() or not leads.isdisjoint(one.scope_user_ids())
    ]


def tell_of_disputed(
    row: SettlementStatement, *, by: User | None, on: date, at: datetime | None
) -> None:
    """Tell the account's lead that the customer contests the statement."""
    _tell(MOVED, row, [row.account.current_lead_id], by=by, on=on, at=at, what="disputed")


def tell_of_confirmed(
    row: SettlementStatement, *, by: User | None, on: date, at: datetime | None
) -> None:
    """Tell the account's lead that the customer confirmed it, and who may post that it waits."""
    if at is None:
        return
    lead, posters = row.account.current_lead_id, posters_of(row)
    _tell(TO_POST, row, posters, by=by, on=on, at=at)
    if lead not in {one.pk for one in posters}:
        _tell(MOVED, row, [lead], by=by, on=on, at=at, what="confirmed")


def tell_of_taken_back(
    row: SettlementStatement, *, by: User | None, on: date, at: datetime | None
) -> None:
    """Tell the account's lead that a posted statement was taken back."""
    _tell(MOVED, row, [row.account.current_lead_id], by=by, on=on, at=at, what="taken_back")


def tell_of_corrected(
    row: SettlementStatement, *, by: User | None, on: date, at: datetime | None
) -> None:
    """Tell who drafted the version before that this one takes its place."""
    before = row.replaces
    _tell(CORRECTED, row, [before.drafted_by_id if before else None], by=by, on=on, at=at)


def _tell(
    kind: str,
    row: SettlementStatement,
    users: Iterable[User | int | None],
    *,
    by: User | None,
    on: date,
    at: datetime | None,
    what: str = "",
) -> None:
    """Without a moment it is no news: nobody is told of what is entered afterwards in bulk."""
    if at is None:
        return
    notify(
        kind=kind,
        users=users,
        by=by,
        url=row.get_absolute_url(),
        dedupe=f"{row.pk}:{what}:{at.isoformat()}",
        occurred_at=at,
        params={
            "what": what,
            "statement": str(row),
            "account": row.account.name,
            "day": on,
            "remains": str(row.remains),
            "currency": row.currency_id,
        },
        subject_id=row.pk,
    )
