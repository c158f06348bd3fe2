"""Agreements over the API: a version is one document, decided by others than who wrote it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from settlements.choices.terms import Preset, VersionState
from settlements.models import AgreementVersion
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company
from tests.factories.terms import make_active, make_agreement, make_version

pytestmark = pytest.mark.django_db
AGREEMENTS, VERSIONS = "agreements/", "agreement-versions/"
CALENDARS = "business-calendars/"
DOCUMENT: dict[str, Any] = {
    "start": "2026-01-01",
    "end": "2027-01-01",
    "notice_days": 90,
    "schedules": [
        {
            "name": "Turnover",
            "bands": [
                {"lower": "0", "upper": "100000", "rate": "25"},
                {"lower": "100000", "upper": None, "rate": "22"},
            ],
        }
    ],
    "terms": [
        {
            "preset": "guaranteed",
            "title_transfer": "never",
            "settlement_basis": "turnover_net",
            "deduction": "tiered_incremental",
            "schedule": "Turnover",
            "base_event": "statement_confirmed",
            "lines": [
                {"kind": "percent_of_total", "value": "50"},
                {"operations": [{"kind": "days", "value": 45}, {"kind": "end_of_month"}]},
            ],
            "guarantee": {"basis": "sales", "amount": "150000", "test_period": "year"},
            "media": [
                {"medium": "gift", "is_counted": False},
                {"medium": "card", "percent": "5"},
            ],
        }
    ],
    "conditions": [
        {
            "kind": "rebate",
            "name": "Bonus",
            "calculation": "percent_of_purchases",
            "value": "2",
            "channel": "set_off",
            "basis": "net_purchases",
            "cycle": "yearly",
            "payout": "credit_note",
        }
    ],
    "responsibilities": [{"subject": "freight", "bearer": "us"}],
}


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def test_an_agreement_is_written_submitted_approved_and_terminated(
    people: People, account: Account
) -> None:
    company, mine, theirs = make_company(code="RV"), Api(people.owner), Api(people.controller)
    body = {"account": account.pk, "selling_company": "RV", "number": "K1", "name": "Frame",
            "currency": "EUR"}  # fmt: skip
    made = mine.post(AGREEMENTS, body)
    assert made.status_code == 201, made.content
    agreement = made.json()
    assert (agreement["selling_company"], agreement["current"]) == (company.code, None)
    written = mine.post(VERSIONS, {**DOCUMENT, "agreement": agreement["id"]})
    assert written.status_code == 201, written.content
    version = written.json()
    path = f"{VERSIONS}{version['id']}/"
    term = version["terms"][0]
    assert [band["rate"] for band in version["schedules"][0]["bands"]] == ["25.0000", "22.0000"]
    assert term["lines"][1]["operations"][0] == {"kind": "days", "value": 45, "roll": ""}
    assert (term["guarantee"]["amount"], term["schedule"]) == ("150000.0000", "Turnover")
    assert [tuple(one.values()) for one in term["media"]] == [
        ("CARD", True, "5.0000"),
        ("GIFT", False, None),
    ]
    problems = mine.get(f"{path}problems/").json()
    assert not problems["blockers"]
    assert "unconditional_rebate" in {one["code"] for one in problems["cautions"]}
    stale = mine.call("PUT", path, DOCUMENT, headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    changed = mine.call("PUT", path, {**DOCUMENT, "note": "New"},
                        headers={"If-Match": written["ETag"]})  # fmt: skip
    assert changed.json()["note"] == "New"
    assert mine.post(f"{path}submit/").json()["state"] == "in_approval"
    assert mine.post(f"{path}approve/").status_code == 404
    assert mine.call("PUT", path, DOCUMENT).status_code == 422
    returned = theirs.post(f"{path}return/", {"note": "Too long"})
    assert (returned.json()["state"], returned.json()["decision_note"]) == ("draft", "Too long")
    mine.post(f"{path}submit/")
    assert theirs.post(f"{path}approve/", {"note": "Good"}).json()["state"] == "active"
    assert mine.get(f"{AGREEMENTS}{agreement['id']}/").json()["current"] == version["id"]
    copied = {"agreement": agreement["id"], "copy_of": version["id"], "start": "2027-01-01"}
    copy = mine.post(VERSIONS, copied).json()
    assert (copy["version"], copy["terms"][0]["guarantee"]["test_period"]) == (2, "year")
    assert copy["terms"][0]["media"] == term["media"]
    assert mine.delete(f"{VERSIONS}{copy['id']}/").status_code == 204
    ended = theirs.post(f"{path}terminate/", {"on": "2026-12-31", "reason": "Late payers"})
    assert (ended.json()["state"], ended.json()["end"]) == ("terminated", "2026-12-31")


def test_refusals_name_the_field_and_row(people: People, account: Account) -> None:
    agreement = make_agreement(account=account, by=people.owner)
    api = Api(people.owner)
    term = DOCUMENT["terms"][0]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"end": "2026-01-01"}, "end"),
        ({"terms": [{**term, "schedule": "Other"}]}, "terms.0.schedule"),
        ({"terms": [{**term, "lines": [{"kind": "fixed", "value": "5"}]}]}, "terms.0.lines.0.kind"),
        ({"terms": [{**term, "guarantee": {**term["guarantee"], "amount": "0"}}]},
         "terms.0.guarantee.amount"),
        ({"terms": [{**term, "media": [{"medium": "A", "percent": "5"}, {"medium": "a "}]}]},
         "terms.0.media.1.medium"),
        ({"terms": [{**term, "media": [{"medium": "A", "percent": "101"}]}]},
         "terms.0.media.0.percent"),
        ({"schedules": [{"name": "Turnover", "bands": [{"lower": "1", "rate": "2"}]}]},
         "schedules.0.bands.0.lower"),
        ({"conditions": [{**DOCUMENT["conditions"][0], "payout": ""}]}, "conditions.0.payout"),
        ({"responsibilities": [{"subject": "freight", "bearer": "shared"}]},
         "responsibilities.0.our_share"),
    ]  # fmt: skip
    for change, field in cases:
        answer = api.post(VERSIONS, {**DOCUMENT, **change, "agreement": agreement.pk})
        assert answer.status_code == 422, (field, answer.content)
        assert [name for name, _code in errors_of(answer)] == [field]
    assert not AgreementVersion.objects.exists()


def test_who_may_do_what(people: People, account: Account) -> None:
    waiting = make_version(account=account, state=VersionState.IN_APPROVAL)
    path = f"{VERSIONS}{waiting.pk}/"
    acts = [
        ("GET", path, None), ("POST", f"{path}return/", {"note": "No"}),
        ("POST", f"{path}approve/", {}), ("PUT", path, {"start": "2026-01-01"}),
    ]  # fmt: skip
    expected = {
        "owner": [200, 404, 404, 422],
        "teammate": [200, 404, 404, 404],
        "stranger": [404, 404, 404, 404],
        "auditor": [200, 404, 404, 404],
    }
    for who, codes in expected.items():
        api = Api(getattr(people, who))
        assert [api.call(*act).status_code for act in acts] == codes, who
    waiting.refresh_from_db()
    assert waiting.state == VersionState.IN_APPROVAL
    for who in ("director", "controller"):
        other = make_version(account=account, state=VersionState.IN_APPROVAL)
        answer = Api(getattr(people, who)).post(f"{VERSIONS}{other.pk}/approve/")
        assert answer.status_code == 200, who


def test_filters_and_lists_cost_the_same_at_any_length(people: People, account: Account) -> None:
    store = make_account(parent=account, lead=people.owner)
    make_active(account=store, preset=Preset.CONSIGNMENT)
    api = Api(people.owner)

    def counted(path: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            rows = api.rows(path)
        return len(rows), len(queries)

    few = {path: counted(path) for path in (AGREEMENTS, VERSIONS)}
    make_active(account=account)
    make_version(account=account)
    make_active(account=make_account(lead=people.stranger))
    for path, (rows, queries) in few.items():
        assert (rows, counted(path)) == (1, (3, queries))
    for query, count in [
        (f"{AGREEMENTS}?within={account.pk}", 3), (f"{AGREEMENTS}?account={store.pk}", 1),
        (f"{AGREEMENTS}?method=consignment", 1), (f"{AGREEMENTS}?state=draft", 1),
        (f"{VERSIONS}?state=active&on=2026-06-01", 2), (f"{VERSIONS}?on=2025-06-01", 0),
    ]:  # fmt: skip
        assert len(api.rows(query)) == count, query


def test_calendars_are_whole_documents(people: People) -> None:
    body = {"code": "fi", "name": "Finland", "days": [
        {"day": "2026-12-24", "name": "Christmas Eve"},
        {"day": "2026-12-26", "is_working": True, "is_confirmed": True},
    ]}  # fmt: skip
    assert Api(people.owner).post(CALENDARS, body).status_code == 404
    api = Api(people.controller)
    made = api.post(CALENDARS, body)
    assert made.status_code == 201, made.content
    path = f"{CALENDARS}{made.json()['id']}/"
    twice = {**body, "days": [body["days"][0], body["days"][0]]}
    assert api.call("PUT", path, twice).status_code == 422
    assert api.call("PUT", path, {**body, "days": body["days"][:1]}).status_code == 200
    assert len(Api(people.owner).get(path).json()["days"]) == 1
    assert api.get(path).json()["days"][0]["day"] == "2026-12-24"
