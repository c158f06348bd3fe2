"""Price rounds over the API: drafted, given steps and accounts, begun, finished; mandates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Account
from plans.models import Mandate, PriceRound
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry, make_product

pytestmark = pytest.mark.django_db
REFUSED = (409, 422)
DRAFT = {"title": "Spring prices", "reason": "materials", "effective_on": "2027-03-01"}


def test_a_round_is_run_over_the_api(people: People, account: Account) -> None:
    api, bread = Api(people.director), make_category(name="Bread")
    made = api.call("POST", "price-rounds/", DRAFT)
    assert (made.status_code, made.json()["state"]) == (201, "draft"), made.json()
    assert made.json()["owner"]["id"] == people.director.pk
    one = f"price-rounds/{made.json()['id']}/"
    assert api.call("POST", f"{one}begin/").status_code in REFUSED
    both = {"percent": "3.5", "category": bread.pk, "product": make_product().pk}
    assert api.call("POST", f"{one}add-step/", both).status_code in REFUSED
    assert api.call("POST", f"{one}add-step/", {"percent": "3", "category": 987}).status_code == 400
    step = api.call("POST", f"{one}add-step/", {"percent": "3.5", "category": bread.pk})
    assert [(row["category"], row["percent"]) for row in step.json()["steps"]] == [
        (bread.pk, "3.50")
    ]
    bought = timezone.localdate() - timedelta(days=30)
    make_entry(account=account, amount=100, booked_on=bought, category=bread)
    assert api.call("POST", f"{one}add-accounts/", {}).status_code == 200
    other = make_account(lead=people.owner)
    named = api.call("POST", f"{one}add-accounts/", {"accounts": [other.pk]})
    assert named.status_code == 200, named.json()
    hidden = api.call("POST", f"{one}add-accounts/", {"accounts": [987654]})
    assert hidden.status_code == 400
    found = PriceRound.objects.get()
    assert set(found.accounts.values_list("account", flat=True)) == {account.pk, other.pk}
    changed = api.call("PATCH", one, {"explanation": "Flour costs more"})
    assert changed.json()["explanation"] == "Flour costs more"
    assert api.call("POST", f"{one}begin/").json()["state"] == "running"
    assert api.call("POST", f"{one}finish/").status_code in REFUSED
    found.accounts.update(state="accepted", told_on=bought)
    assert api.call("POST", f"{one}finish/").json()["state"] == "done"
    assert api.call("POST", f"{one}cancel/").status_code in REFUSED


def test_who_runs_a_round(people: People) -> None:
    """Reading is for the sales organisation; what others are refused changes nothing."""
    made = Api(people.director).call("POST", "price-rounds/", DRAFT).json()
    for user, may_read in ((people.owner, 200), (people.stranger, 200), (people.auditor, 200)):
        api = Api(user)
        one = f"price-rounds/{made['id']}/"
        assert api.call("GET", one).status_code == may_read, user
        for method, path, body in (
            ("POST", "price-rounds/", DRAFT),
            ("PATCH", one, {"title": "Mine"}),
            ("POST", f"{one}cancel/", None),
        ):
            assert api.call(method, path, body).status_code in {403, 404}, (user, path)
    assert list(PriceRound.objects.values_list("title", "state")) == [("Spring prices", "draft")]


def test_mandates_are_given_changed_and_taken_away(people: People) -> None:
    api = Api(people.director)
    asked = {"role": "account_manager", "subject": "price", "most": "10"}
    made = api.call("POST", "mandates/", asked)
    assert (made.status_code, made.json()["most"]) == (201, "10.0000"), made.json()
    one = f"mandates/{made.json()['id']}/"
    for user in (people.owner, people.controller, people.auditor):
        other = Api(user)
        assert other.call("GET", one).status_code == 200
        for method, path in (("POST", "mandates/"), ("PATCH", one), ("DELETE", one)):
            assert other.call(method, path, asked).status_code == 404, (user, method)
    wrong = {
        "role": {**asked, "role": "auditor"},
        "subject": {**asked, "subject": "range"},
        "most": {**asked, "subject": "term", "most": "-1"},
    }
    for field, body in wrong.items():
        answer = api.call("POST", "mandates/", body)
        assert [name for name, _code in errors_of(answer)] == [field]
    assert api.call("POST", "mandates/", asked).status_code in REFUSED
    assert api.call("PATCH", one, {"most": "12.5"}).json()["most"] == "12.5000"
    assert Mandate.objects.get().most == Decimal("12.5")
    assert api.call("DELETE", one).status_code == 204
    assert not Mandate.objects.exists()
