"""The board's quick statement says what ageing says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kam.core.models import ExchangeRate
from kam.core.selectors.rates import MissingRateError
from settlements.selectors.ageing import AgeingQuery, Level, ageing
from settlements.selectors.positions import board
from settlements.services.overdue import flag_overdue
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 30)


def test_no_run_no_board() -> None:
    assert board() is None


def test_board_is_ageing_by_group(people: People, django_assert_num_queries: object) -> None:
    company = make_company()
    groups = [make_account(name=f"Group {n}", lead=people.owner if n else None) for n in range(3)]
    for n, days in enumerate((-5, 0, 1, 31, 61, 91, 400, 12)):
        shop = make_account(name=f"Shop {n}", parent=groups[n % 3])
        due = DAY - timedelta(days=days)
        make_document(
            account=shop, company=company, on=date(2025, 1, 1), due=[due], amounts=[f"{10 + n}"]
        )
    make_document(account=groups[0], company=company, kind="receipt", amounts=["4"])
    flag_overdue(as_of=DAY)
    with django_assert_num_queries(5):  # type: ignore[operator]
        found = board()
    assert found is not None
    plain = ageing(AgeingQuery(as_of=DAY, level=Level.GROUP))
    assert (found.as_of, found.currency) == (DAY, plain.currency)
    assert [(row.key, row.buckets, row.open, row.overdue, row.net) for row in found.groups] == [
        (row.key, row.buckets, row.open, row.overdue, row.net) for row in plain.rows
    ]
    assert (found.total.buckets, found.total.net) == (plain.total.buckets, plain.total.net)
    assert found.total.accounts_overdue == plain.total.overdue_items
    mine = board(leads=[people.owner.pk])
    assert mine is not None
    assert {row.name for row in mine.groups} == {"Group 1", "Group 2"}


def test_currencies_need_rates() -> None:
    for code in ("EUR", "USD"):
        make_document(
            account=make_account(), company=make_company(currency=code), currency=code,
            due=[date(2026, 3, 1)],
        )  # fmt: skip
    flag_overdue(as_of=DAY)
    with pytest.raises(MissingRateError):
        board()
    ExchangeRate.objects.create(currency_id="USD", base_id="EUR", valid_on=DAY, rate=Decimal("0.9"))
    found = board()
    assert found is not None
    assert (found.currency, found.total.overdue) == ("EUR", 190)
