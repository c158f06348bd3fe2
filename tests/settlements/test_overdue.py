"""The overdue job: spells by facts, missed days, twice, at once; work for whoever must act."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from kam.core.jobs import run_here
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.choices import WorkOutcome, WorkRole, WorkState
from settlements.models import (
    Allocation,
    Document,
    OverdueRun,
    OverdueSpell,
    Position,
    WorkItem,
)
from settlements.services import work
from settlements.services.overdue import flag_overdue
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

DUE = date(2026, 3, 1)
DAY = timedelta(days=1)


def invoice(account: Account, *, due: date = DUE, amount: str = "100.00") -> Document:
    return make_document(account=account, amounts=[amount], due=[due], on=date(2026, 2, 1))


def pay(document: Document, *, on: date, amount: str = "100.00") -> Allocation:
    receipt = make_document(
        account=document.account, kind="receipt", amounts=[amount], on=on,
        company=document.selling_company,
    )  # fmt: skip
    return Allocation.objects.create(
        debit_item=document.items.get(), credit_item=receipt.items.get(), party=document.party,
        currency_id="EUR", amount=amount, effective_date=on,
    )  # fmt: skip


def take_back(allocation: Allocation, *, on: date) -> None:
    Allocation.objects.create(
        debit_item=allocation.debit_item, credit_item=allocation.credit_item,
        party=allocation.party, currency_id="EUR", amount=-Decimal(allocation.amount),
        effective_date=on, reversal_of=allocation,
    )  # fmt: skip


def spells() -> list[tuple[date, date | None]]:
    return list(
        OverdueSpell.objects.order_by("overdue_since").values_list("overdue_since", "cured_on")
    )


def counts(as_of: date) -> tuple[int, int, int]:
    done = flag_overdue(as_of=as_of)
    return done.flagged, done.cured, done.unchanged


@pytest.mark.django_db
def test_due_today_is_not_overdue_and_a_run_twice_is_a_run_once() -> None:
    invoice(make_account())
    assert counts(DUE) == (0, 0, 0)
    assert counts(DUE + DAY) == (1, 0, 0)
    before = list(Position.objects.values())
    assert counts(DUE + DAY) == (0, 0, 1)
    assert list(Position.objects.values()) == before
    assert spells() == [(DUE + DAY, None)]
    assert counts(DUE) == (0, 0, 0)
    assert OverdueRun.objects.count() == 2


@pytest.mark.django_db
def test_missed_days_end_as_daily_runs_would() -> None:
    first, second, third = (invoice(make_account()) for _ in range(3))
    counts(DUE - DAY)
    pay(first, on=DUE + 5 * DAY)
    pay(second, on=DUE)
    pay(third, on=DUE + 20 * DAY, amount="99.00")
    assert counts(DUE + 30 * DAY) == (1, 0, 0)
    assert spells() == [(DUE + DAY, DUE + 5 * DAY), (DUE + DAY, None)]
    run = OverdueRun.objects.get(as_of=DUE + 30 * DAY)
    assert (run.flagged, run.passed) == (1, 1)


@pytest.mark.django_db
def test_a_payment_taken_back_opens_a_second_spell() -> None:
    document = invoice(make_account())
    counts(DUE + 2 * DAY)
    allocation = pay(document, on=DUE + 4 * DAY)
    assert counts(DUE + 6 * DAY) == (0, 1, 0)
    take_back(allocation, on=DUE + 8 * DAY)
    assert counts(DUE + 9 * DAY) == (1, 0, 0)
    assert spells() == [(DUE + DAY, DUE + 4 * DAY), (DUE + 8 * DAY, None)]


@pytest.mark.django_db
def test_a_payment_noted_late_ends_the_spell_on_the_day_it_came() -> None:
    document = invoice(make_account())
    counts(DUE + 10 * DAY)
    pay(document, on=DUE + 3 * DAY)
    assert counts(DUE + 11 * DAY) == (0, 1, 0)
    assert spells() == [(DUE + DAY, DUE + 3 * DAY)]
    assert Position.objects.filter(overdue__gt=0).count() == 0


@pytest.mark.django_db
def test_position_of_a_payer() -> None:
    account, company = make_account(), make_company()
    for due, amount in ((DUE, "100"), (DUE - 9 * DAY, "50"), (DUE + 60 * DAY, "30")):
        make_document(
            account=account, company=company, amounts=[amount], due=[due], on=date(2026, 2, 1)
        )
    make_document(account=account, company=company, kind="receipt", amounts=["20"])
    make_document(account=account, company=company, kind="credit_note", amounts=["5"])
    counts(DUE + DAY)
    position = Position.objects.get()
    assert (position.open, position.overdue, position.open_items, position.overdue_items) == (
        180, 150, 3, 2,
    )  # fmt: skip
    assert (position.oldest_due_on, position.oldest_days) == (DUE - 9 * DAY, 10)
    assert (position.unapplied, position.open_credits, position.net) == (20, 5, 155)


def _work() -> set[tuple[str, str, User | None]]:
    rows = WorkItem.objects.not_done().select_related("party", "user")
    return {(item.party.name, item.role, item.user) for item in rows}


@pytest.mark.django_db
def test_work_goes_to_the_lead_and_the_controller_else_the_queue(people: People) -> None:
    group = make_account(name="Group", lead=people.owner)
    below = make_account(name="Below", parent=group)
    alone = make_account(name="Alone")
    invoice(below)
    invoice(alone)
    work.set_controller(account=group, user=people.controller, from_date=DUE + 3 * DAY)
    counts(DUE + DAY)
    lead, controller = WorkRole.LEAD, WorkRole.CONTROLLER
    assert _work() == {
        ("Below", lead, people.owner), ("Below", controller, None), ("Alone", controller, None),
    }  # fmt: skip
    counts(DUE + 3 * DAY)
    assert _work() == {
        ("Below", lead, people.owner), ("Below", controller, people.controller),
        ("Alone", controller, None),
    }  # fmt: skip
    mine = WorkItem.objects.visible_to(people.owner)
    assert {item.party for item in mine} == {below}
    assert WorkItem.objects.visible_to(people.stranger).count() == 0
    assert WorkItem.objects.visible_to(people.controller).count() == 3
    work.take(work=WorkItem.objects.get(party=alone), user=people.director)
    work.close_controller(account=group, from_date=DUE + 4 * DAY)
    counts(DUE + 4 * DAY)
    assert ("Alone", controller, people.director) in _work()
    assert ("Below", controller, None) in _work()


@pytest.mark.django_db
def test_work_put_off_comes_back_and_done_work_stays_done_for_a_while() -> None:
    account = make_account()
    document = invoice(account)
    counts(DUE + DAY)
    item = WorkItem.objects.get()
    work.snooze(work=item, until=DUE + 5 * DAY, as_of=DUE + DAY, next_step="Call again")
    counts(DUE + 4 * DAY)
    item.refresh_from_db()
    assert (item.state, item.next_step) == (WorkState.SNOOZED, "Call again")
    counts(DUE + 5 * DAY)
    item.refresh_from_db()
    assert (item.state, item.snoozed_until) == (WorkState.OPEN, None)
    work.finish(work=item, outcome=WorkOutcome.PROMISED, as_of=DUE + 5 * DAY)
    with pytest.raises(RefusedError):
        work.snooze(work=item, until=DUE + 9 * DAY, as_of=DUE + 5 * DAY)
    counts(DUE + 6 * DAY)
    assert WorkItem.objects.not_done().count() == 0
    invoice(account, due=DUE + 6 * DAY, amount="7.00")
    counts(DUE + 7 * DAY)
    assert WorkItem.objects.not_done().get().amount == 107
    pay(document, on=DUE + 8 * DAY)
    counts(DUE + 8 * DAY)
    assert WorkItem.objects.not_done().get().amount == 7


@pytest.mark.django_db
def test_done_work_comes_back_after_two_weeks_and_cured_work_closes_itself() -> None:
    document = invoice(make_account())
    counts(DUE + DAY)
    work.finish(work=WorkItem.objects.get(), outcome=WorkOutcome.OTHER, as_of=DUE + DAY)
    counts(DUE + 14 * DAY)
    assert WorkItem.objects.not_done().count() == 0
    counts(DUE + 15 * DAY)
    item = WorkItem.objects.not_done().get()
    pay(document, on=DUE + 16 * DAY)
    counts(DUE + 16 * DAY)
    item.refresh_from_db()
    assert (item.state, item.outcome, item.closed_on) == (
        WorkState.DONE, WorkOutcome.CURED, DUE + 16 * DAY,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_at_once_is_once_and_the_job_says_what_it_did() -> None:
    for _ in range(5):
        invoice(make_account())

    def run(_number: int) -> tuple[int, int, int]:
        try:
            return counts(DUE + DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(run, range(4)))
    assert answers == [(0, 0, 5), (0, 0, 5), (0, 0, 5), (5, 0, 0)]
    assert OverdueSpell.objects.count() == WorkItem.objects.count() == 5
    job = run_here("settlements.flag_overdue", as_of=(DUE + 2 * DAY).isoformat())
    assert (job.state, job.outcome) == (
        "succeeded", {"as_of": "2026-03-03", "flagged": 0, "cured": 0, "unchanged": 5},
    )  # fmt: skip


@pytest.mark.django_db
def test_command_answers_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    invoice(make_account())
    call_command("flag_overdue", "--as-of", str(DUE + DAY))
    assert capsys.readouterr().out.splitlines()[:3] == ["flagged: 1", "cured: 0", "unchanged: 0"]


@pytest.mark.django_db
def test_command_refuses_a_day_to_come() -> None:
    tomorrow = timezone.localdate() + DAY

    with pytest.raises(CommandError, match="is still to come"):
        call_command("flag_overdue", "--as-of", str(tomorrow))
