"""The explained behaviour score of credit: factors with weights, a grade, caps, what it suggests.

Every factor is piecewise linear between the knots below and monotone. A factor that is not known
has no part: the others' weights are scaled to 100 and `confidence` says how much was known. The
trend compares the last three months with the whole twelve, and weighs less on each day than days
beyond terms do, so that paying one day later never raises a score, whenever it was. Only the cap on
arrears, a share of the open balance, can go away because fresh items stay open beside old ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from fractions import Fraction

from kam.core.exact import rounded

MODEL_VERSION = "credit-behaviour-1"
PLACES = 2
SEVERE_SHARE = Decimal("0.1")
MIN_PAID_ITEMS = 6
MIN_HISTORY_DAYS = 90
MIN_PROMISES = 3
CAP = Decimal("49.99")
"""The highest score of grade D, where a hard cap applies."""

type Knots = tuple[tuple[Fraction, Fraction], ...]


class Factor(StrEnum):
    """What the score is made of."""

    DAYS_BEYOND_TERMS = "days_beyond_terms"
    PAID_ON_TIME = "paid_on_time"
    TREND = "trend"
    WORST_DELINQUENCY = "worst_delinquency"
    PROMISES_KEPT = "promises_kept"
    UTILISATION = "utilisation"
    BREACHES = "breaches"
    INVALID_DEDUCTIONS = "invalid_deductions"
    RELATIONSHIP = "relationship"
    STABILITY = "stability"
    EXTERNAL = "external"


WEIGHTS: Mapping[Factor, Decimal] = {
    Factor.DAYS_BEYOND_TERMS: Decimal(30),
    Factor.PAID_ON_TIME: Decimal(15),
    Factor.TREND: Decimal(10),
    Factor.WORST_DELINQUENCY: Decimal(10),
    Factor.PROMISES_KEPT: Decimal(10),
    Factor.UTILISATION: Decimal(5),
    Factor.BREACHES: Decimal(5),
    Factor.INVALID_DEDUCTIONS: Decimal(5),
    Factor.RELATIONSHIP: Decimal("2.5"),
    Factor.STABILITY: Decimal("2.5"),
    Factor.EXTERNAL: Decimal(5),
}
"""Utilisation with breaches, and relationship with stability, share the weight of one topic."""


def _knots(*pairs: tuple[str, int]) -> Knots:
    return tuple((Fraction(value), Fraction(points)) for value, points in pairs)


LATENESS_END = Decimal(90)
"""Beyond so many days on average, more days make no difference (nor do days before the due one)."""

KNOTS: Mapping[Factor, Knots] = {
    # days late, amount-weighted
    Factor.DAYS_BEYOND_TERMS: _knots(("0", 100), ("15", 75), ("30", 50), ("60", 20), ("90", 0)),
    # share of value paid within term and grace
    Factor.PAID_ON_TIME: _knots(("0", 0), ("0.5", 20), ("0.8", 60), ("0.95", 90), ("1", 100)),
    # days by which the last three months are later than the twelve
    Factor.TREND: _knots(("0", 100), ("60", 0)),
    # most days late × its share of value
    Factor.WORST_DELINQUENCY: _knots(("0", 100), ("5", 70), ("15", 40), ("30", 15), ("60", 0)),
    # share of promised value that was kept
    Factor.PROMISES_KEPT: _knots(("0", 0), ("0.5", 30), ("0.8", 70), ("1", 100)),
    # average exposure ÷ limit
    Factor.UTILISATION: _knots(("0.7", 100), ("0.9", 80), ("1", 50), ("1.2", 0)),
    # times over the limit
    Factor.BREACHES: _knots(("0", 100), ("1", 70), ("3", 30), ("6", 0)),
    # invalid deductions ÷ billed
    Factor.INVALID_DEDUCTIONS: _knots(("0", 100), ("0.01", 80), ("0.03", 40), ("0.05", 0)),
    # years of trading on credit
    Factor.RELATIONSHIP: _knots(("0", 0), ("1", 40), ("3", 80), ("5", 100)),
    # standard deviation ÷ mean of monthly volume
    Factor.STABILITY: _knots(("0.1", 100), ("0.3", 70), ("0.6", 30), ("1", 0)),
    # points given by hand or by a rating, while they are valid
    Factor.EXTERNAL: _knots(("0", 0), ("100", 100)),
}


class Grade(StrEnum):
    """A score in a letter; N is not enough data."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    N = "N"


GRADE_FROM = ((Decimal(80), Grade.A), (Decimal(65), Grade.B), (Decimal(50), Grade.C))
LIMIT_FACTOR: Mapping[Grade, Decimal] = {
    Grade.A: Decimal("1.3"),
    Grade.B: Decimal("1.1"),
    Grade.C: Decimal("0.8"),
    Grade.D: Decimal("0.4"),
}
GRADE_DAYS: Mapping[Grade, int] = {Grade.A: 90, Grade.B: 60, Grade.C: 30, Grade.D: 0}


