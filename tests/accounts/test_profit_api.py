"""Costs, rates, volumes, company costs and profit over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import Account, ActivityDriver, ActivityRate, CostEntry, CostPool
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_entry
from tests.factories.costs import make_activity_rate, make_cost, make_pool

pytestmark = pytest.mark.django_db
PERIOD = "from=2026-01-01&to=2027-01-01"


@pytest.fixture
def account(people: People) -> Account:
    found = make_account(name="Kesko", lead=people.owner)
    make_entry(account=found, amount=1000, cost="600", booked_on=date(2026, 1, 15))
    return found


def body(account: Account, **more: Any) -> dict[str, Any]:
    return {
        "account": account.pk,
        "kind": "deliveries",
        "booked_on": "2026-01-20",
        "amount": "25.5",
        "currency": "EUR",
        **more,
    }


def test_a_cost_from_entry_to_removal(people: People, account: Account) -> None:
    api = Api(people.controller)
    made = api.post("cost-entries/", body(account))
    assert made.status_code == 201, made.content
    entry = made.json()
    assert (entry["account"]["name"], entry["base_amount"], entry["source"]) == (
        "Kesko", "25.5000", None,
    )  # fmt: skip
    url = f"cost-entries/{entry['id']}/"
    changed = api.patch(url, {"amount": "30", "note": "Pallets"})
    assert (changed.json()["base_amount"], changed.json()["note"]) == ("30.0000", "Pallets")
    assert (
        api.get("cost-entries/?kind=deliveries&updated_since=2020-01-01T00:00:00Z").json()[
            "results"
        ][0]["id"]
        == entry["id"]
    )
    assert api.get("cost-entries/?kind=visits").json()["results"] == []
    assert api.delete(url).status_code == 204
    assert not CostEntry.objects.exists()


def test_what_a_cost_cannot_be_is_named(people: People, account: Account) -> None:
    api = Api(people.controller)
    wrong = api.post("cost-entries/", body(account, kind="gold", colour="red"))
    assert wrong.status_code == 400
    assert {field for field, _code in errors_of(wrong)} == {"kind", "colour"}
    unknown = api.post("cost-entries/", {**body(account), "account": 10**9})
    assert {field for field, _code in errors_of(unknown)} == {"account"}
    assert not CostEntry.objects.exists()


def test_costs_in_bulk_replace_themselves(people: People) -> None:
    make_account(external_id="C-1")
    api = Api(people.controller)
    row = {"source_key": "K", "account": "C-1", "kind": "visits", "date": "2026-01-02"}
    sent = {"source": "erp", "rows": [{**row, "amount": "5"}]}
    assert api.post("cost-entries/bulk/", sent).status_code == 200
    sent["rows"][0]["amount"] = "6"  # type: ignore[index]
    assert api.post("cost-entries/bulk/", sent).status_code == 200
    assert [entry.amount for entry in CostEntry.objects.all()] == [6]


def test_rates_volumes_and_company_costs(people: People, account: Account) -> None:
    api = Api(people.administrator)
    rate = {"kind": "orders", "unit": "order", "amount": "5", "valid_from": "2026-01-01"}
    made = api.post("activity-rates/", rate)
    assert made.status_code == 201, made.content
    assert made.json()["valid_until"] is None
    changed = api.patch(f"activity-rates/{made.json()['id']}/", {"amount": "6"})
    assert changed.json()["amount"] == "6.000000"
    volume = {"account": account.pk, "kind": "orders", "month": "2026-01-01", "volume": "3"}
    assert api.post("activity-volumes/", volume).status_code == 201
    assert api.post("activity-volumes/", {**volume, "volume": "4"}).status_code == 201
    assert ActivityDriver.objects.get().volume == 4
    pool = {
        "month": "2026-01-01",
        "kind": "service",
        "name": "Desk",
        "amount": "10",
        "rule": "evenly",
    }
    kept = api.post("cost-pools/", pool)
    assert kept.status_code == 201, kept.content
    assert api.patch(f"cost-pools/{kept.json()['id']}/", {"amount": "12"}).status_code == 200
    assert CostPool.objects.get().amount == 12
    assert api.delete(f"activity-rates/{made.json()['id']}/").status_code == 204
    assert not ActivityRate.objects.exists()


def test_profit_of_the_company_and_of_the_own_accounts(people: People, account: Account) -> None:
    other = make_account(name="Other")
    make_entry(account=other, amount=500, cost="600", booked_on=date(2026, 1, 15))
    make_cost(account=account, amount=100)
    whole = Api(people.controller).get(f"profitability/?{PERIOD}").json()
    assert whole["total"]["net_profit"] == "200.0000"
    assert (whole["whale"]["peak_share"], whole["whale"]["losing"]) == (1.5, 1)
    assert [(one["name"], one["net_profit"]) for one in whole["customers"]] == [
        ("Kesko", "300.0000"),
        ("Other", "-100.0000"),
    ]
    own = Api(people.owner).get(f"profitability/?{PERIOD}").json()
    assert (own["total"], own["whale"], own["unassigned_revenue"]) == (None, None, None)
    assert [one["name"] for one in own["customers"]] == ["Kesko"]
    assert own["customers"][0]["costs"] == {"deliveries": "100.0000"}


def test_profit_of_one_account_with_what_costs_come_from(people: People, account: Account) -> None:
    make_cost(account=account, amount=100)
    make_pool(amount=20)
    found = Api(people.owner).get(f"accounts/{account.pk}/profitability/?{PERIOD}").json()
    assert (found["total"]["net_profit"], found["is_below_floor"]) == ("280.0000", False)
    assert [(one["kind"], one["origin"], one["rule"]) for one in found["lines"]] == [
        ("deliveries", "direct", ""),
        ("service", "allocated", "revenue"),
    ]
    hidden = Api(people.stranger).get(f"accounts/{account.pk}/profitability/?{PERIOD}")
    assert hidden.status_code == 404


def test_profit_names_what_is_asked_wrongly(people: People) -> None:
    api = Api(people.controller)
    assert api.get("profitability/?from=2026-01-01&to=2025-01-01").status_code == 400
    assert api.get(f"profitability/?{PERIOD}&colour=red").status_code == 400
    make_entry(account=make_account(), amount=5, currency="SEK", rate=None,
               booked_on=date(2026, 1, 1))  # fmt: skip
    assert api.get(f"profitability/?{PERIOD}").json()["code"] == "missing_rates"


WHO = ["owner", "teammate", "stranger", "director", "controller", "administrator", "auditor"]


@pytest.mark.parametrize("who", WHO)
def test_who_may_what(people: People, account: Account, who: str) -> None:
    api = Api(getattr(people, who))
    cost, rate, pool = (
        make_cost(account=account, amount=5),
        make_activity_rate(),
        make_pool(amount=5),
    )
    sees = who != "stranger"
    company = who in {"director", "controller", "administrator", "auditor"}
    edits = who in {"controller", "administrator"}
    assert api.get(f"cost-entries/{cost.pk}/").status_code == (200 if sees else 404)
    assert api.get(f"activity-rates/{rate.pk}/").status_code == 200
    assert api.get(f"cost-pools/{pool.pk}/").status_code == (200 if company else 404)
    posted = api.post("cost-entries/", body(account))
    assert posted.status_code == (201 if edits else 404)
    assert CostEntry.objects.count() == (2 if edits else 1)
