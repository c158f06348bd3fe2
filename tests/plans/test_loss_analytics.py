"""The mathematics of loss scenarios: golden vectors, and what holds whatever is put in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.analytics.loss import (
    Assumptions,
    AtRisk,
    Facts,
    Kind,
    Range,
    after_shock,
    gone_in,
    is_everybody,
    lost_months,
    months_of,
    outcome,
    receivable_losses,
    total,
)

D = Decimal
TEN = ["40", "20", "10", "10", "8", "6", "3", "1.5", "1", "0.5"]
TOTALS = [(number, D(share)) for number, share in enumerate(TEN, 1)]
AS_OF = date(2026, 6, 30)
YEAR = {date(2025 + (n > 5), (n + 6) % 12 + 1, 1): D(1000) for n in range(12)}
YEAR[date(2025, 12, 1)] = D(3000)


def assumed(**values: Any) -> Assumptions:
    facts: dict[str, Any] = {
        "kind": Kind.DELISTING,
        "starts_on": date(2026, 7, 1),
        "horizon": 12,
        "run_off": (D(1),),
        "contribution": Range(D("0.2"), D("0.3"), D("0.4")),
    }
    return Assumptions(**(facts | values))


def books(**values: Any) -> Facts:
    facts: dict[str, Any] = {"as_of": AS_OF, "history": YEAR} | values
    return Facts(**facts)


def test_the_ten_shares_without_the_first_are_those_of_the_definition() -> None:
    shock = after_shock(TOTALS, {1: D(40)})
    before, after = shock.before, shock.after
    assert (before.cr1, before.cr3, before.cr5) == (D("0.4"), D("0.7"), D("0.88"))
    assert (before.hhi, before.at_least_10pct) == (D("2312.5"), 4)
    assert [round(row.share * 100, 2) for row in after.ranked][:5] == [
        D("33.33"), D("16.67"), D("16.67"), D("13.33"), D("10.00"),
    ]  # fmt: skip
    assert after.hhi is not None
    assert round(after.hhi, 2) == D("1979.17")
    assert after.at_least_10pct == 5  # 6 of 60 is 10 percent exactly
    assert shock.newly_major == [5, 6]
    assert after_shock(TOTALS, {}).before == after_shock(TOTALS, {}).after


def test_concentration_is_not_additive_and_nobody_loses_everybody() -> None:
    one, other, both = (
        after_shock(TOTALS, lost).after.hhi
        for lost in ({1: D(40)}, {2: D(20)}, {1: D(40), 2: D(20)})
    )
    start = after_shock(TOTALS, {}).after.hhi
    assert None not in (one, other, both, start)
    assert both - start != (one - start) + (other - start)  # type: ignore[operator]
    assert is_everybody(TOTALS, dict(TOTALS))
    assert not is_everybody(TOTALS, {1: D(40)})
    with pytest.raises(KeyError):
        after_shock(TOTALS, {99: D(1)})
    partly = after_shock(TOTALS, {1: D(20)}).after
    assert partly.customers == 10
    assert partly.total == D(80)


def test_a_delisting_by_month_is_what_paper_and_pencil_say() -> None:
    given_ = assumed(
        run_off=(D("0.5"), D(1)),
        horizon=3,
        avoidable=Range(D(50), D(100), D(150)),
        avoidable_lag=1,
        recovery=Range(D(0), D("0.1"), D("0.2")),
    )
    july, august, _september = lost_months(books(), given_)
    assert (july.revenue.low, july.revenue.base, july.revenue.high) == (D(400), D(450), D(500))
    assert july.contribution == Range(D(80), D(135), D(200))
    # August: 900 lost as assumed, a third of it contribution, less half of 100 avoided · 0.9.
    assert august.revenue.base == D(900)
    assert august.contribution is not None
    assert august.contribution.base == D(900) * D("0.3") - D(100) * D("0.5") * D("0.9")
    result = outcome(books(), given_)
    assert result.revenue.base == D(450) + D(900) + D(900)
    assert result.receivables == Range.certain(D(0))


def test_notice_counts_by_days_and_a_month_without_a_namesake_is_the_mean() -> None:
    noticed = assumed(notice_days=46, horizon=4)  # until 16 August
    gone = [gone_in(noticed, month) for month in months_of(noticed)]
    assert gone == [D(0), D("0.5161"), D(1), D(1)]
    short = {date(2026, 5, 1): D(100), date(2026, 6, 1): D(300)}
    assert lost_months(books(history=short), assumed(horizon=1))[0].revenue.base == D(200)
    with pytest.raises(ValueError, match="no revenue"):
        outcome(books(history={}), assumed())


def test_an_insolvency_loses_by_method_and_security() -> None:
    rows = [
        AtRisk("outright_credit", "", D(600)),
        AtRisk("outright_credit", "insurance", D(400)),
        AtRisk("consignment", "", D(100)),
    ]
    given_ = assumed(
        kind=Kind.INSOLVENCY,
        probability=Range(D("0.5"), D("0.8"), D(1)),
        lgd={
            "outright_credit": Range(D("0.4"), D("0.6"), D("0.9")),
            "consignment": Range(D("0.2"), D("0.3"), D("0.5")),
        },
        secured_lgd={"insurance": Range.certain(D("0.1"))},
    )
    credit, consigned = receivable_losses(rows, given_)
    assert (credit.open, credit.secured) == (D(1000), D(400))
    assert credit.loss == Range(D(140), D(320), D(580))
    assert consigned.loss == Range(D(10), D(24), D(50))
    with pytest.raises(KeyError):
        receivable_losses([AtRisk("lease", "", D(1))], given_)
    never = replace(given_, probability=Range.certain(D(0)))
    nothing = outcome(books(at_risk=rows, consigned=D(50), clawback=D(10)), never)
    assert nothing.revenue == nothing.receivables == nothing.clawback == Range.certain(D(0))


def test_cash_of_a_delisting_improves_before_it_is_missing() -> None:
    facts = books(collections=(D(500), D(500), D(500), D(500)), days_to_pay=56)
    result = outcome(facts, assumed(fixed_cost=D(1000), cash_in_hand=D(500)))
    curve = [week.difference for week in result.weeks if week.difference is not None]
    assert curve[4].base > 0  # goods are not bought any more, what is open still comes
    assert curve[-1].base < 0
    assert sum(week.receipts.base for week in result.weeks) == D(2000)
    assert result.months_covered == Range.certain(D("2.5"))
    late = outcome(facts, assumed(kind=Kind.LONGER_TERMS, extra_days=Range(D(0), D(30), D(60))))
    assert late.revenue == Range.certain(D(0))
    assert late.tied_up is not None
    assert late.tied_up.base == D("1150.6849")


def test_what_comes_before_the_start_comes_as_usual() -> None:
    facts = books(collections=(D(100),) * 8, days_to_pay=14)
    given_ = assumed(
        kind=Kind.LONGER_TERMS, starts_on=date(2026, 8, 3), extra_days=Range.certain(D(28))
    )
    weeks = outcome(facts, given_).weeks
    assert weeks[5].monday == date(2026, 8, 3)
    assert all(one.receipts == Range.certain(one.usual) for one in weeks[:5])
    assert [one.receipts.base for one in weeks[5:9]] == [D(0)] * 4
    assert weeks[9].receipts.base == weeks[5].usual > 0


def test_an_insolvency_to_come_leaves_unpaid_what_is_sold_until_then() -> None:
    facts = books(collections=(D(100),) * 8, days_to_pay=35)
    given_ = assumed(kind=Kind.INSOLVENCY, starts_on=date(2026, 8, 3), fixed_cost=D(100))
    result = outcome(facts, given_)
    assert result.weeks[5].usual > 100  # sold in July, due in August
    assert [one.receipts.base for one in result.weeks[:5]] == [D(100)] * 5
    assert {one.receipts.base for one in result.weeks[5:]} == {D(0)}
    assert result.months_covered == Range.certain(D(5))


shares = st.decimals(0, 1, places=3)
amounts = st.decimals(-1000, 100_000, places=2)


@st.composite
def ranges(draw: st.DrawFn, top: int = 1) -> Range:
    return Range(*sorted(draw(st.lists(st.decimals(0, top, places=3), min_size=3, max_size=3))))


@st.composite
def histories(draw: st.DrawFn) -> dict[date, D]:
    values = draw(st.lists(amounts, min_size=1, max_size=12))
    return {date(2025 + (n > 5), (n + 6) % 12 + 1, 1): one for n, one in enumerate(values)}


@st.composite
def scenarios(draw: st.DrawFn) -> Assumptions:
    return assumed(
        kind=draw(st.sampled_from(list(Kind))),
        horizon=draw(st.integers(1, 24)),
        run_off=tuple(sorted(draw(st.lists(shares, min_size=1, max_size=6)))),
        notice_days=draw(st.integers(0, 200)),
        lost_share=draw(ranges()),
        contribution=draw(st.none() | ranges()),
        avoidable=draw(st.none() | ranges(500)),
        avoidable_lag=draw(st.integers(0, 3)),
        recovery=draw(ranges()),
        probability=draw(ranges()),
        extra_days=draw(ranges(60)),
        stock_recoverable=draw(ranges()),
        lgd={"outright_credit": draw(ranges())},
        secured_lgd={},
    )


def _facts(history: dict[date, D]) -> Facts:
    return books(
        history=history,
        at_risk=[AtRisk("outright_credit", "", D(700))],
        collections=(D(300), D(400)),
        consigned=D(90),
        days_to_pay=30,
    )


@settings(max_examples=60, deadline=None)
@given(scenarios(), histories())
def test_low_base_and_high_ascend_and_the_run_off_never_falls(
    given_: Assumptions, history: dict[date, D]
) -> None:
    # Every figure is a Range, which refuses to descend: computing it is the test.
    result = outcome(_facts(history), given_)
    gone = [month.gone for month in result.months]
    assert gone == sorted(gone)
    assert len(result.months) == given_.horizon
    assert (result.contribution is None) == (given_.contribution is None)


@settings(max_examples=40, deadline=None)
@given(scenarios(), histories())
def test_a_scenario_of_nothing_changes_nothing(given_: Assumptions, history: dict[date, D]) -> None:
    nothing = replace(
        given_,
        lost_share=Range.certain(D(0)),
        probability=Range.certain(D(0)),
        extra_days=Range.certain(D(0)),
    )
    result = outcome(_facts(history), nothing)
    assert result.revenue == result.receivables == Range.certain(D(0))
    assert all(week.receipts == Range.certain(week.usual) for week in result.weeks)
    assert all(one.difference in (None, Range.certain(D(0))) for one in result.weeks)


@settings(max_examples=40, deadline=None)
@given(
    scenarios(),
    st.lists(
        st.lists(st.decimals(0, 9999, places=2), min_size=12, max_size=12), min_size=2, max_size=3
    ),
)
def test_contribution_is_additive_over_accounts(given_: Assumptions, years: list[list[D]]) -> None:
    given_ = replace(given_, avoidable=None)
    split = [dict(zip(YEAR, year, strict=True)) for year in years]
    together = {month: sum((one[month] for one in split), D(0)) for month in YEAR}
    parts = [outcome(books(history=one), given_) for one in split]
    whole = outcome(books(history=together), given_)
    assert whole.revenue == total([part.revenue for part in parts])
    assert whole.contribution == total([part.contribution for part in parts])
