"""Allocations among what a transaction wrote itself need no locks, and the search for earlier
reversals is spared where there has never been one: the same refusals, for less."""

from importlib import import_module

from django.db import migrations

passes = import_module("settlements.migrations.0009_fewer_passes")

_LOCK_FIRST = """    -- Locked in one order by everybody: no deadlock. What follows sees what others committed.
    -- What this transaction wrote is its own already: a file's million items need no locks.
    EXECUTE $q$
        SELECT count(*) FROM (
            SELECT i.id FROM settlements_ledgeritem i WHERE i.id IN (
                SELECT debit_item_id FROM new_rows UNION SELECT credit_item_id FROM new_rows)
              AND i.xmin <> pg_current_xact_id()::xid
            ORDER BY i.id FOR NO KEY UPDATE
        ) AS locked
    $q$ INTO bad;
"""
_JUDGED = """
            SELECT n.id, CASE
                WHEN d.id IS NULL OR c.id IS NULL THEN 'allocation_items_exist'"""
_VERDICT = """        ) SELECT id, rule FROM judged WHERE rule IS NOT NULL LIMIT 1
    $q$ INTO bad, rule;
    IF bad IS NOT NULL THEN
        PERFORM settlements_refuse(rule, bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id
            FROM new_rows n LEFT JOIN settlements_allocation o"""
_LOCK_OTHERS = """        ), broken AS (SELECT id, rule FROM judged WHERE rule IS NOT NULL LIMIT 1)
        SELECT s.others, b.id AS bad, b.rule
        FROM (SELECT bool_or(is_others) AS others FROM judged) AS s LEFT JOIN broken b ON true
    $q$ INTO seen;
    IF seen.bad IS NOT NULL THEN
        PERFORM settlements_refuse(seen.rule, seen.bad, TG_TABLE_NAME, 'check_violation');
    END IF;
    -- Nothing that was judged so far ever changes. What an item has open does: from here on its
    -- row is held. Locked in one order by everybody: no deadlock. What follows sees what others
    -- committed. What this transaction wrote is its own already.
    IF seen.others THEN
        EXECUTE $q$
            SELECT count(*) FROM (
                SELECT i.id FROM settlements_ledgeritem i WHERE i.id IN (
                    SELECT debit_item_id FROM new_rows UNION SELECT credit_item_id FROM new_rows)
                  AND i.xmin <> pg_current_xact_id()::xid
                ORDER BY i.id FOR NO KEY UPDATE
            ) AS locked
        $q$ INTO bad;
    END IF;
    EXECUTE $q$
        WITH judged AS MATERIALIZED (
            SELECT n.id
            FROM new_rows n LEFT JOIN settlements_allocation o"""
_TAKEN = """    -- Without a reversal the sum only grows and its last value, checked above, is the highest.
    -- With one it may have been higher between two dates.
"""


def _changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        if text.count(old) != 1:
            raise ValueError(old)
        text = text.replace(old, new)
    return text


ALLOCATIONS = _changed(
    passes.ALLOCATIONS,
    ("written bigint; walks text;", "written bigint; walks text; seen record;"),
    (_LOCK_FIRST, ""),
    (
        _JUDGED,
        """
            SELECT n.id, d.xmin <> pg_current_xact_id()::xid
                OR c.xmin <> pg_current_xact_id()::xid AS is_others, CASE
                WHEN d.id IS NULL OR c.id IS NULL THEN 'allocation_items_exist'""",
    ),
    (_VERDICT, _LOCK_OTHERS),
    (
        _TAKEN,
        _TAKEN
        + """    IF NOT EXISTS (SELECT 1 FROM settlements_allocation WHERE amount < 0) THEN
        RETURN NULL;
    END IF;
""",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("settlements", "0009_fewer_passes")]

    operations = [migrations.RunSQL(ALLOCATIONS, passes.ALLOCATIONS)]
