"""Wallet estimates, whitespace, opportunities and the forecast over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Opportunity, ProductCategory, WalletEstimate
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.wallet import make_estimate, make_opportunity

pytestmark = pytest.mark.django_db

ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


@pytest.fixture
def oat() -> ProductCategory:
    return make_category(code="OAT", name="Oat drinks")


def estimate(account: Account, /, **changes: Any) -> dict[str, Any]:
    body = {
        "account": account.pk,
        "category": "OAT",
        "starts": "2025-01-01",
        "until": "2026-01-01",
        "amount": "1000",
        "currency": "EUR",
        "source": "Nielsen",
        "confidence": 4,
    }
    return {**body, **changes}


def deal(account: Account, /, **changes: Any) -> dict[str, Any]:
    body = {
        "account": account.pk,
        "title": "Oats",
        "kind": "cross_sell",
        "value": "400",
        "currency": "EUR",
        "expected_close": "2027-03-01",
    }
    return {**body, **changes}


def test_estimates_are_written_and_read(
    people: People, account: Account, oat: ProductCategory
) -> None:
    api = Api(people.owner)
    made = api.post("wallet-estimates/", estimate(account, supplied_by="Rival"))

    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["amount"], body["until"], body["category"]["code"]) == (
        "1000.0000",
        "2026-01-01",
        "OAT",
    )
    rival = body["competitor"]
    assert rival["name"] == "Rival"
    again = api.post(
        "wallet-estimates/",
        estimate(account, competitor=rival["id"], starts="2024-01-01", until="2025-01-01"),
    )
    assert again.json()["competitor"] == rival
    found = api.get("wallet-estimates/?category=OAT&on=2025-05-01").json()["results"]
    assert [one["id"] for one in found] == [body["id"]]
    assert Api(people.stranger).get(f"wallet-estimates/{body['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"until": "2025-01-01"}, "until"),
        ({"category": "NONE"}, "category"),
        ({"confidence": 7}, "confidence"),
        ({"source": ""}, "source"),
        ({"low": "1001"}, "low"),
        ({"account": 999999}, "account"),
    ],
)
def test_bad_estimates(
    people: People, account: Account, oat: ProductCategory, changes: dict[str, Any], field: str
) -> None:
    answer = Api(people.owner).post("wallet-estimates/", estimate(account, **changes))

    assert answer.status_code in (400, 422)
    assert field in {name for name, _code in errors_of(answer)}
    assert not WalletEstimate.objects.exists()


def test_whitespace_of_an_account_and_of_a_portfolio(
    people: People, account: Account, oat: ProductCategory
) -> None:
    make_estimate(account=account, category=oat, amount=1000)
    make_entry(account=account, category=oat, amount=250, booked_on=date(2025, 5, 1))
    api = Api(people.owner)

    own = api.get(f"accounts/{account.pk}/whitespace/?period=2025").json()
    assert own["sum"] == {
        "wallet": "1000.0000",
        "current": "250.0000",
        "share": 0.25,
        "whitespace": "750.0000",
        "cells": 1,
        "covered": 1,
        "sales_covered": 1.0,
    }
    [cell] = own["cells"]
    assert (cell["share"], cell["whitespace"], cell["reason"]) == (0.25, "750.0000", None)
    both = api.get("whitespace/?period=2025").json()
    assert both["sum"]["whitespace"] == "750.0000"
    assert api.get("whitespace/?period=soon").status_code == 400
    assert Api(people.stranger).get(f"accounts/{account.pk}/whitespace/").status_code == 404
    assert Api(people.stranger).get("whitespace/").json()["cells"] == []


def test_an_opportunity_from_first_to_last(people: People, account: Account) -> None:
    api = Api(people.owner)
    made = api.post("opportunities/", deal(account))
    assert made.status_code == 201, made.content
    path = f"opportunities/{made.json()['id']}/"
    assert (made.json()["stage"], made.json()["weighted"]) == ("identified", "40.0000")
    assert made.json()["owner"]["id"] == people.owner.pk

    changed = api.call("PATCH", path, {"next_step": "Call", "next_step_on": "2027-01-01"})
    assert changed.json()["next_step"] == "Call"
    assert changed.json()["title"] == "Oats"
    assert api.post(f"{path}stage/", {"stage": "won"}).status_code == 422
    api.post(f"{path}stage/", {"stage": "proposed", "probability": 60})
    won = api.post(f"{path}stage/", {"stage": "won", "note": "Signed"}).json()

    assert (won["stage"], won["probability"]) == ("won", 100)
    assert [one["to_stage"] for one in won["changes"]] == ["won", "proposed", "identified"]


def test_the_forecast(people: People, account: Account) -> None:
    make_opportunity(account=account, value=1000, stage="proposed", expected_close=date(2099, 3, 5))
    make_opportunity(value=5)

    found = Api(people.owner).get("opportunities/forecast/").json()

    assert (found["value"], found["weighted"], found["win_rate"]) == (
        "1000.0000",
        "500.0000",
        None,
    )
    assert found["buckets"] == [
        {
            "month": "2099-03-01",
            "deals": 1,
            "unconverted": 0,
            "value": "1000.0000",
            "weighted": "500.0000",
        }
    ]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_write(people: People, account: Account, oat: ProductCategory, role: str) -> None:
    one = make_opportunity(account=account, owner=people.owner)
    api = Api(getattr(people, role))
    may = role in ("owner", "director", "administrator")

    answers = [
        api.post("wallet-estimates/", estimate(account)),
        api.post("opportunities/", deal(account)),
        api.post(f"opportunities/{one.pk}/stage/", {"stage": "qualified"}),
    ]

    assert all((one.status_code < 300) == may for one in answers)
    assert WalletEstimate.objects.exists() == may
    assert (Opportunity.objects.count() == 2) == may
    one.refresh_from_db()
    assert (one.stage == "qualified") == may


@pytest.mark.parametrize("address", ["wallet-estimates/", "opportunities/"])
def test_lists_take_the_same_queries_with_1_and_3(
    people: People, account: Account, address: str
) -> None:
    api = Api(people.owner)

    def add() -> None:
        make_estimate(account=make_account(lead=people.owner), amount=5)
        make_opportunity(account=make_account(lead=people.owner))

    add()
    api.get(address)
    with CaptureQueriesContext(connection) as first:
        assert len(api.get(address).json()["results"]) == 1
    add()
    add()
    with CaptureQueriesContext(connection) as third:
        assert len(api.get(address).json()["results"]) == 3

    assert len(third) == len(first)
