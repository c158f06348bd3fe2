"""Statements of thousands of rows are held to the same rules, though looked at in fewer passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum

from accounts.models import Account
from settlements.models import Allocation, Document, LedgerItem
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

MANY = 2_500
DOCUMENTS = """
INSERT INTO settlements_document (kind, number, selling_company_id, party_id, account_id,
    currency_id, document_date, posting_date, total)
SELECT %(kind)s, 'N' || n, %(company)s, %(account)s, %(account)s, 'EUR', '2026-02-01',
    '2026-02-01', n FROM generate_series(1, %(many)s) n
"""
ITEMS = """
INSERT INTO settlements_ledgeritem (document_id, sequence, kind, selling_company_id, party_id,
    account_id, currency_id, side, amount, document_date, posting_date)
SELECT id, 1, kind, selling_company_id, party_id, account_id, currency_id,
    CASE kind WHEN 'invoice' THEN 1 ELSE -1 END, {amount}, document_date, posting_date
FROM settlements_document d WHERE kind = %(kind)s AND {condition}
"""
SPLIT = ITEMS.replace("SELECT id, 1,", "SELECT id, part.place,").replace(
    "FROM settlements_document d", "FROM settlements_document d, generate_series(1, 2) part(place)"
)
PAY = """
INSERT INTO settlements_allocation (debit_item_id, credit_item_id, party_id, currency_id, amount,
    effective_date)
SELECT d.id, c.id, d.party_id, 'EUR', {amount}, '2026-03-01'
FROM settlements_ledgeritem d JOIN settlements_ledgeritem c USING (amount)
WHERE d.side = 1 AND c.side = -1
"""


class Bulk:
    """Posts a document of 1, 2, 3 … euro in each of thousands."""

    def __init__(self) -> None:
        self.names = {"company": make_company().pk, "account": make_account().pk, "many": MANY}

    def run(self, *statements: str, kind: str = "invoice") -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, {**self.names, "kind": kind})

    def post(self, kind: str = "invoice", amount: str = "total", condition: str = "true") -> None:
        self.run(DOCUMENTS, ITEMS.format(amount=amount, condition=condition), kind=kind)


@pytest.fixture
def bulk() -> Bulk:
    return Bulk()


@contextmanager
def checked_at_the_end() -> Iterator[None]:
    """A transaction that looks at what it wrote as a commit would."""
    with transaction.atomic():
        yield
        check_now()


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """Expect a refusal by this rule, at the statement or at the commit, that leaves nothing."""
    before = [model.objects.count() for model in (Document, LedgerItem, Allocation)]
    with pytest.raises(IntegrityError) as caught, checked_at_the_end():
        yield
    details = getattr(caught.value.__cause__, "diag", None)
    assert getattr(details, "constraint_name", None) == rule
    assert [model.objects.count() for model in (Document, LedgerItem, Allocation)] == before


def check_now() -> None:
    """Look at what was written as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_documents_with_one_item_and_with_two_are_complete(bulk: Bulk) -> None:
    bulk.post()
    check_now()
    bulk.run(
        DOCUMENTS.replace("'N'", "'S'").replace(" n FROM", " 2 * n FROM"),
        SPLIT.format(amount="total / 2", condition="number LIKE 'S%%'"),
    )
    check_now()
    assert LedgerItem.objects.count() == 3 * MANY


@pytest.mark.parametrize(
    ("amount", "condition"),
    [
        ("total", "total <> 700"),
        ("CASE WHEN total = 700 THEN 699 ELSE total END", "true"),
        ("CASE WHEN total = 700 THEN 701 ELSE total END", "true"),
    ],
)
def test_one_incomplete_document_of_thousands_is_found(
    bulk: Bulk, amount: str, condition: str
) -> None:
    with refused("document_items_sum"):
        bulk.post(amount=amount, condition=condition)


def test_an_item_too_many_is_found_though_another_document_lacks_one(bulk: Bulk) -> None:
    with refused("document_items_sum"):
        bulk.post(condition="total <> 700")
        bulk.run(
            ITEMS.replace("SELECT id, 1,", "SELECT id, 2,").format(
                amount="total", condition="total = 900"
            )
        )


def test_one_row_of_thousands_that_breaks_a_rule_is_found(bulk: Bulk) -> None:
    for wrong, right, rule in (
        ("%(account)s, 'EUR'", "CASE n WHEN 700 THEN 0 ELSE %(account)s END, 'EUR'",
         "document_account_id_exists"),
        ("'EUR'", "CASE n WHEN 700 THEN 'XXZ' ELSE 'EUR' END", "document_currency_id_exists"),
        (" n FROM", " CASE n WHEN 700 THEN 1.005 ELSE n END FROM", "document_total_decimals"),
        (" n FROM", " CASE n WHEN 700 THEN 'NaN'::numeric ELSE n END FROM",
         "document_total_decimals"),
    ):  # fmt: skip
        with refused(rule):
            bulk.run(DOCUMENTS.replace(wrong, right))


def test_a_merged_account_is_found_among_payers(bulk: Bulk) -> None:
    gone = make_account()
    Account.objects.filter(pk=gone.pk).update(merged_into=bulk.names["account"], status="merged")
    payer = DOCUMENTS.replace("%(account)s, %(account)s", f"{gone.pk}, %(account)s")
    account = DOCUMENTS.replace("%(account)s, %(account)s", f"%(account)s, {gone.pk}")
    for statement in (payer, account):
        with refused("document_account_not_merged"):
            bulk.run(statement)


def test_allocations_of_thousands_add_up(bulk: Bulk) -> None:
    bulk.post()
    bulk.post("receipt")
    check_now()
    bulk.run(PAY.format(amount="d.amount"))
    assert not LedgerItem.objects.exclude(allocated=F("amount")).exists()
    total = Allocation.objects.aggregate(total=Sum("amount"))["total"]
    assert total == Decimal(MANY * (MANY + 1) // 2)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        ("d.amount + CASE d.amount WHEN 700 THEN 1 ELSE 0 END", "ledger_item_not_over_allocated"),
        ("CASE d.amount WHEN 700 THEN 1.005 ELSE d.amount END", "allocation_amount_decimals"),
        ("CASE d.amount WHEN 700 THEN 'NaN'::numeric ELSE d.amount END",
         "allocation_amount_decimals"),
    ],
)  # fmt: skip
def test_one_allocation_of_thousands_that_breaks_a_rule_is_found(
    bulk: Bulk, amount: str, rule: str
) -> None:
    bulk.post()
    bulk.post("receipt")
    check_now()
    with refused(rule):
        bulk.run(PAY.format(amount=amount))


def test_what_waits_for_its_check_cannot_be_stretched(bulk: Bulk) -> None:
    """The ranges of a transaction say which documents its commit looks at."""
    standing = make_document(account=make_account(), number="4711", amounts=["100"])
    check_now()
    more = ITEMS.replace("SELECT id, 1,", "SELECT id, 2,").format(
        amount="1", condition=f"d.id = {standing.pk}"
    )
    with refused("document_items_sum"):
        bulk.run(more)
    with refused("ledger_append_only"):
        bulk.run(DOCUMENTS, "UPDATE settlements_postedrange SET first_id = 0")
    with refused("document_items_sum"):
        bulk.run("INSERT INTO settlements_postedrange (first_id, last_id) VALUES (0, 999999999)")
        bulk.run(more)
    with refused("document_items_sum"):
        bulk.post(condition="number LIKE 'N%%'")
        check_now()
        bulk.run(more)
