"""What accepted reports and counts say of a period, for many statements in a few statements.

Lines count on their day, or on the last day of their report. Fill-up, pick-up and transfers bill
nothing and are not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kam.core.id_arrays import id_text
from settlements.choices.settling import StatementKind
from settlements.selectors.settling.jobs import Job
from settlements.selectors.settling.scopes import Scope, other_categories, scopes_of

ZERO = Decimal(0)

_SCOPE = """
scope AS MATERIALIZED (
    SELECT * FROM unnest(%(places)s::int[], %(stores)s::bigint[], %(nodes)s::bigint[],
        %(companies)s::bigint[], %(categories)s::bigint[])
        AS s(job, store_id, node_id, company_id, category_id)
), others AS MATERIALIZED (
    SELECT * FROM unnest(%(other_jobs)s::int[], %(other_categories)s::bigint[])
        AS o(job, category_id)
), reports AS MATERIALIZED (
    SELECT r.id, r.selling_company_id, upper(r.period) - 1 AS last_day
    FROM settlements_salesreport r
    WHERE r.state = 'accepted' AND r.kind = %(kind)s
      AND r.period && daterange(%(start)s, %(end)s) AND r.selling_company_id = ANY(%(sellers)s)
)"""
# Sums kept of a report are taken where they are of the period, and of days with the same prices;
# of other reports the lines are added up. Whose they are is looked up after.
_SUMS = """
WITH {scope}, near AS MATERIALIZED (
    SELECT k.*, r.selling_company_id, {segment_kept} AS segment,
        k.first_day >= %(start)s AND k.last_day < %(end)s AND {is_one_segment} AS is_whole
    FROM settlements_salesreportsum k JOIN reports r ON r.id = k.report_id
    WHERE k.last_day >= %(start)s AND k.first_day < %(end)s
), cut AS MATERIALIZED (
    SELECT r.* FROM reports r WHERE r.id IN (SELECT report_id FROM near WHERE NOT is_whole)
), told AS MATERIALIZED (
    SELECT k.report_id, k.store_id, k.product_id, k.category_id, k.tax_rate, k.currency_id,
        k.segment, k.payment_medium, k.sold, k.returned, k.sales, k.returns,
        k.without_amount::bigint, k.coupons, k.without_coupons::bigint, k.selling_company_id
    FROM near k WHERE k.report_id NOT IN (SELECT id FROM cut)
    UNION ALL
    SELECT l.report_id, l.store_id, l.product_id, l.category_id, l.tax_rate, l.currency_id,
        {segment}, l.payment_medium, sum(l.quantity_sold), sum(l.quantity_returned),
        sum(l.gross_amount) FILTER (WHERE l.gross_amount > 0),
        sum(l.gross_amount) FILTER (WHERE l.gross_amount < 0),
        count(*) FILTER (WHERE l.gross_amount IS NULL), sum(l.coupon_amount),
        count(*) FILTER (WHERE l.coupon_amount IS NULL), c.selling_company_id
    FROM settlements_salesreportline l JOIN cut c ON c.id = l.report_id
    WHERE COALESCE(l.sold_on, c.last_day) >= %(start)s
      AND COALESCE(l.sold_on, c.last_day) < %(end)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, c.selling_company_id
), placed AS MATERIALIZED (
    SELECT s.job, s.node_id, u.*, COALESCE(u.category_id, p.category_id) AS of_category
    FROM told u JOIN scope s ON s.store_id = u.store_id AND s.company_id = u.selling_company_id
    LEFT JOIN accounts_product p ON p.id = u.product_id
    LEFT JOIN others o ON o.job = s.job AND o.category_id = COALESCE(u.category_id, p.category_id)
    WHERE CASE WHEN s.category_id > 0 THEN COALESCE(u.category_id, p.category_id) = s.category_id
        ELSE o.job IS NULL END
)"""
# Rows of three kinds, so that the lines are read once: goods, what each job rests on, and what
# stores lack with what they sold of it.
_GOODS = f"""
{_SUMS}{{missing}}
SELECT 'goods' AS row, job, {{node}} AS node_id, {{product}} AS product_id, of_category, tax_rate,
    currency_id, segment, {{medium}} AS medium, sum(sold), sum(returned), COALESCE(sum(sales), 0),
    COALESCE(sum(returns), 0), sum(without_amount), {{coupons}},
    NULL::bigint[] AS reports, NULL::bigint[] AS stores, NULL::bigint[] AS products
