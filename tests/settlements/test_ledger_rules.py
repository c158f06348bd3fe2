"""SQL that the database itself refuses, whoever sends it; and what it takes at once in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account
from kam.core.dates import Period
from kam.core.models import SellingCompany
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.periods import close_period
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)


@dataclass(frozen=True)
class Ledger:
    """An invoice over 60 + 40, a receipt over 70 allocated with 60, what others could be named."""

    account: Account
    company: SellingCompany
    invoice: Document
    receipt: Document
    allocation: Allocation
    foreign: Document
    dollars: Document
    elsewhere: Document
    spare: Document

    def names(self) -> dict[str, object]:
        """What the attacks below may refer to."""
        first, second = self.invoice.items.order_by("sequence")
        return {
            "account": self.account.pk,
            "company": self.company.pk,
            "invoice": self.invoice.pk,
            "receipt": self.receipt.pk,
            "debit": first.pk,
            "debit2": second.pk,
            "credit": self.receipt.items.get().pk,
            "spare": self.spare.items.get().pk,
            "spare_document": self.spare.pk,
            "foreign": self.foreign.items.get().pk,
            "foreign_account": self.foreign.account_id,
            "dollars": self.dollars.items.get().pk,
            "elsewhere": self.elsewhere.items.get().pk,
            "allocation": self.allocation.pk,
        }


@pytest.fixture
def ledger() -> Ledger:
    account, company = make_account(), make_company()
    invoice = make_document(account=account, company=company, amounts=["60", "40"], number="4711")
    receipt = make_document(account=account, company=company, kind="receipt", amounts=["70"])
    first = invoice.items.get(sequence=1)
    return Ledger(
        account=account,
        company=company,
        invoice=invoice,
        receipt=receipt,
        allocation=_allocate(first, receipt.items.get(), "60", FEB),
        foreign=make_document(account=make_account(), company=company, kind="receipt"),
        dollars=make_document(account=account, company=company, kind="receipt", currency="USD"),
        elsewhere=make_document(account=account, company=make_company(), kind="receipt"),
        spare=make_document(account=account, company=company, kind="receipt", amounts=["100"]),
    )


def _allocate(debit: LedgerItem, credit: LedgerItem, amount: str, day: date) -> Allocation:
    return Allocation.objects.create(
        debit_item=debit,
        credit_item=credit,
        party_id=debit.party_id,
        currency_id=debit.currency_id,
        amount=amount,
        effective_date=day,
    )


ALLOCATE = (
    "INSERT INTO settlements_allocation (debit_item_id, credit_item_id, party_id, currency_id,"
    " amount, effective_date, reversal_of_id) VALUES "
)
POST = (
    "INSERT INTO settlements_document (kind, number, selling_company_id, party_id, account_id,"
    " currency_id, document_date, posting_date, total) VALUES "
)
ITEM = (
    "INSERT INTO settlements_ledgeritem (document_id, sequence, kind, selling_company_id,"
    " party_id, account_id, currency_id, side, amount, document_date, posting_date, due_date"
)
CLOSE = "INSERT INTO settlements_accountingperiod (created_at, updated_at, valid, note) VALUES "
HEAD = "{company}, {account}, {account}, 'EUR', '2026-02-01', '2026-02-01'"
# A document and its items in one statement each, as one attack.
NEW = POST + "('invoice', 'new', " + HEAD + ", 100);"
OF_NEW = ITEM + ") SELECT id, 1, kind, selling_company_id, party_id, account_id, currency_id, 1"

# What is tried, and the rule that refuses it.
FORBIDDEN: dict[str, tuple[str, str]] = {
    "change a document": (
        "UPDATE settlements_document SET total = 1 WHERE id = {invoice}",
        "ledger_append_only",
    ),
    "change a document's date": (
        "UPDATE settlements_document SET posting_date = '2025-01-01'",
        "ledger_append_only",
    ),
    "delete a document": ("DELETE FROM settlements_document", "ledger_append_only"),
    "empty the documents": ("TRUNCATE settlements_document CASCADE", "ledger_append_only"),
    "change an item": (
        "UPDATE settlements_ledgeritem SET amount = 1 WHERE id = {debit2}",
        "ledger_append_only",
    ),
    "set what is allocated": (
        "UPDATE settlements_ledgeritem SET allocated = 0 WHERE id = {debit}",
        "ledger_append_only",
    ),
    "change an item by an upsert": (
        ITEM + ") SELECT document_id, sequence, kind, selling_company_id, party_id, account_id,"
        " currency_id, side, amount, document_date, posting_date, due_date"
        " FROM settlements_ledgeritem WHERE id = {debit}"
        " ON CONFLICT (document_id, sequence) DO UPDATE SET amount = 1",
        "ledger_append_only",
    ),
    "delete an item": (
        "DELETE FROM settlements_ledgeritem WHERE id = {debit2}",
        "ledger_append_only",
    ),
    "empty the items": ("TRUNCATE settlements_ledgeritem CASCADE", "ledger_append_only"),
    "change an allocation": (
        "UPDATE settlements_allocation SET amount = 1",
        "ledger_append_only",
    ),
    "delete an allocation": ("DELETE FROM settlements_allocation", "ledger_append_only"),
    "empty the allocations": ("TRUNCATE settlements_allocation", "ledger_append_only"),
    "allocate more than the debit": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', 40.01, '2026-02-01', NULL)",
        "ledger_item_not_over_allocated",
    ),
    "allocate more than the credit": (
        ALLOCATE + "({debit2}, {credit}, {account}, 'EUR', 10.01, '2026-02-01', NULL)",
        "ledger_item_not_over_allocated",
    ),
    "allocate more in two rows of one statement": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', 30, '2026-02-01', NULL),"
        " ({debit2}, {spare}, {account}, 'EUR', 30, '2026-02-01', NULL)",
        "ledger_item_not_over_allocated",
    ),
    "allocate what is free only after a later reversal": (
        ALLOCATE
        + "({debit}, {credit}, {account}, 'EUR', -60, '2026-03-01', {allocation});"
        + ALLOCATE
        + "({debit}, {spare}, {account}, 'EUR', 60, '2026-02-15', NULL)",
        "ledger_item_not_over_allocated_on_any_date",
    ),
    "allocate to another payer": (
        ALLOCATE + "({debit2}, {foreign}, {account}, 'EUR', 1, '2026-02-01', NULL)",
        "allocation_one_payer",
    ),
    "say another payer than the items'": (
        ALLOCATE + "({debit2}, {spare}, {foreign_account}, 'EUR', 1, '2026-02-01', NULL)",
        "allocation_one_payer",
    ),
    "allocate another currency": (
        ALLOCATE + "({debit2}, {dollars}, {account}, 'EUR', 1, '2026-02-01', NULL)",
        "allocation_one_currency",
    ),
    "allocate another company's cash": (
        ALLOCATE + "({debit2}, {elsewhere}, {account}, 'EUR', 1, '2026-02-01', NULL)",
        "allocation_one_company",
    ),
    "allocate a debit to a debit": (
        ALLOCATE + "({debit}, {debit2}, {account}, 'EUR', 1, '2026-02-01', NULL)",
        "allocation_sides",
    ),
    "allocate to what is not there": (
        ALLOCATE + "({debit2}, 0, {account}, 'EUR', 1, '2026-02-01', NULL)",
        "allocation_items_exist",
    ),
    "allocate before the posting date": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', 1, '2026-01-09', NULL)",
        "allocation_not_before_posting",
    ),
    "allocate nothing": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', 0, '2026-02-01', NULL)",
        "allocation_amount_positive",
    ),
    "allocate less than nothing": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', -1, '2026-02-01', NULL)",
        "allocation_amount_positive",
    ),
    "allocate with more decimals": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', 0.001, '2026-02-01', NULL)",
        "allocation_amount_decimals",
    ),
    "allocate in a closed period": (
        ALLOCATE + "({debit2}, {spare}, {account}, 'EUR', 1, '2026-05-05', NULL)",
        "ledger_period_closed",
    ),
    "reverse twice": (
        (ALLOCATE + "({debit}, {credit}, {account}, 'EUR', -60, '2026-03-01', {allocation});") * 2,
        "allocation_reversed_once",
    ),
    "reverse another amount": (
        ALLOCATE + "({debit}, {credit}, {account}, 'EUR', -59, '2026-03-01', {allocation})",
        "allocation_reversal_mirrors",
    ),
    "reverse on other items": (
        ALLOCATE + "({debit2}, {credit}, {account}, 'EUR', -60, '2026-03-01', {allocation})",
        "allocation_reversal_mirrors",
    ),
    "reverse before the allocation": (
        ALLOCATE + "({debit}, {credit}, {account}, 'EUR', -60, '2026-01-31', {allocation})",
        "allocation_reversal_mirrors",
    ),
    "reverse what is not there": (
        ALLOCATE + "({debit}, {credit}, {account}, 'EUR', -60, '2026-03-01', 0)",
        "allocation_reversal_mirrors",
    ),
    "reverse a reversal": (
        ALLOCATE
        + "({debit}, {credit}, {account}, 'EUR', -60, '2026-03-01', {allocation});"
        + ALLOCATE
        + "({debit}, {credit}, {account}, 'EUR', 60, '2026-03-01',"
        " (SELECT max(id) FROM settlements_allocation))",
        "allocation_amount_positive",
    ),
    "choose when it was recorded": (
        ALLOCATE.replace("reversal_of_id", "recorded_at")
        + "({debit2}, {spare}, {account}, 'EUR', 1, '2026-02-01', '2026-02-01')",
        "ledger_recorded_now",
    ),
    "post a total of nothing": (
        POST + "('invoice', 'x', " + HEAD + ", 0)",
        "document_total_positive",
    ),
    "post a negative total": (
        POST + "('invoice', 'x', " + HEAD + ", -5)",
        "document_total_positive",
    ),
    "post more decimals": (
        POST + "('invoice', 'x', " + HEAD + ", 0.005)",
        "document_total_decimals",
    ),
    "post the same number again": (
        POST + "('invoice', '4711', " + HEAD + ", 5)",
        "document_number_once",
    ),
    "post without a number": (
        POST + "('invoice', '', " + HEAD + ", 5)",
        "document_has_a_number",
    ),
    "post an unknown kind": (POST + "('gift', 'x', " + HEAD + ", 5)", "document_kind_known"),
    "post to an account that is not there": (
        POST + "('invoice', 'x', {company}, {account}, 0, 'EUR', '2026-02-01', '2026-02-01', 5)",
        "document_account_id_exists",
    ),
    "post for a payer that is not there": (
        POST + "('invoice', 'x', {company}, 0, {account}, 'EUR', '2026-02-01', '2026-02-01', 5)",
        "document_party_id_exists",
    ),
    "post in a currency that is not there": (
        POST + "('invoice', 'x', {company}, {account}, {account}, 'XQX', '2026-02-01',"
        " '2026-02-01', 5)",
        "document_currency_id_exists",
    ),
    "post into a closed period": (
        POST + "('invoice', 'x', {company}, {account}, {account}, 'EUR', '2026-05-01',"
        " '2026-05-31', 5)",
        "ledger_period_closed",
    ),
    "post without items": (POST + "('invoice', 'x', " + HEAD + ", 5)", "document_items_sum"),
    "post items below the total": (
        NEW + OF_NEW + ", 99, document_date, posting_date, NULL FROM settlements_document"
        " WHERE number = 'new'",
        "document_items_sum",
    ),
    "post items above the total": (
        NEW + OF_NEW + ", 101, document_date, posting_date, NULL FROM settlements_document"
        " WHERE number = 'new'",
        "document_items_sum",
    ),
    "post an item that is allocated already": (
        NEW
        + OF_NEW.replace("due_date)", "due_date, allocated)")
        + ", 100, document_date, posting_date, NULL, 100 FROM settlements_document"
        " WHERE number = 'new'",
        "ledger_item_starts_open",
    ),
    "post an item with a due date before the document": (
        NEW + OF_NEW + ", 100, document_date, posting_date, '2026-01-31' FROM settlements_document"
        " WHERE number = 'new'",
        "ledger_item_due_not_before_document",
    ),
    "post an item on another day than its document": (
        NEW + OF_NEW + ", 100, document_date, '2026-02-02', NULL FROM settlements_document"
        " WHERE number = 'new'",
        "ledger_item_repeats_document",
    ),
    "post an invoice as a credit": (
        (
            NEW + OF_NEW + ", 100, document_date, posting_date, NULL FROM settlements_document"
            " WHERE number = 'new'"
        ).replace("currency_id, 1,", "currency_id, -1,"),
        "ledger_item_side_of_kind",
    ),
    "add an item to a posted document": (
        OF_NEW.replace(" id, 1,", " id, 9,")
        + ", 0.01, document_date, posting_date, NULL FROM settlements_document"
        " WHERE id = {invoice}",
        "document_items_sum",
    ),
    "add an item to no document": (
        ITEM + ") VALUES (0, 1, 'invoice', {company}, {account}, {account}, 'EUR', 1, 1,"
        " '2026-02-01', '2026-02-01', NULL)",
        "ledger_item_document_exists",
    ),
    "reverse a document with another total": (
        POST.replace("total)", "total, reverses_id)")
        + "('invoice', 'x', "
        + HEAD
        + ", 99, {invoice})",
        "document_reversal_mirrors",
    ),
    "reverse a document before it was posted": (
        POST.replace("total)", "total, reverses_id)")
        + "('invoice', 'x', {company}, {account}, {account}, 'EUR', '2026-01-01', '2026-01-09',"
        " 100, {invoice})",
        "document_reversal_mirrors",
    ),
    "correct another payer's document": (
        POST.replace("total)", "total, corrects_id)")
        + "('credit_note', 'x', {company}, {foreign_account}, {account}, 'EUR', '2026-02-01',"
        " '2026-02-01', 5, {invoice})",
        "document_corrects_same_payer",
    ),
    "delete an account in the ledger": (
        "DELETE FROM accounts_account WHERE id = {foreign_account}",
        "ledger_keeps_account_id",
    ),
    "delete a selling company in the ledger": (
        "DELETE FROM core_sellingcompany WHERE id = {company}",
        "ledger_keeps_selling_company_id",
    ),
    "close a period twice": (
        CLOSE + "(now(), now(), '[2026-05-10,2026-05-11)', '')",
        "accounting_period_no_overlap",
    ),
}


@contextmanager
def checked_at_the_end() -> Iterator[None]:
    """A transaction that looks at what it wrote as a commit would."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """Expect the database to refuse by this rule, at the statement or at the commit."""
    with pytest.raises(IntegrityError) as caught, checked_at_the_end():
        yield
    details = getattr(caught.value.__cause__, "diag", None)
    assert getattr(details, "constraint_name", None) == rule


def _state() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Document, LedgerItem, Allocation, Account, SellingCompany)
    ]


@pytest.mark.parametrize("attack", FORBIDDEN)
def test_forbidden_sql_is_refused_and_changes_nothing(ledger: Ledger, attack: str) -> None:
    close_period(period=Period.month(2026, 5), closed_at=datetime(2026, 6, 1, tzinfo=UTC))
    sql, rule = FORBIDDEN[attack]
    before = _state()
    with refused(rule), connection.cursor() as cursor:
        cursor.execute("SET LOCAL kam.allow_truncate = 'off'")
        for statement in sql.format_map(ledger.names()).split(";"):
            if statement.strip():
                cursor.execute(statement)
    assert _state() == before


def test_there_are_attacks_enough() -> None:
    assert len(FORBIDDEN) >= 15
    assert len({rule for _sql, rule in FORBIDDEN.values()}) >= 15


def test_user_who_posted_stays(ledger: Ledger) -> None:
    user = make_user()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_user WHERE id = %s", [make_user().pk])
    Allocation.objects.create(
        debit_item=ledger.invoice.items.get(sequence=2),
        credit_item=ledger.spare.items.get(),
        party=ledger.account,
        currency_id="EUR",
        amount="1",
        effective_date=FEB,
        created_by=user,
    )
    with refused("ledger_keeps_created_by_id"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_user WHERE id = %s", [user.pk])


def test_nothing_open_is_open_and_the_cache_is_the_sum(ledger: Ledger) -> None:
    assert LedgerItem.objects.get(document=ledger.receipt).allocated == 60
    on_eve = LedgerItem.objects.within(ledger.account.pk).open_as_of(date(2026, 1, 31))
    assert [item.open_amount for item in on_eve.filter(currency="EUR").order_by("pk")] == [
        60,
        40,
        70,
        100,
        100,
    ]
    assert list(
        LedgerItem.objects.filter(document=ledger.invoice)
        .open_as_of(FEB)
        .values_list("sequence", "open_amount")
    ) == [(2, 40)]


@pytest.mark.parametrize("day", [date(2026, 1, 9), JAN, date(2026, 1, 31), FEB, MAR])
def test_function_for_volume_and_query_tell_the_same(ledger: Ledger, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, open_amount FROM settlements_open_items(%s)", [day])
        by_function = dict(cursor.fetchall())
    by_query = {item.pk: item.open_amount for item in LedgerItem.objects.open_as_of(day)}
    assert by_function == by_query


def test_own_receivables_are_seen_in_full_and_others_are_not(ledger: Ledger) -> None:
    lead, stranger = make_user(), make_user()
    Account.objects.filter(pk=ledger.account.pk).update(current_lead=lead, lead_chain=[lead.pk])
    for model, count in ((Document, 5), (LedgerItem, 6), (Allocation, 1)):
        assert model.objects.visible_to(lead).count() == count
        assert model.objects.visible_to(stranger).count() == 0
