"""An account changes hands in a real browser: the pack, the confirmation, the acknowledgement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Account, Handover, Promise, TeamRequest
from kam.identity.choices import Role
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.people import make_position
from tests.factories.team import make_member, make_promise, make_request
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def director() -> User:
    return make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])


@pytest.fixture
def former() -> User:
    return make_user(full_name="Aino Koskela")


@pytest.fixture
def new_lead() -> User:
    return make_user(full_name="Karin Söderlund")


@pytest.fixture
def account(former: User) -> Account:
    """An account with open work of all kinds."""
    account = make_account(name="Kuusipelto", lead=former)
    anna = make_position(account=account, name="Anna Lahti", roles=["decision_maker"])
    make_promise(user=former, account=account, position=anna, what="New shelf layout")
    helper = make_user(full_name="Mikko Lehtonen")
    make_member(account=account, user=helper)
    make_request(account=account, sender=former, to_user=helper, title="Pallet labels")
    return account


def test_an_account_is_handed_over_and_the_new_lead_acknowledges_it(
    browse: Browse, director: User, former: User, new_lead: User, account: Account
) -> None:
    visit = browse(director)
    page = visit.page
    visit.open(f"{account.get_absolute_url()}#panel-team")
    panel = page.locator("#panel-team")
    expect(panel.get_by_text("Mikko Lehtonen").first).to_be_visible()
    panel.get_by_role("link", name="Hand over").click()
    page.locator("#id_to_user").select_option(label="Karin Söderlund")
    page.get_by_label("Why, and what matters").fill("Takes the whole region")
    page.get_by_role("button", name="Look at the pack").click()

    expect(page.get_by_role("heading", name="Open promises")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="New shelf layout")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Pallet labels")).to_be_visible()
    assert Handover.objects.count() == 0
    assert visit.violations() == []
    page.get_by_role("button", name="Confirm the handover").click()

    expect(page.get_by_text("The account is handed over.")).to_be_visible()
    expect(page.get_by_text("Not acknowledged yet")).to_be_visible()
    account.refresh_from_db()
    assert account.current_lead == new_lead
    handover = Handover.objects.get()
    assert handover.from_user == former

    theirs = browse(new_lead, phone=True)
    theirs.open("/")
    theirs.page.get_by_role("link", name="Read the pack").click()
    expect(theirs.page.get_by_text("Takes the whole region")).to_be_visible()
    assert theirs.overflow() == 0
    theirs.page.get_by_role("link", name="Acknowledge").click()
    theirs.page.get_by_label("Note").fill("Read, two questions")
    theirs.page.get_by_role("button", name="Acknowledge").click()
    expect(theirs.page.get_by_text("Read, two questions")).to_be_visible()
    handover.refresh_from_db()
    assert handover.is_acknowledged


def test_a_promise_is_noted_and_settled_and_a_request_answered(
    browse: Browse, former: User, account: Account
) -> None:
    visit = browse(former)
    page = visit.page
    visit.open(reverse("accounts:promise-create", args=[account.pk]))
    page.get_by_label("They promised").check()
    page.get_by_label("What was promised").fill("Sell-out figures")
    due = timezone.localdate() + timedelta(days=9)
    page.get_by_label("Due").fill(due.isoformat())
    page.get_by_label("Their person").select_option(index=1)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The promise was noted.")).to_be_visible()
    promise = Promise.objects.get(what="Sell-out figures")
    visit.open(promise.get_absolute_url())
    page.get_by_role("link", name="What became of it").click()
    page.get_by_label("Broken").check()
    page.get_by_label("In words").fill("Their system was changed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Their system was changed")).to_be_visible()

    request = TeamRequest.objects.get()
    assert request.to_user is not None
    helper = browse(request.to_user, dark=True)
    helper.open(request.get_absolute_url())
    helper.page.get_by_role("button", name="Accept").click()
    expect(helper.page.get_by_text("You accepted the request.")).to_be_visible()
    helper.open(reverse("accounts:team-work", args=[account.pk]))
    expect(helper.page.get_by_text("New shelf layout")).to_be_visible()
    assert helper.violations() == []
