from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.retention import FORMULA_VERSION, Movement, movement_of, retention

revenue = st.dictionaries(
    st.integers(0, 15), st.decimals(-1000, 1000, places=4, allow_nan=False), max_size=12
)


def of(**values: str) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in values.items()}


PREVIOUS = of(same="10", grew="20", shrank="30", left="25", refunded="15", credit="-4")
CURRENT = of(same="10", grew="28", shrank="18", refunded="-5", new="7", credit="-1")


def test_each_customer_has_one_movement() -> None:
    result = retention(PREVIOUS, CURRENT)

    assert result.formula_version == FORMULA_VERSION
    assert [(row.key, row.movement, row.change) for row in result.rows] == [
        ("left", Movement.LEFT, Decimal(-25)),
        ("refunded", Movement.LEFT, Decimal(-20)),
        ("shrank", Movement.SHRANK, Decimal(-12)),
        ("same", Movement.SAME, Decimal(0)),
        ("credit", Movement.CREDIT, Decimal(3)),
        ("new", Movement.NEW, Decimal(7)),
        ("grew", Movement.GREW, Decimal(8)),
    ]


def test_rates_follow_their_definitions() -> None:
    result = retention(PREVIOUS, CURRENT)

    assert (result.base, result.base_customers) == (Decimal(100), 5)
    assert result.kept_revenue == Decimal(43)  # 10 + 20 + 18 + 0 − 5
    assert result.gross_retention == Decimal("0.43")
    assert result.net_retention == Decimal("0.51")  # 10 + 28 + 18 + 0 − 5
    assert result.customer_retention == Decimal("0.6")


def test_movements_bridge_the_two_totals() -> None:
    result = retention(PREVIOUS, CURRENT)
    left = result.by_movement[Movement.LEFT]

    assert (result.previous_total, result.current_total) == (Decimal(96), Decimal(57))
    assert left.customers == 2
    assert (left.previous, left.current) == (Decimal(40), Decimal(-5))
    assert left.change == Decimal(-45)
    assert sum(part.change for part in result.by_movement.values()) == -39


def test_without_a_base_the_rates_are_none() -> None:
    result = retention({}, of(new="5"))

    assert (result.gross_retention, result.net_retention, result.customer_retention) == (None,) * 3
    assert result.by_movement[Movement.NEW].customers == 1
    assert retention({}, {}).rows == ()


def test_zero_is_not_active() -> None:
    zero, some = Decimal(0), Decimal("0.01")

    assert movement_of(some, zero) is Movement.LEFT
    assert movement_of(zero, some) is Movement.NEW
    assert movement_of(zero, zero) is Movement.CREDIT


@given(revenue, revenue)
def test_parts_add_up_to_both_totals(
    previous: Mapping[int, Decimal], current: Mapping[int, Decimal]
) -> None:
    result = retention(previous, current)
    parts = result.by_movement.values()

    assert sum(part.previous for part in parts) == sum(previous.values())
    assert sum(part.current for part in parts) == sum(current.values())
    assert sum(part.customers for part in parts) == len(previous.keys() | current.keys())
    assert result.previous_total + sum(part.change for part in parts) == result.current_total


@given(revenue, revenue)
def test_gross_never_passes_net_or_one(
    previous: Mapping[int, Decimal], current: Mapping[int, Decimal]
) -> None:
    result = retention(previous, current)
    lost = [result.by_movement[one].change for one in (Movement.SHRANK, Movement.LEFT)]

    assert result.kept_revenue == result.base + sum(lost)
    if result.gross_retention is not None and result.net_retention is not None:
        assert result.gross_retention <= min(result.net_retention, Decimal(1))


@given(revenue)
def test_a_period_against_itself_keeps_everything(same: Mapping[int, Decimal]) -> None:
    result = retention(same, same)

    assert {row.movement for row in result.rows} <= {Movement.SAME, Movement.CREDIT}
    assert result.gross_retention == result.net_retention
    assert result.gross_retention in {None, Decimal(1)}
