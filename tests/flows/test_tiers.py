"""Tiers in a real browser: weigh anew, see who would move, publish, override, drag and press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Account, TierModel, TierOverride, TierRating
from accounts.services.tiers.rescoring import rescore, rescore_today
from kam.identity.choices import Role
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.tiers import make_published, make_rating, rated
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def director() -> User:
    return make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])


@pytest.fixture
def accounts(director: User) -> list[Account]:
    """Two groups that two criteria see the other way round, scored by both in equal parts."""
    today = timezone.localdate()
    found = []
    for name, fit, standing in (("Kuusipelto", 5, 2), ("Hankintaosuuskunta Saaristo", 2, 4)):
        account = make_account(name=name, lead=director)
        make_rating(account=account, value=fit)
        make_rating(account=account, value=standing, measure="standing")
        make_rating(account=account, value=2, measure="relationship_stage")
        found.append(account)
    model = make_published(
        rated(weight=50), rated("standing", 50), effective_on=today - timedelta(days=1), by=director
    )
    rescore(model=model, as_of=today - timedelta(days=1))
    return found


def test_a_weight_changes_and_who_moves_is_seen_before_and_after(
    browse: Browse, director: User, accounts: list[Account]
) -> None:
    model = TierModel.objects.get(version=1)
    visit = browse(director)
    page = visit.page
    visit.open(model.get_absolute_url())
    page.get_by_role("link", name="New version").click()
    page.get_by_label("Name").fill("Fit alone")
    page.locator("#id_criteria-1-weight").fill("0")
    page.get_by_role("button", name="Save and see who would move").click()

    expect(page.get_by_role("heading", name="2 accounts would move", exact=True)).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Kuusipelto")
    expect(row).to_contain_text("Key")
    expect(row).to_contain_text("Strategic")
    expect(row).to_contain_text("Strategic fit +50")
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Fit alone, version 2 is published.")).to_be_visible()

    rescore_today(as_of=timezone.localdate())
    visit.open(reverse("accounts:tier-board"))
    expect(page.get_by_text("1 of 2 accounts are Strategic.")).to_be_visible()


def test_an_override_is_decided_and_ended_on_the_accounts_page(
    browse: Browse, director: User, accounts: list[Account]
) -> None:
    visit = browse(director)
    page = visit.page
    visit.open(f"{accounts[1].get_absolute_url()}#panel-tier")
    panel = page.locator("#panel-tier")
    panel.get_by_role("link", name="Override").click()
    side = page.locator("#side-panel")
    side.get_by_label("Tier").select_option(label="Strategic")
    side.get_by_label("Reason").fill("Opens 40 stores")
    later = timezone.localdate() + timedelta(days=90)
    side.get_by_label("Last day").fill(later.isoformat())
    side.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The override holds")).to_be_visible()
    assert TierOverride.objects.get().reason == "Opens 40 stores"
    panel = page.locator("#panel-tier")
    expect(panel.get_by_text("By its score:")).to_be_visible()
    panel.get_by_role("link", name="End the override").click()
    page.locator("#dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_text("The computed tier holds again.")).to_be_visible()
    assert not TierOverride.objects.exists()


def test_the_stage_is_dragged_or_pressed(
    browse: Browse, director: User, accounts: list[Account]
) -> None:
    account = accounts[0]
    visit = browse(director)
    page = visit.page
    visit.open(reverse("accounts:tier-board"))
    chip = page.locator(f"#chip-{account.pk}")
    row = page.locator("tr").filter(has=chip)

    chip.drag_to(row.locator("td[data-stage='4']"))
    expect(page.locator(f"td[data-stage='4'] #chip-{account.pk}")).to_be_visible()
    expect(chip).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"td[data-stage='5'] #chip-{account.pk}")).to_be_visible()

    rows = TierRating.objects.filter(account=account, measure="relationship_stage")
    assert list(rows.order_by("pk").values_list("value", flat=True)) == [2, 4, 5]


def test_pages_of_tiers_are_accessible_and_fit(
    browse: Browse, director: User, accounts: list[Account]
) -> None:
    visit = browse(director)
    draft = TierModel.objects.get(version=1)
    ours = reverse("accounts:tier-model-create")
    addresses = [reverse(f"accounts:{name}") for name in ("tier-board", "tier-model-list")]
    addresses += [ours, draft.get_absolute_url()]
    addresses.append(reverse("accounts:tier-model-what-if", args=[draft.pk]))
    addresses.append(reverse("accounts:panel-tier", args=[accounts[0].pk]))
    addresses.append(reverse("accounts:tier-rate", args=[accounts[0].pk, "standing"]))
    addresses.append(reverse("accounts:tier-override", args=[accounts[0].pk]))
    assert visit.wrong(addresses) == {}
