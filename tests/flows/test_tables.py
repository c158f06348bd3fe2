"""A list page in a real browser: search as one types, filters with chips, columns, rows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from kam.identity.choices import Role
from tests.factories.identity import make_team, make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_searching_and_filtering_swap_the_rows_alone(browse: Browse) -> None:
    admin = make_user(email="admin@kam.test", full_name="Zoe", roles=[Role.ADMINISTRATOR])
    nordics = make_team(name="Nordics")
    for number in range(3):
        make_user(full_name=f"Aino {number}", team=nordics if number else None)
    visit = browse(admin)
    visit.open("/settings/users/")
    page = visit.page
    page.evaluate("window.stayed = true")
    rows = page.locator("[data-table] tbody tr")
    expect(rows).to_have_count(4)

    box = page.get_by_role("searchbox", name="Search by name or e-mail")
    box.press_sequentially("aino", delay=60)
    expect(rows).to_have_count(3)
    expect(box).to_be_focused()
    expect(box).to_have_value("aino")

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Team", exact=True).select_option(label="Nordics")
    page.get_by_role("button", name="Show rows").click()
    expect(rows).to_have_count(2)
    expect(page.locator(".chip")).to_contain_text("Nordics")
    assert page.url.endswith(f"/settings/users/?q=aino&team={nordics.pk}")
    assert visit.violations() == []

    page.get_by_role("link", name="Remove filter Team Nordics").click()
    expect(rows).to_have_count(3)
    expect(box).to_have_value("aino")
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("E-mail", exact=True).uncheck()
    page.get_by_role("button", name="Show columns").click()
    expect(page.get_by_role("columnheader", name="E-mail")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    visit.open("/settings/users/")
    expect(page.get_by_role("columnheader", name="E-mail")).to_have_count(0)


def test_a_row_opens_by_click_and_by_key(browse: Browse) -> None:
    admin = make_user(email="admin@kam.test", full_name="Zoe", roles=[Role.ADMINISTRATOR])
    other = make_user(full_name="Aino", email="aino@kam.test")
    visit = browse(admin)
    visit.open("/settings/users/")
    visit.page.get_by_role("cell", name="aino@kam.test").click()
    visit.page.wait_for_url(f"**/settings/users/{other.pk}/")
    visit.open("/settings/users/")
    visit.page.keyboard.press("j")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"**/settings/users/{other.pk}/")


def test_a_table_that_goes_on_sideways_says_so(browse: Browse) -> None:
    admin = make_user(email="admin@kam.test", full_name="Zoe", roles=[Role.ADMINISTRATOR])
    visit = browse(admin, phone=True)
    visit.open("/settings/users/")
    box = visit.page.locator(".table-scroll")
    expect(box).to_have_class(re.compile(r"\bgoes-on\b"))
    assert box.evaluate("(e) => getComputedStyle(e).maskImage").startswith("linear-gradient")
    assert visit.overflow() == 0
    box.evaluate("(e) => { e.scrollLeft = e.scrollWidth; }")
    expect(box).not_to_have_class(re.compile(r"\bgoes-on\b"))
    box.evaluate("(e) => { e.scrollLeft = 0; }")
    expect(box).to_have_class(re.compile(r"\bgoes-on\b"))
    visit.look("light", (2400, 900))
    expect(box).not_to_have_class(re.compile(r"\bgoes-on\b"))
