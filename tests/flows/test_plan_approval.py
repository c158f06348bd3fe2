"""A plan in a browser: made from its template, submitted, mended, approved by another, revised."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kam.identity.choices import Role
from kam.identity.models import User
from plans.models import Plan, PlanTemplate, TemplateSection
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def _template() -> None:
    """One template for every tier: an ambition that must be there, and objectives."""
    PlanTemplate.objects.update(is_active=False)
    row = PlanTemplate.objects.create(name="Short plan", needs_gain=True)
    for kind in ("ambition", "objectives"):
        TemplateSection.objects.create(
            template=row, kind=kind, is_required=kind == "ambition", hint=""
        )


def _step(page: Page, verb: str) -> None:
    page.get_by_role("main").get_by_role("link", name=verb, exact=True).click()


def _write(page: Page, text: str) -> None:
    section = page.locator("#section-ambition")
    section.get_by_role("link", name=re.compile("(Write|Edit).* Ambition")).click()
    expect(section.get_by_role("button", name="Save")).to_be_visible()
    section.locator("textarea[name=text]:not([id^=say])").fill(text)
    section.get_by_role("button", name="Save").click()
    expect(section.locator(".plan-text")).to_contain_text(text)


def _work(page: Page, lead: User) -> None:
    section = page.locator("#section-objectives")
    section.get_by_role("link", name="Objective", exact=True).click()
    form = section.get_by_role("form")
    form.get_by_label("Objective", exact=True).fill("Win the breakfast shelf")
    form.get_by_label("How one sees it").fill("Two metres in every large store")
    form.get_by_label("What the customer gains a year").fill("120000")
    form.get_by_role("button", name="Save").click()
    expect(section).to_contain_text("Win the breakfast shelf")
    section.get_by_role("link", name="Action beside the objectives").click()
    form = section.get_by_role("form")
    form.get_by_label("Action", exact=True).fill("Show the shelf plan")
    form.get_by_label("Who answers for it").select_option(str(lead.pk))
    form.get_by_role("button", name="Add").click()
    expect(section).to_contain_text("Show the shelf plan")


def test_a_plan_is_written_mended_approved_and_revised(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    director = make_user(
        email="director@kam.test", full_name="Elina Vuorela", roles=[Role.SALES_DIRECTOR]
    )
    account = make_account(name="Kuusipelto", lead=lead)
    _template()
    visit = browse(lead)
    page = visit.page
    visit.open(f"{reverse('plans:plan-create')}?account={account.pk}")
    page.get_by_label("Sponsor").select_option(str(director.pk))
    page.get_by_role("button", name="Make the plan").click()
    expect(page.locator("#section-ambition")).to_be_visible()
    plan = Plan.objects.get()

    _step(page, "Submit")
    blockers = page.get_by_role("alert")
    expect(blockers).to_contain_text("Ambition")
    expect(blockers).to_contain_text("has no objective")
    expect(blockers).to_contain_text("what the customer gains")
    page.get_by_role("link", name="Back to the plan").click()
    _write(page, "First call for breakfast")
    _work(page, lead)
    _step(page, "Submit")
    expect(page.get_by_role("main")).to_contain_text("put before Elina Vuorela")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("main").get_by_text("In review", exact=True)).to_be_visible()

    visit = browse(director)
    page = visit.page
    visit.open(plan.get_absolute_url())
    page.locator("#comments-ambition summary").first.click()
    page.locator("#say-ambition").fill("In every store?")
    page.locator("#comments-ambition").get_by_role("button", name="Say it").click()
    expect(page.locator("#comments-ambition")).to_contain_text("In every store?")
    _step(page, "Approve")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("main").get_by_text("Approved", exact=True).first).to_be_visible()
    assert [one.reason for one in plan.snapshots.all()] == ["approval", "submit"]

    visit = browse(lead)
    page = visit.page
    visit.open(reverse("plans:plan-act", args=[plan.pk, "revise"]))
    page.get_by_label("Why").fill("They open small stores")
    page.get_by_role("button", name="Revise").click()
    _write(page, "First call for breakfast in every store")
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="What changed").click()
    expect(page.locator(".change-list").last).to_contain_text("in every store")
    paths = [
        plan.get_absolute_url(),
        reverse("plans:plan-compare", args=[plan.pk]),
        reverse("plans:snapshot-detail", args=[plan.pk, 1]),
        reverse("plans:snapshot-list", args=[plan.pk]),
    ]
    assert visit.wrong(paths) == {}
