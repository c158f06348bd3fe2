"""Concentration over the API: the figures of the command line, and nothing of others'."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import ConcentrationSnapshot
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.services.concentration import compute_snapshot
from kam.core.dates import Period
from kam.core.models import JobRun
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.core import make_rate

PERIOD = "from=2026-01-01&to=2027-01-01"
GOLDEN = ("40", "20", "10", "10", "8", "6", "3", "1.5", "1", "0.5")


def _golden(people: People) -> None:
    for number, amount in enumerate(GOLDEN):
        lead = people.owner if number < 2 else people.stranger
        account = make_account(name=f"Customer {number}", lead=lead, external_id=f"C{number}")
        make_entry(account=account, amount=amount)
    make_entry(account=None, amount="5")
    make_entry(account=make_account(name="Returns"), amount="-2.50")


def test_the_golden_vector_and_the_command_line_agree(people: People) -> None:
    _golden(people)
    answer = Api(people.director).get(f"concentration/?{PERIOD}").json()
    assert (answer["total"], answer["total_left_out"], answer["unassigned"]) == (
        "100.00",
        "-2.50",
        "5.00",
    )
    assert (answer["cr1"], answer["cr3"], answer["hhi"]) == (0.4, 0.7, 2312.5)
    assert (answer["customers"], answer["left_out"]) == (10, 1)
    assert answer["top"][0] == {
        "rank": 1,
        "id": answer["top"][0]["id"],
        "account": "C0",
        "name": "Customer 0",
        "amount": "40.00",
        "share": 0.4,
    }
    out = StringIO()
    options = {"start": date(2026, 1, 1), "end": date(2027, 1, 1), "json": True}
    call_command("concentration", stdout=out, **options)
    told = json.loads(out.getvalue())
    for name in told.keys() - {"top"}:
        assert float(answer[name]) == pytest.approx(told[name], abs=0), name
    assert [(row["account"], float(row["amount"]), row["share"]) for row in answer["top"]] == [
        (row["account"], row["amount"], row["share"]) for row in told["top"]
    ]


def test_a_limited_user_learns_nothing_of_the_company(people: People) -> None:
    _golden(people)
    for user in (people.owner, people.teammate):
        response = Api(user).get(f"concentration/?{PERIOD}")
        answer = response.json()
        assert answer["is_company"] is False
        assert [(row["account"], row["amount"], row["share"]) for row in answer["top"]] == [
            ("C0", "40.00", None),
            ("C1", "20.00", None),
        ]
        told = {"from", "to", "level", "filters", "currency", "is_company", "top"}
        assert {name for name, value in answer.items() if value is not None} == told
        assert "100.00" not in response.content.decode()
    assert Api().get(f"concentration/?{PERIOD}").status_code == 401


def test_filters_and_their_mistakes(people: People) -> None:
    dairy = make_category(code="D")
    finnish = make_account(country="FI", channel="discount")
    make_entry(account=finnish, amount="3", category=dairy)
    make_entry(account=make_account(country="RO"), amount="4")
    api = Api(people.auditor)

    def total(query: str) -> str:
        return str(api.get(f"concentration/?{PERIOD}&{query}").json()["total"])

    assert total("country=RO") == "4.00"
    assert total("category=D") == "3.00"
    assert total("channel=modern") == "3.00"
    assert total("level=account") == "7.00"
    make_rate(currency="USD", rate="0.5")
    assert total("currency=USD") == "14.00"
    gone = api.get(f"concentration/?{PERIOD}&currency=SEK")
    assert (gone.status_code, gone.json()["code"]) == (422, "missing_rates")
    assert "SEK" in gone.json()["detail"]
    bad = api.get("concentration/?from=2026-01-01&to=2026-01-01&level=planet&category=X&kind=1")
    assert errors_of(bad) == [("kind", "unknown_parameter")]
    bad = api.get("concentration/?from=2026-01-01&level=planet&category=X")
    assert sorted(errors_of(bad)) == [
        ("category", "does_not_exist"),
        ("level", "invalid_choice"),
        ("to", "required"),
    ]
    assert errors_of(api.get("concentration/?from=2026-01-02&to=2026-01-02")) == [
        ("to", "empty_period")
    ]


def test_snapshots_are_for_who_sees_the_company(people: People) -> None:
    _golden(people)
    query = ConcentrationQuery(period=Period.year(2026))
    snapshot = compute_snapshot(query=query).snapshot
    path = f"concentration/snapshots/{snapshot.pk}/"
    assert Api(people.owner).rows("concentration/snapshots/") == []
    assert Api(people.owner).get(path).status_code == 404
    [row] = Api(people.auditor).rows("concentration/snapshots/?scope_key=group")
    assert (row["id"], row["from"], row["to"]) == (snapshot.pk, "2026-01-01", "2027-01-01")
    detail = Api(people.auditor).get(path).json()
    assert len(detail["rows"]) == 11
    assert detail["rows"][0]["amount"] == "40.0000"
    assert detail["unassigned"] == "5.0000"
    assert "before" not in detail["figures"]
    assert (detail["figures"]["cr1"], detail["figures"]["hhi"]) == (0.4, 2312.5)
    assert detail["figures"]["total"] == "100.0000"


def test_recomputing_is_a_job_that_waits_once(people: People) -> None:
    for user in (people.owner, people.auditor):
        assert Api(user).post("concentration/recompute/").status_code == 404
    assert not JobRun.objects.exists()
    first = Api(people.director).post("concentration/recompute/")
    again = Api(people.controller).post("concentration/recompute/")
    assert (first.status_code, first.json()["state"]) == (202, "queued")
    assert first.json()["id"] == again.json()["id"]
    assert not ConcentrationSnapshot.objects.exists()
