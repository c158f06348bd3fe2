"""What the overdue run keeps for the board is what the ledger says, also after late postings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kam.core.models import ExchangeRate
from kam.core.selectors.rates import MissingRateError
from settlements.models import Allocation, Document, OpenBalance, OverdueRun
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.balances import kept_balances, points
from settlements.selectors.collection import aged, dso_trend
from settlements.services.overdue import flag_overdue
from settlements.services.overdue_balances import keep_balances
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 17)


def pay(document: Document, on: date, amount: str) -> None:
    receipt = make_document(
        account=document.account, company=document.selling_company, kind="receipt", on=on,
        amounts=[amount],
    )  # fmt: skip
    Allocation.objects.create(
        debit_item=document.items.get(), credit_item=receipt.items.get(), party=document.party,
        currency_id="EUR", amount=Decimal(amount), effective_date=on,
    )  # fmt: skip


def direct(*, leads: tuple[int, ...] | None = None) -> list[tuple[object, ...]]:
    """The same, read off the ledger."""
    query = AgeingQuery(as_of=DAY, leads=leads)
    now = aged(query).dso
    trend = [(p.day, p.open, p.sales, p.simple) for p in dso_trend(query)]
    return [*trend, (DAY, now.open, now.sales, now.simple)]


def kept(*, leads: tuple[int, ...] | None = None) -> list[tuple[object, ...]]:
    found = points(kept_balances(leads=leads))
    return [(p.day, p.open, p.sales, p.simple) for p in found]


def known(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without the days before there was anything, which are not kept."""
    return [row for row in rows if row[1] or row[2]]


def ledger(people: People) -> list[Document]:
    company, documents = make_company(), []
    for number in range(24):
        account = make_account(lead=(people.owner, people.stranger, None)[number % 3])
        on = date(2025, 3, 5) + timedelta(days=19 * number)
        document = make_document(
            account=account, company=company, on=on, amounts=[f"{100 + number}.10"],
            due=[on + timedelta(days=30)],
        )  # fmt: skip
        documents.append(document)
        if number % 2:
            pay(document, min(on + timedelta(days=41), DAY), "60.05")
    make_document(
        account=documents[3].account, company=company, kind="credit_note",
        on=date(2026, 5, 2), amounts=["9.00"],
    )  # fmt: skip
    return documents


def test_kept_is_computed(people: People) -> None:
    ledger(people)
    flag_overdue(as_of=DAY)
    assert keep_balances() > 0
    assert kept() == known(direct())
    for user in (people.owner, people.stranger):
        mine = tuple(user.scope_user_ids())
        assert kept(leads=mine) == known(direct(leads=mine))
    assert kept(leads=(people.auditor.pk,)) == []


def test_late_postings_are_in_it_from_the_next_run_on(people: People) -> None:
    documents = ledger(people)
    flag_overdue(as_of=DAY)
    keep_balances()
    OverdueRun.objects.update(ledger_mark="x")  # another transaction is always under way in tests
    assert keep_balances() == 0
    pay(documents[2], date(2025, 12, 31), "11.00")
    make_document(
        account=documents[4].account, company=documents[4].selling_company,
        on=date(2025, 9, 30), amounts=["5.55"], due=[date(2025, 10, 30)],
    )  # fmt: skip
    flag_overdue(as_of=DAY)
    assert keep_balances() > 0
    assert kept() == known(direct())
    before = set(OpenBalance.objects.values_list("pk", flat=True))
    OverdueRun.objects.update(balances_mark="")
    assert keep_balances() == 0
    assert set(OpenBalance.objects.values_list("pk", flat=True)) == before


def test_nothing_to_keep_without_a_run() -> None:
    assert keep_balances() == 0
    assert kept_balances() == []


def test_two_currencies_are_converted_at_each_days_rates(people: People) -> None:
    for number, code in enumerate(("EUR", "USD")):
        make_document(
            account=make_account(), company=make_company(currency=code), currency=code,
            on=date(2026, 1, 10 + number), amounts=["100.00"], due=[date(2026, 3, 1)],
        )  # fmt: skip
    flag_overdue(as_of=DAY)
    keep_balances()
    with pytest.raises(MissingRateError):
        points(kept_balances())
    for month, rate in ((1, "0.9"), (3, "0.8"), (6, "0.95")):
        ExchangeRate.objects.create(
            currency_id="USD", base_id="EUR", valid_on=date(2026, month, 1), rate=Decimal(rate)
        )
    found = points(kept_balances())
    assert [(point.day.month, point.open) for point in found] == [
        (1, 190), (2, 190), (3, 180), (4, 180), (5, 180), (6, 195),
    ]  # fmt: skip
    assert found[-1].open == aged(AgeingQuery(as_of=DAY)).dso.open
