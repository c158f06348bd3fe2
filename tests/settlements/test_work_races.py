"""People at work on one payer while the overdue job runs: no deadlock, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from settlements.choices import WorkAct
from settlements.models import WorkEvent, WorkItem
from settlements.services import work
from settlements.services.overdue import flag_overdue
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_document

DAY = date(2026, 3, 20)
ROUNDS = 8


@pytest.mark.django_db(transaction=True)
def test_contacts_takes_and_runs_beside_each_other(people: People) -> None:
    payer = make_account(lead=people.owner)
    for currency in ("EUR", "USD"):
        make_document(
            account=payer, due=[DAY - timedelta(9)], on=DAY - timedelta(40), currency=currency
        )
    flag_overdue(as_of=DAY)
    items = list(WorkItem.objects.order_by("pk"))
    assert len(items) == 4

    def step(number: int) -> Callable[[], object]:
        item = items[number % 4]
        return (
            lambda: work.plan_step(
                work=item, next_step=f"Step {number}", on=None,
                contacted_on=DAY - timedelta(number % 3), user=people.owner,
            ),
            lambda: work.take_many(works=items[::-1], user=people.controller),
            lambda: work.note_contact(work=item, on=DAY, as_of=DAY, user=people.owner),
            lambda: flag_overdue(as_of=DAY + timedelta(1 + number // 4)),
        )[number % 4]  # fmt: skip

    def run(number: int) -> None:
        try:
            step(number)()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(4 * ROUNDS)))
    rows = list(WorkItem.objects.all())
    assert {row.last_contact_on for row in rows} == {DAY}
    assert {row.user for row in rows} == {people.controller}
    assert WorkEvent.objects.filter(act=WorkAct.CONTACTED).count() == 2 * ROUNDS
    assert WorkEvent.objects.filter(act=WorkAct.PLANNED).count() == ROUNDS
    assert WorkEvent.objects.filter(act=WorkAct.TAKEN).count() == 4
