"""The sales plan in a browser: cells copied from a spreadsheet go into the grid."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from plans.models import SalesMonth
from tests.factories.accounts import make_account, make_category
from tests.factories.figures import make_sales_line
from tests.factories.identity import make_user
from tests.factories.plans import make_plan
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", {
    clipboardData: data, bubbles: true, cancelable: true,
  }));
}"""


def test_copied_cells_fill_the_grid(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test")
    plan = make_plan(account=make_account(name="Kesko", lead=lead), owner=lead)
    make_sales_line(plan=plan, category=make_category(name="Oil"), place=1, months={1: 5})
    make_sales_line(plan=plan, category=make_category(name="Milk"), place=2)
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("plans:sales-grid", args=[plan.pk]))
    cell = page.get_by_label("Oil, Feb 2026")
    cell.evaluate(PASTE, "1,250.50\tmany\n30\t40")
    expect(page.get_by_label("Oil, Mar 2026")).to_have_value("many")
    expect(page.locator("[data-grid-sum]").nth(1)).to_have_text("70")
    months = page.locator("[data-grid-month]")
    expect(months.nth(0)).to_have_text("5")
    expect(months.nth(1)).to_have_text("1,281")
    expect(months.last).to_have_text("1,326")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("“many” is not a number")
    expect(page.get_by_label("Oil, Feb 2026")).to_have_value("1,250.50")
    visit.problems.clear()  # the browser notes the answer 422
    page.get_by_label("Oil, Mar 2026").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("4 months changed.")).to_be_visible()
    rows = SalesMonth.objects.order_by("line__place", "month").values_list("amount", flat=True)
    assert [float(one) for one in rows] == [5, 1250.5, 7, 30, 40]
