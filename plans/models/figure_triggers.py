"""What the database keeps true about the figures of a plan: they lie in its period and tree."""

from __future__ import annotations

import pgtrigger

from plans.models.triggers import UNLESS_REWRITING, refuse

OF_LINE = "SELECT l.plan_id FROM plans_salesline l WHERE l.id = (its_row->>'line_id')::bigint"
OF_SCENARIO = (
    "SELECT s.plan_id FROM plans_leverscenario s WHERE s.id = (its_row->>'scenario_id')::bigint"
)


def _set(*columns: str) -> pgtrigger.Operations:
    """When a row is made, or one of these columns is."""
    changed: pgtrigger.UpdateOf = pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]
    both: pgtrigger.Operations = pgtrigger.Insert | changed
    return both


def _unless(found: str, name: str, words: str) -> str:
    return f"""
    IF NOT EXISTS ({found}) THEN
        {refuse(name, words)}
    END IF;
    RETURN NEW;"""


MONTH_IN_PERIOD = [
    pgtrigger.Trigger(
        name="sales_month_in_period",
        when=pgtrigger.Before,
        operation=_set("month"),
        func=_unless(
            "SELECT 1 FROM plans_salesline l JOIN plans_plan p ON p.id = l.plan_id"
            " WHERE l.id = NEW.line_id AND p.period"
            " && daterange(NEW.month, (NEW.month + interval '1 month')::date)",
            "sales_month_in_period",
            "the month is outside the period of the plan",
        ),
    )
]
ACTIVITY_IN_PERIOD = [
    pgtrigger.Trigger(
        name="activity_in_period",
        when=pgtrigger.Before,
        operation=_set("starts_on", "ends_on"),
        condition=pgtrigger.Condition("NEW.starts_on <= NEW.ends_on"),
        func=_unless(
            "SELECT 1 FROM plans_plan p WHERE p.id = NEW.plan_id"
            " AND p.period @> daterange(NEW.starts_on, NEW.ends_on, '[]')",
            "activity_in_period",
            "the days are outside the period of the plan",
        ),
    )
]
STEP_FITS = [
    pgtrigger.Trigger(
        name="range_step_in_period",
        when=pgtrigger.Before,
        operation=_set("due_on"),
        func=_unless(
            "SELECT 1 FROM plans_plan p WHERE p.id = NEW.plan_id"
            " AND (NEW.due_on IS NULL OR p.period @> NEW.due_on)",
            "range_step_in_period",
            "the day is outside the period of the plan",
        ),
    ),
    pgtrigger.Trigger(
        name="range_step_in_tree",
        when=pgtrigger.Before,
        operation=_set("account_id"),
        condition=pgtrigger.Condition(UNLESS_REWRITING),
        func=_unless(
            "SELECT 1 FROM plans_plan p WHERE p.id = NEW.plan_id AND (NEW.account_id IS NULL OR"
            " EXISTS (SELECT 1 FROM accounts_account a WHERE a.id = NEW.account_id"
            " AND p.account_id = ANY(a.path)))",
            "range_step_in_tree",
            "the stores are not of the account of the plan",
        ),
    ),
]
