"""Ageing: the statement is the plain definition, at every edge, on any day and at any knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from kam.core.models import ExchangeRate
from kam.core.selectors.rates import MissingRateError
from settlements.analytics.ageing import Bands, BoundsError, days_past
from settlements.choices import DocumentKind
from settlements.models import Allocation, LedgerItem
from settlements.selectors.ageing import AgeingQuery, Basis, Level, ageing
from settlements.selectors.ledger import balances
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 31)
CREDITS = {DocumentKind.RECEIPT, DocumentKind.CREDIT_NOTE}


def due_in(days: int | None, *, amount: str = "100.00", account: Account, company: object) -> None:
    on = DAY - timedelta(days=500)
    due = None if days is None else DAY - timedelta(days=days)
    make_document(account=account, amounts=[amount], due=[due], on=on, company=company)  # type: ignore[arg-type]


def buckets(query: AgeingQuery) -> dict[str, Decimal]:
    return {name: amount for name, amount in ageing(query).buckets.items() if amount}


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, "not_due"), (0, "not_due"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"),
        (61, "61-90"), (90, "61-90"), (91, "91+"), (400, "91+"), (None, "no_due_date"),
    ],
)  # fmt: skip
def test_edges_of_the_bands(days: int | None, bucket: str) -> None:
    due_in(days, account=make_account(), company=make_company())
    found = ageing(AgeingQuery(as_of=DAY))
    assert {name: amount for name, amount in found.buckets.items() if amount} == {
        bucket: Decimal(100)
    }
    late = days is not None and days > 0
    assert (found.total.overdue, found.total.overdue_items) == (100 if late else 0, int(late))
    assert found.total.undated == (100 if days is None else 0)


def test_leap_day_and_the_day_after() -> None:
    account, company = make_account(), make_company()
    make_document(account=account, company=company, due=[date(2028, 2, 29)], on=date(2028, 1, 1))
    for as_of, bucket in (
        (date(2028, 2, 29), "not_due"),
        (date(2028, 3, 1), "1-30"),
        (date(2028, 3, 30), "1-30"),
        (date(2028, 3, 31), "31-60"),
    ):
        assert buckets(AgeingQuery(as_of=as_of)) == {bucket: Decimal(100)}


def test_other_bands_and_the_document_date() -> None:
    account, company = make_account(), make_company()
    make_document(account=account, company=company, on=date(2026, 3, 1), due=[date(2026, 3, 31)])
    make_document(account=account, company=company, on=date(2026, 3, 1), due=[None])
    bands = Bands((7, 14))
    by_document = ageing(AgeingQuery(as_of=DAY, bands=bands, basis=Basis.DOCUMENT_DATE))
    assert by_document.buckets == {
        "not_due": 0, "1-7": 0, "8-14": 0, "15+": Decimal(200), "no_due_date": 0,
    }  # fmt: skip
    assert (by_document.total.undated, by_document.total.overdue) == (100, 0)
    with pytest.raises(BoundsError):
        Bands((30, 30))


def test_instalments_age_by_their_own_dates() -> None:
    make_document(
        account=make_account(),
        amounts=["60.00", "40.00"],
        on=date(2026, 1, 1),
        due=[date(2026, 2, 1), date(2026, 4, 30)],
    )
    assert buckets(AgeingQuery(as_of=DAY)) == {"not_due": Decimal(40), "31-60": Decimal(60)}


def test_cash_and_credits_in_their_own_columns() -> None:
    account, company = make_account(), make_company()
    due_in(40, account=account, company=company, amount="100.00")
    make_document(account=account, company=company, kind="receipt", amounts=["30.00"])
    make_document(account=account, company=company, kind="credit_note", amounts=["20.00"])
    total = ageing(AgeingQuery(as_of=DAY)).total
    assert (total.open, total.unapplied, total.open_credits, total.net) == (100, 30, 20, 50)
    assert total.overdue == 100
    assert [balance.amount for balance in balances(as_of=DAY)] == [total.net]


def test_a_payment_counts_from_its_own_day_and_from_when_it_was_known() -> None:
    account, company = make_account(), make_company()
    invoice = make_document(account=account, company=company, on=date(2026, 1, 1), due=[DAY])
    before = timezone.now() - timedelta(days=1)
    receipt = make_document(account=account, company=company, kind="receipt", on=date(2026, 2, 10))
    Allocation.objects.create(
        debit_item=invoice.items.get(),
        credit_item=receipt.items.get(),
        party=account,
        currency_id="EUR",
        amount=100,
        effective_date=date(2026, 2, 10),
    )
    opens = [
        ageing(AgeingQuery(as_of=day)).total.open
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 9), date(2026, 2, 10))
    ]
    assert opens == [0, 100, 100, 0]
    assert ageing(AgeingQuery(as_of=DAY, known_at=before)).total.open_items == 0


def test_currencies_are_grouped_and_converted_only_at_a_rate() -> None:
    account, company = make_account(), make_company()
    make_document(account=account, company=company, amounts=["100.00"], due=[date(2026, 2, 1)])
    make_document(
        account=account, company=company, amounts=["50.00"], due=[date(2026, 2, 1)], currency="USD"
    )
    with pytest.raises(MissingRateError) as error:
        ageing(AgeingQuery(as_of=DAY))
    assert (error.value.currency, error.value.base, error.value.on) == ("USD", "EUR", DAY)
    for day, rate in ((date(2026, 1, 1), "0.5"), (DAY + timedelta(days=1), "0.9")):
        ExchangeRate.objects.create(
            currency_id="USD", base_id="EUR", valid_on=day, rate=Decimal(rate)
        )
    found = ageing(AgeingQuery(as_of=DAY))
    assert (found.currency, found.total.overdue, found.total.customers) == ("EUR", 125, 1)
    assert [(row.currency, row.overdue) for row in found.by_currency] == [("EUR", 100), ("USD", 50)]
    assert found.rates == {"EUR": 1, "USD": Decimal("0.5")}
    into = ageing(AgeingQuery(as_of=DAY, currency="USD"))
    assert (into.currency, into.total.overdue) == ("USD", Decimal(250))


def test_groups_by_the_tree_of_the_day() -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    shop = make_account(name="Shop", parent=old)
    shop.parent_links.update(valid=(None, date(2026, 3, 1)))
    shop.parent_links.create(parent=new, valid=(date(2026, 3, 1), None))
    make_document(account=shop, due=[date(2026, 2, 1)])
    for day, group in ((date(2026, 2, 28), old), (date(2026, 3, 1), new)):
        rows = ageing(AgeingQuery(as_of=day, level=Level.GROUP)).rows
        assert [(row.key, row.overdue) for row in rows] == [(group.pk, 100)]
        assert ageing(AgeingQuery(as_of=day, account=group.pk)).total.open == 100
    assert ageing(AgeingQuery(as_of=DAY, account=old.pk)).total.open == 0


@dataclass(frozen=True)
class Line:
    account: int
    kind: DocumentKind
    amount: int
    on: int
    due: int | None
    currency: str


LINES = st.lists(
    st.builds(
        Line,
        account=st.integers(0, 2),
        kind=st.sampled_from([DocumentKind.INVOICE, DocumentKind.DEBIT_NOTE, *sorted(CREDITS)]),
        amount=st.integers(1, 9_999),
        on=st.integers(0, 200),
        due=st.none() | st.integers(0, 120),
        currency=st.sampled_from(["EUR", "SEK"]),
    ),
    min_size=1,
    max_size=12,
)
PAYMENTS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9_999), st.integers(0, 260)),
    max_size=10,
)
FIRST = date(2026, 1, 1)


def _write(lines: Sequence[Line], payments: Sequence[tuple[int, int, int, int]]) -> list[Account]:
    accounts = [make_account() for _ in range(3)]
    companies = {code: make_company(currency=code) for code in ("EUR", "SEK")}
    owed: list[LedgerItem] = []
    paying: list[LedgerItem] = []
    for line in lines:
        on = FIRST + timedelta(days=line.on)
        is_debit = line.kind not in CREDITS
        due = on + timedelta(days=line.due) if line.due is not None and is_debit else None
        document = make_document(
            account=accounts[line.account], company=companies[line.currency], kind=line.kind,
            amounts=[str(Decimal(line.amount) / 100)], due=[due], on=on, currency=line.currency,
        )  # fmt: skip
        (owed if is_debit else paying).append(document.items.get())
    for one, other, amount, day in payments:
        if owed and paying:
            _pay(owed[one % len(owed)], paying[other % len(paying)], amount, day)
    return accounts


def _pay(debit: LedgerItem, credit: LedgerItem, cents: int, day: int) -> None:
    debit.refresh_from_db()
    credit.refresh_from_db()
    same = (debit.party_id, debit.currency_id) == (credit.party_id, credit.currency_id)
    amount = min(Decimal(cents) / 100, debit.open_amount_now, credit.open_amount_now)
    if same and amount > 0:
        Allocation.objects.create(
            debit_item=debit, credit_item=credit, party_id=debit.party_id, amount=amount,
            currency_id=debit.currency_id,
            effective_date=max(FIRST + timedelta(days=day), debit.posting_date,
                               credit.posting_date),
        )  # fmt: skip


def _plainly(as_of: date, bands: Bands, basis: Basis) -> dict[tuple[int, str], list[Decimal]]:
    """Ageing one item after the other: buckets, then unapplied, open credits and overdue."""
    sums: dict[tuple[int, str], list[Decimal]] = {}
    for item in LedgerItem.objects.filter(posting_date__lte=as_of):
        side = item.debit_allocations if item.side == 1 else item.credit_allocations
        paid = sum(row.amount for row in side.all() if row.effective_date <= as_of)
        left = item.amount - paid
        if left <= 0:
            continue
        row = sums.setdefault(
            (item.account_id, item.currency_id), [Decimal(0)] * (len(bands.names) + 3)
        )
        if item.side == 1:
            row[bands.place(days_past(as_of, getattr(item, basis.value)))] += left
            if item.due_date is not None and item.due_date < as_of:
                row[-1] += left
        else:
            row[-3 if item.kind == DocumentKind.RECEIPT else -2] += left
    return sums


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    lines=LINES, payments=PAYMENTS, day=st.integers(0, 400),
    bounds=st.lists(st.integers(1, 120), min_size=1, max_size=4, unique=True).map(sorted),
    basis=st.sampled_from(list(Basis)),
)  # fmt: skip
def test_the_statement_is_the_plain_definition(
    lines: list[Line],
    payments: list[tuple[int, int, int, int]],
    day: int,
    bounds: list[int],
    basis: Basis,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT example")
    try:
        accounts = _write(lines, payments)
        as_of, bands = FIRST + timedelta(days=day), Bands(tuple(bounds))
        wanted = _plainly(as_of, bands, basis)
        for code in ("EUR", "SEK"):
            query = AgeingQuery(as_of=as_of, bands=bands, basis=basis)
            for account in accounts:
                found = ageing(
                    AgeingQuery(as_of=as_of, bands=bands, basis=basis, account=account.pk),
                    convert=False,
                )
                rows = {row.currency: row for row in found.by_currency}
                plain = wanted.get((account.pk, code))
                if plain is None:
                    assert code not in rows
                    continue
                row = rows[code]
                assert [*row.buckets, row.unapplied, row.open_credits, row.overdue] == plain
                assert sum(row.buckets) == row.open
            whole = {row.currency: row for row in ageing(query, convert=False).by_currency}
            control = {balance.currency: balance.amount for balance in balances(as_of=as_of)}
            net = whole[code].net if code in whole else 0
            assert net == control.get(code, 0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT example")


@given(
    bounds=st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True).map(sorted),
    days=st.integers(-400, 800),
)
def test_every_day_falls_in_exactly_one_band(bounds: list[int], days: int) -> None:
    bands = Bands(tuple(bounds))
    edges = [0, *bounds]
    inside = [low < days <= high for low, high in pairwise(edges)]
    assert [days <= 0, *inside, days > edges[-1]].count(True) == 1
    assert bands.place(days) == [days <= 0, *inside, days > edges[-1]].index(True)
