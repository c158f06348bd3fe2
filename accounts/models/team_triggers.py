"""What the database itself keeps true about promises, requests and handovers."""

import pgtrigger

from accounts.models.people_triggers import REWRITE_SETTING

_REWRITES = f"(COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on')"


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def append_only(name: str, words: str) -> list[pgtrigger.Trigger]:
    """Refuse changes and removals, except while accounts are merged or the demo is cleared."""
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"""
    IF NOT {_REWRITES} THEN
        {_refuse(name, words)}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
        )
    ]


# Who promised stands at the account or elsewhere at the same customer.
PROMISE = [
    pgtrigger.Trigger(
        name="within_a_customer",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("position_id", "account_id"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(new__position__isnull=False),
        func=f"""
    IF NOT {_REWRITES} AND NOT EXISTS (
        SELECT 1 FROM accounts_position p JOIN accounts_account a ON a.id = p.account_id
        JOIN accounts_account b ON b.id = NEW.account_id
        WHERE p.id = NEW.position_id AND p.person_id IS NOT NULL
          AND (a.id = b.id OR a.current_group_id = b.current_group_id)
    ) THEN
        {_refuse("promise_within_a_customer", "a promise of somebody at another customer")}
    END IF;
    RETURN NULL;""",
    )
]

# A request moves on, never back: what was answered for good stays answered.
REQUEST = [
    pgtrigger.Trigger(
        name="moves_on",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
        func=f"""
    IF NOT (OLD.status, NEW.status) IN (
        ('sent', 'accepted'), ('sent', 'declined'), ('sent', 'done'), ('sent', 'cancelled'),
        ('accepted', 'declined'), ('accepted', 'done'), ('accepted', 'cancelled')
    ) THEN
        {_refuse("team_request_moves_on", "this request was closed")}
    END IF;
    RETURN NEW;""",
    )
]

# What is written into a confirmed handover, each once.
_ONCE = "{acknowledged_at,acknowledged_note,moved_at,moved}"

HANDOVER = [
    pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF NOT {_REWRITES} THEN
        IF TG_OP = 'DELETE' THEN
            {_refuse("handover_frozen", "a handover stays")}
        END IF;
        IF (to_jsonb(NEW) - '{_ONCE}'::text[]) <> (to_jsonb(OLD) - '{_ONCE}'::text[])
           OR (OLD.acknowledged_at IS NOT NULL
               AND (NEW.acknowledged_at, NEW.acknowledged_note)
                   IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_note))
           OR (OLD.moved_at IS NOT NULL
               AND (NEW.moved_at, NEW.moved) IS DISTINCT FROM (OLD.moved_at, OLD.moved)) THEN
            {_refuse("handover_frozen", "a handover stays as it was confirmed")}
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    )
]
