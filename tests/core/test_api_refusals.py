"""Refusals change nothing: every operation × who may not, with all tables compared."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Target
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.services.concentration import compute_snapshot
from kam.core.api.reference import example, schema
from kam.core.dates import Period
from kam.core.models import JobRun
from kam.identity.choices import Role, TokenScope
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account, make_batch, make_category, make_entry
from tests.factories.core import make_rate
from tests.factories.identity import make_user
from tests.factories.settlements import make_receivables

PREFIX = "/api/v1/"
NOT_BUSINESS = {"identity.apitoken", "identity.apitokenevent", "sessions.session"}
SHARED = {
    *("currencies", "tier-models", "rates", "products", "product-categories", "data-sources"),
    *("programme-elements", "competitors", "market-facts", "health-settings", "activity-rates"),
    "plan-templates",
}


def _state() -> str:
    """A hash of every row of every table but those of tokens and sessions."""
    digest = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label_lower):
        if model._meta.label_lower not in NOT_BUSINESS and model._meta.managed:
            digest.update(repr(list(model._default_manager.order_by("pk").values_list())).encode())
    return digest.hexdigest()


def _operations() -> list[tuple[str, str, Any]]:
    return [
        (method.upper(), path, _body(operation))
        for path, found in schema()["paths"].items()
        for method, operation in found.items()
    ]


def _body(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return example(content["schema"]) if content else None


@pytest.fixture
def ids(people: People) -> dict[str, int]:
    """Rows of the owner and of the company, by resource."""
    account = make_account(name="Kesko", lead=people.owner, external_id="C-1042")
    batch = make_batch()
    target = Target.objects.create(
        account=account, month=date(2026, 1, 1), amount=1, currency_id="EUR"
    )
    return {
        "accounts": account.pk,
        "revenue-entries": make_entry(account=account, amount="1", batch=batch).pk,
        "targets": target.pk,
        "rates": make_rate(currency="USD", rate="0.9").pk,
        "imports": batch.pk,
        "job-runs": JobRun.objects.create(name="imports.commit_batch").pk,
        **make_receivables(account),
    }


def _url(path: str, ids: dict[str, int]) -> str:
    name = path.removeprefix(PREFIX).split("/{")[0]
    key = ids.get(name, ids.get(name.split("/")[0], 1))
    return path.replace("{id}", str(key)).replace("{code}", "EUR")


def test_anonymous_callers_get_nothing_anywhere(ids: dict[str, int]) -> None:
    before, api = _state(), Api()
    for method, path, body in _operations():
        response = api.call(method, _url(path, ids), body)
        assert (response.status_code, response.json()["code"]) == (401, "not_authenticated"), path
    assert _state() == before


@pytest.mark.parametrize("who", ["owner", "director", "controller", "administrator", "auditor"])
def test_a_read_only_token_writes_nowhere(people: People, ids: dict[str, int], who: str) -> None:
    api = Api(getattr(people, who), scope=TokenScope.READ)
    before = _state()
    for method, path, body in _operations():
        if method != "GET":
            response = api.call(method, _url(path, ids), body)
            assert response.status_code == 403, (method, path)
    assert _state() == before


def test_a_stranger_reads_and_writes_nothing_of_others(people: People, ids: dict[str, int]) -> None:
    api, before = Api(people.stranger), _state()
    for method, path, body in _operations():
        resource = path.removeprefix(PREFIX).split("/")[0]
        if "{" in path and not (resource in SHARED and method == "GET"):
            response = api.call(method, _url(path, ids), body)
            assert response.status_code == 404, (method, path)
            assert b"Kesko" not in response.content
    assert _state() == before


ONES_OWN = {"notifications/preferences/", "notifications/read/"}
"""What everybody chooses for oneself."""


def test_an_auditor_writes_nowhere(people: People, ids: dict[str, int]) -> None:
    api, before = Api(people.auditor), _state()
    for method, path, body in _operations():
        if method != "GET" and path.removeprefix(PREFIX) not in ONES_OWN:
            assert api.call(method, _url(path, ids), body).status_code == 404, (method, path)
    assert _state() == before


@pytest.mark.parametrize("rows", [1, 3])
def test_every_other_list_costs_the_same_at_any_length(people: People, rows: int) -> None:
    for number in range(rows):
        batch = make_batch()
        JobRun.objects.create(name="imports.commit_batch", requested_by=people.auditor)
        make_entry(account=make_account(), amount=str(number + 1), batch=batch)
        make_category()
        compute_snapshot(query=ConcentrationQuery(period=Period.year(2026)))
    api = Api(people.auditor)
    lists = ("imports", "data-sources", "job-runs", "product-categories", "concentration/snapshots")
    for path in lists:
        with CaptureQueriesContext(connection) as queries:
            assert len(api.rows(f"{path}/")) == rows, path
        assert len(queries) == 3, path  # token, its last use, rows


def test_somebody_disabled_is_out_at_once(people: People, ids: dict[str, int]) -> None:
    api = Api(people.owner)
    assert api.get("me/").status_code == 200
    type(people.owner).objects.filter(pk=people.owner.pk).update(is_active=False)
    assert api.get("me/").status_code == 401
    assert api.get(f"accounts/{ids['accounts']}/").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_changes_to_one_version_one_wins() -> None:
    user = make_user(roles=[Role.ADMINISTRATOR])
    account = make_account(name="Kesko", lead=user)
    api, path = Api(user), f"accounts/{account.pk}/"
    etag = api.get(path)["ETag"]

    def change(number: int) -> int:
        try:
            body = {"region": f"Region {number}"}
            return int(api.patch(path, body, If_Match=etag).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(change, range(8)))
    assert answers == [200, *[412] * 7]
    assert Account.objects.get().region.startswith("Region")
