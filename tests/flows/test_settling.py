"""A month of a concession in a browser: drafted, issued, contested, put right, posted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import RevenueMonth
from kam.core.dates import add_months
from kam.identity.choices import Role
from settlements.models import SettlementStatement
from settlements.selectors.credit.components import cells_sql
from tests.factories.identity import make_user
from tests.factories.settling import FEES, make_world, report_turnover
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def exposure() -> dict[str, int]:
    day = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(cells_sql(), {"as_of": day, "horizon": 30, "reference": ""})
        return {row[2]: int(row[3]) for row in cursor.fetchall()}


def test_a_concession_is_settled(browse: Browse) -> None:
    finance = make_user(email="finance@kam.test", roles=[Role.CREDIT_CONTROLLER])
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    month = timezone.localdate().replace(day=1)
    period = (add_months(month, -1), month)
    world = make_world(lead=lead, fees=FEES, start=period[0])
    report_turnover(world, "113000", period)
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("settlements:settling-due"))
    page.get_by_role("row", name=world.account.name).get_by_role("link", name="Draft").first.click()
    page.get_by_role("button", name="Compute").click()
    expect(page.get_by_role("row", name="Remains to be paid")).to_contain_text("84,962.00")
    page.get_by_role("link", name="Issue").click()
    page.get_by_role("button", name="Issue").click()
    statement = SettlementStatement.objects.get()
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
    page.get_by_role("link", name="Confirm").click()
    page.get_by_label("Confirmed by").fill("Ms Li, by mail")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("The statement is confirmed.")).to_be_visible()
    right = SettlementStatement.objects.get(replaces=statement)
    posting = browse(finance)
    posting.open(reverse("settlements:settling-post", args=[right.pk]))
    posting.page.get_by_role("button", name="Post").click()
    expect(posting.page.get_by_text("The statement is posted.")).to_be_visible()
    assert exposure() == {"open_receivables": 85_462}
    revenue = RevenueMonth.objects.get(account=world.account)
    assert (revenue.month, revenue.net_amount) == (period[0], 78_000)
    addresses = [
        reverse("settlements:settling-list"),
        reverse("settlements:settling-due"),
        right.get_absolute_url(),
        reverse("settlements:panel-settling", args=[world.account.pk]),
    ]
    assert posting.wrong(addresses) == {}
