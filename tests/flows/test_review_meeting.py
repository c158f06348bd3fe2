"""A business review in a browser: written down in the meeting, on paper afterwards."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kam.core.jobs import execute
from kam.core.models import JobRun
from plans.models import BusinessReview, PlanAction
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_action, make_plan
from tests.flows.conftest import Browse

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
_STREAM = re.compile(rb"stream\r?\n(Gb.*?)~>\r?\n?endstream", re.DOTALL)


def words_of(pdf: bytes) -> str:
    """Every word of a file of ours; letters beyond ASCII are other signs there."""
    pages = (zlib.decompress(base64.a85decode(found)) for found in _STREAM.findall(pdf))
    shown = (re.findall(rb"\((.*?)\) Tj", page) for page in pages)
    return b" ".join(one for lines in shown for one in lines).decode("latin-1")


def test_a_meeting_becomes_actions_and_a_file(browse: Browse, tmp_path: Path) -> None:
    lead = make_user(email="lead@kam.test", full_name="Aino Koskela")
    year = timezone.localdate().year
    account = make_account(name="Kuusipelto", lead=lead)
    plan = make_plan(
        account=account, owner=lead, title="Plan for breakfast",
        period=(date(year, 1, 1), date(year + 1, 1, 1)),
    )  # fmt: skip
    make_action(plan=plan, title="Send the price list", due_on=date(year, 1, 1))
    visit = browse(lead)
    page = visit.page
    visit.open(f"{reverse('plans:review-create')}?account={account.pk}")
    expect(page.locator("[name=plan]")).to_have_value(str(plan.pk))
    page.get_by_role("button", name="Plan a review").click()
    review = BusinessReview.objects.get()
    page.get_by_role("button", name="Begin the meeting").click()
    expect(page.get_by_role("main")).to_contain_text("Send the price list")

    notes = page.locator("#notes")
    for text in ("They want smaller boxes", "They open ten stores"):
        notes.get_by_label("What was said").fill(text)
        notes.get_by_role("button", name="Write it down").click()
        expect(notes.get_by_role("listitem").filter(has_text=text)).to_be_visible()
        expect(notes.get_by_label("What was said")).to_be_focused()
    line = notes.get_by_role("listitem").filter(has_text="They want smaller boxes")
    line.get_by_role("link", name="Action", exact=True).click()
    page.locator("[name=due_on]").fill(f"{year}-12-31")
    page.get_by_role("button", name="Make it an action").click()
    expect(notes).to_contain_text("Action of the plan: Aino Koskela")
    action = PlanAction.objects.get(title="They want smaller boxes")
    assert (action.plan, action.owner, action.origin) == (plan, lead, "review")
    page.get_by_role("link", name="Finish", exact=True).click()
    page.locator("[name=summary]").fill("Ten stores and a smaller box")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("link", name="The plan as it stood")).to_be_visible()

    page.get_by_role("link", name="Export", exact=True).click()
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    execute(JobRun.objects.latest("pk").pk)
    page.reload()
    with page.expect_download() as got:
        page.get_by_role("link", name="Download").click()
    file = tmp_path / got.value.suggested_filename
    got.value.save_as(file)
    content = file.read_bytes()
    assert (file.suffix, content[:5]) == (".pdf", b"%PDF-")
    said = words_of(content)
    wanted = ("Plan for breakfast", "They open ten stores", "Ten stores and a smaller box",
              "Send the price list", "Kuusipelto")  # fmt: skip
    assert [one for one in wanted if one not in said] == []
    assert visit.wrong([review.get_absolute_url()]) == {}
