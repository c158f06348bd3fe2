"""Products, revenue entries and targets over the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from accounts.models import ParentLink, Product, RevenueEntry, Target
from kam.identity.choices import Role, TokenScope
from kam.identity.models import User
from kam.imports.models import ImportBatch
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import (
    LONG_AGO,
    make_account,
    make_batch,
    make_category,
    make_entry,
    make_product,
    make_source,
)
from tests.factories.core import make_rate
from tests.factories.identity import make_user


@pytest.fixture
def integration(db: None) -> User:
    return make_user(email="erp@kam.test", roles=[Role.INTEGRATION])


def test_products_and_categories(people: People, integration: User) -> None:
    api = Api(integration)
    dairy = api.post("product-categories/", {"code": "D", "name": "Dairy"})
    assert dairy.status_code == 201
    body = {
        "code": "P1",
        "name": "Milk",
        "category": "D",
        "standard_cost": "0.45",
        "currency": "EUR",
    }
    made = api.post("products/", body)
    assert made.status_code == 201, made.content
    assert made.json()["category"] == {"id": dairy.json()["id"], "code": "D", "name": "Dairy"}
    assert made.json()["standard_cost"] == "0.4500"
    assert api.post("products/", body).json()["code"] == "accounts_product_code_key"
    path = f"products/{made.json()['id']}/"
    changed = api.patch(path, {"is_active": False, "category": None}, If_Match=made["ETag"])
    assert (changed.json()["is_active"], changed.json()["category"]) == (False, None)
    assert [row["code"] for row in Api(people.stranger).rows("products/?is_active=false")] == ["P1"]
    assert errors_of(api.patch(path, {"standard_cost": "-1"})) == [("standard_cost", "min_value")]
    assert errors_of(api.patch(path, {"category": "X"})) == [("category", "does_not_exist")]


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "auditor", "controller"])
def test_who_may_not_edit_products_changes_nothing(people: People, who: str) -> None:
    product = make_product(code="P1")
    api = Api(getattr(people, who))
    assert api.get(f"products/{product.pk}/").status_code == 200
    assert api.patch(f"products/{product.pk}/", {"name": "X"}).status_code == 404
    assert api.post("products/", {"code": "P2", "name": "X"}).status_code == 404
    assert api.post("products/bulk/", {"rows": [{"code": "P3", "name": "X"}]}).status_code == 404
    assert list(Product.objects.values_list("code", "name")) == [("P1", "P1")]


def test_entries_are_seen_with_their_account(people: People) -> None:
    mine = make_account(name="Kesko", lead=people.owner)
    entry = make_entry(account=mine, amount="10.1234")
    make_entry(account=None, amount="5")
    make_entry(account=make_account(lead=people.stranger), amount="7")
    for user in (people.owner, people.teammate):
        [row] = Api(user).rows("revenue-entries/")
        assert (row["id"], row["net_amount"], row["base_amount"]) == (
            entry.pk,
            "10.1234",
            "10.1234",
        )
        assert row["account"] == {"id": mine.pk, "name": "Kesko"}
    assert len(Api(people.auditor).rows("revenue-entries/")) == 3
    assert len(Api(people.auditor).rows("revenue-entries/?unassigned=true")) == 1
    assert Api(people.owner).rows("revenue-entries/?unassigned=true") == []
    assert Api(people.stranger).get(f"revenue-entries/{entry.pk}/").status_code == 404
    assert Api().get("revenue-entries/").status_code == 401


def test_entries_of_a_group_on_their_own_date(people: People) -> None:
    group, other = make_account(name="A"), make_account(name="B")
    banner = make_account(kind="banner", parent=other)
    ParentLink.objects.all().delete()
    ParentLink.objects.create(
        account=banner, parent=other, valid=DateRange(LONG_AGO, date(2026, 1, 1))
    )
    ParentLink.objects.create(account=banner, parent=group, valid=DateRange(date(2026, 1, 1), None))
    before = make_entry(account=banner, amount="1", booked_on=date(2025, 12, 31))
    after = make_entry(account=banner, amount="1", booked_on=date(2026, 1, 1))
    own = make_entry(account=group, amount="1", booked_on=date(2025, 12, 31))

    def found(query: str) -> set[int]:
        return {row["id"] for row in Api(people.auditor).rows(f"revenue-entries/?{query}")}

    assert found(f"group={group.pk}") == {after.pk, own.pk}
    assert found(f"group={other.pk}") == {before.pk}
    assert found("booked_from=2025-12-31&booked_before=2026-01-01") == {before.pk, own.pk}
    assert found(f"account={banner.pk}") == {before.pk, after.pk}


def test_entries_by_what_they_name(people: People) -> None:
    account, dairy = make_account(), make_category(code="D")
    milk = make_product(code="M")
    source = make_source(code="erp")
    entry = make_entry(
        account=account, amount="1", category=dairy, product=milk, batch=make_batch(source=source)
    )
    make_entry(account=account, amount="1", currency="USD", rate=None)

    def found(query: str) -> list[int]:
        return [row["id"] for row in Api(people.auditor).rows(f"revenue-entries/?{query}")]

    for query in (
        "category=D",
        "product=M",
        "source=erp",
        "currency=EUR",
        f"batch={entry.batch_id}",
    ):
        assert found(query) == [entry.pk], query
    assert found("ordering=id")[0] == entry.pk


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_at_any_length(people: People, rows: int) -> None:
    for number in range(rows):
        account = make_account(lead=people.owner)
        category = make_category()
        make_entry(
            account=account,
            amount="1",
            category=category,
            product=make_product(category=category),
        )
        Target.objects.create(
            account=account, month=date(2026, 1 + number, 1), amount=1, currency_id="EUR"
        )
    api = Api(people.owner)
    for path, expected in (("revenue-entries/", 4), ("targets/", 4), ("products/", 3)):
        with CaptureQueriesContext(connection) as queries:
            assert len(api.rows(path)) == rows
        assert len(queries) == expected, path


ENTRIES: list[dict[str, Any]] = [
    {"source_key": "1", "account": "C1", "date": "2026-01-05", "net_amount": "100.5",
     "currency": "EUR", "category": "Dairy"},
    {"source_key": "2", "account": "", "date": "2026-01-06", "net_amount": "-20",
     "currency": "USD", "quantity": "2"},
]  # fmt: skip


def test_bulk_entries_become_an_import_and_repeat_without_effect(integration: User) -> None:
    make_account(name="Kesko, Oy", external_id="C1")
    make_rate(currency="USD", rate="0.5")
    api = Api(integration)
    body = {"source": "erp", "rows": ENTRIES}
    first = api.post("revenue-entries/bulk/", body)
    assert first.status_code == 200, first.content
    assert {k: v for k, v in first.json().items() if k not in {"batch", "rejects"}} == {
        "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    batch = ImportBatch.objects.get(pk=first.json()["batch"])
    assert (batch.source.code, batch.created_by, batch.state) == ("erp", integration, "committed")
    amounts = RevenueEntry.objects.order_by("pk").values_list("net_amount", "base_amount")
    assert list(amounts) == [(Decimal("100.5"), Decimal("100.5")), (Decimal(-20), Decimal(-10))]
    again = api.post("revenue-entries/bulk/", body).json()
    assert (again["created"], again["unchanged"]) == (0, 2)
    changed = [{**ENTRIES[0], "net_amount": "99"}]
    third = api.post("revenue-entries/bulk/", {"source": "erp", "rows": changed}).json()
    assert (third["updated"], RevenueEntry.objects.count()) == (1, 2)
    since = batch.committed_at.isoformat().replace("+", "%2B")  # type: ignore[union-attr]
    assert len(api.rows(f"revenue-entries/?updated_since={since}")) == 2


def test_bulk_entries_are_all_or_none_unless_partial(integration: User) -> None:
    make_account(external_id="C1")
    api = Api(integration)
    rows = [ENTRIES[0], {**ENTRIES[0], "source_key": "9", "account": "nobody"}]
    refused = api.post("revenue-entries/bulk/", {"source": "erp", "rows": rows})
    assert refused.status_code == 400
    assert errors_of(refused) == [("rows.1", "unknown_account")]
    assert not RevenueEntry.objects.exists()
    assert not ImportBatch.objects.exists()
    partly = api.post("revenue-entries/bulk/?partial=1", {"source": "erp", "rows": rows}).json()
    assert (partly["created"], partly["rejected"]) == (1, 1)
    assert [(one["index"], one["code"]) for one in partly["rejects"]] == [(1, "unknown_account")]
    wrong = api.post("revenue-entries/bulk/", {"rows": [{"date": "x", "net": 1}]})
    assert sorted(errors_of(wrong)) == [
        ("rows.0.date", "invalid"),
        ("rows.0.net", "unknown_field"),
        ("rows.0.net_amount", "required"),
    ]


def test_who_may_not_write_entries_writes_none(people: People) -> None:
    make_account(external_id="C1", lead=people.owner)
    for user in (people.owner, people.teammate, people.stranger, people.director, people.auditor):
        assert Api(user).post("revenue-entries/bulk/", {"rows": ENTRIES}).status_code == 404
    reader = Api(people.controller, scope=TokenScope.READ)
    assert reader.post("revenue-entries/bulk/", {"rows": ENTRIES}).status_code == 403
    assert not RevenueEntry.objects.exists()


def test_targets(people: People) -> None:
    mine, theirs = make_account(lead=people.owner), make_account(lead=people.stranger)
    api = Api(people.director)
    body = {"account": mine.pk, "month": "2026-03-01", "amount": "25000", "currency": "EUR"}
    made = api.post("targets/", body)
    assert made.status_code == 201, made.content
    assert (made.json()["account"]["id"], made.json()["amount"]) == (mine.pk, "25000.0000")
    for_manager = {"manager": people.stranger.pk, "month": "2026-03-01", "amount": "1"}
    assert api.post("targets/", {**for_manager, "currency": "EUR"}).status_code == 201
    assert api.post("targets/", body).json()["code"] == "target_once_a_month"
    assert api.post("targets/", {**body, "manager": people.owner.pk}).status_code == 422
    assert api.post("targets/", {**body, "month": "2026-03-02"}).status_code == 422
    assert [row["id"] for row in Api(people.teammate).rows("targets/")] == [made.json()["id"]]
    path = f"targets/{made.json()['id']}/"
    assert Api(people.stranger).get(path).status_code == 404
    assert api.patch(path, {"amount": "1"}, If_Match='"old"').status_code == 412
    assert api.patch(path, {"amount": "26000"}).json()["amount"] == "26000.0000"
    for user in (people.owner, people.auditor):
        assert Api(user).delete(path).status_code == 404
    assert api.delete(path).status_code == 204
    team = make_user(roles=[Role.SALES_DIRECTOR], team=people.owner.team)
    bad = Api(team).post("targets/", {**body, "account": theirs.pk})
    assert errors_of(bad) == [("account", "does_not_exist")]


def test_bulk_targets_and_products(integration: User) -> None:
    make_account(external_id="C1")
    api = Api(integration)
    rows = [{"account": "C1", "month": "2026-03", "amount": "10.50", "currency": "EUR"}]
    assert api.post("targets/bulk/", {"rows": rows}).json()["created"] == 1
    assert api.post("targets/bulk/", {"rows": rows}).json()["unchanged"] == 1
    products = [{"code": "P1", "name": "Milk", "category": "Dairy"}]
    assert api.post("products/bulk/", {"rows": products}).json()["created"] == 1
    assert Product.objects.get().category.name == "Dairy"  # type: ignore[union-attr]
