"""What an agreement says on a day, in the shapes that the mathematics computes with.

An account follows the nearest agreement up the tree of today, per selling company: its own, or
that of the node above which has one in force. That agreement decides alone; what it does not say
is not looked up further above. A term of a category goes before the term of all goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Model, Prefetch, QuerySet

from accounts.models import Account
from settlements.analytics import concession, consignment
from settlements.analytics.due_dates import (
    BaseEvent,
    EarlyDiscount,
    LineKind,
    Operation,
    OperationKind,
    TermLine,
    due_date,
    schedule,
)
from settlements.analytics.instalments import Instalment
from settlements.analytics.rates import Band, Scheme
from settlements.analytics.working_days import PLAIN_WEEK, Roll, WorkingDays
from settlements.choices.terms import Bearer, Deduction
from settlements.models import (
    AgreementVersion,
    BusinessCalendar,
    MinimumGuarantee,
    PaymentLine,
    SettlementTerm,
)
from settlements.selectors.terms.conditions import ZERO, bands_of
from settlements.selectors.terms.conditions import ConditionRules as ConditionRules
from settlements.selectors.terms.conditions import conditions_in_force as conditions_in_force
from settlements.selectors.terms.conditions import conditions_of as conditions_of

if TYPE_CHECKING:
    from accounts.models import ProductCategory
    from kam.core.models import SellingCompany

_SHRINK = {
    Bearer.US.value: consignment.Bearer.SUPPLIER,
    Bearer.CUSTOMER.value: consignment.Bearer.RETAILER,
    Bearer.SHARED.value: consignment.Bearer.SHARED,
}


@dataclass(frozen=True, kw_only=True)
class TermRules:
    """One method of settlement of a version, with all that is needed to compute by it.

    `category_id` None: all goods. `scheme` None: no deduction; a plain percentage has one band.
    `shrink` None: not said. `lines` are empty where a lease says nothing of payment. `tax_rate`
    None: report lines name theirs. `start` is the version's first day, `end` the first day after
    it (None: no end). `media` are payment media that do not go by the deduction, with their own
    percentage (None: the medium does not count).
    """

    version_id: int
    version: int
    state: str
    start: date
    end: date | None
    agreement_id: int
    agreement_number: str
    account_id: int
    selling_company_id: int
    currency: str
    term_id: int
    category_id: int | None
    preset: str
    title_transfer: str
    settlement_basis: str
    deduction: str
    invoicing_party: str
    scheme: Scheme | None
    bands: tuple[Band, ...]
    guarantee: concession.Guarantee | None
    rent: Decimal | None
    tax_rate: Decimal | None
    is_tax_inclusive: bool
    is_after_coupons: bool
    coupon_bearer: str
    media: tuple[tuple[str, Decimal | None], ...]
    shrink: consignment.ShrinkRule | None
    negative_handling: str
    cycle: str
    base_event: BaseEvent
    lines: tuple[TermLine, ...]
    calendar: WorkingDays
    discount: EarlyDiscount | None

    @property
    def deduction_terms(self) -> concession.Terms | None:
        """Scheme and bands as the concession computes with them; None without a deduction."""
        return None if self.scheme is None else concession.Terms(self.scheme, self.bands)


# Building


def term_rows(*, with_payment: bool = True) -> QuerySet[SettlementTerm]:
    """Terms with everything that `rules_of` reads, in a constant number of queries."""
    rows: QuerySet[SettlementTerm] = SettlementTerm.objects.all()
    rows = rows.select_related("version__agreement", "guarantee", "deduction_schedule")
    rows = rows.order_by("version_id", "pk").prefetch_related("deduction_schedule__bands", "media")
    if not with_payment:
        return rows
    return rows.prefetch_related(
        Prefetch("payment_lines", PaymentLine.objects.order_by("sequence")),
        "payment_lines__operations",
        "calendar__days",
    )


def rules_of(term: SettlementTerm, *, with_payment: bool = True) -> TermRules:
    """Return the rules of a term; no query where it comes from `term_rows`.

    Without payment, for computing amounts alone, there are no lines and no calendar.
    """
    version, agreement = term.version, term.version.agreement
    scheme, bands = _deduction(term)
    return TermRules(
        version_id=version.pk,
        version=version.version,
        state=version.state,
        start=version.valid.lower,
        end=version.valid.upper,
        agreement_id=agreement.pk,
        agreement_number=agreement.number,
        account_id=agreement.account_id,
        selling_company_id=agreement.selling_company_id,
        currency=agreement.currency_id,
        term_id=term.pk,
        category_id=term.category_id,
        preset=term.preset,
        title_transfer=term.title_transfer,
        settlement_basis=term.settlement_basis,
        deduction=term.deduction,
        invoicing_party=term.invoicing_party,
        scheme=scheme,
        bands=bands,
        guarantee=_guarantee(term),
        rent=term.rent,
        tax_rate=term.tax_rate,
        is_tax_inclusive=term.is_tax_inclusive,
        is_after_coupons=term.is_after_coupons,
        coupon_bearer=term.coupon_bearer,
        media=tuple((one.medium, one.percent) for one in term.media.all()),
        shrink=_shrink(term),
        negative_handling=term.negative_handling,
        cycle=term.cycle,
        base_event=BaseEvent(term.base_event),
        lines=tuple(map(_line, term.payment_lines.all())) if with_payment else (),
        calendar=working_days(term.calendar if with_payment else None),
        discount=_discount(term),
    )


def _deduction(term: SettlementTerm) -> tuple[Scheme | None, tuple[Band, ...]]:
    if term.deduction == Deduction.NONE:
        return None, ()
    if term.deduction_schedule is None:
        return Scheme(term.deduction), (Band(ZERO, None, term.deduction_percent or ZERO),)
    return Scheme(term.deduction), bands_of(term.deduction_schedule.bands.all())


def _guarantee(term: SettlementTerm) -> concession.Guarantee | None:
    row: MinimumGuarantee | None = getattr(term, "guarantee", None)
    if row is None:
        return None
    return concession.Guarantee(
        basis=concession.GuaranteeBasis(row.basis),
        amount=row.amount,
        test_period=concession.TestPeriod(row.test_period),
        excess_rate=row.excess_rate,
        proration=concession.Proration(row.proration),
    )


def _shrink(term: SettlementTerm) -> consignment.ShrinkRule | None:
    """Return who bears shrink; shared without a tolerance does not say it."""
    bearer, tolerance = _SHRINK.get(term.shrink_bearer), term.shrink_tolerance
    if bearer is None or (bearer is consignment.Bearer.SHARED and tolerance is None):
        return None
    return consignment.ShrinkRule(bearer, tolerance)


def _line(line: PaymentLine) -> TermLine:
    steps = sorted(line.operations.all(), key=lambda step: step.sequence)
    return TermLine(
        LineKind(line.kind),
        line.value,
        tuple(
            Operation(OperationKind(step.kind), Roll(step.roll) if step.roll else step.value)
            for step in steps
        ),
    )


def working_days(calendar: BusinessCalendar | None) -> WorkingDays:
    """Return a calendar as dates are rolled by it; none is Monday to Friday without holidays."""
    if calendar is None:
        return PLAIN_WEEK
    days = list(calendar.days.all())
    return WorkingDays(
        holidays=frozenset(one.day for one in days if not one.is_working),
        working_weekends=frozenset(one.day for one in days if one.is_working),
    )


def _discount(term: SettlementTerm) -> EarlyDiscount | None:
    if term.discount_percent is None or term.discount_days is None:
        return None
    return EarlyDiscount(term.discount_percent, term.discount_days)


# In force


def term_in_force(
    account: Account,
    day: date,
    *,
    selling_company: SellingCompany | int | None = None,
    category: ProductCategory | int | None = None,
    basis: str | None = None,
) -> TermRules | None:
    """Return the term that an account follows on a day; None where nothing was agreed.

    Without a selling company the nearest agreement with any of ours counts. `category` None asks
    for the term of all goods; `basis` for a term that settles on it. Ended versions count on the
    days they covered, drafts never.
    """
    found = rules_in_force([account], day, selling_company=selling_company)[account.pk]
    return chosen(found, category=category, basis=basis)


def chosen(
    rules: Iterable[TermRules],
    *,
    category: ProductCategory | int | None = None,
    basis: str | None = None,
) -> TermRules | None:
    """Return of an account's rules the one for a category: its own, else that of all goods."""
    wanted = _pk(category)
    fits = [
        one
        for one in rules
        if one.category_id in (None, wanted) and basis in (None, one.settlement_basis)
    ]
    return next((one for one in fits if one.category_id == wanted), fits[0] if fits else None)


