"""Credit controllers: assigned and ended by date, inherited, the default queue explained."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kam.core.models import JobRun
from settlements.models import ControllerAssignment, WorkItem
from settlements.selectors.controllers import controllers_of
from settlements.services.overdue import flag_overdue
from settlements.services.work import close_controller, set_controller
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_document

pytestmark = pytest.mark.django_db
LIST = reverse("settlements:controller-list")
ASSIGN = reverse("settlements:controller-assign")
START = date(2026, 1, 1)


def rows() -> list[tuple[str, str, date | None, date | None]]:
    found = ControllerAssignment.objects.order_by("account", "valid").select_related("user")
    return [(r.account.name, r.user.full_name, r.valid.lower, r.valid.upper) for r in found]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_assigning_from_a_date_and_ending(people: People) -> None:
    account = make_account(name="Group")
    client = client_of(people.director)
    data = {"account": f"Group #{account.pk}", "user": people.controller.pk}
    assert client.post(ASSIGN, {**data, "from_date": "2026-01-01"}).status_code == 302
    later = {**data, "user": people.director.pk, "from_date": "2026-05-01"}
    assert client.post(ASSIGN, {**later, "until": "2026-05-31"}).status_code == 302
    assert rows() == [
        ("Group", "Controller", START, date(2026, 5, 1)),
        ("Group", "Director", date(2026, 5, 1), date(2026, 6, 1)),
        ("Group", "Controller", date(2026, 6, 1), None),
    ]
    assert JobRun.objects.filter(name="settlements.flag_overdue").count() == 1
    end = reverse("settlements:controller-end", args=[account.pk])
    assert "End the controller of Group" in text_of(client.get(end))
    client.post(end, {"from_date": "2026-05-10"})
    assert [row[3] for row in rows()] == [date(2026, 5, 1), date(2026, 5, 10)]


def test_bad_input(people: People) -> None:
    account = make_account(name="Group")
    client = client_of(people.controller)
    data = {"account": f"#{account.pk}", "user": people.controller.pk, "from_date": "2026-05-01"}
    turned = client.post(ASSIGN, {**data, "until": "2026-04-30"})
    assert (turned.status_code, turned.context["form"].errors) == (
        422, {"until": ["The period ends before it begins."]},
    )  # fmt: skip
    for change in ({"account": "nobody"}, {"user": people.auditor.pk}, {"from_date": "soon"}):
        assert client.post(ASSIGN, {**data, **change}).status_code == 422
    people.director.is_active = False
    people.director.save()
    assert client.post(ASSIGN, {**data, "user": people.director.pk}).status_code == 422
    assert rows() == []
    assert client.get(f"{ASSIGN}?account={account.pk}").status_code == 200


def test_nearest_above_counts_and_the_run_agrees(people: People) -> None:
    group = make_account(name="Group")
    middle = make_account(name="Middle", parent=group)
    store, other = make_account(name="Store", parent=middle), make_account(name="Other")
    today = timezone.localdate()
    set_controller(account=group, user=people.controller, from_date=START)
    set_controller(account=middle, user=people.director, from_date=today)
    before = controllers_of([store, middle, group, other], on=today - timedelta(1))
    assert {pk: row.user for pk, row in before.items()} == dict.fromkeys(
        [store.pk, middle.pk, group.pk], people.controller
    )
    now = controllers_of([store, middle, group, other], on=today)
    assert {pk: row.user for pk, row in now.items()} == {
        store.pk: people.director, middle.pk: people.director, group.pk: people.controller,
    }  # fmt: skip
    for account in (store, other):
        make_document(account=account, due=[today - timedelta(3)], on=today - timedelta(40))
    flag_overdue(as_of=today)
    handed = {item.party.name: item.user for item in WorkItem.objects.filter(role="controller")}
    assert handed == {"Store": people.director, "Other": None}

    client = client_of(people.controller)
    page = client.get(LIST, {"who-account": f"Store #{store.pk}"})
    assert "goes to <strong>Director</strong>, the controller of Middle above it" in text_of(page)
    page = client.get(LIST, {"who-account": "Other", "who-on": today.isoformat()})
    assert "lies in the <strong>default queue</strong>" in text_of(page)
    shares = [(str(s.user), s.payers, s.amount) for s in page.context["shares"]]
    assert shares == [("None", 1, 100), ("Director", 1, 100)]
    close_controller(account=middle, from_date=today)
    flag_overdue(as_of=today)
    assert WorkItem.objects.get(party=store, role="controller").user == people.controller


def test_the_list_asks_as_often_for_three_rows_as_for_one(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(people.controller)
    for number in (1, 3):
        while ControllerAssignment.objects.count() < number:
            set_controller(account=make_account(), user=people.controller, from_date=START)
        client.get(LIST)
        with django_assert_num_queries(5):
            page = client.get(LIST)
        assert len(page.context["table"].rows) == number


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("owner", False),
        ("teammate", False),
        ("stranger", False),
        ("director", True),
        ("controller", True),
        ("administrator", True),
        ("auditor", False),
    ],
)
def test_who_may(people: People, who: str, may: bool) -> None:
    account = make_account(name="Group", lead=people.owner)
    set_controller(account=account, user=people.controller, from_date=START)
    client = client_of(getattr(people, who))
    end = reverse("settlements:controller-end", args=[account.pk])
    assert [client.get(page).status_code for page in (LIST, ASSIGN, end)] == [
        200 if may else 404
    ] * 3
    client.post(end, {"from_date": "2026-02-01"})
    assert (rows()[0][3] is not None) is may
    data = {"account": f"#{account.pk}", "user": people.controller.pk, "from_date": "2026-05-01"}
    assert client.post(ASSIGN, data).status_code == (302 if may else 404)


def test_a_director_of_a_team_sees_and_assigns_only_there(people: People) -> None:
    people.director.team = people.owner.team
    people.director.save()
    mine, foreign = make_account(lead=people.owner), make_account(lead=people.stranger)
    for account in (mine, foreign):
        set_controller(account=account, user=people.controller, from_date=START)
    client = client_of(people.director)
    assert [row.account for row in client.get(LIST).context["table"].page.rows] == [mine]
    end = reverse("settlements:controller-end", args=[foreign.pk])
    assert client.post(end, {"from_date": "2026-02-01"}).status_code == 404
    data = {"account": f"#{foreign.pk}", "user": people.director.pk, "from_date": "2026-05-01"}
    assert client.post(ASSIGN, data).status_code == 422
    assert {row[3] for row in rows()} == {None}
