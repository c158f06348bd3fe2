"""A visit logged on a phone in at most eight taps and fields; keys and drafts on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from interactions.models import Draft, Interaction, Need
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.interactions import make_contact
from tests.factories.people import make_position
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_a_visit_is_logged_in_eight_interactions(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    account = make_account(name="Kuusipelto Market", lead=lead)
    buyer = make_position(account=account, name="Päivi Mäkelä", title="Category manager, dairy")
    for number in range(9):
        make_position(account=account, name=f"Person {number}")
    make_contact(account=account, author=lead, participants=[buyer], kind="call")
    visit = browse(lead, phone=True)
    page = visit.page
    visit.open("/needs/")
    page.locator(".phonebar .is-shortcut").click()  # 1
    page.get_by_role("link", name="Kuusipelto Market").click()  # 2
    assert (visit.violations(), visit.overflow()) == ([], 0)
    page.locator(".person-tap", has_text="Päivi Mäkelä").locator("label").click()  # 3
    page.get_by_label("How Päivi Mäkelä sounded").select_option("1")  # 4
    page.get_by_label("In one line").fill("Spring range agreed")  # 5
    page.get_by_text("What was heard").click()  # 6
    with page.expect_response("**/contacts/draft/"):
        page.get_by_role("textbox", name="What was heard").fill("Smaller crates")  # 7
    expect(page.locator("[data-draft-state]")).to_have_text("Draft kept")
    assert Draft.objects.get().content["summary"] == ["Spring range agreed"]
    assert (visit.violations(), visit.overflow()) == ([], 0)
    page.get_by_role("button", name="Log", exact=True).click()  # 8
    expect(page.get_by_role("heading", name="Spring range agreed")).to_be_visible()
    contact = Interaction.objects.latest("pk")
    assert (contact.kind, contact.participants.get().position) == ("visit", buyer)
    assert contact.participants.get().sentiment == 1
    assert Need.objects.get().text == "Smaller crates"
    assert not Draft.objects.exists()
    assert (visit.violations(), visit.overflow()) == ([], 0)
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="Log a contact")).to_be_visible()
