"""Notes what became overdue and what was cured, keeps positions, and puts work on lists."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kam.core.locks import lock_names
from settlements.models import OverdueRun
from settlements.services import overdue_board_sql as board_sql
from settlements.services import overdue_sql as sql

type Report = Callable[[int, int | None, str], None]

LOCK = "settlements.flag_overdue"
STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """What a run changed: items that became overdue, that were cured, and that still are overdue.

    `passed` are those that became overdue and were settled between two runs: they are in the
    history, and in no other figure here.
    """

    as_of: date
    flagged: int
    cured: int
    unchanged: int
    passed: int
    seconds: float


def _silent(_done: int, _total: int | None = None, _message: str = "") -> None:
    """Report progress to nobody."""


@transaction.atomic
def flag_overdue(*, as_of: date, report: Report = _silent) -> Flagged:
    """Bring spells, positions and work up to a day, with everything that happened since the last.

    Lateness comes from due dates and allocations effective up to `as_of`, so days without a run
    are caught up, and a second run changes nothing. A day before the last run writes nothing
    either and answers how many items were overdue on it, as noted. Runs wait for each other.
    """
    started = time.perf_counter()
    lock_names(LOCK)
    last = OverdueRun.objects.aggregate(last=Max("as_of"))["last"]
    with connection.cursor() as cursor:
        work = _Work(cursor, as_of, last)
        if last is not None and as_of < last:
            flagged, cured, passed, unchanged = 0, 0, 0, work.value(sql.THEN)
        else:
            flagged, cured, passed, unchanged = work.run(report)
    return Flagged(
        as_of=as_of,
        flagged=flagged,
        cured=cured,
        unchanged=unchanged,
        passed=passed,
        seconds=time.perf_counter() - started,
    )


class _Work:
    def __init__(self, cursor: Any, as_of: date, last: date | None) -> None:
        self.cursor = cursor
        self.parameters: dict[str, Any] = {"as_of": as_of, "last": last}
        self.has_gap = last is not None and (as_of - last).days > 1

    def run(self, report: Report) -> tuple[int, int, int, int]:
        """Return how many items were flagged, cured, passed, and stayed overdue."""
        mark, self.parameters["mark"] = self.value(sql.MARK), ""
        if self.value(sql.CALM):
            self.parameters["mark"] = mark
        if OverdueRun.objects.filter(as_of=self.parameters["as_of"], ledger_mark=mark).exists():
            self._hand_out(report)
            return 0, 0, 0, self.value(sql.RUNNING)
        return self._read_ledger(report)

    def _hand_out(self, report: Report) -> None:
        report(4, STEPS, _("Handing out work"))
        self.execute(sql.WORK)
        self.execute(sql.NO_WORK)
        report(STEPS, STEPS, "")

    def _read_ledger(self, report: Report) -> tuple[int, int, int, int]:
        self.cursor.execute("SET LOCAL work_mem = '128MB'; DROP TABLE IF EXISTS overdue_open")
        report(0, STEPS, _("Reading what is open"))
        self.execute(sql.OPEN)
        self.cursor.execute("ANALYZE overdue_open")
        report(1, STEPS, _("Noting what was settled"))
        cured = self.execute(sql.CURE)
        passed = self.execute(sql.PASS) if self.has_gap else 0
        report(2, STEPS, _("Noting what became overdue"))
        flagged = self.execute(sql.FLAG)
        report(3, STEPS, _("Computing positions"))
        self.execute(sql.POSITIONS)
        self.execute(sql.NO_POSITIONS)
        self.execute(board_sql.POSITIONS)
        self.execute(board_sql.NO_POSITIONS)
        self._hand_out(report)
        unchanged = self.value(sql.RUNNING) - flagged
        self.parameters |= {"flagged": flagged, "cured": cured, "passed": passed}
        self.execute(sql.NOTE_RUN)
        return flagged, cured, passed, unchanged

    def execute(self, statement: str) -> int:
        """Run a statement and return how many rows it touched."""
        self.cursor.execute(statement, self.parameters)
        return int(self.cursor.rowcount)

    def value(self, statement: str) -> Any:
        """Run a query and return its single value."""
        self.cursor.execute(statement, self.parameters)
        return self.cursor.fetchone()[0]
