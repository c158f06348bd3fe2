"""Net profit by customer out of roll-ups, entries, volumes at rates and pools."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import CostKind, SpreadRule
from accounts.models import Account
from accounts.selectors.concentration.cells import Scope
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.selectors.profitability.account import account_profit
from accounts.selectors.profitability.query import ProfitQuery, whole
from accounts.selectors.profitability.reading import (
    compared_profit,
    read_profit,
    unspread,
)
from accounts.services.tree import move_account
from kam.core.dates import Period
from tests.factories.accounts import make_account, make_entry
from tests.factories.core import make_rate
from tests.factories.costs import make_activity_rate, make_cost, make_driver, make_pool
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db

YEAR = Period.year(2026)
JANUARY = Period.month(2026, 1)
QUERY = ProfitQuery(period=YEAR, as_of=date(2026, 12, 31))


def sold(account: Account | None, amount: int, cost: int | None, day: int = 15) -> None:
    make_entry(
        account=account,
        amount=amount,
        cost=None if cost is None else str(cost),
        booked_on=date(2026, 1, day),
    )


def test_profit_is_revenue_less_goods_terms_and_cost_to_serve() -> None:
    account = make_account()
    sold(account, 1000, 600)
    make_cost(account=account, amount=50, kind=CostKind.TRADE_TERMS)
    make_cost(account=account, amount=40)
    make_cost(account=account, amount=-10)
    make_activity_rate(amount="7.5")
    make_driver(account=account, volume=4)

    one = read_profit(QUERY).known[account.pk]

    assert (one.revenue, one.goods, one.terms) == (1000, 600, 50)
    assert one.costs == {"trade_terms": 50, "deliveries": 30, "orders": 30}
    assert (one.serve, one.net) == (60, 290)
    assert (one.margin, one.serve_share, one.coverage) == (
        Decimal("0.29"),
        Decimal("0.06"),
        1,
    )


def test_margin_is_only_over_revenue_of_which_the_cost_is_known() -> None:
    account = make_account()
    sold(account, 800, 500)
    sold(account, 200, None)
    one = read_profit(QUERY).known[account.pk]
    assert (one.costed, one.uncosted, one.net) == (800, 200, 300)
    assert (one.coverage, one.margin) == (Decimal("0.8"), Decimal("0.375"))


def test_a_customer_without_any_cost_of_goods_has_no_profit() -> None:
    account, other = make_account(), make_account()
    sold(account, 800, None)
    sold(other, 100, 90)
    found = read_profit(QUERY)
    assert found.unknown[account.pk].net is None
    assert found.total.net == 10
    assert found.unassigned.revenue == 0


def test_unassigned_revenue_stands_apart() -> None:
    account = make_account()
    sold(account, 100, 60)
    sold(None, 70, None)
    found = read_profit(QUERY)
    assert list(found.known) == [account.pk]
    assert found.unassigned.revenue == 70


def test_a_volume_without_a_rate_is_a_gap_and_never_zero() -> None:
    account = make_account()
    sold(account, 100, 60)
    make_driver(account=account, volume=3)
    make_activity_rate(start=date(2026, 2, 1))
    one = read_profit(QUERY).unknown[account.pk]
    assert (one.unpriced, one.net, one.serve_share) == (1, None, None)
    make_activity_rate(amount=1, start=date(2025, 1, 1), until=date(2026, 2, 1))
    assert read_profit(QUERY).known[account.pk].net == 37


def test_a_volume_of_zero_needs_no_rate() -> None:
    account = make_account()
    sold(account, 100, 60)
    make_driver(account=account, volume=0)
    one = read_profit(QUERY).known[account.pk]
    assert (one.net, one.costs) == (40, {"orders": 0})


def test_the_rate_of_the_first_of_the_month_counts() -> None:
    account = make_account()
    sold(account, 100, 60)
    make_activity_rate(amount=2, until=date(2026, 1, 15))
    make_activity_rate(amount=9, start=date(2026, 1, 15))
    make_driver(account=account, volume=5)
    make_driver(account=account, volume=5, month=date(2026, 2, 1))
    assert read_profit(QUERY).known[account.pk].costs == {"orders": 55}


def test_a_cost_without_an_exchange_rate_is_a_gap() -> None:
    account = make_account()
    sold(account, 100, 60)
    make_cost(account=account, amount=10, currency="SEK", rate=None)
    one = read_profit(QUERY).unknown[account.pk]
    assert (one.unrated, one.net) == (1, None)


def test_revenue_without_an_exchange_rate_is_refused_by_name() -> None:
    make_entry(account=make_account(), amount=100, currency="SEK", rate=None, cost="1")
    with pytest.raises(MissingRatesError) as refused:
        read_profit(QUERY)
    assert [one.currency for one in refused.value.missing] == ["SEK"]


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        (SpreadRule.REVENUE, ["66.6667", "33.3333"]),
        (SpreadRule.ENTRIES, ["33.3333", "66.6667"]),
        (SpreadRule.EVENLY, ["50.0000", "50.0000"]),
    ],
)
def test_a_pool_is_spread_by_its_rule_to_the_last_cent(rule: str, parts: list[str]) -> None:
    first, second = make_account(), make_account()
    sold(first, 200, 0)
    sold(second, 50, 0)
    sold(second, 50, 0)
    make_pool(amount=100, rule=rule)
    found = read_profit(QUERY).known
    spread = [found[one.pk].costs["service"] for one in (first, second)]
    assert [str(part) for part in spread] == parts
    assert sum(spread) == 100
    assert found[first.pk].allocated == spread[0]


def test_a_pool_passes_by_accounts_whose_volume_is_known() -> None:
    known, other = make_account(), make_account()
    sold(known, 100, 0)
    sold(other, 100, 0)
    make_activity_rate(amount=3)
    make_driver(account=known, volume=2)
    make_pool(amount=50, kind=CostKind.ORDERS)
    found = read_profit(QUERY).known
    assert found[known.pk].costs == {"orders": 6}
    assert found[other.pk].costs == {"orders": 50}


def test_a_pool_that_nobody_can_take_is_named() -> None:
    sold(make_account(), 100, 0)
    make_pool(amount=50, month=date(2026, 2, 1))
    make_pool(amount=10)
    [left] = unspread(YEAR)
    assert (left.month, left.kind, left.amount) == (date(2026, 2, 1), "service", 50)


def test_costs_follow_the_group_of_their_own_day() -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    store = make_account(parent=old)
    move_account(account=store, parent=new, from_date=date(2026, 1, 10), as_of=date(2026, 6, 1))
    sold(store, 100, 60, day=5)
    sold(store, 200, 120, day=15)
    make_cost(account=store, amount=7, booked_on=date(2026, 1, 9))
    make_cost(account=store, amount=9, booked_on=date(2026, 1, 10))
    found = read_profit(QUERY).known
    assert (found[old.pk].net, found[new.pk].net) == (33, 71)
    by_account = read_profit(replace(QUERY, level="account")).known
    assert by_account[store.pk].net == 104
    assert account_profit(old.pk, YEAR, as_of=QUERY.as_of).costing.net == 33
    assert account_profit(store.pk, YEAR, as_of=QUERY.as_of).costing.net == 104


def test_costs_of_goods_follow_the_average_rate_of_their_month() -> None:
    account = make_account()
    make_rate(currency="SEK", rate="0.1")
    make_entry(account=account, amount=1000, currency="SEK", rate="0.1", cost="600")
    make_entry(account=account, amount=1000, currency="SEK", rate="0.12", cost=None)
    one = read_profit(QUERY).known[account.pk]
    assert (one.revenue, one.costed, one.goods) == (220, 110, 66)


def test_a_limited_user_reads_the_own_accounts_and_shares_of_whole_pools() -> None:
    owner = make_user()
    mine, other = make_account(lead=owner), make_account()
    sold(mine, 100, 50)
    sold(other, 300, 100)
    make_pool(amount=40)
    found = read_profit(QUERY, scope=Scope(lead_ids=(owner.pk,)))
    assert not found.is_company
    assert list(found.known) == [mine.pk]
    assert found.known[mine.pk].net == 40


def test_country_and_period_narrow() -> None:
    finnish, swedish = make_account(country="FI"), make_account(country="SE")
    sold(finnish, 100, 50)
    sold(swedish, 100, 50)
    make_cost(account=finnish, amount=5, booked_on=date(2026, 2, 1))
    found = read_profit(replace(QUERY, country="FI", period=JANUARY)).known
    assert {key: one.net for key, one in found.items()} == {finnish.pk: 50}


def test_last_year_is_read_beside() -> None:
    account = make_account()
    make_entry(account=account, amount=100, cost="70", booked_on=date(2025, 3, 1))
    sold(account, 100, 60)
    now, before = compared_profit(QUERY, None)
    assert before is not None
    assert (now.total.net, before.total.net) == (40, 30)


def test_account_and_board_agree_and_lines_say_where_costs_come_from() -> None:
    account = make_account()
    sold(account, 100, 60)
    make_cost(account=account, amount=4)
    make_pool(amount=5)
    make_pool(amount=6, rule=SpreadRule.EVENLY, name="More")
    found = account_profit(account.pk, YEAR, as_of=QUERY.as_of)
    assert found.costing == read_profit(QUERY).known[account.pk]
    assert [(one.kind, one.origin, one.rule, one.amount) for one in found.lines] == [
        ("deliveries", "direct", "", 4),
        ("service", "allocated", "evenly", 6),
        ("service", "allocated", "revenue", 5),
    ]


def test_the_number_of_statements_does_not_grow() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as counted:
            read_profit(QUERY)
        return len(counted)

    sold(make_account(), 100, 60)
    first = statements()
    for _ in range(3):
        account = make_account()
        sold(account, 100, 60)
        make_cost(account=account, amount=1)
    assert statements() == first == 4


def test_periods_become_whole_months() -> None:
    assert whole(Period(date(2026, 1, 1), date(2026, 3, 20))) == Period(
        date(2026, 1, 1), date(2026, 3, 1)
    )
    assert whole(Period(date(2026, 1, 5), date(2026, 1, 9))) == JANUARY
    with pytest.raises(ValueError, match="whole months"):
        ProfitQuery(period=Period(date(2026, 1, 5), date(2026, 1, 9)), as_of=date(2026, 1, 9))
