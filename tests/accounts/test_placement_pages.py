from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountAddress, Placement, StoreCheck, StoreCheckLine, Task
from accounts.services import tasks
from accounts.services.placement import checks
from kam.core.cockpit import actions_of, glance_of
from kam.core.todos import todos_for
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_product
from tests.factories.placement import (
    JPEG,
    line_of,
    make_placement,
    make_service_line,
    make_store,
)
from tests.factories.placement import make_check as make_check_on

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
WHO = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


def today() -> date:
    """The day on which the pages look."""
    return timezone.localdate()


def make_check(**facts: Any) -> StoreCheck:
    """A check of today unless said."""
    return make_check_on(**{"on": today(), **facts})


@pytest.fixture
def store(people: People) -> Any:
    banner = make_account(name="Banner", kind="banner", lead=people.owner)
    return make_store(parent=banner, name="Store of the owner")


def page(client: Client, name: str, *args: Any, **query: str) -> Any:
    return client.get(reverse(f"accounts:{name}", args=args, query=query))


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    headers = data.pop("headers", {})
    return client.post(reverse(f"accounts:{name}", args=args), data, headers=headers)


# Who may what


READ = ["placement-list", "availability", "service-level", "store-checks", "task-list"]


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("who", WHO)
def test_everybody_reads_the_boards(people: People, name: str, who: str) -> None:
    assert page(client_of(getattr(people, who)), name).status_code == 200


ACTS: dict[str, tuple[Callable[[Any], tuple[Any, ...]], dict[str, Any], str]] = {
    "address-create": (lambda s: (s.pk,), {"kind": "visiting", "city": "Oulu"}, "edit"),
    "placement-create-at": (
        lambda s: (s.pk,),
        {"kind": "promotion", "product": "PRODUCT", "valid_from": "2026-01-01"},
        "edit",
    ),
    "placement-step": (
        lambda s: (s.placements.get().pk,),
        {"stage": "2", "reached_on": "2026-06-01"},
        "edit",
    ),
    "placement-end": (lambda s: (s.placements.get().pk,), {"last_day": "2027-06-30"}, "edit"),
    "store-check-begin": (lambda s: (s.pk,), {}, "check"),
    "gap-follow-up": (lambda s: (StoreCheckLine.objects.get().pk,), {}, "check"),
    "store-check-correct": (
        lambda s: (StoreCheck.objects.get().pk, StoreCheckLine.objects.get().pk),
        {"outcome": "found", "why": "Looked again"},
        "check",
    ),
    "task-create": (
        lambda s: (s.pk,),
        {"title": "Call", "owner": "OWNER", "due_on": "2027-07-01"},
        "edit",
    ),
}
MAY = {
    "edit": {"owner", "director", "administrator"},
    "check": {"owner", "director"},
}


def _counts() -> list[Any]:
    models = (AccountAddress, Placement, StoreCheck, Task)
    steps = list(Placement.objects.order_by("pk").values_list("stage", "valid"))
    seen = list(StoreCheckLine.objects.order_by("pk").values_list("outcome", flat=True))
    return [*(model.objects.count() for model in models), steps, seen]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ACTS)
def test_who_may_do_what(people: People, store: Any, name: str, who: str) -> None:
    placement = make_placement(account=store)
    make_check(store=store, seen={placement.pk: "not_found"})
    args, data, kind = ACTS[name]
    swap = {"PRODUCT": placement.product_id, "OWNER": people.owner.pk}
    before = _counts()
    response = post(
        client_of(getattr(people, who)),
        name,
        *args(store),
        **{key: swap.get(value, value) for key, value in data.items()},
    )
    allowed = who in MAY[kind]
    assert response.status_code == (302 if allowed else 404)
    assert (_counts() != before) == allowed


def test_another_ones_draft_is_not_there(people: People, store: Any) -> None:
    placement = make_placement(account=store)
    check = make_check(store=store, seen={}, checker=people.owner, finished=False)
    line = line_of(check, placement)
    director = client_of(people.director)
    assert page(director, "store-check", check.pk).status_code == 404
    assert post(director, "store-check-line", check.pk, line.pk, outcome="found").status_code == 404
    assert post(director, "store-check-finish", check.pk).status_code == 404
    assert line_of(check, placement).outcome == ""


# A check on the phone


