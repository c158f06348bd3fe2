import django.db.models.deletion
from django.db import migrations, models

# What a revenue entry refers to: its column, and the table and key it stands in.
REFERENCES = [
    ("source_id", "imports_datasource", "id", "bigint"),
    ("batch_id", "imports_importbatch", "id", "bigint"),
    ("account_id", "accounts_account", "id", "bigint"),
    ("product_id", "accounts_product", "id", "bigint"),
    ("category_id", "accounts_productcategory", "id", "bigint"),
    ("currency_id", "core_currency", "code", "text"),
]

# The rows referred to are locked as a foreign key would lock them, so that none of them is
# deleted meanwhile; in the order of their keys, so that two statements cannot lock each other out.
CHECK_ONE = """
    WITH wanted AS (SELECT DISTINCT {column} AS id FROM new_rows WHERE {column} IS NOT NULL),
    found AS (
        SELECT t.{key} AS id FROM {table} t WHERE t.{key} IN (SELECT id FROM wanted)
        ORDER BY t.{key} FOR KEY SHARE
    )
    SELECT id::text INTO missing FROM wanted WHERE id NOT IN (SELECT id FROM found) LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'no {table} % for a revenue entry', missing
            USING ERRCODE = 'foreign_key_violation', TABLE = 'accounts_revenueentry',
                  CONSTRAINT = 'revenue_entry_{column}_exists';
    END IF;
"""
CHECK = (
    "CREATE FUNCTION accounts_entries_refer() RETURNS trigger LANGUAGE plpgsql AS $$"
    "\nDECLARE missing text;\nBEGIN"
    + "".join(CHECK_ONE.format(column=c, table=t, key=k) for c, t, k, _type in REFERENCES)
    + "    RETURN NULL;\nEND $$"
)
# Run for each table by its own trigger, which names the entry's column and the table's key.
KEEP = """
CREATE FUNCTION accounts_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept text;
BEGIN
    EXECUTE format('SELECT o.%2$I::text FROM old_rows o WHERE EXISTS (
        SELECT 1 FROM accounts_revenueentry e WHERE e.%1$I = o.%2$I) LIMIT 1',
        TG_ARGV[0], TG_ARGV[1]) INTO kept;
    IF kept IS NOT NULL THEN
        RAISE EXCEPTION '% % has revenue entries', TG_TABLE_NAME, kept
            USING ERRCODE = 'foreign_key_violation', TABLE = 'accounts_revenueentry',
                  CONSTRAINT = 'revenue_entry_' || TG_ARGV[0] || '_kept';
    END IF;
    RETURN NULL;
END $$
"""


def keep_trigger(column, table, key):
    return migrations.RunSQL(
        f"CREATE TRIGGER revenue_entries_keep AFTER DELETE ON {table} "
        f"REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT "
        f"EXECUTE FUNCTION accounts_entries_keep('{column}', '{key}')",
        f"DROP TRIGGER revenue_entries_keep ON {table}",
    )


def check_trigger(name, operation):
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER {operation} ON accounts_revenueentry "
        "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT "
        "EXECUTE FUNCTION accounts_entries_refer()",
        f"DROP TRIGGER {name} ON accounts_revenueentry",
    )


def unconstrained(name, to, label, *, null=False):
    return migrations.AlterField(
        "revenueentry",
        name,
        models.ForeignKey(
            to,
            django.db.models.deletion.PROTECT,
            null=null,
            related_name="revenue_entries" if name == "account" else "+",
            db_index=False,
            db_constraint=False,
            verbose_name=label,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_functions")]

    operations = [
        unconstrained("source", "imports.datasource", "source"),
        unconstrained("batch", "imports.importbatch", "batch"),
        unconstrained("account", "accounts.account", "account", null=True),
        unconstrained("product", "accounts.product", "product", null=True),
        unconstrained("category", "accounts.productcategory", "category", null=True),
        unconstrained("currency", "core.currency", "currency"),
        migrations.RunSQL(CHECK, "DROP FUNCTION accounts_entries_refer()"),
        migrations.RunSQL(KEEP, "DROP FUNCTION accounts_entries_keep()"),
        check_trigger("revenue_entry_refers_when_added", "INSERT"),
        check_trigger("revenue_entry_refers_when_changed", "UPDATE"),
        *[keep_trigger(column, table, key) for column, table, key, _type in REFERENCES],
    ]
