"""What the database itself keeps true about the ledger, by statement rather than by row.

Foreign keys checked row by row would cost more than the rows; these triggers see a whole
statement at once, so that a million lines by COPY are held to the same rules as one.
Everything is planned anew at each call (EXECUTE): a plan made for one row is wrong for a million.
What is looked for is hardly ever there, so it stands in a materialized part: planned in view of
the LIMIT, it would be looked for row by row.
"""

from django.db import migrations

# Posted rows never change and never go. A TRUNCATE needs the session to say that it means it,
# as the clearing of a demo company and of a test database do.
APPEND_ONLY = """
CREATE FUNCTION settlements_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('kam.allow_truncate', true) = 'on' THEN
        RETURN NULL;
    END IF;
    -- Only the trigger of allocations, one level up, writes what is allocated.
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'settlements_ledgeritem'
            AND pg_trigger_depth() > 1 THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on %: posted rows stay as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
              CONSTRAINT = 'ledger_append_only';
END $$;
"""
GUARDED = ["settlements_document", "settlements_ledgeritem", "settlements_allocation"]
GUARD = """
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION settlements_append_only();
"""

REFUSE = """
CREATE FUNCTION settlements_refuse(rule text, row_id bigint, of_table text, state text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% (row %)', rule, row_id
        USING ERRCODE = state, TABLE = of_table, CONSTRAINT = rule;
END $$;
"""

# Posting shares this lock and closing a period takes it alone: nothing slips into a period
# between the look at it and the commit.
PERIOD_LOCK = "7037295, 1"
PERIODS = f"""
CREATE FUNCTION settlements_period_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({PERIOD_LOCK});
    RETURN NULL;
END $$;
CREATE TRIGGER period_waits_for_postings
    BEFORE INSERT OR UPDATE OR DELETE ON settlements_accountingperiod
    FOR EACH STATEMENT EXECUTE FUNCTION settlements_period_changes();

CREATE FUNCTION settlements_is_closed(company bigint, day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM settlements_accountingperiod p
        WHERE p.closed_at IS NOT NULL AND p.valid @> day
          AND (p.selling_company_id IS NULL OR p.selling_company_id = company))
$$;
"""

# What a document refers to: its column, and the table and key it stands in. The rows are locked
# as a foreign key would lock them, in the order of their keys.
REFERENCES = [
    ("selling_company_id", "core_sellingcompany", "id"),
    ("party_id", "accounts_account", "id"),
    ("account_id", "accounts_account", "id"),
    ("currency_id", "core_currency", "code"),
    ("source_id", "imports_datasource", "id"),
    ("batch_id", "imports_importbatch", "id"),
    ("created_by_id", "identity_user", "id"),
]
REFERS = """
    EXECUTE $q$
        WITH wanted AS (SELECT DISTINCT {column} AS id FROM new_rows WHERE {column} IS NOT NULL),
        found AS (
            SELECT t.{key} AS id FROM {table} t WHERE t.{key} IN (SELECT id FROM wanted)
            ORDER BY t.{key} FOR KEY SHARE
        )
        SELECT n.id FROM new_rows n
        WHERE n.{column} IS NOT NULL AND n.{column} NOT IN (SELECT id FROM found) LIMIT 1
    $q$ INTO bad;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('{rule}_{column}_exists', bad, TG_TABLE_NAME,
            'foreign_key_violation');
    END IF;
"""


def refers(rule, columns):
    return "".join(
        REFERS.format(rule=rule, column=column, table=table, key=key)
        for column, table, key in REFERENCES
        if column in columns
    )


