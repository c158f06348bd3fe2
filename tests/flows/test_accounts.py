"""Accounts in a real browser: seen as a tree, changed by forms, accessible everywhere."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Account
from accounts.services.figures import refresh_figures
from kam.core.dates import add_months, month_start
from kam.identity.choices import Role
from kam.identity.models import User
from tests.factories.accounts import make_account, make_category, make_entry, make_target
from tests.factories.identity import make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def director() -> User:
    return make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])


@pytest.fixture
def group() -> Account:
    lead = make_user(full_name="Aino Koskela")
    top = make_account(name="Kuusipelto-yhtymä", lead=lead, external_id="K-1")
    banner = make_account(name="Kuusimarket", kind="banner", parent=top)
    store = make_account(name="Kuusimarket Oulu", kind="store", parent=banner)
    make_account(
        name="Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta",
        kind="legal_entity",
    )
    today, category = timezone.localdate(), make_category(name="Dairy")
    for back in range(1, 30):
        day = add_months(month_start(today), -back)
        make_entry(account=store, amount=1000 + back, booked_on=day, category=category)
        make_target(account=top, month=day, amount=1100)
    refresh_figures(as_of=today)
    return top


PAGES = ["account-list", "account-tree", "duplicate-list", "product-list", "target-list"]
OF_ONE = ["account-detail", "account-edit", "account-move", "account-lead", "account-merge"]


def test_pages_of_accounts_are_accessible_and_fit(
    browse: Browse, director: User, group: Account
) -> None:
    visit = browse(director)
    addresses = [reverse(f"accounts:{name}") for name in [*PAGES, "account-create"]]
    addresses += [reverse(f"accounts:{name}", args=[group.pk]) for name in OF_ONE]
    addresses.append(f"{reverse('accounts:revenue-list')}?within=%23{group.pk}")
    other = Account.objects.get(name="Kuusimarket")
    addresses.append(reverse("accounts:merge-preview", args=[group.pk, other.pk]))
    assert visit.wrong(addresses) == {}


def test_every_panel_opens_where_it_stands(browse: Browse, director: User, group: Account) -> None:
    visit = browse(director)
    visit.open(group.get_absolute_url())
    page = visit.page
    for key in ("categories", "buying", "entries", "leads", "history"):
        page.locator(f"#panel-{key} > summary").click()
    expect(page.locator("[data-chart-canvas] canvas")).to_have_count(2, timeout=30_000)
    expect(page.locator(".panel-wait:visible")).to_have_count(0)
    expect(page.locator("#panel-history")).to_contain_text("Account: Created")
    assert visit.violations() == []
    page.locator("#panel-revenue").get_by_role(
        "link", name=str(timezone.localdate().year - 1), exact=True
    ).click()
    expect(page.locator("#panel-revenue h2").last).to_contain_text("above last year")
    assert page.url.endswith(group.get_absolute_url())


def test_the_tree_opens_level_by_level(browse: Browse, director: User, group: Account) -> None:
    visit = browse(director)
    visit.open(reverse("accounts:account-tree"))
    page = visit.page
    page.locator("summary", has_text="Kuusipelto").click()
    page.locator("summary", has_text="Kuusimarket").last.click()
    expect(page.get_by_text("Kuusimarket Oulu")).to_be_visible()
    assert visit.violations() == []
    page.get_by_role("link", name="Open Kuusimarket Oulu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kuusimarket Oulu")


def test_an_account_is_chosen_by_typing_and_moved(
    browse: Browse, director: User, group: Account
) -> None:
    store = Account.objects.get(name="Kuusimarket Oulu")
    visit = browse(director)
    visit.open(reverse("accounts:account-move", args=[store.pk]))
    page = visit.page
    field = page.get_by_label("New place below")
    field.fill("")
    field.press_sequentially("kuusip")
    offered = page.locator("datalist option")
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("value", f"Kuusipelto-yhtymä #{group.pk}")
    field.fill(offered.get_attribute("value") or "")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Kuusimarket Oulu was moved.")).to_be_visible()
    store.refresh_from_db()
    assert store.current_parent == group


def test_a_circle_is_refused_beside_the_field(
    browse: Browse, director: User, group: Account
) -> None:
    store = Account.objects.get(name="Kuusimarket Oulu")
    visit = browse(director)
    visit.open(reverse("accounts:account-move", args=[group.pk]))
    page = visit.page
    page.get_by_label("New place below").fill(f"#{store.pk}")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".field-errors")).to_contain_text("stands below the account itself")
    visit.problems.clear()  # the browser notes the answer 422
    group.refresh_from_db()
    assert group.current_parent is None


def test_filtering_stays_on_the_page_and_can_be_taken_back(
    browse: Browse, director: User, group: Account
) -> None:
    visit = browse(director)
    visit.open(reverse("accounts:account-list"))
    page = visit.page
    page.get_by_placeholder("Name or identifier").press_sequentially("kuusimarket")
    expect(page.locator("#table-accounts tbody tr")).to_have_count(2)
    page.get_by_placeholder("Name or identifier").fill("")
    expect(page.locator("#table-accounts tbody tr")).to_have_count(4)


def test_panels_stay_where_one_put_them(browse: Browse, director: User, group: Account) -> None:
    visit = browse(director)
    visit.open(group.get_absolute_url())
    page = visit.page
    expect(page.locator(".cockpit")).to_contain_text("Aino Koskela")
    ids = [one.get_attribute("id") for one in page.locator("details[data-panel]").all()]
    page.get_by_role("button", name="Arrange the panels").click()
    page.get_by_role("button", name="Move Health up").press("Enter")
    page.get_by_role("button", name="Move Facts down").click()
    assert visit.violations() == []

    visit.open(group.get_absolute_url())

    wanted = list(ids)
    for panel, step in (("panel-health", -1), ("panel-overview", 1)):
        place = wanted.index(panel)
        wanted.insert(place + step, wanted.pop(place))
    moved = [one.get_attribute("id") for one in page.locator("details[data-panel]").all()]
    assert moved == wanted != ids
