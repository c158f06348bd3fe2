"""A plan in a browser: made from the account, written where it stands, filled in."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from plans.models import Plan
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_objective, make_plan
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"


def test_a_plan_is_made_and_written(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    account = make_account(name=LONG, lead=lead)
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("plans:panel-plans", args=[account.pk]))
    page.get_by_role("link", name="New plan").click()
    page.get_by_role("button", name="Make the plan").click()
    section = page.locator("#section-ambition")
    section.get_by_role("link", name="Write Ambition").click()
    section.get_by_label("Text").fill("First supplier of oats")
    section.get_by_role("button", name="Save").click()
    expect(section).to_contain_text("First supplier of oats")
    expect(section.get_by_role("link", name="Edit Ambition")).to_be_visible()
    page.get_by_label("Add a section").select_option("swot")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#section-swot").get_by_role("link", name="What the system knows").click()
    page.get_by_label("We do not know who decides").check()
    page.get_by_role("button", name="Take into the plan").click()
    expect(page.locator("#section-swot")).to_contain_text("We do not know who decides")
    plan = Plan.objects.get()
    assert (plan.owner, plan.swot_items.count()) == (lead, 1)
    below = make_account(parent=account, lead=lead, name=f"{LONG} II")
    make_plan(account=below, owner=lead, parent=plan, period=plan.period)
    make_objective(plan=plan, title="Two listings")
    here = plan.get_absolute_url()
    addresses = [
        reverse("plans:plan-list"), here, f"{here}clone/", f"{here}members/", f"{here}edit/",
        f"{here}sections/figures/", f"{here}sections/ambition/edit/", f"{here}swot/hints/",
        reverse("plans:plan-create"),
    ]  # fmt: skip
    assert visit.wrong(addresses) == {}
