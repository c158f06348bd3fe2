"""What the database itself keeps true about placements, their steps and store checks."""

import pgtrigger

# On while a finished check is corrected, accounts are merged or an import is undone; nothing else
# may use it.
CORRECT_SETTING = "kam.correct_checks"
_CORRECTS = f"(COALESCE(current_setting('{CORRECT_SETTING}', true), '') = 'on')"


def _refuse(words: str, constraint: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', "
        f"CONSTRAINT = '{constraint}', TABLE = TG_TABLE_NAME;"
    )


PLACEMENT = [
    # The step is what its history says: only a new row of the history moves it.
    pgtrigger.Trigger(
        name="placement_step_follows_history",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("stage", "stage_on"),  # type: ignore[no-untyped-call]
        func=f"""
    IF pg_trigger_depth() < 2 AND NOT {_CORRECTS}
       AND (NEW.stage, NEW.stage_on) IS DISTINCT FROM (OLD.stage, OLD.stage_on) THEN
        {_refuse("steps are reached by their history", "placement_step_by_history")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="placement_begins_proposed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__stage__gt=0),
        func=_refuse("steps are reached by their history", "placement_step_by_history")
        + " RETURN NEW;",
    ),
]

STEP = [
    # Forward one step at a time and in time, back any number with a reason. The lock on the
    # placement keeps two people from taking the same step.
    pgtrigger.Trigger(
        name="placement_step_in_order",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("now_at", "smallint"), ("since", "date")],
        func=f"""
    SELECT stage, stage_on INTO now_at, since FROM accounts_placement
        WHERE id = NEW.placement_id FOR NO KEY UPDATE;
    IF NEW.stage = now_at OR NEW.stage > now_at + 1 THEN
        {_refuse("steps follow one another", "placement_step_in_order")}
    END IF;
    IF NEW.stage < now_at AND NEW.evidence = '' THEN
        {_refuse("a step back says why", "placement_step_back_has_evidence")}
    END IF;
    IF NEW.reached_on < since THEN
        {_refuse("a step before the one before", "placement_step_in_time")}
    END IF;
    UPDATE accounts_placement SET stage = NEW.stage, stage_on = NEW.reached_on,
        updated_at = now() WHERE id = NEW.placement_id;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="placement_step_append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF NOT {_CORRECTS} THEN
        {_refuse("steps are append-only", "placement_step_append_only")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    ),
]

CHECK = [
    pgtrigger.Trigger(
        name="store_check_fixed_once_finished",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__state="finished"),
        func=f"""
    IF NOT {_CORRECTS} THEN
        {_refuse("a finished check is fixed", "store_check_fixed_once_finished")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    ),
]

LINE = [
    pgtrigger.Trigger(
        name="store_check_line_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("state_now", "text"), ("parent", "bigint")],
        func=f"""
    IF TG_OP = 'DELETE' THEN parent := OLD.check_of_id; ELSE parent := NEW.check_of_id; END IF;
    -- The lock keeps the finishing away until this change is committed, and the reverse.
    SELECT state INTO state_now FROM accounts_storecheck WHERE id = parent FOR SHARE;
    IF state_now = 'finished' AND NOT {_CORRECTS} THEN
        {_refuse("a finished check is fixed", "store_check_fixed_once_finished")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
    ),
]

CORRECTION = [
    pgtrigger.Protect(name="store_check_correction_append_only", operation=pgtrigger.Update),
]
