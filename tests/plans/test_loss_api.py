"""Loss scenarios over the API."""

from __future__ import annotations

from datetime import date

import pytest

from plans.models import LossScenario
from plans.services.loss import run_scenario
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account, make_entry
from tests.factories.loss import make_scenario
from tests.factories.plans import make_plan

URL = "/api/v1/loss-scenarios/"


@pytest.mark.django_db
def test_a_scenario_is_made_run_attached_and_compared(people: People) -> None:
    account = make_account(lead=people.owner)
    for one in (account, make_account()):
        make_entry(account=one, amount="1000", booked_on=date(2026, 5, 2), cost="600")
    api = Api(people.owner)
    body = {
        "title": "What if", "kind": "insolvency", "accounts": [account.pk],
        "as_of": "2026-06-30", "starts_on": "2026-07-01",
        "rates": [{"subject": "method", "key": "none", "share": ["0.1", "0.2", "0.3"]}],
    }  # fmt: skip
    made = api.post(URL, body)
    assert made.status_code == 201, made.content
    found = made.json()
    assert found["contribution"] == ["0.3200", "0.4000", "0.4800"]
    assert found["rates"][0]["share"] == ["0.1000", "0.2000", "0.3000"]
    its = f"{URL}{found['id']}/"
    ran = api.post(f"{its}run/", {"as_of": "2026-06-30"})
    assert ran.status_code == 201, ran.content
    result = ran.json()
    assert result["result"]["concentration"]["before"]["at_least_10pct"] == 1  # theirs alone
    changed = api.patch(its, {"horizon_months": 6})
    assert changed.json()["horizon_months"] == 6
    plan = make_plan(account=account, owner=people.owner)
    assert api.post(f"{its}attach/", {"plan": plan.pk}).json()["plan"] == plan.pk
    both = api.get(f"{URL}compare/?scenarios={found['id']},999999").json()
    assert [pair["result"]["id"] for pair in both["scenarios"]] == [result["id"]]
    listed = api.get(f"/api/v1/loss-results/?scenario={found['id']}").json()
    assert [row["id"] for row in listed["results"]] == [result["id"]]
    refused = api.post(URL, body | {"starts_on": "9999-12-31"})
    assert refused.status_code in (400, 409, 422)
    foreign = api.post(URL, body | {"accounts": [make_account().pk]})
    assert foreign.status_code in (400, 422)
    assert LossScenario.objects.count() == 1


@pytest.mark.django_db
def test_who_may_what_over_the_api(people: People) -> None:
    account = make_account(lead=people.owner)
    for one in (account, make_account(name="Secret Chain")):
        make_entry(account=one, amount="1000", booked_on=date(2026, 5, 2))
    scenario = make_scenario(account, author=people.owner)
    result = run_scenario(scenario=scenario, as_of=scenario.as_of, by=people.owner)
    table = {
        "owner": (200, 200), "teammate": (200, 404), "stranger": (404, 404),
        "director": (200, 200), "controller": (200, 404), "administrator": (200, 200),
        "auditor": (200, 404),
    }  # fmt: skip
    for name, (read, write) in table.items():
        api = Api(getattr(people, name))
        assert api.get(f"{URL}{scenario.pk}/").status_code == read, name
        told = api.get(f"/api/v1/loss-results/{result.pk}/")
        assert told.status_code == read, name
        if read == 200:
            count = len(told.json()["result"]["concentration"]["customers"])
            sees_all = getattr(people, name).sees_everything()
            assert count == (2 if sees_all else 1), name
        changed = api.patch(f"{URL}{scenario.pk}/", {"note": name})
        assert changed.status_code in ({200} if write == 200 else {403, 404}), name
