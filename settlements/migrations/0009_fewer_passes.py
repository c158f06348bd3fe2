"""The ledger's rules in fewer looks at what was written: the same refusals, at less than half."""

from importlib import import_module

from django.db import migrations

rules = import_module("settlements.migrations.0002_ledger_rules")
moves = import_module("settlements.migrations.0005_account_moves")

# A file's million documents name few accounts: what they refer to is looked up once for each
# combination. The rows are locked as a foreign key would lock them, in the order of their keys.
_FOUND = """
        found_{column} AS (
            SELECT t.{key} AS id FROM {table} t
            WHERE t.{key} IN (SELECT {column} FROM combinations)
            ORDER BY t.{key} FOR KEY SHARE
        )"""
_MISSING = """
            SELECT c.id, 'document_{column}_exists' AS rule, 'foreign_key_violation' AS state
            FROM combinations c WHERE c.{column} IS NOT NULL
              AND c.{column} NOT IN (SELECT id FROM found_{column})"""
_COLUMNS = ", ".join(column for column, _table, _key in rules.REFERENCES)
_LOOKED_UP = ",".join(
    _FOUND.format(column=column, table=table, key=key) for column, table, key in rules.REFERENCES
)
_UNKNOWN = "\n            UNION ALL".join(
    _MISSING.format(column=column) for column, _table, _key in rules.REFERENCES
)