DOCUMENTS = f"""
CREATE TABLE settlements_postedrange (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_id bigint NOT NULL,
    last_id bigint NOT NULL
);

CREATE FUNCTION settlements_documents_posted() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint; rule text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM new_rows) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock_shared({PERIOD_LOCK});
{refers("document", [column for column, _table, _key in REFERENCES])}
    EXECUTE $q$
        SELECT n.id, CASE
            WHEN n.recorded_at <> now() THEN 'ledger_recorded_now'
            WHEN n.total <> round(n.total, c.decimals) THEN 'document_total_decimals'
        END
        FROM new_rows n JOIN core_currency c ON c.code = n.currency_id
        WHERE n.recorded_at <> now() OR n.total <> round(n.total, c.decimals) LIMIT 1
    $q$ INTO bad, rule;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse(rule, bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    EXECUTE $q$
        WITH days AS MATERIALIZED (
            SELECT min(id) AS id, selling_company_id, posting_date FROM new_rows GROUP BY 2, 3
        ) SELECT id FROM days WHERE settlements_is_closed(selling_company_id, posting_date) LIMIT 1
    $q$ INTO bad;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('ledger_period_closed', bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id, CASE
                WHEN n.reverses_id IS NOT NULL AND (o.id IS NULL OR o.reverses_id IS NOT NULL
                    OR n.posting_date < o.posting_date
                    OR (o.kind, o.selling_company_id, o.party_id, o.account_id, o.currency_id,
                        o.total) <> (n.kind, n.selling_company_id, n.party_id, n.account_id,
                        n.currency_id, n.total)) THEN 'document_reversal_mirrors'
                WHEN n.corrects_id IS NOT NULL AND (k.id IS NULL OR k.party_id <> n.party_id
                    OR k.currency_id <> n.currency_id) THEN 'document_corrects_same_payer'
            END AS rule
            FROM new_rows n
            LEFT JOIN settlements_document o ON o.id = n.reverses_id
            LEFT JOIN settlements_document k ON k.id = n.corrects_id
            WHERE n.reverses_id IS NOT NULL OR n.corrects_id IS NOT NULL
        ) SELECT id, rule FROM judged WHERE rule IS NOT NULL LIMIT 1
    $q$ INTO bad, rule;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse(rule, bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    -- One row for the statement, whose deferred trigger looks at the documents at commit.
    INSERT INTO settlements_postedrange (first_id, last_id) SELECT min(id), max(id) FROM new_rows;
    RETURN NULL;
END $body$;
CREATE TRIGGER documents_posted AFTER INSERT ON settlements_document
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION settlements_documents_posted();

CREATE FUNCTION settlements_documents_complete() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint;
BEGIN
    EXECUTE $q$
        WITH sums AS MATERIALIZED (
            SELECT document_id, sum(amount) AS total FROM settlements_ledgeritem
            WHERE document_id BETWEEN $1 AND $2 GROUP BY 1
        ), judged AS MATERIALIZED (
            SELECT d.id FROM settlements_document d LEFT JOIN sums s ON s.document_id = d.id
            WHERE d.id BETWEEN $1 AND $2 AND s.total IS DISTINCT FROM d.total
        ) SELECT id FROM judged LIMIT 1
    $q$ INTO bad USING NEW.first_id, NEW.last_id;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('document_items_sum', bad, 'settlements_document',
            'check_violation');
    END IF;
    DELETE FROM settlements_postedrange WHERE id = NEW.id;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER documents_complete AFTER INSERT ON settlements_postedrange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION settlements_documents_complete();
"""

