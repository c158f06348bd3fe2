"""Kept sums of what pools are spread by: the same figures, and never those of before a change."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from accounts import tasks
from accounts.choices import CostKind, SpreadRule
from accounts.models import (
    Account,
    CostPool,
    PoolWeights,
    PoolWeightsChange,
    RevenueEntry,
)
from accounts.selectors.profitability.account import CostLine, account_profit
from accounts.selectors.profitability.parts import BLOCK_BITS
from accounts.selectors.profitability.query import ProfitQuery
from accounts.selectors.profitability.reading import read_profit, unspread
from accounts.services.pool_weights import is_behind, keep_pool_weights
from accounts.services.tree import move_account
from kam.core.dates import Period
from kam.core.models import JobRun
from tests.factories.accounts import make_account, make_entry
from tests.factories.costs import make_driver, make_pool
from tests.races import at_once

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 15)
YEAR = Period.year(2026)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
FAR = 1 << (BLOCK_BITS + 20)
"""An id in a block of its own."""


def far_account(pk: int) -> Account:
    found: Account = Account.objects.create(
        pk=pk, name=f"Far {pk}", name_key=f"far {pk}", kind="group", path=[pk], current_group_id=pk
    )
    return found


@pytest.fixture
def company() -> list[Account]:
    """Accounts of three blocks, ids apart, that bought in two months with pools by each rule."""
    found = [make_account() for _ in range(3)]
    found += [far_account(pk) for pk in (FAR, FAR + 1, 2 * FAR)]
    for number, account in enumerate(found):
        for month in (JANUARY, FEBRUARY):
            make_entry(account=account, amount=100 + 37 * number, booked_on=month, cost="10")
    for month in (JANUARY, FEBRUARY):
        for rule in SpreadRule.values:
            make_pool(amount="100.01", rule=rule, month=month, name=rule)
    return found


def parts(accounts: list[Account]) -> dict[int, list[CostLine]]:
    return {one.pk: list(account_profit(one.pk, YEAR, as_of=AS_OF).lines) for one in accounts}


def agree(accounts: list[Account]) -> dict[int, list[CostLine]]:
    """What an account is told, kept or not, is what the board spreads over all."""
    board = read_profit(ProfitQuery(period=YEAR, as_of=AS_OF))
    costs = {key: one.costs for key, one in (board.known | board.unknown).items()}  # type: ignore[operator]
    told = parts(accounts)
    for key, lines in told.items():
        by_kind: dict[str, Any] = {}
        for line in lines:
            by_kind[line.kind] = by_kind.get(line.kind, 0) + line.amount
        assert costs.get(key, {}) == by_kind
    return told


def test_kept_sums_give_the_figures_of_all(company: list[Account]) -> None:
    before = agree(company)
    assert keep_pool_weights() == 2
    assert not is_behind()
    assert agree(company) == before
    total = sum(line.amount or 0 for lines in before.values() for line in lines)
    assert total == 6 * Decimal("100.01")


def test_kept_sums_are_what_is_read(company: list[Account]) -> None:
    before = parts(company)
    keep_pool_weights()
    PoolWeights.objects.update(accounts=[50, 50, 50])
    assert parts(company) != before


@pytest.mark.parametrize("change", ["revenue", "less", "volume", "merge", "move"])
def test_what_changed_since_is_never_read_from_what_is_kept(
    company: list[Account], change: str
) -> None:
    keep_pool_weights()
    before = parts(company)
    if change == "revenue":
        make_entry(account=company[4], amount=999, booked_on=JANUARY, cost="10")
    elif change == "less":
        RevenueEntry.objects.filter(account=company[0], booked_on=JANUARY).delete()
    elif change == "volume":
        make_driver(account=company[0], kind=CostKind.SERVICE, month=JANUARY, volume=0)
    elif change == "merge":
        RevenueEntry.objects.filter(account=company[0]).update(account=company[5])
    else:
        move_account(account=company[5], parent=company[3], from_date=FEBRUARY, as_of=AS_OF)
    told = parts(company)
    keep_pool_weights()
    assert parts(company) == told
    if change != "move":
        assert told != before
        agree(company)


def test_a_pool_of_a_kind_that_was_gone_is_not_read_from_what_was_kept(
    company: list[Account],
) -> None:
    """The months change while nobody keeps sums of the kind."""
    keep_pool_weights()
    CostPool.objects.filter(month=JANUARY).delete()
    make_entry(account=company[4], amount=999, booked_on=JANUARY, cost="10")
    keep_pool_weights()
    assert list(PoolWeights.objects.values_list("month", flat=True)) == [FEBRUARY]
    assert not PoolWeightsChange.objects.exists()
    make_pool(amount=100, rule=SpreadRule.REVENUE, month=JANUARY)
    agree(company)


def test_a_month_of_which_one_kind_lost_its_pool_forgets_that_kind(
    company: list[Account],
) -> None:
    other = make_pool(amount=10, rule=SpreadRule.EVENLY, month=JANUARY, kind=CostKind.VISITS)
    keep_pool_weights()
    assert PoolWeights.objects.count() == 3
    other.delete()
    make_entry(account=company[4], amount=999, booked_on=JANUARY, cost="10")
    keep_pool_weights()
    assert PoolWeights.objects.count() == 2


def test_a_month_in_which_nobody_bought_is_kept_too(company: list[Account]) -> None:
    make_pool(amount=10, rule=SpreadRule.EVENLY, month=date(2026, 5, 1))
    assert keep_pool_weights() == 3
    assert not is_behind()
    assert [one.month for one in unspread(YEAR)] == [date(2026, 5, 1)]
    agree(company)


def test_without_pools_changes_are_forgotten() -> None:
    make_entry(account=make_account(), amount=10, booked_on=JANUARY)
    assert is_behind()
    assert keep_pool_weights() == 0
    assert not is_behind()


def test_the_job_is_asked_for_only_where_sums_are_behind(company: list[Account]) -> None:
    tasks.look_at_pool_weights()
    assert JobRun.objects.filter(name=tasks.ADD_UP).count() == 1
    JobRun.objects.all().delete()
    keep_pool_weights()
    tasks.look_at_pool_weights()
    assert not JobRun.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_adding_up_takes_a_statement_or_two_a_month(
    count: int, django_assert_num_queries: Any
) -> None:
    account = make_account()
    for month in range(1, count + 1):
        make_entry(account=account, amount=10, booked_on=date(2026, month, 3))
        make_pool(amount=10, rule=SpreadRule.EVENLY, month=date(2026, month, 1))
    with django_assert_num_queries(5 + 4 * count):
        keep_pool_weights()
    assert connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_not_done_yet_while_sums_are_kept_is_seen_when_it_is() -> None:
    """Neither waits for the other: the sums do not know the change, and its mark outlives them."""
    accounts = [make_account() for _ in range(2)]
    for account in accounts:
        make_entry(account=account, amount=100, booked_on=JANUARY, cost="10")
    make_pool(amount=100, rule=SpreadRule.REVENUE, month=JANUARY)
    keep_pool_weights()
    changed, kept = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            make_entry(account=accounts[0], amount=300, booked_on=JANUARY, cost="10")
            changed.set()
            assert kept.wait(timeout=20)

    def keep() -> None:
        assert changed.wait(timeout=20)
        PoolWeights.objects.all().delete()
        assert keep_pool_weights() == 1
        kept.set()

    assert at_once(change, keep) == [None, None]
    assert is_behind()
    lines = agree(accounts)
    assert [one.amount for one in lines[accounts[0].pk]] == [80]
    keep_pool_weights()
    assert (agree(accounts), is_behind()) == (lines, False)
