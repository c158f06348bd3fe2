"""Receivables on the account page: today's figures, in few statements, for whom they concern."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from settlements.models import ControllerAssignment, WorkItem
from settlements.services.overdue import flag_overdue
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
EARLY = TODAY - timedelta(days=200)


def url(pk: int) -> str:
    return f"/accounts/{pk}/receivables/"


def body(response: Any) -> str:
    return str(response.content.decode())


def test_what_is_open_below_the_account_shows_by_age(people: People) -> None:
    group = make_account(name="Group", lead=people.owner)
    shop = make_account(name="Shop", parent=group)
    company = make_company()
    for days, amount in ((-5, "10.00"), (5, "20.00"), (120, "70.00")):
        make_document(
            account=shop, company=company, on=EARLY, amounts=[amount],
            due=[TODAY - timedelta(days=days)],
        )  # fmt: skip
    make_document(account=group, company=company, kind="receipt", amounts=["4.00"], on=EARLY)
    ControllerAssignment.objects.create(
        account=group, user=people.controller, valid=DateRange(EARLY, None)
    )
    flag_overdue(as_of=TODAY)
    WorkItem.objects.filter(role="lead").update(next_step="Ask about the shop")
    response = client_of(people.owner).get(url(group.pk))
    page = body(response)
    assert response.status_code == 200
    [block] = response.context["blocks"]
    assert [stat.value for stat in block.stats] == [100, 90, 4, 0]
    assert [band["amount"] for band in block.bands] == [10, 20, 0, 0, 70, 0]
    assert (block.days, block.since) == (120, TODAY - timedelta(days=119))
    assert sum(band["amount"] for band in block.bands) == Decimal(100)
    assert str(people.controller) in page
    assert "Ask about the shop" in page
    assert response.context["standing"].receipts[0].total == 4


def test_it_takes_as_many_statements_for_three_as_for_one(
    people: People, django_assert_num_queries: Any
) -> None:
    group = make_account(name="Group", lead=people.owner)
    company = make_company()
    client = client_of(people.owner)
    for _number in range(2):
        make_document(account=group, company=company, due=[TODAY], on=EARLY)
        client.get(url(group.pk))
        with django_assert_num_queries(12):
            client.get(url(group.pk), headers={"HX-Request": "true"})
        make_document(account=group, company=company, kind="receipt", on=EARLY)


def test_an_account_without_a_ledger_says_so(people: People) -> None:
    account = make_account(lead=people.owner)
    owner, controller = client_of(people.owner), client_of(people.controller)
    assert "Nothing was ever invoiced" in body(owner.get(url(account.pk)))
    assert "Import open items" not in body(owner.get(url(account.pk)))
    assert "Import open items" in body(controller.get(url(account.pk)))
    assert body(owner.get(f"/accounts/{account.pk}/")).count(url(account.pk)) == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("teammate", 200),
        ("stranger", 404),
        ("director", 200),
        ("controller", 200),
        ("administrator", 200),
        ("auditor", 200),
    ],
)
def test_who_sees_it(people: People, who: str, status: int) -> None:
    account = make_account(lead=people.owner)
    make_document(account=account, due=[TODAY])
    assert client_of(getattr(people, who)).get(url(account.pk)).status_code == status
