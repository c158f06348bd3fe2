"""A negotiation in a browser: prepared, offered below the floor, decided on by somebody else."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from kam.identity.choices import Role
from plans.models import GiveGet, NegotiationBrief, Offer
from tests.factories.accounts import make_account, make_product
from tests.factories.identity import make_user
from tests.factories.prices import make_floor
from tests.flows.conftest import Browse, Visit

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def _save(page: Page, verb: str = "Save") -> None:
    page.get_by_role("main").get_by_role("button", name=verb, exact=True).click()


def _field(page: Page, name: str) -> Locator:
    return page.locator(f"main [name={name}]")


def _refused(visit: Visit, words: str) -> None:
    """The form says why; the browser notes the answer 422, and nothing else."""
    expect(visit.page.get_by_role("main")).to_contain_text(words)
    assert [one for one in visit.problems if "422" not in one] == []
    visit.problems.clear()


def _prepare(visit: Visit) -> None:
    page = visit.page
    _field(page, "aim").fill("Two listings more")
    _save(page, "Prepare")
    page.get_by_role("link", name="New issue").click()
    _field(page, "title").fill("Price of bread")
    for name, value in (("target", "12"), ("acceptable", "9"), ("walk_away", "10")):
        _field(page, name).fill(value)
    _save(page)
    _refused(visit, "between the target")
    _field(page, "acceptable").fill("11")
    _save(page)
    expect(page.locator("#issues")).to_contain_text("Price of bread")


def _trade(page: Page) -> None:
    for side, what, value in ((0, "Ten days to pay", "18000"), (1, "Second placement", "52000")):
        page.locator("#entries").get_by_role("link", name="Add", exact=True).nth(side).click()
        _field(page, "what").fill(what)
        _field(page, "value").fill(value)
        _save(page)
        expect(page.locator("#entries")).to_contain_text(what)
    expect(page.locator("#entries")).to_contain_text("52,000 EUR")


def _offer(visit: Visit) -> None:
    """The check follows what is typed; nothing is recorded by typing, nor without a reason."""
    page = visit.page
    page.get_by_role("link", name="New offer").click()
    check = page.locator("#offer-check")
    _field(page, "product").fill("BREAD")
    _field(page, "price").fill("8")
    expect(check).to_contain_text("below the floor price")
    _field(page, "price").fill("9.50")
    expect(check).not_to_contain_text("below the floor price")
    _field(page, "price").fill("8")
    expect(check).to_contain_text("below the floor price")
    expect(page.locator("h1")).to_have_count(1)
    assert not Offer.objects.exists()
    _save(page, "Record the offer")
    _refused(visit, "Say why")
    _field(page, "reason").fill("They take the whole range")
    _save(page, "Record the offer")
    expect(page.get_by_role("main")).to_contain_text("waits for somebody else’s approval")


def test_an_offer_below_the_floor_is_decided_by_another(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    director = make_user(
        email="director@kam.test", full_name="Elina Vuorela", roles=[Role.SALES_DIRECTOR]
    )
    account = make_account(name="Kuusipelto", lead=lead)
    product = make_product(code="BREAD")
    make_floor(product=product, amount="9")
    visit = browse(lead)
    page = visit.page
    visit.open(f"{reverse('plans:negotiation-create')}?account={account.pk}")
    _prepare(visit)
    brief = NegotiationBrief.objects.get()
    _trade(page)
    assert set(GiveGet.objects.values_list("side", "brief")) == {
        ("give", brief.pk), ("get", brief.pk),
    }  # fmt: skip
    _offer(visit)
    offer = Offer.objects.get()
    expect(page.get_by_role("button", name="Decide")).to_have_count(0)

    other = browse(director)
    other.open(reverse("plans:offer-waiting"))
    other.page.get_by_role("row", name=re.compile(product.name)).click()
    expect(other.page.get_by_role("main")).to_contain_text("They take the whole range")
    other.page.get_by_label("Refuse").check()
    _save(other.page, "Decide")
    _refused(other, "Say why not")
    other.page.get_by_label("Approve").check()
    _save(other.page, "Decide")
    expect(other.page.get_by_role("main")).to_contain_text("Decided by")
    offer.refresh_from_db()
    assert (offer.state, offer.decided_by) == ("recorded", director)
    assert visit.wrong([brief.get_absolute_url(), offer.get_absolute_url()]) == {}
