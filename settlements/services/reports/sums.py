"""Whether the sums kept of sales reports are what their lines add up to, and making them anew."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from kam.core.rewriting import rewriting
from settlements.models import SalesReport

logger = logging.getLogger(__name__)
SETTING = "kam.rewriting_report_sums"
NAMED = 20
"""Reports that are named one by one."""

# A merge may leave several sums of one thing in one store: they count together.
_DIFFERENT = """
WITH told AS (
    SELECT l.report_id, l.store_id, l.product_id, l.category_id, l.tax_rate, l.currency_id,
        l.payment_medium,
        min(COALESCE(l.sold_on, upper(r.period) - 1)) AS first_day,
        max(COALESCE(l.sold_on, upper(r.period) - 1)) AS last_day,
        sum(l.quantity_sold) AS sold, sum(l.quantity_returned) AS returned,
        sum(l.gross_amount) FILTER (WHERE l.gross_amount > 0) AS sales,
        sum(l.gross_amount) FILTER (WHERE l.gross_amount < 0) AS returns,
        count(*) FILTER (WHERE l.gross_amount IS NULL) AS without_amount,
        sum(l.coupon_amount) AS coupons,
        count(*) FILTER (WHERE l.coupon_amount IS NULL) AS without_coupons
    FROM settlements_salesreport r JOIN settlements_salesreportline l ON l.report_id = r.id
    WHERE r.state IN ('accepted', 'superseded', 'cancelled')
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), kept AS (
    SELECT k.report_id, k.store_id, k.product_id, k.category_id, k.tax_rate, k.currency_id,
        k.payment_medium, min(k.first_day) AS first_day, max(k.last_day) AS last_day,
        sum(k.sold) AS sold, sum(k.returned) AS returned, sum(k.sales) AS sales,
        sum(k.returns) AS returns, sum(k.without_amount) AS without_amount,
        sum(k.coupons) AS coupons, sum(k.without_coupons) AS without_coupons
    FROM settlements_salesreportsum k GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT COALESCE(t.report_id, k.report_id) AS report_id, count(*)
FROM told t FULL JOIN kept k ON k.report_id = t.report_id AND k.store_id = t.store_id
    AND COALESCE(k.product_id, 0) = COALESCE(t.product_id, 0)
    AND COALESCE(k.category_id, 0) = COALESCE(t.category_id, 0)
    AND COALESCE(k.tax_rate, -1) = COALESCE(t.tax_rate, -1)
    AND k.currency_id = t.currency_id AND k.payment_medium = t.payment_medium
WHERE (t.first_day, t.last_day, t.sold, t.returned, t.sales, t.returns, t.without_amount,
        t.coupons, t.without_coupons)
    IS DISTINCT FROM (k.first_day, k.last_day, k.sold, k.returned, k.sales, k.returns,
        k.without_amount, k.coupons, k.without_coupons)
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class SumsCheck:
    """What a check found: reports whose kept sums are not those of their lines."""

    reports: tuple[int, ...]
    differences: int

    @property
    def named(self) -> str:
        """The first of the reports, by number."""
        more = " …" if len(self.reports) > NAMED else ""
        return ", ".join(str(pk) for pk in self.reports[:NAMED]) + more


def check_sums() -> SumsCheck:
    """Compare all kept sums with the lines, in one statement; changes nothing, logs what differs.

    Sums of replaced and cancelled reports are compared too: what is kept has to be right.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(_DIFFERENT)
        rows = cursor.fetchall()
    found = SumsCheck(tuple(row[0] for row in rows), sum(row[1] for row in rows))
    if rows:
        words = "%s kept sums differ from the lines of %s sales reports: %s"
        logger.error(words, found.differences, len(found.reports), found.named)
    return found


@transaction.atomic
def rebuild_sums(*, reports: Sequence[int]) -> int:
    """Make the sums of reports anew from their lines; return how many rows there are now."""
    known = SalesReport.objects.filter(pk__in=reports).order_by("pk")
    list(known.select_for_update(no_key=True).values_list("pk"))
    counted = list(
        known.filter(state__in=("accepted", "superseded", "cancelled")).values_list("pk", flat=True)
    )
    with rewriting(SETTING), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM settlements_salesreportsum WHERE report_id = ANY(%s)", [list(reports)]
        )
        cursor.execute("SELECT settlements_sum_reports(%s)", [counted])
        cursor.execute(
            "SELECT count(*) FROM settlements_salesreportsum WHERE report_id = ANY(%s)", [counted]
        )
        made: int = cursor.fetchone()[0]
    return made
