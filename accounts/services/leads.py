"""Who leads an account from when to when: exactly one person at a date."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LeadAssignment
from accounts.services import periods, tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@explained()
@transaction.atomic
def set_lead(
    *, account: Account, user: User, from_date: date, until: date | None = None, as_of: date
) -> None:
    """Have a person lead an account from a date on; whoever led in that period stops there.

    Nodes below without a lead of their own follow. Raises RefusedError for somebody who cannot
    sign in, for an impossible period, and MergedAccountError for a merged account.
    """
    tree.lock_tree()
    tree.refuse_merged(account)
    if not user.is_active:
        raise RefusedError(_("This person can no longer sign in."), field="user")
    assign(account, user, tree.checked_period(from_date, until))
    tree.refresh_current(as_of=as_of, account_ids=[account.pk])


@explained()
@transaction.atomic
def close_lead(*, account: Account, from_date: date, as_of: date) -> None:
    """End the account's own lead at a date: from then on it has the lead of the node above."""
    tree.lock_tree()
    tree.refuse_merged(account)
    rows = LeadAssignment.objects.filter(account=account)
    periods.clear(rows, DateRange(from_date, None))
    tree.refresh_current(as_of=as_of, account_ids=[account.pk])


def assign(account: Account, user: User, valid: DateRange) -> None:
    """Write the assignment of a period without refreshing what is derived from it."""
    rows = LeadAssignment.objects.filter(account=account)
    periods.clear(rows, valid)
    periods.put(rows, LeadAssignment(account=account, user=user, valid=valid))