def rules_in_force(
    accounts: Iterable[Account],
    day: date,
    *,
    selling_company: SellingCompany | int | None = None,
) -> dict[int, tuple[TermRules, ...]]:
    """Return for each account the rules it follows on a day, the nearest agreement first.

    A constant number of queries at any number of accounts; an account without is there, empty.
    """
    versions = versions_in_force(accounts, day, selling_company=selling_company)
    ids = {one.pk for found in versions.values() for one in found}
    by_version: dict[int, list[TermRules]] = {}
    for term in term_rows().filter(version__in=ids):
        by_version.setdefault(term.version_id, []).append(rules_of(term))
    return {
        pk: tuple(rules for one in found for rules in by_version.get(one.pk, ()))
        for pk, found in versions.items()
    }


def versions_in_force(
    accounts: Iterable[Account],
    day: date,
    *,
    selling_company: SellingCompany | int | None = None,
) -> dict[int, tuple[AgreementVersion, ...]]:
    """Return for each account the versions it follows on a day, the nearest first; one query.

    Of each selling company those of the nearest node that has any. `accounts` need their `path`.
    """
    paths: dict[int, Sequence[int]] = {one.pk: one.path for one in accounts}
    rows = AgreementVersion.objects.in_force(day).filter(
        agreement__account__in={node for path in paths.values() for node in path}
    )
    if selling_company is not None:
        rows = rows.filter(agreement__selling_company=_pk(selling_company))
    by_node: dict[int, list[AgreementVersion]] = {}
    for row in rows.select_related("agreement").order_by("agreement__number", "pk"):
        by_node.setdefault(row.agreement.account_id, []).append(row)
    return {pk: tuple(_nearest(path, by_node)) for pk, path in paths.items()}