ITEMS = """
CREATE FUNCTION settlements_items_posted() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint; rule text;
BEGIN
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id, CASE
                WHEN d.id IS NULL THEN 'ledger_item_document_exists'
                WHEN (n.kind, n.selling_company_id, n.party_id, n.account_id, n.currency_id,
                        n.document_date, n.posting_date)
                  <> (d.kind, d.selling_company_id, d.party_id, d.account_id, d.currency_id,
                        d.document_date, d.posting_date) THEN 'ledger_item_repeats_document'
                WHEN n.allocated <> 0 THEN 'ledger_item_starts_open'
                WHEN n.recorded_at <> now() THEN 'ledger_recorded_now'
                WHEN n.amount <> round(n.amount, c.decimals) THEN 'ledger_item_amount_decimals'
                WHEN d.kind IN ('invoice', 'debit_note', 'refund')
                    AND n.side <> CASE WHEN d.reverses_id IS NULL THEN 1 ELSE -1 END
                    THEN 'ledger_item_side_of_kind'
                WHEN d.kind IN ('credit_note', 'receipt')
                    AND n.side <> CASE WHEN d.reverses_id IS NULL THEN -1 ELSE 1 END
                    THEN 'ledger_item_side_of_kind'
                WHEN d.reverses_id IS NOT NULL AND EXISTS (
                    SELECT 1 FROM settlements_ledgeritem o
                    WHERE o.document_id = d.reverses_id AND o.side = n.side)
                    THEN 'ledger_item_side_of_kind'
            END AS rule
            FROM new_rows n
            LEFT JOIN settlements_document d ON d.id = n.document_id
            LEFT JOIN core_currency c ON c.code = n.currency_id
        ) SELECT id, rule FROM judged WHERE rule IS NOT NULL LIMIT 1
    $q$ INTO bad, rule;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse(rule, bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    -- A document that stands already has all its items: more would exceed its total.
    EXECUTE $q$
        WITH sums AS MATERIALIZED (
            SELECT document_id, sum(amount) AS total, min(side) AS lowest, max(side) AS highest
            FROM settlements_ledgeritem
            WHERE document_id IN (SELECT document_id FROM new_rows) GROUP BY 1
        ), judged AS MATERIALIZED (
            SELECT d.id, CASE WHEN s.total > d.total THEN 'document_items_sum'
                ELSE 'document_one_side' END AS rule
            FROM sums s JOIN settlements_document d ON d.id = s.document_id
            WHERE s.total > d.total OR s.lowest <> s.highest
        ) SELECT id, rule FROM judged LIMIT 1
    $q$ INTO bad, rule;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse(rule, bad, 'settlements_document', 'check_violation');
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER items_posted AFTER INSERT ON settlements_ledgeritem
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION settlements_items_posted();
"""

