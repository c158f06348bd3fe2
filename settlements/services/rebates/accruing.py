"""The run that accrues every rebate up to a day, in one statement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.core.locks import lock_names
from kam.core.models import JobRun, SellingCompany
from kam.core.problems import explained
from kam.identity.models import User
from settlements.models import AccountingPeriod, RebateRun, TradingAgreement
from settlements.selectors.rebates import figures_sql as sql
from settlements.selectors.rebates.figures import fiscal_start
from settlements.services.problems import ClosedPeriodError
from settlements.services.rebates.problems import RunAheadError, RunTwiceError

LOCK = "settlements.rebates"


@explained()
@transaction.atomic
def accrue_rebates(
    *, through: date, as_of: date, user: User | None = None, job: JobRun | None = None
) -> RebateRun:
    """Accrue all rebates up to a day, with what has changed since the run before as catch-up.

    Returns and corrections that came in lower what is accrued. Raises RunAheadError,
    RunTwiceError (the same day, or one before the last run) and ClosedPeriodError where the books
    of a selling company with agreements are closed on the day.
    """
    if through > as_of:
        raise RunAheadError
    lock_names(LOCK)
    last = RebateRun.objects.aggregate(last=Max("through"))["last"]
    if last is not None and through <= last:
        raise RunTwiceError(
            _("Rebates are accrued up to %(day)s already.") % {"day": formats.date(last)}
        )
    _check_open(through)
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"through": through, "fiscal": fiscal_start(), "only": None}
        cursor.execute(sql.LEFT_OUT, parameters)
        (left_out,) = cursor.fetchone()
        cursor.execute("SELECT nextval(pg_get_serial_sequence('settlements_rebaterun', 'id'))")
        (run_id,) = cursor.fetchone()
        run = RebateRun(
            pk=run_id, through=through, job=job, conditions=0, left_out=left_out, created_by=user
        )
        cursor.execute(sql.WRITE, {**parameters, "run": run_id, "user": user.pk if user else None})
        run.conditions = cursor.rowcount
        cursor.execute("ANALYZE settlements_rebateaccrual")  # the next run plans by it
    run.save(force_insert=True)
    return run


def _check_open(day: date) -> None:
    """Raise ClosedPeriodError where accruals of the day would change closed books."""
    companies = TradingAgreement.objects.values("selling_company")
    closed = AccountingPeriod.objects.closed().filter(valid__contains=day)
    if closed.filter(selling_company__isnull=True).exists():
        raise ClosedPeriodError(field="through")
    named = SellingCompany.objects.filter(
        pk__in=companies, accounting_periods__in=closed
    ).values_list("name", flat=True)
    if name := named.first():
        words = _("%(company)s's books are closed on this day. Choose a day in an open period.")
        raise ClosedPeriodError(words % {"company": name}, field="through")