FROM placed GROUP BY 2, 3, 4, 5, 6, 7, 8, 9
UNION ALL
SELECT 'basis', job, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, array_agg(DISTINCT report_id), array_agg(DISTINCT store_id),
    array_agg(DISTINCT product_id)
FROM placed GROUP BY job
{{lacking}}
ORDER BY 2, 5 NULLS LAST, 4, 6, 8, 3, 9
"""
_MISSING = """, missing AS MATERIALIZED (
    SELECT m.store_id, m.product_id, m.selling_company_id, -sum(m.quantity) AS quantity
    FROM settlements_consignmentmovement m
    WHERE m.kind = 'shrink' AND m.moved_on >= %(start)s AND m.moved_on < %(end)s
      AND m.store_id IN (SELECT store_id FROM scope)
    GROUP BY 1, 2, 3 HAVING sum(m.quantity) < 0
), sold AS MATERIALIZED (
    SELECT u.store_id, u.product_id, u.selling_company_id, sum(u.sold - u.returned) AS sold
    FROM told u
    WHERE (u.store_id, u.product_id) IN (SELECT store_id, product_id FROM missing)
    GROUP BY 1, 2, 3
)"""
_LACKING = """
UNION ALL
SELECT 'lacking', s.job, s.node_id, m.product_id, p.category_id, NULL, NULL, NULL, NULL,
    m.quantity, COALESCE(u.sold, 0), NULL, NULL, NULL, NULL, NULL, NULL, ARRAY[m.store_id], NULL
FROM missing m JOIN scope s ON s.store_id = m.store_id AND s.company_id = m.selling_company_id
JOIN accounts_product p ON p.id = m.product_id
LEFT JOIN sold u ON u.store_id = m.store_id AND u.product_id = m.product_id
    AND u.selling_company_id = m.selling_company_id
