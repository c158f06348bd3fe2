"""What the database itself keeps true about meetings and who is expected at them."""

import pgtrigger

from interactions.models.triggers import REWRITE_SETTING

_REWRITES = f"(COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on')"


def _refuse(words: str, constraint: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', "
        f"CONSTRAINT = '{constraint}', TABLE = TG_TABLE_NAME;"
    )


# Who is expected stands at the meeting's account or elsewhere at the same customer.
_OF_CUSTOMER = """
    SELECT 1 FROM accounts_position p
    JOIN accounts_account theirs ON theirs.id = p.account_id
    JOIN accounts_account own ON own.id = {account}
    WHERE p.id = {position} AND p.person_id IS NOT NULL
      AND (own.id = theirs.id OR own.current_group_id = theirs.current_group_id)
"""
_OF_MEETING = _OF_CUSTOMER.format(account="m.account_id", position="NEW.position_id")
_OF_NEW_ACCOUNT = _OF_CUSTOMER.format(account="NEW.account_id", position="t.position_id")

PARTICIPANT = [
    pgtrigger.Trigger(
        name="within_a_customer",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("position_id", "meeting_id"),  # type: ignore[no-untyped-call]
        func=f"""
    IF NOT {_REWRITES} AND NOT EXISTS (
        SELECT 1 FROM interactions_meeting m
        WHERE m.id = NEW.meeting_id AND EXISTS ({_OF_MEETING})
    ) THEN
        {_refuse("somebody of another customer", "meeting_within_a_customer")}
    END IF;
    RETURN NULL;""",
    ),
]

MEETING = [
    pgtrigger.Trigger(
        name="keeps_its_people",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("account_id"),  # type: ignore[no-untyped-call]
        func=f"""
    IF NOT {_REWRITES} AND EXISTS (
        SELECT 1 FROM interactions_meetingparticipant t
        WHERE t.meeting_id = NEW.id AND NOT EXISTS ({_OF_NEW_ACCOUNT})
    ) THEN
        {_refuse("somebody of another customer", "meeting_within_a_customer")}
    END IF;
    RETURN NULL;""",
    ),
]
