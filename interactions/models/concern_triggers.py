"""What the database itself keeps true about concerns and what happened to them."""

import pgtrigger

from interactions.analytics.concerns import MOVES
from interactions.models.triggers import REWRITE_SETTING

_REWRITES = f"(COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on')"
_PAIRS = ", ".join(f"('{start}', '{end}')" for start, ends in MOVES.items() for end in ends)


def _refuse(words: str, constraint: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', "
        f"CONSTRAINT = '{constraint}', TABLE = TG_TABLE_NAME;"
    )


CONCERN = [
    pgtrigger.Trigger(
        name="concern_begins_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__state__df="open") | pgtrigger.Q(new__reopened__gt=0),
        func=_refuse("a concern begins open", "concern_moves_on"),
    ),
    pgtrigger.Trigger(
        name="concern_moves_on",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state"))
        | pgtrigger.Q(old__reopened__df=pgtrigger.F("new__reopened")),
        func=f"""
    IF NOT (OLD.state, NEW.state) IN ({_PAIRS}) OR NEW.reopened - OLD.reopened <>
        (OLD.state IN ('resolved', 'closed', 'cancelled') AND NEW.state = 'working')::int
    THEN
        {_refuse("a concern does not go this way", "concern_moves_on")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="concern_keeps_its_targets",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
    IF NOT {_REWRITES} AND (
        NEW.raised_at <> OLD.raised_at OR NEW.raised_on <> OLD.raised_on
        OR (OLD.first_response_at IS NOT NULL
            AND NEW.first_response_at IS DISTINCT FROM OLD.first_response_at)
        OR (NEW.severity = OLD.severity AND (NEW.respond_by, NEW.resolve_by)
            IS DISTINCT FROM (OLD.respond_by, OLD.resolve_by))
    ) THEN
        {_refuse("a concern keeps its times", "concern_keeps_its_targets")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="concern_raised_by_theirs",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("raised_by_id", "account_id"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(new__raised_by__isnull=False),
        func=f"""
    IF NOT {_REWRITES} AND NOT EXISTS (
        SELECT 1 FROM accounts_position p
        JOIN accounts_account theirs ON theirs.id = p.account_id
        JOIN accounts_account own ON own.id = NEW.account_id
        WHERE p.id = NEW.raised_by_id AND p.person_id IS NOT NULL AND p.valid @> NEW.raised_on
          AND (own.id = theirs.id OR own.current_group_id = theirs.current_group_id)
    ) THEN
        {_refuse("nobody stands there on that day", "concern_raised_by_theirs")}
    END IF;
    RETURN NULL;""",
    ),
]

EVENT = [
    pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF NOT {_REWRITES} THEN
        {_refuse("what happened to a concern stays", "concern_entry_append_only")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    )
]
