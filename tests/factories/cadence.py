"""Rules of cadence and pauses."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account
from interactions.choices import PauseReason
from interactions.models import CadencePause, CadencePolicy


def make_policy(
    *,
    tier: str = "key",
    function: str = "",
    every: int = 30,
    since: date | None = None,
    until: date | None = None,
) -> CadencePolicy:
    """A rule; without days it holds ever."""
    return CadencePolicy.objects.create(
        tier_code=tier, function=function, every_days=every, valid=DateRange(since, until)
    )


def make_pause(
    *,
    since: date = date(2026, 7, 1),
    until: date = date(2026, 8, 1),
    account: Account | None = None,
    function: str = "",
    reason: str = PauseReason.HOLIDAY,
    note: str = "",
) -> CadencePause:
    """A pause, of everybody unless an account is named."""
    return CadencePause.objects.create(
        account=account,
        function=function,
        reason=reason,
        note=note,
        valid=DateRange(since, until),
    )
