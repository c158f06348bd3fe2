"""The work of a plan in a browser: objective, initiative and action in place, done by one click."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from plans.models import PlanAction
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_action, make_kpi, make_objective, make_plan, make_template
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_work_is_written_in_place_and_done(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    year = timezone.localdate().year
    plan = make_plan(
        account=make_account(name="Kesko", lead=lead),
        owner=lead,
        period=(date(year, 1, 1), date(year + 1, 1, 1)),
        template=make_template(sections=("objectives", "kpis")),
    )
    make_action(plan=plan, title="Call the buyer", due_on=date(year, 1, 1))
    make_kpi(plan=plan, metric="health", title="Health", target=Decimal(80))
    visit = browse(lead)
    page = visit.page
    visit.open(plan.get_absolute_url())
    section = page.locator("#section-objectives")
    section.get_by_role("link", name="Objective", exact=True).click()
    section.get_by_label("Objective", exact=True).fill("More shelf")
    section.get_by_role("button", name="Save").click()
    expect(section.get_by_role("heading", name="More shelf")).to_be_visible()
    section.get_by_role("link", name="Initiative", exact=True).click()
    section.get_by_label("Initiative", exact=True).fill("Listing")
    section.get_by_role("button", name="Save").click()
    expect(section.get_by_role("heading", name="Listing")).to_be_visible()
    section.get_by_role("link", name="Action", exact=True).click()
    section.get_by_label("Action", exact=True).fill("Send samples")
    section.locator("[name=due_on]").fill(f"{year}-12-31")
    section.get_by_role("button", name="Add").click()
    expect(section.get_by_role("link", name="Send samples", exact=True)).to_be_visible()
    section.get_by_role("button", name="Done: Send samples").click()
    expect(section.get_by_role("button", name="Open again: Send samples")).to_be_visible()
    expect(section).to_contain_text("1 of 2 actions done")
    assert PlanAction.objects.get(title="Send samples").state == "done"
    link = f"https://kuvat.example/{'hyllykartta' * 20}"
    make_objective(plan=plan, title="Second placement", measure=link, gain=1, gain_note=link)
    make_action(plan=plan, title=link)
    here = plan.get_absolute_url()
    addresses = [
        here,
        f"{here}sections/kpis/",
        reverse("plans:action-tab", args=["all"]),
        PlanAction.objects.get(title="Call the buyer").get_absolute_url(),
    ]
    assert visit.wrong(addresses) == {}
