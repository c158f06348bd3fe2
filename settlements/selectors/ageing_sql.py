"""One statement for ageing at any size: open items by customer, currency and band.

The bands come from the same table as the plain-Python definition in `analytics.ageing`.
"""

from __future__ import annotations

from settlements.analytics.ageing import Bands

# An account with everything below it on the day, and the duplicates merged into those.
BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT %(account)s::bigint
        UNION
        SELECT l.account_id FROM below JOIN accounts_parentlink l
            ON l.parent_id = below.id AND l.valid @> %(as_of)s::date
    )
    SELECT id FROM below
    UNION ALL SELECT a.id FROM accounts_account a JOIN below ON a.merged_into_id = below.id
"""
# What one unit of a currency is worth, null where nobody said; see `core.selectors.rates`.
RATES = """
    SELECT * FROM unnest(%(codes)s::text[], %(rates)s::numeric[]) AS given(code, rate)
"""
_SUMS = """sum(open_amount) FILTER (WHERE side = 1) AS open,
    count(*) FILTER (WHERE side = 1) AS open_items,
    sum(open_amount) FILTER (WHERE side = 1 AND due_date < %(as_of)s) AS overdue,
    count(*) FILTER (WHERE side = 1 AND due_date < %(as_of)s) AS overdue_items,
    min(due_date) FILTER (WHERE side = 1 AND due_date < %(as_of)s) AS oldest_due_on,
    sum(open_amount) FILTER (WHERE side = 1 AND due_date IS NULL) AS undated,
    sum(open_amount) FILTER (WHERE side = -1 AND kind = 'receipt') AS unapplied,
    sum(open_amount) FILTER (WHERE side = -1 AND kind <> 'receipt') AS open_credits"""
AMOUNTS = ("open", "overdue", "undated", "unapplied", "open_credits")
COUNTS = ("open_items", "overdue_items")


def place_sql(bands: Bands, basis: str) -> str:
    """Return SQL for an item's place among the bands' names, like `Bands.place`."""
    days = f"(%(as_of)s - {basis})"
    steps = [f"WHEN {basis} IS NULL THEN {len(bands.names) - 1}", f"WHEN {days} <= 0 THEN 0"]
    steps += [f"WHEN {days} <= {bound} THEN {n}" for n, bound in enumerate(bands.bounds, 1)]
    return f"CASE {' '.join(steps)} ELSE {len(bands.bounds) + 1} END"


def band_columns(bands: Bands) -> list[str]:
    """Return the names of the columns that hold the bands, in their order."""
    return [f"band_{place}" for place in range(len(bands.names))]


def cells_sql(*, bands: Bands, basis: str, node: str, conditions: str) -> str:
    """Return the common tables `items`, `sums` and `cells`: one row per customer and currency.

    `node` is the column of the ledger that is summed, `conditions` what items must fulfil. Sums
    are made by node first, so that names and groups are looked up once for each.
    """
    columns = band_columns(bands)
    in_bands = ",\n    ".join(
        f"sum(open_amount) FILTER (WHERE side = 1 AND place = {place}) AS {column}"
        for place, column in enumerate(columns)
    )
    amounts = [*columns, *AMOUNTS]
    totals = ", ".join(f"COALESCE(sum(s.{name}), 0) AS {name}" for name in amounts)
    counts = ", ".join(f"sum(s.{name}) AS {name}" for name in COUNTS)
    return f"""
WITH items AS (
    SELECT i.{node} AS node, i.currency_id, i.side, i.kind, i.open_amount, i.due_date,
        {place_sql(bands, f"i.{basis}")} AS place
    FROM settlements_open_items(%(as_of)s, %(known_at)s) i {conditions}
), sums AS MATERIALIZED (
    SELECT node, currency_id, {in_bands}, {_SUMS} FROM items GROUP BY node, currency_id
), cells AS MATERIALIZED (
    SELECT {{key}} AS key, s.currency_id, {totals}, {counts},
        min(s.oldest_due_on) AS oldest_due_on
    FROM sums s JOIN accounts_account a ON a.id = s.node {{joins}}
    GROUP BY 1, s.currency_id
)"""


def parts_sql(bands: Bands) -> str:
    """Return what is read off `cells`: per currency, the whole, and the rows of a page.

    `currency` parts are in their own currency; the others are multiplied by rates, unless all of
    it is in one currency and none was asked for. `gaps` counts cells without a rate.
    """
    amounts = [*band_columns(bands), *AMOUNTS]
    plain = ", ".join(f"sum({name}) AS {name}" for name in amounts)
    times = ", ".join(f"sum({name} * rate) AS {name}" for name in amounts)
    counts = ", ".join(f"sum({name}) AS {name}" for name in COUNTS)
    return f"""
, single AS (
    SELECT NOT %(asked)s AND count(DISTINCT currency_id) = 1 AS alone FROM cells
), valued AS MATERIALIZED (
    SELECT c.*, CASE WHEN single.alone THEN 1 ELSE r.rate END AS rate
    FROM cells c CROSS JOIN single LEFT JOIN ({RATES}) AS r ON r.code = c.currency_id
), customers AS MATERIALIZED (
    SELECT key, {times}, {counts}, min(oldest_due_on) AS oldest_due_on FROM valued GROUP BY key
)
SELECT 'currency' AS part, NULL::bigint AS key, currency_id, count(*) AS customers,
    count(*) FILTER (WHERE overdue > 0) AS late, count(*) FILTER (WHERE rate IS NULL) AS gaps,
    {plain}, {counts}, min(oldest_due_on) AS oldest_due_on
FROM valued GROUP BY currency_id
UNION ALL
SELECT 'total', NULL, NULL, count(*), count(*) FILTER (WHERE overdue_items > 0), 0,
    {plain}, {counts}, min(oldest_due_on) FROM customers
UNION ALL
(SELECT 'row', key, NULL, 1, (overdue_items > 0)::integer, 0,
    {", ".join(amounts)}, {", ".join(COUNTS)}, oldest_due_on
FROM customers ORDER BY {{order}}, key LIMIT %(limit)s OFFSET %(offset)s)
"""


# Sales on credit: what was invoiced less what was credited, by the documents' dates.
SALES = """
SELECT date_trunc('month', i.document_date)::date AS month, i.currency_id,
    sum(i.side * i.amount) AS amount,
    COALESCE(sum(i.side * i.amount) FILTER (WHERE i.document_date > %(as_of)s - %(days)s), 0)
FROM settlements_ledgeritem i
WHERE i.kind IN ('invoice', 'debit_note', 'credit_note') AND i.document_date <= %(as_of)s
  AND i.posting_date <= %(as_of)s AND (%(known_at)s::timestamptz IS NULL
    OR i.recorded_at <= %(known_at)s::timestamptz) {conditions}
GROUP BY 1, 2 ORDER BY 1
"""
