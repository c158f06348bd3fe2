"""Products: known by their code; empty cells leave what is there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.importers import leftovers, lookups
from kam.core.models import Organisation
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoReport
from kam.imports.engine.run import Run

_REPEATS = """
CREATE TEMP TABLE import_repeats ON COMMIT DROP AS
SELECT line_no, row_number() OVER by_line > 1 AS again,
    min(content) OVER same <> max(content) OVER same AS differs
FROM (SELECT line_no, code, md5(ROW(name, category, unit, standard_cost, currency)::text) AS content
      FROM import_stage WHERE reason IS NULL) AS s
WINDOW same AS (PARTITION BY code), by_line AS (PARTITION BY code ORDER BY line_no)
"""
_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH judged AS (
    SELECT s.*, p.id AS product_id, c.category_id, x.code AS currency_code, r.again,
        COALESCE(s.reason, CASE
            WHEN r.differs THEN 'same key, other content'
            WHEN s.standard_cost < 0 THEN 'negative amount'
            WHEN s.standard_cost >= 1e14 THEN 'amount too large'
            WHEN s.currency IS NOT NULL AND x.code IS NULL THEN 'unknown currency'
        END) AS problem,
        p.name AS old_name, p.category_id AS old_category_id, p.unit AS old_unit,
        p.standard_cost AS old_cost, p.currency_id AS old_currency
    FROM import_stage s
    LEFT JOIN import_repeats r ON r.line_no = s.line_no
    LEFT JOIN import_categories c ON c.value = s.category
    LEFT JOIN core_currency x ON x.code = upper(s.currency)
    LEFT JOIN accounts_product p ON p.code = s.code
), merged AS (
    SELECT line_no, code, product_id, problem, again, detail, category,
        COALESCE(name, old_name, code) AS name,
        COALESCE(category_id, CASE WHEN category IS NULL THEN old_category_id END) AS category_id,
        COALESCE(unit, old_unit, '') AS unit,
        COALESCE(round(standard_cost, 4), old_cost) AS standard_cost,
        COALESCE(currency_code, old_currency,
            CASE WHEN standard_cost IS NOT NULL THEN %(base)s END) AS currency,
        old_name, old_category_id, old_unit, old_cost, old_currency
    FROM judged
)
SELECT line_no, code, product_id, name, category, category_id, unit, standard_cost, currency,
    NULL::numeric AS amount, problem AS reason, COALESCE(detail,
        CASE WHEN problem = 'same key, other content' THEN code END) AS detail,
    CASE WHEN problem IS NOT NULL THEN NULL WHEN again THEN 'n' WHEN product_id IS NULL THEN 'c'
        WHEN (name, category_id, unit, standard_cost, currency::varchar) IS DISTINCT FROM
             (old_name, old_category_id, old_unit, old_cost, old_currency)
             OR (category IS NOT NULL AND category_id IS NULL) THEN 'u'
        ELSE 'n' END AS action
FROM merged
"""
_NEW_CATEGORIES = """
SELECT c.value FROM import_categories c WHERE c.category_id IS NULL AND EXISTS (
    SELECT 1 FROM import_rows r WHERE r.category = c.value AND r.action IN ('c', 'u'))
ORDER BY 1
"""
_FILL_IN = """
UPDATE import_rows r SET category_id = c.category_id
FROM import_categories c WHERE c.value = r.category AND r.category_id IS NULL
"""
_UPDATE = """
UPDATE accounts_product p SET name = r.name, category_id = r.category_id, unit = r.unit,
    standard_cost = r.standard_cost, currency_id = r.currency, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND p.id = r.product_id
"""
_INSERT = """
WITH made AS (
    INSERT INTO accounts_product (code, name, category_id, unit, standard_cost, currency_id,
        is_active, created_at, updated_at)
    SELECT code, name, category_id, unit, standard_cost, currency, true, now(), now()
    FROM import_rows WHERE action = 'c' ORDER BY line_no
    RETURNING id, code
)
UPDATE import_rows r SET product_id = made.id FROM made
WHERE made.code = r.code AND r.action = 'c'
"""
_CATEGORISE = """
UPDATE accounts_revenueentry e SET category_id = r.category_id
FROM import_rows r WHERE r.action = 'u' AND e.product_id = r.product_id
  AND e.category_id IS NULL AND r.category_id IS NOT NULL
"""
TABLE = "accounts_product"


class ProductsImporter(Importer):
    """What we sell, by our own codes."""

    key = "products"
    title = _("Products")
    summary = _("What you sell: codes, names, categories, units and standard costs.")
    icon = "package"
    order = 20
    found_by = ("product_id",)
    columns = (
        Column(name="code", label=_("Code"), required=True, max_length=100, example="P-77",
               synonyms=("product code", "product id", "product key", "sku", "item no", "article",
                         "material", "stock code")),
        Column(name="name", label=_("Name"), max_length=300, example="Rye bread 500 g",
               synonyms=("product", "product name", "description", "item name")),
        Column(name="category", label=_("Category"), max_length=100, example="Bakery",
               help=_("Code or name; one that is not known yet is created."),
               synonyms=("product category", "product group", "category name", "subcategory")),
        Column(name="unit", label=_("Unit"), max_length=30, example="pcs",
               synonyms=("uom", "unit of measure", "quantity per unit")),
        Column(name="standard_cost", label=_("Standard cost"), type=ColumnType.NUMBER,
               example="1.85", synonyms=("cost", "unit cost", "cost price")),
        Column(name="currency", label=_("Currency of the cost"), max_length=3, example="EUR",
               help=_("Empty: the organisation's currency.")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Compare each code with what stands; a code twice with other content is rejected."""
        base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
        lookups.find_categories(run)
        run.execute(_REPEATS)
        run.execute(_ROWS, {"base": base})
        if categories := run.ids(_NEW_CATEGORIES):
            run.notice("new categories", count=len(categories), names=", ".join(categories[:10]))

    def apply(self, run: Run) -> None:
        """Create and update products; revenue without a category gets its product's."""
        lookups.create_categories(run, run.ids(_NEW_CATEGORIES))
        run.execute(_FILL_IN)
        changes.note_before(run, TABLE, "SELECT product_id FROM import_rows WHERE action = 'u'")
        run.execute(_UPDATE)
        run.execute(_INSERT)
        changes.note_created(run, TABLE, "SELECT product_id FROM import_rows WHERE action = 'c'")
        if categorised := run.execute(_CATEGORISE):
            run.also["categorised entries"] = categorised

    def undo(self, run: Run) -> UndoReport:
        """Put back what products were; remove those that nothing refers to."""
        changes.refuse_when_built_upon(run)
        created = len(changes.created_ids(run, TABLE))
        restored = changes.put_back(run, TABLE)
        stays = leftovers.remove_created(run)
        left = run.value(
            f"SELECT count(*) FROM {TABLE} WHERE id IN ({changes.CREATED})", {"table": TABLE}
        )
        changes.forget(run)
        return UndoReport(removed=created - left, restored=restored, stays=tuple(stays))
