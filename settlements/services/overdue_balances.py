"""Keeps the balances of month ends that the board's DSO and its trend are read from."""

from __future__ import annotations

from django.db import connection, transaction

from kam.core.locks import lock_names
from settlements.models import OverdueRun
from settlements.selectors.collection import WINDOW, month_ends
from settlements.services import overdue_board_sql as board_sql
from settlements.services import overdue_sql as sql
from settlements.services.overdue import LOCK

MONTHS = 13


@transaction.atomic
def keep_balances() -> int:
    """Bring balances of month ends up to the last overdue run; return how many rows changed.

    Computed anew from the whole ledger, so what was posted back-dated is in it. Nothing is read
    where the ledger is what it was at the last time. To be run after the overdue run.
    """
    lock_names(LOCK)
    run = OverdueRun.objects.order_by("-as_of").first()
    if run is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql.MARK)
        mark = cursor.fetchone()[0]
        if run.balances_mark == mark:
            return 0
        cursor.execute(sql.CALM)
        run.balances_mark = mark if cursor.fetchone()[0] else ""
        ends = sorted({*month_ends(run.as_of, MONTHS), run.as_of})
        cursor.execute("SET LOCAL work_mem = '128MB'; DROP TABLE IF EXISTS fresh_balance")
        cursor.execute(board_sql.BALANCES, {"as_of": run.as_of, "ends": ends, "days": WINDOW})
        cursor.execute("ANALYZE fresh_balance")
        cursor.execute(board_sql.NO_BALANCES)
        changed = cursor.rowcount
        cursor.execute(board_sql.NEW_BALANCES)
        changed += cursor.rowcount
    run.save(update_fields=["balances_mark"])
    return int(changed)
