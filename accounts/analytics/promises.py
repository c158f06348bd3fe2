"""How far a side can be relied upon: promises kept in time against those that were due."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Promises of one side by what became of them.

    `open` are those whose day has not passed, `overdue` open ones whose day has. Withdrawn ones
    were taken back and are judged by nobody, so they are no part of it.
    """

    kept: int = 0
    late: int = 0
    broken: int = 0
    overdue: int = 0
    open: int = 0

    @property
    def due(self) -> int:
        """Those that can be judged: settled for better or worse, or their day has passed."""
        return self.kept + self.late + self.broken + self.overdue

    @property
    def reliability(self) -> Decimal | None:
        """Kept in time ÷ due; None where nothing was due, which is not zero."""
        return Decimal(self.kept) / self.due if self.due else None
