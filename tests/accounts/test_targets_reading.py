"""Targets added up for a period, none counted twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, ProductCategory, Target
from accounts.selectors.targets import company_target, managers_target
from kam.core.dates import Period
from kam.core.selectors.rates import MissingRateError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account, make_category
from tests.factories.core import make_rate

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


def aim(
    amount: str,
    *,
    account: Account | None = None,
    manager: User | None = None,
    category: ProductCategory | None = None,
    month: date = MAY,
    currency: str = "EUR",
) -> None:
    Target.objects.create(
        account=account,
        manager=manager,
        category=category,
        month=month,
        amount=Decimal(amount),
        currency_id=currency,
    )


def test_targets_inside_other_targets_are_not_counted_again(people: People) -> None:
    group = make_account()
    banner = make_account(kind="banner", parent=group)
    store = make_account(kind="store", parent=banner)
    dairy = make_category()
    aim("100", account=group)
    aim("60", account=store)
    aim("10", account=store, category=dairy)
    aim("7", account=make_account())
    aim("999", manager=people.owner)
    assert company_target(Period.month(2026, 5), "EUR") == Decimal(107)
    assert company_target(Period.month(2026, 5), "EUR", category=dairy.pk) == Decimal(10)
    assert company_target(Period.month(2026, 6), "EUR") is None


def test_targets_of_categories_add_up_where_there_is_none_for_all(people: People) -> None:
    account, dairy, fish = make_account(), make_category(), make_category()
    aim("5", account=account, category=dairy)
    aim("6", account=account, category=fish)
    assert company_target(Period.month(2026, 5), "EUR") == Decimal(11)


def test_targets_of_managers_stand_in_for_those_of_accounts(people: People) -> None:
    aim("5", manager=people.owner)
    aim("6", manager=people.stranger)
    period = Period.month(2026, 5)
    assert company_target(period, "EUR") == Decimal(11)
    assert managers_target(period, "EUR", [people.owner.pk]) == Decimal(5)
    assert managers_target(period, "EUR", [people.teammate.pk]) is None


def test_a_part_of_a_month_counts_by_days(people: People) -> None:
    aim("31", account=make_account())
    aim("30", account=make_account(), month=date(2026, 6, 1))
    assert company_target(Period(date(2026, 5, 30), date(2026, 6, 11)), "EUR") == Decimal(12)


def test_targets_are_converted_or_the_missing_rate_is_named(people: People) -> None:
    aim("8", account=make_account(), currency="USD")
    period = Period.month(2026, 5)
    assert company_target(period, "USD") == Decimal(8)
    with pytest.raises(MissingRateError, match="USD in EUR"):
        company_target(period, "EUR")
    make_rate(currency="USD", rate="0.5")
    assert company_target(period, "EUR") == Decimal(4)
