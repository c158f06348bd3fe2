"""The demo's cadence: paces of its tiers, summer and winter holidays, one customer's season."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.choices import Function
from accounts.models import Account, Tier
from interactions.choices import PauseReason
from interactions.models import CadencePause, CadencePolicy
from interactions.services.cadence import add_pause, set_policy
from kam.core.demo import Counts, DemoPart, DemoRequest

_BEFORE = timedelta(days=400)
PACES: dict[str, dict[str, int]] = {
    "strategic": {
        Function.MERCHANDISING: 14,
        Function.OPERATIONS: 30,
        Function.MARKETING: 30,
        Function.FINANCE: 90,
    },
    "key": {
        Function.MERCHANDISING: 21,
        Function.OPERATIONS: 45,
        Function.MARKETING: 60,
    },
    "growth": {Function.MERCHANDISING: 45},
}


def load(request: DemoRequest) -> Counts:
    """Write rules and pauses around the demo's day."""
    known = set(Tier.objects.values_list("code", flat=True))
    for code, paces in PACES.items():
        if code not in known:
            continue
        for function, days in paces.items():
            set_policy(
                tier_code=code,
                function=function,
                every_days=days,
                from_date=request.as_of - _BEFORE,
            )
    year = request.as_of.year
    for when in (year - 1, year):
        _pause(PauseReason.HOLIDAY, date(when, 7, 1), date(when, 8, 1), "Summer holidays")
        winter = "Christmas to Epiphany"
        _pause(PauseReason.HOLIDAY, date(when, 12, 22), date(when + 1, 1, 7), winter)
    if (first := _largest()) is not None:
        note = "Their stores take no visits in the Christmas trade."
        _pause(PauseReason.SEASON, date(year, 12, 1), date(year, 12, 22), note, first)
    return present()


def _pause(reason: str, start: date, end: date, note: str, account: Account | None = None) -> None:
    add_pause(
        account=account,
        function=Function.OPERATIONS if account else "",
        reason=reason,
        note=note,
        from_date=start,
        until=end,
    )


def _largest() -> Account | None:
    rows = Account.objects.filter(current_parent=None, current_lead__isnull=False)
    found: Account | None = rows.order_by("-figure__net_12m", "pk").first()
    return found


def present() -> Counts:
    """Count rows of any origin."""
    counted = (CadencePolicy, CadencePause)
    return {str(one._meta.verbose_name_plural): one._default_manager.count() for one in counted}


def added() -> Counts:
    """Nothing of its own: rules go with the tiers, pauses with the accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty rules and pauses."""
    del keep_user_id
    removed = present()
    CadencePause.objects.all().delete()
    CadencePolicy.objects.all().delete()
    return removed


PART = DemoPart(key="cadence", order=51, load=load, clear=clear, present=present, added=added)
