"""Concerns and follow-ups in a browser: moved by key, solved with words, ticked off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.tasks import add_task
from interactions.models import Concern
from tests.factories.accounts import make_account
from tests.factories.concerns import make_concern
from tests.factories.identity import make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
LONG = "Saaristomeren Itsenäisten Päivittäistavarakauppiaiden Hankintaosuuskunta"


def test_a_concern_is_moved_and_a_follow_up_ticked(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    account, now = make_account(name=LONG, lead=lead), timezone.now()
    raised = now - timedelta(hours=30)
    concern = make_concern(account=account, severity=4, raised_at=raised, now=now)
    task = add_task(account=account, title="Send samples", owner=lead, due_on=timezone.localdate())
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("interactions:concern-board"))
    card = page.locator(f"#deal-{concern.pk}")
    card.focus()
    page.keyboard.press("ArrowRight")
    lane = page.locator("[data-lane=working]")
    expect(lane.locator(f"#deal-{concern.pk}")).to_be_focused()
    lane.get_by_role("link", name="Move").click()
    form = page.locator("form", has=page.get_by_label("In words"))
    form.get_by_label("Resolve").check()
    form.get_by_label("In words").fill("New crates are on their way")
    form.get_by_role("button", name="Move").click()
    expect(page.locator("#entries")).to_contain_text("New crates are on their way")
    assert Concern.objects.get().state == "resolved"
    visit.open(reverse("accounts:task-list"))
    page.get_by_role("button", name="Done: Send samples").click()
    expect(page.get_by_role("button", name="Open again: Send samples")).to_be_visible()
    task.refresh_from_db()
    assert task.done_on == timezone.localdate()
    named = ("concern-board", "concern-list", "concern-times", "concern-targets")
    addresses = [reverse(f"interactions:{name}") for name in named]
    addresses += [concern.get_absolute_url(), task.get_absolute_url()]
    assert visit.wrong(addresses) == {}
