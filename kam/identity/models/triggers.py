"""What the database itself keeps true about sales teams."""

import pgtrigger

REFUSE_TEAM_CYCLES = pgtrigger.Trigger(
    name="refuse_cycles",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__parent__isnull=False),
    func="""
    -- One move at a time, so that two moves cannot close a circle that neither of them sees.
    PERFORM pg_advisory_xact_lock(7037293, 0);
    IF EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT t.parent_id FROM identity_salesteam t JOIN above ON t.id = above.id
            WHERE t.parent_id IS NOT NULL
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'sales team % would be part of itself', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sales_team_no_cycle',
                  TABLE = 'identity_salesteam';
    END IF;
    RETURN NULL;
    """,
)
