"""Credit: exposure and score of every payer in one run, against a bare aggregate."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from settlements.models import CreditPosition, CreditScoreSnapshot
from settlements.services.credit.positions import rescore
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

_LIMITS = """
INSERT INTO settlements_creditlimit (party_id, currency_id, amount, valid, reason, revoke_reason,
    created_at, updated_at)
SELECT party_id, min(currency_id), round(sum(amount)), daterange('2000-01-01', NULL), 'bench', '',
    now(), now()
FROM settlements_ledgeritem WHERE side = 1 AND party_id %% 2 = 0 GROUP BY party_id
"""
# What anybody would write to see what each payer owes, what of it is late, and how it paid.
_BARE = """
SELECT party_id, currency_id, sum(open) AS open,
    sum(open) FILTER (WHERE due_date < date '{as_of}') AS overdue,
    count(DISTINCT document_id) FILTER (WHERE open = 0) AS paid,
    sum(paid * (paid_on - due_date)) / NULLIF(sum(paid), 0) AS days_late
FROM (
    SELECT i.party_id, i.currency_id, i.due_date, d.id AS document_id,
        i.amount - COALESCE(a.paid, 0) AS open, a.paid, a.paid_on
    FROM settlements_ledgeritem i JOIN settlements_document d ON d.id = i.document_id
    LEFT JOIN (
        SELECT debit_item_id, sum(amount) AS paid, max(effective_date) AS paid_on
        FROM settlements_allocation WHERE effective_date <= date '{as_of}' GROUP BY 1
    ) AS a ON a.debit_item_id = i.id
    WHERE i.side = 1 AND i.posting_date <= date '{as_of}'
) AS items GROUP BY 1, 2
"""


def run(report: Report, size: Size) -> None:
    """A night's run for everybody, half of them with limits, against what it has to read."""
    as_of = FIRST_DAY + timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_LIMITS, [])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE settlements_creditlimit")
    rescore(as_of=as_of)
    full = min(seconds(lambda: rescore(as_of=as_of)) for _again in range(2))
    bare = _bare_seconds()
    scored = CreditScoreSnapshot.objects.count()
    report.note(f"{CreditPosition.objects.count():,} positions, {scored:,} scores of payers")
    report.note(f"bare aggregate {bare:.3f} s, exposure and scores {full:.3f} s")
    report.judge("exposure and credit scores", full / bare, 3, "× bare")


def _bare_seconds() -> float:
    """Open amount, overdue and paid documents by payer, counted by the server."""
    as_of = FIRST_DAY + timedelta(days=DAYS)
    return best(sql(_BARE.format(as_of=as_of.isoformat())))
