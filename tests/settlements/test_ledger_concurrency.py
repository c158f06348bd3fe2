"""Many connections at once: nothing is over-allocated on any date, nobody waits for ever."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from kam.core.dates import Period
from kam.core.problems import RefusedError
from settlements.choices import DocumentKind
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.allocating import Match, allocate, reverse_allocation
from settlements.services.cash import post_receipt
from settlements.services.periods import close_period
from settlements.services.problems import OverAllocatedError
from settlements.services.reversing import reverse_document
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document
from tests.settlements.test_ledger_machine import RUNNING_SUMS

pytestmark = pytest.mark.django_db(transaction=True)

SOAK = bool(os.environ.get("KAM_SOAK"))
CONNECTIONS = 16
ACTS = 50_000 if SOAK else 800
START = date(2026, 1, 10)


def in_threads[T](count: int, act: Callable[[int], T]) -> list[T]:
    """Run the act in so many threads at once, each with its own connection."""
    gate = threading.Barrier(count)

    def run(number: int) -> T:
        try:
            connection.ensure_connection()
            gate.wait(60)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_random_allocations_and_reversals_leave_exact_totals() -> None:
    account, company = make_account(), make_company()
    kinds = [DocumentKind.INVOICE] * 20 + [DocumentKind.RECEIPT] * 20
    items = [
        make_document(account=account, company=company, kind=kind, amounts=["1000"]).items.get()
        for kind in kinds
    ]
    debits, credits_ = items[:20], items[20:]

    def act(number: int) -> tuple[list[int], list[int], int]:
        chance = random.Random(number)
        made: list[int] = []
        taken: list[int] = []
        refused = 0
        for _turn in range(ACTS // CONNECTIONS):
            day = START + timedelta(days=chance.randrange(60))
            try:
                if made and chance.random() < 0.4:
                    row = Allocation.objects.get(pk=chance.choice(made))
                    taken.append(reverse_allocation(allocation=row, effective_date=day).pk)
                    made.remove(row.pk)
                else:
                    pairs = [
                        Match(
                            chance.choice(debits).pk,
                            chance.choice(credits_).pk,
                            Decimal(chance.randrange(1, 40_000)) / 100,
                        )
                        for _one in range(chance.choice([1, 1, 2]))
                    ]
                    made += [a.pk for a in allocate(matches=pairs, effective_date=day)]
            except RefusedError:
                refused += 1
        return made, taken, refused

    results = in_threads(CONNECTIONS, act)  # a deadlock would surface as an OperationalError
    standing = {pk for made, _taken, _refused in results for pk in made}
    reversals = {pk for _made, taken, _refused in results for pk in taken}
    assert set(Allocation.objects.standing().values_list("pk", flat=True)) == standing
    rows = Allocation.objects.filter(reversal_of__isnull=False)
    assert set(rows.values_list("pk", flat=True)) == reversals
    assert standing
    assert reversals
    for column, side in (("debit_item", debits), ("credit_item", credits_)):
        sums = dict(
            Allocation.objects.values(column)
            .annotate(total=Sum("amount"))
            .values_list(column, "total")
        )
        cached = dict(
            LedgerItem.objects.filter(pk__in=[i.pk for i in side]).values_list("pk", "allocated")
        )
        assert {pk: sums.get(pk, Decimal(0)) for pk in cached} == cached
    with connection.cursor() as cursor:
        cursor.execute(RUNNING_SUMS, [company.pk])
        assert cursor.fetchall() == []


@pytest.mark.parametrize("by", ["service", "sql"])
def test_last_open_one_has_one_winner_of_fifty(by: str) -> None:
    account, company = make_account(), make_company()
    rounds = (200 if SOAK else 20) // (1 if by == "service" else 4)
    receipts = [
        make_document(
            account=account, company=company, kind="receipt", amounts=[str(rounds)]
        ).items.get()
        for _client in range(50)
    ]
    invoices = [
        make_document(account=account, company=company, amounts=["1.00"]).items.get()
        for _round in range(rounds)
    ]
    step = threading.Barrier(50)

    def take(debit: LedgerItem, credit: LedgerItem) -> bool:
        try:
            if by == "service":
                allocate(matches=[Match(debit.pk, credit.pk, Decimal("1.00"))])
            else:
                with transaction.atomic():
                    Allocation.objects.create(
                        debit_item=debit,
                        credit_item=credit,
                        party=account,
                        currency_id="EUR",
                        amount=Decimal("1.00"),
                        effective_date=START,
                    )
        except OverAllocatedError:
            return False
        except DatabaseError as error:
            if "ledger_item_not_over_allocated" not in str(error):
                raise
            return False
        return True

    def act(client: int) -> list[bool]:
        wins = []
        for invoice in invoices:
            step.wait(120)
            wins.append(take(invoice, receipts[client]))
        return wins

    results = in_threads(50, act)
    assert [sum(wins) for wins in zip(*results, strict=True)] == [1] * rounds
    allocated = LedgerItem.objects.filter(pk__in=[i.pk for i in invoices])
    assert set(allocated.values_list("allocated", flat=True)) == {Decimal("1.0000")}


def test_key_sent_at_once_has_one_effect() -> None:
    account, company = make_account(), make_company()

    def act(number: int) -> list[int]:
        return [
            post_receipt(
                selling_company=company,
                account=account,
                currency="EUR",
                amount=Decimal(5),
                received_on=START,
                idempotency_key=f"key-{turn}",
            ).pk
            for turn in range(5)
        ]

    results = in_threads(CONNECTIONS, act)
    assert len({tuple(pks) for pks in results}) == 1
    assert Document.objects.count() == 5


def test_documents_are_reversed_while_others_allocate() -> None:
    account, company = make_account(), make_company()
    receipts = [
        make_document(account=account, company=company, kind="receipt", amounts=["100"])
        for _one in range(8)
    ]
    invoices = [make_document(account=account, company=company) for _one in range(8)]
    pairs = [(i.items.get().pk, r.items.get().pk) for i in invoices for r in receipts]

    def act(number: int) -> int:
        if number < len(receipts):
            reverse_document(document=receipts[number], reversed_on=START)
            return 1
        chance = random.Random(number)
        for debit, credit in chance.sample(pairs, 20):
            try:
                allocate(matches=[Match(debit, credit, Decimal(9))])
            except RefusedError:
                continue
        return 0

    assert sum(in_threads(CONNECTIONS, act)) == len(receipts)
    assert Document.objects.filter(reverses__isnull=False).count() == len(receipts)
    assert not LedgerItem.objects.filter(document__in=invoices, allocated__gt=0).exists()
    with connection.cursor() as cursor:
        cursor.execute(RUNNING_SUMS, [company.pk])
        assert cursor.fetchall() == []


def test_nothing_slips_into_a_period_while_it_is_closed() -> None:
    account, company = make_account(), make_company()
    period = Period.month(2026, 1)

    def act(number: int) -> int:
        if number == 0:
            closed_at = datetime(2026, 2, 1, tzinfo=UTC)
            close_period(period=period, closed_at=closed_at, selling_company=company)
            return Document.objects.filter(posting_date__lt=period.end).count()
        for _turn in range(20):
            try:
                make_document(account=account, company=company, on=START)
            except DatabaseError as error:
                if "ledger_period_closed" not in str(error):
                    raise
        return 0

    counted = sum(in_threads(6, act))
    assert Document.objects.count() == counted, "as many as stood when it was closed"
