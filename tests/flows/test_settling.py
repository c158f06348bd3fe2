"""A month of a concession and one of a consignment in a browser: reported, settled, posted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Product, RevenueMonth
from kam.core.dates import add_months
from kam.core.jobs import execute
from kam.core.models import JobRun
from kam.identity.choices import Role
from settlements.choices.terms import Preset
from settlements.models import SalesReport, SettlementStatement
from settlements.selectors.credit.components import cells_sql
from tests.factories.accounts import make_product
from tests.factories.identity import make_user
from tests.factories.prices import make_price
from tests.factories.settling import FEES, World, make_world
from tests.flows.conftest import Browse, Visit

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
HEAD = "account,report no,function,from,to,store,article,category,quantity,amount,currency"


def exposure() -> dict[str, Decimal]:
    day = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(cells_sql(), {"as_of": day, "horizon": 30, "reference": ""})
        return {row[2]: row[3].normalize() for row in cursor.fetchall() if row[3]}


def bring(visit: Visit, kind: str, path: Path) -> None:
    """Import a file of one report and accept what it says."""
    page = visit.page
    visit.open(reverse("imports:batch-create"))
    page.locator(f"input[name=kind][value={kind}]").check()
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_label("Source").fill("Their till")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    execute(JobRun.objects.latest("pk").pk)
    page.reload()
    expect(page.get_by_text("The file is imported")).to_be_visible()
    visit.open(SalesReport.objects.get().get_absolute_url())
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)


def file_of(world: World, path: Path, *cells: str) -> Path:
    """A file with one line of the last month."""
    month = timezone.localdate().replace(day=1)
    period = add_months(month, -1).isoformat(), (month - timedelta(days=1)).isoformat()
    row = [world.account.name, "R-1", "9", *period, world.store.name, *cells, "EUR"]
    path.write_text(f"{HEAD}\n{','.join(row)}\n", encoding="utf-8")
    return path


def draft_and_issue(visit: Visit, world: World, payable: str) -> SettlementStatement:
    """Draft the statement that is due, look at what it comes to, and issue it."""
    page = visit.page
    visit.open(reverse("settlements:settling-due"))
    page.get_by_role("row", name=world.account.name).get_by_role("link", name="Draft").first.click()
    page.get_by_role("button", name="Compute").click()
    expect(page.get_by_role("row", name="Payable")).to_contain_text(payable)
    page.get_by_role("link", name="Issue").click()
    page.get_by_role("button", name="Issue").click()
    expect(page.get_by_role("link", name="Confirm")).to_be_visible()
    return SettlementStatement.objects.get()


def confirm(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Confirm").click()
    page.get_by_label("Confirmed by").fill("Ms Li, by mail")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("The statement is confirmed.")).to_be_visible()


def post(visit: Visit, statement: SettlementStatement) -> None:
    visit.open(reverse("settlements:settling-post", args=[statement.pk]))
    visit.page.get_by_role("button", name="Post").click()
    expect(visit.page.get_by_text("The statement is posted.")).to_be_visible()


def test_a_concession_is_settled(browse: Browse, tmp_path: Path) -> None:
    finance = make_user(email="finance@kam.test", roles=[Role.CREDIT_CONTROLLER])
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    month = timezone.localdate().replace(day=1)
    world = make_world(lead=lead, fees=FEES, start=add_months(month, -1))
    visit = browse(lead)
    page = visit.page
    file = file_of(world, tmp_path / "turnover.csv", "", world.category.name, "", "113000.00")
    posting = browse(finance)
    bring(posting, "turnover", file)
    statement = draft_and_issue(visit, world, "88,140.00")
    expect(page.get_by_role("row", name="Remains to be paid")).to_contain_text("84,962.00")
    assert exposure() == {"held_by_retailer": 88_140}
    row = page.get_by_role("row", name="Promotion")
    row.get_by_role("link", name="Dispute").click()
    page.get_by_label("Amount contested").fill("2000")
    page.get_by_label("Reason").select_option("unagreed_fee")
    page.get_by_role("button", name="Dispute").click()
    expect(page.get_by_text("The dispute is noted.")).to_be_visible()
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("Promotion").fill("1500")
    page.get_by_role("button", name="Issue the next version").click()
    expect(page.get_by_role("row", name="Remains to be paid")).to_contain_text("85,462.00")
    confirm(visit)
    right = SettlementStatement.objects.get(replaces=statement)
    post(posting, right)
    assert exposure() == {"open_receivables": 85_462}
    revenue = RevenueMonth.objects.get(account=world.account)
    assert (revenue.month, revenue.net_amount) == (add_months(month, -1), 78_000)
    addresses = [
        reverse("settlements:settling-list"),
        reverse("settlements:settling-due"),
        right.get_absolute_url(),
        reverse("settlements:panel-settling", args=[world.account.pk]),
    ]
    assert posting.wrong(addresses) == {}


def test_consigned_goods_are_settled_with_what_is_missing(browse: Browse, tmp_path: Path) -> None:
    """1,000 brought, 640 sold, 60 picked up, 288 counted: 6 of 12 missing are theirs to pay."""
    finance = make_user(email="finance@kam.test", roles=[Role.CREDIT_CONTROLLER])
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    month = timezone.localdate().replace(day=1)
    first, last = add_months(month, -1), month - timedelta(days=1)
    world = make_world(preset=Preset.CONSIGNMENT, lead=lead, start=first)
    product = make_product(code="P-1", category=world.category)
    Product.objects.filter(pk=product.pk).update(standard_cost=4, currency="EUR")
    make_price(account=world.account, product=product, amount="10")
    visit = browse(lead)
    page = visit.page

    def move(kind: str, quantity: str, day: str) -> None:
        visit.open(reverse("settlements:movement-record"))
        page.get_by_label("What happened").select_option(kind)
        page.get_by_label("Day", exact=True).fill(day)
        page.get_by_label("Store", exact=True).fill(world.store.name)
        page.get_by_label("Product 1").fill(product.code)
        page.get_by_label("Quantity 1").fill(quantity)
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name="Record").click()
        expect(page.get_by_role("heading", name="Record goods")).to_have_count(0)

    move("fill_up", "1000", first.isoformat())
    assert exposure() == {"consigned_stock": 4_000}
    file = file_of(world, tmp_path / "sold.csv", product.code, "", "640", "")
    posting = browse(finance)
    bring(posting, "sell_through", file)
    move("pick_up", "60", last.isoformat())
    visit.open(f"{reverse('settlements:count-record')}?store={world.store.pk}")
    page.get_by_label(product.name).fill("288")
    page.get_by_label("Counted on").fill(last.isoformat())
    page.get_by_role("button", name="Post the count").click()
    expect(page.get_by_role("row", name=product.name)).to_contain_text("−12")
    statement = draft_and_issue(visit, world, "7,299.80")
    expect(page.get_by_role("row", name="Shrink")).to_contain_text("60.00")
    assert exposure() == {"consigned_stock": 1_152, "sold_not_stated": Decimal("7299.8")}
    confirm(visit)
    post(posting, statement)
    assert exposure() == {"consigned_stock": 1_152, "open_receivables": Decimal("7299.8")}
    addresses = [
        reverse("settlements:consignment"),
        reverse("settlements:movement-record"),
        f"{reverse('settlements:count-record')}?store={world.store.pk}",
        SalesReport.objects.get().get_absolute_url(),
    ]
    assert visit.wrong(addresses) == {}
