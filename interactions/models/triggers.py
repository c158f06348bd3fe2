"""What the database itself keeps true about contacts and who took part in them."""

import pgtrigger

from interactions.models.search_triggers import CONTACT, note_triggers

# On while accounts or people are merged, the demo is cleared or an import is undone.
REWRITE_SETTING = "kam.rewrite_contacts"
_REWRITES = f"(COALESCE(current_setting('{REWRITE_SETTING}', true), '') = 'on')"


def _refuse(words: str, constraint: str, table: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', "
        f"CONSTRAINT = '{constraint}', TABLE = '{table}';"
    )


# A place of somebody, held on the day of the contact, in the tree of the contact's account.
_STANDS = """
    SELECT 1 FROM accounts_position p
    JOIN accounts_account theirs ON theirs.id = p.account_id
    JOIN accounts_account own ON own.id = {account}
    WHERE p.id = {position} AND p.person_id IS NOT NULL AND p.valid @> {day}
      AND (own.id = theirs.id OR own.current_group_id = theirs.current_group_id)
"""

_AT_CONTACT = _STANDS.format(
    account="i.account_id", position="NEW.position_id", day="i.occurred_on"
)
_AT_NEW_DAY = _STANDS.format(
    account="NEW.account_id", position="t.position_id", day="NEW.occurred_on"
)
_AT_RATING = _STANDS.format(
    account="NEW.account_id", position="NEW.position_id", day="NEW.given_on"
)

PARTICIPANT = [
    pgtrigger.Trigger(
        name="participant_stands_there",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("position_id", "interaction_id"),  # type: ignore[no-untyped-call]
        func=f"""
    IF NOT {_REWRITES} AND NOT EXISTS (
        SELECT 1 FROM interactions_interaction i WHERE i.id = NEW.interaction_id AND EXISTS (
            {
            _STANDS.format(account="i.account_id", position="NEW.position_id", day="i.occurred_on")
        }
        )
    ) THEN
        {
            _refuse(
                "nobody stands there on the day of the contact",
                "participant_stands_there",
                "interactions_participant",
            )
        }
    END IF;
    RETURN NULL;""",
    ),
]

NOTE = note_triggers()

INTERACTION = [
    *CONTACT.triggers(),
    pgtrigger.Trigger(
        name="interaction_keeps_its_people",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("account_id", "occurred_on"),  # type: ignore[no-untyped-call]
        func=f"""
    IF NOT {_REWRITES} AND EXISTS (
        SELECT 1 FROM interactions_participant t
        WHERE t.interaction_id = NEW.id AND NOT EXISTS (
            {
            _STANDS.format(
                account="NEW.account_id", position="t.position_id", day="NEW.occurred_on"
            )
        }
        )
    ) THEN
        {
            _refuse(
                "somebody did not stand there on that day",
                "interaction_keeps_its_people",
                "interactions_interaction",
            )
        }
    END IF;
    RETURN NULL;""",
    ),
]

CORRECTION = [
    pgtrigger.Trigger(
        name="correction_append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF {_REWRITES} THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    {
            _refuse(
                "corrections stay as they are",
                "correction_append_only",
                "interactions_correction",
            )
        }""",
    ),
]

FEEDBACK = [
    pgtrigger.Trigger(
        name="feedback_as_they_gave_it",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__invitation__isnull=False),
        func=f"""
    IF {_REWRITES} THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.account_id, NEW.position_id, NEW.function, NEW.topic, NEW.value,
        NEW.lowest, NEW.highest, NEW.given_on, NEW.reason, NEW.invitation_id)
        IS NOT DISTINCT FROM (OLD.account_id, OLD.position_id, OLD.function, OLD.topic, OLD.value,
        OLD.lowest, OLD.highest, OLD.given_on, OLD.reason, OLD.invitation_id) THEN
        RETURN NEW;
    END IF;
    {
            _refuse(
                "answers of customers stay as they gave them",
                "feedback_as_they_gave_it",
                "interactions_feedback",
            )
        }""",
    ),
    pgtrigger.Trigger(
        name="feedback_of_somebody_there",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("position_id", "account_id", "given_on"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(new__position__isnull=False),
        func=f"""
    IF NOT {_REWRITES} AND NOT EXISTS ({_AT_RATING}) THEN
        {
            _refuse(
                "this person was not at this customer on that day",
                "feedback_of_somebody_there",
                "interactions_feedback",
            )
        }
    END IF;
    RETURN NULL;""",
    ),
]

# Who voiced a need, and what answers it, belong to the customer whose need it is.
_SAME_CUSTOMER = """
    SELECT 1 FROM accounts_{table} r JOIN accounts_account a ON a.id = r.account_id
    JOIN accounts_account b ON b.id = NEW.account_id
    WHERE r.id = NEW.{column} AND (a.id = b.id OR a.current_group_id = b.current_group_id)
"""
_OF_A_NEED = (
    ("voiced_by_id", "position", "need_voiced_by_their_people"),
    ("programme_item_id", "programmeitem", "need_answered_at_the_customer"),
    ("opportunity_id", "opportunity", "need_answered_at_the_customer"),
    ("task_id", "task", "need_answered_at_the_customer"),
)


def _other_customer(column: str, table: str, constraint: str) -> str:
    return f"""
    IF NEW.{column} IS NOT NULL AND NOT EXISTS (
        {_SAME_CUSTOMER.format(table=table, column=column)}
    ) THEN
        {_refuse("this belongs to another customer", constraint, "interactions_need")}
    END IF;"""


NEED = [
    pgtrigger.Trigger(
        name="need_within_a_customer",
        when=pgtrigger.After,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
            "account_id", "voiced_by_id", "programme_item_id", "opportunity_id", "task_id"
        ),
        func=f"""
    IF {_REWRITES} THEN RETURN NULL; END IF;"""
        + "".join(_other_customer(*one) for one in _OF_A_NEED)
        + """
    RETURN NULL;""",
    ),
]
