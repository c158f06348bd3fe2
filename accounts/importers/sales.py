"""Revenue lines: a million rows in a handful of statements."""

from __future__ import annotations

import json

from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups, sales_undo
from accounts.services.figures import refresh_figures
from accounts.services.tree import lock_tree
from kam.core.jobs import enqueue
from kam.core.models import Organisation
from kam.imports.columns import Column, ColumnType
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run
from kam.imports.mapping import ColumnMapping

FIGURES_AT_ONCE = 2_000

# The staged row's content, to tell a line sent twice from two lines with one key.
_CONTENT = """md5(ROW(account, date, product, category, quantity, unit, net_amount, unit_price,
    discount, cost, currency)::text)"""
# Lines that stand more than once in the file: with a key of their own by that, else by content.
_REPEATS = f"""
CREATE TEMP TABLE import_repeats ON COMMIT DROP AS
WITH twice AS (
    SELECT COALESCE(source_key, row_hash) AS key FROM import_stage
    WHERE COALESCE(source_key, row_hash) IS NOT NULL AND reason IS NULL
    GROUP BY 1 HAVING count(*) > 1
), repeated AS (
    SELECT s.line_no, s.row_hash IS NULL AS keyed, twice.key, {_CONTENT} AS content
    FROM import_stage s JOIN twice ON twice.key = COALESCE(s.source_key, s.row_hash)
    WHERE s.reason IS NULL
)
SELECT line_no, row_number() OVER by_line AS occurrence,
    keyed AND min(content) OVER same <> max(content) OVER same AS differs,
    keyed AND row_number() OVER by_line > 1 AS again
FROM repeated
WINDOW same AS (PARTITION BY key), by_line AS (PARTITION BY key ORDER BY line_no)
"""
_RATES = """
CREATE TEMP TABLE import_rates ON COMMIT DROP AS
SELECT d.currency, d.date, CASE WHEN d.currency = %(base)s THEN 1 ELSE found.rate END AS rate
FROM (SELECT DISTINCT c.code AS currency, s.date
      FROM (SELECT DISTINCT currency, date, CASE WHEN currency IS NULL THEN account END AS account
            FROM import_stage WHERE date IS NOT NULL) AS s
      LEFT JOIN import_accounts a ON a.value = s.account
      JOIN core_currency c ON c.code = COALESCE(upper(s.currency), a.currency_id, %(base)s)) AS d
LEFT JOIN LATERAL (
    SELECT r.rate FROM core_exchangerate r
    WHERE r.currency_id = d.currency AND r.base_id = %(base)s AND r.valid_on <= d.date
    ORDER BY r.valid_on DESC LIMIT 1
) AS found ON d.currency <> %(base)s
"""
# OFFSET 0 keeps the planner from computing amount, key and problem again wherever they are used.
# Texts are kept only where they mean nothing here yet.
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH valued AS (
    SELECT s.line_no, s.date, s.reason, s.detail, s.discount, round(s.quantity, 4) AS quantity,
        COALESCE(s.unit, '') AS unit, round(s.cost, 4) AS cost,
        COALESCE(r.differs, false) AS differs, COALESCE(r.again, false) AS again,
        COALESCE(s.source_key, s.row_hash || '-' || COALESCE(r.occurrence, 1)) AS key,
        CASE WHEN a.account_id IS NULL THEN s.account END AS account,
        CASE WHEN p.product_id IS NULL THEN s.product END AS product,
        CASE WHEN c.category_id IS NULL OR (s.product IS NOT NULL AND p.product_id IS NULL)
            THEN s.category END AS category,
        round(CASE WHEN s.net_amount IS NOT NULL THEN s.net_amount
            ELSE s.quantity * s.unit_price * (1 - COALESCE(s.discount, 0)) END, 4) AS amount,
        a.account_id, a.ambiguous, p.product_id,
        COALESCE(c.category_id, p.category_id) AS category_id,
        COALESCE(upper(s.currency), a.currency_id, %(base)s) AS currency_code
    FROM import_stage s
    LEFT JOIN import_repeats r ON r.line_no = s.line_no
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN import_products p ON p.value = s.product
    LEFT JOIN import_categories c ON c.value = s.category
    OFFSET 0
), judged AS (
    SELECT v.*, x.rate, round(v.amount * x.rate, 4) AS base_amount,
        COALESCE(v.reason, CASE
            WHEN v.key IS NULL THEN 'missing: source_key'
            WHEN v.amount IS NULL THEN 'missing: net_amount'
            WHEN abs(v.amount) >= 1e14 OR abs(v.amount * x.rate) >= 1e16 OR abs(v.cost) >= 1e14
                THEN 'amount too large'
            WHEN v.discount NOT BETWEEN 0 AND 1 THEN 'discount is not between 0 and 1'
            WHEN x.currency IS NULL THEN 'unknown currency'
            WHEN v.ambiguous THEN 'ambiguous account'
            WHEN v.account IS NOT NULL AND NOT %(create)s THEN 'unknown account'
            WHEN v.differs THEN 'same key, other content'
            WHEN v.date < %(from)s OR v.date >= %(to)s THEN 'outside the replaced period'
        END) AS problem
    FROM valued v
    LEFT JOIN import_rates x ON x.currency = v.currency_code AND x.date = v.date
    OFFSET 0
)
SELECT j.line_no, j.key, j.account, j.account_id, j.date AS booked_on, j.product, j.product_id,
    j.category, j.category_id, j.quantity, j.unit, j.amount, j.cost, j.currency_code AS currency,
    j.rate, j.base_amount,
    j.problem AS reason, COALESCE(j.detail, CASE
        WHEN j.problem IN ('unknown account', 'ambiguous account') THEN left(j.account, 200)
        WHEN j.problem = 'unknown currency' THEN left(j.currency_code, 200)
        WHEN j.problem = 'same key, other content' THEN left(j.key, 200)
        WHEN j.problem = 'outside the replaced period' THEN j.date::text
    END) AS detail,
    e.id AS entry_id,
    CASE WHEN j.problem IS NOT NULL THEN NULL
        WHEN j.again THEN 'n'
        WHEN e.id IS NULL THEN 'c'
        WHEN (e.account_id, e.booked_on, e.product_id, e.category_id, e.quantity, e.unit,
              e.net_amount, e.cost, e.currency_id)
             IS DISTINCT FROM (j.account_id, j.date, j.product_id, j.category_id, j.quantity,
              j.unit, j.amount, j.cost, j.currency_code::varchar)
             OR num_nonnulls(j.account, j.product, j.category) > 0 THEN 'u'
        ELSE 'n' END AS action
