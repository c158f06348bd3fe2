"""Posting documents: every document of the ledger is made here, or by an importer's COPY."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.formats import Text
from kam.core.locks import lock_names
from kam.core.models import Currency, SellingCompany
from kam.core.money import quantise
from kam.core.problems import explained
from kam.identity.models import User
from kam.imports.models import DataSource, ImportBatch
from settlements.analytics.instalments import Instalment, split
from settlements.choices import SIDES, DocumentKind, Side
from settlements.models import Document, LedgerItem
from settlements.selectors.ledger import is_closed, party_of
from settlements.services.problems import (
    MERGED_WORDS,
    AmountError,
    ClosedPeriodError,
    DueDateError,
    KeyReusedError,
    MismatchError,
    PartyError,
    UnknownCurrencyError,
)

PREFIXES = {
    DocumentKind.INVOICE: "INV",
    DocumentKind.CREDIT_NOTE: "CN",
    DocumentKind.DEBIT_NOTE: "DN",
    DocumentKind.CLAIM: "CL",
    DocumentKind.RECEIPT: "RC",
    DocumentKind.REFUND: "RF",
    DocumentKind.WRITE_OFF: "WO",
    DocumentKind.OPENING: "OB",
}


LARGEST = Decimal(10) ** 16


class Facts(TypedDict, total=False):
    """What a document may say beside its kind and amounts.

    Without a number it gets one by its kind; `posting_date` is the document's date unless given,
    `party` the payer by the tree. The same `idempotency_key` gives the document it gave before.
    """

    number: str
    party: Account
    posting_date: date
    reference: str
    note: str
    source: DataSource | None
    source_key: str
    batch: ImportBatch | None
    created_by: User | None
    idempotency_key: str | None


@explained()
@transaction.atomic
def post_document(
    *,
    kind: DocumentKind,
    selling_company: SellingCompany,
    account: Account,
    currency: str,
    document_date: date,
    instalments: Sequence[Instalment],
    side: Side | None = None,
    corrects: Document | None = None,
    reverses: Document | None = None,
    **facts: Unpack[Facts],
) -> Document:
    """Post a document with one item for each instalment; it never changes afterwards.

    The total is the sum of the instalments. `side` is asked for where the kind has none of its
    own (write-off, opening balance). Raises a RefusedError of `services.problems` that names the
    field, for amounts, dates, currency, account, a taken number or a closed period.
    """
    if standing := replayed(facts.get("idempotency_key")):
        return _same(standing, kind, account, instalments)
    side = _side(kind, side, reverses)
    posting_date = facts.pop("posting_date", document_date)
    party = facts.pop("party", None) or party_of(account)
    _check_account(account)
    check_amounts([part.amount for part in instalments], currency)
    _check_due_dates(instalments, side, document_date)
    check_open_day(selling_company, posting_date)
    document = _numbered(
        Document(
            kind=kind,
            selling_company=selling_company,
            account=account,
            party=party,
            currency_id=currency,
            document_date=document_date,
            posting_date=posting_date,
            total=sum((part.amount for part in instalments), Decimal(0)),
            corrects=corrects,
            reverses=reverses,
            **facts,
        )
    )
    document.save(force_insert=True)
    LedgerItem.objects.bulk_create(_items(document, instalments, side))
    return document


def post_invoice(
    *,
    selling_company: SellingCompany,
    account: Account,
    currency: str,
    document_date: date,
    instalments: Sequence[Instalment],
    **facts: Unpack[Facts],
) -> Document:
    """Post an invoice; see `instalments_of` for equal or weighted instalments of a total."""
    return post_document(
        kind=DocumentKind.INVOICE,
        selling_company=selling_company,
        account=account,
        currency=currency,
        document_date=document_date,
        instalments=instalments,
        **facts,
    )


def post_debit_note(
    *,
    selling_company: SellingCompany,
    account: Account,
    currency: str,
    document_date: date,
    amount: Decimal,
    due_date: date | None,
    corrects: Document | None = None,
    **facts: Unpack[Facts],
) -> Document:
    """Post what the customer owes beside invoices, or an upward correction of one."""
    return post_document(
        kind=DocumentKind.DEBIT_NOTE,
        selling_company=selling_company,
        account=account,
        currency=currency,
        document_date=document_date,
        instalments=[Instalment(amount, due_date)],
        corrects=corrects,
        **facts,
    )


def post_credit_note(
    *,
    selling_company: SellingCompany,
    account: Account,
    currency: str,
    document_date: date,
    amount: Decimal,
    corrects: Document | None = None,
    **facts: Unpack[Facts],
) -> Document:
    """Post a credit in the customer's favour; it is open until it is allocated."""
    return post_document(
        kind=DocumentKind.CREDIT_NOTE,
        selling_company=selling_company,
        account=account,
        currency=currency,
        document_date=document_date,
        instalments=[Instalment(amount)],
        corrects=corrects,
        **facts,
    )