DOCUMENTS = f"""
CREATE OR REPLACE FUNCTION settlements_documents_posted() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint; rule text; state text; seen record;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM new_rows) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock_shared({rules.PERIOD_LOCK});
    EXECUTE $q$
        WITH combinations AS MATERIALIZED (
            SELECT min(id) AS id, max(id) AS last_id, {_COLUMNS},
                max(scale(trim_scale(total))) AS places,
                bool_or(recorded_at <> now() OR total = 'NaN') AS looks_wrong,
                bool_or(reverses_id IS NOT NULL OR corrects_id IS NOT NULL) AS corrects
            FROM new_rows GROUP BY {_COLUMNS}
        ),{_LOOKED_UP}, broken AS ({_UNKNOWN}
            UNION ALL
            SELECT c.id, 'document_account_not_merged', 'check_violation'
            FROM combinations c JOIN accounts_account a ON a.id = c.account_id
            WHERE a.merged_into_id IS NOT NULL
            UNION ALL
            SELECT c.id, 'document_account_not_merged', 'check_violation'
            FROM combinations c JOIN accounts_account a ON a.id = c.party_id
            WHERE a.merged_into_id IS NOT NULL
        ), first_broken AS (SELECT * FROM broken LIMIT 1)
        SELECT s.*, b.id AS bad, b.rule, b.state FROM (
            SELECT min(c.id) AS first_id, max(c.last_id) AS last_id,
                bool_or(c.corrects) AS corrects,
                bool_or(c.looks_wrong OR c.places > u.decimals) AS looks_wrong
            FROM combinations c LEFT JOIN core_currency u ON u.code = c.currency_id
        ) AS s LEFT JOIN first_broken b ON true
    $q$ INTO seen;
    IF seen.bad IS NOT NULL THEN
        PERFORM settlements_refuse(seen.rule, seen.bad, TG_TABLE_NAME, seen.state);
    END IF;
    IF seen.looks_wrong THEN
        SELECT n.id, CASE WHEN n.recorded_at <> now() THEN 'ledger_recorded_now'
                ELSE 'document_total_decimals' END INTO bad, rule
        FROM new_rows n JOIN core_currency c ON c.code = n.currency_id
        WHERE n.recorded_at <> now() OR n.total = 'NaN'
           OR n.total <> round(n.total, c.decimals) LIMIT 1;
        PERFORM settlements_refuse(rule, bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    IF EXISTS (SELECT 1 FROM settlements_accountingperiod WHERE closed_at IS NOT NULL) THEN
        EXECUTE $q$
            WITH days AS MATERIALIZED (
                SELECT min(id) AS id, selling_company_id, posting_date FROM new_rows GROUP BY 2, 3
            ) SELECT id FROM days WHERE settlements_is_closed(selling_company_id, posting_date)
            LIMIT 1
        $q$ INTO bad;
        IF bad IS NOT NULL THEN
            PERFORM settlements_refuse('ledger_period_closed', bad, TG_TABLE_NAME,
                'check_violation');
        END IF;
    END IF;
    IF seen.corrects THEN
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
    END IF;
    -- One row for the statement, whose deferred trigger looks at the documents at commit.
    INSERT INTO settlements_postedrange (first_id, last_id) VALUES (seen.first_id, seen.last_id);
    RETURN NULL;
END $body$;
DROP FUNCTION settlements_documents_to_survivors() CASCADE;
"""
# A range that waits for its check at commit is what says that the sums of its documents will be
# looked at: it must stay as it was written.
RANGES = """
CREATE FUNCTION settlements_range_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: posted rows stay as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
              CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE ON settlements_postedrange
    FOR EACH STATEMENT EXECUTE FUNCTION settlements_range_stays();
"""
ITEMS = """
CREATE OR REPLACE FUNCTION settlements_items_posted() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint; rule text; seen record;
BEGIN
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id, n.document_id, n.kind, CASE
                WHEN d.id IS NULL THEN 'ledger_item_document_exists'
                WHEN (n.kind, n.selling_company_id, n.party_id, n.account_id, n.currency_id,
                        n.document_date, n.posting_date)
                  <> (d.kind, d.selling_company_id, d.party_id, d.account_id, d.currency_id,
                        d.document_date, d.posting_date) THEN 'ledger_item_repeats_document'
                WHEN n.allocated <> 0 THEN 'ledger_item_starts_open'
                WHEN n.recorded_at <> now() THEN 'ledger_recorded_now'
                WHEN n.amount = 'NaN' OR n.amount <> round(n.amount, c.decimals)
                    THEN 'ledger_item_amount_decimals'
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
        ), broken AS (SELECT id, rule FROM judged WHERE rule IS NOT NULL LIMIT 1)
        SELECT s.*, b.id AS bad, b.rule FROM (
            SELECT min(document_id) AS first_id, max(document_id) AS last_id,
                bool_or(kind IN ('write_off', 'opening')) AS either_side FROM judged
        ) AS s LEFT JOIN broken b ON true
    $q$ INTO seen;
    IF seen.bad IS NOT NULL THEN
        PERFORM settlements_refuse(seen.rule, seen.bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    -- Documents of this transaction that wait for their check at commit, of kinds that say the
    -- side, need no other. A document that stands already has all its items: more would exceed
    -- its total.
    IF NOT seen.either_side AND EXISTS (
        SELECT 1 FROM settlements_postedrange
        WHERE first_id <= seen.first_id AND last_id >= seen.last_id) THEN RETURN NULL;
    END IF;
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
"""

