"""The worklist's pages: whose work, filters, what can be done, who may."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from settlements.choices import WorkAct, WorkOutcome, WorkState
from settlements.models import WorkEvent, WorkItem
from settlements.services import work
from settlements.services.overdue import flag_overdue
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.core import make_rate
from tests.factories.settlements import make_document

pytestmark = pytest.mark.django_db
LIST = reverse("settlements:work-list")


def today() -> date:
    return timezone.localdate()


def owe(
    name: str, amount: str = "100.00", *, days: int = 10, currency: str = "EUR", **facts: Any
) -> Account:
    """A payer who is late by some days."""
    account = make_account(name=name, **facts)
    due = today() - timedelta(days)
    on = due - timedelta(30)
    make_document(account=account, amounts=[amount], due=[due], on=on, currency=currency)
    return account


def names(page: Any) -> list[str]:
    return [row.party.name for row in page.context["table"].page.rows]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def url(name: str, item: WorkItem, *more: str) -> str:
    return reverse(f"settlements:work-{name}", args=[item.pk, *more])


@pytest.fixture
def item(people: People) -> WorkItem:
    owe("Late Oy", lead=people.owner)
    flag_overdue(as_of=today())
    found: WorkItem = WorkItem.objects.get(role="lead")
    return found


def test_whose_work_stands_on_which_tab(people: People) -> None:
    owe("Owner's", "50.00", lead=people.owner)
    owe("Mate's", "70.00", lead=people.teammate, days=40)
    owe("Stranger's", "90.00", lead=people.stranger)
    flag_overdue(as_of=today())
    mine = client_of(people.owner).get(LIST)
    assert names(mine) == ["Owner's"]
    assert [(tab.count, tab.active) for tab in mine.context["tabs"]] == [
        (1, True), (2, False), (2, False), (4, False),
    ]  # fmt: skip
    team = client_of(people.owner).get(LIST, {"whose": "team", "sort": "-days"})
    assert names(team) == ["Mate's", "Owner's"]
    queue = client_of(people.controller).get(LIST, {"whose": "queue"})
    assert names(queue) == ["Stranger's", "Mate's", "Owner's"]
    assert len(names(client_of(people.controller).get(LIST))) == 6
    assert names(client_of(people.stranger).get(LIST, {"whose": "nonsense"})) == ["Stranger's"]


def test_filters_sorts_and_export(people: People) -> None:
    owe("Ääkkönen", "50.00", days=90)
    owe("Big", "5000.00")
    flag_overdue(as_of=today())
    client = client_of(people.controller)
    assert names(client.get(LIST)) == ["Big", "Ääkkönen"]
    assert names(client.get(LIST, {"sort": "oldest"})) == ["Ääkkönen", "Big"]
    assert names(client.get(LIST, {"sort": "-days"})) == ["Ääkkönen", "Big"]
    assert names(client.get(LIST, {"q": "aakko"})) == ["Ääkkönen"]
    assert names(client.get(LIST, {"amount": "100"})) == ["Big"]
    assert names(client.get(LIST, {"currency": "USD"})) == []
    one = WorkItem.objects.get(party__name="Big")
    work.finish(work=one, outcome=WorkOutcome.PROMISED, as_of=today())
    assert names(client.get(LIST)) == ["Ääkkönen"]
    assert names(client.get(LIST, {"state": "done"})) == ["Big"]
    file = client.get(LIST, {"export": "csv"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    oldest = today() - timedelta(90)
    assert lines[0].startswith("Payer,Overdue,Oldest due,Days late")
    assert lines[1].startswith(f"Ääkkönen,50.0000,{oldest.isoformat()},90")


def test_amounts_are_ordered_by_what_they_are_worth(people: People) -> None:
    make_rate(currency="VND", rate="0.00004")
    make_rate(currency="USD", rate="0.9")
    for name, amount, currency in (
        ("Dong", "1000000", "VND"), ("Euro", "50.00", "EUR"), ("Dollar", "60.00", "USD"),
        ("No rate", "9999.00", "SEK"),
    ):  # fmt: skip
        owe(name, amount, currency=currency)
    flag_overdue(as_of=today())
    client = client_of(people.controller)
    assert names(client.get(LIST)) == ["Dollar", "Euro", "Dong", "No rate"]
    assert names(client.get(LIST, {"sort": "amount"})) == ["Dong", "Euro", "Dollar", "No rate"]


def test_pages_follow_the_worth(people: People) -> None:
    for number in range(60):
        owe(f"P{number}", f"{number + 1}.37")
    flag_overdue(as_of=today())
    client = client_of(people.controller)
    first = client.get(LIST)
    second = client.get(first.context["table"].next_url)
    assert names(first)[0] == "P59"
    assert names(second) == [f"P{number}" for number in range(9, -1, -1)]


def test_the_list_asks_as_often_for_three_rows_as_for_one(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(people.controller)
    for number in (1, 3):
        for _ in range(number - WorkItem.objects.count()):
            owe("", lead=None)
        flag_overdue(as_of=today())
        client.get(LIST)
        with django_assert_num_queries(12):
            assert len(names(client.get(LIST, {"whose": "all"}))) == number


def test_taking_planning_putting_off_and_ending(people: People, item: WorkItem) -> None:
    client = client_of(people.teammate)
    assert client.post(url("take", item)).url == url("detail", item)  # type: ignore[attr-defined]
    item.refresh_from_db()
    assert (item.user, item.is_taken) == (people.teammate, True)

    data = {"step-next_step": "Call Maija", "step-on": "2030-01-15", "step-contacted": "on"}
    assert client.post(url("do", item, "step"), data).status_code == 302
    item.refresh_from_db()
    assert (item.next_step, item.next_step_on) == ("Call Maija", date(2030, 1, 15))
    assert item.last_contact_on == today()
    other = WorkItem.objects.get(role="controller")
    assert other.last_contact_on == today()

    until = today() + timedelta(4)
    client.post(url("do", item, "snooze"), {"snooze-until": until.isoformat()})
    item.refresh_from_db()
    assert (item.state, item.snoozed_until) == (WorkState.SNOOZED, until)
    client.post(url("wake", item))
    item.refresh_from_db()
    assert item.state == WorkState.OPEN

    client.post(
        url("do", item, "finish"), {"finish-outcome": "promised", "finish-note": "On Friday"}
    )
    item.refresh_from_db()
    assert (item.state, item.outcome, item.note, item.closed_by) == (
        WorkState.DONE, WorkOutcome.PROMISED, "On Friday", people.teammate,
    )  # fmt: skip
    acts = WorkEvent.objects.filter(work=item).order_by("pk").values_list("act", "user", "text")
    assert list(acts) == [
        (WorkAct.TAKEN, people.teammate.pk, "Owner"),
        (WorkAct.CONTACTED, people.teammate.pk, ""),
        (WorkAct.PLANNED, people.teammate.pk, "Call Maija"),
        (WorkAct.SNOOZED, people.teammate.pk, "Call Maija"),
        (WorkAct.WOKEN, people.teammate.pk, ""),
        (WorkAct.FINISHED, people.teammate.pk, "promised: On Friday"),
    ]
    page = text_of(client.get(url("detail", item)))
    assert "Payment promised: On Friday" in page
    assert url("do", item, "step") not in page


def test_bad_input_says_what_is_wrong_and_changes_nothing(people: People, item: WorkItem) -> None:
    client = client_of(people.owner)
    late = client.post(url("do", item, "snooze"), {"snooze-until": today().isoformat()})
    assert (late.status_code, late.context["snooze_form"].errors) == (
        422, {"until": ["Choose a day after today."]},
    )  # fmt: skip
    ended = client.post(url("do", item, "finish"), {"finish-outcome": "cured"})
    assert ended.status_code == 422
    future = today() + timedelta(1)
    said = client.post(url("do", item, "contact"), {"contact-on": future.isoformat()})
    assert said.context["contact_form"].errors == {"on": ["A contact is noted once it took place."]}
    assert client.post(url("do", item, "nothing")).status_code == 404
    item.refresh_from_db()
    assert (item.state, WorkEvent.objects.count()) == (WorkState.OPEN, 0)
    work.finish(work=item, outcome=WorkOutcome.OTHER, as_of=today())
    gone = client.post(url("do", item, "step"), {"step-next_step": "Call"})
    assert (gone.status_code, gone.context["step_form"].non_field_errors()) == (
        422, ["This work is done already."],
    )  # fmt: skip
    client.post(url("take", item))
    item.refresh_from_db()
    assert item.is_taken is False


def test_a_later_contact_stays_when_an_earlier_one_is_noted(people: People, item: WorkItem) -> None:
    client = client_of(people.owner)
    for days in (1, 5):
        on = today() - timedelta(days)
        client.post(url("do", item, "contact"), {"contact-on": on.isoformat(), "contact-text": "x"})
    item.refresh_from_db()
    assert item.last_contact_on == today() - timedelta(1)
    assert WorkEvent.objects.filter(act=WorkAct.CONTACTED).count() == 2
    work.finish(work=item, outcome=WorkOutcome.OTHER, as_of=today() - timedelta(20))
    flag_overdue(as_of=today())
    again = WorkItem.objects.not_done().get(role="lead")
    assert again.last_contact_on == today() - timedelta(1)


def test_bulk_take_leaves_out_what_is_done_and_out_of_scope(people: People) -> None:
    owe("A", lead=people.owner)
    owe("B", lead=people.owner)
    foreign = owe("C", lead=people.stranger)
    flag_overdue(as_of=today())
    done = WorkItem.objects.get(party__name="B", role="controller")
    work.finish(work=done, outcome=WorkOutcome.OTHER, as_of=today())
    ids = list(WorkItem.objects.filter(role="controller").values_list("pk", flat=True))
    page = client_of(people.owner).post(
        reverse("settlements:work-take-many"), {"ids": [*ids, "x", "9" * 30]}, follow=True
    )
    assert "1 payer is yours now." in text_of(page)
    taken = WorkItem.objects.filter(is_taken=True)
    assert [(one.party.name, one.user) for one in taken] == [("A", people.owner)]
    assert WorkItem.objects.get(party=foreign, role="controller").user is None


@pytest.mark.parametrize(
    ("who", "sees", "acts"),
    [
        ("owner", True, True),
        ("teammate", True, True),
        ("stranger", False, False),
        ("director", True, True),
        ("controller", True, True),
        ("administrator", True, True),
        ("auditor", True, False),
    ],
)
def test_who_may_what(people: People, item: WorkItem, who: str, sees: bool, acts: bool) -> None:
    client = client_of(getattr(people, who))
    assert client.get(LIST).status_code == 200
    page = client.get(url("detail", item))
    assert page.status_code == (200 if sees else 404)
    expected = 302 if acts else 404
    posts = {
        url("do", item, "step"): {"step-next_step": "Call"},
        url("do", item, "snooze"): {"snooze-until": "2099-01-01"},
        url("wake", item): {},
        url("take", item): {},
        url("do", item, "finish"): {"finish-outcome": "other"},
    }
    before = WorkItem.objects.values().get(pk=item.pk)
    for address, data in posts.items():
        assert client.post(address, data).status_code == expected
    changed = WorkItem.objects.values().get(pk=item.pk) != before
    assert changed is acts
    assert Client().get(LIST).status_code == 302
