"""What the demo's agreements say: every method under its trade name, with what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.models import ProductCategory
from kam.core.dates import add_months, month_start
from settlements.choices.terms import (
    BaseEvent,
    Bearer,
    Calculation,
    Channel,
    Conditionality,
    ConditionCycle,
    ConditionKind,
    Deduction,
    FeeType,
    GuaranteeBasis,
    InvoicingParty,
    LineKind,
    OperationKind,
    Payout,
    Preset,
    RebateBasis,
    Renewal,
    Roll,
    Subject,
    TestPeriod,
)
from settlements.models import BusinessCalendar
from settlements.services.terms.drafts import (
    BandDraft,
    ConditionDraft,
    GuaranteeDraft,
    HeaderDraft,
    LineDraft,
    MediumDraft,
    OperationDraft,
    ResponsibilityDraft,
    ScheduleDraft,
    TermDraft,
    VersionDraft,
)
from settlements.services.terms.presets import PRESETS

TURNOVER, BONUS = "Turnover of the month", "Purchases of the year"


@dataclass(frozen=True, kw_only=True)
class Spec:
    """An agreement of a demo group: `stage` tells how far its last version is.

    Months count from the current one: `since` when the version begins, `months` how long it holds
    (None: without an end). `before` years of an earlier version stand in front of it.
    """

    code: str
    name: str
    terms: tuple[TermDraft, ...]
    conditions: tuple[ConditionDraft, ...] = ()
    schedules: tuple[ScheduleDraft, ...] = ()
    bears: tuple[ResponsibilityDraft, ...] = ()
    currency: str = "EUR"
    since: int = -10
    months: int | None = None
    renewal: str = Renewal.ENDS
    notice_days: int | None = None
    before: int = 0
    stage: str = "active"
    note: str = ""

    def start(self, as_of: date) -> date:
        """Return the first day of its version."""
        return add_months(month_start(as_of), self.since)

    def draft(self, as_of: date) -> VersionDraft:
        """Return the whole version as it is written down."""
        start = self.start(as_of)
        end = None if self.months is None else add_months(start, self.months)
        silent = self.renewal == Renewal.SILENT
        header = HeaderDraft(
            start=start,
            end=end,
            renewal=self.renewal,
            renewal_months=12 if silent else None,
            notice_days=self.notice_days,
            note=self.note,
        )
        return VersionDraft(
            header=header,
            schedules=self.schedules,
            terms=self.terms,
            conditions=self.conditions,
            responsibilities=self.bears,
        )


# Payment


def step(kind: str, value: int | None = None, roll: str = "") -> OperationDraft:
    """Return a step of a payment term."""
    return OperationDraft(kind=kind, value=value, roll=roll)


def days(count: int) -> OperationDraft:
    """Return the step of so many days."""
    return step(OperationKind.DAYS, count)


EOM = step(OperationKind.END_OF_MONTH)
FRIDAY = step(OperationKind.NEXT_WEEKDAY, 4)
WORKDAY = step(OperationKind.BUSINESS_DAY, roll=Roll.FOLLOWING)


def paid(term: TermDraft, *steps: OperationDraft, **changes: object) -> TermDraft:
    """Return a term paid at once after some steps."""
    return replace(term, lines=(LineDraft(operations=steps),), **changes)  # type: ignore[arg-type]


def thirds(term: TermDraft) -> TermDraft:
    """Return a term paid in three parts after 30, 60 and 90 days."""
    third = Decimal("33.3333")
    lines = (
        LineDraft(kind=LineKind.PERCENT_OF_TOTAL, value=third, operations=(days(30),)),
        LineDraft(kind=LineKind.PERCENT_OF_TOTAL, value=third, operations=(days(60),)),
        LineDraft(operations=(days(90),)),
    )
    return replace(term, lines=lines)


# Parts


def bands(name: str, *rows: tuple[int, int | None, str]) -> ScheduleDraft:
    """Return bands as (from, below, rate)."""
    return ScheduleDraft(
        name=name,
        bands=tuple(
            BandDraft(
                lower=Decimal(lower),
                upper=None if upper is None else Decimal(upper),
                rate=Decimal(rate),
            )
            for lower, upper, rate in rows
        ),
    )


def bonus(scheme: str, *, target: int | None = None) -> ConditionDraft:
    """Return a rebate by bands on a year's purchases."""
    due = Conditionality.UNCONDITIONAL if target is None else Conditionality.TARGET
    return ConditionDraft(
        kind=ConditionKind.REBATE,
        name="Volume bonus",
        calculation=Calculation.SCHEDULE,
        schedule=BONUS,
        scheme=scheme,
        channel=Channel.SET_OFF,
        conditionality=due,
        target=None if target is None else Decimal(target),
        basis=RebateBasis.NET_PURCHASES,
        cycle=ConditionCycle.YEARLY,
        payout=Payout.CREDIT_NOTE,
        is_sales_linked=True,
    )


