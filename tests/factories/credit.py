"""Rows of credit, past the services where a test needs only the rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account
from kam.identity.models import User
from kam.imports.models import DataSource
from settlements.choices import DocumentKind
from settlements.choices.credit import FactKind
from settlements.models import Collateral, CreditLimit, ExposureFact
from tests.factories.identity import make_user
from tests.factories.settlements import make_company, make_document

_keys = count(1)
START = date(2026, 1, 1)


def make_limit(
    party: Account,
    amount: str,
    *,
    currency: str = "EUR",
    start: date = START,
    end: date | None = None,
    by: User | None = None,
) -> CreditLimit:
    """A limit in force from the first of 2026."""
    return CreditLimit.objects.create(
        party=party,
        currency_id=currency,
        amount=Decimal(amount),
        valid=DateRange(start, end),
        reason="Agreed",
        approved_by=by or make_user(),
    )


def make_fact(
    party: Account,
    kind: str,
    amount: str,
    *,
    currency: str = "EUR",
    start: date = START,
    due_on: date | None = None,
    key: str = "",
) -> ExposureFact:
    """A fact that another system sent."""
    source, _made = DataSource.objects.get_or_create(code="erp", defaults={"name": "ERP"})
    return ExposureFact.objects.create(
        party=party,
        kind=kind,
        currency_id=currency,
        amount=Decimal(amount),
        valid=DateRange(start, None),
        due_on=due_on,
        source=source,
        source_key=key or f"f-{next(_keys)}",
    )


def make_cover(party: Account, amount: str, *, currency: str = "EUR") -> Collateral:
    """Insurance cover."""
    return Collateral.objects.create(
        party=party,
        kind="insurance",
        currency_id=currency,
        amount=Decimal(amount),
        valid=DateRange(START, None),
    )


def make_golden(party: Account, *, as_of: date) -> None:
    """The example of the field: 1,010 thousand of exposure."""
    company = make_company()
    documents = (
        (DocumentKind.INVOICE, "520000"),
        (DocumentKind.RECEIPT, "30000"),
        (DocumentKind.CREDIT_NOTE, "15000"),
    )
    for kind, amount in documents:
        make_document(account=party, company=company, kind=kind, amounts=[amount], on=as_of)
    facts = (
        (FactKind.INSTRUMENTS, "100000"),
        (FactKind.DELIVERED_NOT_INVOICED, "60000"),
        (FactKind.SOLD_NOT_STATED, "45000"),
        (FactKind.HELD_BY_RETAILER, "80000"),
        (FactKind.OPEN_ORDERS, "150000"),
        (FactKind.CONSIGNED_STOCK, "200000"),
    )
    for known, amount in facts:
        make_fact(party, known, amount)
