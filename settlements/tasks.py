from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core.jobs import Progress, job
from settlements.services.notices import tell_of_overdue
from settlements.services.overdue import flag_overdue as flag
from settlements.services.overdue_balances import keep_balances


@job("settlements.flag_overdue", title=_("Flag overdue receivables"))
def flag_overdue(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Note what became overdue and what was cured, and put work on lists (nightly, on demand)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    done = flag(as_of=day, report=progress.report)
    keep_balances()
    if done.flagged:
        tell_of_overdue(as_of=day, at=timezone.now())
    return {
        "as_of": day.isoformat(),
        "flagged": done.flagged,
        "cured": done.cured,
        "unchanged": done.unchanged,
    }
