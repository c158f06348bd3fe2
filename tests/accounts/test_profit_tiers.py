"""What tiers measure of profit: net profit and cost to serve ÷ revenue, with all below."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from accounts.choices import CostKind
from accounts.selectors.tiers.scoring import compute
from tests.factories.accounts import make_account, make_entry
from tests.factories.costs import make_activity_rate, make_cost, make_driver, make_pool
from tests.factories.tiers import criterion, make_model

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 15)


def values(measure: str) -> dict[int, Decimal]:
    compute(make_model(criterion(measure)), as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, value FROM tier_points")
        return dict(cursor.fetchall())


def test_measures_of_profit_by_hand() -> None:
    group, plain, gap, idle = (make_account(name=n) for n in ("group", "plain", "gap", "idle"))
    banner = make_account(parent=group, kind="banner")
    for account in (banner, plain, gap):
        make_entry(account=account, amount=1000, booked_on=date(2026, 3, 10), cost="700")
    make_cost(account=banner, amount=50)
    make_cost(account=group, amount=30, kind=CostKind.TRADE_TERMS)
    make_activity_rate(amount=2, until=date(2026, 2, 1))
    make_driver(account=banner, volume=10)
    make_driver(account=gap, volume=10, month=date(2026, 3, 1))
    make_cost(account=idle, amount=5)

    assert values("profitability") == {group.pk: Decimal("0.2"), plain.pk: Decimal("0.3")}
    assert values("cost_to_serve") == {group.pk: Decimal("0.07")}


def test_parts_of_pools_are_cost_to_serve() -> None:
    first, second = make_account(), make_account()
    make_entry(account=first, amount=300, booked_on=date(2026, 1, 10), cost="100")
    make_entry(account=second, amount=100, booked_on=date(2026, 1, 10), cost="50")
    make_pool(amount=40)

    assert values("cost_to_serve") == {first.pk: Decimal("0.1"), second.pk: Decimal("0.1")}
    assert values("profitability")[second.pk] == Decimal("0.4")


def test_nothing_is_said_of_costs_that_nobody_keeps() -> None:
    account = make_account()
    make_entry(account=account, amount=100, booked_on=date(2026, 1, 10), cost="60")

    assert values("cost_to_serve") == {}
    assert values("profitability") == {account.pk: Decimal("0.4")}