# Of many documents nearly all have one item: where each has exactly one, and that is its total, no
# sums are needed.
COMPLETE = """
CREATE OR REPLACE FUNCTION settlements_documents_complete() RETURNS trigger
LANGUAGE plpgsql AS $body$
DECLARE bad bigint; simple boolean := false;
BEGIN
    IF NEW.last_id - NEW.first_id > 1000 THEN
        EXECUTE $q$
            SELECT count(*) = count(i.document_id)
                AND count(*) = (SELECT count(*) FROM settlements_document
                                WHERE id BETWEEN $1 AND $2)
                AND count(*) = (SELECT count(*) FROM settlements_ledgeritem
                                WHERE document_id BETWEEN $1 AND $2)
            FROM settlements_document d LEFT JOIN settlements_ledgeritem i
                ON i.document_id = d.id AND i.amount = d.total
            WHERE d.id BETWEEN $1 AND $2
        $q$ INTO simple USING NEW.first_id, NEW.last_id;
    END IF;
    IF NOT simple THEN
        EXECUTE $q$
            WITH sums AS MATERIALIZED (
                SELECT document_id, sum(amount) AS total FROM settlements_ledgeritem
                WHERE document_id BETWEEN $1 AND $2 GROUP BY 1
            ), judged AS MATERIALIZED (
                SELECT d.id FROM settlements_document d LEFT JOIN sums s ON s.document_id = d.id
                WHERE d.id BETWEEN $1 AND $2 AND s.total IS DISTINCT FROM d.total
            ) SELECT id FROM judged LIMIT 1
        $q$ INTO bad USING NEW.first_id, NEW.last_id;
    END IF;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse('document_items_sum', bad, 'settlements_document',
            'check_violation');
    END IF;
    DELETE FROM settlements_postedrange WHERE id = NEW.id;
    RETURN NULL;
END $body$;
"""
# A statement that touches much of the ledger reads all of it; row by row, as the planner would
# have it, who knows nothing of what was just written, takes several times as long.
MANY, SHARE, ITEM_BYTES = 1_000, 20, 300
ALLOCATIONS = f"""
CREATE OR REPLACE FUNCTION settlements_allocated() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE bad bigint; rule text; written bigint; walks text;
BEGIN
    SELECT count(*) INTO written FROM new_rows;
    IF written = 0 THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock_shared({rules.PERIOD_LOCK});
{rules.refers("allocation", ["created_by_id"])}
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
                WHEN n.amount = 'NaN' OR n.amount <> round(n.amount, u.decimals)
                    THEN 'allocation_amount_decimals'
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
    IF EXISTS (SELECT 1 FROM settlements_accountingperiod WHERE closed_at IS NOT NULL) THEN
        EXECUTE $q$
            WITH days AS MATERIALIZED (
                SELECT min(n.id) AS id, d.selling_company_id, n.effective_date
                FROM new_rows n JOIN settlements_ledgeritem d ON d.id = n.debit_item_id
                GROUP BY 2, 3
            ) SELECT id FROM days WHERE settlements_is_closed(selling_company_id, effective_date)
            LIMIT 1
        $q$ INTO bad;
        IF bad IS NOT NULL THEN
            PERFORM settlements_refuse('ledger_period_closed', bad, TG_TABLE_NAME,
                'check_violation');
        END IF;
    END IF;
    -- The ceiling over all dates is a check of the items.
    IF written > {MANY} AND written * {SHARE} > (
        SELECT pg_relation_size('settlements_ledgeritem') / {ITEM_BYTES}) THEN
        walks := current_setting('enable_nestloop');
        PERFORM set_config('enable_nestloop', 'off', true);
    END IF;
    EXECUTE $q$
        UPDATE settlements_ledgeritem i SET allocated = i.allocated + s.amount
        FROM (
            SELECT id, sum(amount) AS amount FROM (
                SELECT debit_item_id AS id, amount FROM new_rows
                UNION ALL SELECT credit_item_id, amount FROM new_rows
            ) AS both_sides GROUP BY id HAVING sum(amount) <> 0
        ) AS s WHERE i.id = s.id
    $q$;
    IF walks IS NOT NULL THEN PERFORM set_config('enable_nestloop', walks, true); END IF;
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
"""


class Migration(migrations.Migration):
    dependencies = [("settlements", "0008_board_rollups")]

    operations = [
        migrations.RunSQL(DOCUMENTS, moves.SURVIVORS),
        migrations.RunSQL(RANGES, "DROP FUNCTION settlements_range_stays() CASCADE"),
        migrations.RunSQL(ITEMS, migrations.RunSQL.noop),
        migrations.RunSQL(COMPLETE, migrations.RunSQL.noop),
        migrations.RunSQL(ALLOCATIONS, migrations.RunSQL.noop),
    ]
