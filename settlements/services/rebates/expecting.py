"""What somebody expects a rebate's basis to be in the end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kam.core.locks import lock_names
from kam.core.problems import explained
from kam.identity.models import User
from settlements.models import RebateExpectation, RebateSettlement, TradeCondition
from settlements.selectors.rebates.figures import figures_of
from settlements.services.posting import LARGEST
from settlements.services.rebates.accruing import LOCK
from settlements.services.rebates.problems import (
    ExpectationError,
    NotApprovedError,
    SettledError,
)


@explained()
@transaction.atomic
def expect(
    *,
    condition: TradeCondition,
    total: Decimal,
    as_of: date,
    note: str = "",
    user: User | None = None,
) -> RebateExpectation:
    """Note the total expected for the period that holds the day; the next run accrues by it.

    The latest expectation counts; earlier ones stay as they were. Raises ExpectationError,
    NotApprovedError where nothing accrues on the day, SettledError.
    """
    if not total.is_finite() or total < 0 or total >= LARGEST:
        raise ExpectationError
    lock_names(LOCK)
    period = running_period(condition, as_of)
    if period is None:
        settled = RebateSettlement.objects.filter(condition=condition, period__contains=as_of)
        raise (
            SettledError
            if settled.exists()
            else NotApprovedError(_("Nothing accrues for this rebate today."), field="total")
        )
    return RebateExpectation.objects.create(
        condition=condition,
        period=period,
        total=total,
        expected_on=as_of,
        note=note,
        created_by=user,
    )


def running_period(condition: TradeCondition, as_of: date) -> DateRange | None:
    """Return the period of a rebate that holds the day and is not settled."""
    rows = figures_of([condition.pk], through=as_of)
    return next((row.period for row in rows if as_of in row.period), None)
