"""Credit's share in a merge of two accounts: limits, checks and all else become the other's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from kam.core import formats
from kam.core.problems import Caution
from settlements.choices.credit import ApplicationState, HoldState
from settlements.models import (
    Collateral,
    CreditApplication,
    CreditCheck,
    CreditHold,
    CreditLimit,
    CreditOverride,
    CreditPosition,
    CreditScoreSnapshot,
    ExposureFact,
)

_OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED)
_MOVED: tuple[Any, ...] = (
    CreditLimit, Collateral, CreditApplication, CreditOverride, CreditHold, ExposureFact,
)  # fmt: skip


def _clashing(keep: Account, drop: Account) -> list[CreditLimit]:
    """Limits of the duplicate on days on which the kept account has one of its own."""
    own = list(CreditLimit.objects.filter(party=keep).standing())
    return [
        limit
        for limit in CreditLimit.objects.filter(party=drop).standing()
        if any(
            one.currency_id == limit.currency_id and _overlap(one.valid, limit.valid) for one in own
        )
    ]


def _overlap(a: Any, b: Any) -> bool:
    return (a.upper is None or b.lower < a.upper) and (b.upper is None or a.lower < b.upper)


def _plan(keep: Account, drop: Account) -> Part:
    moves = []
    for limit in CreditLimit.objects.filter(party=drop).standing():
        amount = formats.money(limit.amount, limit.currency_id)
        moves.append(_("Credit limit %(amount)s") % {"amount": amount})
    checks = CreditCheck.objects.filter(Q(party=drop) | Q(account=drop)).count()
    if checks:
        words = ngettext("%(n)s credit check", "%(n)s credit checks", checks)
        moves.append(words % {"n": formats.number(checks)})
    cautions = [
        Caution(
            _("Both have a credit limit: %(amount)s of the duplicate goes to the history.")
            % {"amount": formats.money(limit.amount, limit.currency_id)},
            "limit_of_both",
        )
        for limit in _clashing(keep, drop)
    ]
    return Part(moves=moves, cautions=cautions)


def _move(keep: Account, drop: Account) -> None:
    for limit in _clashing(keep, drop):
        limit.revoked_on, limit.revoke_reason = limit.valid.lower, f"→ {keep.name}"[:500]
        limit.save()
    _give_way(keep, drop)
    months = CreditScoreSnapshot.objects.filter(party=keep).values("month")
    CreditScoreSnapshot.objects.filter(party=drop, month__in=months).delete()
    CreditScoreSnapshot.objects.filter(party=drop).update(party=keep)
    CreditPosition.objects.filter(party=drop).delete()  # the next run finds them for both
    for model in _MOVED:
        model.objects.filter(party=drop).update(party=keep)
    for name in ("party", "account", "decisive"):
        CreditCheck.objects.filter(**{name: drop}).update(**{name: keep})


def _give_way(keep: Account, drop: Account) -> None:
    """Of two open applications in a currency, or two holds, the duplicate's goes."""
    codes = CreditApplication.objects.filter(party=keep, state__in=_OPEN).values("currency")
    twins = CreditApplication.objects.filter(party=drop, state__in=_OPEN, currency__in=codes)
    twins.update(state=ApplicationState.WITHDRAWN)
    if CreditHold.objects.filter(party=keep).standing().exists():
        for hold in CreditHold.objects.filter(party=drop).standing():
            hold.state, hold.released_on = HoldState.RELEASED, hold.activated_on
            hold.save()


MOVER = Mover(key="settlements.credit", plan=_plan, move=_move, order=86)
