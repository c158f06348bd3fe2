"""What the database keeps true about loss scenarios: shares, results that stay, attachments."""

from __future__ import annotations

import pgtrigger

from plans.models.triggers import UNLESS_REWRITING, refuse

ATTACHABLE = "('draft', 'approved', 'active')"

SCENARIO = [
    pgtrigger.Trigger(
        name="loss_scenario_runs_off",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
    -- What is gone stays gone: shares from 0 to 1 that never fall.
    IF EXISTS (
        SELECT 1 FROM unnest(NEW.run_off) WITH ORDINALITY AS r(share, place)
        WHERE r.share IS NULL OR r.share NOT BETWEEN 0 AND 1
           OR r.share < NEW.run_off[r.place - 1]
    ) THEN
        {refuse("loss_scenario_runs_off", "shares of a run-off lie from 0 to 1 and never fall")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="loss_scenario_attached_to_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition(UNLESS_REWRITING),
        func=f"""
    IF EXISTS (
        SELECT 1 FROM plans_plan p
        WHERE p.id IN (NEW.plan_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.plan_id END)
          AND p.state NOT IN {ATTACHABLE}
          AND (TG_OP = 'INSERT' OR OLD.plan_id IS DISTINCT FROM NEW.plan_id)
    ) THEN
        {refuse("loss_scenario_attached_to_open", "a plan in review or closed keeps its scenarios")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="loss_scenario_attached_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition(f"OLD.plan_id IS NOT NULL AND {UNLESS_REWRITING}"),
        func=refuse(
            "loss_scenario_attached_stays", "a scenario of a plan is archived, not deleted"
        ),
    ),
]

RESULT = [
    pgtrigger.Trigger(
        name="loss_result_is_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        # The job that computed it may be forgotten.
        condition=pgtrigger.Condition(
            "((to_jsonb(OLD) - 'job_id') IS DISTINCT FROM (to_jsonb(NEW) - 'job_id')"
            f" AND {UNLESS_REWRITING})"
        ),
        func=refuse("loss_result_is_frozen", "a result never changes: run the scenario again"),
    ),
    pgtrigger.Trigger(
        name="loss_result_of_a_plan_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition(UNLESS_REWRITING),
        func=f"""
    IF EXISTS (
        SELECT 1 FROM plans_lossscenario s WHERE s.id = OLD.scenario_id AND s.plan_id IS NOT NULL
    ) THEN
        {refuse("loss_result_of_a_plan_stays", "results of a scenario of a plan stay")}
    END IF;
    RETURN OLD;""",
    ),
]
