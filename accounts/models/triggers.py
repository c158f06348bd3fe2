"""What the database itself keeps true about the tree and about revenue roll-ups.

The function that link changes call is created by the migration `0002_functions`.
"""

from typing import Any

import pgtrigger


def _statement(name: str, operation: Any, call: str, **names: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**names),  # type: ignore[no-untyped-call]
        func=f"{call} RETURN NULL;",
    )


# A statement that touches no row changes nothing; without the guard "no accounts" would read "all".
_CHILDREN_CHANGED = (
    "IF EXISTS (SELECT 1 FROM ({rows}) AS changed) THEN PERFORM accounts_links_changed("
    "ARRAY(SELECT DISTINCT account_id FROM ({rows}) AS changed ORDER BY 1)); END IF;"
)
PARENT_LINK = [
    _statement(
        "parent_link_added",
        pgtrigger.Insert,
        _CHILDREN_CHANGED.format(rows="SELECT account_id FROM new_rows"),
        new="new_rows",
    ),
    _statement(
        "parent_link_changed",
        pgtrigger.Update,
        _CHILDREN_CHANGED.format(
            rows="SELECT account_id FROM old_rows UNION SELECT account_id FROM new_rows"
        ),
        old="old_rows",
        new="new_rows",
    ),
    _statement(
        "parent_link_removed",
        pgtrigger.Delete,
        _CHILDREN_CHANGED.format(rows="SELECT account_id FROM old_rows"),
        old="old_rows",
    ),
]

ACCOUNT = [
    _statement(
        "account_has_figures",
        pgtrigger.Insert,
        "INSERT INTO accounts_accountfigure"
        " (account_id, as_of, net_12m, net_previous_12m, unconverted)"
        " SELECT id, current_date, 0, 0, 0 FROM new_rows ORDER BY id;",
        new="new_rows",
    )
]

_COLUMNS = "account_id, booked_on, currency_id, net_amount, base_amount, cost"


def _add(rows: str, sign: int) -> str:
    return f"SELECT {_COLUMNS}, {sign} AS sign FROM {rows}"


def _roll(rows: str) -> str:
    """SQL that adds signed entries to both roll-ups, after taking the watermark's lock."""
    return f"""
    INSERT INTO accounts_revenuewatermark AS w (id, version) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET version = w.version + 1;
    WITH delta AS (
        SELECT e.account_id, COALESCE(g.group_id, e.account_id) AS group_id,
               date_trunc('month', e.booked_on)::date AS month, e.currency_id,
               sum(e.sign) AS entries, sum(e.sign * e.net_amount) AS net_amount,
               sum(e.sign * COALESCE(e.base_amount, 0)) AS base_amount,
               sum(e.sign * COALESCE(e.cost, 0)) AS cost,
               COALESCE(sum(e.sign * e.net_amount) FILTER (WHERE e.cost IS NOT NULL), 0)
                   AS costed_amount,
               COALESCE(sum(e.sign) FILTER (WHERE e.base_amount IS NULL), 0) AS unconverted
        FROM ({rows}) AS e
        LEFT JOIN accounts_groupperiod g
            ON g.account_id = e.account_id AND g.valid @> e.booked_on
        GROUP BY 1, 2, 3, 4
    ), months AS (
        INSERT INTO accounts_revenuemonth AS t (account_id, group_id, month, currency_id, entries,
            net_amount, base_amount, cost, costed_amount, unconverted)
        SELECT account_id, group_id, month, currency_id, entries, net_amount, base_amount, cost,
            costed_amount, unconverted FROM delta
        ON CONFLICT (account_id, month, group_id, currency_id) DO UPDATE SET
            entries = t.entries + EXCLUDED.entries,
            net_amount = t.net_amount + EXCLUDED.net_amount,
            base_amount = t.base_amount + EXCLUDED.base_amount,
            cost = t.cost + EXCLUDED.cost,
            costed_amount = t.costed_amount + EXCLUDED.costed_amount,
            unconverted = t.unconverted + EXCLUDED.unconverted
    )
    INSERT INTO accounts_groupmonth AS t (group_id, month, currency_id, entries,
        net_amount, base_amount, cost, costed_amount, unconverted)
    SELECT group_id, month, currency_id, sum(entries), sum(net_amount), sum(base_amount),
        sum(cost), sum(costed_amount), sum(unconverted) FROM delta GROUP BY 1, 2, 3
    ON CONFLICT (month, group_id, currency_id) DO UPDATE SET
        entries = t.entries + EXCLUDED.entries,
        net_amount = t.net_amount + EXCLUDED.net_amount,
        base_amount = t.base_amount + EXCLUDED.base_amount,
        cost = t.cost + EXCLUDED.cost,
        costed_amount = t.costed_amount + EXCLUDED.costed_amount,
        unconverted = t.unconverted + EXCLUDED.unconverted;
    """


REVENUE_ENTRY = [
    _statement("revenue_entry_added", pgtrigger.Insert, _roll(_add("new_rows", 1)), new="new_rows"),
    _statement(
        "revenue_entry_changed",
        pgtrigger.Update,
        _roll(_add("new_rows", 1) + " UNION ALL " + _add("old_rows", -1)),
        old="old_rows",
        new="new_rows",
    ),
    _statement(
        "revenue_entry_removed", pgtrigger.Delete, _roll(_add("old_rows", -1)), old="old_rows"
    ),
]
