"""Rules of cadence and pauses: how often somebody is met, and when nobody is expected to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Tier
from accounts.services import periods, tree
from interactions.models import CadencePause, CadencePolicy
from kam.core.problems import RefusedError, explained


@explained()
@transaction.atomic
def set_policy(
    *,
    tier_code: str,
    function: str = "",
    every_days: int,
    from_date: date | None = None,
    until: date | None = None,
) -> CadencePolicy:
    """Let a pace hold for a tier from a day on; what held then gives way.

    Without a function it is that of the account as a whole. Raises RefusedError for a code that
    no tier has, for days out of range and for a period that ends before it begins.
    """
    _check_tier(tier_code)
    _check_period(from_date, until)
    rows = CadencePolicy.objects.filter(tier_code=tier_code, function=function)
    valid = periods.since(from_date, until)
    periods.clear(rows, valid)
    new = CadencePolicy(tier_code=tier_code, function=function, every_days=every_days, valid=valid)
    kept: CadencePolicy = periods.put(rows, new)
    return kept


@explained()
@transaction.atomic
def end_policy(*, policy: CadencePolicy, on: date) -> None:
    """Let a rule hold no longer from a day on; one that has not begun goes."""
    rows = CadencePolicy.objects.filter(pk=policy.pk)
    periods.clear(rows, periods.since(on))


@transaction.atomic
def keep_paces(*, wanted: Mapping[tuple[str, str], int | None], from_date: date) -> int:
    """Let the paces of a whole table hold from a day on; answer how many changed.

    `wanted` are days by tier code and function; None ends the rule. All or nothing. Raises
    RefusedError as `set_policy` does.
    """
    rows = CadencePolicy.objects.filter(valid__contains=from_date)
    held = {(row.tier_code, row.function): row for row in rows}
    changed = 0
    for (tier_code, function), every_days in wanted.items():
        row = held.get((tier_code, function))
        if every_days == (row.every_days if row else None):
            continue
        changed += 1
        if every_days is not None:
            set_policy(
                tier_code=tier_code,
                function=function,
                every_days=every_days,
                from_date=from_date,
            )
        elif row is not None:
            end_policy(policy=row, on=from_date)
    return changed


@explained()
@transaction.atomic
def add_pause(
    *,
    account: Account | None = None,
    function: str = "",
    reason: str,
    note: str = "",
    from_date: date,
    until: date,
) -> CadencePause:
    """Let days not count: of everybody, or of an account with all below it.

    Raises RefusedError for a period that ends before it begins, and for a merged account.
    """
    if account is not None:
        tree.refuse_merged(account)
    _check_period(from_date, until)
    pause: CadencePause = CadencePause.objects.create(
        account=account,
        function=function,
        reason=reason,
        note=note.strip(),
        valid=periods.since(from_date, until),
    )
    return pause


@explained()
@transaction.atomic
def change_pause(
    *, pause: CadencePause, reason: str, note: str, from_date: date, until: date
) -> CadencePause:
    """Change why and when; whom it is for stays."""
    _check_period(from_date, until)
    locked: CadencePause = CadencePause.objects.select_for_update(no_key=True).get(pk=pause.pk)
    locked.reason, locked.note = reason, note.strip()
    locked.valid = periods.since(from_date, until)
    locked.save()
    return locked


@transaction.atomic
def remove_pause(*, pause: CadencePause) -> None:
    """Let the days count again; the history keeps the pause."""
    pause.delete()


def _check_tier(code: str) -> None:
    if not Tier.objects.filter(code=code).exists():
        raise RefusedError(_("No tier has this code."), field="tier_code")


def _check_period(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and end <= start:
        raise RefusedError(_("The period ends before it begins."), field="until")
