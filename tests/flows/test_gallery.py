"""The components in a real browser: accessible, within their window, and doing what they say."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from kam.identity.models import User
from tests.factories.identity import make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user(settings: Settings) -> User:
    settings.KAM_GALLERY = True
    return make_user(email="gallery@kam.test")


def test_every_component_is_accessible_and_fits(browse: Browse, user: User) -> None:
    visit = browse(user)
    assert visit.wrong(["/_gallery/?say=1"]) == {}
    expect(visit.page.locator("[data-chart-canvas] canvas")).to_have_count(5)


def test_a_table_sorts_in_place_and_keeps_its_address(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    page = visit.page
    page.evaluate("window.stayed = true")
    table = page.locator("#table-gallery")
    table.get_by_role("link", name="Account", exact=True).click()
    expect(table.locator("th[aria-sort]")).to_contain_text("Account")
    assert page.evaluate("window.stayed") is True
    assert page.url.endswith("?sort=name")
    table.get_by_role("link", name="Next").click()
    expect(table.locator("tbody tr")).to_have_count(20)
    page.go_back()
    expect(page.locator("#table-gallery tbody tr")).to_have_count(50)


def test_keys_move_and_select_rows(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    page = visit.page
    for key in ("j", "j", "x", "j", "x"):
        page.keyboard.press(key)
    table = page.locator("#table-gallery")
    expect(table.locator("tr.is-selected")).to_have_count(2)
    expect(table.locator("tr.is-marked")).to_contain_text("华东优选超市集团")
    expect(table.locator("[data-bulk-count]")).to_have_text("2")
    table.locator("[data-bulk-clear]").click()
    expect(table.locator("[data-bulk]")).to_be_hidden()


def test_a_chart_turns_into_its_table_and_can_be_saved(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    card = visit.page.locator("#chart-hhi")
    expect(card.locator("table")).to_be_hidden()
    card.get_by_role("button", name="Show as table").click()
    expect(card.locator("tbody tr")).to_have_count(18)
    card.get_by_role("button", name="Show as table").click()
    with visit.page.expect_download() as picture:
        card.get_by_role("button", name="Download as picture").click()
    assert picture.value.suggested_filename == "hhi.png"
    with visit.page.expect_download() as file:
        card.get_by_role("link", name="Download as CSV").click()
    assert re.fullmatch(r"hhi-\d{4}-\d\d-\d\d\.csv", file.value.suggested_filename)


def test_the_palette_opens_by_key_and_goes_where_chosen(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    page = visit.page
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("zzzz")
    expect(page.locator("#palette-results")).to_contain_text("Nothing found for “zzzz”")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_dialog_and_side_panel_open_and_close(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    page = visit.page
    page.get_by_role("link", name="Open side panel").click()
    expect(page.locator("#side-panel")).to_contain_text("Aino Virtanen")
    assert visit.violations() == []
    page.keyboard.press("Escape")
    expect(page.locator("#side-panel")).to_be_hidden()
    page.get_by_role("link", name="Delete with a question").click()
    expect(page.locator("#dialog")).to_contain_text("1,204 revenue entries")
    assert visit.violations() == []
    page.locator("#dialog").get_by_role("link", name="Cancel").click()
    expect(page.locator("#dialog")).to_be_hidden()
    assert page.url.endswith("/_gallery/")


def test_a_failing_request_says_so_and_keeps_the_page(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    visit.page.get_by_role("button", name="A request that fails").click()
    toasts = visit.page.locator("#toasts")
    expect(toasts).to_contain_text("Nothing was changed; try again.")
    expect(visit.page.locator("#signs")).to_contain_text("Overdue")
    visit.problems.clear()  # the browser notes the 500 that was asked for


def test_theme_and_rail_are_remembered(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    page = visit.page
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Dark").click()
    page.get_by_role("button", name="Fold the menu").click()
    visit.open("/_gallery/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    expect(root).to_have_attribute("data-rail", "folded")


def test_a_form_in_error_gets_the_focus_and_unsaved_input_is_kept(
    browse: Browse, user: User
) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    page = visit.page
    form = page.locator("#forms form")
    form.get_by_label("Limit").fill("5")
    form.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("3 things need mending")).to_be_visible()
    expect(form.locator("[name=name]")).to_be_focused()
    expect(form.get_by_label("Limit")).to_have_value("5")
    assert visit.violations() == []


def test_progress_goes_on_by_itself(browse: Browse, user: User) -> None:
    visit = browse(user)
    visit.open("/_gallery/")
    block = visit.page.locator("#progress-sample")
    expect(block).to_contain_text("2 / 8", timeout=6000)
