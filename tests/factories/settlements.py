"""Posted rows by the services themselves: the database takes nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account
from kam.core.models import SellingCompany
from kam.imports.models import ImportBatch
from settlements.choices import SIDES, DocumentKind
from settlements.models import (
    AccountingPeriod,
    ControllerAssignment,
    Document,
    ExtractGap,
    LedgerItem,
    Position,
    WorkItem,
)
from settlements.services.allocating import Match, allocate
from settlements.services.overdue import flag_overdue
from tests.factories.accounts import make_source
from tests.factories.identity import make_user

_numbers = count(1)


def make_company(*, code: str = "", currency: str = "EUR") -> SellingCompany:
    """One of our own selling companies."""
    code = code or f"co-{next(_numbers)}"
    return SellingCompany.objects.create(code=code, name=code, country="FI", currency_id=currency)


def make_document(
    *,
    account: Account,
    kind: str = DocumentKind.INVOICE,
    amounts: Sequence[str] = ("100.00",),
    due: Sequence[date | None] = (),
    on: date = date(2026, 1, 10),
    company: SellingCompany | None = None,
    party: Account | None = None,
    currency: str = "EUR",
    number: str = "",
    side: int | None = None,
    reference: str = "",
    reverses: Document | None = None,
) -> Document:
    """A document with one item per amount, written past the services; debits are due in 30 days.

    Checked at once, not only at the end of the test.
    """
    values = [Decimal(amount) for amount in amounts]
    side = side or SIDES[DocumentKind(kind)]
    with transaction.atomic():
        document = Document.objects.create(
            kind=kind,
            number=number or f"n-{next(_numbers)}",
            selling_company=company or make_company(currency=currency),
            party=party or account,
            account=account,
            currency_id=currency,
            document_date=on,
            posting_date=on,
            total=sum(values),
            reference=reference,
            reverses=reverses,
        )
        LedgerItem.objects.bulk_create(
            LedgerItem(
                document=document,
                sequence=place,
                kind=kind,
                selling_company_id=document.selling_company_id,
                party_id=document.party_id,
                account_id=document.account_id,
                currency_id=currency,
                side=side,
                amount=value,
                document_date=on,
                posting_date=on,
                due_date=due[place - 1] if due else None,
            )
            for place, value in enumerate(values, 1)
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return document


def make_receivables(account: Account, *, as_of: date = date(2026, 3, 31)) -> dict[str, int]:
    """One row of everything that receivables have, flagged as of a day; ids by API resource."""
    company = make_company()
    invoice = make_document(
        account=account, company=company, amounts=["60.00", "40.00"], due=[date(2026, 2, 9)] * 2
    )
    receipt = make_document(account=account, company=company, kind=DocumentKind.RECEIPT)
    debit, _later = invoice.items.order_by("sequence")
    (made,) = allocate(matches=[Match(debit.pk, receipt.items.get().pk, Decimal("25.00"))])
    assignment = ControllerAssignment.objects.create(
        account=account, user=make_user(), valid=DateRange(date(2026, 1, 1), None)
    )
    year = DateRange(date(2025, 1, 1), date(2026, 1, 1))
    period, _made = AccountingPeriod.objects.get_or_create(valid=year)
    batch = ImportBatch.objects.create(kind="open_items", source=make_source())
    gap = ExtractGap.objects.create(
        batch=batch, document=invoice, party=account, currency_id="EUR", open_amount=Decimal(75)
    )
    flag_overdue(as_of=as_of)
    return {
        "receivables/documents": invoice.pk,
        "receivables/items": debit.pk,
        "receivables/receipts": receipt.pk,
        "receivables/allocations": made.pk,
        "receivables/positions": Position.objects.filter(party=account).get().pk,
        "receivables/worklist": WorkItem.objects.filter(party=account, role="lead").get().pk,
        "receivables/controllers": assignment.pk,
        "receivables/periods": period.pk,
        "receivables/missing": gap.pk,
    }
