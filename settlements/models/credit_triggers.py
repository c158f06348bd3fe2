"""What the database itself keeps true about credit."""

import pgtrigger

_CHECK = "credit_limit_below_chain"


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Refuse changes of rows; a merge of accounts may move them to another account."""
    whose = "ARRAY['party_id', 'account_id', 'decisive_id']"
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"""
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - {whose} <> to_jsonb(OLD) - {whose} THEN
        {_refuse(name, "what was checked or let through stays")}
    END IF;
    RETURN NEW;""",
        )
    ]


# A limit caps the sum of the limits next below it in the same currency, on every day. The sum
# only rises on first days, so those are the days to look at. One tree at a time: a limit that
# another transaction is about to add is waited for.
_BELOW_CHAIN = f"""
    PERFORM pg_advisory_xact_lock(hashtextextended('credit limits', 0) # a.path[1])
    FROM accounts_account a WHERE a.id = NEW.party_id;
    IF EXISTS (
        WITH own AS (
            SELECT l.id, l.party_id, l.amount, l.valid, a.path FROM settlements_creditlimit l
            JOIN accounts_account a ON a.id = l.party_id
            JOIN accounts_account mine ON mine.id = NEW.party_id
            WHERE a.path[1] = mine.path[1] AND l.currency_id = NEW.currency_id
              AND l.revoked_on IS NULL
        ), days AS (
            SELECT DISTINCT lower(valid) AS day FROM own WHERE valid && NEW.valid
        )
        SELECT 1 FROM days JOIN own chain ON chain.valid @> days.day
        JOIN own low ON low.valid @> days.day AND low.id <> chain.id
            AND low.path @> ARRAY[chain.party_id]
        WHERE NOT EXISTS (
            SELECT 1 FROM own mid WHERE mid.valid @> days.day AND mid.id NOT IN (chain.id, low.id)
              AND low.path @> ARRAY[mid.party_id] AND mid.path @> ARRAY[chain.party_id])
        GROUP BY days.day, chain.id, chain.amount HAVING sum(low.amount) > chain.amount
    ) THEN
        {_refuse(_CHECK, "the limits below are more than the limit of the chain")}
    END IF;
    RETURN NULL;"""

LIMIT = [
    pgtrigger.Trigger(
        name=_CHECK,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Condition("NEW.revoked_on IS NULL"),
        func=_BELOW_CHAIN,
    ),
    pgtrigger.Trigger(
        name="credit_limit_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF TG_OP = 'DELETE' THEN
        IF COALESCE(current_setting('kam.undoing_import', true), '') <> 'on'
            OR OLD.batch_id IS NULL THEN
            {_refuse("credit_limit_fixed", "a limit stays in the history: take it back")}
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.amount <> OLD.amount OR NEW.currency_id <> OLD.currency_id
        OR lower(NEW.valid) <> lower(OLD.valid)
        OR (NOT NEW.valid <@ OLD.valid
            AND COALESCE(current_setting('kam.undoing_import', true), '') <> 'on')
        OR (OLD.revoked_on IS NOT NULL AND NEW.revoked_on IS DISTINCT FROM OLD.revoked_on) THEN
        {_refuse("credit_limit_fixed", "a limit only ends earlier or is taken back")}
    END IF;
    RETURN NEW;""",
    ),
]

_WAYS = """('draft', 'submitted'), ('draft', 'withdrawn'), ('submitted', 'withdrawn'),
        ('submitted', 'approved'), ('submitted', 'refused')"""
_DECISION = """ARRAY['state', 'decided_by_id', 'decided_at', 'granted_limit', 'granted_days',
        'review_on', 'decision_note', 'updated_at', 'party_id']"""

APPLICATION = [
    pgtrigger.Trigger(
        name="credit_application_begins_as_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.state <> 'draft'"),
        func=_refuse("credit_application_way", "an application begins as a draft"),
    ),
    pgtrigger.Trigger(
        name="credit_application_way",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state <> NEW.state"),
        func=f"""
    IF NOT (OLD.state, NEW.state) IN ({_WAYS}) THEN
        {_refuse("credit_application_way", "an application does not go this way")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="credit_application_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.state <> 'draft'"),
        func=f"""
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - {_DECISION} <> to_jsonb(OLD) - {_DECISION}
        OR (OLD.state = NEW.state AND to_jsonb(NEW) - ARRAY['updated_at', 'party_id']
            <> to_jsonb(OLD) - ARRAY['updated_at', 'party_id']) THEN
        {_refuse("credit_application_fixed", "what was submitted or decided stays")}
    END IF;
    RETURN NEW;""",
    ),
]


def part(name: str) -> list[pgtrigger.Trigger]:
    """Refuse any change to a part of an application that is no draft."""
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("its_state", "text"), ("its_row", "jsonb")],
            func=f"""
    IF TG_OP = 'DELETE' THEN its_row := to_jsonb(OLD); ELSE its_row := to_jsonb(NEW); END IF;
    SELECT a.state INTO its_state FROM settlements_creditapplication a
    WHERE a.id = (its_row->>'application_id')::bigint FOR SHARE;
    IF its_state <> 'draft' THEN
        {_refuse(name, "an application that was submitted stays")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
        )
    ]


HOLD = [
    pgtrigger.Trigger(
        name="credit_hold_way",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state <> NEW.state"),
        func=f"""
    IF NOT (OLD.state, NEW.state) IN (('proposed', 'active'), ('proposed', 'released'),
        ('active', 'overridden'), ('active', 'released'), ('overridden', 'active'),
        ('overridden', 'released')) THEN
        {_refuse("credit_hold_way", "a hold does not go this way")}
    END IF;
    RETURN NEW;""",
    ),
]


FILE = [
    pgtrigger.Trigger(
        name="application_file_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("its_state", "text"), ("its_application", "bigint")],
        func=f"""
    IF TG_OP = 'UPDATE' THEN
        {_refuse("application_file_stays", "a file that is kept does not change")}
    END IF;
    IF TG_OP = 'DELETE' THEN its_application := OLD.application_id;
    ELSE its_application := NEW.application_id; END IF;
    SELECT a.state INTO its_state FROM settlements_creditapplication a
    WHERE a.id = its_application FOR SHARE;
    IF TG_OP = 'INSERT' AND its_state NOT IN ('draft', 'submitted') THEN
        {_refuse("application_file_stays", "an application that was decided on takes no files")}
    END IF;
    IF TG_OP = 'DELETE' AND its_state <> 'draft' THEN
        {_refuse("application_file_stays", "files of what was submitted stay")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    )
]
