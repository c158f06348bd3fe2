"""The demo's revenue becomes invoices and credit notes, as its terms say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from accounts.demo.company import SOURCE_CODES
from kam.core.dates import add_months, month_start
from settlements.analytics.instalments import Instalment, split
from settlements.choices import DocumentKind
from settlements.demo.habits import BILLED_YEARS, Cadence, Terms, terms_of
from settlements.demo.records import Book, Paper, Payer
from settlements.selectors.ledger import PARTY_SQL

# The company that sells into a country; the others are served from Finland.
_SELLERS = {"RO": "RF-RO", "CN": "RF-CN", "VN": "RF-VN"}
_HOME = "RF-FI"
_SOLD = f"""
WITH payers AS ({PARTY_SQL}), sold AS (
    SELECT p.party_id, e.account_id, e.source_id, e.currency_id, e.booked_on,
        COALESCE(sum(e.net_amount) FILTER (WHERE e.net_amount > 0), 0) AS delivered,
        COALESCE(-sum(e.net_amount) FILTER (WHERE e.net_amount < 0), 0) AS returned
    FROM accounts_revenueentry e JOIN payers p ON p.account_id = e.account_id
    WHERE e.booked_on >= %s AND e.booked_on < %s GROUP BY 1, 2, 3, 4, 5
)
SELECT n.value, a.country, s.party_id, s.account_id, s.source_id, f.data_as_of,
    s.currency_id, c.decimals, s.booked_on, s.delivered, s.returned
FROM sold s
JOIN accounts_account a ON a.id = s.party_id
JOIN accounts_accountidentifier n ON n.account_id = a.id AND n.system = ANY(%s)
JOIN imports_datasource f ON f.id = s.source_id
JOIN core_currency c ON c.code = s.currency_id
ORDER BY n.value, s.currency_id, s.booked_on, s.account_id
"""


class _Sold(NamedTuple):
    """What an account bought and gave back on a day; its source has told up to `known_to`."""

    key: str
    country: str
    party_id: int
    account_id: int
    source_id: int
    known_to: date
    currency: str
    places: int
    day: date
    delivered: Decimal
    returned: Decimal


@dataclass(slots=True)
class _Customer:
    """A payer's sums: what was delivered to an account up to the date of an invoice, and back."""

    payer: Payer
    terms: Terms
    delivered: defaultdict[tuple[date, int], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    returned: defaultdict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, sold: _Sold) -> None:
        """Put a day's deliveries on their invoice, if its last day has come from the source."""
        closes = self.terms.cadence.closes(sold.day)
        if sold.delivered and closes <= sold.known_to:
            account_id = sold.account_id if self.terms.by_site else sold.party_id
            self.delivered[closes, account_id] += sold.delivered
        month = Cadence.MONTH.closes(sold.day)
        if sold.returned and month <= sold.known_to:
            self.returned[month] += sold.returned

    def bill(self, book: Book) -> list[Paper]:
        return [*self._invoices(book), *self._credit_notes(book)]

    def _invoices(self, book: Book) -> list[Paper]:
        papers = []
        for (day, account_id), amount in self.delivered.items():
            due = self.terms.due_dates(day)
            parts = split(amount, due, places=self.payer.places)
            papers.append(
                book.post(DocumentKind.INVOICE, self.payer, day, parts, account_id=account_id)
            )
        return papers

    def _credit_notes(self, book: Book) -> list[Paper]:
        return [
            book.post(
                DocumentKind.CREDIT_NOTE, self.payer, day, [Instalment(amount)], note="Returns"
            )
            for day, amount in self.returned.items()
        ]


def first_day(as_of: date) -> date:
    """Return the first day that is invoiced: what was before has been paid and forgotten."""
    return add_months(month_start(as_of), -12 * BILLED_YEARS)


def bill(book: Book, *, as_of: date, seed: int) -> dict[Payer, list[Paper]]:
    """Post the invoices and credit notes of all customers, and return them payer by payer."""
    customers: dict[tuple[int, str], _Customer] = {}
    companies = _companies()
    for sold in _sold(as_of):
        key = sold.party_id, sold.currency
        if key not in customers:
            payer = _payer(sold, companies)
            customers[key] = _Customer(payer, terms_of(payer.code, seed))
        if sold.known_to is not None:  # what statements booked is not billed a second time
            customers[key].add(sold)
    return {one.payer: one.bill(book) for one in customers.values()}


def _payer(sold: _Sold, companies: Mapping[str, int]) -> Payer:
    company = _SELLERS.get(sold.country, _HOME)
    return Payer(
        key=sold.key,
        code=sold.key.partition("-")[0].partition(".")[0],
        party_id=sold.party_id,
        company_id=companies[company],
        company=company,
        source_id=sold.source_id,
        currency=sold.currency,
        places=sold.places,
    )


def _sold(as_of: date) -> list[_Sold]:
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, [first_day(as_of), as_of, list(SOURCE_CODES)])
        return [_Sold(*row) for row in cursor.fetchall()]


def _companies() -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM core_sellingcompany")
        return dict(cursor.fetchall())
