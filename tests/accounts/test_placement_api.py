"""Addresses, placements, store checks, tasks and availability over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.models import AccountAddress, Placement, StoreCheck, Task
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account, make_product
from tests.factories.placement import make_check, make_placement, make_service_line, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(people: People) -> Any:
    banner = make_account(name="Banner", kind="banner", lead=people.owner)
    return make_store(parent=banner, name="Store")


def test_addresses(people: People, store: Any) -> None:
    api = Api(people.owner)
    made = api.post(
        "account-addresses/",
        {"account": store.pk, "kind": "delivery", "lines": "Gate 4", "country": "fi"},
    )
    assert (made.status_code, made.json()["country"], made.json()["is_main"]) == (201, "FI", True)
    path = f"account-addresses/{made.json()['id']}/"
    assert api.patch(path, {"city": "Turku"}).json()["city"] == "Turku"
    assert api.patch(path, {"lines": "", "city": ""}).json()["code"] == "account_address_says_where"
    assert [row["id"] for row in api.rows(f"account-addresses/?within={store.current_group_id}")]
    assert Api(people.stranger).get(path).status_code == 404
    assert Api(people.teammate).patch(path, {"city": "Oulu"}).status_code == 404
    assert Api(people.auditor).patch(path, {"city": "Oulu"}).status_code == 404
    assert api.delete(path).status_code == 204
    assert not AccountAddress.objects.exists()


def test_a_placement_and_its_steps(people: People, store: Any) -> None:
    make_product(code="P-1")
    api = Api(people.owner)
    body = {"account": store.pk, "product": "P-1", "kind": "facings", "valid_from": "2026-01-01"}
    refused = api.post("placements/", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "placement_facings_say_how_many")
    unknown = api.post("placements/", {**body, "product": "P-9"})
    assert (unknown.status_code, errors_of(unknown)) == (400, [("product", "does_not_exist")])
    made = api.post("placements/", {**body, "quantity": 4})
    assert (made.status_code, made.json()["stage"], made.json()["steps"]) == (201, "proposed", [])
    path = f"placements/{made.json()['id']}/"
    skipped = api.post(f"{path}step/", {"stage": "promoted"})
    assert (skipped.status_code, skipped.json()["code"]) == (422, "placement_step_in_order")
    agreed = api.post(f"{path}step/", {"stage": "agreed", "reached_on": "2026-02-01"}).json()
    assert (agreed["stage"], agreed["stage_on"], len(agreed["steps"])) == (
        "agreed",
        "2026-02-01",
        1,
    )
    ended = api.patch(path, {"valid_before": "2026-06-01"}).json()
    assert (ended["valid_before"], ended["quantity"]) == ("2026-06-01", 4)
    assert len(api.rows("placements/?stage=agreed&on=2026-05-31&product=P-1")) == 1
    assert api.rows("placements/?on=2026-06-01") == []
    assert Api(people.stranger).get(path).status_code == 404
    assert Api(people.teammate).post(f"{path}step/", {"stage": "on_shelf"}).status_code == 404
    assert Placement.objects.get().stage == 1


def test_a_whole_check_at_once(people: People, store: Any) -> None:
    one, two = make_placement(account=store.current_parent), make_placement(account=store)
    other = make_placement(account=make_account(lead=people.owner))
    api = Api(people.owner)
    lines: list[dict[str, Any]] = [{"placement": other.pk, "outcome": "found"}]
    wrong = api.post("store-checks/", {"account": store.pk, "lines": lines})
    assert (wrong.status_code, errors_of(wrong)) == (
        400,
        [("lines.0.placement", "does_not_exist")],
    )
    assert not StoreCheck.objects.exists()
    lines = [
        {"placement": one.pk, "outcome": "not_found", "reason": "not_ordered"},
        {"placement": two.pk, "outcome": "found"},
    ]
    made = api.post("store-checks/", {"account": store.pk, "lines": lines, "note": "Early"})
    assert (made.status_code, made.json()["state"], len(made.json()["lines"])) == (
        201,
        "finished",
        2,
    )
    figures = api.get("availability/").json()
    wanted = {"planned": 2, "checked": 2, "found": 1, "compliance": 0.5, "gaps": 1}
    assert {name: figures[name] for name in wanted} == wanted
    assert figures["fill_rate"] is None
    assert Api(people.stranger).get("availability/").json()["compliance"] is None
    assert Api(people.administrator).post("store-checks/", {}).status_code == 404
    director = Api(people.director)
    assert len(director.rows("store-checks/?state=finished")) == 1


JPEG = b"\xff\xd8\xff\xe0shelf"


def _put_photo(user: Any, line: Any, content: bytes, **fields: str) -> Any:
    form = {**fields, "photo": SimpleUploadedFile("shelf.svg", content, "image/svg+xml")}
    data = encode_multipart(BOUNDARY, form)
    return Api(user).raw("PUT", f"store-check-photos/{line.pk}/", data, MULTIPART_CONTENT)


def test_a_photo_is_told_by_its_content_and_read_as_an_attachment(
    people: People, store: Any
) -> None:
    api, placement = Api(people.owner), make_placement(account=store)
    lines = [{"placement": placement.pk, "outcome": "found"}]
    made = api.post("store-checks/", {"account": store.pk, "lines": lines, "finish": False})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    line = StoreCheck.objects.get().lines.get()
    assert _put_photo(people.owner, line, b"<svg onload=alert(1)>").json()["code"] == "no_photo"
    assert api.get(f"store-check-photos/{line.pk}/").status_code == 404
    kept = _put_photo(people.owner, line, JPEG)
    assert (kept.status_code, kept.json()["has_photo"]) == (200, True)
    assert Api(people.director).get(f"store-check-photos/{line.pk}/").status_code == 404

    assert api.post(f"store-checks/{made.json()['id']}/finish/").json()["state"] == "finished"
    late = _put_photo(people.owner, line, JPEG)
    assert (late.status_code, late.json()["code"]) == (422, "store_check_correction_says_why")
    assert _put_photo(people.owner, line, JPEG, why="Was blurred").status_code == 200
    read = Api(people.director).get(f"store-check-photos/{line.pk}/")
    assert (read["Content-Type"], read["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert read["Content-Disposition"].startswith("attachment")
    assert b"".join(read.streaming_content) == JPEG
    for user in (people.stranger, people.teammate, people.auditor):
        assert _put_photo(user, line, JPEG, why="x").status_code == 404
    assert Api(people.stranger).get(f"store-check-photos/{line.pk}/").status_code == 404


def test_drafts_are_ones_own(people: People, store: Any) -> None:
    placement = make_placement(account=store)
    check = make_check(
        store=store, seen={placement.pk: "found"}, checker=people.owner, finished=False
    )
    assert Api(people.owner).get(f"store-checks/{check.pk}/").status_code == 200
    assert Api(people.director).get(f"store-checks/{check.pk}/").status_code == 404


def test_tasks(people: People, store: Any) -> None:
    api = Api(people.owner)
    made = api.post("tasks/", {"account": store.pk, "title": "Call", "due_on": "2026-12-01"})
    assert (made.status_code, made.json()["owner"]["id"]) == (201, people.owner.pk)
    path = f"tasks/{made.json()['id']}/"
    assert len(api.rows("tasks/?open=true")) == 1
    assert Api(people.teammate).post(f"{path}finish/", {}).status_code == 404
    done = api.post(f"{path}finish/", {"outcome": "Agreed"}).json()
    assert (done["outcome"], done["done_on"]) == ("Agreed", timezone.localdate().isoformat())
    assert api.post(f"{path}finish/", {}).json()["code"] == "task_done"
    assert api.rows("tasks/?open=true") == []
    assert Task.objects.count() == 1


def test_deliveries(people: People, store: Any) -> None:
    make_service_line(account=store, ordered=8, delivered=6, orders=4, otif=3)
    api = Api(people.owner)
    figures = api.get("availability/?from=2026-05-01&until=2026-06-01").json()
    assert (figures["from"], figures["fill_rate"], figures["otif"]) == ("2026-05-01", 0.75, 0.75)
    assert api.get("availability/?from=2026-05-01&until=2026-05-01").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("placements", 4), ("store-checks", 4), ("tasks", 4)]
)
def test_lists_ask_the_same_at_any_length(
    people: People, name: str, queries: int, count: int, django_assert_num_queries: Any
) -> None:
    for _one in range(count):
        store = make_store(lead=people.owner)
        placement = make_placement(account=store)
        make_check(store=store, seen={placement.pk: "found"}, checker=people.owner)
        Task.objects.create(
            account=store, title="x", owner=people.owner, due_on=timezone.localdate()
        )
    api = Api(people.owner)
    with django_assert_num_queries(queries):
        assert len(api.rows(f"{name}/")) == count
