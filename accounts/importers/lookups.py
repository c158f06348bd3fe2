"""What texts in a file refer to: accounts, products and categories, found or made.

Each `find_*` makes a small temporary table with one row per distinct text, so that a million
rows are resolved by hash joins.
"""

from __future__ import annotations

from accounts.services.figures import refresh_figures
from accounts.services.tree import lock_tree, refresh_current
from kam.core.text import search_key
from kam.imports.engine.changes import note_created
from kam.imports.engine.run import Run

# An identifier in the file's own system counts first, then one that is unique among all systems,
# then an exact name. Duplicates that were merged away lead to their survivor.
_FIND_ACCOUNTS = """
CREATE TEMP TABLE import_accounts ON COMMIT DROP AS
WITH wanted AS (
    SELECT DISTINCT {column} AS value FROM import_stage WHERE {column} IS NOT NULL
), own AS (
    SELECT i.value, i.account_id AS id FROM accounts_accountidentifier i
    JOIN wanted USING (value) WHERE i.system = %(system)s
), elsewhere AS (
    SELECT i.value, min(i.account_id) AS id, count(DISTINCT i.account_id) AS found
    FROM accounts_accountidentifier i JOIN wanted USING (value)
    WHERE i.value NOT IN (SELECT value FROM own) GROUP BY i.value
), named AS (
    SELECT a.name AS value, min(a.id) AS id, count(*) AS found
    FROM accounts_account a JOIN wanted ON a.name = wanted.value
    WHERE a.merged_into_id IS NULL
      AND a.name NOT IN (SELECT value FROM own UNION ALL SELECT value FROM elsewhere)
    GROUP BY a.name
), found AS (
    SELECT value, own.id AS own, elsewhere.id AS elsewhere, named.id AS named,
        COALESCE(elsewhere.found, named.found, 0) > 1 AS ambiguous
    FROM wanted LEFT JOIN own USING (value) LEFT JOIN elsewhere USING (value)
    LEFT JOIN named USING (value)
)
SELECT found.value, found.ambiguous, COALESCE(a.merged_into_id, a.id) AS account_id,
    a.currency_id, false AS created
FROM found LEFT JOIN accounts_account a
    ON a.id = COALESCE(found.own, found.elsewhere, found.named) AND NOT found.ambiguous
"""
_FIND_PRODUCTS = """
CREATE TEMP TABLE import_products ON COMMIT DROP AS
SELECT wanted.value, p.id AS product_id, p.category_id, false AS created
FROM (SELECT DISTINCT product AS value FROM import_stage WHERE product IS NOT NULL) AS wanted
LEFT JOIN accounts_product p ON p.code = wanted.value
"""
_FIND_CATEGORIES = """
CREATE TEMP TABLE import_categories ON COMMIT DROP AS
SELECT wanted.value, COALESCE(c.id, named.id) AS category_id, false AS created
FROM (SELECT DISTINCT category AS value FROM import_stage WHERE category IS NOT NULL) AS wanted
LEFT JOIN accounts_productcategory c ON c.code = wanted.value
LEFT JOIN LATERAL (
    SELECT min(n.id) AS id FROM accounts_productcategory n
    WHERE n.name = wanted.value HAVING count(*) = 1
) AS named ON c.id IS NULL
"""
_CREATE_ACCOUNTS = """
WITH wanted AS (
    SELECT nextval(pg_get_serial_sequence('accounts_account', 'id')) AS id, value, name_key
    FROM unnest(%(values)s::text[], %(keys)s::text[]) AS n(value, name_key)
), made AS (
    INSERT INTO accounts_account (id, name, name_key, kind, status, country, region, channel,
        industry, current_group_id, path, lead_chain, created_at, updated_at)
    SELECT id, value, name_key, 'group', 'active', '', '', '', '', id, ARRAY[id], '{}',
        now(), now() FROM wanted
), known AS (
    INSERT INTO accounts_accountidentifier (account_id, system, value, created_at, updated_at)
    SELECT id, %(system)s, value, now(), now() FROM wanted
    ON CONFLICT (system, value) DO NOTHING
)
UPDATE {table} t SET account_id = wanted.id, created = true
FROM wanted WHERE t.value = wanted.value
RETURNING t.account_id
"""
# Another import may create the same codes at the same time: whoever comes second waits and then
# finds the other's rows.
_CREATE_CATEGORIES = """
WITH made AS (
    INSERT INTO accounts_productcategory (code, name, created_at, updated_at)
    SELECT value, value, now(), now() FROM unnest(%(values)s::text[]) AS n(value) ORDER BY value
    ON CONFLICT (code) DO NOTHING RETURNING id, code
)
UPDATE import_categories t SET category_id = made.id, created = true FROM made
WHERE t.value = made.code RETURNING t.category_id
"""
_FOUND_CATEGORIES = """
UPDATE import_categories t SET category_id = c.id FROM accounts_productcategory c
WHERE t.category_id IS NULL AND c.code = t.value
"""
_CREATE_PRODUCTS = """
WITH made AS (
    INSERT INTO accounts_product (code, name, category_id, unit, is_active, created_at, updated_at)
    SELECT n.code, n.code, c.category_id, n.unit, true, now(), now()
    FROM unnest(%(codes)s::text[], %(categories)s::text[], %(units)s::text[])
        AS n(code, category, unit)
    LEFT JOIN import_categories c ON c.value = n.category
    ORDER BY n.code
    ON CONFLICT (code) DO NOTHING RETURNING id, code, category_id
)
UPDATE import_products t SET product_id = made.id, category_id = made.category_id, created = true
FROM made WHERE t.value = made.code RETURNING t.product_id
"""
_FOUND_PRODUCTS = """
UPDATE import_products t SET product_id = p.id, category_id = p.category_id
FROM accounts_product p WHERE t.product_id IS NULL AND p.code = t.value
"""
# Names differ in writing only; a duplicate that was merged away leads to its survivor.
_FIND_COMPETITORS = """
CREATE TEMP TABLE import_competitors ON COMMIT DROP AS
SELECT n.value, n.name_key, known.id AS competitor_id, false AS created
FROM unnest(%(values)s::text[], %(keys)s::text[]) AS n(value, name_key)
LEFT JOIN LATERAL (
    SELECT COALESCE(c.merged_into_id, c.id) AS id FROM accounts_competitor c
    WHERE c.name_key = n.name_key ORDER BY c.merged_into_id IS NOT NULL, c.id LIMIT 1
) AS known ON true
"""
_CREATE_COMPETITORS = """
WITH made AS (
    INSERT INTO accounts_competitor (name, name_key, country, note, created_at, updated_at)
    SELECT DISTINCT ON (name_key) value, name_key, '', '', now(), now()
    FROM import_competitors WHERE value = ANY(%(values)s::text[]) ORDER BY name_key, value
    ON CONFLICT DO NOTHING RETURNING id, name_key
)
UPDATE import_competitors t SET competitor_id = made.id, created = true FROM made
WHERE t.name_key = made.name_key RETURNING t.competitor_id
"""
_FOUND_COMPETITORS = """
UPDATE import_competitors t SET competitor_id = c.id FROM accounts_competitor c
WHERE t.competitor_id IS NULL AND c.name_key = t.name_key AND c.merged_into_id IS NULL
"""