def rebate(name: str, percent: str, **changes: object) -> ConditionDraft:
    """Return a rebate of a percentage of purchases each quarter."""
    plain = ConditionDraft(
        kind=ConditionKind.REBATE,
        name=name,
        calculation=Calculation.PERCENT_OF_PURCHASES,
        value=Decimal(percent),
        channel=Channel.SET_OFF,
        basis=RebateBasis.NET_PURCHASES,
        cycle=ConditionCycle.QUARTERLY,
        payout=Payout.CLAIM,
        is_sales_linked=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def fee(name: str, kind: str, amount: str, **changes: object) -> ConditionDraft:
    """Return a fee of a fixed amount each month, taken off the payment."""
    plain = ConditionDraft(
        kind=ConditionKind.FEE,
        name=name,
        fee_type=kind,
        calculation=Calculation.FIXED,
        value=Decimal(amount),
        cycle=ConditionCycle.MONTHLY,
        channel=Channel.SET_OFF,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def bears(**who: str) -> tuple[ResponsibilityDraft, ...]:
    """Return who bears what, by subject."""
    return tuple(
        ResponsibilityDraft(subject=Subject(subject), bearer=bearer)
        for subject, bearer in who.items()
    )


_US, _THEM = Bearer.US, Bearer.CUSTOMER
_CREDIT, _CASH = PRESETS[Preset.OUTRIGHT_CREDIT], PRESETS[Preset.OUTRIGHT_CASH]
_CONSIGNED = replace(
    PRESETS[Preset.CONSIGNMENT],
    shrink_bearer=Bearer.SHARED,
    shrink_tolerance=Decimal(1),
)
_CONCESSION = PRESETS[Preset.CONCESSION]
_GUARANTEED = PRESETS[Preset.GUARANTEED]
_MEDIA = (
    MediumDraft(medium="CARD", percent=Decimal("17.5")),
    MediumDraft(medium="GIFT CARD", is_counted=False),
)
_DISPLAY = fee(
    "Display in season", FeeType.DISPLAY, "1800", is_distinct_service=True,
    evidence="Photos of the display, each month",
)  # fmt: skip
_CARD = fee(
    "Card payments", FeeType.CARD, "0.6", calculation=Calculation.PERCENT_OF_TURNOVER, cycle="",
    is_sales_linked=True,
)  # fmt: skip


def specs(
    categories: dict[str, ProductCategory], calendars: dict[str, BusinessCalendar]
) -> Sequence[Spec]:
    """Return the demo's agreements."""
    return (
        *_finland(paid(_CREDIT, days(45), category_id=categories["BER"].pk), calendars["fi"].pk),
        *_europe(
            paid(_CONSIGNED, days(14), category_id=categories["FIS"].pk, tax_rate=Decimal(12))
        ),
        *_china(calendars["cn"].pk),
        *_south(),
    )


def _finland(berries: TermDraft, nordic: int) -> tuple[Spec, ...]:
    return (
        Spec(
            code="FI01", name="Frame agreement with the group", before=2, since=-10, months=24,
            renewal=Renewal.SILENT, notice_days=90,
            terms=(paid(_CREDIT, days(30), WORKDAY, calendar_id=nordic), berries),
            schedules=(bands(BONUS, (0, 15_000_000, "0"), (15_000_000, 22_000_000, "1.5"),
                             (22_000_000, None, "2.5")),),
            conditions=(bonus(Deduction.TIERED_RETROACTIVE, target=5_000_000), _DISPLAY),
            bears=(*bears(stock_loss=_THEM, damage=_THEM, expiry=_THEM, freight=_US),
                   ResponsibilityDraft(subject=Subject.PROMOTERS, bearer=Bearer.SHARED,
                                       our_share=Decimal(50))),
        ),
        Spec(
            code="FI02", name="Yearly terms", since=-8, months=12, renewal=Renewal.NEGOTIATED,
            notice_days=30, bears=bears(freight=_THEM, expiry=_THEM),
            terms=(paid(_CREDIT, days(45), discount_percent=Decimal(2), discount_days=10),),
            conditions=(rebate("Logistics rebate", "1.2"),),
        ),
        Spec(
            code="FI03", name="Co-operative supply agreement", since=-11, months=12,
            renewal=Renewal.NEGOTIATED, terms=(paid(_CREDIT, days(30), EOM),),
        ),
        Spec(code="FI05", name="Cash on delivery", since=-20, terms=(_CASH,)),
        Spec(
            code="FI06", name="Web shop on consignment", stage="draft", since=1, months=12,
            terms=(paid(_CONSIGNED, days(14), tax_rate=Decimal("13.5")),),
            bears=bears(unsold=_US, damage=_THEM),
        ),
    )  # fmt: skip


def _europe(consigned_fish: TermDraft) -> tuple[Spec, ...]:
    return (
        Spec(
            code="SE01", name="Central agreement", since=-15, months=36, currency="SEK",
            terms=(paid(_CREDIT, days(30)), consigned_fish),
            conditions=(rebate("Growth bonus", "2", conditionality=Conditionality.GROWTH,
                               target=Decimal(30_000_000), cycle=ConditionCycle.YEARLY),),
        ),
        Spec(
            code="DE01", name="Listing agreement", since=-9, months=24,
            terms=(paid(_CREDIT, days(60), EOM, base_event=BaseEvent.INVOICE_RECEIVED),),
            conditions=(
                rebate("Central settlement", "3"),
                fee("Listing of new products", FeeType.NEW_PRODUCT, "2500",
                    calculation=Calculation.ONCE, cycle=""),
            ),
        ),
        Spec(
            code="RO01", name="Contract-cadru", since=-10, months=24, currency="RON",
            notice_days=60, renewal=Renewal.SILENT,
            terms=(paid(_CREDIT, days(60), base_event=BaseEvent.GOODS_RECEIPT),),
            schedules=(bands(BONUS, (0, 12_000_000, "1"), (12_000_000, 36_000_000, "2"),
                             (36_000_000, None, "3")),),
            conditions=(bonus(Deduction.TIERED_INCREMENTAL),),
        ),
        Spec(
            code="RO02", name="Consignație", since=-6, months=24, currency="RON",
            terms=(paid(_CONSIGNED, days(30), tax_rate=Decimal(9)),),
            bears=bears(stock_loss=_THEM, damage=_THEM, expiry=_US, unsold=_US),
        ),
        Spec(
            code="RO04", name="Supply on credit", stage="waiting", since=1, months=24,
            currency="RON", terms=(paid(_CREDIT, days(45)),),
            conditions=(rebate("Quarterly rebate", "2"),),
            note="They ask for 45 days after 30 so far; volume grows by a fifth.",
        ),
    )  # fmt: skip


def _china(chinese: int) -> tuple[Spec, ...]:
    vat = {"tax_rate": Decimal(13)}
    banded = {"deduction_percent": None, "schedule": TURNOVER}
    return (
        Spec(
            code="CN01", name="联营合同", since=-10, months=24, currency="CNY", before=1,
            notice_days=60, renewal=Renewal.NEGOTIATED,
            terms=(paid(_GUARANTEED, days(30), deduction=Deduction.TIERED_INCREMENTAL,
                        calendar_id=chinese, **banded, **vat,
                        guarantee=_guarantee(2_100_000, TestPeriod.CUMULATIVE)),),
            schedules=(bands(TURNOVER, (0, 1_000_000, "25"), (1_000_000, 2_000_000, "22"),
                             (2_000_000, None, "20")),),
            conditions=(_CARD, fee("店庆费", FeeType.ANNIVERSARY, "20000",
                                   calculation=Calculation.ONCE, cycle=""), _DISPLAY),
            bears=bears(stock_loss=_US, promoters=_US, display=_THEM),
        ),
        Spec(
            code="CN02", name="保底倒扣合同", since=-8, months=12, currency="CNY",
            terms=(paid(_GUARANTEED, days(30), deduction_percent=Decimal(22), **vat,
                        guarantee=_guarantee(1_000_000, TestPeriod.MONTH, "18")),),
            conditions=(_CARD, fee("Utilities", FeeType.UTILITIES, "500")),
            bears=bears(stock_loss=_US, promoters=_US),
        ),
        Spec(
            code="CN03", name="流水倒扣合同", since=-7, months=24, currency="CNY",
            terms=(paid(_CONCESSION, days(15), deduction_percent=Decimal(18), **vat,
                        is_after_coupons=False, coupon_bearer=Bearer.SHARED, media=_MEDIA),),
            conditions=(_CARD, fee("物流费", FeeType.LOGISTICS, "0.2", cycle="",
                                   calculation=Calculation.PERCENT_OF_PURCHASES)),
        ),
        Spec(
            code="CN04", name="代销合同", since=-9, months=24, currency="CNY",
            terms=(paid(_CONSIGNED, days(30), FRIDAY,
                        invoicing_party=InvoicingParty.SELF_BILLED, **vat),),
            bears=bears(unsold=_US, expiry=_US, freight=_US),
        ),
        Spec(
            code="CN10", name="租赁合同", since=-14, months=36, currency="CNY",
            terms=(replace(PRESETS[Preset.LEASE], rent=Decimal(42_000)),),
            conditions=(fee("Utilities", FeeType.UTILITIES, "1200"),),
        ),
    )  # fmt: skip


def _south() -> tuple[Spec, ...]:
    return (
        Spec(
            code="VN01", name="Hợp đồng khung", since=-12, months=36, currency="VND",
            terms=(thirds(_CREDIT),), conditions=(rebate("Chiết khấu", "2.5"),),
        ),
        Spec(
            code="VN02", name="Hợp đồng mua bán", stage="terminated", since=-16, months=36,
            currency="VND", terms=(paid(_CREDIT, days(90)),),
        ),
        Spec(
            code="SG01", name="Supply agreement", stage="returned", since=2, months=24,
            currency="SGD", terms=(paid(_CREDIT, days(75)),),
            conditions=(rebate("Growth support", "3"),),
        ),
    )  # fmt: skip


def _guarantee(amount: int, test_period: str, excess: str = "") -> GuaranteeDraft:
    """Return a guarantee of turnover each month."""
    return GuaranteeDraft(
        basis=GuaranteeBasis.SALES,
        amount=Decimal(amount),
        test_period=test_period,
        excess_rate=Decimal(excess) if excess else None,
    )
