"""Holds: proposed by whoever sees a risk, put in force, overridden until a day, released."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.choices.credit import HoldState
from settlements.models import CreditHold

WAYS: dict[str, tuple[str, ...]] = {
    HoldState.PROPOSED: (HoldState.ACTIVE, HoldState.RELEASED),
    HoldState.ACTIVE: (HoldState.OVERRIDDEN, HoldState.RELEASED),
    HoldState.OVERRIDDEN: (HoldState.ACTIVE, HoldState.RELEASED),
    HoldState.RELEASED: (),
}
NEEDS = {
    HoldState.ACTIVE: "credit.decide",
    HoldState.RELEASED: "credit.decide",
    HoldState.OVERRIDDEN: "credit.override",
}
"""Which capability it takes to bring a hold into a state."""


@explained()
@transaction.atomic
def propose_hold(*, party: Account, reason: str, by: User | None) -> CreditHold:
    """Propose to stop sales on credit. Raises RefusedError where there is a hold already."""
    tree.refuse_merged(party)
    if not reason.strip():
        raise RefusedError(_("Say why."), field="reason")
    row = CreditHold(party=party, reason=reason.strip(), proposed_by=by)
    row.save()
    return row


@explained()
@transaction.atomic
def put_on_hold(*, party: Account, reason: str, by: User, on: date) -> CreditHold:
    """Stop sales on credit to an account and all below it at once."""
    hold = propose_hold(party=party, reason=reason, by=by)
    return move_hold(hold=hold, to=HoldState.ACTIVE, by=by, on=on)


@explained()
@transaction.atomic
def move_hold(
    *, hold: CreditHold, to: str, by: User, on: date, until: date | None = None, note: str = ""
) -> CreditHold:
    """Put a hold in force, override it until a day, take the override back, or release it.

    Raises RefusedError for a way that there is not, without the right to it, and for an override
    without a day to come or a reason.
    """
    row: CreditHold = CreditHold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    if to not in WAYS[row.state]:
        raise RefusedError(
            _("The hold cannot take this step in its present state."),
            field="state",
            code="hold_way",
        )
    if not by.can(NEEDS[HoldState(to)]):
        raise RefusedError(_("Somebody else decides on this."), code="may_not")
    row.note = note.strip() or row.note
    if to == HoldState.ACTIVE:
        row.activated_by, row.activated_on, row.until = by, row.activated_on or on, None
    elif to == HoldState.OVERRIDDEN:
        if until is None or until < on:
            raise RefusedError(_("Say until when: a day to come."), field="until")
        if not note.strip():
            raise RefusedError(_("Say why."), field="note")
        row.until = until
    else:
        row.released_by, row.released_on = by, on
    row.state = to
    row.save()
    return row
