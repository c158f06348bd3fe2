"""Merging two payers: what the overdue run derived, work and controllers move with the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from accounts.services.merging import merge_accounts, plan_merge
from settlements.choices import WorkAct, WorkOutcome, WorkState
from settlements.models import (
    AccountPosition,
    ControllerAssignment,
    ExtractGap,
    OverdueRun,
    OverdueSpell,
    Position,
    WorkEvent,
    WorkItem,
)
from settlements.services import work
from settlements.services.overdue import flag_overdue
from tests.conftest import People
from tests.factories.accounts import make_account, make_batch
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 1)
TODAY = date(2026, 3, 20)
FIGURES = [
    "party_id", "currency_id", "as_of", "buckets", "open", "overdue", "open_items",
    "overdue_items", "oldest_due_on", "oldest_days", "unapplied", "open_credits",
]  # fmt: skip


def owe(account: Account, amount: str, *, due: date = DUE, currency: str = "EUR") -> None:
    make_document(
        account=account, amounts=[amount], due=[due], on=date(2026, 2, 1), currency=currency
    )


def positions() -> list[dict[str, Any]]:
    return list(Position.objects.order_by("party_id", "currency_id").values(*FIGURES))


def afresh() -> None:
    """Forget everything the run derives and compute it again."""
    Position.objects.all().delete()
    OverdueSpell.objects.all().delete()
    OverdueRun.objects.all().delete()
    flag_overdue(as_of=TODAY)


def spells() -> list[tuple[int, int, date]]:
    rows = OverdueSpell.objects.order_by("item_id")
    return list(rows.values_list("item_id", "party_id", "overdue_since"))


@pytest.fixture
def pair() -> tuple[Account, Account]:
    return make_account(name="Kept"), make_account(name="Duplicate")


def test_figures_are_added_at_once_and_equal_a_fresh_computation(
    pair: tuple[Account, Account],
) -> None:
    keep, drop = pair
    company = make_company()
    owe(keep, "100.00")
    owe(drop, "50.00", due=date(2026, 2, 10))
    owe(drop, "7.00", due=date(2026, 5, 1))
    owe(drop, "9.00", currency="USD")
    make_document(account=drop, kind="receipt", amounts=["20"], company=company)
    make_document(account=keep, kind="credit_note", amounts=["5"], company=company)
    flag_overdue(as_of=TODAY)

    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    added = positions()
    assert [(row["party_id"], row["currency_id"], row["overdue"]) for row in added] == [
        (keep.pk, "EUR", 150), (keep.pk, "USD", 9),
    ]  # fmt: skip
    assert (added[0]["open"], added[0]["oldest_due_on"], added[0]["unapplied"]) == (
        157, date(2026, 2, 10), 20,
    )  # fmt: skip
    done = flag_overdue(as_of=TODAY)
    assert (done.flagged, done.cured, done.unchanged) == (0, 0, 3)
    assert positions() == added
    noted = spells()
    afresh()
    assert positions() == added
    assert spells() == noted
    assert {row.account_id for row in AccountPosition.objects.all()} == {keep.pk}
    assert {party for _item, party, _since in noted} == {keep.pk}


def test_work_of_both_becomes_one_and_keeps_every_step(
    pair: tuple[Account, Account], people: People
) -> None:
    keep, drop = pair
    owe(keep, "100.00")
    owe(drop, "50.00", due=date(2026, 2, 10))
    owe(drop, "9.00", currency="USD")
    flag_overdue(as_of=TODAY)
    mine, other = WorkItem.objects.filter(currency="EUR").order_by("party_id")
    work.snooze(work=mine, until=TODAY + timedelta(9), as_of=TODAY, next_step="Wait for the bank")
    work.take(work=other, user=people.controller)
    work.plan_step(
        work=other, next_step="Call Maija", on=None, contacted_on=TODAY, user=people.controller
    )
    plan = plan_merge(keep=keep, drop=drop)
    assert [str(line) for line in plan.moves][-2:] == [
        "Work for Controller on 50.00\N{NO-BREAK SPACE}EUR overdue",
        "Work for the default queue on 9.00\N{NO-BREAK SPACE}USD overdue",
    ]
    assert [caution.code for caution in plan.cautions] == ["work_of_both"]

    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    rows = WorkItem.objects.order_by("currency_id")
    one, dollars = rows
    assert (one.party, one.amount, one.overdue_items, one.oldest_due_on) == (
        keep, Decimal(150), 2, date(2026, 2, 10),
    )  # fmt: skip
    assert (one.user, one.is_taken, one.state) == (people.controller, True, WorkState.OPEN)
    assert (one.next_step, one.last_contact_on) == ("Wait for the bank", TODAY)
    assert (dollars.party, dollars.amount, dollars.last_contact_on) == (keep, 9, TODAY)
    assert [event.act for event in one.events.order_by("pk")] == [
        WorkAct.SNOOZED, WorkAct.TAKEN, WorkAct.CONTACTED, WorkAct.PLANNED, WorkAct.MERGED,
    ]  # fmt: skip
    assert WorkEvent.objects.get(act=WorkAct.MERGED).text == "Controller · Call Maija"
    before = list(WorkItem.objects.order_by("pk").values())
    flag_overdue(as_of=TODAY)
    assert list(WorkItem.objects.order_by("pk").values()) == before


def test_done_work_and_gaps_move_and_done_stays_done(pair: tuple[Account, Account]) -> None:
    keep, drop = pair
    owe(drop, "50.00")
    flag_overdue(as_of=TODAY)
    work.finish(work=WorkItem.objects.get(), outcome=WorkOutcome.PROMISED, as_of=TODAY)
    document = make_document(account=drop)
    gap = ExtractGap.objects.create(
        batch=make_batch(kind="open_items"), document=document, party=drop, currency_id="EUR",
        open_amount=1, outcome="",
    )  # fmt: skip
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    flag_overdue(as_of=TODAY)
    gap.refresh_from_db()
    item = WorkItem.objects.get()
    assert (item.party, item.state, gap.party) == (keep, WorkState.DONE, keep)


def test_controllers_move_where_the_kept_account_has_none(
    pair: tuple[Account, Account], people: People
) -> None:
    keep, drop = pair
    work.set_controller(account=keep, user=people.controller, from_date=date(2026, 3, 1))
    work.set_controller(account=drop, user=people.director, from_date=date(2026, 1, 1))
    plan = plan_merge(keep=keep, drop=drop)
    assert "Watched over by Director from Jan 1, 2026 to Feb 28, 2026" in plan.moves
    assert [caution.code for caution in plan.cautions] == ["overlap"]
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    rows = ControllerAssignment.objects.order_by("valid")
    assert [(row.account, row.user, row.valid.lower, row.valid.upper) for row in rows] == [
        (keep, people.director, date(2026, 1, 1), date(2026, 3, 1)),
        (keep, people.controller, date(2026, 3, 1), None),
    ]