def _nearest(
    path: Sequence[int], by_node: Mapping[int, Sequence[AgreementVersion]]
) -> Iterable[AgreementVersion]:
    decided: set[int] = set()
    for node in reversed(path):
        here = [
            one for one in by_node.get(node, ()) if one.agreement.selling_company_id not in decided
        ]
        decided |= {one.agreement.selling_company_id for one in here}
        yield from here


def _pk(thing: Model | int | None) -> int | None:
    return thing.pk if isinstance(thing, Model) else thing


# Due dates


def instalments_for(
    rules: TermRules, total: Decimal, base_date: date | None, places: int
) -> list[Instalment]:
    """Divide a total by the term's lines; the instalments add up to it exactly.

    Due dates are None while the base event has not happened, and where a term says nothing of
    payment. Raises DueDateError for a total with more decimals than the currency.
    """
    lines = rules.lines or (TermLine(LineKind.REMAINDER),)
    base = base_date if rules.lines else None
    return schedule(total, base, lines, places=places, calendar=rules.calendar)


@dataclass(frozen=True, slots=True)
class ExampleDue:
    """What a base date leads to: a due date for each line, and the last day of the discount."""

    base: date
    due: tuple[date | None, ...]
    discount_until: date | None


def example_due_dates(rules: TermRules, days: Iterable[date]) -> list[ExampleDue]:
    """Return the due dates of examples; raises DueDateError where steps cannot be computed."""
    return [
        example_due(rules.lines, day, calendar=rules.calendar, discount=rules.discount)
        for day in days
    ]


def example_due(
    lines: Sequence[TermLine],
    day: date,
    *,
    calendar: WorkingDays = PLAIN_WEEK,
    discount: EarlyDiscount | None = None,
) -> ExampleDue:
    """Return the due dates of one example; for lines that are still being written."""
    due = tuple(due_date(day, line.operations, calendar) for line in lines)
    first = min((one for one in due if one), default=None)
    return ExampleDue(day, due, discount.discount_date(day, first) if discount else None)