class HardCap(StrEnum):
    """What makes D the best grade whatever the points."""

    INSOLVENCY = "insolvency"
    SEVERE_ARREARS = "severe_arrears"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is known of an account over twelve months; None is not known. Shares are from 0 to 1.

    Payment figures are those of `payment_behaviour.behaviour`. Promises count from three on.
    `external` are points from 0 to 100 that are still valid. Billing is with tax.
    """

    dbt: Decimal | None = None
    dbt_recent: Decimal | None = None
    on_time: Decimal | None = None
    worst: Decimal | None = None
    severe_share: Decimal | None = None
    paid_items: int = 0
    history_days: int | None = None
    promises: int = 0
    promises_kept: Decimal | None = None
    utilisation: Decimal | None = None
    breaches: int | None = None
    billed: Decimal | None = None
    invalid_deductions: Decimal | None = None
    volume_variation: Decimal | None = None
    relationship_days: int | None = None
    external: Decimal | None = None
    is_insolvent: bool = False
    monthly_billing: Decimal | None = None
    term_days: int | None = None


@dataclass(frozen=True, slots=True)
class FactorScore:
    """One factor: the value read, its points from 0 to 100, its own weight and its part in 100.

    `brought` is what of the score it brings, `lost` what it costs.
    """

    factor: Factor
    value: Decimal
    points: Decimal
    weight: Decimal
    share: Decimal
    brought: Decimal

    @property
    def lost(self) -> Decimal:
        """Points that the score misses here."""
        return self.share - self.brought


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score with all that explains it; None where no factor is known.

    `uncapped` is what the factors come to. Grade N says that there is not enough paid history,
    unless a hard cap says D already: who never pays has no paid items either.
    """

    score: Decimal | None
    uncapped: Decimal | None
    grade: Grade
    factors: tuple[FactorScore, ...]
    missing: tuple[Factor, ...]
    confidence: Decimal
    caps: tuple[HardCap, ...]
    suggested_limit: Decimal | None
    model_version: str = MODEL_VERSION

    @property
    def reasons(self) -> tuple[FactorScore, ...]:
        """The factors that cost most, the dearest first; those that cost nothing are not named."""
        rows = (one for one in self.factors if one.lost > 0)
        return tuple(sorted(rows, key=lambda one: -one.lost))


def score(inputs: Inputs, *, limit_step: Decimal = Decimal(1)) -> Score:
    """Return the score of an account from what is known, with its grade and suggested limit.

    Deterministic, from 0 to 100, to 2 decimals; the grade is decided on what is shown. The limit
    is rounded down to whole `limit_step`.
    """
    found = {factor: value for factor, value in _values(inputs).items() if value is not None}
    exact = {factor: _points(factor, value, inputs) for factor, value in found.items()}
    known = sum((WEIGHTS[factor] for factor in exact), Decimal(0))
    uncapped = _weighted(exact, known)
    caps = tuple(_caps(inputs))
    capped = min(uncapped, CAP) if uncapped is not None and caps else uncapped
    grade = _grade(inputs, capped, caps)
    return Score(
        score=capped,
        uncapped=uncapped,
        grade=grade,
        factors=tuple(_rows(found, exact, known)),
        missing=tuple(factor for factor in Factor if factor not in exact),
        confidence=rounded(Fraction(known) / 100, 3),
        caps=caps,
        suggested_limit=_limit(inputs, grade, caps, limit_step),
    )


def _values(inputs: Inputs) -> dict[Factor, Decimal | None]:
    """Return the value that each factor reads; None where it is not known."""
    count = inputs.breaches
    days = inputs.relationship_days
    return {
        Factor.DAYS_BEYOND_TERMS: inputs.dbt,
        Factor.PAID_ON_TIME: inputs.on_time,
        Factor.TREND: _trend(inputs),
        Factor.WORST_DELINQUENCY: inputs.worst,
        Factor.PROMISES_KEPT: inputs.promises_kept if inputs.promises >= MIN_PROMISES else None,
        Factor.UTILISATION: inputs.utilisation,
        Factor.BREACHES: None if count is None else Decimal(count),
        Factor.INVALID_DEDUCTIONS: _deductions(inputs),
        Factor.RELATIONSHIP: None if days is None else rounded(Fraction(days, 365), 4),
        Factor.STABILITY: inputs.volume_variation,
        Factor.EXTERNAL: inputs.external,
    }


def _trend(inputs: Inputs) -> Decimal | None:
    """Return by how many days the last three months are later than the twelve, both in range."""
    if inputs.dbt is None or inputs.dbt_recent is None:
        return None
    recent, whole = (
        min(max(days, Decimal(0)), LATENESS_END) for days in (inputs.dbt_recent, inputs.dbt)
    )
    return recent - whole


def _deductions(inputs: Inputs) -> Decimal | None:
    if inputs.billed is None or inputs.invalid_deductions is None or inputs.billed <= 0:
        return None
    return rounded(Fraction(inputs.invalid_deductions) / Fraction(inputs.billed), 6)


