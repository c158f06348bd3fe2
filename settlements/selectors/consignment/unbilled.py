"""What consumers bought that no posted statement covers: owed to us without an invoice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from settlements.choices.reports import ReportKind
from settlements.selectors.prices import BREAK_REACHED, LINE_AMOUNT, price_ctes

_LINES = """
stated AS MATERIALIZED (
    SELECT x.report_id, range_agg(s.period) AS days
    FROM settlements_statementreport x
    JOIN settlements_settlementstatement s ON s.id = x.statement_id
    WHERE s.state = 'posted' GROUP BY 1
), sums AS MATERIALIZED (
    SELECT r.account_id, r.selling_company_id, r.kind, r.currency_id, l.store_id, l.product_id,
        COALESCE(l.sold_on, upper(r.period) - 1) AS day,
        sum(l.quantity_sold - l.quantity_returned) AS quantity, sum(l.gross_amount) AS gross
    FROM settlements_salesreport r
    JOIN settlements_salesreportline l ON l.report_id = r.id
    LEFT JOIN stated t ON t.report_id = r.id
    WHERE r.state = 'accepted' AND r.account_id = ANY(%(accounts)s)
      AND COALESCE(l.sold_on, upper(r.period) - 1) <= %(as_of)s
      AND NOT COALESCE(t.days, '{{}}'::datemultirange)
          @> COALESCE(l.sold_on, upper(r.period) - 1)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)"""
_SQL = f"""
WITH {_LINES}, {{prices}}
SELECT m.account_id, m.selling_company_id, m.kind, m.currency_id, sum(m.quantity),
    sum(m.gross), sum({LINE_AMOUNT.format(prices="p", quantity="m.quantity")}),
    count(*) FILTER (WHERE m.product_id IS NOT NULL AND p.amount IS NULL), min(m.day)
FROM sums m LEFT JOIN prices p ON m.kind = 'sell_through' AND p.account_id = m.store_id
    AND p.product_id = m.product_id AND p.currency_id = m.currency_id AND p.valid @> m.day
    AND {BREAK_REACHED.format(prices="p", quantity="m.quantity")}
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class SoldNotStated:
    """What an account reported as sold, in one currency, that no posted statement covers.

    `value` is at our prices without tax, of sell-through alone and of the products that have a
    price (`without_price` counts days of products that have none; None: no product has one).
    `turnover` is what consumers paid with tax, as far as it was reported.
    """

    account_id: int
    selling_company_id: int
    kind: ReportKind
    currency: str
    quantity: Decimal
    turnover: Decimal | None
    value: Decimal | None
    without_price: int
    since: date


def sold_not_stated(account_ids: Iterable[int], as_of: date) -> list[SoldNotStated]:
    """Return what the accounts themselves reported until a day, not stated; one statement.

    Of accepted reports. A day is stated once a posted statement that rests on the report covers
    it, whichever stores or goods the statement is about. Volume breaks count by store and day.
    """
    values: dict[str, Any] = {
        "accounts": list(account_ids),
        "as_of": as_of,
        "price_span": DateRange(None, as_of, "[]"),
    }
    prices = price_ctes(
        accounts="SELECT store_id FROM sums WHERE kind = 'sell_through'",
        products="SELECT product_id FROM sums WHERE kind = 'sell_through'",
    )
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(prices=prices), values)
        return [
            SoldNotStated(account, company, ReportKind(kind), *row)
            for account, company, kind, *row in cursor.fetchall()
        ]
