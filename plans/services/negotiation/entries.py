"""Writes of the gives-and-gets ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import tree
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.choices.negotiation import EntryState
from plans.models import GiveGet, NegotiationBrief
from plans.services.negotiation import problems
from plans.services.negotiation.briefs import open_brief
from plans.services.problems import check_plan

FACTS = ("plan", "side", "subject", "what", "value", "currency", "condition", "proof", "valid")
WAYS: dict[str, tuple[EntryState, ...]] = {
    EntryState.PLANNED: (EntryState.OFFERED, EntryState.AGREED, EntryState.LAPSED),
    EntryState.OFFERED: (EntryState.AGREED, EntryState.LAPSED),
    EntryState.AGREED: (EntryState.DELIVERED, EntryState.LAPSED),
}
"""Where an entry may go from a state."""
WRITABLE = (EntryState.PLANNED, EntryState.OFFERED)


@explained()
@transaction.atomic
def add_entry(
    *,
    account: Account,
    facts: Mapping[str, Any],
    by: User,
    brief: NegotiationBrief | None = None,
    state: str = EntryState.PLANNED,
) -> GiveGet:
    """Write down a give or get; `facts` holds the fields of FACTS.

    One of a brief is of its account, in its currency and plan unless told. What stands already may
    be written as offered or agreed. Raises BriefOverError, ForeignPlanError, WrongStateError and
    what a merged account raises.
    """
    tree.refuse_merged(account)
    if state not in (*WRITABLE, EntryState.AGREED):
        raise problems.WrongStateError
    row = GiveGet(account=account, brief=brief, state=state, created_by=by)
    if brief is not None:
        found = open_brief(brief)
        if found.account_id != account.pk:
            raise RefusedError(
                _("The negotiation is of another account."), code="give_get_foreign_brief"
            )
        row.currency, row.plan = found.currency, found.plan
    _put(row, facts)
    row.save()
    return row


@explained()
@transaction.atomic
def update_entry(
    *, entry: GiveGet, facts: Mapping[str, Any], read_at: datetime | None = None
) -> GiveGet:
    """Change an entry that is planned or offered; of an agreed one the proof alone.

    Raises EntryFixedError, ForeignPlanError, and StaleError where somebody else changed it after
    `read_at`.
    """
    row = _locked(entry)
    refuse_stale(row.updated_at, read_at)
    if row.state in WRITABLE:
        _put(row, facts)
    elif row.state == EntryState.AGREED and set(facts) <= {"proof"}:
        row.proof = facts.get("proof", row.proof).strip()
    else:
        raise problems.EntryFixedError
    row.save()
    return row


def _put(row: GiveGet, facts: Mapping[str, Any]) -> None:
    for name in FACTS:
        if name in facts:
            value = facts[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    check_plan(row.account, row.plan)


@explained()
@transaction.atomic
def move_entry(*, entry: GiveGet, to: str, on: date | None = None, proof: str = "") -> GiveGet:
    """Take an entry to a state: offered, agreed, delivered with its day and proof, or lapsed.

    Raises WrongStateError and NoProofError.
    """
    row = _locked(entry)
    if to not in WAYS.get(row.state, ()):
        raise problems.WrongStateError
    row.state = to
    if to == EntryState.DELIVERED:
        row.proof = proof.strip() or row.proof
        if not row.proof:
            raise problems.NoProofError
        if on is None:
            raise RefusedError(_("Say on which day."), field="on", code="give_get_without_day")
        row.delivered_on = on
    row.save()
    return row


def _locked(entry: GiveGet) -> GiveGet:
    rows = GiveGet.objects.select_for_update(no_key=True, of=("self",))
    found: GiveGet = rows.select_related("account", "plan").get(pk=entry.pk)
    return found
