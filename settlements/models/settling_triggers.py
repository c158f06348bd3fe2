"""What the database keeps true about settlement statements: their way, their sums, their end."""

import pgtrigger

from settlements.models.term_triggers import _refuse

_FIXED = "settlement_statement_fixed"
_PINNED = "settlement_statement_pinned"
_SUMS = "settlement_statement_sums"
_WAY = "settlement_statement_goes_its_way"
_LINE = "statement_line_of_a_draft"
_MOVES = """'state', 'account_id', 'store_id', 'confirmed_on', 'confirmed_by',
    'confirmation_note', 'confirmation_file', 'confirmation_name', 'confirmation_sha256',
    'due_on', 'posted_on', 'posted_by_id', 'idempotency_key', 'taken_back_on', 'updated_at'"""
_ENDED = "'account_id', 'store_id', 'taken_back_on', 'updated_at'"


def _only(allowed: str, words: str) -> str:
    return f"""
    IF (to_jsonb(NEW) - ARRAY[{allowed}]) <> (to_jsonb(OLD) - ARRAY[{allowed}]) THEN
        {_refuse(_FIXED, words)}
    END IF;"""


_SUMS_DIFFER = """
    EXISTS (SELECT 1 FROM (
        SELECT COALESCE(sum(l.amount) FILTER (WHERE l.part = 'payable'), 0) AS payable,
            COALESCE(-sum(l.amount) FILTER (WHERE l.part = 'claim'), 0) AS claimed,
            COALESCE(sum(l.amount) FILTER (WHERE l.kind = 'tax'), 0) AS tax
        FROM settlements_statementline l WHERE l.statement_id = NEW.id) AS found
        JOIN settlements_settlementstatement s ON s.id = NEW.id
        WHERE (found.payable, found.claimed, found.tax) <> (s.payable, s.claimed, s.tax))"""

STATEMENT = [
    pgtrigger.Trigger(
        name=_PINNED,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
    IF NEW.state <> 'draft' THEN
        {_refuse(_WAY, "a statement begins as a draft")}
    END IF;
    PERFORM 1 FROM settlements_settlementterm t
    JOIN settlements_agreementversion v ON v.id = t.version_id
    WHERE t.id = NEW.term_id AND v.id = NEW.agreement_version_id
      AND v.state IN ('active', 'superseded', 'terminated') AND NEW.period <@ v.valid
    FOR SHARE OF v;
    IF NOT FOUND THEN
        {_refuse(_PINNED, "a statement stands on a version in force over its whole period")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name=_WAY,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state <> NEW.state"),
        func=f"""
    IF NOT (OLD.state, NEW.state) IN (('draft', 'issued'), ('issued', 'disputed'),
        ('disputed', 'issued'), ('issued', 'confirmed'), ('confirmed', 'posted'),
        ('draft', 'cancelled'), ('issued', 'cancelled'), ('disputed', 'cancelled'),
        ('confirmed', 'cancelled')) THEN
        {_refuse(_WAY, "a statement does not go this way")}
    END IF;
    IF NEW.state = 'issued' AND {_SUMS_DIFFER} THEN
        {_refuse(_SUMS, "the lines do not add up to the totals")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name=_FIXED,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.state <> 'draft'"),
        func=f"""
    IF TG_OP = 'DELETE' THEN
        {_refuse(_FIXED, "an issued statement stays")}
    END IF;
    IF OLD.state IN ('posted', 'cancelled') THEN
        {_only(_ENDED, "a statement that ended stays as it is")}
        RETURN NEW;
    END IF;
    {_only(_MOVES, "an issued statement keeps what it says")}
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name=_SUMS,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=f"""
    IF {_SUMS_DIFFER} THEN
        {_refuse(_SUMS, "the lines do not add up to the totals")}
    END IF;
    RETURN NULL;""",
    ),
]

LINE = [
    pgtrigger.Trigger(
        name=_LINE,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
        func=f"""
    -- The lock keeps an issue away until these lines are committed, and the reverse.
    PERFORM 1 FROM settlements_settlementstatement s
    WHERE s.id IN (SELECT statement_id FROM new_rows) ORDER BY s.id FOR SHARE OF s;
    IF EXISTS (SELECT 1 FROM settlements_settlementstatement s
               WHERE s.id IN (SELECT statement_id FROM new_rows) AND s.state <> 'draft') THEN
        {_refuse(_LINE, "lines are added to a draft alone")}
    END IF;
    RETURN NULL;""",
    ),
    pgtrigger.Trigger(
        name=f"{_LINE}_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(NEW) - 'store_id') <> (to_jsonb(OLD) - 'store_id') THEN
            {_refuse(_LINE, "a line of a statement does not change")}
        END IF;
        RETURN NEW;
    END IF;
    PERFORM 1 FROM settlements_settlementstatement s
    WHERE s.id = OLD.statement_id AND s.state <> 'draft' FOR SHARE;
    IF FOUND THEN
        {_refuse(_LINE, "lines of an issued statement stay")}
    END IF;
    RETURN OLD;""",
    ),
]


def kept(name: str, words: str) -> list[pgtrigger.Trigger]:
    """Rows that are added and then stay."""
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=_refuse(name, words),
        )
    ]


REPORT = [
    pgtrigger.Trigger(
        name="statement_report_of_a_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    PERFORM 1 FROM settlements_settlementstatement s
    WHERE s.id = OLD.statement_id AND s.state <> 'draft';
    IF FOUND OR TG_OP = 'UPDATE' THEN
        {_refuse("statement_report_of_a_draft", "an issued statement keeps what it rests on")}
    END IF;
    RETURN OLD;""",
    )
]
DOCUMENT = kept("statement_document_stays", "what a statement posted stays")

DISPUTE = [
    pgtrigger.Trigger(
        name="statement_dispute_within",
        when=pgtrigger.After,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("statement_id", "line_id", "amount", "is_granted"),  # type: ignore[no-untyped-call]
        func=f"""
    -- The lock makes a second dispute wait until the first one is committed, and counts.
    PERFORM 1 FROM settlements_settlementstatement s
    WHERE s.id = NEW.statement_id FOR NO KEY UPDATE;
    IF (SELECT bool_or(h.amount > abs(l.amount) OR l.statement_id <> s.id)
            OR sum(h.amount) FILTER (WHERE h.line_id IS NULL) > greatest(s.gross, abs(s.payable))
            OR sum(h.amount) FILTER (WHERE l.part IS DISTINCT FROM 'claim')
                > greatest(s.gross, abs(s.payable),
                    max(abs(l.amount)) FILTER (WHERE l.part <> 'claim'))
        FROM (SELECT d.line_id, sum(d.amount) AS amount FROM settlements_statementdispute d
              WHERE d.statement_id = NEW.statement_id AND d.is_granted IS NOT FALSE
              GROUP BY d.line_id) AS h
        JOIN settlements_settlementstatement s ON s.id = NEW.statement_id
        LEFT JOIN settlements_statementline l ON l.id = h.line_id
        GROUP BY s.id) THEN
        {_refuse("statement_dispute_within", "more is contested than the statement says")}
    END IF;
    RETURN NULL;""",
    )
]