FROM judged j
LEFT JOIN {standing} e ON e.source_id = %(source)s AND e.source_key = j.key
"""
# A table that was last looked at while it was empty is planned for as if it still were. That may
# happen again between two statements, while rows of an open transaction are all there is: without
# an index lines would then be held against each other one by one, for hours.
_THOUGHT_EMPTY = "SELECT reltuples = 0 FROM pg_class WHERE oid = 'accounts_revenueentry'::regclass"
_STANDING = "SELECT EXISTS (SELECT 1 FROM accounts_revenueentry WHERE source_id = %(source)s)"
_UPDATES = "SELECT EXISTS (SELECT 1 FROM import_rows WHERE action = 'u')"
_BY_ENTRY = "CREATE INDEX ON import_rows (entry_id) WHERE entry_id IS NOT NULL"
_NOTHING = "(SELECT * FROM accounts_revenueentry WHERE false)"
_FACTS = """
SELECT currency, rate IS NULL, min(booked_on), max(booked_on), count(*),
    count(*) FILTER (WHERE account IS NULL AND account_id IS NULL)
FROM import_rows WHERE reason IS NULL GROUP BY 1, 2 ORDER BY 5 DESC
"""
_NEW_NAMES = """
SELECT t.value FROM {table} t WHERE t.{id} IS NULL
  AND EXISTS (SELECT 1 FROM import_rows r WHERE r.{column} = t.value AND r.action IN ('c', 'u'))
