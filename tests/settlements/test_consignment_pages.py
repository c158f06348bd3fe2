"""Pages of consigned goods and sales reports: who may, what they say, what they change."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.forms.fields import as_typed
from accounts.models import AccountIdentifier
from settlements.models import ConsignedStock, ConsignmentMovement, SalesReport, StockCount
from tests.conftest import People
from tests.factories.accounts import make_account, make_product
from tests.factories.reports import add_line, make_movement, make_report
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class World:
    def __init__(self, people: People) -> None:
        self.group = make_account(name="Chain", lead=people.owner)
        self.store = make_account(name="Store 12", parent=self.group, kind="store")
        self.other = make_account(name="Store 13", parent=self.group, kind="store")
        self.product, self.company = make_product(code="P-1"), make_company()
        self.filled = make_movement(
            store=self.store, product=self.product, selling_company=self.company,
            quantity="100", on=TODAY.replace(day=1), account=self.group,
        )  # fmt: skip
        self.report = make_report(account=self.group, selling_company=self.company)
        add_line(self.report, store=self.store, product=self.product, quantity_sold=130)


@pytest.fixture
def world(people: People) -> World:
    return World(people)


def get(client: Client, path: str) -> Any:
    return client.get(f"/consignment/{path}")


def test_who_may_see_and_record(people: People, world: World) -> None:
    pages = ("", "movements/", "counts/", "reports/")
    one = (f"movements/{world.filled.pk}/", f"reports/{world.report.pk}/")
    table = {
        "owner": (True, True), "teammate": (True, True), "stranger": (False, True),
        "director": (True, True), "controller": (True, True), "auditor": (True, False),
    }  # fmt: skip
    for name, (sees, records) in table.items():
        client = Client()
        client.force_login(getattr(people, name))
        for path in pages:
            page = get(client, path)
            assert page.status_code == 200
            told = "Store 12" in page.content.decode() or "Chain" in page.content.decode()
            assert told == (sees and path != "counts/"), (name, path)
        for path in one:
            assert get(client, path).status_code == (200 if sees else 404), (name, path)
        assert get(client, "movements/new/").status_code == (200 if records else 404)
        denied = client.post(f"/consignment/reports/{world.report.pk}/accept/")
        assert denied.status_code == (302 if sees and records else 404)
    assert SalesReport.objects.get().state == "received"


def movement(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "key": uuid4(), "kind": "fill_up", "store": as_typed(world.store), "to_store": "",
        "selling_company": world.company.pk, "moved_on": TODAY.isoformat(), "product_1": "P-1",
        "quantity_1": "5", "unit_1": "", "reference": "DN 1", "note": "",
    } | changes  # fmt: skip


def test_goods_are_recorded_by_hand(client: Client, people: People, world: World) -> None:
    client.force_login(people.owner)
    sent = movement(world)
    for _twice in range(2):
        assert client.post("/consignment/movements/new/", sent).status_code == 302
    assert ConsignedStock.objects.get().quantity == 105
    client.post("/consignment/movements/new/", movement(world, kind="transfer",
                to_store=as_typed(world.other)))  # fmt: skip
    assert ConsignedStock.objects.get(store=world.other).quantity == 5
    bad: list[tuple[dict[str, Any], str]] = [
        ({"kind": "pick_up", "quantity_1": "101"}, "In Store 12 there are 100 of"),
        ({"kind": "transfer"}, "Say to which store"),
        ({"quantity_1": ""}, "A row needs a product and a quantity"),
        ({"product_1": "", "quantity_1": ""}, "Name at least one product"),
        ({"unit_1": "pallet"}, "not sold in this unit"),
        ({"moved_on": "2100-01-01"}, "still to come"),
        ({"quantity_1": "-5"}, "above zero"),
        ({"store": "Nowhere"}, "no such account"),
    ]
    for changes, words in bad:
        page = client.post("/consignment/movements/new/", movement(world, **changes))
        assert page.status_code == 422
        assert words in page.content.decode(), words
    below = movement(world, kind="pick_up", product_1="", quantity_1="", product_2="P-1",
                     quantity_2="101", unit_2="")  # fmt: skip
    form = client.post("/consignment/movements/new/", below).context["form"]
    assert list(form.errors) == ["quantity_2"]
    path = f"/consignment/movements/{world.filled.pk}/take-back/"
    page = client.post(path, {"key": uuid4(), "moved_on": TODAY, "note": "Wrong store"})
    assert page.status_code == 302 or "there are" in page.content.decode()


def test_a_store_is_counted(client: Client, people: People, world: World) -> None:
    client.force_login(people.owner)
    unknown = client.get("/consignment/counts/new/", {"store": "Nowhere"})
    assert unknown.status_code == 422
    assert 'value="Nowhere"' in unknown.content.decode()
    page = get(client, f"counts/new/?store={world.store.name}")
    assert "100 in the books" in page.content.decode()
    sent = movement(world, counted_on=TODAY.isoformat(), product_1="", quantity_1="")
    empty = client.post("/consignment/counts/new/", sent)
    assert empty.status_code == 422
    sent[f"count_{world.product.pk}"] = "97"
    assert client.post("/consignment/counts/new/", sent).status_code == 302
    count = StockCount.objects.get()
    assert ConsignedStock.objects.get().quantity == 97
    assert "Posted" in get(client, f"counts/{count.pk}/").content.decode()
    number = str(world.store.pk)  # a number of theirs goes before one of ours
    AccountIdentifier.objects.create(account=world.other, system="store", value=number)
    theirs = get(client, f"counts/new/?store={number}").context["form"]
    assert theirs["store"].value() == as_typed(world.other)


def test_a_report_is_accepted_after_a_warning(client: Client, people: People, world: World) -> None:
    client.force_login(people.owner)
    path = f"/consignment/reports/{world.report.pk}/"
    told = client.post(f"{path}accept/", follow=True).content.decode()
    assert "In Store 12 there are 100 of P-1, and 130 would leave." in told
    told = client.post(f"{path}accept/", {"allow_below_zero": "on"}, follow=True).content.decode()
    assert "The report is accepted." in told
    assert "Below zero" in get(client, "?below=on").content.decode()
    assert ConsignmentMovement.objects.filter(kind="issue").count() == 1
    other = make_report(account=world.group, selling_company=world.company)
    done = client.post(f"/consignment/reports/{other.pk}/reject/", {"note": "Not ours"})
    assert done.status_code == 302
    assert SalesReport.objects.get(pk=other.pk).state == "rejected"
    panel = client.get(f"/accounts/{world.group.pk}/consignment/").content.decode()
    assert world.report.their_number in panel
    assert "Store 12" in panel


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_as_often_for_many_rows(
    rows: int, client: Client, people: People, django_assert_num_queries: Any
) -> None:
    client.force_login(people.director)
    company, group = make_company(), make_account(name="Chain")
    for _n in range(rows):
        store = make_account(parent=group, kind="store")
        make_movement(store=store, product=make_product(), selling_company=company)
        report = make_report(account=group, selling_company=company)
        add_line(report, store=store, product=make_product(), quantity_sold=1)
        StockCount.objects.create(
            selling_company=company, account=group, store=store, counted_on=date(2026, 7, 31)
        )
    get(client, "")
    for path, queries in QUERIES.items():
        with django_assert_num_queries(queries):
            assert get(client, path).status_code == 200


QUERIES = {"": 5, "movements/": 3, "counts/": 3, "reports/": 3}
