"""Telling leads which rebates lack little of their next tier while there is time."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from kam.core.dates import ONE_DAY
from kam.notifications.services import Telling, notify_each
from settlements.models import RebateAccrual
from settlements.selectors.rebates.board import near_cliffs
from settlements.selectors.rebates.figures import counted


def tell_of_cliffs(*, as_of: date, at: datetime) -> int:
    """Tell the lead of each account once a period (repeatable); answer how many were told.

    In the last month of a period, where at most a twentieth of the next bound is missing and
    reaching it pays more.
    """
    tellings = [_telling(row, lead) for row in near_cliffs(as_of=as_of) if (lead := _lead(row))]
    return notify_each(kind="settlements.rebate_near", tellings=tellings, occurred_at=at)


def _lead(row: RebateAccrual) -> int | None:
    found: int | None = row.condition.version.agreement.account.current_lead_id
    return found


def _telling(row: RebateAccrual, lead: int) -> Telling:
    account = row.condition.version.agreement.account
    start, lacks = row.period.lower.isoformat(), row.to_next or Decimal(0)
    return Telling(
        user_id=lead,
        params={
            "account": account.name,
            "rebate": row.condition.name,
            "more": counted(row.condition, lacks),
            "gain": str(row.gain),
            "currency": row.currency_id,
            "last_day": (row.period.upper - ONE_DAY).isoformat(),
        },
        subject_id=account.pk,
        url=f"{row.get_absolute_url()}?period={start}",
        dedupe=f"{row.condition_id}:{start}:{row.basis_amount + lacks}",
    )
