"""The ledger against plain Python: random acts, every balance of every date, both clocks.

Proves invariants 1 and 3 to 10: buckets and balance agree, nothing is over-allocated on any date,
both sides carry the same sum, allocations are not before postings, replays change nothing,
reversals restore, the past stays as it was for both clocks, roll-forward, instalments add up.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kam.core.dates import Period
from kam.core.problems import RefusedError
from settlements.analytics.ageing import Bands, band_totals, days_past
from settlements.analytics.instalments import split
from settlements.choices import DocumentKind, Side
from settlements.models import AccountingPeriod, Allocation, Document, LedgerItem
from settlements.selectors.ledger import Balance, balances, movements
from settlements.services.allocating import Match, allocate, reverse_allocation
from settlements.services.cash import refund, write_off
from settlements.services.periods import close_period, reopen_period
from settlements.services.posting import post_document
from settlements.services.reversing import reverse_document
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company
from tests.settlements.plain_ledger import PlainLedger

START = date(2026, 1, 1)
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
PARTIES, CURRENCIES = ["A", "B"], ["EUR", "JPY"]

days = st.integers(0, 180).map(lambda n: START + timedelta(days=n))
units = st.integers(1, 40)
places = st.integers(0, 10_000)
parties = st.sampled_from([*["A"] * 4, "B"])
currencies = st.sampled_from([*["EUR"] * 4, "JPY"])


# Items whose allocations, summed by effective date, leave [0, amount] on some date.
RUNNING_SUMS = """
SELECT i.id, r.effective_date, r.total FROM settlements_ledgeritem i
CROSS JOIN LATERAL (
    SELECT a.effective_date, sum(sum(a.amount)) OVER (ORDER BY a.effective_date) AS total
    FROM settlements_allocation a WHERE i.id IN (a.debit_item_id, a.credit_item_id)
    GROUP BY a.effective_date
) AS r
WHERE i.selling_company_id = %s AND r.total NOT BETWEEN 0 AND i.amount
"""


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to the database, by services, and to the plain ledger."""

    @initialize()
    def begin(self) -> None:
        self.plain = PlainLedger()
        self.company = make_company()
        self.accounts = {name: make_account() for name in PARTIES}
        self.names = {account.pk: name for name, account in self.accounts.items()}
        self.item_ids: list[int] = []
        self.allocation_ids: list[int] = []
        self.document_ids: list[int] = []
        self.clock: list[datetime] = [self._now()]

    def _now(self) -> datetime:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment

    def _note(self, document: Document | None = None) -> None:
        """Learn the ids of what the act wrote, in the plain ledger's order."""
        if document is not None:
            self.document_ids.append(document.pk)
            self.item_ids += document.items.order_by("sequence").values_list("pk", flat=True)
        self.clock.append(self._now())
        assert len(self.clock) == self.plain.step + 1

    # Acts

    @rule(
        kind=st.sampled_from(
            [DocumentKind.INVOICE] * 3 + [DocumentKind.RECEIPT] * 3 + list(DocumentKind)
        ),
        side=st.sampled_from(Side),
        party=parties,
        currency=currencies,
        total=units,
        due=st.lists(st.none() | st.integers(0, 90), min_size=1, max_size=3),
        day=days,
    )
    def post(
        self,
        kind: DocumentKind,
        side: Side,
        party: str,
        currency: str,
        total: int,
        due: list[int | None],
        day: date,
    ) -> None:
        usual = {"credit_note": -1, "claim": -1, "receipt": -1}
        usual |= {"write_off": side, "opening": side}
        stands = Side(usual.get(kind, 1))
        dates = [None if n is None or stands < 0 else day + timedelta(days=n) for n in due]
        parts = split(Decimal(total), dates, places=0)
        parts = [part for part in parts if part.amount]
        expected = self.plain.post(
            party=party,
            currency=currency,
            kind=kind,
            side=stands,
            amounts=[part.amount for part in parts],
            due=[part.due_date for part in parts],
            day=day,
        )
        try:
            document = post_document(
                kind=kind,
                selling_company=self.company,
                account=self.accounts[party],
                currency=currency,
                document_date=day,
                instalments=parts,
                side=stands,
            )
        except RefusedError:
            assert not expected
        else:
            assert expected
            assert document.total == total
            self._note(document)

    @precondition(lambda self: len(self.item_ids) > 1)
    @rule(one=places, other=places, amount=units, later=st.integers(-5, 120), whole=st.booleans())
    def allocate(self, one: int, other: int, amount: int, later: int, whole: bool) -> None:
        debit, credit = self._pair(one, other)
        items = self.plain.items
        value = Decimal(amount)
        if whole:
            value = min(items[debit].amount, items[credit].amount)
        latest = max(items[debit].posting_date, items[credit].posting_date)
        day = latest + timedelta(days=later)
        match = Match(self.item_ids[debit], self.item_ids[credit], value)
        expected = self.plain.allocate(debit, credit, value, day)
        key = f"{self.company.pk}-{self.plain.step}"
        try:
            (row,) = allocate(matches=[match], effective_date=day, idempotency_key=key)
        except RefusedError:
            assert not expected
        else:
            assert expected
            self.allocation_ids.append(row.pk)
            self._note()
            again = allocate(matches=[match], effective_date=day, idempotency_key=key)
            assert [a.pk for a in again] == [row.pk]

    def _pair(self, one: int, other: int) -> tuple[int, int]:
        """Mostly a debit and a credit of one payer; sometimes whatever comes."""
        items = self.plain.items
        debit = one % len(items)
        fitting = [
            place
            for place, item in enumerate(items)
            if item.side == -items[debit].side
            and (item.party, item.currency) == (items[debit].party, items[debit].currency)
        ]
        credit = fitting[other % len(fitting)] if fitting and other % 7 else other % len(items)
        if items[debit].side < items[credit].side:
            return credit, debit
        return debit, credit

    @precondition(lambda self: self.allocation_ids)
    @rule(which=places, later=st.integers(-3, 90))
    def reverse(self, which: int, later: int) -> None:
        place = which % len(self.allocation_ids)
        row = Allocation.objects.get(pk=self.allocation_ids[place])
        day = row.effective_date + timedelta(days=later)
        expected = self.plain.reverse(place, day)
        try:
            back = reverse_allocation(allocation=row, effective_date=day)
        except RefusedError:
            assert not expected
        else:
            assert expected
            self.allocation_ids.append(back.pk)
            self._note()

    @precondition(lambda self: self.document_ids)
    @rule(which=places, day=days)
    def reverse_document(self, which: int, day: date) -> None:
        place = which % len(self.document_ids)
        document = Document.objects.get(pk=self.document_ids[place])
        known = Allocation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        lands = self.plain.reverse_document(place, day, MONTHS)
        try:
            reversal = reverse_document(document=document, reversed_on=day)
        except RefusedError:
            assert lands is None
        else:
            assert reversal.posting_date == lands
            new = Allocation.objects.filter(pk__gt=known).order_by("pk")
            self.allocation_ids += new.values_list("pk", flat=True)
            self._note(reversal)

    @precondition(lambda self: self.item_ids)
    @rule(which=places, amount=units, later=st.integers(0, 60))
    def settle(self, which: int, amount: int, later: int) -> None:
        """Refund a credit or write an item off: a document and an allocation in one act."""
        place = which % len(self.item_ids)
        item, value = self.plain.items[place], Decimal(amount)
        row = LedgerItem.objects.get(pk=self.item_ids[place])
        day = item.posting_date + timedelta(days=later)
        back = item.side == -1 and which % 2
        before = len(self.plain.items), self.plain.step, self.plain.documents
        expected = self.plain.post(
            party=item.party,
            currency=item.currency,
            kind="refund" if back else "write_off",
            side=-item.side,
            amounts=[value],
            due=[None],
            day=day,
        )
        pair = (place, before[0]) if item.side == 1 else (before[0], place)
        if expected and not self.plain.allocate(*pair, value, day):
            del self.plain.items[before[0] :]
            _count, self.plain.step, self.plain.documents = before
            expected = False
        elif expected:
            self.plain.step -= 1
            self.plain.allocations[-1].step -= 1
        try:
            if back:
                document = refund(credit_item=row, amount=value, refunded_on=day)
            else:
                document = write_off(item=row, amount=value, written_off_on=day)
        except RefusedError:
            assert not expected
        else:
            assert expected
            self.allocation_ids.append(Allocation.objects.order_by("-pk")[0].pk)
            self._note(document)

    @rule(month=st.integers(1, 6))
    def close(self, month: int) -> None:
        close_period(
            period=Period.month(2026, month),
            closed_at=datetime(2026, 12, 1, tzinfo=UTC),
            selling_company=self.company,
        )
        self.plain.closed.add((2026, month))

    @precondition(lambda self: self.plain.closed)
    @rule(which=places)
    def reopen(self, which: int) -> None:
        closed = sorted(self.plain.closed)
        year, month = closed[which % len(closed)]
        row = AccountingPeriod.objects.get(
            selling_company=self.company, valid__startswith=date(year, month, 1)
        )
        reopen_period(period=row, note="again")
        self.plain.closed.discard((year, month))

    # What must be true

    @rule(as_of=days, share=st.integers(0, 100))
    def look_back(self, as_of: date, share: int) -> None:
        """Any date, as known after any act: query, function for volume and plain Python agree."""
        step = self.plain.step * share // 100
        known_at = self.clock[step]
        plain = self.plain.open_items(as_of, step)
        expected = {self.item_ids[place]: amount for place, amount in plain.items()}
        ours = LedgerItem.objects.filter(selling_company=self.company)
        rows = list(ours.open_as_of(as_of, known_at))
        assert {row.pk: row.open_amount for row in rows} == expected
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, open_amount FROM settlements_open_items(%s, %s)"
                " WHERE selling_company_id = %s",
                [as_of, known_at, self.company.pk],
            )
            assert dict(cursor.fetchall()) == expected
        for party, account in self.accounts.items():
            found = {
                balance.currency: balance.amount
                for balance in balances(as_of=as_of, party_id=account.pk, known_at=known_at)
            }
            for currency in CURRENCIES:
                control = self.plain.balance(party, currency, as_of, step)
                assert found.get(currency, Decimal(0)) == control
                mine = [r for r in rows if (r.party_id, r.currency_id) == (account.pk, currency)]
                debits = [
                    (days_past(as_of, r.due_date), r.open_amount) for r in mine if r.side == 1
                ]
                in_favour = sum(r.open_amount for r in mine if r.side == -1)
                assert sum(band_totals(Bands(), debits).values()) - in_favour == control

    @rule(start=days, length=st.integers(1, 90))
    def roll_forward(self, start: date, length: int) -> None:
        end = start + timedelta(days=length)
        for account in self.accounts.values():
            moved: dict[str, Decimal] = {}
            for row in movements(start=start, end=end, party_id=account.pk):
                moved[row.currency] = moved.get(row.currency, Decimal(0)) + row.amount
            before = {b.currency: b.amount for b in self._balances(account.pk, start)}
            after = {b.currency: b.amount for b in self._balances(account.pk, end)}
            for currency in {*moved, *after}:
                opening = before.get(currency, Decimal(0))
                assert opening + moved.get(currency, Decimal(0)) == after[currency]

    def _balances(self, party_id: int, day: date) -> list[Balance]:
        return list(balances(as_of=day - timedelta(days=1), party_id=party_id))

    @invariant()
    def cache_is_the_sum_of_allocations(self) -> None:
        rows = LedgerItem.objects.filter(selling_company=self.company)
        cached = dict(rows.values_list("pk", "allocated"))
        sums = dict.fromkeys(cached, Decimal(0))
        for allocation in self.plain.allocations:
            for place in (allocation.debit, allocation.credit):
                sums[self.item_ids[place]] += allocation.amount
        assert cached == sums
        totals = dict(
            rows.values("side").annotate(total=Sum("allocated")).values_list("side", "total")
        )
        assert totals.get(1, 0) == totals.get(-1, 0)

    @invariant()
    def nothing_is_over_allocated_on_any_date(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(RUNNING_SUMS, [self.company.pk])
            assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_ledger_does_what_plain_python_does() -> None:
    soak = bool(os.environ.get("KAM_SOAK"))
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=2000 if soak else 12,
            stateful_step_count=100 if soak else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
