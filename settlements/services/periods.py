"""Closing and reopening periods; the history keeps who did it and why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kam.core.dates import Period
from kam.core.models import SellingCompany
from kam.core.problems import explained
from kam.identity.models import User
from settlements.models import AccountingPeriod


@explained()
@transaction.atomic
def close_period(
    *,
    period: Period,
    closed_at: datetime,
    selling_company: SellingCompany | None = None,
    closed_by: User | None = None,
    note: str = "",
) -> AccountingPeriod:
    """Let nothing more be posted or allocated in a period, of one selling company or of all.

    Waits for postings under way. A reopened period is closed again; another period over some of
    its days is refused.
    """
    valid = DateRange(period.start, period.end)
    standing = AccountingPeriod.objects.filter(selling_company=selling_company, valid=valid)
    row = standing.select_for_update(no_key=True).first() or AccountingPeriod(
        selling_company=selling_company, valid=valid
    )
    row.closed_at = row.closed_at or closed_at
    row.closed_by, row.note = closed_by, note
    row.save()
    return row


@explained()
@transaction.atomic
def reopen_period(*, period: AccountingPeriod, note: str) -> AccountingPeriod:
    """Take postings again; the note says why."""
    row: AccountingPeriod = AccountingPeriod.objects.select_for_update(no_key=True).get(
        pk=period.pk
    )
    row.closed_at, row.closed_by, row.note = None, None, note
    row.save()
    return row
