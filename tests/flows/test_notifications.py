"""My day and notifications on a phone: finished, put off, read, and chosen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kam.notifications.models import Notification, Preference
from kam.notifications.services import notify
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.team import make_promise
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_a_day_is_worked_off_with_one_tap_each(browse: Browse) -> None:
    lead, today = make_user(full_name="Aino Koskela"), timezone.localdate()
    account = make_account(name="Kuusipelto Market", lead=lead)
    for what, days in (("Shelf layout", 0), ("Allergen sheets", 1)):
        made_on, due_on = today - timedelta(days=9), today + timedelta(days=days)
        make_promise(user=lead, account=account, what=what, made_on=made_on, due_on=due_on)
    notify(
        kind="accounts.health_fell",
        users=[lead],
        params={"account": account.name, "level": "watch", "before": "good"},
        subject_id=account.pk,
        url=reverse("identity:profile"),
        dedupe="a",
        occurred_at=timezone.now(),
    )
    visit = browse(lead, phone=True)
    page = visit.page
    visit.open("/")
    expect(page.locator(".bell-count")).to_have_text("1")
    page.get_by_role("button", name=re.compile("Kept ?: Promised: Shelf layout")).tap()
    expect(page.locator(".todo")).to_have_count(1)
    page.get_by_role("button", name="Put off: Promised: Allergen sheets").tap()
    page.get_by_role("button", name="For three days").tap()
    expect(page.get_by_text("1 line is put off.")).to_be_visible()
    page.get_by_role("link", name="Kuusipelto Market: health fell to Watch").tap()
    page.wait_for_url("**/profile/")
    assert Notification.objects.get().is_read
    wrong = visit.wrong(["/", reverse("notifications:list"), reverse("notifications:preferences")])
    assert wrong == {}
    way = page.locator(".way", has_text="Health of your accounts")
    way.get_by_label("By e-mail").select_option("never")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    assert [row.mail for row in Preference.objects.all()] == ["never"]
