"""The behaviour score of credit, payment behaviour from items, the checklist of an application."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.application import Answer, checklist_score
from settlements.analytics.credit_score import (
    KNOTS,
    MODEL_VERSION,
    WEIGHTS,
    Factor,
    Grade,
    HardCap,
    Inputs,
    Score,
    TermBound,
    interpolated,
    score,
    suggested_limit,
    suggested_term,
)
from settlements.analytics.payment_behaviour import Behaviour, Paid, behaviour
from settlements.analytics.problems import CalculationError

D = Decimal
DAY = date(2026, 6, 30)
PERFECT = Inputs(
    dbt=D(0),
    dbt_recent=D(0),
    on_time=D(1),
    worst=D(0),
    severe_share=D(0),
    paid_items=20,
    history_days=400,
    promises=3,
    promises_kept=D(1),
    utilisation=D("0.4"),
    breaches=0,
    billed=D(100),
    invalid_deductions=D(0),
    volume_variation=D("0.05"),
    relationship_days=3650,
    external=D(100),
    monthly_billing=D(90_000),
    term_days=30,
)


def paid(amount: int, due: int, late: int | None) -> Paid:
    """An item due so many days before DAY and paid so many days late (None: never)."""
    due_on = DAY - timedelta(days=due)
    paid_on = None if late is None else due_on + timedelta(days=late)
    return Paid(D(amount), due_on - timedelta(days=30), due_on, paid_on)


def scored(items: list[Paid], as_of: date = DAY) -> Score:
    found = behaviour(items, as_of=as_of, grace_days=5)
    return score(
        Inputs(
            dbt=found.dbt,
            dbt_recent=found.dbt_recent,
            on_time=found.on_time,
            worst=found.worst,
            severe_share=found.severe_share,
            paid_items=found.paid_items,
            history_days=found.history_days,
        )
    )


def test_weights_are_a_hundred_and_every_factor_has_knots() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert set(WEIGHTS) == set(KNOTS) == set(Factor)
    for knots in KNOTS.values():
        assert [at for at, _points in knots] == sorted({at for at, _points in knots})
        points = [own for _at, own in knots]
        assert points in (sorted(points), sorted(points, reverse=True))
        assert {min(points), max(points)} == {0, 100}


def test_the_best_and_a_known_middle() -> None:
    best = score(PERFECT)
    assert (best.score, best.grade, best.confidence, best.missing) == (100, Grade.A, 1, ())
    assert (best.reasons, best.model_version) == ((), MODEL_VERSION)
    later = score(replace(PERFECT, dbt=D(15), dbt_recent=D(15), on_time=D("0.8")))
    # 30 × 75 + 15 × 60 + 10 × 75 (steady, but 15 days late) + 45 × 100
    assert later.score == D("84.00")
    assert [one.factor for one in later.reasons] == [
        Factor.DAYS_BEYOND_TERMS,
        Factor.PAID_ON_TIME,
        Factor.TREND,
    ]
    worse = score(replace(PERFECT, dbt=D(15), dbt_recent=D(30)))
    trend = next(one for one in worse.factors if one.factor is Factor.TREND)
    assert (trend.value, trend.points) == (15, 50)


def test_a_missing_factor_is_left_out_and_lowers_confidence() -> None:
    some = score(Inputs(dbt=D(30), on_time=D(1), paid_items=6, history_days=90))
    assert (some.score, some.confidence) == (D("66.67"), D("0.45"))  # (30×50 + 15×100) ÷ 45
    assert some.grade is Grade.B
    assert len(some.missing) == 9
    assert [one.share for one in some.factors] == [D("66.67"), D("33.33")]
    assert score(replace(PERFECT, promises=2)).missing == (Factor.PROMISES_KEPT,)
    nothing = score(Inputs())
    assert (nothing.score, nothing.grade, nothing.confidence) == (None, Grade.N, 0)
    assert nothing.suggested_limit is None


@pytest.mark.parametrize(
    ("change", "grade", "shown"),
    [
        ({"paid_items": 5}, "N", 100),
        ({"history_days": 89}, "N", 100),
        ({"history_days": None}, "N", 100),
        ({"severe_share": D("0.1")}, "A", 100),
        ({"severe_share": D("0.1001")}, "D", D("49.99")),
        ({"is_insolvent": True}, "D", D("49.99")),
        ({"severe_share": D(1), "paid_items": 0}, "D", D("49.99")),
    ],
)
def test_grades_that_points_do_not_decide(change: dict[str, object], grade: str, shown: D) -> None:
    found = score(replace(PERFECT, **change))  # type: ignore[arg-type]
    assert (found.grade, found.score, found.uncapped) == (grade, shown, 100)


def test_suggested_limit() -> None:
    assert suggested_limit(Grade.A, D(90_000), 30, D(-5)) == 117_000
    assert suggested_limit(Grade.B, D(90_000), 30, D(10)) == 132_000
    assert suggested_limit(Grade.D, D(90_000), 30, D(0)) == 36_000
    assert suggested_limit(Grade.C, D(99_999), 45, D("3.5"), step=D(1000)) == 129_000
    assert suggested_limit(Grade.N, D(90_000), 30, D(0)) is None
    assert suggested_limit(Grade.A, D(0), 30, D(0)) is None
    assert suggested_limit(Grade.A, D(90_000), 30, None) is None
    insolvent = score(replace(PERFECT, is_insolvent=True))
    assert (insolvent.suggested_limit, insolvent.caps) == (0, (HardCap.INSOLVENCY,))


def test_suggested_term() -> None:
    found = suggested_term(
        contract_days=90, legal_days=60, grade=Grade.B, stock_turn_days=25, pay_run_lag_days=10
    )
    assert (found.days, found.bound_by) == (35, TermBound.STOCK_TURN)
    assert found.bounds[TermBound.LAW] == 60
    partly = suggested_term(
        contract_days=45, legal_days=None, grade=Grade.N, stock_turn_days=25, pay_run_lag_days=None
    )
    assert (partly.days, dict(partly.bounds)) == (45, {TermBound.CONTRACT: 45})


def test_behaviour_counts_open_items_at_their_age() -> None:
    found = behaviour([paid(10_000, 200, 5), paid(50_000, 100, 22), paid(5_000, 40, -3)], as_of=DAY)
    assert found.dbt is not None
    assert round(found.dbt, 2) == D("17.46")
    assert (found.dbt_recent, found.severe_share, found.paid_items) == (-3, 0, 3)
    assert found.history_days == 230
    half = behaviour([paid(100, 100, 0), paid(100, 100, None), paid(100, -10, None)], as_of=DAY)
    assert (half.dbt, half.on_time, half.worst, half.severe_share) == (50, D("0.5"), 50, D("0.5"))
    nobody = behaviour([], as_of=DAY)
    assert nobody == Behaviour(
        dbt=None,
        dbt_recent=None,
        on_time=None,
        worst=None,
        severe_share=None,
        paid_items=0,
        history_days=None,
    )


def test_never_paying_never_improves() -> None:
    items = [paid(1000, 300 - 25 * n, 60) for n in range(12)]
    unpaid = [replace(one, paid_on=None) if n % 3 == 0 else one for n, one in enumerate(items)]
    assert _shown(scored(unpaid)) < _shown(scored(items))
    never = [replace(one, paid_on=None) for one in items]
    assert scored(never).grade is Grade.D
    days = [scored(never, DAY + timedelta(days=n)) for n in range(0, 500, 20)]
    shown = [_shown(one) for one in days]
    assert shown == sorted(shown, reverse=True)


def _shown(found: Score) -> D:
    assert found.score is not None
    return found.score


shares = st.none() | st.decimals("0", "1", places=4)
days = st.none() | st.decimals("-60", "400", places=2)
any_inputs = st.builds(
    Inputs,
    dbt=days,
    dbt_recent=days,
    on_time=shares,
    worst=st.none() | st.decimals("0", "400", places=2),
    severe_share=shares,
    paid_items=st.integers(0, 50),
    history_days=st.none() | st.integers(0, 4000),
    promises=st.integers(0, 9),
    promises_kept=shares,
    utilisation=st.none() | st.decimals("-1", "3", places=4),
    breaches=st.none() | st.integers(0, 20),
    billed=st.none() | st.decimals("-10", "1000", places=2),
    invalid_deductions=st.none() | st.decimals("0", "1000", places=2),
    volume_variation=shares,
    relationship_days=st.none() | st.integers(0, 9000),
    external=st.none() | st.decimals("0", "100", places=1),
    is_insolvent=st.booleans(),
)


@given(any_inputs)
def test_a_score_is_bounded_explained_and_the_same_again(inputs: Inputs) -> None:
    found = score(inputs)
    assert found == score(inputs)
    assert {one.factor for one in found.factors}.isdisjoint(found.missing)
    assert len(found.factors) + len(found.missing) == len(Factor)
    assert found.confidence == sum((one.weight for one in found.factors), D(0)) / 100
    if found.score is None or found.uncapped is None:
        assert found.factors == ()
        return
    assert 0 <= found.score <= found.uncapped <= 100
    assert found.grade is not Grade.A or found.score >= 80
    brought = sum((one.brought for one in found.factors), D(0))
    assert abs(brought - found.uncapped) <= D("0.06")


@given(any_inputs, st.decimals("0", "60", places=2))
def test_more_days_late_never_raise_a_score(inputs: Inputs, more: D) -> None:
    before = score(inputs).score
    for name in ("dbt", "dbt_recent", "worst"):
        value = getattr(inputs, name)
        if value is None or before is None:
            continue
        after = score(replace(inputs, **{name: value + more})).score
        assert after is not None
        assert after <= before


items_paid = st.builds(
    paid, st.integers(1, 100_000), st.integers(0, 360), st.none() | st.integers(-20, 150)
)


@given(st.lists(items_paid, min_size=1, max_size=15), st.data())
def test_one_item_paid_one_day_later_never_raises_a_score(
    items: list[Paid], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(items) - 1))
    one = items[place]
    if one.paid_on is None:
        return
    later = [*items]
    later[place] = replace(one, paid_on=one.paid_on + timedelta(days=1))
    before, after = scored(items), scored(later)
    assert before.uncapped is not None
    assert after.uncapped is not None
    assert after.uncapped <= before.uncapped
    if not later[place].is_open(DAY):
        assert _shown(after) <= _shown(before)
    never = [*items]
    never[place] = replace(one, paid_on=None)
    unpaid = scored(never)
    assert unpaid.uncapped is not None
    assert unpaid.uncapped <= before.uncapped


@given(st.sampled_from(Factor), st.fractions(-500, 500), st.fractions(-500, 500))
def test_points_are_monotone_and_bounded(factor: Factor, one: Fraction, other: Fraction) -> None:
    knots = KNOTS[factor]
    rising = knots[0][1] < knots[-1][1]
    low, high = (interpolated(at, knots) for at in sorted([one, other]))
    assert 0 <= low <= 100
    assert (low <= high) if rising else (low >= high)


def test_checklist_of_an_application() -> None:
    answers = {
        "registry": Answer(5, D(30)),
        "statements": Answer(2, D(30)),
        "references": Answer(None, D(40)),
        "note": Answer(None, D(0)),
    }
    found = checklist_score(answers)
    assert (found.score, found.confidence) == (70, D("0.6"))
    assert found.missing == ("references",)
    nothing = checklist_score({"registry": Answer(None, D(1))})
    assert (nothing.score, nothing.confidence) == (None, 0)
    assert checklist_score({}).score is None
    for wrong in (Answer(6, D(1)), Answer(-1, D(1)), Answer(1, D(-1))):
        with pytest.raises(CalculationError):
            checklist_score({"registry": wrong})


@given(
    st.dictionaries(
        st.integers(0, 9),
        st.builds(Answer, st.none() | st.integers(0, 5), st.integers(0, 50).map(D)),
    )
)
def test_checklist_is_bounded(answers: dict[int, Answer]) -> None:
    found = checklist_score(answers)
    assert 0 <= found.confidence <= 1
    if found.score is not None:
        assert 0 <= found.score <= 100