ORDER BY 1
"""
_NEW_PRODUCTS = """
SELECT r.product, CASE WHEN count(DISTINCT r.category) = 1 THEN min(r.category) END,
    CASE WHEN count(DISTINCT r.unit) = 1 THEN min(r.unit) ELSE '' END
FROM import_rows r WHERE r.product IS NOT NULL AND r.product_id IS NULL
  AND r.action IN ('c', 'u')
GROUP BY 1 ORDER BY 1
"""
# Rows with what was created for them since they were compared.
_COMPLETE = """(
    SELECT r.action, r.entry_id, r.key, COALESCE(r.account_id, a.account_id) AS account_id,
        r.booked_on, COALESCE(r.product_id, p.product_id) AS product_id,
        COALESCE(r.category_id, c.category_id, p.category_id) AS category_id,
        r.quantity, r.unit, r.amount, r.cost, r.currency, r.rate, r.base_amount
    FROM import_rows r
    LEFT JOIN import_accounts a ON a.value = r.account
    LEFT JOIN import_products p ON p.value = r.product
    LEFT JOIN import_categories c ON c.value = r.category
)"""
_ENTRY = """account_id, booked_on, product_id, category_id, quantity, unit, net_amount, cost,
    currency_id, rate, base_amount"""
_ROW = """r.account_id, r.booked_on, r.product_id, r.category_id, r.quantity, r.unit, r.amount,
    r.cost, r.currency, r.rate, r.base_amount"""
_INSERT = f"""
INSERT INTO accounts_revenueentry (source_id, source_key, batch_id, {_ENTRY})
SELECT %(source)s, r.key, %(batch)s, {_ROW} FROM {{rows}} AS r WHERE r.action = 'c'
"""
_BEFORE_UPDATE = """
INSERT INTO accounts_revenuerevision (batch_id, entry_id, before)
SELECT %(batch)s, e.id, to_jsonb(e) FROM accounts_revenueentry e
JOIN import_rows r ON r.entry_id = e.id AND r.action = 'u'
"""
_UPDATE = f"""
UPDATE accounts_revenueentry e SET (batch_id, {_ENTRY}) = ROW(%(batch)s, {_ROW})
FROM {{rows}} AS r WHERE r.action = 'u' AND e.id = r.entry_id
"""
_LOST = """
SELECT e.id FROM accounts_revenueentry e
WHERE e.source_id = %(source)s AND e.booked_on >= %(from)s AND e.booked_on < %(to)s
  AND NOT EXISTS (SELECT 1 FROM import_rows r WHERE r.entry_id = e.id)
"""
_BEFORE_REMOVAL = f"""
INSERT INTO accounts_revenuerevision (batch_id, entry_id, before)
SELECT %(batch)s, e.id, to_jsonb(e) FROM accounts_revenueentry e WHERE e.id IN ({_LOST})
"""
_REMOVE = f"DELETE FROM accounts_revenueentry e WHERE e.id IN ({_LOST})"
_TOUCHED = """
SELECT DISTINCT unnest(a.path) FROM accounts_account a
WHERE a.id IN (
    SELECT r.account_id FROM {rows} AS r WHERE r.action IN ('c', 'u') UNION
    SELECT (before->>'account_id')::bigint FROM accounts_revenuerevision
    WHERE batch_id = %(batch)s)
LIMIT %(limit)s
"""
_OTHER_COLUMNS = """
SELECT max(id) FROM imports_importbatch
WHERE source_id = %(source)s AND kind = 'sales' AND state = 'committed' AND id <> %(batch)s
  AND mapping->'columns' IS DISTINCT FROM %(columns)s::jsonb
