"""The demo's rebates: accrued month by month, expected by their leads, past quarters settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from django.db import connection

from accounts.demo.people import MAIL_DOMAIN
from kam.core.dates import ONE_DAY, add_months, month_start
from kam.identity.models import User
from settlements.choices.terms import Payout
from settlements.models import RebateAccrual, RebateRun
from settlements.selectors.ledger import first_open_day
from settlements.services.rebates import accrue_rebates, expect, settle

KEY = "demo:"
"""How the idempotency keys of the demo's settlements begin."""
_CONTROLLER = f"pekka.hautala@{MAIL_DOMAIN}"
_MONTHS = 10
_SETTLED_AFTER = 20  # days after the end of a period
# What was posted is looked at now, so that a mistake shows here.
_SETTLE = """
SET CONSTRAINTS documents_complete IMMEDIATE;
SET CONSTRAINTS documents_complete DEFERRED
"""
_GROWTH = Decimal("1.04")
_WORDS = (
    "Two more stores open before the end of the year.",
    "Their forecast of last week.",
    "Same season as last year, a little more.",
)


def accrue_the_year(as_of: date) -> int:
    """Accrue each month's end and today, settle what was over by then; answer the runs."""
    controller = User.objects.get(email=_CONTROLLER)
    for day in _days(as_of):
        accrue_rebates(through=day, as_of=day, user=controller)
        _settle_what_is_over(day, as_of, controller)
        if day == _expected_on(as_of):
            _expect(day)
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)
    return RebateRun.objects.count()


def _days(as_of: date) -> Iterator[date]:
    for back in range(_MONTHS, -1, -1):
        yield add_months(month_start(as_of), -back) - ONE_DAY
    if as_of.day > 1:
        yield as_of - ONE_DAY


def _expected_on(as_of: date) -> date:
    return add_months(month_start(as_of), -2) - ONE_DAY


def _expect(day: date) -> None:
    """Have leads say what they expect of periods that still run for a while."""
    rows = RebateAccrual.objects.filter(
        run__through=day, basis_amount__gt=0, period__endswith__gt=day + timedelta(days=60)
    )
    rows = rows.select_related("condition__version__agreement__account__current_lead")
    for place, row in enumerate(rows.order_by("condition_id")[: len(_WORDS)]):
        gone = Decimal((day - row.period.lower).days + 1)
        whole = Decimal((row.period.upper - row.period.lower).days)
        total = row.basis_amount * whole / gone * _GROWTH
        expect(
            condition=row.condition,
            total=(total / 10_000).to_integral_value(ROUND_CEILING) * 10_000,
            as_of=day,
            note=_WORDS[place],
            user=row.condition.version.agreement.account.current_lead,
        )


def _settle_what_is_over(day: date, as_of: date, user: User) -> None:
    """Settle periods that were over for a while, all but the youngest."""
    rows = RebateAccrual.objects.filter(
        run__through=day, period__endswith__lte=day - timedelta(days=_SETTLED_AFTER)
    )
    rows = rows.select_related("condition__version__agreement__selling_company")
    for row in rows.order_by("pk"):
        company = row.condition.version.agreement.selling_company_id
        on = first_open_day(company, day)
        if on is None or on > as_of:
            continue
        is_claim = row.condition.payout == Payout.CLAIM
        start = row.period.lower
        settle(
            condition=row.condition,
            period_start=start,
            settled_on=on,
            claimed=max(row.earned_to_date, Decimal(0)) if is_claim else None,
            reference=f"B-{start:%y%m}-{row.condition_id}" if is_claim else "",
            user=user,
            idempotency_key=f"{KEY}{row.condition_id}:{start}",
        )
