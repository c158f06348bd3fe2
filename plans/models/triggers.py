"""What the database itself keeps true about plans: the way they go, what is fixed, what stays."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger

REWRITE_SETTING = "kam.rewriting_plans"
UNLESS_REWRITING = f"current_setting('{REWRITE_SETTING}', true) IS DISTINCT FROM 'on'"
"""What lets plans follow merged accounts and go with the demo: see services.rewriting."""


def refuse(name: str, words: str) -> str:
    """A refusal that names its constraint, as those of the database itself do."""
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def append_only(name: str, words: str) -> list[pgtrigger.Trigger]:
    """Refuse any change to a row, and its removal while its plan is there."""
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Condition(UNLESS_REWRITING),
            func=refuse(name, words),
        )
    ]


def part(
    name: str,
    *,
    states: Sequence[str] = ("draft",),
    free: Sequence[str] = (),
    find_plan: str = "(its_row->>'plan_id')::bigint",
    key: str = "plan_id",
) -> list[pgtrigger.Trigger]:
    """Refuse changes to a part of a plan that is in no such state, and moving it elsewhere.

    `free` are the columns that may change in an approved or active plan too: progress, never
    what was agreed. `find_plan` is SQL for the plan's id from `its_row`, the row as jsonb.
    """
    allowed = ", ".join(f"'{state}'" for state in states)
    loose = "".join(f" - '{column}'" for column in (*free, "updated_at"))
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Condition(UNLESS_REWRITING),
            declare=[("its_state", "text"), ("its_row", "jsonb")],
            func=f"""
    IF TG_OP = 'DELETE' THEN its_row := to_jsonb(OLD); ELSE its_row := to_jsonb(NEW); END IF;
    -- The lock keeps an approval away until this change is committed, and the reverse.
    SELECT p.state INTO its_state FROM plans_plan p WHERE p.id = ({find_plan}) FOR SHARE;
    IF TG_OP = 'UPDATE' AND OLD.{key} IS DISTINCT FROM NEW.{key} THEN
        {refuse(f"{name}_stays", "a part of a plan stays where it is")}
    END IF;
    IF its_state NOT IN ({allowed}) AND NOT (
        TG_OP = 'UPDATE' AND its_state IN ('approved', 'active')
        AND (to_jsonb(NEW){loose}) = (to_jsonb(OLD){loose})
    ) THEN
        {refuse(name, "what a plan says is fixed once it is submitted")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
        )
    ]


_HEADER = "account_id parent_id template_id title period currency_id owner_id sponsor_id"
_FIXED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _HEADER.split())

PLAN = [
    pgtrigger.Trigger(
        name="plan_begins_as_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__state__df="draft"),
        func=refuse("plan_goes_its_way", "a plan begins as a draft"),
    ),
    pgtrigger.Trigger(
        name="plan_goes_its_way",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state <> NEW.state"),
        func=f"""
    IF NOT (OLD.state, NEW.state) IN (('draft', 'in_review'), ('in_review', 'draft'),
        ('in_review', 'approved'), ('approved', 'active'), ('approved', 'draft'),
        ('active', 'draft'), ('active', 'closed'), ('draft', 'cancelled'),
        ('in_review', 'cancelled'), ('approved', 'cancelled'), ('active', 'cancelled')) THEN
        {refuse("plan_goes_its_way", "a plan does not go this way")}
    END IF;
    IF NEW.state = 'approved' AND (NEW.approved_by_id IS NULL
        OR NEW.approved_by_id = ANY(NEW.writer_ids)) THEN
        {refuse("plan_approved_by_another", "nobody approves a plan that they wrote")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="plan_header_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"OLD.state <> 'draft' AND NEW.state <> 'draft' AND ({_FIXED}) AND {UNLESS_REWRITING}"
        ),
        func=refuse("plan_header_fixed", "what a plan says is fixed once it is submitted"),
    ),
    pgtrigger.Trigger(
        name="plan_is_never_deleted",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition(UNLESS_REWRITING),
        func=refuse("plan_is_never_deleted", "a plan is cancelled, not deleted"),
    ),
    pgtrigger.Trigger(
        name="plan_parent_above",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__parent__isnull=False),
        func=f"""
    -- A plan of a banner or a country hangs below one of an account above its own, so that no
    -- plan can be above itself.
    IF NOT EXISTS (
        SELECT 1 FROM plans_plan p JOIN accounts_account a ON a.id = NEW.account_id
        WHERE p.id = NEW.parent_id AND p.account_id = ANY(a.path) AND p.account_id <> a.id
    ) THEN
        {refuse("plan_parent_above", "the plan above is of an account above")}
    END IF;
    RETURN NEW;""",
    ),
]


def fixed_but(name: str, words: str, *free: str) -> list[pgtrigger.Trigger]:
    """Refuse any change to a row but of the columns named, and its removal."""
    loose = "".join(f" - '{column}'" for column in (*free, "updated_at"))
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Condition(UNLESS_REWRITING),
            func=f"""
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW){loose}) = (to_jsonb(OLD){loose}) THEN
        RETURN NEW;
    END IF;
    {refuse(name, words)}""",
        )
    ]
