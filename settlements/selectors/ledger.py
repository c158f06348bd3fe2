"""Questions to the ledger: who pays, which days are open, what is open on a date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F, QuerySet

from accounts.choices import AccountKind
from accounts.models import Account
from kam.core.dates import ONE_DAY
from settlements.analytics.proposals import OpenDebit
from settlements.choices import DocumentKind
from settlements.models import AccountingPeriod, LedgerItem

PARTY_SQL = f"""
SELECT a.id AS account_id, COALESCE((
    SELECT e.id FROM accounts_account e
    WHERE e.id = ANY(a.path) AND e.kind = '{AccountKind.LEGAL_ENTITY}'
    ORDER BY array_position(a.path, e.id) DESC LIMIT 1
), a.id) AS party_id
FROM accounts_account a
"""
"""Who pays for each account, for joining in SQL of volume; see `party_of`."""


def party_of(account: Account) -> Account:
    """Return who owes and pays: the nearest legal entity at or above the account, else itself.

    By the tree as it stands today; what is posted keeps its payer when the tree changes.
    """
    entities = Account.objects.filter(pk__in=account.path, kind=AccountKind.LEGAL_ENTITY)
    return max(entities, key=lambda entity: account.path.index(entity.pk), default=account)


def parties_of(account_ids: Iterable[int]) -> dict[int, int]:
    """Return the payer's id for each account id, in one statement; see `party_of`."""
    with connection.cursor() as cursor:
        cursor.execute(f"{PARTY_SQL} WHERE a.id = ANY(%s)", [list(account_ids)])
        return dict(cursor.fetchall())


def is_closed(selling_company_id: int, day: date) -> bool:
    """Tell whether nothing may be posted or allocated on the day for the selling company."""
    return closing_period(selling_company_id, day) is not None


def closing_period(selling_company_id: int, day: date) -> AccountingPeriod | None:
    """Return the closed period that holds the day, of the company or of all companies."""
    periods = AccountingPeriod.objects.closed().filter(valid__contains=day)
    ours = periods.filter(selling_company=selling_company_id) | periods.filter(
        selling_company__isnull=True
    )
    found: AccountingPeriod | None = ours.order_by("-valid").first()
    return found


def first_open_day(selling_company_id: int, day: date) -> date | None:
    """Return the day itself, or the first one after it that takes postings.

    None if a closed period goes on without end.
    """
    while period := closing_period(selling_company_id, day):
        if period.valid.upper is None:
            return None
        day = max(period.valid.upper, day + ONE_DAY)
    return day


def open_debits(*, party_id: int, currency: str, selling_company_id: int) -> list[OpenDebit]:
    """Return what no allocation of any date has paid, for one payer, as proposals read it.

    Items of every date, also those posted later than today.
    """
    items = open_debit_items(
        party_id=party_id, currency=currency, selling_company_id=selling_company_id
    )
    return [as_open_debit(item) for item in items]


def open_debit_items(
    *, party_id: int, currency: str, selling_company_id: int
) -> QuerySet[LedgerItem]:
    """Return the items behind `open_debits`, with their documents, the oldest due first."""
    rows: QuerySet[LedgerItem] = (
        LedgerItem.objects.debits()
        .open_now()
        .filter(party=party_id, currency=currency, selling_company=selling_company_id)
        .select_related("document", "account")
        .order_by(F("due_date").asc(nulls_last=True), "document_date", "pk")
    )
    return rows


def as_open_debit(item: LedgerItem) -> OpenDebit:
    """Return an item, read with its document, as proposals know it."""
    return OpenDebit(
        item_id=item.pk,
        open_amount=item.open_amount_now,
        due_date=item.due_date,
        document_date=item.document_date,
        names=tuple(name for name in (item.document.number, item.document.reference) if name),
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """What documents of one kind did to the balance in a period, reversals taken off."""

    currency: str
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """Debits less credits in one currency: open items of both sides, unapplied cash taken off."""

    currency: str
    amount: Decimal


_BALANCES = """
SELECT i.currency_id, sum(i.side * i.amount) FROM settlements_ledgeritem i
WHERE i.posting_date <= %(as_of)s
  AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz)
  AND (%(party)s::bigint IS NULL OR i.party_id = %(party)s::bigint)
  AND (%(company)s::bigint IS NULL OR i.selling_company_id = %(company)s::bigint)
GROUP BY 1 ORDER BY 1
"""
_MOVEMENTS = """
SELECT i.currency_id, i.kind, sum(i.side * i.amount) FROM settlements_ledgeritem i
WHERE i.posting_date >= %(start)s AND i.posting_date < %(end)s
  AND (%(party)s::bigint IS NULL OR i.party_id = %(party)s::bigint)
  AND (%(company)s::bigint IS NULL OR i.selling_company_id = %(company)s::bigint)
GROUP BY 1, 2 ORDER BY 1, 2
"""


def balances(
    *,
    as_of: date,
    party_id: int | None = None,
    selling_company_id: int | None = None,
    known_at: datetime | None = None,
) -> list[Balance]:
    """Return the control balance per currency: the signed sum of all items posted by the date.

    Allocations move nothing here: this is what Σ open − unapplied − open credits must equal.
    """
    with connection.cursor() as cursor:
        parameters = {
            "as_of": as_of,
            "known_at": known_at,
            "party": party_id,
            "company": selling_company_id,
        }
        cursor.execute(_BALANCES, parameters)
        return [Balance(*row) for row in cursor.fetchall()]


def movements(
    *,
    start: date,
    end: date,
    party_id: int | None = None,
    selling_company_id: int | None = None,
) -> list[Movement]:
    """Return the roll-forward of a half-open period, per currency and kind of document.

    Closing balance = opening balance + Σ movements; credits are negative.
    """
    with connection.cursor() as cursor:
        parameters = {"start": start, "end": end, "party": party_id, "company": selling_company_id}
        cursor.execute(_MOVEMENTS, parameters)
        return [Movement(row[0], DocumentKind(row[1]), row[2]) for row in cursor.fetchall()]
