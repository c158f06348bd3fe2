"""The worked examples of consignment, concession and guarantee, from report lines to statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from settlements.models import SettlementStatement
from settlements.selectors.settling.recomputing import recompute, stored_lines
from settlements.services.settling.drafting import draft_true_up
from tests.factories.settling import (
    AUGUST,
    FEES,
    JULY,
    SEPTEMBER,
    confirmed,
    draft,
    make_world,
    report_turnover,
    worked_consignment,
)

pytestmark = pytest.mark.django_db
D = Decimal


def lines_of(statement: SettlementStatement) -> list[tuple[str, str, Decimal]]:
    return [(line.kind, line.part, line.amount) for line in statement.lines.all()]


def test_consignment_is_7_299_80() -> None:
    world, product = worked_consignment()

    statement = draft(world)

    assert lines_of(statement) == [
        ("gross", "payable", D(6400)),
        ("shrink", "payable", D(60)),
        ("tax", "payable", D("839.80")),
    ]
    assert (statement.net, statement.tax, statement.payable) == (D(6460), D("839.80"), D("7299.80"))
    shrink = statement.lines.get(kind="shrink")
    assert (shrink.quantity, shrink.store, shrink.product) == (6, world.store, product)
    assert recompute(statement) == stored_lines(statement)


def test_concession_is_88_140_with_claims_apart_84_962() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")

    statement = draft(world)

    assert lines_of(statement) == [
        ("gross", "payable", D(113_000)),
        ("commission", "payable", D(-24_860)),
        ("tax", "contained", D(10_140)),
        ("fee", "claim", D(-678)),
        ("fee", "claim", D(-2000)),
        ("fee", "claim", D(-500)),
    ]
    assert (statement.payable, statement.net, statement.claimed) == (88_140, 78_000, 3178)
    assert (statement.gross, statement.deduction, statement.remains) == (113_000, 24_860, 84_962)
    assert recompute(statement) == stored_lines(statement)


@pytest.mark.parametrize(
    ("deduction", "taken"),
    [("tiered_incremental", 57_000), ("tiered_retroactive", 50_000)],
)
def test_tiers(deduction: str, taken: int) -> None:
    bands = [("0", "100000", "25"), ("100000", "200000", "22"), ("200000", None, "20")]
    world = make_world(deduction=deduction, bands=bands)
    report_turnover(world, "250000")

    assert draft(world).deduction == taken


def test_guarantee_month_by_month_and_trued_up() -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": "cumulative"}
    world = make_world(
        guarantee=guarantee, start=date(2026, 7, 1), end=date(2026, 10, 1), tax_rate=D(0)
    )
    months = {JULY: "113000", AUGUST: "150000", SEPTEMBER: "180000"}
    made = []
    for period, amount in months.items():
        report_turnover(world, amount, period)
        made.append(confirmed(world, period))

    assert [one.top_up for one in made] == [8140, 0, 0]
    assert [one.payable for one in made] == [80_000, 117_000, 140_400]
    assert sum(one.deduction + one.top_up for one in made) == 105_600
    true_up = draft_true_up(term=world.term, start=JULY[0], end=SEPTEMBER[1], drafted_by=None)
    assert (true_up.kind, true_up.payable, true_up.top_up) == ("true_up", 6600, -6600)
    assert recompute(true_up) == stored_lines(true_up)
    assert [SettlementStatement.objects.get(pk=one.pk).payable for one in made] == [
        80_000,
        117_000,
        140_400,
    ]


def test_excess_rate_above_the_guarantee() -> None:
    guarantee = {
        "basis": "sales",
        "amount": D(150_000),
        "test_period": "month",
        "excess_rate": D(18),
    }
    world = make_world(guarantee=guarantee)
    report_turnover(world, "180000")

    assert draft(world).deduction == 38_400


def test_a_part_month_guarantees_in_proportion_to_days() -> None:
    guarantee = {
        "basis": "commission",
        "amount": D(31_000),
        "test_period": "month",
        "proration": "trading_days",
    }
    world = make_world(guarantee=guarantee)
    report_turnover(world, "1000")

    statement = draft(world, trading_days=10)

    assert (statement.deduction, statement.top_up, statement.calendar_days) == (220, 9780, 31)


def test_a_negative_payable_is_carried_or_billed() -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": "month"}
    carried = {}
    for handling in ("carry_forward", "bill"):
        world = make_world(guarantee=guarantee, negative_handling=handling)
        report_turnover(world, "20000", JULY)
        report_turnover(world, "113000", AUGUST)
        first, second = draft(world, JULY), draft(world, AUGUST)
        carried[handling] = (
            first.payable,
            first.carried_forward,
            second.brought_forward,
            second.brought_from,
            second.remains,
        )
        if handling == "carry_forward":
            previous = first

    assert carried == {
        "carry_forward": (-13_000, -13_000, -13_000, previous, 67_000),
        "bill": (-13_000, 0, 0, None, 80_000),
    }
