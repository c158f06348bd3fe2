"""A store check on a phone: tapped, photographed, finished later, its gap becomes a task."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Account, Placement, StoreCheck, StoreCheckLine, Task
from kam.identity.models import User
from tests.factories.accounts import make_account, make_product
from tests.factories.identity import make_user
from tests.factories.placement import make_placement, make_service_line, make_store
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)


@pytest.fixture
def lead() -> User:
    return make_user(email="lead@kam.test", full_name="Aino Koskela")


@pytest.fixture
def store(lead: User) -> Account:
    banner = make_account(name="Kuusipelto Market", kind="banner", lead=lead)
    make_placement(account=banner, product=make_product(code="Rye bread"))
    make_placement(
        account=banner, product=make_product(code="Oat drink"), kind="facings", quantity=4
    )
    make_service_line(account=banner, ordered=100, delivered=93, orders=10, otif=8)
    return make_store(parent=banner, name="Kuusipelto Market Tampere-Hervanta")


def test_a_check_with_a_photo_and_a_gap_that_becomes_a_task(
    browse: Browse, lead: User, store: Account, tmp_path: Path
) -> None:
    visit = browse(lead, phone=True)
    page = visit.page
    visit.open(reverse("accounts:store-checks"))
    page.get_by_placeholder("Name or number of the store").fill("hervanta")
    page.locator("#stores-found").get_by_role("button").click()
    expect(page.get_by_text("0 of 2 looked at, 0 found")).to_be_visible()
    bread = page.locator(".check-line", has_text="Rye bread")
    bread.get_by_role("button", name="Not found").click()
    expect(page.get_by_text("1 of 2 looked at, 0 found")).to_be_visible()
    expect(bread.get_by_role("button", name="Not found")).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/lines/**"):
        bread.get_by_label("Reason").select_option("space_taken")
    page.wait_for_load_state("networkidle")
    photo = tmp_path / "shelf.png"
    photo.write_bytes(PNG)
    with page.expect_response("**/lines/**"):
        bread.locator("input[type=file]").set_input_files(photo)
    expect(bread.locator("img")).to_be_visible()
    page.locator(".check-line", has_text="Oat drink").get_by_role(
        "button", name="Found"
    ).first.click()
    expect(page.get_by_text("2 of 2 looked at, 1 found")).to_be_visible()
    visit.open(reverse("accounts:store-checks"))  # and go on later
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("2 of 2 looked at, 1 found")).to_be_visible()
    assert (visit.violations(), visit.overflow()) == ([], 0)
    page.get_by_role("button", name="Finish the check").click()
    page.wait_for_load_state("networkidle")
    assert (visit.violations(), visit.overflow()) == ([], 0)
    page.get_by_role("button", name="Follow up").click()
    expect(page.locator(".gap-action")).to_contain_text("Aino Koskela, until")
    line = StoreCheckLine.objects.get(outcome="not_found")
    assert (line.reason, line.photo_kind) == ("space_taken", "png")
    assert StoreCheck.objects.get().is_finished
    task = Task.objects.get()
    assert (task.owner, task.source_line, task.account) == (lead, line, store)


def test_pages_about_availability_are_accessible_and_fit(
    browse: Browse, lead: User, store: Account
) -> None:
    visit = browse(lead)
    placement = Placement.objects.order_by("pk").first()
    assert placement is not None
    addresses = [
        reverse(f"accounts:{name}")
        for name in ("availability", "service-level", "placement-list", "store-checks", "task-list")
    ]
    addresses += [
        placement.get_absolute_url(),
        reverse("accounts:placement-step", args=[placement.pk]),
        reverse("accounts:placement-create-at", args=[store.pk]),
        reverse("accounts:panel-availability", args=[store.pk]),
        reverse("accounts:panel-file", args=[store.pk]),
        reverse("accounts:address-create", args=[store.pk]),
    ]
    assert visit.wrong(addresses) == {}
