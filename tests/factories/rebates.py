"""Approved rebates, and the books that they count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.models import Account
from settlements.choices.terms import Calculation, Deduction, VersionState
from settlements.models import RebateRun, TradeCondition
from settlements.services.rebates import accrue_rebates
from tests.factories.terms import (
    START,
    make_agreement,
    make_condition,
    make_schedule,
    make_version,
    move_on,
)

type Bands = Sequence[tuple[str, str | None, str]]

# Table 1.8 of the domain: 0 % below a million, 2 % below two, 3 % from there.
MILLIONS: Bands = (
    ("0", "1000000", "0"),
    ("1000000", "2000000", "2"),
    ("2000000", None, "3"),
)


def make_rebate(
    *,
    account: Account,
    bands: Bands = MILLIONS,
    scheme: str = Deduction.TIERED_RETROACTIVE,
    start: date = START,
    end: date | None = None,
    state: str = VersionState.ACTIVE,
    currency: str = "EUR",
    **fields: Any,
) -> TradeCondition:
    """A yearly rebate on net purchases by bands; without bands by `value`, 2 % unless given."""
    agreement = make_agreement(account=account, currency=currency)
    version = make_version(agreement=agreement, start=start, end=end)
    if bands:
        fields = {
            "calculation": Calculation.SCHEDULE,
            "value": None,
            "scheme": scheme,
            "schedule": make_schedule(version=version, bands=bands),
            **fields,
        }
    condition = make_condition(version=version, **{"cycle": "yearly", **fields})
    if state != VersionState.DRAFT:
        move_on(version, state)
    return condition


def run_rebates(day: date) -> RebateRun:
    """A run up to a day, on that day."""
    return accrue_rebates(through=day, as_of=day)
