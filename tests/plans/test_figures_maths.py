"""Mathematics of levers, streams, activities, and of pasted blocks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam.core.money import Separator
from plans.analytics.levers import Assumptions, BaselineError, Lever, effect, joint
from plans.analytics.marketing import activity_streams, our_part, part_of
from plans.analytics.paste import Trouble, decimal_sign, read_block
from plans.analytics.streams import MonthFacts, Phase, Streams, added, share_of, streams

D = Decimal
MONTHS = [date(2026, month, 1) for month in range(1, 4)]
FACTOR = st.decimals(min_value="0.01", max_value="100", places=2)


def _levers(*targets: str) -> list[Lever]:
    return [Lever(str(at), D(100), D(target)) for at, target in enumerate(targets)]


def test_joint_change_is_the_product() -> None:
    found = joint(_levers("105", "103", "102"))
    assert found.change == D("0.103130000000")
    assert found.parts == {
        "0": D("0.051264879568"),
        "1": D("0.031058072111"),
        "2": D("0.020807048321"),
    }
    assert sum(found.parts.values()) == found.change


@settings(max_examples=100)
@given(st.lists(FACTOR, min_size=1, max_size=3), st.integers(min_value=0, max_value=6))
def test_contributions_add_up(factors: list[D], places: int) -> None:
    levers = [Lever(str(at), D(1), one) for at, one in enumerate(factors)]
    found = joint(levers, places=places)
    assert sum(found.parts.values()) == found.change
    for lever, part in zip(levers, found.parts.values(), strict=True):
        assert abs(part) <= D(10) ** -places or (part > 0) == (lever.factor > 1)


@given(st.permutations(["105", "97", "130"]))
def test_order_of_levers_does_not_matter(targets: list[str]) -> None:
    assert joint(_levers(*targets)).change == D("0.324050000000")


@pytest.mark.parametrize(("baseline", "target"), [("0", "1"), ("-1", "1"), ("1", "0")])
def test_nothing_has_no_factor(baseline: str, target: str) -> None:
    with pytest.raises(BaselineError):
        Lever("trips", D(baseline), D(target))


def test_effect_on_both_sides() -> None:
    found = effect(
        _levers("105", "103", "102"),
        Assumptions(
            sales=D(1_000_000),
            margin_before=D(25),
            margin_after=D(26),
            cost_change=D(-5_000),
            service_before=D(92),
            service_after=D(95),
            our_share=D(40),
            our_contribution=D(30),
            our_cost=D(4_000),
        ),
    )
    assert found.sales_after == D("1103130.0000")
    assert found.margin_change == D("36813.8000")
    assert found.their_gain == D("41813.8000")
    assert found.service_change == D(3)
    assert found.revenue_change == D("41252.0000")
    assert found.our_gain == D("8375.6000")
    nothing = effect(_levers("105"), Assumptions(sales=None))
    assert (nothing.sales_after, nothing.their_gain, nothing.our_gain) == (None, None, None)


def _month(phase: Phase, plan: str | None, actual: str | None, **volumes: str) -> MonthFacts:
    known = {name: D(value) for name, value in volumes.items()}
    return MonthFacts(
        phase=phase,
        plan=None if plan is None else D(plan),
        actual=None if actual is None else D(actual),
        **known,
    )


def test_forecast_is_actual_volume_at_planned_rates() -> None:
    found = streams(
        [
            _month(Phase.OVER, "100", "95", plan_volume="50", actual_volume="60"),
            _month(Phase.RUNNING, "200", "10", plan_volume="100", actual_volume="5"),
            _month(Phase.TO_COME, "300", None, plan_volume="150"),
            _month(Phase.TO_COME, None, None),
        ]
    )
    assert [one.forecast for one in found] == [D("120.0000"), D("240.0000"), D("360.0000"), None]
    assert found[0].variance == D(-5)
    assert found[0].variance_share == D("-0.05")


def test_forecast_without_volumes_goes_at_the_pace_of_money() -> None:
    over = [_month(Phase.OVER, "100", "80"), _month(Phase.OVER, None, "7")]
    ahead = [_month(Phase.RUNNING, "100", "90"), _month(Phase.TO_COME, "50", None)]
    assert [one.forecast for one in streams([*over, *ahead])] == [D(80), D(7), D(90), D("40.0000")]
    assert [one.forecast for one in streams(ahead)] == [D(100), D(50)]
    returned = [_month(Phase.OVER, "100", "-20"), _month(Phase.TO_COME, "50", None)]
    assert [one.forecast for one in streams(returned)] == [D(-20), D(0)]


def test_streams_add_up_and_terms_take_their_share() -> None:
    total = added([Streams(D(1), D(2), None), Streams(None, D(3), None)])
    assert total == Streams(D(1), D(5), None)
    assert share_of(total, D(10)) == Streams(D("0.1000"), D("0.5000"), None)
    assert share_of(total, None) == Streams()


def test_streams_of_an_activity() -> None:
    def of(state: str, *amounts: int | None) -> Streams:
        planned, committed, spent = (None if one is None else D(one) for one in amounts)
        return activity_streams(state=state, planned=planned, committed=committed, spent=spent)

    assert of("planned", 100, None, None) == Streams(D(100), D(100), None)
    assert of("confirmed", 100, 90, 95) == Streams(D(100), D(95), D(95))
    assert of("done", 100, 90, None) == Streams(D(100), None, None)
    assert of("cancelled", 100, 90, None) == Streams(D(100), D(0), None)
    assert (our_part("we", None), our_part("they", None)) == (D(1), D(0))
    half = part_of(Streams(D(100), None, D(3)), our_part("shared", D(50)))
    assert half == Streams(D("50.0000"), None, D("1.5000"))


def _month_of(text: str) -> date | None:
    return {str(one)[:7]: one for one in [*MONTHS, date(2025, 1, 1)]}.get(text)


def _read(text: str, sign: Separator = ".") -> object:
    block = read_block(
        text,
        MONTHS,
        sign=sign,
        month_of=_month_of,
        totals=frozenset({"total"}),
    )
    if block.troubles:
        return [(one.code, one.row, one.column) for one in block.troubles]
    return {row.name: [row.amounts.get(month) for month in MONTHS] for row in block.rows}


def test_numbers_of_either_locale() -> None:
    assert _read("Oil\t1.234,56\t1.000\t2") == {"Oil": [D("1234.56"), D(1000), D(2)]}
    assert _read("Oil\t1,234.56\t1,000\t-") == {"Oil": [D("1234.56"), D(1000), None]}
    assert _read("Oil\t1.234") == {"Oil": [D("1.234"), None, None]}
    assert _read("Oil\t1.234", ",") == {"Oil": [D(1234), None, None]}
    assert decimal_sign(["1.5", "1,5"], ",") == ","


def test_headings_say_which_months() -> None:
    text = "Category\t2026-02\tTotal\t2026-01\nOil\t2\t3\t1\n\nMilk\t\t0\t5"
    assert _read(text) == {"Oil": [D(1), D(2), None], "Milk": [D(5), None, None]}


@pytest.mark.parametrize(
    ("text", "troubles"),
    [
        ("Oil\t1\tabc\t3\nMilk\tx", [("number", 1, 3), ("number", 2, 2)]),
        ("Oil\t-1", [("negative", 1, 2)]),
        ("Oil\t9999999999999999", [("too_large", 1, 2)]),
        ("Oil\t1\t2\t3\t4", [("too_many_columns", 1, 5)]),
        ("\t2026-01\t2025-01\tJna", [("month", 1, 3), ("month", 1, 4)]),
        ("\t2026-01\t2026-01", [("twice", 1, 3)]),
        ("a\n" * 501, [("too_long", 0, 0)]),
    ],
)
def test_what_cannot_be_read_is_named(text: str, troubles: list[tuple[str, int, int]]) -> None:
    assert _read(text) == troubles


@settings(max_examples=60)
@given(st.text(max_size=120))
def test_any_text_is_read_or_named(text: str) -> None:
    block = read_block(text, MONTHS, sign=".", month_of=_month_of)
    assert all(isinstance(one, Trouble) for one in block.troubles)
