"""Posted rows by the services themselves: the database takes nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from django.db import connection, transaction

from accounts.models import Account
from kam.core.models import SellingCompany
from settlements.choices import SIDES, DocumentKind
from settlements.models import Document, LedgerItem

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
