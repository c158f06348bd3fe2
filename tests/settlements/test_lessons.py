"""What users of other systems complain about in receivables, each held by a test.

Complaints, and the tests that hold them elsewhere:

- *Reports that die past 100,000 invoices or take minutes at 30,000*: below, and by the bench.
- *Overdue checks that go row by row*: below, and `test_overdue` (`…at_once_is_once…`).
- *Buckets that do not add up to the balance*: `test_ageing.test_the_statement_is_the_plain_…`
  (property), `test_ibm.test_every_figure_of_the_reference`; below over the API, with everything
  that a ledger can hold.
- *Items without a due date falling out*: `test_ageing.test_edges_of_the_bands`,
  `test_open_items.test_credits_and_undated_items`.
- *As-of reports that forget what was paid later, or use the day a row was created*:
  `test_ageing.test_a_payment_counts_from_its_own_day_and_from_when_it_was_known`,
  `test_open_items.test_settled_in_parts_over_several_files`,
  `test_item_pages.test_what_is_open_forgets_nothing_that_was_paid_later`.
- *Off by one between "current" and "≤ 30"*; due today, +1, +30, +31, +90, +91, leap day:
  `test_ageing.test_edges_of_the_bands`, `test_ageing.test_leap_day_and_the_day_after`,
  `test_analytics.test_edges_of_the_bands`; another time zone: below.
- *Instalments ignored*: `test_ageing.test_instalments_age_by_their_own_dates`.
- *By invoice or by due date: both camps exist*:
  `test_ageing.test_other_bands_and_the_document_date`.
- *Statement in the wrong currency or without ageing*:
  `test_collection.test_statement_rolls_forward_and_ages`, `test_statement_page`; below as a
  statement in each currency.
- *Statements one at a time instead of in bulk*:
  `test_statement_page.test_a_zip_holds_those_that_one_may_see`.
- *A stored "overdue" that is a day old*: below.
- *Currencies added; a converted column without its rate*:
  `test_ageing.test_currencies_are_grouped_and_converted_only_at_a_rate`,
  `test_item_pages.test_sums_are_per_currency_and_never_across`; below for the rate.
- *The account manager locked out of the receivables of the own account*:
  `test_ledger_rules.test_own_receivables_are_seen_in_full_and_others_are_not`,
  `test_api_ledger.test_each_sees_the_receivables_of_the_own_accounts_in_full`.
- *A 403 after the row was changed*: `core.test_api_refusals`, for every operation.
- *Reconciliation slow at 10,000 open items*: below, for what is proposed and allocated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from kam.core.models import Organisation, SellingCompany
from settlements.models import Document, LedgerItem, OverdueSpell
from settlements.selectors.ledger import balances
from settlements.services.allocating import Match, allocate, propose_allocation, reverse_allocation
from settlements.services.cash import Applied, post_receipt, refund, write_off
from settlements.services.overdue import flag_overdue
from settlements.services.reversing import reverse_document
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.core import make_rate
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)
AGEING = "receivables/ageing/"
MANY = """
INSERT INTO settlements_document (kind, number, selling_company_id, party_id, account_id,
    currency_id, document_date, posting_date, total)
SELECT 'invoice', 'many-' || n, %(company)s, %(account)s, %(account)s, 'EUR', '2026-01-01',
    '2026-01-01', 10 FROM generate_series(1, %(rows)s) AS n;
INSERT INTO settlements_ledgeritem (document_id, sequence, kind, selling_company_id, party_id,
    account_id, currency_id, side, amount, document_date, posting_date, due_date)
SELECT d.id, 1, d.kind, d.selling_company_id, d.party_id, d.account_id, d.currency_id, 1, d.total,
    d.document_date, d.posting_date, date '2026-01-01' + (d.id %% 120)::integer