ALLOCATIONS = f"""
CREATE FUNCTION settlements_allocated() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint; rule text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM new_rows) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock_shared({PERIOD_LOCK});
{refers("allocation", ["created_by_id"])}
    -- Locked in one order by everybody: no deadlock. What follows sees what others committed.
    -- What this transaction wrote is its own already: a file's million items need no locks.
    EXECUTE $q$
        SELECT count(*) FROM (
            SELECT i.id FROM settlements_ledgeritem i WHERE i.id IN (
                SELECT debit_item_id FROM new_rows UNION SELECT credit_item_id FROM new_rows)
              AND i.xmin <> pg_current_xact_id()::xid
            ORDER BY i.id FOR NO KEY UPDATE
        ) AS locked
    $q$ INTO bad;
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id, CASE
                WHEN d.id IS NULL OR c.id IS NULL THEN 'allocation_items_exist'
                WHEN d.side <> 1 OR c.side <> -1 THEN 'allocation_sides'
                WHEN d.party_id <> n.party_id OR c.party_id <> n.party_id
                    THEN 'allocation_one_payer'
                WHEN d.currency_id <> n.currency_id OR c.currency_id <> n.currency_id
                    THEN 'allocation_one_currency'
                WHEN d.selling_company_id <> c.selling_company_id THEN 'allocation_one_company'
                WHEN n.effective_date < d.posting_date OR n.effective_date < c.posting_date
                    THEN 'allocation_not_before_posting'
                WHEN n.recorded_at <> now() THEN 'ledger_recorded_now'
                WHEN n.amount <> round(n.amount, u.decimals) THEN 'allocation_amount_decimals'
            END AS rule
            FROM new_rows n
            LEFT JOIN settlements_ledgeritem d ON d.id = n.debit_item_id
            LEFT JOIN settlements_ledgeritem c ON c.id = n.credit_item_id
            LEFT JOIN core_currency u ON u.code = n.currency_id
        ) SELECT id, rule FROM judged WHERE rule IS NOT NULL LIMIT 1
    $q$ INTO bad, rule;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse(rule, bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id
            FROM new_rows n LEFT JOIN settlements_allocation o ON o.id = n.reversal_of_id
            WHERE n.reversal_of_id IS NOT NULL AND (o.id IS NULL OR o.reversal_of_id IS NOT NULL
                OR n.effective_date < o.effective_date
                OR (o.debit_item_id, o.credit_item_id, -o.amount)
                <> (n.debit_item_id, n.credit_item_id, n.amount))
        ) SELECT id FROM judged LIMIT 1
    $q$ INTO bad;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('allocation_reversal_mirrors', bad, TG_TABLE_NAME,
            'check_violation');
    END IF;
    EXECUTE $q$
        WITH days AS MATERIALIZED (
            SELECT min(n.id) AS id, d.selling_company_id, n.effective_date
            FROM new_rows n JOIN settlements_ledgeritem d ON d.id = n.debit_item_id GROUP BY 2, 3
        ) SELECT id FROM days WHERE settlements_is_closed(selling_company_id, effective_date)
        LIMIT 1
    $q$ INTO bad;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('ledger_period_closed', bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    -- The ceiling over all dates is a check of the items.
    EXECUTE $q$
        UPDATE settlements_ledgeritem i SET allocated = i.allocated + s.amount
        FROM (
            SELECT id, sum(amount) AS amount FROM (
                SELECT debit_item_id AS id, amount FROM new_rows
                UNION ALL SELECT credit_item_id, amount FROM new_rows
            ) AS both_sides GROUP BY id HAVING sum(amount) <> 0
        ) AS s WHERE i.id = s.id
    $q$;
    -- Without a reversal the sum only grows and its last value, checked above, is the highest.
    -- With one it may have been higher between two dates.
    EXECUTE $q$
        WITH taken AS (
            SELECT DISTINCT n.debit_item_id AS id FROM new_rows n WHERE EXISTS (
                SELECT 1 FROM settlements_allocation a
                WHERE a.debit_item_id = n.debit_item_id AND a.amount < 0)
            UNION
            SELECT n.credit_item_id FROM new_rows n WHERE EXISTS (
                SELECT 1 FROM settlements_allocation a
                WHERE a.credit_item_id = n.credit_item_id AND a.amount < 0)
        ), moves AS (
            SELECT t.id, a.effective_date, a.amount
            FROM taken t JOIN settlements_allocation a ON a.debit_item_id = t.id
            UNION ALL
            SELECT t.id, a.effective_date, a.amount
            FROM taken t JOIN settlements_allocation a ON a.credit_item_id = t.id
        ), running AS (
            SELECT id, sum(sum(amount)) OVER (PARTITION BY id ORDER BY effective_date) AS allocated
            FROM moves GROUP BY id, effective_date
        ), judged AS MATERIALIZED (
            SELECT i.id FROM running r JOIN settlements_ledgeritem i ON i.id = r.id
            WHERE r.allocated NOT BETWEEN 0 AND i.amount
        ) SELECT id FROM judged LIMIT 1
    $q$ INTO bad;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('ledger_item_not_over_allocated_on_any_date', bad,
            'settlements_ledgeritem', 'check_violation');
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER allocations_apply AFTER INSERT ON settlements_allocation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION settlements_allocated();
"""

# The other end of the references: what documents name is not deleted. The trigger names the key
# of its table, then the tables and columns that refer to it.
KEEP = """
CREATE FUNCTION settlements_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept text; place integer := 1;
BEGIN
    WHILE place < TG_NARGS LOOP
        EXECUTE format('SELECT o.%1$I::text FROM old_rows o WHERE EXISTS (
            SELECT 1 FROM %2$I e WHERE e.%3$I = o.%1$I) LIMIT 1',
            TG_ARGV[0], TG_ARGV[place], TG_ARGV[place + 1]) INTO kept;
        IF kept IS NOT NULL THEN
            RAISE EXCEPTION '% % stands in the ledger', TG_TABLE_NAME, kept
                USING ERRCODE = 'foreign_key_violation', TABLE = TG_ARGV[place],
                      CONSTRAINT = 'ledger_keeps_' || TG_ARGV[place + 1];
        END IF;
        place := place + 2;
    END LOOP;
    RETURN NULL;
END $$;
"""
KEPT = {
    "core_sellingcompany": ("id", [("settlements_document", "selling_company_id")]),
    "accounts_account": (
        "id",
        [("settlements_document", "account_id"), ("settlements_document", "party_id")],
    ),
    "core_currency": ("code", [("settlements_document", "currency_id")]),
    "imports_datasource": ("id", [("settlements_document", "source_id")]),
    "imports_importbatch": ("id", [("settlements_document", "batch_id")]),
    "identity_user": (
        "id",
        [("settlements_document", "created_by_id"), ("settlements_allocation", "created_by_id")],
    ),
}


