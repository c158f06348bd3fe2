"""Rebates over the API: read, expected, accrued, settled once; and two at the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from kam.core.models import JobRun
from kam.core.problems import RefusedError
from settlements.models import Document, RebateAccrual, RebateRun, RebateSettlement
from settlements.services.rebates import accrue_rebates, settle
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_entry
from tests.factories.rebates import make_rebate, run_rebates
from tests.races import at_once
from tests.settlements.test_rebates_pages import near_cliff, over

REBATES, ACCRUALS, RUN = "rebates/", "rebate-accruals/", "rebates/run/"


@pytest.mark.django_db
def test_rebates_are_read_expected_and_settled_once(people: People) -> None:
    today = timezone.localdate()
    account = make_account(name="Kesko", lead=people.owner)
    rebate = near_cliff(account)
    near_cliff(make_account(name="Lidl", lead=people.stranger))
    done, start = over(account)
    run_rebates(today)
    api, finance = Api(people.owner), Api(people.controller)
    assert [row["name"] for row in api.rows(REBATES)] == ["Month bonus", "Year bonus"]
    assert len(finance.rows(f"{REBATES}?within={account.pk}")) == 2
    one = api.get(f"{REBATES}{rebate.pk}/").json()
    assert [(row["basis"], row["to_next"], row["gain"]) for row in one["periods"]] == [
        ("1987600.0000", "12400.0000", "20248.00")
    ]
    [near] = api.rows(f"{ACCRUALS}?latest=true&near=true")
    assert (near["condition"]["id"], near["rate"]) == (rebate.pk, "2.0000")
    said = api.post(f"{REBATES}{rebate.pk}/expectations/", {"total": "2400000"})
    assert (said.status_code, said.json()["expected_on"]) == (201, today.isoformat())
    bad = api.post(f"{REBATES}{rebate.pk}/expectations/", {"total": "-1"})
    assert (bad.status_code, errors_of(bad)[0][0]) == (400, "total")
    body = {"period_start": start.isoformat()}
    path = f"{REBATES}{done.pk}/settle/"
    assert api.post(path, body).status_code == 404
    answers = [finance.post(path, body, Idempotency_Key="once") for _n in range(2)]
    assert [(one.status_code, one.json()["amount"]) for one in answers] == [(201, "20000.00")] * 2
    assert (finance.post(path, body).status_code, Document.objects.count()) == (422, 1)
    assert finance.post(path, {"period_start": "1999-01-01"}).status_code == 422


@pytest.mark.django_db
def test_a_run_is_asked_for_once(people: People) -> None:
    make_rebate(account=make_account())
    finance, today = Api(people.controller), timezone.localdate()
    assert Api(people.owner).post(RUN, {}).status_code == 404
    assert [finance.post(RUN, {}).status_code for _n in range(2)] == [202, 202]
    assert JobRun.objects.count() == 1
    run_rebates(today)
    assert finance.post(RUN, {}).status_code == 422
    assert [row["rebates"] for row in finance.get(RUN).json()["results"]] == [1]
    assert Api(people.owner).get(RUN).json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_one_effect() -> None:
    account = make_account()
    rebate = make_rebate(account=account, start=date(2025, 1, 1))
    make_entry(account=account, amount="1000000", booked_on=date(2025, 2, 1))
    day = date(2026, 1, 31)
    assert _twice(lambda: accrue_rebates(through=day, as_of=day)) == ["done", "run_twice"]
    assert (RebateRun.objects.count(), RebateAccrual.objects.count()) == (1, 2)
    start = date(2025, 1, 1)
    assert _twice(lambda: settle(condition=rebate, period_start=start, settled_on=day)) == [
        "done", "settled",
    ]  # fmt: skip
    assert (RebateSettlement.objects.count(), Document.objects.count()) == (1, 1)


def _twice(act: Callable[[], Any]) -> list[str]:
    """How two at once ended: done, or the code of the refusal."""
    raised = at_once(act, act)
    assert all(error is None or isinstance(error, RefusedError) for error in raised), raised
    return sorted(getattr(error, "code", "done") for error in raised)
