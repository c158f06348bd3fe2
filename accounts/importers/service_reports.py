"""How we delivered, as customers count it: fill rate and on time in full from their reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.importers import lookups
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

TABLE = "accounts_serviceline"
REASONS = {
    "half a figure": _("Ordered and delivered, or orders and orders on time and in full, go "
                       "together; a yes or no needs no number of orders"),
    "more than all": _("More orders on time and in full than orders"),
    "below zero": _("A number is below zero"),
    "not whole": _("Orders are counted in whole numbers"),
}  # fmt: skip
_YES = {"1", "yes", "y", "true", "x", "on time", "kyllä", "da", "có", "是"}
_NO = {"0", "no", "n", "false", "late", "ei", "nu", "không", "否"}


def _flag(text: str) -> str | None:
    """Read a yes or a no; None for a word that is neither."""
    word = text.casefold().strip()
    return "1" if word in _YES else "0" if word in _NO else None


# One order on a line, on time or not: in full too where what was ordered came.
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH counted AS (
    SELECT s.*, COALESCE(s.key, s.row_hash) AS source_key, a.account_id, a.ambiguous, p.product_id,
        CASE WHEN s.on_time IS NOT NULL AND s.orders IS NULL THEN 1 ELSE s.orders END AS all_orders,
        CASE WHEN s.on_time IS NOT NULL AND s.orders IS NULL THEN
            CASE WHEN s.on_time = '1' AND s.delivered >= s.ordered THEN 1 ELSE 0 END
            ELSE s.orders_otif END AS good_orders
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN import_products p ON p.value = s.product
), found AS (
    SELECT c.*, md5(ROW(account, date, product, ordered, delivered, all_orders, good_orders)::text)
        AS content FROM counted c
), repeated AS (
    SELECT f.*, row_number() OVER by_line > 1 AS again,
        min(content) OVER same <> max(content) OVER same AS differs
    FROM found f
    WINDOW same AS (PARTITION BY source_key, reason IS NULL),
        by_line AS (PARTITION BY source_key, reason IS NULL ORDER BY line_no)
), judged AS (
    SELECT r.*, COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN product IS NOT NULL AND product_id IS NULL THEN 'unknown product'
        WHEN (ordered IS NULL) <> (delivered IS NULL)
          OR (all_orders IS NULL) <> (good_orders IS NULL)
          OR on_time IS NOT NULL AND ordered IS NULL AND orders IS NULL
          OR ordered IS NULL AND all_orders IS NULL THEN 'half a figure'
        WHEN LEAST(ordered, delivered, all_orders, good_orders) < 0 THEN 'below zero'
        WHEN all_orders <> trunc(all_orders) OR good_orders <> trunc(good_orders) THEN 'not whole'
        WHEN GREATEST(ordered, delivered, all_orders) >= 1e9 THEN 'amount too large'
        WHEN good_orders > all_orders THEN 'more than all'
        WHEN differs THEN 'same key, other content'
    END) AS problem
    FROM repeated r
)
SELECT j.line_no, j.source_key, j.account_id, j.product_id, j.date AS reported_on,
    round(j.ordered, 4) AS ordered, round(j.delivered, 4) AS delivered,
    j.all_orders::integer AS orders, j.good_orders::integer AS orders_otif,
    NULL::numeric AS amount, NULL::text AS currency, j.problem AS reason,
    COALESCE(j.detail, CASE j.problem WHEN 'unknown account' THEN j.account
        WHEN 'ambiguous account' THEN j.account
        WHEN 'unknown product' THEN j.product END) AS detail,
    t.id AS line_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL WHEN j.again THEN 'n' WHEN t.id IS NULL THEN 'c'
        WHEN (t.account_id, t.product_id, t.reported_on, t.ordered, t.delivered, t.orders,
              t.orders_otif) IS DISTINCT FROM (j.account_id, j.product_id, j.date,
              round(j.ordered, 4), round(j.delivered, 4), j.all_orders::integer,
              j.good_orders::integer) THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN accounts_serviceline t ON t.source_id = %(source)s AND t.source_key = j.source_key
"""
_UPDATE = """
UPDATE accounts_serviceline t SET account_id = r.account_id, product_id = r.product_id,
    reported_on = r.reported_on, ordered = r.ordered, delivered = r.delivered, orders = r.orders,
    orders_otif = r.orders_otif, batch_id = %(batch)s, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND t.id = r.line_id
"""
_INSERT = """
INSERT INTO accounts_serviceline (source_id, source_key, batch_id, account_id, product_id,
    reported_on, ordered, delivered, orders, orders_otif, created_at, updated_at)
SELECT %(source)s, source_key, %(batch)s, account_id, product_id, reported_on, ordered, delivered,
    orders, orders_otif, now(), now()
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""


class ServiceReportsImporter(Importer):
    """Customers' reports of how we delivered."""

    key = "service_reports"
    title = _("Service reports")
    summary = _("Ordered, delivered and on time, as customers count it: fill rate and OTIF.")
    icon = "truck-delivery"
    order = 62
    found_by = ("line_id",)
    columns = (
        Column(name="account", label=_("Account"), required=True, example="C-1042",
               help=_("External id or exact name of the account that reports."),
               synonyms=("customer", "customer id", "account id", "store", "depot")),
        Column(name="date", label=_("Date"), type=ColumnType.DATE, required=True,
               example="2026-03-01", help=_("Of the order, or the first day of the month."),
               synonyms=("period", "month", "order date", "delivery date")),
        Column(name="key", label=pgettext_lazy("of a row", "Key"), example="PO-4711-10",
               help=_("What makes the line unique in the source; a line sent again replaces."),
               synonyms=("line id", "order line", "order number", "id", "po number")),
        Column(name="product", label=_("Product"), max_length=100, example="P-100",
               help=_("The product's code; empty: all of it."),
               synonyms=("product code", "sku", "item", "article")),
        Column(name="ordered", label=_("Ordered"), type=ColumnType.NUMBER, example="120",
               synonyms=("ordered quantity", "quantity ordered", "order qty")),
        Column(name="delivered", label=_("Delivered"), type=ColumnType.NUMBER, example="114",
               synonyms=("delivered quantity", "quantity delivered", "received")),
        Column(name="on_time", label=_("On time"), example="yes", read=_flag,
               help=_("Yes or no, for a line that is one order."),
               synonyms=("is on time", "delivered on time")),
        Column(name="orders", label=_("Orders"), type=ColumnType.NUMBER, example="",
               help=_("How many orders a line counts, instead of yes or no."),
               synonyms=("number of orders", "order count")),
        Column(name="orders_otif", label=_("Orders on time and in full"),
               type=ColumnType.NUMBER, example="", synonyms=("otif", "otif orders")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Know each line again by its key within the source."""
        lookups.find_accounts(run)
        lookups.find_products(run)
        run.execute(_ROWS)
        run.first, run.last = run.rows(
            "SELECT min(reported_on), max(reported_on) FROM import_rows WHERE reason IS NULL"
        )[0]

    def apply(self, run: Run) -> None:
        """Write the lines; those that were sent again are replaced."""
        changes.note_before(run, TABLE, "SELECT line_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        run.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {TABLE}"))
        run.execute(_INSERT)
        changes.note_created(run, TABLE, f"SELECT id FROM {TABLE} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Remove the lines that the batch brought and put the others back."""
        changes.refuse_when_built_upon(run)
        restored = changes.put_back(run, TABLE)
        removed = changes.remove_created(run, TABLE)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)
