"""What a loss scenario is computed from: assumptions with ranges, facts of the books, cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

FORMULA_VERSION = 2
ZERO, ONE = Decimal(0), Decimal(1)
ENDS = ("low", "base", "high")
PLACES = Decimal("0.0001")
WEEK = 7
WEEKS_SHOWN = 104
"""Weeks of the cash curve at most; a longer horizon is told by month."""


class Kind(StrEnum):
    """What happens, as `plans.choices.loss.LossKind` calls it."""

    DELISTING = "delisting"
    PARTIAL = "partial"
    INSOLVENCY = "insolvency"
    LONGER_TERMS = "longer_terms"


@dataclass(frozen=True, slots=True)
class Range:
    """Low, base and high of one figure or assumption; they never descend."""

    low: Decimal
    base: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        """Refuse a range that descends."""
        if not self.low <= self.base <= self.high:
            raise ValueError("Low, base and high ascend.")

    @classmethod
    def certain(cls, value: Decimal) -> Range:
        """A value without doubt."""
        return cls(value, value, value)

    @classmethod
    def over(cls, mild: Decimal, base: Decimal, severe: Decimal) -> Range:
        """The base case between the least and the most of the three."""
        values = (mild, base, severe)
        return cls(min(values), base, max(values))


CERTAIN = Range(ONE, ONE, ONE)
NOTHING = Range(ZERO, ZERO, ZERO)


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What is assumed; a range that is None is not known and leaves its figure out.

    Shares are fractions of one, `avoidable` is an amount a month, `extra_days` are days. `lgd`
    is by settlement method, `secured_lgd` by kind of security. `run_off` never falls.
    """

    kind: str
    starts_on: date
    horizon: int
    run_off: Sequence[Decimal]
    notice_days: int = 0
    lost_share: Range = CERTAIN
    contribution: Range | None = None
    avoidable: Range | None = None
    avoidable_lag: int = 0
    recovery: Range = NOTHING
    probability: Range = CERTAIN
    extra_days: Range = NOTHING
    stock_recoverable: Range | None = None
    lgd: Mapping[str, Range] = field(default_factory=dict)
    secured_lgd: Mapping[str, Range] = field(default_factory=dict)
    fixed_cost: Decimal | None = None
    cash_in_hand: Decimal | None = None

    @property
    def is_lost(self) -> bool:
        """Whether business goes; with longer terms it stays and is paid later."""
        return self.kind != Kind.LONGER_TERMS

    @property
    def effective_on(self) -> date:
        """The day from which business is missing: the start after the notice."""
        return self.starts_on + timedelta(days=self.notice_days)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Open receivables of one settlement method; `security` is empty for the part without one."""

    method: str
    security: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What stands in the books on the day, all in one currency.

    `history` is net revenue by month (first days) of the last complete months, those alone of
    which anything is known. `collections` are the open items by the week in which they are
    expected, from the Monday of the day's week. `unbilled` is by component of exposure, with the
    settlement method that its loss follows. None: nobody tells.
    """

    as_of: date
    history: Mapping[date, Decimal] = field(default_factory=dict)
    at_risk: Sequence[AtRisk] = ()
    unbilled: Mapping[str, tuple[str, Decimal]] = field(default_factory=dict)
    consigned: Decimal | None = None
    collections: Sequence[Decimal] = ()
    days_to_pay: int = 0
    clawback: Decimal | None = None

    @property
    def monday(self) -> date:
        """The Monday of the day's week."""
        return self.as_of - timedelta(days=self.as_of.weekday())

    @property
    def receivables(self) -> Decimal:
        """Everything open."""
        return sum((row.amount for row in self.at_risk), ZERO)


@dataclass(frozen=True, slots=True)
class Case:
    """One value of every assumption."""

    share: Decimal
    contribution: Decimal | None
    avoidable: Decimal | None
    recovery: Decimal
    probability: Decimal
    extra_days: int
    stock_lost: Decimal | None
    lgd: Mapping[str, Decimal]
    secured_lgd: Mapping[str, Decimal]

    @property
    def gone(self) -> Decimal:
        """What of the business is missing once everything has gone."""
        return self.share * (ONE - self.recovery) * self.probability


def cases(given: Assumptions) -> tuple[Case, Case, Case]:
    """Return the mild, the base and the severe case."""
    return _case(given, "low", "high"), _case(given, "base", "base"), _case(given, "high", "low")


def _case(given: Assumptions, bad: str, good: str) -> Case:
    """Take what costs us from one end of the ranges and what helps us from the other."""
    is_insolvency = given.kind == Kind.INSOLVENCY
    is_late = given.kind == Kind.LONGER_TERMS
    return Case(
        share=_of(given.lost_share, bad) if given.is_lost else ZERO,
        contribution=_maybe(given.contribution, bad),
        avoidable=_maybe(given.avoidable, good),
        recovery=_of(given.recovery, good),
        probability=_of(given.probability, bad) if is_insolvency else ONE,
        extra_days=int(_of(given.extra_days, bad)) if is_late else 0,
        stock_lost=None
        if given.stock_recoverable is None
        else ONE - _of(given.stock_recoverable, good),
        lgd={key: _of(one, bad) for key, one in given.lgd.items()},
        secured_lgd={key: _of(one, bad) for key, one in given.secured_lgd.items()},
    )


def _of(given: Range, end: str) -> Decimal:
    value: Decimal = getattr(given, end)
    return value


def _maybe(given: Range | None, end: str) -> Decimal | None:
    return None if given is None else _of(given, end)


def total(ranges: Sequence[Range | None]) -> Range | None:
    """Add ranges up by their ends; None where one is not known."""
    known = [one for one in ranges if one is not None]
    if len(known) < len(ranges):
        return None
    return Range(*(sum((getattr(one, end) for one in known), ZERO) for end in ENDS))


def rounded(value: Decimal) -> Decimal:
    """Round half up to the places of stored amounts."""
    return value.quantize(PLACES, ROUND_HALF_UP)
