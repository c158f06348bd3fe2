from django.db import migrations

LINKS_CHANGED = """
CREATE FUNCTION accounts_links_changed(children bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE affected bigint[];
BEGIN
    -- One change of the tree or of revenue at a time; what follows sees what others committed.
    INSERT INTO accounts_revenuewatermark AS w (id, version) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET version = w.version + 1;
    PERFORM accounts_refuse_cycles(children);

    WITH RECURSIVE below(id) AS (
        SELECT unnest(children)
        UNION
        SELECT l.account_id FROM accounts_parentlink l JOIN below ON l.parent_id = below.id
    )
    SELECT array_agg(id ORDER BY id) INTO affected FROM below;

    WITH gone AS (
        DELETE FROM accounts_revenuemonth WHERE account_id = ANY(affected) RETURNING *
    ), sums AS (
        SELECT group_id, month, currency_id, sum(entries) AS entries,
            sum(net_amount) AS net_amount, sum(base_amount) AS base_amount, sum(cost) AS cost,
            sum(costed_amount) AS costed_amount, sum(unconverted) AS unconverted
        FROM gone GROUP BY 1, 2, 3
    )
    UPDATE accounts_groupmonth t SET
        entries = t.entries - s.entries, net_amount = t.net_amount - s.net_amount,
        base_amount = t.base_amount - s.base_amount, cost = t.cost - s.cost,
        costed_amount = t.costed_amount - s.costed_amount,
        unconverted = t.unconverted - s.unconverted
    FROM sums s
    WHERE t.group_id = s.group_id AND t.month = s.month AND t.currency_id = s.currency_id;
    DELETE FROM accounts_groupmonth WHERE entries = 0;

    DELETE FROM accounts_groupperiod WHERE account_id = ANY(affected);
    INSERT INTO accounts_groupperiod (account_id, group_id, valid)
    SELECT account_id, group_id, valid FROM accounts_group_periods(affected);

    PERFORM accounts_roll_up(affected);
END $$;
"""

REFUSE_CYCLES = """
CREATE FUNCTION accounts_refuse_cycles(children bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE looped bigint;
BEGIN
    WITH RECURSIVE up(child, node, valid, steps) AS (
        SELECT account_id, parent_id, valid, 1 FROM accounts_parentlink
        WHERE account_id = ANY(children)
        UNION ALL
        SELECT up.child, l.parent_id, up.valid * l.valid, up.steps + 1
        FROM up JOIN accounts_parentlink l ON l.account_id = up.node AND l.valid && up.valid
        WHERE up.node <> up.child AND up.steps < 100
    )
    SELECT child INTO looped FROM up WHERE node = child OR steps >= 100 LIMIT 1;
    IF looped IS NOT NULL THEN
        RAISE EXCEPTION 'account % would be above itself', looped
            USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_link_no_cycle',
                  TABLE = 'accounts_parentlink';
    END IF;
END $$;
"""

GROUP_PERIODS = """
CREATE FUNCTION accounts_group_periods(ids bigint[])
RETURNS TABLE (account_id bigint, group_id bigint, valid daterange) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up(account_id, node_id, valid) AS (
        SELECT DISTINCT l.account_id, l.account_id, daterange(NULL, NULL)
        FROM accounts_parentlink l WHERE l.account_id = ANY(ids)
        UNION ALL
        SELECT up.account_id, l.parent_id, up.valid * l.valid
        FROM up JOIN accounts_parentlink l ON l.account_id = up.node_id AND l.valid && up.valid
    ), covered AS (
        SELECT l.account_id, range_agg(l.valid) AS by_links
        FROM accounts_parentlink l
        WHERE l.account_id IN (SELECT node_id FROM up) GROUP BY 1
    )
    SELECT up.account_id, up.node_id, piece
    FROM up LEFT JOIN covered c ON c.account_id = up.node_id
    CROSS JOIN LATERAL
        unnest(datemultirange(up.valid) - COALESCE(c.by_links, '{}'::datemultirange)) AS piece
$$;
"""

ROLL_UP = """
CREATE FUNCTION accounts_roll_up(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH sums AS (
        INSERT INTO accounts_revenuemonth (account_id, group_id, month, currency_id, entries,
            net_amount, base_amount, cost, costed_amount, unconverted)
        SELECT e.account_id, COALESCE(g.group_id, e.account_id),
            date_trunc('month', e.booked_on)::date, e.currency_id, count(*), sum(e.net_amount),
            COALESCE(sum(e.base_amount), 0), COALESCE(sum(e.cost), 0),
            COALESCE(sum(e.net_amount) FILTER (WHERE e.cost IS NOT NULL), 0),
            count(*) FILTER (WHERE e.base_amount IS NULL)
        FROM accounts_revenueentry e
        LEFT JOIN accounts_groupperiod g
            ON g.account_id = e.account_id AND g.valid @> e.booked_on
        WHERE ids IS NULL OR e.account_id = ANY(ids)
        GROUP BY 1, 2, 3, 4
        RETURNING *
    )
    INSERT INTO accounts_groupmonth AS t (group_id, month, currency_id, entries,
        net_amount, base_amount, cost, costed_amount, unconverted)
    SELECT group_id, month, currency_id, sum(entries), sum(net_amount), sum(base_amount),
        sum(cost), sum(costed_amount), sum(unconverted) FROM sums GROUP BY 1, 2, 3
    ON CONFLICT (month, group_id, currency_id) DO UPDATE SET
        entries = t.entries + EXCLUDED.entries,
        net_amount = t.net_amount + EXCLUDED.net_amount,
        base_amount = t.base_amount + EXCLUDED.base_amount,
        cost = t.cost + EXCLUDED.cost,
        costed_amount = t.costed_amount + EXCLUDED.costed_amount,
        unconverted = t.unconverted + EXCLUDED.unconverted;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            REFUSE_CYCLES, "DROP FUNCTION accounts_refuse_cycles(bigint[])"
        ),
        migrations.RunSQL(GROUP_PERIODS, "DROP FUNCTION accounts_group_periods(bigint[])"),
        migrations.RunSQL(ROLL_UP, "DROP FUNCTION accounts_roll_up(bigint[])"),
        migrations.RunSQL(LINKS_CHANGED, "DROP FUNCTION accounts_links_changed(bigint[])"),
    ]