def _points(factor: Factor, value: Decimal, inputs: Inputs) -> Fraction:
    """Return a factor's points; being steady earns no more than the recent days themselves do."""
    points = interpolated(Fraction(value), KNOTS[factor])
    if factor is Factor.TREND and inputs.dbt_recent is not None:
        level = interpolated(Fraction(inputs.dbt_recent), KNOTS[Factor.DAYS_BEYOND_TERMS])
        return min(points, level)
    return points


def interpolated(value: Fraction, knots: Knots) -> Fraction:
    """Return the points of a value between knots; before the first and after the last level."""
    place = bisect_right([at for at, _points in knots], value)
    if place == 0:
        return knots[0][1]
    if place == len(knots):
        return knots[-1][1]
    (left, low), (right, high) = knots[place - 1], knots[place]
    return low + (high - low) * (value - left) / (right - left)


def _weighted(points: Mapping[Factor, Fraction], known: Decimal) -> Decimal | None:
    if not points:
        return None
    brought = sum((own * Fraction(WEIGHTS[factor]) for factor, own in points.items()), Fraction(0))
    return rounded(brought / Fraction(known), PLACES)


def _rows(
    values: Mapping[Factor, Decimal], points: Mapping[Factor, Fraction], known: Decimal
) -> Iterable[FactorScore]:
    for factor, own in points.items():
        share = Fraction(WEIGHTS[factor]) * 100 / Fraction(known)
        yield FactorScore(
            factor=factor,
            value=values[factor],
            points=rounded(own, PLACES),
            weight=WEIGHTS[factor],
            share=rounded(share, PLACES),
            brought=rounded(share * own / 100, PLACES),
        )


def _caps(inputs: Inputs) -> Iterable[HardCap]:
    if inputs.is_insolvent:
        yield HardCap.INSOLVENCY
    if inputs.severe_share is not None and inputs.severe_share > SEVERE_SHARE:
        yield HardCap.SEVERE_ARREARS


def _grade(inputs: Inputs, shown: Decimal | None, caps: tuple[HardCap, ...]) -> Grade:
    if caps:
        return Grade.D
    history = inputs.history_days or 0
    if shown is None or inputs.paid_items < MIN_PAID_ITEMS or history < MIN_HISTORY_DAYS:
        return Grade.N
    return next((grade for start, grade in GRADE_FROM if shown >= start), Grade.D)


def _limit(
    inputs: Inputs, grade: Grade, caps: tuple[HardCap, ...], step: Decimal
) -> Decimal | None:
    if HardCap.INSOLVENCY in caps:
        return Decimal(0)
    return suggested_limit(grade, inputs.monthly_billing, inputs.term_days, inputs.dbt, step=step)


def suggested_limit(
    grade: Grade,
    monthly_billing: Decimal | None,
    term_days: int | None,
    dbt: Decimal | None,
    *,
    step: Decimal = Decimal(1),
) -> Decimal | None:
    """Return a limit for a human to approve, rounded down to whole steps; None: no suggestion.

    Average monthly billing with tax × (term days + days beyond terms, none below zero) ÷ 30 ×
    the grade's factor. Grade N, no billing above zero, or an unknown term or lateness give None:
    a 0 would mean prepay only.
    """
    if grade is Grade.N or monthly_billing is None or term_days is None or dbt is None:
        return None
    if monthly_billing <= 0:
        return None
    days = Fraction(term_days) + max(Fraction(dbt), Fraction(0))
    exact = Fraction(monthly_billing) * days / 30 * Fraction(LIMIT_FACTOR[grade])
    return Context(prec=1000, rounding=ROUND_FLOOR).multiply(Decimal(exact // Fraction(step)), step)


class TermBound(StrEnum):
    """What binds a suggested term."""

    CONTRACT = "contract"
    LAW = "law"
    GRADE = "grade"
    STOCK_TURN = "stock_turn"


@dataclass(frozen=True, slots=True)
class SuggestedTerm:
    """Days of credit that are reasonable, what binds them, and every bound that was known."""

    days: int | None
    bound_by: TermBound | None
    bounds: Mapping[TermBound, int]


def suggested_term(
    *,
    contract_days: int | None,
    legal_days: int | None,
    grade: Grade,
    stock_turn_days: int | None,
    pay_run_lag_days: int | None,
    grade_days: Mapping[Grade, int] = GRADE_DAYS,
) -> SuggestedTerm:
    """Return the shortest of: what the contract asks, the law's cap, the grade's days, stock turn.

    Stock turn is the days goods lie at the retailer with the lag of its pay run, known only if
    both are. Grade N bounds nothing. With no bound known there is no suggestion.
    """
    turn = (
        None
        if stock_turn_days is None or pay_run_lag_days is None
        else stock_turn_days + pay_run_lag_days
    )
    every = {
        TermBound.CONTRACT: contract_days,
        TermBound.LAW: legal_days,
        TermBound.GRADE: grade_days.get(grade),
        TermBound.STOCK_TURN: turn,
    }
    bounds = {bound: days for bound, days in every.items() if days is not None}
    tightest = min(bounds, key=lambda bound: bounds[bound], default=None)
    return SuggestedTerm(None if tightest is None else bounds[tightest], tightest, bounds)
