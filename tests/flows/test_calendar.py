"""The calendar in a real browser: a meeting is dragged, moved by keys, and looked at on a phone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from interactions.models import Meeting
from tests.factories.accounts import make_account
from tests.factories.calendar import make_meeting
from tests.factories.identity import make_user
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_a_meeting_is_dragged_and_moved_by_keys(browse: Browse) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    account = make_account(name="Kuusipelto", lead=lead)
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    at = datetime.combine(monday, time(), timezone.get_current_timezone())
    row = make_meeting(
        account=account, owner=lead, title="Range review", at=at + timedelta(hours=9), as_of=today
    )
    visit = browse(lead)
    page = visit.page
    visit.open(reverse("interactions:calendar") + f"?view=week&on={monday.isoformat()}")
    item = page.locator("[data-move]")
    wednesday = page.locator(f'[data-day="{(monday + timedelta(days=2)).isoformat()}"]')
    with page.expect_response("**/move/**"):
        item.drag_to(wednesday)
    expect(wednesday.locator("[data-move]")).to_contain_text("Range review")
    thursday = page.locator(f'[data-day="{(monday + timedelta(days=3)).isoformat()}"]')
    with page.expect_response("**/move/**"):
        wednesday.locator("[data-move]").press("ArrowRight")
    expect(thursday.locator("[data-move]")).to_be_focused()
    row.refresh_from_db()
    assert row.starts_at == at + timedelta(days=3, hours=9)
    moved_to = monday + timedelta(days=3)  # perhaps of the next month
    month = reverse("interactions:calendar") + f"?view=month&on={moved_to.isoformat()}"
    paths = [month, row.get_absolute_url(), reverse("interactions:calendar-feed")]
    assert visit.wrong(paths) == {}
    visit.look("light", (390, 844))
    visit.open(month)
    expect(
        page.locator(".cal-agenda").get_by_role("link", name="Range review", exact=True)
    ).to_be_visible()
    assert not page.locator(".cal-grid").is_visible()
    assert Meeting.objects.count() == 1
