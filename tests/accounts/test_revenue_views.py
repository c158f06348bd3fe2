"""The rows behind every figure, and products and targets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Account, Product, ProductCategory, Target
from kam.identity.models import User
from tests.accounts.test_accounts_views import queries
from tests.conftest import People, client_of
from tests.factories.accounts import (
    make_account,
    make_batch,
    make_category,
    make_entry,
    make_product,
    make_target,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)


def amounts(user: User, **query: Any) -> list[int]:
    response = client_of(user).get(reverse("accounts:revenue-list"), query)
    return sorted(int(row.net_amount) for row in response.context["table"].page.rows)


def test_each_sees_entries_of_ones_own_accounts_and_few_the_unassigned(people: People) -> None:
    make_entry(account=make_account(lead=people.owner), amount=1, booked_on=DAY)
    make_entry(account=make_account(lead=people.stranger), amount=2, booked_on=DAY)
    make_entry(account=None, amount=4, booked_on=DAY)

    seen = {
        who: amounts(getattr(people, who), date_from="2026-01-01")
        for who in ("owner", "teammate", "stranger", "director", "auditor")
    }

    assert seen == {
        "owner": [1],
        "teammate": [1],
        "stranger": [2],
        "director": [1, 2, 4],
        "auditor": [1, 2, 4],
    }


def test_an_export_and_its_totals_hold_only_ones_own(people: People) -> None:
    make_entry(account=make_account(lead=people.owner), amount=1, booked_on=DAY)
    make_entry(account=make_account(lead=people.stranger), amount=2, booked_on=DAY)
    url = reverse("accounts:revenue-list")
    query = {"date_from": "2026-01-01"}

    lines = client_of(people.owner).get(url, {**query, "export": "csv"}).getvalue().decode()
    table = client_of(people.owner).get(url, {**query, "totals": "1"}).context["table"]

    assert len(lines.splitlines()) == 2
    assert [str(cell) for cell in table.footer if cell is not None] == ["1.00", "1.00"]


@pytest.fixture
def sold(people: People) -> dict[str, Account]:
    group = make_account(name="Group", country="FI", channel="online", region="Uusimaa")
    store = make_account(name="Store", parent=group, country="SE", lead=people.owner)
    late = make_account(name="Late", parent=group, parent_from=date(2026, 6, 1), country="FI")
    dairy = make_category(code="dairy")
    batch = make_batch()
    make_entry(account=group, amount=1, booked_on=DAY, category=dairy, batch=batch)
    make_entry(account=store, amount=2, booked_on=DAY, product=make_product(code="P-1"))
    make_entry(account=late, amount=4, booked_on=DAY, currency="USD", rate=None)
    make_entry(account=late, amount=8, booked_on=date(2026, 6, 1))
    make_entry(account=None, amount=16, booked_on=date(2026, 6, 30))
    return {"group": group, "store": store, "late": late}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 2, 4, 8, 16]),
        ({"date_to": "2026-06-30"}, [1, 2, 4, 8]),
        ({"within": "group"}, [1, 2, 8]),
        ({"group": "group"}, [1, 2, 8]),
        ({"group": "late"}, [4]),
        ({"within": "late"}, [4, 8]),
        ({"account": "group"}, [1]),
        ({"unassigned": "1"}, [16]),
        ({"category": "dairy"}, [1]),
        ({"uncategorised": "true"}, [2, 4, 8, 16]),
        ({"product": "P-1"}, [2]),
        ({"country": "FI"}, [1, 4, 8]),
        ({"region": "Uusimaa"}, [1]),
        ({"channel": ["online", "discount"]}, [1]),
        ({"currency": "USD"}, [4]),
        ({"unconverted": "true"}, [4]),
        ({"lead": "owner"}, [2]),
        ({"batch": "batch"}, [1]),
        ({"source": "source"}, [1]),
    ],
)
def test_filters(
    query: dict[str, Any], expected: list[int], sold: dict[str, Account], people: People
) -> None:
    batch = sold["group"].revenue_entries.get().batch
    known = {
        "owner": people.owner.pk,
        "batch": batch.pk,
        "source": batch.source_id,
        "dairy": ProductCategory.objects.get().pk,
        **{name: f"#{account.pk}" for name, account in sold.items()},
    }
    asked = {
        key: value if isinstance(value, list) else known.get(value, value)
        for key, value in query.items()
    }

    assert amounts(people.auditor, date_from="2026-01-01", **asked) == expected


def test_without_a_period_the_last_month_is_shown(sold: dict[str, Account], people: People) -> None:
    response = client_of(people.auditor).get(reverse("accounts:revenue-list"), {"country": "FI"})

    assert response["Location"] == ("/revenue/?country=FI&date_from=2026-06-01&date_to=2026-07-01")


def test_totals_of_two_currencies_are_not_added(sold: dict[str, Account], people: People) -> None:
    url = reverse("accounts:revenue-list")

    def totals(**query: str) -> list[str]:
        query |= {"date_from": "2026-01-01", "totals": "1"}
        table = client_of(people.auditor).get(url, query).context["table"]
        return [str(cell) for cell in table.footer if cell is not None]

    assert totals() == []
    assert totals(currency="EUR") == ["27.00", "27.00"]
    assert totals(currency="USD") == ["4.00"]


@pytest.mark.parametrize("rows", [1, 3])
def test_what_the_entries_cost(rows: int, people: People) -> None:
    batch, account = make_batch(), make_account(lead=people.owner)
    for _number in range(rows):
        make_entry(account=account, amount=1, booked_on=DAY, batch=batch)
    client = client_of(people.owner)

    with queries(10):
        client.get(reverse("accounts:revenue-list"), {"date_from": "2026-01-01"})


# Products and targets


def test_everybody_reads_products_and_few_change_them(people: People) -> None:
    category = make_category(code="c")
    product = make_product(code="P-1", category=category)
    pages = [
        (reverse("accounts:product-create"), {"code": "P-2", "name": "Two"}),
        (reverse("accounts:product-edit", args=[product.pk]), {"code": "P-1", "name": "Uno"}),
        (reverse("accounts:category-create"), {"code": "d", "name": "D"}),
        (reverse("accounts:category-edit", args=[category.pk]), {"code": "c", "name": "C"}),
    ]

    for user in (people.owner, people.stranger, people.auditor, people.controller):
        client = client_of(user)
        for name in ("product-list", "category-list"):
            assert client.get(reverse(f"accounts:{name}")).status_code == 200
        for url, data in pages:
            assert client.get(url).status_code == 404
            assert client.post(url, data).status_code == 404
    assert list(Product.objects.values_list("name", flat=True)) == ["P-1"]

    client = client_of(people.director)
    for url, data in pages:
        assert client.get(url).status_code == 200
        assert client.post(url, data).status_code == 302
    assert list(Product.objects.values_list("code", "name")) == [("P-1", "Uno"), ("P-2", "Two")]
    assert list(ProductCategory.objects.values_list("name", flat=True)) == ["C", "D"]


def test_a_code_is_used_once(people: People) -> None:
    make_product(code="P-1")

    response = client_of(people.director).post(
        reverse("accounts:product-create"), {"code": "P-1", "name": "Twin"}
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {"code": ["Product with this Code already exists."]}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "cost"), [("product-list", 4), ("category-list", 3)])
def test_what_products_cost(rows: int, name: str, cost: int, people: People) -> None:
    for _number in range(rows):
        make_product(category=make_category())
    client = client_of(people.owner)

    with queries(cost):
        client.get(reverse(f"accounts:{name}"))


def test_targets_are_seen_in_scope_and_set_by_directors(people: People) -> None:
    account = make_account(name="Kaski", lead=people.owner)
    month = date(2026, 5, 1)
    target = make_target(account=account, month=month, amount=10)
    make_target(manager=people.owner, month=month, amount=20)
    make_target(manager=people.stranger, month=month, amount=30)
    listed = reverse("accounts:target-list")

    def seen(user: User) -> list[int]:
        rows = client_of(user).get(listed).context["table"].page.rows
        return sorted(int(row.amount) for row in rows)

    assert [seen(user) for user in (people.owner, people.teammate, people.stranger)] == [
        [10, 20],
        [10, 20],
        [30],
    ]
    assert seen(people.auditor) == [10, 20, 30]

    edit = reverse("accounts:target-edit", args=[target.pk])
    gone = reverse("accounts:target-delete", args=[target.pk])
    new = reverse("accounts:target-create")
    data = {"account": "Kaski", "month": "2026-06-17", "amount": "5", "currency": "EUR"}
    for user in (people.owner, people.stranger, people.auditor):
        for url in (edit, gone, new):
            assert client_of(user).post(url, {"amount": "1", **data}).status_code == 404
    assert Target.objects.count() == 3

    client = client_of(people.director)
    assert client.post(new, data).status_code == 302
    assert client.post(new, data).status_code == 422
    assert client.post(edit, {"amount": "11"}).status_code == 302
    assert list(
        Target.objects.filter(account=account).order_by("month").values_list("month", "amount")
    ) == [(month, 11), (date(2026, 6, 1), 5)]
    assert client.post(gone).status_code == 302
    assert Target.objects.count() == 3


def test_a_target_is_for_one_of_account_and_manager(people: People) -> None:
    data = {"month": "2026-06-01", "amount": "5", "currency": "EUR"}
    url = reverse("accounts:target-create")

    response = client_of(people.director).post(url, data)

    assert response.context["form"].errors == {
        "account": ["Choose an account or a manager, one of them."]
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_what_targets_cost(rows: int, people: People) -> None:
    for number in range(rows):
        make_target(account=make_account(lead=people.owner), month=date(2026, 1, 1), amount=number)
    client = client_of(people.owner)

    with queries(7):
        client.get(reverse("accounts:target-list"))


def test_an_empty_company_is_told_what_to_do(people: People) -> None:
    client = client_of(people.administrator)
    page = client.get(reverse("accounts:revenue-list"))
    assert page.status_code == 200
    html = page.content.decode()
    assert "No revenue entries" in html
    assert "Nothing matches these filters" not in html
