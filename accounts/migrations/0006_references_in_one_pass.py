from django.db import migrations

# One pass over the new rows instead of six; what stands in 0003 otherwise holds.
CHECK_ONE = """
    WITH found AS (
        SELECT t.{key} AS id FROM {table} t WHERE t.{key} = ANY(wanted_{name})
        ORDER BY t.{key} FOR KEY SHARE
    )
    SELECT id::text INTO missing FROM unnest(wanted_{name}) AS wanted(id)
    WHERE id NOT IN (SELECT id FROM found) LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'no {table} % for a revenue entry', missing
            USING ERRCODE = 'foreign_key_violation', TABLE = 'accounts_revenueentry',
                  CONSTRAINT = 'revenue_entry_{name}_id_exists';
    END IF;
"""
REFERENCES = [
    ("source", "imports_datasource", "id", "bigint"),
    ("batch", "imports_importbatch", "id", "bigint"),
    ("account", "accounts_account", "id", "bigint"),
    ("product", "accounts_product", "id", "bigint"),
    ("category", "accounts_productcategory", "id", "bigint"),
    ("currency", "core_currency", "code", "text"),
]
COLUMNS = [f"{name}_id" for name, _table, _key, _type in REFERENCES]
CHECK = (
    "CREATE OR REPLACE FUNCTION accounts_entries_refer() RETURNS trigger LANGUAGE plpgsql AS $$"
    "\nDECLARE missing text;"
    + "".join(f" wanted_{name} {type_}[];" for name, _t, _k, type_ in REFERENCES)
    + "\nBEGIN\n    SELECT "
    + ", ".join(f"array_agg({column}) FILTER (WHERE {column} IS NOT NULL)" for column in COLUMNS)
    + "\n    INTO "
    + ", ".join(f"wanted_{name}" for name, _t, _k, _type in REFERENCES)
    + "\n    FROM (SELECT "
    + ", ".join(COLUMNS)
    + " FROM new_rows GROUP BY GROUPING SETS ("
    + ", ".join(f"({column})" for column in COLUMNS)
    + ")) AS named;"
    + "".join(CHECK_ONE.format(name=n, table=t, key=k) for n, t, k, _type in REFERENCES)
    + "    RETURN NULL;\nEND $$"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_links_untouched")]

    operations = [migrations.RunSQL(CHECK, migrations.RunSQL.noop)]
