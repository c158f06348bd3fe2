"""Agreements by the models themselves: versions in any state, terms with bands and instalments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils import timezone

from accounts.models import Account
from kam.core.models import SellingCompany
from kam.identity.models import User
from settlements.choices.terms import (
    BaseEvent,
    Bearer,
    Calculation,
    Channel,
    ConditionKind,
    Cycle,
    Deduction,
    Payout,
    Preset,
    RebateBasis,
    SettlementBasis,
    TitleTransfer,
    VersionState,
)
from settlements.models import (
    AgreementVersion,
    MediumRule,
    MinimumGuarantee,
    PaymentLine,
    PaymentOperation,
    RateBand,
    RateSchedule,
    SettlementTerm,
    TradeCondition,
    TradingAgreement,
)
from tests.factories.identity import make_user
from tests.factories.settlements import make_company

_numbers = count(1)
START = date(2026, 1, 1)
AXES: dict[str, dict[str, Any]] = {
    Preset.OUTRIGHT_CREDIT: {
        "title_transfer": TitleTransfer.ON_RECEIPT,
        "settlement_basis": SettlementBasis.RECEIVED_NET,
        "base_event": BaseEvent.INVOICE_DATE,
    },
    Preset.CONSIGNMENT: {
        "title_transfer": TitleTransfer.ON_SELL_THROUGH,
        "settlement_basis": SettlementBasis.SOLD_NET,
        "base_event": BaseEvent.STATEMENT_CONFIRMED,
        "shrink_bearer": Bearer.SHARED,
        "shrink_tolerance": Decimal(1),
    },
    Preset.CONCESSION: {
        "title_transfer": TitleTransfer.NEVER,
        "settlement_basis": SettlementBasis.TURNOVER_NET,
        "base_event": BaseEvent.STATEMENT_CONFIRMED,
        "deduction": Deduction.PERCENT,
        "deduction_percent": Decimal(22),
    },
}


def make_agreement(
    *,
    account: Account,
    company: SellingCompany | None = None,
    number: str = "",
    currency: str = "EUR",
    by: User | None = None,
) -> TradingAgreement:
    """An agreement without a version."""
    number = number or f"A-{next(_numbers)}"
    return TradingAgreement.objects.create(
        account=account,
        selling_company=company or make_company(currency=currency),
        number=number,
        name=f"Agreement {number}",
        currency_id=currency,
        created_by=by,
    )


def make_version(
    *,
    agreement: TradingAgreement | None = None,
    account: Account | None = None,
    state: str = VersionState.DRAFT,
    start: date = START,
    end: date | None = None,
    preset: str | None = Preset.OUTRIGHT_CREDIT,
    by: User | None = None,
    approver: User | None = None,
    **fields: Any,
) -> AgreementVersion:
    """A version in a state, with one term for all goods due in 30 days (no preset: none).

    Parts can be added while it is a draft: see `move_on`.
    """
    if agreement is None:
        assert account is not None
        agreement = make_agreement(account=account)
    version = AgreementVersion.objects.create(
        agreement=agreement,
        version=agreement.versions.count() + 1,
        valid=DateRange(start, end),
        written_by=by,
        **fields,
    )
    if preset is not None:
        make_term(version=version, preset=preset)
    if state != VersionState.DRAFT:
        move_on(version, state, by=by, approver=approver)
    return version


def move_on(
    version: AgreementVersion,
    state: str = VersionState.ACTIVE,
    *,
    by: User | None = None,
    approver: User | None = None,
) -> AgreementVersion:
    """Take a draft its way up to a state."""
    way = [VersionState.DRAFT, VersionState.IN_APPROVAL, VersionState.ACTIVE]
    if state not in way:
        way.append(VersionState(state))
    version.submitted_by = by or make_user()
    version.submitted_at = timezone.now()
    for step in way[
        way.index(VersionState(version.state)) + 1 : way.index(VersionState(state)) + 1
    ]:
        if step == VersionState.ACTIVE:
            version.approved_by = approver or make_user()
            version.approved_at = timezone.now()
        if step == VersionState.TERMINATED:
            version.ended_by, version.end_reason = version.approved_by, "No longer wanted"
            version.ended_at = timezone.now()
        version.state = step
        version.save()
    return version


def make_term(
    *,
    version: AgreementVersion,
    preset: str = Preset.OUTRIGHT_CREDIT,
    days: int | None = 30,
    bands: Sequence[tuple[str, str | None, str]] = (),
    guarantee: dict[str, Any] | None = None,
    media: Sequence[tuple[str, str | None]] = (),
    **fields: Any,
) -> SettlementTerm:
    """A term of a draft; bands as (from, below, rate) make its deduction incremental.

    Media as (medium, own percentage); None: it does not count.
    """
    values: dict[str, Any] = {"preset": preset, **AXES[preset], **fields}
    if bands:
        values["deduction_schedule"] = make_schedule(version=version, bands=bands)
        values["deduction_percent"] = None
        values.setdefault("deduction", Deduction.TIERED_INCREMENTAL)
        if "deduction" not in fields:
            values["deduction"] = Deduction.TIERED_INCREMENTAL
    term: SettlementTerm = SettlementTerm.objects.create(version=version, **values)
    line = PaymentLine.objects.create(term=term)
    if days is not None:
        PaymentOperation.objects.create(line=line, kind="days", value=days)
    if guarantee:
        MinimumGuarantee.objects.create(term=term, **guarantee)
    MediumRule.objects.bulk_create(
        MediumRule(
            term=term,
            medium=medium,
            is_counted=rate is not None,
            percent=None if rate is None else Decimal(rate),
        )
        for medium, rate in media
    )
    return term


def make_schedule(
    *, version: AgreementVersion, bands: Sequence[tuple[str, str | None, str]], name: str = ""
) -> RateSchedule:
    """Bands of a draft as (from, below, rate)."""
    name = name or f"Bands {next(_numbers)}"
    schedule: RateSchedule = RateSchedule.objects.create(version=version, name=name)
    RateBand.objects.bulk_create(
        RateBand(
            schedule=schedule,
            band=NumericRange(Decimal(lower), None if upper is None else Decimal(upper)),
            rate=Decimal(rate),
        )
        for lower, upper, rate in bands
    )
    return schedule


def make_condition(*, version: AgreementVersion, **fields: Any) -> TradeCondition:
    """A condition of a draft: without more, an unconditional rebate of 2 % of purchases a year."""
    values: dict[str, Any] = {
        "kind": ConditionKind.REBATE,
        "name": f"Condition {next(_numbers)}",
        "calculation": Calculation.PERCENT_OF_PURCHASES,
        "value": Decimal(2),
        "channel": Channel.SET_OFF,
        "basis": RebateBasis.NET_PURCHASES,
        "cycle": Cycle.QUARTERLY,
        "payout": Payout.CREDIT_NOTE,
        **fields,
    }
    condition: TradeCondition = TradeCondition.objects.create(version=version, **values)
    return condition


def make_active(
    *,
    account: Account,
    preset: str = Preset.OUTRIGHT_CREDIT,
    start: date = START,
    days_long: int | None = None,
    company: SellingCompany | None = None,
    **term: Any,
) -> AgreementVersion:
    """An agreement in force with one term; `term` are fields of `make_term`."""
    agreement = make_agreement(account=account, company=company)
    end = None if days_long is None else start + timedelta(days=days_long)
    version = make_version(agreement=agreement, start=start, end=end, preset=None)
    make_term(version=version, preset=preset, **term)
    return move_on(version)