"""


class SalesImporter(Importer):
    """Net revenue by line. Amounts keep 4 decimals; a line without an account is unassigned."""

    key = "sales"
    title = _("Sales")
    summary = _("Revenue lines: who bought what, when, for how much.")
    icon = "receipt"
    order = 30
    creates_accounts = True
    replaces_periods = True
    has_amounts = True
    alternatives = (frozenset({"net_amount"}), frozenset({"quantity", "unit_price"}))
    columns = (
        Column(
            name="source_key",
            label=_("Key of the line"),
            help=_("What names the line once in the source, such as invoice and line number."),
            example="INV-1001-2",
            synonyms=("key", "line id", "invoice line", "document line"),
        ),
        Column(
            name="account",
            label=_("Account"),
            help=_("External id, or exact name. Empty: the revenue is unassigned."),
            example="C-1042",
            synonyms=("customer", "customer id", "customer no", "account id", "reseller key",
                      "sold to", "client", "asiakas", "客户"),
        ),
        Column(name="date", label=_("Date"), type=ColumnType.DATE, required=True,
               example="2026-03-31",
               synonyms=("invoice date", "order date", "booking date", "posting date", "日期")),
        Column(name="product", label=_("Product"), example="P-77", max_length=100,
               help=_("Our product code; a code that is not known yet is created."),
               synonyms=("product id", "product key", "sku", "item", "article", "stock code",
                         "material")),
        Column(name="category", label=_("Category"), max_length=100, example="Dairy",
               help=_("Code or name; empty: the product's category."),
               synonyms=("product category", "product group", "category name")),
        Column(name="quantity", label=_("Quantity"), type=ColumnType.NUMBER, example="12",
               synonyms=("qty", "order quantity", "units", "volume", "pieces")),
        Column(name="unit", label=_("Unit"), max_length=30, example="pcs",
               synonyms=("uom", "unit of measure", "unit of sale")),
        Column(name="net_amount", label=_("Net amount"), type=ColumnType.NUMBER, example="118.40",
               help=_("Or give quantity and unit price, and a discount where there is one."),
               synonyms=("amount", "net", "sales amount", "revenue", "net revenue", "net sales",
                         "line total", "turnover")),
        Column(name="unit_price", label=_("Unit price"), type=ColumnType.NUMBER, example="9.87",
               synonyms=("price", "net price")),
        Column(name="discount", label=_("Discount"), type=ColumnType.FRACTION, example="0.05",
               help=_("A fraction of the price: 0.05 is 5 %.")),
        Column(name="cost", label=_("Cost of goods"), type=ColumnType.NUMBER, example="80.00",
               help=_("Of the whole line."),
               synonyms=("cogs", "total cost", "cost amount", "total product cost")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: the account's currency, else the organisation's."),
               synonyms=("currency code", "cur", "waluta", "货币")),
    )  # fmt: skip

    def lock(self, run: Run) -> None:
        """Where accounts may be created, nobody else creates the same ones meanwhile."""
        if run.options.create_accounts:
            lock_tree()

    def resolve(self, run: Run) -> None:
        """Find accounts, products, categories and rates, judge each line, compare what stands."""
        replace = run.options.replace
        parameters = {
            "base": Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1),
            "create": run.options.create_accounts,
            "from": replace.start if replace else None,
            "to": replace.end if replace else None,
        }
        with run.step("lookups"):
            lookups.find_accounts(run)
            lookups.find_products(run)
            lookups.find_categories(run)
            run.execute(_RATES, parameters)
        with run.step("repeats"):
            run.execute(_REPEATS)
            run.execute("ANALYZE import_repeats, import_rates, import_products, import_categories")
        with run.step("compare"):
            standing = "accounts_revenueentry" if run.value(_STANDING) else _NOTHING
            if standing != _NOTHING and run.value(_THOUGHT_EMPTY):
                run.execute("ANALYZE accounts_revenueentry")
            run.execute(_ROWS.replace("{standing}", standing), parameters)
            run.execute("ANALYZE import_rows")
            run.memo["updates"] = run.value(_UPDATES)
            if replace or run.memo["updates"]:
                run.execute(_BY_ENTRY)
        if replace:
            run.removed = run.value(f"SELECT count(*) FROM ({_LOST}) AS lost", parameters)
        self._notice(run, str(parameters["base"]))

    def _notice(self, run: Run, base: str) -> None:
        facts = run.rows(_FACTS)
        run.first = min((first for _c, _m, first, *_rest in facts), default=None)
        run.last = max((last for _c, _m, _first, last, *_rest in facts), default=None)
        for currency, missing, day, _last, rows, _blank in facts:
            if missing:
                run.notice("no rate", currency=currency, base=base, date=str(day), rows=rows)
        self._notice_new(run)
        if blank := sum(fact[-1] for fact in facts):
            run.notice("unassigned", rows=blank)
        self._notice_other_columns(run)

    def _notice_new(self, run: Run) -> None:
        """Find what lines name and nobody knows; kept for when the lines are written."""
        accounts = _new_names(run, "account") if run.options.create_accounts else []
        categories = _new_names(run, "category")
        unknown = run.value(
            "SELECT EXISTS (SELECT 1 FROM import_products WHERE product_id IS NULL)"
        )
        products = run.rows(_NEW_PRODUCTS) if unknown else []
        run.memo |= {"accounts": accounts, "categories": categories, "products": products}
        if accounts:
            run.notice("new accounts", count=len(accounts))
        if products:
            run.notice("new products", count=len(products))
        if categories:
            run.notice("new categories", count=len(categories), names=", ".join(categories[:10]))

    def _notice_other_columns(self, run: Run) -> None:
        """Warn when content keys of earlier files were made of other columns."""
        mapping: ColumnMapping = run.mapping
        if "source_key" in mapping.mapped():
            return
        columns = json.dumps(mapping.to_json().get("columns", {}))
        if batch := run.value(_OTHER_COLUMNS, {"columns": columns}):
            run.notice("other columns", batch=batch)

    def apply(self, run: Run) -> None:
        """Create what lines refer to, then write them: inserted, updated, and lost ones removed."""
        lock_tree()
        with run.step("references"):
            rows = _COMPLETE if self._create_references(run) else "import_rows"
        replace = run.options.replace
        if replace:
            period = {"from": replace.start, "to": replace.end}
            with run.step("remove"):
                run.execute(_BEFORE_REMOVAL, period)
                run.removed = run.execute(_REMOVE, period)
        if run.memo["updates"]:
            with run.step("update"):
                run.execute(_BEFORE_UPDATE)
                run.execute(_UPDATE.replace("{rows}", rows))
        with run.step("insert"):
            run.execute(_INSERT.replace("{rows}", rows))
        with run.step("figures"):
            refresh_touched(run, rows)

    def _create_references(self, run: Run) -> bool:
        """Create accounts, categories and products that lines name; tell whether there were any."""
        lookups.create_accounts(run, run.memo["accounts"])
        lookups.create_categories(run, run.memo["categories"])
        lookups.create_products(run, run.memo["products"])
        return any(run.memo[what] for what in ("accounts", "categories", "products"))

    def undo(self, run: Run) -> UndoReport:
        """Remove the batch's lines and put back those it changed or removed."""
        return sales_undo.undo(run)


def _new_names(run: Run, what: str) -> list[str]:
    tables = {"account": ("import_accounts", "account_id"),
              "category": ("import_categories", "category_id")}  # fmt: skip
    table, column = tables[what]
    extra = " AND NOT ambiguous" if what == "account" else ""
    query = _NEW_NAMES.format(table=table, id=column, column=what).replace(
        "IS NULL\n", f"IS NULL{extra}\n", 1
    )
    return run.ids(query)


def refresh_touched(run: Run, rows: str) -> None:
    """Refresh the list figures of accounts with changed lines, now or, when many, as a job."""
    touched = run.ids(_TOUCHED.replace("{rows}", rows), {"limit": FIGURES_AT_ONCE + 1})
    if len(touched) > FIGURES_AT_ONCE:
        enqueue("accounts.refresh_accounts", key="schedule:accounts.refresh_accounts")
    elif touched:
        refresh_figures(as_of=run.as_of, account_ids=touched)
