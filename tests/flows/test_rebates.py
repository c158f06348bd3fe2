"""A rebate reaches its cliff in a browser: seen coming, expected, accrued, settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kam.core.jobs import execute
from kam.core.models import JobRun
from kam.identity.choices import Role
from settlements.models import RebateSettlement
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user
from tests.factories.rebates import run_rebates
from tests.flows.conftest import Browse
from tests.settlements.test_rebates_pages import near_cliff, over, this_year

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
LIST = reverse("settlements:rebate-list")
LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"


def test_a_rebate_reaches_its_cliff(browse: Browse) -> None:
    finance = make_user(email="finance@kam.test", roles=[Role.CREDIT_CONTROLLER])
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    account = make_account(name=LONG, lead=lead)
    rebate = near_cliff(account)
    month, start = over(make_account(name="Month Ltd", lead=lead))
    today = timezone.localdate()
    run_rebates(today - timedelta(days=1))
    visit = browse(finance)
    page = visit.page
    visit.open(LIST)
    row = page.get_by_role("row", name="Year bonus")
    expect(row).to_contain_text("12,400.00 EUR more brings 2% on everything")
    make_entry(account=account, amount="12400.00", booked_on=this_year())
    row.get_by_role("link", name=LONG).click()
    expect(page.get_by_text("The next run adds")).to_contain_text("20,000.00")
    page.get_by_label("Expected by the end of the period").fill("2400000")
    page.get_by_label("Why").fill("Two new stores")
    page.get_by_role("button", name="Expect it").click()
    expect(page.get_by_text("The next run adds")).to_contain_text("30,000.00")
    visit.open(LIST)
    page.get_by_role("link", name="Accrue now").click()
    page.get_by_role("button", name="Accrue").click()
    expect(page.get_by_text("Waiting for a worker to accrue rebates")).to_be_visible()
    execute(JobRun.objects.get().pk)
    expect(page.get_by_role("row", name="Year bonus")).to_contain_text("1,000,000.00")
    visit.open(f"{reverse('settlements:rebate-detail', args=[month.pk])}?period={start}")
    page.get_by_role("link", name="Settle", exact=True).click()
    page.get_by_role("button", name="Settle", exact=True).click()
    expect(page.get_by_text("Settled on")).to_be_visible()
    assert RebateSettlement.objects.get().amount == 20_000
    addresses = [
        LIST,
        reverse("settlements:rebate-detail", args=[rebate.pk]),
        reverse("settlements:panel-rebates", args=[account.pk]),
    ]
    assert visit.wrong(addresses) == {}
