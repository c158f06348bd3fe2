"""The overdue job by schedule: nightly, once while it waits, asked for when its hour was missed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from kam.core.jobs import execute
from kam.core.jobs.schedule import start_overdue, start_scheduled
from kam.core.models import JobRun
from settlements.models import Allocation, OverdueRun, OverdueSpell, Position, WorkItem
from settlements.services.overdue import flag_overdue
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db
NAME = "settlements.flag_overdue"
FIRST = date(2026, 3, 1)
DAYS = 12


def test_it_is_scheduled_nightly() -> None:
    entries = [
        entry
        for entry in current_app.conf.beat_schedule.values()
        if entry.get("kwargs", {}).get("name") == NAME
    ]
    assert [entry["task"] for entry in entries] == ["core.start_job"]


def test_missed_nights_ask_for_one_run_which_catches_up() -> None:
    today = timezone.localdate()
    make_document(account=make_account(), due=[today - timedelta(9)], on=today - timedelta(40))
    flag_overdue(as_of=today - timedelta(20))
    week_later = timezone.now() + timedelta(days=7)
    asked = [run.name for run in start_overdue(week_later)]
    assert asked.count(NAME) == 1
    start_overdue(week_later)
    start_scheduled(NAME)
    waiting = JobRun.objects.get(name=NAME)

    execute(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.outcome == {
        "as_of": today.isoformat(), "flagged": 1, "cured": 0, "unchanged": 0,
    }  # fmt: skip
    state = (list(Position.objects.values()), list(WorkItem.objects.values()))
    again = start_scheduled(NAME)
    execute(again.pk)
    again.refresh_from_db()
    assert again.outcome["unchanged"] == 1
    assert (list(Position.objects.values()), list(WorkItem.objects.values())) == state
    assert list(OverdueSpell.objects.values_list("overdue_since", "cured_on")) == [
        (today - timedelta(8), None)
    ]


payments = st.lists(st.tuples(st.integers(0, DAYS), st.sampled_from(["40", "60", "100"])))


def _spells(run_on: set[int]) -> list[tuple[int, date, date | None]]:
    """Run on these days and answer with the spells; nothing of it stays."""
    with transaction.atomic():
        for number in sorted(run_on):
            flag_overdue(as_of=FIRST + timedelta(number))
        rows = OverdueSpell.objects.order_by("item_id", "overdue_since")
        found = list(rows.values_list("item_id", "overdue_since", "cured_on"))
        positions = Position.objects.order_by("party_id").values_list("overdue", "oldest_due_on")
        answer = [*found, *positions]
        transaction.set_rollback(True)
    return answer


@settings(max_examples=25, deadline=None)
@given(
    items=st.lists(st.tuples(st.integers(-3, DAYS), payments), min_size=1, max_size=3),
    run_on=st.sets(st.integers(1, DAYS - 1), max_size=5),
)
def test_any_days_may_be_missed(
    items: list[tuple[int, list[tuple[int, str]]]], run_on: set[int]
) -> None:
    """First and last day run: whatever days between are left out, the history is the same."""
    with transaction.atomic():
        for due, paid in items:
            _owe(due, paid)
        daily = _spells(set(range(DAYS + 1)))
        assert _spells({0, DAYS, *run_on}) == daily
        assert OverdueRun.objects.count() == 0
        transaction.set_rollback(True)


def _owe(due: int, paid: list[tuple[int, str]]) -> None:
    account, company = make_account(), make_company()
    invoice = make_document(
        account=account, company=company, amounts=["100.00"], due=[FIRST + timedelta(due)],
        on=date(2026, 2, 1),
    ).items.get()  # fmt: skip
    left = 100
    for day, amount in sorted(paid):
        pays = min(int(amount), left)
        if not pays:
            return
        left -= pays
        on = FIRST + timedelta(day)
        receipt = make_document(
            account=account, company=company, kind="receipt", amounts=[str(pays)], on=on
        )
        Allocation.objects.create(
            debit_item=invoice, credit_item=receipt.items.get(), party=account, currency_id="EUR",
            amount=pays, effective_date=on,
        )  # fmt: skip