def find_accounts(run: Run, *, column: str = "account") -> None:
    """Make `import_accounts`: value, account_id (null: unknown), ambiguous, currency_id."""
    run.cursor.execute(_FIND_ACCOUNTS.format(column=column), run.defaults)
    run.cursor.execute("ANALYZE import_accounts")


def find_products(run: Run) -> None:
    """Make `import_products`: value (the code), product_id (null: unknown), category_id."""
    run.execute(_FIND_PRODUCTS)


def find_categories(run: Run) -> None:
    """Make `import_categories`: value (code or unique name), category_id (null: unknown)."""
    run.execute(_FIND_CATEGORIES)


def find_competitors(run: Run) -> None:
    """Make `import_competitors`: value (a name), competitor_id (null: unknown)."""
    names = run.ids("SELECT DISTINCT competitor FROM import_stage WHERE competitor IS NOT NULL")
    run.execute(
        _FIND_COMPETITORS, {"values": names, "keys": [search_key(name)[:200] for name in names]}
    )


def create_accounts(run: Run, values: list[str], *, table: str = "import_accounts") -> list[int]:
    """Create groups named as the file names them, known in its system by the same text."""
    if not values:
        return []
    lock_tree()
    keys = [search_key(value)[:300] for value in values]
    create = _CREATE_ACCOUNTS.replace("{table}", table)
    ids = run.ids(create, {"values": values, "keys": keys})
    note_created(run, "accounts_account", f"SELECT account_id FROM {table} WHERE created")
    run.also["accounts"] = run.also.get("accounts", 0) + len(ids)
    refresh_current(as_of=run.as_of, account_ids=ids)
    refresh_figures(as_of=run.as_of, account_ids=ids)
    return ids


def create_categories(run: Run, values: list[str]) -> None:
    """Create categories named as the file names them."""
    if values:
        made = run.ids(_CREATE_CATEGORIES, {"values": values})
        run.execute(_FOUND_CATEGORIES)
        note_created(
            run,
            "accounts_productcategory",
            "SELECT category_id FROM import_categories WHERE created",
        )
        run.also["categories"] = len(made)


def create_products(run: Run, products: list[tuple[str, str | None, str]]) -> None:
    """Create products by (code, category as the file names it, unit); their name is the code."""
    if products:
        codes, categories, units = (list(column) for column in zip(*products, strict=True))
        parameters = {"codes": codes, "categories": categories, "units": units}
        made = run.ids(_CREATE_PRODUCTS, parameters)
        run.execute(_FOUND_PRODUCTS)
        note_created(
            run, "accounts_product", "SELECT product_id FROM import_products WHERE created"
        )
        run.also["products"] = len(made)


def create_competitors(run: Run, names: list[str]) -> None:
    """Create competitors named as the file names them, in no country yet."""
    if names:
        made = set(run.ids(_CREATE_COMPETITORS, {"values": names}))
        run.execute(_FOUND_COMPETITORS)
        note_created(
            run,
            "accounts_competitor",
            "SELECT DISTINCT competitor_id FROM import_competitors WHERE created",
        )
        run.also["competitors"] = len(made)
