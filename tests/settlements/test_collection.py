"""DSO, its trend, days beyond terms, forecasts and statements over posted rows."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account
from kam.core.dates import Period
from kam.core.models import SellingCompany
from settlements.models import Allocation, Document
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import (
    aged,
    beyond_terms,
    dso_trend,
    expected_receipts,
    month_ends,
)
from settlements.selectors.statement import statement
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture
def payer() -> Account:
    return make_account(name="Payer", external_id="C-1")


@pytest.fixture
def company() -> SellingCompany:
    return make_company()


def invoice(
    account: Account, company: SellingCompany, on: date, amount: str, *, days: int = 30
) -> Document:
    return make_document(
        account=account, company=company, on=on, amounts=[amount], due=[on + timedelta(days=days)]
    )


def pay(document: Document, on: date, amount: str) -> None:
    receipt = make_document(
        account=document.account, company=document.selling_company, kind="receipt", on=on,
        amounts=[amount],
    )  # fmt: skip
    Allocation.objects.create(
        debit_item=document.items.get(), credit_item=receipt.items.get(), party=document.party,
        currency_id="EUR", amount=D(amount), effective_date=on,
    )  # fmt: skip


def test_dso_three_ways_of_the_worked_example(payer: Account, company: SellingCompany) -> None:
    """Receivables of 520 of which 330 not due; 300, 200 and 250 sold in July to September."""
    for month, amount in ((7, "300"), (8, "200"), (9, "250")):
        invoice(payer, company, date(2026, month, 1), amount, days=60 if month == 7 else 90)
    paid = Document.objects.order_by("document_date").first()
    assert paid is not None
    pay(paid, date(2026, 9, 30), "110")
    pay(Document.objects.get(document_date=date(2026, 8, 1)), date(2026, 9, 30), "120")
    found = aged(AgeingQuery(as_of=date(2026, 9, 30)), days=92).dso
    assert (found.open, found.not_due, found.sales) == (520, 330, 750)
    assert (found.simple, found.best_possible) == (D("63.79"), D("40.48"))
    assert found.average_delinquent == D("23.31")
    assert found.countback.days == D("68.23")


def test_nothing_sold_is_no_figure(payer: Account, company: SellingCompany) -> None:
    make_document(account=payer, company=company, kind="opening", side=1, on=date(2025, 1, 1))
    found = aged(AgeingQuery(as_of=date(2026, 9, 30))).dso
    assert (found.open, found.simple, found.countback.days) == (100, None, None)


def test_trend_tells_what_the_single_days_tell(payer: Account, company: SellingCompany) -> None:
    for number in range(8):
        document = invoice(payer, company, date(2026, 1 + number, 5), "100.00")
        if number % 2:
            pay(document, date(2026, 2 + number, 20), "70.00")
    as_of = date(2026, 9, 15)
    points = dso_trend(AgeingQuery(as_of=as_of), months=6)
    assert [point.day for point in points] == month_ends(as_of, 6)
    assert points[-1].day == date(2026, 8, 31)
    for point in points:
        single = aged(AgeingQuery(as_of=point.day)).dso
        assert (point.open, point.sales, point.simple) == (
            single.open, single.sales, single.simple,
        )  # fmt: skip


def test_days_beyond_terms_with_their_denominator(payer: Account, company: SellingCompany) -> None:
    """10,000 five days late, 50,000 twenty-two days late, 5,000 three days early."""
    for amount, late in (("10000", 5), ("50000", 22), ("5000", -3)):
        document = invoice(payer, company, date(2026, 1, 1), amount)
        pay(document, date(2026, 1, 31) + timedelta(days=late), amount)
    found = beyond_terms(
        AgeingQuery(as_of=date(2026, 12, 31)), period=Period(date(2026, 1, 1), date(2027, 1, 1))
    )
    assert {code: (v.days, v.denominator, v.items) for code, v in found.items()} == {
        "EUR": (D("17.46"), D(65000), 3)
    }


def test_expected_receipts_by_habit_beside_what_came(
    payer: Account, company: SellingCompany
) -> None:
    monday = date(2026, 6, 1)
    as_of = monday + timedelta(days=2)
    early = invoice(payer, company, date(2026, 4, 1), "100.00")  # due Friday 1 May
    pay(early, date(2026, 5, 11), "100.00")  # ten days late: the habit
    invoice(payer, company, date(2026, 5, 10), "40.00")  # due Tuesday 9 June
    invoice(payer, company, date(2026, 3, 1), "7.00")  # due in March, not paid
    make_document(account=payer, company=company, on=monday, amounts=["3.00"], due=[None])
    found = expected_receipts(AgeingQuery(as_of=as_of), back=6, ahead=4)
    weeks = {week.monday: week for week in found.weeks}
    assert len(weeks) == 10
    assert (weeks[date(2026, 4, 27)].due, weeks[date(2026, 5, 11)].expected) == (100, 100)
    assert (weeks[date(2026, 5, 11)].came, weeks[date(2026, 5, 18)].came) == (100, 0)
    assert (weeks[monday].due, weeks[monday].expected, weeks[monday].came) == (7, 7, 0)
    assert (weeks[date(2026, 6, 8)].due, weeks[date(2026, 6, 8)].came) == (40, None)
    assert weeks[date(2026, 6, 15)].expected == 40
    assert (found.undated, found.later) == (3, 0)


def test_statement_rolls_forward_and_ages(payer: Account, company: SellingCompany) -> None:
    old = invoice(payer, company, date(2026, 1, 10), "100.00")
    invoice(payer, company, date(2026, 3, 5), "50.00")
    pay(old, date(2026, 3, 20), "60.00")
    invoice(payer, company, date(2026, 4, 1), "999.00")
    found = statement(Period.month(2026, 3), party=payer.pk)
    (euro,) = found.currencies
    assert (euro.currency, euro.opening, euro.closing) == ("EUR", 100, 90)
    assert [(line.kind, line.debit, line.credit, line.balance) for line in euro.lines] == [
        ("invoice", 50, None, 150),
        ("receipt", None, 60, 90),
    ]
    assert euro.aged is not None
    assert (euro.aged.net, euro.aged.overdue) == (90, 40)
    assert statement(Period.month(2026, 3), account=make_account().pk).currencies == ()


def test_ageing_command(
    payer: Account, company: SellingCompany, capsys: pytest.CaptureFixture[str]
) -> None:
    invoice(payer, company, date(2026, 1, 10), "100.00")
    call_command("ageing", "--as-of", "2026-03-31", "--bands", "7,14", "--account", "C-1", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "as_of": "2026-03-31",
        "currency": "EUR",
        "open": 100.0,
        "net": 100.0,
        "open_items": 1,
        "buckets": {"not_due": 0.0, "1-7": 0.0, "8-14": 0.0, "15+": 100.0, "no_due_date": 0.0},
        "overdue": 100.0,
        "overdue_items": 1,
        "accounts_overdue": 1,
        "unapplied": 0.0,
        "open_credits": 0.0,
        "dso_simple_90": 90.0,
        "dso_countback": 90.0,
        "by_account": [{"account": "C-1", "name": "Payer", "open": 100.0, "overdue": 100.0}],
    }
    call_command("ageing", "--as-of", "2026-03-31")
    assert "overdue: 100.0" in capsys.readouterr().out
    for flags in (["--account", "nobody"], ["--currency", "QQQ"], ["--bands", "30,10"],
                  ["--currency", "SEK"]):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("ageing", "--as-of", "2026-03-31", *flags)
