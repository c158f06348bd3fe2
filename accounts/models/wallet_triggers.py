"""What the database itself keeps true about wallets and opportunities."""

from __future__ import annotations

import pgtrigger

from accounts.analytics.pipeline import MOVES

REWRITE_SETTING = "kam.rewrite_wallets"
_REWRITES = f"(COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on')"


def _refuse(words: str, constraint: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', "
        f"CONSTRAINT = '{constraint}', TABLE = TG_TABLE_NAME;"
    )


def append_only(name: str, words: str) -> pgtrigger.Trigger:
    """Refuse changes and deletions, except while accounts are merged or an import is undone."""
    return pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF NOT {_REWRITES} THEN
        {_refuse(words, name)}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    )


ESTIMATE = [append_only("wallet_estimate_append_only", "wallet estimates are append-only")]
STAGE_CHANGE = [append_only("opportunity_stage_change_append_only", "stages that were, were")]

_STEPS = ", ".join(f"('{start}', '{end}')" for start, ends in MOVES.items() for end in ends)
_MOVES = "opportunity_stage_moves"
OPPORTUNITY = [
    pgtrigger.Trigger(
        name=_MOVES,
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("stage"),  # type: ignore[no-untyped-call]
        func=f"""
    IF OLD.stage <> NEW.stage AND (OLD.stage, NEW.stage) NOT IN ({_STEPS}) THEN
        {_refuse("there is no such step between stages", _MOVES)}
    END IF;
    RETURN NEW;""",
    )
]
