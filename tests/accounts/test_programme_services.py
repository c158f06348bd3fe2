"""Programmes: what an account gets, what is refused, what is read off it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account, ProgrammeElement, ProgrammeItem
from accounts.selectors.programme import (
    compared,
    dependence_of,
    elements_not_given,
    programme_of,
)
from accounts.services import programmes
from accounts.services.merging import merge_accounts
from accounts.views.programme_answers import exit_barrier
from kam.core.models import Currency
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.known import make_element, make_item

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


@pytest.fixture
def account(people: People) -> Account:
    found = make_account(name="Kesko", lead=people.owner)
    row: Account = Account.objects.select_related("figure").get(pk=found.pk)
    return row


def give(account: Account, **changes: Any) -> ProgrammeItem:
    values = {
        "element": changes.pop("element", None) or make_element(),
        "currency": Currency.objects.get(pk="EUR"),
        **changes,
    }
    return programmes.save_item(account=account, **values)


def test_the_catalogue_of_a_new_installation() -> None:
    ProgrammeElement.objects.all().delete()
    programmes.ensure_default_elements()
    programmes.ensure_default_elements()
    assert ProgrammeElement.objects.count() == 17
    price = ProgrammeElement.objects.filter(is_price=True).values_list("code", flat=True)
    assert sorted(price) == ["rebate", "volume-discount"]


def test_an_element_gets_a_code_of_its_name() -> None:
    first = programmes.save_element(name="Shelf robots")
    second = programmes.save_element(name="Shelf Robots!")
    assert (first.code, second.code) == ("shelf-robots", "shelf-robots-2")
    with pytest.raises(RefusedError, match="already"):
        programmes.save_element(name="Shelf robots")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cost": Decimal(-1)}, "cost"),
        ({"saving": Decimal(-1)}, "saving"),
        ({"worth": Decimal(-1)}, "worth"),
        ({"is_confirmed": True, "worth_evidence": "x"}, "worth"),
        ({"is_confirmed": True, "worth": Decimal(1)}, "worth_evidence"),
        ({"switching": 6, "switching_evidence": "x"}, "switching"),
        ({"switching": 3}, "switching_evidence"),
        ({"switching_evidence": "x"}, "switching"),
        ({"since": date(2026, 1, 1), "until": date(2026, 1, 1)}, "until"),
    ],
)
def test_bad_input_names_its_field(account: Account, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        give(account, **changes)
    assert refused.value.field in {field, "valid_before", "to_date", "until_date", "valid_to"}
    assert ProgrammeItem.objects.count() == 0


def test_an_element_is_given_once_at_a_time(account: Account) -> None:
    element = make_element()
    row = give(account, element=element, since=date(2025, 1, 1))
    with pytest.raises(RefusedError, match="already"):
        give(account, element=element, since=date(2026, 1, 1))
    programmes.end_item(item=row, on=date(2026, 1, 1))
    give(account, element=element, since=date(2026, 1, 1))
    with pytest.raises(RefusedError, match="over by then"):
        programmes.end_item(item=row, on=date(2026, 3, 1))
    with pytest.raises(RefusedError, match="after it begins"):
        programmes.end_item(item=row, on=date(2025, 1, 1))


def test_a_programme_reads_both_sides(account: Account, people: People) -> None:
    price, own = make_element(is_price=True), make_element(name="Own units")
    make_item(account=account, element=price, cost="30000", worth="30000", switching=1)
    make_item(account=account, element=own, cost="10000", saving="4000", switching=5)
    make_item(account=account, until=date(2026, 1, 1), cost="99")
    found = programme_of(account, user=people.owner, as_of=TODAY)
    assert found.barrier.score == Decimal(55)
    assert found.barrier.confidence == Decimal(1)
    assert (found.totals.cost, found.totals.saving, found.currency) == (
        Decimal(40000),
        Decimal(4000),
        "EUR",
    )
    assert found.totals.price_of_cost == Decimal("0.7500")
    assert len(found.over) == 1
    assert own not in elements_not_given(found)


def test_what_is_agreed_above_holds_below_and_its_own_goes_before(people: People) -> None:
    group = make_account(lead=people.owner)
    banner = make_account(parent=group)
    shared, other = make_element(), make_element()
    make_item(account=group, element=shared, switching=1, cost="100")
    make_item(account=group, element=other, switching=5, cost="100")
    make_item(account=banner, element=shared, switching=2, cost="7")
    found = programme_of(banner, user=people.owner, as_of=TODAY)
    assert sorted((line.item.switching, line.is_inherited) for line in found.lines) == [
        (2, False),
        (5, True),
    ]
    assert found.barrier.score == Decimal(60)
    assert found.totals.cost == Decimal(7)


def test_amounts_in_several_currencies_need_a_rate(account: Account, people: People) -> None:
    make_item(account=account, cost="100")
    make_item(account=account, cost="1000", currency="SEK")
    found = programme_of(account, user=people.owner, as_of=TODAY)
    assert (found.totals.cost, found.currency, found.unconverted) == (Decimal(100), "EUR", 1)


def test_the_share_is_for_who_sees_the_company_the_rank_for_all(
    account: Account, people: People
) -> None:
    found = dependence_of(account, Decimal(10), user=people.owner, as_of=TODAY)
    assert (found.share, found.rank, found.of, found.balance) == (None, 1, 1, None)


def test_accounts_are_compared_within_scope(account: Account, people: People) -> None:
    make_item(account=account, switching=2, cost="10")
    foreign = make_account(lead=people.stranger)
    make_item(account=foreign, switching=5)
    rows = compared(people.owner, as_of=TODAY)
    assert [(row.pk, row.score, row.elements, row.share) for row in rows] == [
        (account.pk, Decimal(20), 1, None)
    ]
    assert {row.pk for row in compared(people.director, as_of=TODAY)} == {account.pk, foreign.pk}


def test_the_answer_and_the_risk(account: Account, people: People) -> None:
    answer = exit_barrier(people.owner, account, TODAY)
    assert (answer.value, answer.state) == ("–", "muted")
    make_item(account=account, switching=1)
    make_item(account=account)
    answer = exit_barrier(people.owner, account, TODAY)
    assert (answer.value, answer.detail) == ("10 of 100", "1 of 2 elements rated")
    assert not exit_barrier(people.owner, account, TODAY).risks
    for _number in range(9):
        make_account(lead=people.owner)
    (line,) = exit_barrier(people.owner, account, TODAY).risks
    assert "exit barrier 10 of 100" in str(line.detail)
    make_item(account=account, switching=5)
    assert not exit_barrier(people.owner, account, TODAY).risks


def test_programmes_follow_a_merged_account(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    element = make_element()
    make_item(account=keep, element=element, since=date(2026, 1, 1), cost="1")
    make_item(account=drop, element=element, since=date(2025, 1, 1), cost="2")
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    rows = ProgrammeItem.objects.filter(account=keep).order_by("valid")
    assert [(row.valid.lower, row.valid.upper, row.cost) for row in rows] == [
        (date(2025, 1, 1), date(2026, 1, 1), Decimal(2)),
        (date(2026, 1, 1), None, Decimal(1)),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_programmeitem SET cost = -1",
        "UPDATE accounts_programmeitem SET worth = -1",
        "UPDATE accounts_programmeitem SET switching = 6, switching_evidence = 'x'",
        "UPDATE accounts_programmeitem SET switching = 3",
        "UPDATE accounts_programmeitem SET switching_evidence = 'x'",
        "UPDATE accounts_programmeitem SET worth_basis = 'confirmed'",
        "UPDATE accounts_programmeitem SET valid = 'empty'",
        "UPDATE accounts_programmeelement SET name = ''",
    ],
)
def test_the_database_refuses(account: Account, sql: str) -> None:
    make_item(account=account)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
