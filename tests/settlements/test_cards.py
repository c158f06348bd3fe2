"""My day: overdue payers that wait, steps that are due, missing items, cash to allocate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from kam.core.todos import todos_for
from kam.identity.models import Delegation, User
from settlements.models import ExtractGap, WorkItem
from settlements.services import work
from settlements.services.overdue import flag_overdue
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_batch
from tests.factories.settlements import make_document

pytestmark = pytest.mark.django_db
CARD = reverse("settlements:card-overdue")


def today() -> date:
    return timezone.localdate()


def owe(name: str, amount: str, **facts: Any) -> Account:
    account = make_account(name=name, **facts)
    due = today() - timedelta(10)
    make_document(account=account, amounts=[amount], due=[due], on=due - timedelta(30))
    return account


def lines(user: User) -> list[str]:
    mine = {"receivables/", "item", "receipt"}
    return [
        str(todo.title)
        for todo in todos_for(user, today())
        if any(word in todo.url for word in mine)
    ]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_card_shows_the_largest_of_mine_else_the_queue(people: People) -> None:
    for number in range(7):
        owe(f"Payer {number}", f"{number + 1}00.00", lead=people.owner)
    flag_overdue(as_of=today())
    page = client_of(people.owner).get(CARD)
    assert [(row.party.name, days) for row, days in page.context["rows"]] == [
        (f"Payer {number}", 10) for number in (6, 5, 4, 3, 2)
    ]
    assert (page.context["count"], page.context["is_queue"]) == (7, False)
    part = text_of(client_of(people.owner).get(CARD, headers={"HX-Request": "true"}))
    assert "Overdue receivables that wait for you" in part
    assert "<html" not in part
    queue = client_of(people.controller).get(CARD)
    assert (queue.context["count"], queue.context["is_queue"]) == (7, True)
    empty = client_of(people.stranger).get(CARD)
    assert empty.context["rows"] == []
    assert "Nothing overdue waits for you" in text_of(empty)
    assert client_of(people.auditor).get(CARD).status_code == 404


def test_card_before_the_first_run(people: People) -> None:
    page = client_of(people.owner).get(CARD)
    assert "puts late payers here" in text_of(page)


def test_card_asks_as_often_for_three_rows_as_for_one(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(people.owner)
    for number in (1, 3):
        for _ in range(number - WorkItem.objects.filter(role="lead").count()):
            owe("", "5.00", lead=people.owner)
        flag_overdue(as_of=today())
        client.get(CARD)
        with django_assert_num_queries(10):
            assert len(client.get(CARD).context["rows"]) == number


def test_lines_of_what_to_do(people: People) -> None:
    late, soon, plain = (owe(name, "100.00", lead=people.owner) for name in ("A", "B", "C"))
    flag_overdue(as_of=today())
    for account, days in ((late, -1), (soon, 0)):
        item = WorkItem.objects.get(party=account, role="lead")
        work.plan_step(work=item, next_step="Call", on=today() + timedelta(days))
    assert lines(people.owner) == [
        "A: Call", "B: Call", "1 overdue payer waits for a plan of yours",
    ]  # fmt: skip
    assert lines(people.stranger) == []
    assert lines(people.controller) == ["3 overdue payers lie in the default queue"]
    ExtractGap.objects.create(
        batch=make_batch(kind="open_items"), document=plain.documents.get(), party=plain,
        currency_id="EUR", open_amount=100, outcome="",
    )  # fmt: skip
    make_document(account=plain, kind="receipt", amounts=["40.00"], on=today())
    flag_overdue(as_of=today())
    assert lines(people.controller) == [
        "1 item is missing from an extract",
        "3 overdue payers lie in the default queue",
        "Receipts wait to be allocated",
    ]
    cash = [todo for todo in todos_for(people.controller, today()) if todo.icon == "coins"]
    assert [str(todo.detail) for todo in cash] == ["From 1 payer: 40.00\N{NO-BREAK SPACE}EUR."]
    assert lines(people.auditor) == []
    assert lines(people.owner)[2:] == ["1 overdue payer waits for a plan of yours"]


def test_a_stand_in_finds_the_steps_of_whom_they_stand_in_for(people: People) -> None:
    payer = owe("A", "100.00", lead=people.owner)
    flag_overdue(as_of=today())
    item = WorkItem.objects.get(party=payer, role="lead")
    work.plan_step(work=item, next_step="Call", on=today())
    Delegation.objects.create(
        from_user=people.owner,
        to_user=people.stranger,
        valid=DateRange(today(), today() + timedelta(9)),
    )
    assert lines(User.objects.get(pk=people.stranger.pk)) == ["A: Call"]
