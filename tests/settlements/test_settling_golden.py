"""The worked examples of consignment, concession and guarantee, from report lines to statements."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kam.identity.choices import Role
from settlements.models import AccountPrice, PriceBreak, SettlementStatement
from settlements.selectors.settling.calendar import statements_due
from settlements.selectors.settling.recomputing import recompute, stored_lines
from settlements.services.settling.drafting import draft_true_up
from tests.factories.identity import make_user
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


def test_a_missing_piece_costs_what_a_sold_one_does() -> None:
    world, _product = worked_consignment()
    PriceBreak.objects.update(amount=12)
    PriceBreak.objects.create(price=AccountPrice.objects.get(), from_quantity=100, amount=D(10))

    assert draft(world).payable == D("7299.80")


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
    director = make_user(roles=[Role.SALES_DIRECTOR])

    def asked_for() -> list[tuple[date, date]]:
        found = statements_due(director, as_of=date(2026, 10, 5))
        return [(one.start, one.end) for one in found if one.is_true_up]

    assert asked_for() == [(JULY[0], SEPTEMBER[1])]
    true_up = draft_true_up(term=world.term, start=JULY[0], end=SEPTEMBER[1], drafted_by=None)
    assert asked_for() == []
    assert (true_up.kind, true_up.payable, true_up.top_up) == ("true_up", 6600, -6600)
    assert recompute(true_up) == stored_lines(true_up)
    assert [SettlementStatement.objects.get(pk=one.pk).payable for one in made] == [
        80_000,
        117_000,
        140_400,
    ]


@pytest.mark.parametrize(
    ("cycle", "test_period", "periods", "turnover", "payable"),
    [
        ("half_monthly", "month", [(1, 16), (16, 32)], "60000", -6600),
        ("quarterly", "quarter", [(1, 93)], "300000", -33_000),
    ],
)
def test_a_true_up_guarantees_each_month_once(
    cycle: str, test_period: str, periods: list[tuple[int, int]], turnover: str, payable: int
) -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": test_period}
    world = make_world(guarantee=guarantee, cycle=cycle, start=JULY[0], tax_rate=D(0))
    days = [
        (JULY[0] + timedelta(days=first - 1), JULY[0] + timedelta(days=after - 1))
        for first, after in periods
    ]
    for period in days:
        report_turnover(world, turnover, period)
        confirmed(world, period)

    true_up = draft_true_up(term=world.term, start=days[0][0], end=days[-1][1], drafted_by=None)

    assert true_up.payable == payable


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