def test_a_check_from_the_first_tap_to_the_end(people: People, store: Any) -> None:
    bread = make_placement(account=store.current_parent, product=make_product(code="Bread"))
    facings = make_placement(
        account=store, product=make_product(code="Milk"), kind="facings", quantity=4
    )
    client = client_of(people.owner)
    begun = post(client, "store-check-begin", store.pk)
    check = StoreCheck.objects.get()
    assert begun.url == check.get_absolute_url()
    shown = page(client, "store-check", check.pk).content.decode()
    assert "0 of 2 looked at" in shown
    assert "Facings: 4" in shown
    one, two = line_of(check, bread), line_of(check, facings)
    tapped = post(
        client, "store-check-line", check.pk, one.pk, outcome="not_found", current="", headers=HX
    )
    body = tapped.content.decode()
    assert tapped.status_code == 200
    assert f'id="line-{one.pk}"' in body
    assert 'hx-swap-oob="true"' in body
    assert "1 of 2 looked at, 0 found" in body
    assert "<html" not in body
    photo = SimpleUploadedFile("shelf.svg", JPEG, content_type="image/svg+xml")
    kept = post(
        client,
        "store-check-line",
        check.pk,
        one.pk,
        current="not_found",
        reason="not_ordered",
        photo=photo,
    )
    assert kept.url == f"{check.get_absolute_url()}#line-{one.pk}"
    line = line_of(check, bread)
    assert (line.outcome, line.reason, line.photo_kind) == ("not_found", "not_ordered", "jpg")
    post(
        client, "store-check-line", check.pk, two.pk, outcome="found", quantity="3", reason="other"
    )
    line = line_of(check, facings)
    assert (line.outcome, line.quantity, line.reason) == ("found", 3, "")
    post(client, "store-check-finish", check.pk, note="Closed early")
    check.refresh_from_db()
    assert (check.is_finished, check.note) == (True, "Closed early")
    read = page(client, "store-check", check.pk).content.decode()
    assert "Fewer than agreed" in read
    assert "Follow up" in read
    assert "Finish the check" not in read


