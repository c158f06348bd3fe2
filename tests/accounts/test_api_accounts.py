"""Accounts over the API: who sees and changes what, and that nothing happens otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, AccountIdentifier, LeadAssignment, ParentLink
from kam.identity.choices import Role, TokenScope
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.identity import make_user

KESKO = {"name": "Kesko", "kind": "group", "country": "FI"}


def test_each_sees_what_is_theirs(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner, external_id="C1")
    path = f"accounts/{account.pk}/"
    for user in (people.owner, people.teammate, people.director, people.auditor):
        assert [row["name"] for row in Api(user).rows("accounts/")] == ["Kesko"]
        assert Api(user).get(path).json()["identifiers"] == [{"system": "erp", "value": "C1"}]
    assert Api(people.stranger).rows("accounts/") == []
    foreign, unknown = Api(people.stranger).get(path), Api(people.stranger).get("accounts/999999/")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert Api().get(path).status_code == 401


@pytest.mark.parametrize("who", ["teammate", "stranger", "auditor", "controller"])
def test_who_may_not_change_changes_nothing(people: People, who: str) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    other = make_account(name="S Group", lead=people.owner)
    api, path = Api(getattr(people, who)), f"accounts/{account.pk}/"
    move = {"parent": other.pk, "from_date": "2026-01-01"}
    lead = {"lead": people.stranger.pk, "from_date": "2026-01-01"}
    assert api.patch(path, {"name": "Mine"}).status_code == 404
    assert api.post(f"{path}move/", move).status_code == 404
    assert api.post(f"{path}lead/", lead).status_code == 404
    assert api.post(f"{path}merge/", {"duplicate": other.pk}).status_code == 404
    assert api.delete(path).status_code in {404, 405}
    account.refresh_from_db()
    assert (account.name, account.current_parent_id) == ("Kesko", None)
    assert LeadAssignment.objects.get(account=account).user == people.owner
    assert not ParentLink.objects.exists()


def test_a_read_only_token_of_the_owner_changes_nothing(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    api = Api(people.owner, scope=TokenScope.READ)
    assert api.get(f"accounts/{account.pk}/").status_code == 200
    assert api.patch(f"accounts/{account.pk}/", {"name": "X"}).status_code == 403
    assert api.post("accounts/", KESKO).status_code == 403
    assert Account.objects.get().name == "Kesko"


def test_a_parent_out_of_sight_is_not_named(people: People) -> None:
    group = make_account(name="Secret Holding", lead=people.stranger)
    banner = make_account(name="Banner", kind="banner", parent=group, lead=people.owner)
    seen = Api(people.owner).get(f"accounts/{banner.pk}/")
    assert (seen.json()["is_root"], seen.json()["parent"], seen.json()["group"]) == (
        False,
        None,
        None,
    )
    assert seen.json()["parents"][0]["parent"] is None
    assert "Secret" not in seen.content.decode()
    everything = Api(people.auditor).get(f"accounts/{banner.pk}/").json()
    assert everything["parent"] == everything["group"] == {"id": group.pk, "name": "Secret Holding"}


def test_filters(people: People) -> None:
    group = make_account(name="Kesko", country="FI", external_id="G1")
    banner = make_account(
        name="K-Market", kind="banner", parent=group, country="EE", lead=people.owner
    )
    store = make_account(name="Näkymä", kind="store", parent=banner, channel="convenience")
    other = make_account(
        name="Lidl", country="DE", external_id="G1", system="crm", status="prospect"
    )
    api = Api(people.auditor)

    def found(query: str) -> list[int]:
        return [row["id"] for row in api.rows(f"accounts/?{query}")]

    assert found("kind=banner,store") == [banner.pk, store.pk]
    assert found("country=EE,DE&ordering=-name") == [other.pk, banner.pk]
    assert found("status=prospect") == [other.pk]
    assert found("channel=convenience") == [store.pk]
    assert found(f"parent={group.pk}") == [banner.pk]
    assert found(f"group={group.pk}") == [banner.pk, group.pk, store.pk]
    assert found(f"within={banner.pk}") == [banner.pk, store.pk]
    assert found(f"lead={people.owner.pk}") == [banner.pk, store.pk]
    assert found("external_id=G1") == [group.pk, other.pk]
    assert found("external_id=G1&system=crm") == [other.pk]
    assert found("q=nakyma") == [store.pk]
    assert found("lead=999999") == []
    assert errors_of(api.get("accounts/?kind=planet"))[0][0] == "kind"
    assert errors_of(api.get("accounts/?owner=1")) == [("owner", "unknown_parameter")]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_any_length(people: People, rows: int) -> None:
    group = make_account(name="Group", lead=people.owner)
    for number in range(rows - 1):
        make_account(parent=group, kind="banner", external_id=f"B{number}")
    api = Api(people.owner)
    with CaptureQueriesContext(connection) as queries:
        assert len(api.rows("accounts/")) == rows
    assert len(queries) == 5  # token, its last use, whose accounts, accounts, identifiers


def test_a_manager_creates_and_leads(people: People) -> None:
    made = Api(people.owner).post(
        "accounts/", {**KESKO, "currency": "EUR", "identifiers": [{"system": "erp", "value": "7"}]}
    )
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["lead"]["email"] == "owner@kam.test"
    assert (body["is_root"], body["currency"]) == (True, "EUR")
    assert body["identifiers"] == [{"system": "erp", "value": "7"}]
    assert made["Location"].endswith(f"/api/v1/accounts/{body['id']}/")
    below = Api(people.owner).post(
        "accounts/", {"name": "K-Market", "kind": "banner", "parent": body["id"]}
    )
    assert below.json()["parent"] == {"id": body["id"], "name": "Kesko"}
    assert below.json()["leads"] == []
    taken = Api(people.owner).post(
        "accounts/", {**KESKO, "identifiers": [{"system": "erp", "value": "7"}]}
    )
    assert (taken.status_code, taken.json()["code"]) == (422, "account_identifier_unique")
    assert Account.objects.count() == 2


def test_creating_is_strict(people: People) -> None:
    foreign = make_account(lead=people.stranger)
    api = Api(people.owner)
    bad = {"name": "", "kind": "planet", "country": "Finland", "id": 5, "parent": foreign.pk}
    assert sorted(errors_of(api.post("accounts/", bad))) == [
        ("country", "invalid"),
        ("id", "unknown_field"),
        ("kind", "invalid_choice"),
        ("name", "blank"),
    ]
    for parent in (foreign.pk, 999999):
        response = api.post("accounts/", {**KESKO, "parent": parent})
        assert (response.status_code, errors_of(response)) == (400, [("parent", "does_not_exist")])
    theirs = api.post("accounts/", {**KESKO, "lead": people.stranger.pk})
    assert (theirs.status_code, errors_of(theirs)) == (422, [("lead", "not_allowed")])
    assert api.post("accounts/", {**KESKO, "status": "merged"}).status_code == 400
    assert Account.objects.count() == 1


def test_changing_with_its_version(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner, external_id="1")
    api, path = Api(people.owner), f"accounts/{account.pk}/"
    etag = api.get(path)["ETag"]
    changed = api.patch(path, {"status": "dormant", "region": "South"}, If_Match=etag)
    assert (changed.status_code, changed.json()["status"]) == (200, "dormant")
    assert changed.json()["name"] == "Kesko"
    assert api.patch(path, {"region": "North"}, If_Match=etag).status_code == 412
    wrong = api.patch(path, {"identifiers": [{"system": "gln", "value": "3"}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_gln")
    assert [one["field"] for one in wrong.json()["errors"]] == ["identifiers.0.value"]
    body = {"name": "New", "kind": "group", "identifiers": [{"system": "VAT", "value": "FI1"}]}
    wrong = api.post("accounts/", body)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_vat")
    assert [one["field"] for one in wrong.json()["errors"]] == ["identifiers.0.value"]
    pairs = [{"system": "GLN", "value": "4006381333931"}, {"system": "erp", "value": "2"}]
    replaced = api.patch(path, {"identifiers": pairs}, If_Match=changed["ETag"])
    assert replaced.json()["identifiers"] == pairs
    assert replaced.json()["updated_at"] > changed.json()["updated_at"]
    account.refresh_from_db()
    assert account.region == "South"
    assert AccountIdentifier.objects.count() == 2


def test_the_history_says_whose_token_it_was(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    Api(people.owner).patch(f"accounts/{account.pk}/", {"name": "Kesko Oyj"})
    event = Account.pgh_event_models["update"].objects.latest("pgh_id")  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["user"] == people.owner.pk


def test_moving_from_a_day_on(people: People) -> None:
    old, new = (
        make_account(name="Old", lead=people.owner),
        make_account(name="New", lead=people.owner),
    )
    banner = make_account(name="Banner", kind="banner", parent=old)
    api, path = Api(people.owner), f"accounts/{banner.pk}/"
    moved = api.post(f"{path}move/", {"parent": new.pk, "from_date": "2026-01-01"}).json()
    assert moved["parent"] == {"id": new.pk, "name": "New"}
    assert [(link["parent"]["name"], link["valid_from"]) for link in moved["parents"]] == [
        ("Old", "2000-01-01"),
        ("New", "2026-01-01"),
    ]
    since = moved["updated_at"].replace("+", "%2B")
    assert moved["updated_at"] > banner.updated_at.isoformat()
    assert [row["id"] for row in api.rows(f"accounts/?updated_since={since}")] == [banner.pk]
    circle = api.post(f"accounts/{new.pk}/move/", {"parent": banner.pk, "from_date": "2026-02-01"})
    assert (circle.status_code, circle.json()["code"]) == (422, "parent_link_no_cycle")
    assert errors_of(api.post(f"{path}move/", {"parent": None})) == [("from_date", "required")]


def test_the_lead_from_a_day_on(people: People) -> None:
    account = make_account(lead=people.owner)
    api, path = Api(people.director), f"accounts/{account.pk}/"
    body = {"lead": people.teammate.pk, "from_date": "2026-01-01"}
    led = api.post(f"{path}lead/", body).json()
    assert led["lead"]["email"] == "teammate@kam.test"
    assert [one["valid_before"] for one in led["leads"]] == ["2026-01-01", None]
    gone = make_user(is_active=False)
    bad = api.post(f"{path}lead/", {"lead": gone.pk, "from_date": "2026-01-01"})
    assert errors_of(bad) == [("lead", "does_not_exist")]
    assert (
        api.post(f"{path}lead/", {"lead": None, "from_date": "2026-01-02"}).json()["lead"] is None
    )


def test_a_lead_who_takes_it_out_of_sight(people: People) -> None:
    director = make_user(roles=[Role.SALES_DIRECTOR], team=people.owner.team)
    account = make_account(lead=people.owner)
    body = {"lead": people.stranger.pk, "from_date": "2026-01-01"}
    assert Api(director).post(f"accounts/{account.pk}/lead/", body).status_code == 204
    assert Api(director).get(f"accounts/{account.pk}/").status_code == 404


def test_merging_a_duplicate(people: People) -> None:
    keep = make_account(name="Kesko", lead=people.owner, external_id="1")
    drop = make_account(name="KESKO OY", lead=people.owner, external_id="2")
    api, path = Api(people.director), f"accounts/{keep.pk}/merge/"
    plan = api.post(path, {"duplicate": drop.pk, "dry_run": True}).json()
    assert (plan["merged"], plan["blockers"]) == (False, [])
    assert Account.objects.filter(merged_into=keep).count() == 0
    assert api.post(path, {"duplicate": drop.pk}).json()["merged"] is True
    assert api.get(f"accounts/{drop.pk}/").json()["merged_into"] == keep.pk
    assert len(api.get(f"accounts/{keep.pk}/").json()["identifiers"]) == 2
    again = api.post(path, {"duplicate": drop.pk})
    assert (again.status_code, again.json()["code"]) == (422, "merged")


ROWS: list[dict[str, Any]] = [
    {"system": "erp", "external_id": "S1", "name": "Store", "kind": "store",
     "parent_external_id": "B1"},
    {"system": "erp", "external_id": "B1", "name": "Banner", "kind": "banner",
     "parent_external_id": "G1", "country": "FI"},
    {"system": "erp", "external_id": "G1", "name": "Group", "kind": "group",
     "lead_email": "owner@kam.test"},
]  # fmt: skip


def test_bulk_in_any_order_and_twice(people: People) -> None:
    api = Api(make_user(roles=[Role.INTEGRATION]))
    first = api.post("accounts/bulk/", {"rows": ROWS}).json()
    assert (first["created"], first["rejected"]) == (3, 0)
    store = Account.objects.get(pk=first["results"][0]["id"])
    assert (store.name, len(store.path), store.current_lead) == ("Store", 3, people.owner)
    events = Account.pgh_event_models["insert"].objects.count()  # type: ignore[attr-defined]
    again = api.post("accounts/bulk/", {"rows": ROWS}).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert Account.pgh_event_models["insert"].objects.count() == events  # type: ignore[attr-defined]
    moved = {**ROWS[0], "parent_external_id": "G1", "valid_from": "2026-01-01"}
    third = api.post("accounts/bulk/", {"rows": [moved, {**ROWS[1], "country": "EE"}]}).json()
    assert third["updated"] == 2
    assert [link.valid.lower for link in store.parent_links.all()] == [None, date(2026, 1, 1)]


def test_bulk_is_all_or_none_unless_partial(people: People) -> None:
    make_account(name="Theirs", lead=people.stranger, external_id="T1")
    rows = [
        ROWS[2],
        {"system": "erp", "external_id": "T1", "name": "Stolen"},
        {"system": "erp", "external_id": "X", "kind": "store"},
        {"system": "erp", "external_id": "Y", "name": "Y", "kind": "store",
         "parent_external_id": "nowhere"},
    ]  # fmt: skip
    api = Api(people.owner)
    refused = api.post("accounts/bulk/", {"rows": rows})
    assert (refused.status_code, sorted(errors_of(refused))) == (
        400,
        [
            ("rows.1.external_id", "account_identifier_unique"),
            ("rows.2.name", "required"),
            ("rows.3.parent_external_id", "unknown_parent"),
        ],
    )
    assert Account.objects.count() == 1
    partly = api.post("accounts/bulk/?partial=true", {"rows": rows}).json()
    assert [result["status"] for result in partly["results"]] == ["created", *["rejected"] * 3]
    assert partly["results"][2]["errors"][0]["field"] == "name"
    assert set(Account.objects.values_list("name", flat=True)) == {"Theirs", "Group"}


def test_pages_hold_while_accounts_come(people: People) -> None:
    for name in "BDFH":
        make_account(name=name)
    api = Api(people.auditor)
    page = api.get("accounts/?page_size=2").json()
    make_account(name="A")
    make_account(name="G")
    rest = [row["name"] for row in api.every_row(page["next"])]
    assert [row["name"] for row in page["results"]] == ["B", "D"]
    assert rest == ["F", "G", "H"]