LEFT JOIN others o ON o.job = s.job AND o.category_id = p.category_id
WHERE CASE WHEN s.category_id > 0 THEN p.category_id = s.category_id ELSE o.job IS NULL END
"""
_COUPONS = "sum(coupons), sum(CASE WHEN coupons IS NULL THEN 1 ELSE without_coupons END)"
_CHANGES = """
SELECT DISTINCT day FROM settlements_accountprice p
CROSS JOIN LATERAL unnest(ARRAY[lower(p.valid), upper(p.valid)]) AS day
WHERE day > %s AND day < %s AND p.account_id IN (
    SELECT unnest(a.path) FROM accounts_account a WHERE a.id = ANY(%s::bigint[]))
ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Sold:
    """A sum of report lines; `segment` counts the days on which prices change.

    Amounts are those of a turnover; of goods that are paid at our prices nobody asks for them.
    `medium` is told where some term has rules of media, `coupons` are None where no line has any.
    """

    node_id: int
    product_id: int | None
    category_id: int | None
    tax_rate: Decimal | None
    currency: str
    segment: int
    medium: str
    sold: Decimal
    returned: Decimal
    sales: Decimal
    returns: Decimal
    without_amount: int
    coupons: Decimal | None
    without_coupons: int


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a store lacks of a product, with what it sold of it in the period."""

    node_id: int
    store_id: int
    product_id: int
    category_id: int | None
    quantity: Decimal
    sold: Decimal


@dataclass(slots=True)
class Source:
    """What a job rests on."""

    sold: list[Sold] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)
    report_ids: set[int] = field(default_factory=set)
    store_ids: set[int] = field(default_factory=set)
    product_ids: set[int] = field(default_factory=set)
    segments: tuple[date, ...] = ()


def sources_of(jobs: Sequence[Job]) -> list[Source]:
    """Return what each job rests on; a handful of statements for each period and kind."""
    found: list[Source] = [Source() for _job in jobs]
    together: dict[tuple[StatementKind, date, date], list[int]] = defaultdict(list)
    for place, job in enumerate(jobs):
        together[job.kind, job.start, job.end].append(place)
    for (kind, _start, _end), places in together.items():
        several = [jobs[place] for place in places]
        for place, source in zip(places, _sources(kind, several), strict=True):
            found[place] = source
    return found


def _sources(kind: StatementKind, jobs: Sequence[Job]) -> list[Source]:
    is_sold = kind == StatementKind.SELL_THROUGH
    scopes = scopes_of(jobs, with_prices=is_sold)
    bounds = _bounds({scope.node_id for scope in scopes}, jobs[0]) if is_sold else []
    found = [Source(segments=(jobs[0].start, *bounds)) for _job in jobs]
    values = _values(kind, jobs, scopes, bounds)
    with connection.cursor() as cursor:
        by_medium = any(job.rules.media for job in jobs)
        sql = _goods_sql(is_sold=is_sold, has_bounds=bool(bounds), by_medium=by_medium)
        cursor.execute(sql, values)
        for row in cursor.fetchall():
            _take(row, found[row[1]])
    for source in found:
        source.lacking.sort(key=lambda one: (one.store_id, one.product_id))
    return found


def _take(row: tuple[Any, ...], source: Source) -> None:
    """Put a row of the statement where it belongs."""
    if row[0] == "goods":
        source.sold.append(Sold(*row[2:16]))
    elif row[0] == "basis":
        reports, stores, products = row[16:]
        source.report_ids, source.store_ids = set(reports), set(stores)
        source.product_ids = {product for product in products if product}
    else:
        node, product, category, quantity, sold = row[2], row[3], row[4], row[9], row[10]
        source.lacking.append(Lacking(node, row[17][0], product, category, quantity, sold))


def _goods_sql(*, is_sold: bool, has_bounds: bool, by_medium: bool) -> str:
    segment = "width_bucket({}, %(bounds)s::date[])" if has_bounds else "0"
    first, last = segment.format("k.first_day"), segment.format("k.last_day")
    parts = {
        "{scope}": _SCOPE,
        "{segment}": segment.format("COALESCE(l.sold_on, c.last_day)"),
        "{segment_kept}": first,
        "{is_one_segment}": f"{first} = {last}",
        "{node}": "node_id" if is_sold else "0::bigint",
        "{product}": "product_id" if is_sold else "NULL::bigint",
        "{medium}": "payment_medium" if by_medium and not is_sold else "''::text",
        "{coupons}": "NULL::numeric, 0::bigint" if is_sold else _COUPONS,
        "{missing}": _MISSING if is_sold else "",
        "{lacking}": _LACKING if is_sold else "",
    }
    sql = _GOODS
    for name, part in parts.items():
        sql = sql.replace(name, part)
    return sql


def _bounds(nodes: Iterable[int], job: Job) -> list[date]:
    """Days within the period on which prices of the accounts, or of those above, change."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [job.start, job.end, id_text(nodes)])
        return [day for (day,) in cursor.fetchall()]


def _values(
    kind: StatementKind, jobs: Sequence[Job], scopes: Sequence[Scope], bounds: list[date]
) -> dict[str, Any]:
    others = [(place, one) for place, many in enumerate(other_categories(jobs)) for one in many]
    return {
        "kind": kind.value,
        "start": jobs[0].start,
        "end": jobs[0].end,
        "bounds": bounds,
        "places": id_text(scope.job for scope in scopes),
        "stores": id_text(scope.store_id for scope in scopes),
        "nodes": id_text(scope.node_id for scope in scopes),
        "companies": id_text(jobs[scope.job].rules.selling_company_id for scope in scopes),
        "categories": id_text(jobs[scope.job].rules.category_id or 0 for scope in scopes),
        "sellers": sorted({job.rules.selling_company_id for job in jobs}),
        "other_jobs": [place for place, _one in others],
        "other_categories": [one for _place, one in others],
    }
