"""A loss scenario in a browser: from the concentration board to a survival plan of a plan."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kam.core.dates import add_months, month_start
from plans.models import LossScenario, PlanAction
from tests.factories.accounts import make_account, make_entry
from tests.factories.identity import make_user
from tests.factories.plans import make_plan
from tests.factories.settlements import make_document
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"


def test_from_the_board_to_an_attached_survival_plan(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela", roles=["sales_director"])
    account, other = make_account(name=LONG, lead=lead), make_account(name="Spar", lead=lead)
    last_month = add_months(month_start(timezone.localdate()), -1)
    for one, amount in ((account, "90000"), (other, "30000")):
        make_entry(account=one, amount=amount, booked_on=last_month, cost="10000")
    make_document(
        account=account, amounts=["5000"], on=last_month, due=[last_month + timedelta(days=60)]
    )
    period = DateRange(last_month, add_months(last_month, 24))
    make_plan(account=account, owner=lead, title="Plan of the year", period=period)
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("accounts:concentration"))
    page.get_by_role("link", name="What if?").first.click()
    page.get_by_label("Insolvency: they stop buying").check()
    page.get_by_role("button", name="Next: assumptions").click()
    page.get_by_label("Our fixed cost a month").fill("1000")
    page.get_by_role("button", name="Compute the scenario").click()
    expect(page.locator(".finding-first")).to_contain_text(f"Losing {LONG} takes")
    expect(page.get_by_role("heading", name="Who becomes major next")).to_be_visible()
    page.get_by_role("link", name="Attach to a plan").click()
    page.get_by_role("button", name="Attach").click()
    page.get_by_label("Ask for security").check()
    card = page.locator(".loss-action", has=page.get_by_label("Ask for security"))
    card.get_by_label("Who sees to it").select_option("Aino Koskela")
    page.get_by_role("button", name="Add to the plan").click()
    expect(page.locator("section", has_text="Survival plan")).to_contain_text("Ask for security")
    scenario, action = LossScenario.objects.get(), PlanAction.objects.get()
    assert (action.plan_id, action.origin) == (scenario.plan_id, "loss")
    key = scenario.pk
    addresses = [scenario.get_absolute_url(), f"{reverse('plans:loss-compare')}?id={key}"]
    addresses += [reverse(f"plans:loss-{name}") for name in ("list", "create")]
    addresses += [reverse(f"plans:loss-{name}", args=[key]) for name in ("edit", "run", "actions")]
    assert visit.wrong(addresses) == {}
