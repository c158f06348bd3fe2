"""The board of rebates, one rebate, its expectation and its end, the run, and who may what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from kam.core.dates import add_months
from kam.core.jobs import execute
from kam.core.models import JobRun
from kam.notifications.models import Notification
from settlements.models import (
    Document,
    RebateAccrual,
    RebateExpectation,
    RebateRun,
    RebateSettlement,
    TradeCondition,
)
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.rebates import make_rebate, run_rebates

pytestmark = pytest.mark.django_db
LIST = reverse("settlements:rebate-list")
RUN = reverse("settlements:rebate-run")


def today() -> date:
    return timezone.localdate()


def this_year() -> date:
    return today().replace(month=1, day=1)


def text_of(response: Any) -> str:
    content = response.getvalue() if response.streaming else response.content
    return str(content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def near_cliff(account: Account, **fields: Any) -> TradeCondition:
    """A yearly rebate that lacks 12,400 of its first tier."""
    rebate = make_rebate(account=account, start=this_year(), name="Year bonus", **fields)
    make_entry(account=account, amount="987600.00", booked_on=this_year())
    return rebate


def over(account: Account, **fields: Any) -> tuple[TradeCondition, date]:
    """A monthly rebate whose last month is over, worth 20,000."""
    start = add_months(today().replace(day=1), -1)
    rebate = make_rebate(
        account=account, start=start, cycle="monthly", name="Month bonus", **fields
    )
    make_entry(account=account, amount="1000000.00", booked_on=start)
    return rebate, start


def test_the_board_says_what_the_next_tier_pays(people: People) -> None:
    account = make_account(name="Harbour", lead=people.owner)
    near_cliff(account)
    client = client_of(people.owner)
    assert "never accrued" in text_of(client.get(LIST))
    run_rebates(today())
    page = text_of(client.get(LIST))
    assert "12,400.00 EUR more brings 2% on everything" in page
    assert "Near the next tier" in page
    assert 'value="0.9876"' in page
    assert text_of(client.get(LIST, {"near": "true"})).count("Year bonus") == 1
    assert "Year bonus" not in text_of(client.get(LIST, {"state": "over"}))
    assert "Year bonus" in text_of(client.get(LIST, {"q": "harb", "state": "running"}))
    file = text_of(client.get(LIST, {"export": "csv"}))
    assert "Harbour" in file
    assert "987600.0000,0.9876," in file
    panel = reverse("settlements:panel-rebates", args=[account.pk])
    assert "12,400.00 EUR more brings 2% on everything" in text_of(client.get(panel))
    head = reverse("accounts:account-detail", args=[account.pk])
    assert client.get(head).status_code == 200


def test_same_queries_at_any_number_of_rows(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_account(name="Empty")
    near_cliff(make_account(name="One", lead=people.owner))
    run_rebates(today() - timedelta(days=1))
    client = client_of(people.owner)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
    for name in ("Two", "Three"):
        near_cliff(make_account(name=name, lead=people.owner))
    run_rebates(today())
    with django_assert_num_queries(9):
        assert text_of(client.get(LIST)).count("Year bonus") == 3


def test_an_expectation_is_noted_and_shown(people: People) -> None:
    rebate = near_cliff(make_account(lead=people.owner))
    client = client_of(people.owner)
    page = reverse("settlements:rebate-detail", args=[rebate.pk])
    assert "Nothing was accrued" not in text_of(client.get(page))  # today's figures are there
    url = reverse("settlements:rebate-expect", args=[rebate.pk])
    turned = client.post(url, {"total": "-5"})
    assert (turned.status_code, RebateExpectation.objects.count()) == (422, 0)
    assert client.post(url, {"total": "1200000", "note": "Two new stores"}).status_code == 302
    run_rebates(today() - timedelta(days=1))  # before it was expected
    run_rebates(today())
    said = text_of(client.get(page))
    assert "Two new stores" in said
    assert said.count("1,200,000.00 EUR") >= 2  # expected, and beside what was accrued
    first, second = RebateAccrual.objects.order_by("pk")
    assert (first.accrued, second.accrued, second.catch_up) == (0, 19752, 19752)
    chart = client.get(page, {"chart": "rebate-accruals"})
    assert "19752" in text_of(chart)


def test_a_period_that_is_over_is_settled_once(people: People) -> None:
    account = make_account(lead=people.owner)
    rebate, start = over(account)
    claimed, _start = over(make_account(lead=people.owner), payout="claim")
    run_rebates(today())
    client = client_of(people.controller)
    assert "To be settled" in text_of(client.get(LIST, {"state": "over"}))
    url = reverse("settlements:rebate-settle", args=[rebate.pk])
    address = f"{url}?period={start.isoformat()}"
    assert "credit note of 20,000.00 EUR on 1,000,000.00 EUR" in text_of(client.get(address))
    assert client.get(f"{url}?period=1999-01-01").status_code == 404
    posted = {"settled_on": today().isoformat()}
    assert client.post(address, posted).status_code == 302
    again = client.post(address, posted)
    assert (again.status_code, "settled already" in text_of(again)) == (422, True)
    [given] = RebateSettlement.objects.all()
    assert (given.amount, given.created_by, Document.objects.count()) == (
        20_000, people.controller, 1,
    )  # fmt: skip
    page = text_of(client.get(again.wsgi_request.path.replace("settle/", "")))
    assert "Settled on" in page or "Settled" in page
    url = reverse("settlements:rebate-settle", args=[claimed.pk])
    address = f"{url}?period={start.isoformat()}"
    assert client.post(address, posted).status_code == 422
    claim = {**posted, "claimed": "19000", "reference": "DN-1"}
    assert client.post(address, claim).status_code == 302
    assert RebateSettlement.objects.get(condition=claimed).amount == 19_000


def test_the_run_is_asked_for_once_a_day_and_shown(people: People) -> None:
    account = make_account(name="Harbour", lead=people.owner)
    near_cliff(account, end=today() + timedelta(days=20))
    client = client_of(people.controller)
    day = {"through": today().isoformat()}
    response = client.post(RUN, day)
    assert client.post(RUN, day)["Location"] == response["Location"]
    [job] = JobRun.objects.all()
    assert f"progress-{job.pk}" in text_of(client.get(response["Location"]))
    execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outcome["rebates"]) == ("succeeded", 1)
    run = RebateRun.objects.get()
    assert (run.job, run.created_by) == (job, people.controller)
    progress = reverse("settlements:rebate-run-progress", args=[job.pk])
    done = client.get(progress, headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == response["Location"]
    assert client.post(RUN, day).status_code == 422
    [told] = Notification.objects.filter(kind="settlements.rebate_near")
    assert told.user == people.owner
    assert told.params["more"] == "12,400.00\N{NO-BREAK SPACE}EUR"
    job.delete()
    run.refresh_from_db()
    assert run.job is None


# who: (sees the rebate, may expect, may settle, may accrue)
WHO = {
    "owner": (200, 302, 404, 404),
    "teammate": (200, 302, 404, 404),
    "stranger": (404, 404, 404, 404),
    "director": (200, 302, 404, 404),
    "controller": (200, 302, 200, 200),
    "administrator": (200, 302, 200, 200),
    "auditor": (200, 404, 404, 404),
}


def test_who_may_what(people: People) -> None:
    rebate, start = over(make_account(lead=people.owner))
    draft = make_rebate(account=make_account(lead=people.owner), state="draft")
    run_rebates(today())
    detail = reverse("settlements:rebate-detail", args=[rebate.pk])
    settle = f"{reverse('settlements:rebate-settle', args=[rebate.pk])}?period={start}"
    found = {}
    for name in WHO:
        client = client_of(getattr(people, name))
        expected = client.post(f"{detail}expect/", {"total": "5"}).status_code
        found[name] = (
            client.get(detail).status_code,
            expected,
            client.get(settle).status_code,
            client.get(RUN).status_code,
        )
        hidden = reverse("settlements:rebate-detail", args=[draft.pk])
        assert client.get(hidden).status_code == 404
        shown = "Month bonus" in text_of(client.get(LIST))
        assert shown == (found[name][0] == 200)
    assert found == WHO
    assert RebateExpectation.objects.count() == sum(row[1] == 302 for row in WHO.values())