def test_a_photo_is_a_download(people: People, store: Any) -> None:
    placement = make_placement(account=store)
    check = make_check(store=store, seen={}, checker=people.owner, finished=False)
    line = line_of(check, placement)
    client = client_of(people.owner)
    assert page(client, "store-check-photo", check.pk, line.pk).status_code == 404
    bad = SimpleUploadedFile("shelf.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
    refused = post(
        client, "store-check-line", check.pk, line.pk, outcome="found", photo=bad, headers=HX
    )
    assert "This is no photo" in refused.content.decode()
    assert line_of(check, placement).outcome == ""
    good = SimpleUploadedFile("x.html", JPEG, content_type="text/html")
    post(client, "store-check-line", check.pk, line.pk, outcome="found", photo=good)
    photo = page(client, "store-check-photo", check.pk, line.pk)
    assert photo["Content-Type"] == "image/jpeg"
    assert photo["Content-Disposition"].startswith("attachment")
    assert photo["X-Content-Type-Options"] == "nosniff"
    assert photo["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(photo.streaming_content) == JPEG
    assert (
        page(client_of(people.stranger), "store-check-photo", check.pk, line.pk).status_code == 404
    )


def test_choosing_a_store(people: People, store: Any) -> None:
    make_placement(account=store)
    make_store(lead=people.stranger, name="Store of a stranger")
    client = client_of(people.owner)
    found = client.get(
        reverse("accounts:store-checks", query={"store": "store"}),
        headers={**HX, "HX-Target": "stores-found"},
    ).content.decode()
    assert "Store of the owner" in found
    assert "stranger" not in found
    post(client, "store-check-begin", store.pk)
    assert "Go on" in page(client, "store-checks").content.decode()


def test_a_correction_says_why(people: People, store: Any) -> None:
    placement = make_placement(account=store)
    check = make_check(store=store, seen={placement.pk: "not_found"}, checker=people.owner)
    line = line_of(check, placement)
    client = client_of(people.owner)
    args = (check.pk, line.pk)
    assert post(client, "store-check-correct", *args, outcome="found").status_code == 422
    assert line_of(check, placement).outcome == "not_found"
    post(client, "store-check-correct", *args, outcome="found", why="It was behind the door")
    shown = page(client, "store-check", check.pk).content.decode()
    assert "It was behind the door" in shown
    assert "it said Not found" in shown


# Gaps and tasks


def test_a_gap_becomes_one_task(people: People, store: Any) -> None:
    placement = make_placement(account=store)
    line = line_of(make_check(store=store, seen={placement.pk: "not_found"}), placement)
    client = client_of(people.owner)
    assert placement.item in page(client, "availability").content.decode()
    for _again in range(2):
        body = post(client, "gap-follow-up", line.pk, headers=HX).content.decode()
        assert "Owner, until" in body
    task = Task.objects.get()
    assert [todo.title for todo in todos_for(people.owner, task.due_on)][:1] == [task.title]
    waiting = actions_of(people.owner, store.current_parent, today(), limit=30)
    assert task.title in [line.title for line in waiting]
    done = post(client, "task-done", task.pk, outcome="Ordered on the phone")
    assert done.status_code == 302
    task.refresh_from_db()
    assert (task.done_on, task.outcome) == (today(), "Ordered on the phone")
    assert todos_for(people.owner, task.due_on) == []
    page(client, "task-list")  # says once that it is done
    assert task.title not in page(client, "task-list").content.decode()
    assert task.title in page(client, "task-tab", "done").content.decode()


def _answer(people: People, account: Any) -> Any:
    found = glance_of(people.owner, account, today(), part="people").answers
    return {question.key: answer for question, answer in found}["availability"]


def test_the_cockpit_answers(people: People, store: Any) -> None:
    banner = store.current_parent
    assert _answer(people, banner).value == "–"
    placement, there = make_placement(account=banner), make_placement(account=banner)
    make_check(
        store=store,
        seen={placement.pk: "not_found", there.pk: "found"},
        on=today() - timedelta(days=15),
    )
    make_service_line(account=banner, on=today(), ordered=200, delivered=190)
    answer = _answer(people, banner)
    assert (answer.value, answer.detail) == ("50%", "Fill rate 95.0%")
    risks = [
        line.title
        for line in glance_of(people.owner, banner, today(), part="people", limit=30).risks
    ]
    assert "1 placement is missing for more than 14 days" in risks


# Lists


def _rows(people: People, count: int) -> None:
    for _one in range(count):
        store = make_store(parent=make_account(kind="banner", lead=people.owner))
        placement = make_placement(account=store)
        check = make_check(store=store, seen={placement.pk: "not_found"}, checker=people.owner)
        tasks.follow_up(line=line_of(check, placement), as_of=today(), created_by=people.owner)
        make_service_line(account=store, on=today(), ordered=1, delivered=1)


QUERIES = {
    "placement-list": 7,
    "availability": 17,
    "service-level": 8,
    "store-checks": 6,
    "task-list": 7,
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", QUERIES)
def test_lists_ask_the_same_at_any_length(
    people: People, name: str, count: int, django_assert_num_queries: Any
) -> None:
    _rows(people, count)
    client = client_of(people.owner)
    page(client, name)
    with django_assert_num_queries(QUERIES[name]):
        assert page(client, name).status_code == 200


@pytest.mark.parametrize("panel", ["panel-file", "panel-availability"])
def test_panels_are_pages_and_parts(people: People, store: Any, panel: str) -> None:
    _rows(people, 1)
    placement = make_placement(account=store)
    make_check(store=store, seen={placement.pk: "out_of_stock"})
    client = client_of(people.owner)
    assert "<html" in page(client, panel, store.pk).content.decode()
    part = client.get(reverse(f"accounts:{panel}", args=[store.pk]), headers=HX).content.decode()
    assert "<html" not in part
    assert page(client_of(people.stranger), panel, store.pk).status_code == 404


def test_filters_of_placements(people: People, store: Any) -> None:
    there = make_placement(account=store, product=make_product(code="Bread"))
    missing = make_placement(account=store, product=make_product(code="Milk"), kind="promotion")
    make_check(store=store, seen={there.pk: "found", missing.pk: "not_found"})
    client = client_of(people.owner)

    def found(**query: str) -> set[str]:
        file = page(client, "placement-list", export="csv", **query)
        rows = b"".join(file.streaming_content).decode()
        return {name for name in ("Bread", "Milk") if name in rows}

    assert found() == {"Bread", "Milk"}
    assert found(gap="on") == {"Milk"}
    assert found(kind="listing") == {"Bread"}
    assert found(within=f"#{store.pk}") == {"Bread", "Milk"}
    assert found(stage="3") == set()


@pytest.mark.parametrize("way", ["banner", "store", "product"])
def test_the_board_by_each_way_and_as_files(people: People, store: Any, way: str) -> None:
    placement = make_placement(account=store)
    make_check(store=store, seen={placement.pk: "found"})
    client = client_of(people.owner)
    assert page(client, "availability", by=way, months="3").status_code == 200
    file = page(client, "availability", by=way, export="csv")
    assert file["Content-Type"].startswith("text/csv")
    chart = page(client, "availability", chart="compliance")
    assert chart["Content-Type"].startswith("text/csv")


def test_a_draft_can_be_thrown_away(people: People, store: Any) -> None:
    make_placement(account=store)
    check = make_check(store=store, seen={}, checker=people.owner, finished=False)
    client = client_of(people.owner)
    assert page(client, "store-check-discard", check.pk).status_code == 200
    post(client, "store-check-discard", check.pk)
    assert not StoreCheck.objects.exists()
    assert isinstance(checks.Seen(outcome="found"), checks.Seen)


def test_forms_say_what_is_wrong(people: People, store: Any) -> None:
    client = client_of(people.owner)
    product = make_product()
    wrong = post(
        client,
        "placement-create-at",
        store.pk,
        kind="facings",
        product=product.pk,
        valid_from="2026-01-01",
    )
    assert wrong.status_code == 422
    assert "Say how many facings." in wrong.content.decode()
    stranger = make_account(name="Not theirs", lead=people.stranger)
    other = post(
        client,
        "placement-create",
        account=f"Not theirs #{stranger.pk}",
        kind="listing",
        product=product.pk,
        valid_from="2026-01-01",
    )
    assert other.status_code == 422
    assert not Placement.objects.exists()