def keeps(table, key, places):
    arguments = ", ".join(f"'{name}'" for name in [key, *(n for place in places for n in place)])
    return migrations.RunSQL(
        f"CREATE TRIGGER ledger_keeps AFTER DELETE ON {table} "
        "REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT "
        f"EXECUTE FUNCTION settlements_keep({arguments})",
        f"DROP TRIGGER ledger_keeps ON {table}",
    )


# What is open on a date, for reading in volume: everything allocated, less what was allocated
# later. Few rows are later than a recent date, so this is quick where it matters.
OPEN_ITEMS = """
CREATE FUNCTION settlements_open_items(as_of date, known_at timestamptz DEFAULT NULL)
RETURNS TABLE (
    id bigint, document_id bigint, kind varchar, selling_company_id bigint, party_id bigint,
    account_id bigint, currency_id varchar, side smallint, amount numeric, document_date date,
    posting_date date, due_date date, open_amount numeric
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT i.id, i.document_id, i.kind, i.selling_company_id, i.party_id, i.account_id,
        i.currency_id, i.side, i.amount, i.document_date, i.posting_date, i.due_date,
        i.amount - i.allocated + COALESCE(later.amount, 0)
    FROM settlements_ledgeritem i
    LEFT JOIN (
        SELECT item_id, sum(moved.amount) AS amount FROM (
            SELECT a.debit_item_id AS item_id, a.amount FROM settlements_allocation a
            WHERE a.effective_date > as_of OR a.recorded_at > known_at
            UNION ALL
            SELECT a.credit_item_id, a.amount FROM settlements_allocation a
            WHERE a.effective_date > as_of OR a.recorded_at > known_at
        ) AS moved GROUP BY item_id
    ) AS later ON later.item_id = i.id
    WHERE i.posting_date <= as_of AND (known_at IS NULL OR i.recorded_at <= known_at)
      AND i.amount - i.allocated + COALESCE(later.amount, 0) > 0
$$;
"""
NO_ITEMS = "DROP FUNCTION settlements_open_items(date, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("settlements", "0001_ledger")]

    operations = [
        # Room on each page for what the allocations of its items write: no index is touched then.
        migrations.RunSQL(
            "ALTER TABLE settlements_ledgeritem SET (fillfactor = 50)",
            "ALTER TABLE settlements_ledgeritem RESET (fillfactor)",
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION settlements_append_only()"),
        *[
            migrations.RunSQL(
                GUARD.format(table=table), f"DROP TRIGGER ledger_append_only ON {table}"
            )
            for table in GUARDED
        ],
        migrations.RunSQL(
            REFUSE, "DROP FUNCTION settlements_refuse(text, bigint, text, text)"
        ),
        migrations.RunSQL(
            PERIODS,
            "DROP FUNCTION settlements_is_closed(bigint, date);"
            "DROP FUNCTION settlements_period_changes() CASCADE",
        ),
        migrations.RunSQL(
            DOCUMENTS,
            "DROP TABLE settlements_postedrange;"
            "DROP FUNCTION settlements_documents_complete();"
            "DROP FUNCTION settlements_documents_posted() CASCADE",
        ),
        migrations.RunSQL(ITEMS, "DROP FUNCTION settlements_items_posted() CASCADE"),
        migrations.RunSQL(ALLOCATIONS, "DROP FUNCTION settlements_allocated() CASCADE"),
        migrations.RunSQL(KEEP, "DROP FUNCTION settlements_keep()"),
        *[keeps(table, key, places) for table, (key, places) in KEPT.items()],
        migrations.RunSQL(OPEN_ITEMS, NO_ITEMS),
    ]