FROM settlements_document d WHERE d.number LIKE 'many-%%'
"""


def post_many(rows: int) -> tuple[Account, SellingCompany]:
    """So many open invoices of 10.00 of one payer, due on 120 days in turn."""
    account, company = make_account(name="Kesko"), make_company()
    parameters = {"company": company.pk, "account": account.pk, "rows": rows}
    with connection.cursor() as cursor:
        for statement in MANY.split(";"):
            cursor.execute(statement, parameters)
        cursor.execute("ANALYZE settlements_ledgeritem")
    return account, company


def test_thirty_thousand_invoices_take_moments(people: People) -> None:
    account, company = post_many(30_000)
    api = Api(people.auditor)
    started = time.perf_counter()
    answer = api.get(f"{AGEING}?as_of=2026-05-31").json()
    assert (answer["open"], answer["open_items"]) == ("300000.00", 30_000)
    late = LedgerItem.objects.filter(due_date__lt=date(2026, 5, 31)).count()
    assert answer["overdue_items"] == late
    done = flag_overdue(as_of=date(2026, 5, 31))
    assert done.flagged == late
    receipt = receive(account, company, "5000.00", on=date(2026, 5, 31))
    credit = receipt.items.get()
    shares = propose_allocation(credit_item=credit)
    allocate(matches=[Match(one.item_id, credit.pk, one.amount) for one in shares])
    assert len(shares) == 500
    assert api.get(f"{AGEING}?as_of=2026-05-31").json()["open"] == "295000.00"
    assert time.perf_counter() - started < 60  # a few seconds; minutes elsewhere


@pytest.mark.parametrize("rows", [1, 50])
def test_the_overdue_job_asks_as_much_for_many_as_for_one(rows: int) -> None:
    post_many(rows)
    with CaptureQueriesContext(connection) as queries:
        done = flag_overdue(as_of=date(2026, 6, 30))
    assert done.flagged == rows
    reads = [one for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(reads) == 18


def receive(
    account: Account,
    company: SellingCompany,
    amount: str,
    *,
    on: date,
    pays: Mapping[LedgerItem, str] | None = None,
) -> Document:
    """A payment with what it pays."""
    return post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=Decimal(amount),
        received_on=on,
        applied=[Applied(item.pk, Decimal(part)) for item, part in (pays or {}).items()],
    )


def _everything(account: Account, company: SellingCompany) -> None:
    """Whatever a ledger can hold: parts, reversals, refunds, write-offs, undated, to come."""

    def invoice(amount: str, due: date | None, on: date = JAN) -> LedgerItem:
        made = make_document(account=account, company=company, amounts=[amount], due=[due], on=on)
        return LedgerItem.objects.get(document=made)

    first, second, _undated = invoice("100.00", FEB), invoice("80.00", MAR), invoice("7.00", None)
    invoice("55.00", date(2026, 6, 1), on=date(2026, 5, 1))
    taken_back = invoice("33.00", FEB)
    pays = {first: "60.00", second: "10.00"}
    receipt = receive(account, company, "90.00", on=date(2026, 2, 10), pays=pays)
    bounced = receive(account, company, "40.00", on=date(2026, 2, 20), pays={first: "40.00"})
    reverse_document(document=bounced, reversed_on=MAR)
    reverse_document(document=taken_back.document, reversed_on=date(2026, 2, 15))
    make_document(account=account, company=company, kind="credit_note", amounts=["5.00"], on=FEB)
    refund(credit_item=receipt.items.get(), amount=Decimal("12.00"), refunded_on=MAR)
    write_off(item=second, amount=Decimal("3.00"), written_off_on=date(2026, 4, 1))
    some = first.debit_allocations.filter(reversed_by__isnull=True, amount=60).get()
    reverse_allocation(allocation=some, effective_date=date(2026, 4, 15))


def test_buckets_add_up_to_the_balance_on_every_day(people: People) -> None:
    account, company = make_account(name="Kesko", lead=people.owner), make_company()
    _everything(account, company)
    api = Api(people.owner)
    for day in (date(2026, 1, 1) + timedelta(days=7 * week) for week in range(24)):
        answer = api.get(f"{AGEING}?as_of={day}").json()
        sums = [Decimal(amount) for amount in answer["buckets"].values()]
        control = sum((one.amount for one in balances(as_of=day)), Decimal(0))
        taken = Decimal(answer["unapplied"]) + Decimal(answer["open_credits"])
        assert sum(sums) == Decimal(answer["open"]), day
        assert sum(sums) - taken == Decimal(answer["net"]) == control, day
        items = api.rows(f"receivables/items/?as_of={day}&open=true&side=debit")
        assert sum(Decimal(item["open"]) for item in items) == sum(sums), day
        late = api.rows(f"receivables/items/?as_of={day}&overdue=true")
        assert sum(Decimal(item["open"]) for item in late) == Decimal(answer["overdue"]), day
        end = day + timedelta(days=1)
        path = f"receivables/statement/?account={account.pk}&from=2026-01-01&to={end}"
        found = api.get(path).json()["currencies"]
        assert [Decimal(one["closing"]) for one in found] == ([control] if found else []), day


def test_a_statement_is_in_the_currency_of_its_documents(people: People) -> None:
    account, company = make_account(name="Kesko", lead=people.owner), make_company()
    make_rate(currency="USD", rate="0.5")
    for currency, amount in (("EUR", "100.00"), ("USD", "70.00"), ("VND", "5000")):
        make_document(account=account, company=company, currency=currency, amounts=[amount])
    path = f"receivables/statement/?account={account.pk}&from=2026-01-01&to=2026-02-01"
    found = Api(people.owner).get(path).json()["currencies"]
    assert [(one["currency"], one["closing"], one["ageing"]["open"]) for one in found] == [
        ("EUR", "100.00", "100.00"),
        ("USD", "70.00", "70.00"),
        ("VND", "5000", "5000"),
    ]


def test_a_converted_figure_says_its_currency_rate_and_day(people: People) -> None:
    account, company = make_account(name="Kesko", lead=people.owner), make_company()
    make_rate(currency="USD", rate="0.5", valid_on=date(2026, 1, 1))
    make_rate(currency="USD", rate="0.8", valid_on=MAR)
    for currency in ("EUR", "USD"):
        make_document(account=account, company=company, currency=currency)
    api = Api(people.owner)
    for day, rate, total in (("2026-02-28", "0.5", "150.00"), ("2026-03-01", "0.8", "180.00")):
        answer = api.get(f"{AGEING}rows/?as_of={day}").json()
        assert (answer["as_of"], answer["currency"]) == (day, "EUR")
        rates = {code: Decimal(worth) for code, worth in answer["rates"].items()}
        assert rates == {"EUR": Decimal(1), "USD": Decimal(rate)}
        assert [row["open"] for row in answer["results"]] == [total]


def test_late_is_told_by_dates_and_not_by_when_the_job_ran(people: People) -> None:
    account, company = make_account(name="Kesko", lead=people.owner), make_company()
    item = make_document(account=account, company=company, due=[FEB]).items.get()
    api = Api(people.owner)

    def late(day: str) -> int:
        listed = len(api.rows(f"receivables/items/?as_of={day}&overdue=true"))
        assert api.get(f"{AGEING}?as_of={day}").json()["overdue_items"] == listed
        return listed

    assert (late("2026-02-01"), late("2026-02-02")) == (0, 1)  # no job ran yet
    flag_overdue(as_of=date(2026, 2, 2))
    receive(account, company, "100.00", on=date(2026, 2, 3), pays={item: "100.00"})
    assert (late("2026-02-02"), late("2026-02-03")) == (1, 0)  # it did not run since
    assert OverdueSpell.objects.get().cured_on is None
    flag_overdue(as_of=date(2026, 2, 10))
    assert OverdueSpell.objects.get().cured_on == date(2026, 2, 3)


def test_today_is_the_day_where_the_organisation_is(people: People) -> None:
    west, east = "Pacific/Pago_Pago", "Pacific/Kiritimati"  # never on the same day
    due = datetime.now(ZoneInfo(west)).date()
    account = make_account(name="Kesko", lead=people.owner)
    make_document(account=account, due=[due], on=due - timedelta(days=30))
    for zone, overdue in ((west, "0.00"), (east, "100.00")):
        Organisation.objects.update(time_zone=zone)
        api = Api(people.owner)
        answer = api.get(AGEING).json()
        assert answer["as_of"] == datetime.now(ZoneInfo(zone)).date().isoformat()
        assert answer["overdue"] == overdue
        assert len(api.rows("receivables/items/?overdue=true")) == (overdue != "0.00")
