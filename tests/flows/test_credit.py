"""Credit in a browser: applied for, decided, checked, let through with a reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kam.identity.choices import Role
from settlements.choices.credit import FactKind
from settlements.models import CreditApplication, CreditCheck, CreditSettings
from settlements.services.credit.checks import Ask, check_credit
from settlements.services.credit.positions import rescore
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"


def test_from_an_application_to_an_override(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    director = make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR])
    account, today = make_account(name=LONG, lead=lead, currency="EUR"), timezone.localdate()
    CreditSettings.objects.create(left_out=[kind.value for kind in FactKind])
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("settlements:credit-application-new") + f"?account={account.pk}")
    page.get_by_label("Limit asked for").fill("5000")
    page.get_by_label("Term asked for, days").fill("30")
    page.get_by_label("Turnover").first.fill("100000")
    page.get_by_label("Rating by an agency").select_option("4")
    page.get_by_role("button", name="Submit for a decision").click()
    expect(page.get_by_text("It waits for a decision by somebody else.")).to_be_visible()
    decide = browse(director)
    decide.open(CreditApplication.objects.get().get_absolute_url())
    other = decide.page
    other.get_by_label("Grant credit").check()
    other.locator("[name=limit]").fill("4000")
    other.locator("[name=review_on]").fill(str(today + timedelta(days=365)))
    other.get_by_role("button", name="Decide").click()
    expect(other.get_by_text("Approved").first).to_be_visible()
    visit.open(reverse("settlements:credit-account", args=[account.pk]))
    expect(page.get_by_text("No order was checked yet.")).to_be_visible()
    ask = Ask(amount=Decimal(5000), currency="EUR", reference="PO-1")
    check = check_credit(account=account, ask=ask, by=lead, as_of=today)
    decide.open(check.get_absolute_url())
    other.get_by_role("link", name="Let it through").click()
    other.locator("[name=reason]").fill("Season, agreed by phone")
    other.locator("[name=until]").fill(str(today + timedelta(days=2)))
    other.get_by_role("button", name="Override").click()
    expect(other.get_by_text("Season, agreed by phone")).to_be_visible()
    visit.open(reverse("settlements:credit-check-new") + f"?account={account.pk}")
    page.locator("[name=amount]").fill("5000")
    page.locator("[name=reference]").fill("PO-1")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("Let through by an override").first).to_be_visible()
    assert CreditCheck.objects.order_by("-pk").values_list("result", flat=True)[0] == "warn"
    rescore(as_of=today)
    named = ("credit-board", "credit-application-list", "credit-check-new")
    addresses = [reverse(f"settlements:{name}") for name in named]
    addresses += [reverse("settlements:credit-account", args=[account.pk]),
                  check.get_absolute_url()]  # fmt: skip
    assert visit.wrong(addresses) == {}
