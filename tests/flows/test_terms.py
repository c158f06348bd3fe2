"""A concession with a guarantee in a browser: written, worked through, submitted, approved."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kam.identity.choices import Role
from settlements.models import AgreementVersion
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.settlements import make_company
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_a_guarantee_is_written_worked_through_and_approved_by_another(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    director = make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])
    account = make_account(name="Kuusipelto", lead=lead)
    make_company()
    visit = browse(lead)
    page = visit.page
    visit.open(f"{reverse('settlements:agreement-create')}?account={account.pk}")
    page.get_by_label("Number").fill("V-2026-7")
    page.get_by_label("Name", exact=True).fill("Counter in Turku")
    page.get_by_label("Holds from").fill("2026-01-01")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Concession with a minimum guarantee").click()
    page.get_by_label("Deduction, %", exact=False).first.fill("22")
    page.get_by_label("Amount each month").fill("150000")
    page.get_by_label("Tested").select_option(label="Each month")
    page.get_by_label("Step 1").first.select_option(label="End of the month")
    page.get_by_label("Step 2").first.select_option(label="Days later")
    page.get_by_label("Number 1").first.fill("")
    page.get_by_label("Number 2").first.fill("45")
    expect(page.locator(".terms-preview")).to_contain_text("turned round")
    page.get_by_role("button", name="Save the method").click()

    page.get_by_label("Another turnover").fill("113000")
    page.get_by_role("button", name="Work it through").click()
    month = page.locator(".terms-month")
    expect(month).to_contain_text("8,140.00")
    expect(month).to_contain_text("80,000.00")
    version = AgreementVersion.objects.get()
    edit = reverse("settlements:agreement-version-edit", args=[version.agreement_id, 1])
    compare = reverse("settlements:agreement-version-compare", args=[version.agreement_id, 1])
    assert visit.wrong([edit, compare]) == {}

    visit.look("light", (1440, 900))
    visit.open(version.get_absolute_url())
    page.get_by_role("link", name="Submit for approval").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("main").get_by_text("Waits for approval", exact=True)).to_be_visible()

    visit = browse(director)
    page = visit.page
    visit.open(version.get_absolute_url())
    expect(page.locator(".terms-block")).to_contain_text("We guarantee them a turnover of")
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("main").get_by_text("In force", exact=True)).to_be_visible()
    assert visit.wrong([version.get_absolute_url(), reverse("settlements:agreement-list")]) == {}
