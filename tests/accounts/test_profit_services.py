"""Entering and correcting costs, rates, volumes and pools; what the database itself refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import AccountStatus, CostKind, SpreadRule
from accounts.models import Account, ActivityRate, CostEntry, CostPool
from accounts.services import costs
from accounts.services.merging import merge_accounts
from accounts.views.profitability import answers
from kam.core.models import Currency
from kam.core.problems import RefusedError
from tests.factories.accounts import make_account, make_entry, make_source
from tests.factories.core import make_rate
from tests.factories.costs import make_activity_rate, make_cost, make_driver, make_pool
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 20)


def test_a_cost_is_converted_at_the_rate_of_its_day() -> None:
    make_rate(currency="SEK", rate="0.09", valid_on=date(2026, 1, 1))
    entry = costs.create_cost(
        account=make_account(),
        kind=CostKind.VISITS,
        booked_on=DAY,
        amount=Decimal("100.55"),
        currency=Currency.objects.get(pk="SEK"),
    )
    assert (entry.rate, entry.base_amount) == (Decimal("0.09"), Decimal("9.0495"))
    assert (entry.source, entry.source_key) == (None, "")


def test_a_cost_without_a_rate_waits_for_it() -> None:
    entry = costs.create_cost(
        account=make_account(),
        kind=CostKind.VISITS,
        booked_on=DAY,
        amount=Decimal(100),
        currency=Currency.objects.get(pk="SEK"),
    )
    assert entry.base_amount is None
    assert costs.fill_cost_amounts() == 0
    make_rate(currency="SEK", rate="0.1", valid_on=DAY)
    assert (costs.fill_cost_amounts(), costs.fill_cost_amounts()) == (1, 0)
    entry.refresh_from_db()
    assert entry.base_amount == 10


def test_correcting_keeps_the_rate_of_the_same_day() -> None:
    entry = make_cost(account=make_account(), amount=100, currency="SEK", rate="0.1")
    make_rate(currency="SEK", rate="0.2", valid_on=DAY)
    assert costs.change_cost(entry=entry, amount=Decimal(50)).base_amount == 5
    assert costs.change_cost(entry=entry, booked_on=date(2026, 1, 21)).base_amount == 10


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"amount": Decimal(0)}, "cost_entry_not_zero"), ({"kind": "gold"}, "cost_entry_kind_known")],
)
@pytest.mark.django_db(transaction=True)
def test_what_a_cost_cannot_be(fields: dict[str, Any], code: str) -> None:
    values: dict[str, Any] = {
        "account": make_account(),
        "kind": CostKind.VISITS,
        "booked_on": DAY,
        "amount": Decimal(1),
        "currency": Currency.objects.get(pk="EUR"),
    }
    with pytest.raises(RefusedError) as refused:
        costs.create_cost(**{**values, **fields})
    assert refused.value.code == code
    assert CostEntry.objects.count() == 0


def test_a_merged_account_takes_no_costs() -> None:
    survivor = make_account()
    shell = make_account()
    Account.objects.filter(pk=shell.pk).update(merged_into=survivor, status=AccountStatus.MERGED)
    shell.refresh_from_db()
    with pytest.raises(RefusedError) as refused:
        costs.set_volume(
            account=shell, kind=CostKind.ORDERS, month=date(2026, 1, 1), volume=Decimal(1)
        )
    assert refused.value.field == "account"


def test_a_new_rate_ends_the_one_before() -> None:
    make_activity_rate(amount=5)
    costs.set_rate(kind=CostKind.ORDERS, unit="order", amount=Decimal(6), from_date=DAY, until=None)
    assert [(rate.amount, rate.valid) for rate in ActivityRate.objects.order_by("amount")] == [
        (5, DateRange(date(2020, 1, 1), DAY)),
        (6, DateRange(DAY, None)),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_rate_does_not_overlap_a_later_one() -> None:
    make_activity_rate(start=date(2026, 6, 1))
    with pytest.raises(RefusedError) as refused:
        costs.set_rate(
            kind=CostKind.ORDERS, unit="order", amount=Decimal(6), from_date=DAY, until=None
        )
    assert refused.value.code == "activity_rate_one_at_a_time"
    with pytest.raises(RefusedError) as refused:
        costs.set_rate(
            kind=CostKind.ORDERS, unit="order", amount=Decimal(6), from_date=DAY, until=DAY
        )
    assert refused.value.field == "until"
    assert ActivityRate.objects.count() == 1


def test_a_volume_said_again_replaces_itself() -> None:
    account, month = make_account(), date(2026, 1, 1)
    for volume in (3, 4):
        found = costs.set_volume(
            account=account, kind=CostKind.ORDERS, month=month, volume=Decimal(volume)
        )
    assert (account.activity_drivers.count(), found.volume) == (1, 4)


def test_a_pool_is_entered_corrected_and_removed() -> None:
    pool = costs.create_pool(
        month=date(2026, 1, 1),
        kind=CostKind.SERVICE,
        name="Desk",
        amount=Decimal(10),
        rule=SpreadRule.EVENLY,
    )
    assert costs.change_pool(pool=pool, amount=Decimal(12)).amount == 12
    costs.remove_pool(pool=pool)
    assert not CostPool.objects.exists()


def test_the_base_currency_stays_while_costs_are_kept_in_it() -> None:
    assert costs.costs_blocker() is None
    make_activity_rate()
    blocker = costs.costs_blocker()
    assert blocker is not None
    assert blocker.field == "base_currency"


def test_every_change_of_a_cost_is_kept() -> None:
    entry = make_cost(account=make_account(), amount=100)
    costs.change_cost(entry=entry, amount=Decimal(50))
    number = entry.pk
    costs.remove_cost(entry=entry)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, amount FROM accounts_costentryevent WHERE id = %s ORDER BY pgh_id",
            [number],
        )
        assert cursor.fetchall() == [("insert", 100), ("update", 50), ("delete", 50)]


FORBIDDEN = [
    "UPDATE accounts_costentry SET kind = 'gold'",
    "UPDATE accounts_costentry SET amount = 0",
    "UPDATE accounts_costentry SET rate = NULL",
    "UPDATE accounts_costentry SET rate = -1",
    "UPDATE accounts_costentry SET source_key = 'a key without a source'",
    "UPDATE accounts_activityrate SET amount = -1",
    "UPDATE accounts_activityrate SET kind = 'gold'",
    "UPDATE accounts_activityrate SET unit = ''",
    "UPDATE accounts_activityrate SET valid = 'empty'",
    "UPDATE accounts_activityrate SET valid = '(,2026-01-01)'",
    """INSERT INTO accounts_activityrate (kind, unit, amount, valid, note, created_at, updated_at)
    SELECT kind, unit, amount, '[2025-01-01,2025-02-01)', '', now(), now()
    FROM accounts_activityrate""",
    "UPDATE accounts_activitydriver SET volume = -1",
    "UPDATE accounts_activitydriver SET month = '2026-01-02'",
    "UPDATE accounts_activitydriver SET kind = 'gold'",
    "UPDATE accounts_costpool SET amount = 0",
    "UPDATE accounts_costpool SET rule = 'weight'",
    "UPDATE accounts_costpool SET kind = 'gold'",
    "UPDATE accounts_costpool SET month = '2026-01-02'",
    "UPDATE accounts_costpool SET name = ''",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_database_refuses(sql: str) -> None:
    account = make_account()
    make_cost(account=account, amount=5)
    make_activity_rate()
    make_driver(account=account)
    make_pool(amount=5)
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute(sql)


def test_a_key_stands_once_in_its_source() -> None:
    source, account = make_source(), make_account()
    entry = make_cost(account=account, amount=5)
    CostEntry.objects.filter(pk=entry.pk).update(source=source, source_key="k")
    twin = make_cost(account=account, amount=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        CostEntry.objects.filter(pk=twin.pk).update(source=source, source_key="k")


def test_a_merge_moves_costs_and_adds_up_volumes() -> None:
    keep, drop = make_account(name="Keep"), make_account(name="Drop")
    entry = make_cost(account=drop, amount=5)
    make_driver(account=keep, volume=2)
    make_driver(account=drop, volume=3)
    make_driver(account=drop, volume=4, month=date(2026, 2, 1))
    merge_accounts(keep=keep, drop=drop, as_of=date(2026, 6, 15))
    entry.refresh_from_db()
    assert entry.account == keep
    volumes = keep.activity_drivers.order_by("month").values_list("month", "volume")
    assert list(volumes) == [(date(2026, 1, 1), 5), (date(2026, 2, 1), 4)]
    assert not drop.activity_drivers.exists()


def test_the_head_of_the_page_names_a_loss() -> None:
    account, today = make_account(), date(2026, 2, 15)
    user = make_user()
    assert answers.profit(user, account, today) is None
    account = Account.objects.get(pk=account.pk)
    make_entry(account=account, amount=100, cost="90", booked_on=date(2026, 1, 5))
    make_cost(account=account, amount=30)
    found = answers.profit(user, account, today)
    assert found is not None
    assert (str(found.value), found.state) == ("\N{MINUS SIGN}20 EUR", "danger")
    [risk] = answers.risks(user, account, today)
    assert risk.urgency == 0
    assert "Deliveries 30" in str(risk.detail)
