"""What a version of an agreement says, as it is written down: one typed draft for each part.

Bands are named: a term or a condition says which of the version's schedules it uses by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from settlements.choices.terms import (
    BaseEvent,
    Bearer,
    Conditionality,
    Cycle,
    Deduction,
    InvoicingParty,
    LineKind,
    MeasuredAt,
    NegativeHandling,
    Preset,
    Proration,
    Renewal,
)

TERM_COLUMNS = (
    "title_transfer", "settlement_basis", "base_event", "category_id", "deduction",
    "deduction_percent", "rent", "is_tax_inclusive", "tax_rate", "is_after_coupons",
    "coupon_bearer", "cycle", "invoicing_party", "shrink_bearer", "shrink_tolerance",
    "negative_handling", "calendar_id", "discount_percent", "discount_days",
)  # fmt: skip
"""What a term's row has from its draft, the preset aside, which follows from the axes."""
CONDITION_COLUMNS = (
    "kind", "name", "calculation", "channel", "fee_type", "category_id", "value", "scheme",
    "floor", "cap", "is_sales_linked", "is_distinct_service", "evidence", "conditionality",
    "target", "basis", "cycle", "measured_at", "payout",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class HeaderDraft:
    """The period of a version, `end` being the first day after it, and what happens then."""

    start: date
    end: date | None = None
    renewal: str = Renewal.ENDS
    renewal_months: int | None = None
    notice_days: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OperationDraft:
    """A step from the base date: `value` a number, or `roll` for a step to a working day."""

    kind: str
    value: int | None = None
    roll: str = ""


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """An instalment: its part of the total (none for what remains) and the steps to its date."""

    kind: str = LineKind.REMAINDER
    value: Decimal | None = None
    operations: Sequence[OperationDraft] = ()


@dataclass(frozen=True, kw_only=True)
class GuaranteeDraft:
    """A minimum guarantee; `amount` is that of a month."""

    basis: str
    amount: Decimal
    test_period: str
    proration: str = Proration.NONE
    excess_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class MediumDraft:
    """What is paid by one medium: at a percentage of its own, or not counted (no percentage)."""

    medium: str
    is_counted: bool = True
    percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class TermDraft:
    """A method of settlement: the five axes, for all goods or a category; see `SettlementTerm`.

    `schedule` is the name of the bands of a deduction in bands.
    """

    title_transfer: str
    settlement_basis: str
    base_event: str = BaseEvent.INVOICE_DATE
    preset: str = Preset.OWN
    category_id: int | None = None
    deduction: str = Deduction.NONE
    deduction_percent: Decimal | None = None
    schedule: str = ""
    rent: Decimal | None = None
    is_tax_inclusive: bool = False
    tax_rate: Decimal | None = None
    is_after_coupons: bool = True
    coupon_bearer: str = Bearer.CUSTOMER
    cycle: str = Cycle.MONTHLY
    invoicing_party: str = InvoicingParty.SUPPLIER
    shrink_bearer: str = ""
    shrink_tolerance: Decimal | None = None
    negative_handling: str = NegativeHandling.CARRY_FORWARD
    calendar_id: int | None = None
    discount_percent: Decimal | None = None
    discount_days: int | None = None
    lines: Sequence[LineDraft] = ()
    guarantee: GuaranteeDraft | None = None
    media: Sequence[MediumDraft] = ()


@dataclass(frozen=True, kw_only=True)
class BandDraft:
    """A rate from an amount on and below another; without `upper` it goes on."""

    lower: Decimal
    upper: Decimal | None
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class ScheduleDraft:
    """Bands under a name; together they cover every amount from zero on."""

    name: str
    bands: Sequence[BandDraft] = ()


@dataclass(frozen=True, kw_only=True)
class ConditionDraft:
    """A fee, a promotion or a rebate; see `TradeCondition`.

    `start` and `end` (the first day after) are its own period; neither: as long as the version.
    """

    kind: str
    name: str
    calculation: str
    channel: str
    fee_type: str = ""
    category_id: int | None = None
    value: Decimal | None = None
    schedule: str = ""
    scheme: str = Deduction.NONE
    floor: Decimal | None = None
    cap: Decimal | None = None
    start: date | None = None
    end: date | None = None
    is_sales_linked: bool = False
    is_distinct_service: bool = False
    evidence: str = ""
    conditionality: str = Conditionality.UNCONDITIONAL
    target: Decimal | None = None
    basis: str = ""
    cycle: str = ""
    measured_at: str = MeasuredAt.ACCOUNT
    payout: str = ""


@dataclass(frozen=True, kw_only=True)
class ResponsibilityDraft:
    """Who bears one thing; `our_share` (percent) where both share it."""

    subject: str
    bearer: str
    our_share: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class VersionDraft:
    """A whole version: header and all parts."""

    header: HeaderDraft
    schedules: Sequence[ScheduleDraft] = ()
    terms: Sequence[TermDraft] = ()
    conditions: Sequence[ConditionDraft] = ()
    responsibilities: Sequence[ResponsibilityDraft] = ()
