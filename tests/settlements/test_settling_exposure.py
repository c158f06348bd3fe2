"""What was sold counts in exposure from the report on, and once until it is in the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from settlements.selectors.credit.exposure import standings
from settlements.services.settling.posting import post_statement
from tests.factories.accounts import make_product
from tests.factories.settling import (
    JULY,
    World,
    confirmed,
    draft,
    make_world,
    report_sold,
    report_turnover,
    worked_consignment,
)

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 8, 10)


def told(world: World, day: date = DAY) -> tuple[Decimal | None, ...]:
    """Sold and not stated, held by the retailer, open receivables of a world's account."""
    also = [(world.account.pk, "EUR")]
    (found,) = standings([], as_of=day, also=also)
    parts = found.components
    return parts.sold_not_stated, parts.held_by_retailer, parts.open_receivables


def test_a_turnover_counts_less_the_deduction_until_it_is_posted() -> None:
    world = make_world(start=JULY[0])
    report_turnover(world, "113000")
    assert told(world) == (None, 88_140, 0)
    assert told(world, date(2026, 7, 1)) == (None, 0, 0)

    statement = confirmed(world)
    assert told(world) == (None, 88_140, 0)
    post_statement(statement=statement, posted_on=date(2026, 8, 3), posted_by=None)
    assert told(world) == (None, 0, 88_140)


def test_coupons_and_media_count_as_the_statement_will_say() -> None:
    """And an excess rate is the lowest one where it is."""
    excess = {"basis": "sales", "amount": D(9), "test_period": "month", "excess_rate": D(18)}
    for more in ({}, {"is_after_coupons": False}, {"coupon_bearer": "us"},
                 {"coupon_bearer": "shared", "is_after_coupons": False}):  # fmt: skip
        world = make_world(start=JULY[0], media=[("CARD", "10"), ("GIFT", None)], **more)
        for amount, medium in (("100000", ""), ("40000", "CARD"), ("5000", "GIFT")):
            report_turnover(world, amount, payment_medium=medium, coupon_amount=D(100))
        found = told(world)[1]
        assert found == draft(world).payable, more
    world = make_world(start=JULY[0], guarantee=excess)
    report_turnover(world, "113000")
    assert (told(world)[1], draft(world).payable) == (92_660, D("92659.64"))


def test_consigned_goods_count_at_their_price_with_tax() -> None:
    world, _product = worked_consignment(start=JULY[0])
    (statement,) = [draft(world)]
    stated = statement.payable
    assert told(world)[0] == stated
    statement.state = "cancelled"
    statement.save(update_fields=["state"])

    line = 640 * D(10) * D("1.13")
    assert told(world)[0] == line < stated, "what is missing is told by the statement alone"
    report_sold(world, make_product(category=world.category), "5", period=(JULY[1], DAY))
    assert told(world)[0] == line, "goods without a price"
