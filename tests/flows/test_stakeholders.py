"""The stakeholder map in a real browser: dragged, moved by keys, accessible, quick with sixty."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Account, Position, StakeholderRating
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.people import make_link, make_position, make_rating
from tests.flows.conftest import Browse, Visit

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lead() -> User:
    return make_user(email="lead@kam.test", full_name="Aino Koskela")


@pytest.fixture
def account(lead: User) -> Account:
    found = make_account(name="Kuusipelto-yhtymä", lead=lead)
    boss = _placed(found, lead, "Päivi Salminen", 5, 1)
    buyer = _placed(found, lead, "李娜", 4, -2)
    Position.objects.filter(pk=buyer.pk).update(reports_to=boss)
    make_position(account=found, name="Nguyễn Thị Hồng Nhung", title="Planner")
    make_position(account=found, is_placeholder=True, function="operations", title="COO")
    make_link(source=boss, target=buyer)
    return found


def _placed(account: Account, lead: User, name: str, influence: int, support: int) -> Position:
    position = make_position(account=account, name=name, title="Category manager, dairy")
    make_rating(position=position, author=lead, kind="influence", value=influence)
    make_rating(position=position, author=lead, kind="support", value=support)
    return position


def _map(account: Account, view: str = "grid") -> str:
    return f"{reverse('accounts:stakeholder-map', args=[account.pk])}?view={view}"


def _cell(visit: Visit, influence: int, support: int) -> str:
    return f'[data-cell][data-influence="{influence}"][data-support="{support}"]'


def test_pages_about_people_are_accessible_and_fit(
    browse: Browse, lead: User, account: Account
) -> None:
    visit = browse(lead)
    position = Position.objects.exclude(person=None).order_by("pk").first()
    assert position is not None
    assert position.person is not None
    addresses = [_map(account, view) for view in ("grid", "chart", "matrix", "coverage")]
    addresses += [
        reverse("accounts:person-list"),
        position.person.get_absolute_url(),
        reverse("accounts:position-rate", args=[position.pk]),
        reverse("accounts:person-create", args=[account.pk]),
        reverse("accounts:panel-people", args=[account.pk]),
        reverse("accounts:panel-relationships", args=[account.pk]),
        reverse("accounts:panel-deciding", args=[account.pk]),
    ]
    assert visit.wrong(addresses) == {}


def test_a_card_is_dragged_and_moved_by_keys(browse: Browse, lead: User, account: Account) -> None:
    visit = browse(lead)
    page = visit.page
    visit.open(_map(account))
    card = page.locator(".grid-cell .person-card", has_text="李娜")
    start, goal = card.bounding_box(), page.locator(_cell(visit, 2, 1)).bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + 40, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(goal["x"] + 30, goal["y"] + 30, steps=5)
    with page.expect_response("**/place/**"):
        page.mouse.up()
    moved = page.locator(f"{_cell(visit, 2, 1)} .person-card", has_text="李娜")
    expect(page.locator(".line-path")).to_have_count(1)
    expect(moved).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator(f"{_cell(visit, 2, 1)} .person-card")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    with page.expect_response("**/place/**"):
        page.keyboard.press("Enter")
    there = page.locator(f"{_cell(visit, 3, 1)} .person-card", has_text="李娜")
    expect(there).to_be_focused()
    ratings = StakeholderRating.objects.filter(position__person__name="李娜").order_by("pk")
    assert list(ratings.values_list("kind", "value")) == [
        ("influence", 4),
        ("support", -2),
        ("influence", 2),
        ("support", 1),
        ("influence", 3),
    ]


def test_somebody_who_was_never_rated_gets_on_the_grid_by_keys(
    browse: Browse, lead: User, account: Account
) -> None:
    visit = browse(lead)
    visit.open(_map(account))
    visit.page.locator(".tray-cards .person-card", has_text="Nhung").focus()
    visit.page.keyboard.press("ArrowUp")
    with visit.page.expect_response("**/place/**"):
        visit.page.keyboard.press("Enter")
    expect(visit.page.locator(f"{_cell(visit, 3, 0)} .person-card")).to_have_count(1)


def test_the_grid_is_saved_as_a_picture(browse: Browse, lead: User, account: Account) -> None:
    visit = browse(lead)
    visit.open(_map(account))
    for kind in ("svg", "png"):
        visit.page.locator('[popovertarget="map-export"]').click()
        with visit.page.expect_download() as download:
            visit.page.locator(f"[data-picture={kind}]").click()
        assert download.value.suggested_filename == f"stakeholders.{kind}"
        visit.page.keyboard.press("Escape")


def test_a_gap_leads_to_the_one_who_fills_it(browse: Browse, lead: User, account: Account) -> None:
    visit = browse(lead)
    page = visit.page
    visit.open(_map(account, "coverage"))
    expect(page.locator(".gap-row.is-gap")).to_have_count(2)
    page.locator(".gap-row", has_text="Marketing").get_by_role("link", name="Add").click()
    page.get_by_label("Name", exact=True).fill("Marketta Malli")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/stakeholders/")
    expect(page.locator(".gap-row.is-gap")).to_have_count(1)


def test_sixty_people_are_there_at_once(browse: Browse, lead: User, account: Account) -> None:
    for number in range(60):
        _placed(account, lead, f"Person {number}", 1 + number % 5, number % 5 - 2)
    visit = browse(lead)
    for view, cards in (("grid", ".grid-cell .person-card"), ("chart", ".org-card")):
        visit.open(_map(account, view))
        began = time.monotonic()
        visit.open(_map(account, view))
        assert visit.page.locator(cards).count() >= 62
        assert time.monotonic() - began < 3
