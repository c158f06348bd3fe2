"""Exposure by component, the check against a limit, limits of a group."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.exposure import (
    NAMES,
    Components,
    Reason,
    Result,
    assess,
    check_hierarchy,
    exposure,
    strictest,
)
from settlements.analytics.problems import CalculationError, Problem

D = Decimal
NOTHING = Components(**dict.fromkeys(NAMES, D(0)))
EXAMPLE = replace(
    NOTHING,
    open_receivables=D(520),
    unapplied_cash=D(30),
    open_credits=D(15),
    instruments=D(100),
    delivered_not_invoiced=D(60),
    sold_not_stated=D(45),
    held_by_retailer=D(80),
    open_orders=D(150),
    consigned_stock=D(200),
)
amounts = st.decimals("0", "999999.99", places=2)
maybe = st.none() | amounts
any_components = st.builds(
    Components,
    **dict.fromkeys(NAMES, maybe)
    | dict.fromkeys(
        ["sold_not_stated", "held_by_retailer"], st.none() | st.decimals("-9999", "9999", places=2)
    ),
)
weights = st.decimals("0", "1", places=2)


def test_worked_example() -> None:
    found = assess(EXAMPLE, D(1000))
    assert (found.result, found.exposure, found.over_by) == (Result.BLOCK, 1010, 10)
    assert (found.available, found.utilisation) == (D(-10), D("1.01"))
    assert found.reasons == (Reason.OVER_LIMIT,)
    assert found.detail.parts["consigned_stock"] == 100
    assert found.detail.unknown == ()


@pytest.mark.parametrize(
    ("limit", "requested", "result", "reasons"),
    [
        (None, "0", "warn", ["no_limit"]),
        ("0", "0", "block", ["prepay_only"]),
        ("1010", "0", "warn", ["near_limit"]),
        ("1010", "0.01", "block", ["over_limit"]),
        ("2000", "0", "pass", []),
        ("2000", "789.99", "pass", []),
        ("2000", "790", "warn", ["near_limit"]),
    ],
)
def test_what_a_limit_answers(
    limit: str | None, requested: str, result: str, reasons: list[str]
) -> None:
    found = assess(EXAMPLE, None if limit is None else D(limit), D(requested))
    assert (found.result, list(found.reasons)) == (result, reasons)


def test_prepay_only_lets_money_received_before_through_but_not_cover() -> None:
    paid = replace(NOTHING, unapplied_cash=D(500))
    assert assess(paid, D(0), D(500)).result is Result.PASS
    assert assess(paid, D(0), D("500.01")).reasons == (Reason.PREPAY_ONLY,)
    assert assess(NOTHING, D(0)).result is Result.PASS
    covered = replace(NOTHING, open_receivables=D(100), secured=D(100))
    assert assess(covered, D(0)).reasons == (Reason.PREPAY_ONLY,)


def test_cover_is_capped() -> None:
    found = exposure(replace(EXAMPLE, secured=D(1200)))
    assert (found.total, found.parts["secured"], found.secured_unused) == (0, -1010, 190)
    assert found.unsecured == 1010
    prepaid = exposure(replace(NOTHING, unapplied_cash=D(50), secured=D(10)))
    assert prepaid.total == -50


def test_what_is_not_known_is_named_and_warns() -> None:
    found = assess(replace(EXAMPLE, open_orders=None), D(5000))
    assert (found.exposure, found.detail.unknown) == (860, ("open_orders",))
    assert (found.result, found.reasons) == (Result.WARN, (Reason.UNKNOWN_COMPONENTS,))
    assert exposure(Components()).unknown == NAMES
    assert exposure(replace(EXAMPLE, consigned_stock=None), D(0)).unknown == ()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((EXAMPLE, D(-1)), "limit_below_zero"),
        ((EXAMPLE, D(1), D(-1)), "negative_request"),
        ((replace(EXAMPLE, open_orders=D(-1)), D(1)), "negative_component"),
    ],
)
def test_what_is_refused(arguments: tuple[Components, D], code: str) -> None:
    with pytest.raises(CalculationError) as caught:
        assess(*arguments)
    assert caught.value.code == code
    with pytest.raises(CalculationError):
        exposure(EXAMPLE, D("1.01"))


def test_limits_of_a_group() -> None:
    assert check_hierarchy(D(100), {"a": D(60), "b": D(40), "c": None}) == []
    assert check_hierarchy(None, {"a": D(60)}) == []
    over = {"sum": D(101), "limit": D(100), "over_by": D(1)}
    assert check_hierarchy(D(100), {"a": D(101)}) == [Problem("entities_over_chain", over)]
    assert [one.code for one in check_hierarchy(D(0), {"a": D(1)})] == ["entities_over_chain"]
    below = check_hierarchy(D(-1), {"a": D(-2)})
    assert [(one.code, one.params["entity"]) for one in below] == [
        ("limit_below_zero", None),
        ("limit_below_zero", "a"),
    ]
    assert strictest([Result.PASS, Result.BLOCK, Result.WARN]) is Result.BLOCK
    assert strictest([]) is Result.PASS


@given(any_components, weights, st.none() | amounts, amounts)
def test_exposure_is_its_components_and_the_limit_is_divided(
    components: Components, weight: D, limit: D | None, requested: D
) -> None:
    found = assess(components, limit, requested, weight=weight)
    assert found.exposure == sum(found.detail.parts.values(), D(0)) + requested
    if limit is not None:
        assert found.available is not None
        assert found.available + found.exposure == limit
        assert found.over_by == max(found.exposure - limit, 0)


@given(any_components, weights, amounts)
def test_an_order_never_lowers_exposure(components: Components, weight: D, order: D) -> None:
    more = replace(components, open_orders=(components.open_orders or D(0)) + order)
    assert exposure(more, weight).total >= exposure(components, weight).total


@given(any_components, st.none() | amounts, amounts, amounts)
def test_a_larger_request_is_never_judged_milder(
    components: Components, limit: D | None, requested: D, more: D
) -> None:
    one = assess(components, limit, requested).result
    other = assess(components, limit, requested + more).result
    assert strictest([one, other]) is other