def instalments_of(
    total: Decimal,
    due_dates: Sequence[date | None],
    *,
    currency: str,
    weights: Sequence[Decimal] = (),
) -> list[Instalment]:
    """Divide a total in a currency over due dates, so that the parts add up to it exactly.

    Raises AmountError for a total with more decimals than the currency.
    """
    check_amounts([total], currency)
    return split(total, due_dates, places=decimals_of(currency), weights=weights)


def replayed(key: str | None) -> Document | None:
    """Wait for others with the same key, then return the document that has it, if any."""
    if not key:
        return None
    lock_names(f"ledger:{key}")
    return Document.objects.filter(idempotency_key=key).first()


def _same(
    standing: Document, kind: str, account: Account, instalments: Sequence[Instalment]
) -> Document:
    total = sum((part.amount for part in instalments), Decimal(0))
    if (standing.kind, standing.account_id, standing.total) != (kind, account.pk, total):
        raise KeyReusedError
    return standing


def _side(kind: DocumentKind, side: Side | None, reverses: Document | None) -> Side:
    usual = SIDES.get(kind, side)
    if usual is None:
        raise MismatchError(_("Say whether the customer owes this or has it to their credit."))
    if reverses is not None:
        return side or Side(-usual)
    if side not in {None, usual}:
        raise MismatchError(_("Documents of this kind stand on the other side."))
    return usual


def _check_account(account: Account) -> None:
    if account.merged_into_id is not None:
        raise PartyError(MERGED_WORDS)


def decimals_of(currency: str) -> int:
    """Return the decimals of a currency; raise UnknownCurrencyError."""
    decimals = Currency.objects.filter(pk=currency).values_list("decimals", flat=True).first()
    if decimals is None:
        raise UnknownCurrencyError(str(_("There is no currency %s here.")) % currency)
    return decimals


def check_amounts(amounts: Sequence[Decimal], currency: str, *, field: str = "amount") -> None:
    """Raise AmountError unless every amount is above zero and fits the currency's decimals.

    Its `row` says which of the instalments is wrong.
    """
    places = decimals_of(currency)
    if not amounts:
        raise AmountError(_("There must be at least one amount."), field=field)
    for place, amount in enumerate(amounts):
        if words := wrong_with(amount, currency, places):
            raise AmountError(words, field=field).at("instalments", place)


def wrong_with(amount: Decimal, currency: str, places: int) -> Text | None:
    """Say why an amount cannot be posted in a currency with so many decimals; None: it can."""
    if not amount.is_finite() or amount <= 0:
        return AmountError.words
    if amount >= LARGEST:
        return _("This amount is too large.")
    if amount == quantise(amount, places):
        return None
    words = str(_("%(amount)s has more decimals than %(currency)s, which has %(places)s."))
    return words % {"amount": amount.normalize(), "currency": currency, "places": places}


def _check_due_dates(instalments: Sequence[Instalment], side: Side, document_date: date) -> None:
    for place, part in enumerate(instalments):
        if part.due_date is None:
            continue
        if side == Side.CREDIT:
            words = _("What is in the customer's favour has no due date.")
            raise DueDateError(words).at("instalments", place)
        if part.due_date < document_date:
            raise DueDateError().at("instalments", place)


def check_open_day(
    selling_company: SellingCompany, day: date, *, field: str = "posting_date"
) -> None:
    """Raise ClosedPeriodError where the day takes no postings."""
    if is_closed(selling_company.pk, day):
        raise ClosedPeriodError(field=field)


def _numbered(document: Document) -> Document:
    """Give a document without a number one that is made of its kind and id."""
    if not document.number.strip():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('settlements_document', 'id'))")
            document.pk = cursor.fetchone()[0]
        document.number = f"{PREFIXES[DocumentKind(document.kind)]}-{document.pk:06}"
    document.number = document.number.strip()
    return document


def _items(document: Document, instalments: Sequence[Instalment], side: Side) -> list[LedgerItem]:
    return [
        LedgerItem(
            document=document,
            sequence=place,
            kind=document.kind,
            selling_company_id=document.selling_company_id,
            party_id=document.party_id,
            account_id=document.account_id,
            currency_id=document.currency_id,
            side=side,
            amount=part.amount,
            document_date=document.document_date,
            posting_date=document.posting_date,
            due_date=part.due_date,
        )
        for place, part in enumerate(instalments, 1)
    ]
