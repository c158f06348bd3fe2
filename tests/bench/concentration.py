"""Revenue concentration: everything anew against a bare GROUP BY, and after new entries."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from accounts.models import ConcentrationSnapshot, RevenueWatermark
from accounts.selectors.concentration.cells import Basis
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.services.concentration import compute_snapshot
from kam.core.dates import Period
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

NEW_ENTRIES = 10_000
_MORE = """
INSERT INTO accounts_revenueentry (source_id, source_key, batch_id, account_id, booked_on,
    category_id, quantity, unit, net_amount, currency_id, rate, base_amount)
SELECT source_id, 'new' || id || '-' || %s, batch_id, account_id, booked_on, category_id,
    quantity, unit, net_amount, currency_id, rate, base_amount
FROM accounts_revenueentry ORDER BY id LIMIT %s
"""


def run(report: Report, size: Size) -> None:
    """A bare GROUP BY, a full recompute, and one after 10,000 new entries."""
    query = ConcentrationQuery(period=Period(FIRST_DAY, FIRST_DAY + timedelta(days=DAYS)))
    bare = best(
        sql("SELECT account_id, sum(net_amount) FROM accounts_revenueentry GROUP BY account_id")
    )
    full = min(_snapshot_seconds(query, Basis.ENTRIES) for _ in range(3))
    report.note(f"bare GROUP BY {bare:.3f} s, full recompute {full:.3f} s")
    report.judge("full concentration recompute", full / bare, 2.5, "× bare")
    afterwards = []
    for number in range(5):
        with connection.cursor() as cursor:
            writing = seconds(lambda n=number: cursor.execute(_MORE, [n, NEW_ENTRIES]))  # type: ignore[misc]
        afterwards.append(_snapshot_seconds(query, Basis.AUTO))
        report.note(f"{NEW_ENTRIES:,} entries written with roll-ups in {writing:.3f} s")
    report.note(f"recompute after new entries {min(afterwards):.4f} s")
    report.judge(
        "recompute after 10,000 new entries", 100 * min(afterwards) / full, 5, " % of full"
    )


def _snapshot_seconds(query: ConcentrationQuery, basis: Basis) -> float:
    """How long a snapshot takes that cannot be answered by one that stands."""
    mark, _new = RevenueWatermark.objects.get_or_create(id=1)
    RevenueWatermark.objects.update(version=mark.version + 1)
    before = ConcentrationSnapshot.objects.count()
    took = seconds(lambda: compute_snapshot(query=query, basis=basis))
    if ConcentrationSnapshot.objects.count() != before + 1:
        raise AssertionError("the snapshot was not computed")
    return took
