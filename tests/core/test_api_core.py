"""The rules that hold for every operation of the API, tried on rates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kam.core.models import ExchangeRate, IdempotencyKey, JobRun
from kam.core.services.idempotency import forget_keys
from kam.identity.choices import Role, TokenScope
from tests.api import Api, errors_of
from tests.conftest import People, client_of
from tests.factories.core import make_rate
from tests.factories.identity import make_user

USD = {"currency": "USD", "valid_on": "2026-01-05", "rate": "0.92", "source": "ECB"}


def test_rates_are_read_by_everybody_and_written_by_who_may(people: People) -> None:
    rate = make_rate(currency="USD", rate="0.9")
    for user in (people.owner, people.stranger, people.auditor, people.controller):
        assert [row["id"] for row in Api(user).rows("rates/")] == [rate.pk]
    refused = Api(people.owner).post("rates/", USD)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert Api(people.auditor).patch(f"rates/{rate.pk}/", {"rate": "2"}).status_code == 404
    assert Api().get("rates/").status_code == 401
    assert ExchangeRate.objects.get().rate == Decimal("0.9")
    made = Api(people.controller).post("rates/", USD)
    assert made.status_code == 201
    assert made["Location"] == f"http://testserver/api/v1/rates/{made.json()['id']}/"
    assert made.json()["base"] == "EUR"
    assert made.json()["rate"] == "0.9200000000"


def test_a_read_only_token_writes_nothing(people: People) -> None:
    api = Api(people.controller, scope=TokenScope.READ)
    response = api.post("rates/", USD)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == "This token may only read. Make one that may write."
    assert api.rows("rates/") == []


def test_a_session_serves_as_well_and_is_held_to_csrf(people: People) -> None:
    client = client_of(people.controller)
    assert client.get("/api/v1/rates/").status_code == 200
    client.handler.enforce_csrf_checks = True
    assert client.post("/api/v1/rates/", USD, "application/json").status_code == 403
    assert not ExchangeRate.objects.exists()


def test_unknown_parameters_and_fields_are_named(people: People) -> None:
    api = Api(people.controller)
    response = api.get("rates/?curency=USD&page_size=0")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "field": "curency",
            "in": "query",
            "message": "There is no such parameter.",
            "code": "unknown_parameter",
        }
    ]
    assert errors_of(api.get("rates/?page_size=0")) == [("page_size", "invalid_page_size")]
    assert errors_of(api.get("rates/?ordering=rate")) == [("ordering", "unknown_ordering")]
    assert errors_of(api.get("rates/?cursor=nonsense")) == [("cursor", "invalid_cursor")]
    assert errors_of(api.get("rates/?valid_from=yesterday")) == [("valid_from", "invalid")]
    response = api.post("rates/", {**USD, "rate": "-1", "colour": "red"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert errors_of(response) == [("rate", "not_positive"), ("colour", "unknown_field")]
    assert response.json()["errors"][0]["pointer"] == "/rate"
    assert errors_of(api.post("rates/", [])) == [("", "invalid")]


def test_a_rule_of_the_database_is_a_problem_in_words(people: People) -> None:
    make_rate(currency="USD", rate="0.9", valid_on=date(2026, 1, 5))
    response = Api(people.controller).post("rates/", USD)
    assert response.status_code == 422
    assert response.json()["code"] == "exchange_rate_one_per_day"
    response = Api(people.controller).post("rates/", {**USD, "currency": "QQQ"})
    assert (response.status_code, errors_of(response)) == (
        422,
        [("currency", "unknown_currency")],
    )


def test_what_is_nowhere_is_a_problem_too(people: People) -> None:
    for path in ("nowhere/", "rates/x/", "rates/99999999999999999999/", "rates/1/"):
        response = Api(people.owner).get(path)
        assert response.status_code == 404, path
        assert response["Content-Type"] == "application/problem+json"
    assert Api(people.controller).call("PUT", "rates/").status_code == 405


def test_etags_guard_changes(people: People) -> None:
    rate = make_rate(currency="USD", rate="0.9")
    api, path = Api(people.controller), f"rates/{rate.pk}/"
    read = api.get(path)
    assert api.get(path, If_None_Match=read["ETag"]).status_code == 304
    changed = api.patch(path, {"rate": "0.95"}, If_Match=read["ETag"])
    assert (changed.status_code, changed.json()["rate"]) == (200, "0.9500000000")
    assert changed["ETag"] != read["ETag"]
    stale = api.patch(path, {"rate": "0.5"}, If_Match=read["ETag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    assert api.delete(path, If_Match=read["ETag"]).status_code == 412
    assert ExchangeRate.objects.get().rate == Decimal("0.95")
    assert api.delete(path, If_Match=changed["ETag"]).status_code == 204
    assert not ExchangeRate.objects.exists()


def test_a_key_repeats_the_answer(people: People) -> None:
    api = Api(people.controller)
    first = api.post("rates/", USD, Idempotency_Key="a")
    again = api.post("rates/", dict(reversed(USD.items())), Idempotency_Key="a")
    assert (again.status_code, again.content) == (201, first.content)
    assert (again["Location"], again["Idempotency-Replayed"]) == (first["Location"], "true")
    other = api.post("rates/", {**USD, "rate": "1"}, Idempotency_Key="a")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert ExchangeRate.objects.count() == 1
    theirs = Api(people.administrator).post("rates/", USD, Idempotency_Key="a")
    assert theirs.json()["code"] == "exchange_rate_one_per_day"


def test_a_refused_request_does_not_use_up_its_key(people: People) -> None:
    api = Api(people.controller)
    assert api.post("rates/", {**USD, "rate": "x"}, Idempotency_Key="a").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert api.post("rates/", USD, Idempotency_Key="a").status_code == 201
    assert api.post("rates/", USD, Idempotency_Key="ä").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_twenty_copies_at_once_have_one_effect() -> None:
    api = Api(make_user(roles=[Role.CREDIT_CONTROLLER]))

    def send(_number: int) -> tuple[int, bytes]:
        try:
            response = api.post("rates/", USD, Idempotency_Key="one")
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert {status for status, _content in answers} == {201}
    assert len(answers) == 1
    assert ExchangeRate.objects.count() == 1


def test_pages_are_stable_while_rows_come_and_go(people: People) -> None:
    for day in range(1, 8):
        make_rate(currency="USD", rate="0.9", valid_on=date(2026, 1, day))
    make_rate(currency="SEK", rate="0.1", valid_on=date(2026, 1, 4))
    api = Api(people.owner)
    page = api.get("rates/?page_size=3&ordering=valid_on").json()
    seen = [row["id"] for row in page["results"]]
    make_rate(currency="USD", rate="1", valid_on=date(2025, 1, 1))
    ExchangeRate.objects.get(pk=seen[0]).delete()
    rest = [row["id"] for row in api.every_row(page["next"])]
    assert len(seen) == 3
    assert len(rest) == 5
    assert set(seen).isdisjoint(rest)


def test_updated_since_reads_in_the_order_of_change(people: People) -> None:
    rates = [make_rate(currency=code, rate="0.9") for code in ("USD", "SEK", "NOK")]
    rates[0].save()
    since = rates[1].updated_at.isoformat().replace("+", "%2B")
    rows = Api(people.owner).rows(f"rates/?updated_since={since}")
    assert [row["currency"] for row in rows] == ["SEK", "NOK", "USD"]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_at_any_length(people: People, rows: int) -> None:
    for day in range(1, rows + 1):
        make_rate(currency="USD", rate="0.9", valid_on=date(2026, 1, day))
    api = Api(people.owner)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(api.rows("rates/")) == rows
    assert len(queries) == 3  # token, its last use, rates


def test_bulk_rates_are_all_or_none_and_repeatable(people: People) -> None:
    api = Api(people.controller)
    rows = [{**USD, "valid_on": f"2026-01-0{day}"} for day in (1, 2, 3)]
    first = api.post("rates/bulk/", {"rows": rows}).json()
    assert (first["created"], first["unchanged"]) == (3, 0)
    again = api.post("rates/bulk/", {"rows": [*rows[:2], {**rows[2], "rate": "0.5"}]}).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 2)
    assert [r["id"] for r in again["results"]] == [r["id"] for r in first["results"]]
    bad = api.post("rates/bulk/", {"rows": [rows[0], {"currency": "usd", "x": 1}]})
    assert bad.status_code == 400
    assert sorted(errors_of(bad)) == [
        ("rows.1.currency", "invalid"),
        ("rows.1.rate", "required"),
        ("rows.1.valid_on", "required"),
        ("rows.1.x", "unknown_field"),
    ]
    assert errors_of(api.post("rates/bulk/", {"rows": []})) == [("rows", "invalid")]


def test_currencies_organisation_and_me(people: People) -> None:
    api = Api(people.owner)
    assert api.get("currencies/EUR/").json() == {"code": "EUR", "decimals": 2}
    assert api.get("currencies/ZZZ/").status_code == 404
    assert api.get("organisation/").json()["base_currency"] == "EUR"
    me = api.get("me/").json()
    assert (me["email"], me["team"]["name"]) == ("owner@kam.test", "Nordics")
    assert me["token"]["scope"] == "write"
    assert "accounts.edit" in me["capabilities"]
    assert "imports.run" not in me["capabilities"]
    assert "key" not in me["token"]


def test_job_runs_are_ones_own_unless_one_runs_the_installation(people: People) -> None:
    mine = JobRun.objects.create(name="accounts.recompute_concentration", requested_by=people.owner)
    theirs = JobRun.objects.create(name="imports.commit", requested_by=people.stranger)
    assert [run["id"] for run in Api(people.owner).rows("job-runs/")] == [mine.pk]
    assert Api(people.owner).get(f"job-runs/{theirs.pk}/").status_code == 404
    assert len(Api(people.administrator).rows("job-runs/?state=queued,running")) == 2
    assert Api(people.administrator).rows("job-runs/?name=imports.commit")[0]["id"] == theirs.pk
    assert errors_of(Api(people.owner).get("job-runs/?state=lost")) == [("state", "invalid_choice")]


def test_keys_are_forgotten_after_three_days(people: People) -> None:
    now = timezone.now()
    for key, days in (("old", 4), ("new", 2)):
        made = IdempotencyKey.objects.create(user=people.owner, key=key, status=201)
        IdempotencyKey.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=days))
    assert forget_keys(now=now) == 1
    assert IdempotencyKey.objects.get().key == "new"


def test_a_new_rate_asks_for_what_waited(people: People) -> None:
    api = Api(people.controller)
    assert api.post("rates/", USD).status_code == 201
    assert api.post("rates/bulk/", {"rows": [{**USD, "rate": "0.5"}]}).status_code == 200
    assert [run.name for run in JobRun.objects.all()] == ["accounts.fill_base_amounts"]
