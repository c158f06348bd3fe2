"""What is to be settled: a term, an account or one of its stores, a period."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from accounts.models import Account
from kam.core.dates import add_months
from settlements.analytics import concession
from settlements.analytics.concession import TestPeriod
from settlements.analytics.rebate_periods import period_of
from settlements.analytics.settling import Rules
from settlements.choices.settling import StatementKind
from settlements.choices.terms import Bearer, Cycle, SettlementBasis
from settlements.querysets.terms import APPROVED
from settlements.selectors.terms.rules import TermRules, rules_of, term_rows

KINDS = {
    SettlementBasis.SOLD_NET.value: StatementKind.SELL_THROUGH,
    SettlementBasis.TURNOVER_NET.value: StatementKind.TURNOVER,
}
"""Which statements terms have that are settled by statements at all."""
SHORT = (Cycle.WEEKLY, Cycle.HALF_MONTHLY)
"""Cycles below a month: a guarantee of months is tested by its true-up alone."""
OUR_COUPONS = {
    Bearer.US.value: Decimal(100),
    Bearer.SHARED.value: Decimal(50),
    Bearer.CUSTOMER.value: Decimal(0),
}
"""How many percent of coupons we pay for; where both share them it is half each."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A statement to be computed; `end` is the first day after its period."""

    rules: TermRules
    kind: StatementKind
    start: date
    end: date
    store_id: int | None = None
    trading_days: int | None = None
    brought_forward: Decimal = Decimal(0)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)

    @property
    def account_id(self) -> int:
        """The account that the agreement is with."""
        return self.rules.account_id

    @property
    def counts_coupons(self) -> bool:
        """Whether what coupons paid changes the statement."""
        return self.kind == StatementKind.TURNOVER and (
            self.rules.is_after_coupons or self.rules.coupon_bearer != Bearer.CUSTOMER
        )

    @property
    def days(self) -> tuple[int, int]:
        """Days of trading, by default all of the period, and days of its calendar months."""
        months_end = add_months(self.last_day.replace(day=1), 1)
        calendar = (months_end - self.start.replace(day=1)).days
        trading = (self.end - self.start).days if self.trading_days is None else self.trading_days
        return trading, calendar


def computing_rules(job: Job, places: int) -> Rules:
    """Return what the mathematics needs of a job's term."""
    rules = job.rules
    return Rules(
        places=places,
        is_tax_inclusive=rules.is_tax_inclusive,
        terms=rules.deduction_terms,
        guarantee=guarantee_of(job),
        days=job.days,
        handling=concession.NegativeHandling(rules.negative_handling),
        is_after_coupons=rules.is_after_coupons,
        our_coupons=OUR_COUPONS[rules.coupon_bearer],
        media=dict(rules.media),
    )


def guarantee_of(job: Job) -> concession.Guarantee | None:
    """Return the guarantee as a statement of the job's period tests it; None: it does not.

    A cumulative guarantee is taken month by month and trued up; one of a quarter or a year is
    left to its true-up. Statements of several months guarantee as many times the amount, those of
    less than a month nothing unless it is in proportion to days.
    """
    guarantee = job.rules.guarantee
    if guarantee is None or job.rules.deduction_terms is None:
        return None
    is_prorated = guarantee.proration is not concession.Proration.NONE
    if job.rules.cycle in SHORT and not is_prorated:
        return None
    months = months_touched(job.start, job.end)
    return replace(
        guarantee,
        amount=guarantee.amount * months,
        is_taken_monthly=guarantee.test_period is TestPeriod.CUMULATIVE,
    )


def months_touched(start: date, end: date) -> int:
    """Return how many calendar months the days from one up to another, excluded, touch."""
    last = end - timedelta(days=1)
    return (last.year - start.year) * 12 + last.month - start.month + 1


def settled_terms(
    *, term_ids: Collection[int] | None = None, account_ids: Collection[int] | None = None
) -> list[TermRules]:
    """Return the rules of terms that statements settle, of approved versions, in few queries.

    What amounts are computed from alone: not how they are paid.
    """
    rows = term_rows(with_payment=False).filter(
        settlement_basis__in=KINDS, version__state__in=APPROVED
    )
    if term_ids is not None:
        rows = rows.filter(pk__in=list(term_ids))
    if account_ids is not None:
        rows = rows.filter(version__agreement__account__in=list(account_ids))
    return [rules_of(row, with_payment=False) for row in rows]


class Cycled(Protocol):
    """What says when a term is settled; `end` is the first day after it, if any."""

    @property
    def cycle(self) -> str:
        """How often."""

    @property
    def start(self) -> date:
        """The first day of its version."""

    @property
    def end(self) -> date | None:
        """The first day after it."""


def periods_of(
    rules: Cycled, start: date, end: date, fiscal_start: int = 1
) -> Iterator[tuple[date, date]]:
    """Give the periods of a term's cycle that end within the days, cut to its version's own."""
    day = start
    while day < end:
        first, after = period_of(day, rules.cycle, fiscal_start)
        day = after
        first, last = max(first, rules.start), min(after, rules.end or after)
        if first < last and start < last <= end:
            yield first, last


def jobs_due(
    rules: Iterable[TermRules], start: date, end: date, fiscal_start: int = 1
) -> list[Job]:
    """Return the statements that fall due with periods that end within the days."""
    return [
        Job(rules=one, kind=KINDS[one.settlement_basis], start=first, end=last)
        for one in rules
        for first, last in periods_of(one, start, end, fiscal_start)
    ]


def account_of(job: Job) -> Account:
    """Return the account that a job's documents are of: the store, else the agreement's."""
    return Account.objects.get(pk=job.store_id or job.account_id)
