"""What the database itself keeps true about tier models: whole when published, fixed after."""

import pgtrigger


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def part(name: str) -> list[pgtrigger.Trigger]:
    """Refuse any change to the criteria or tiers of a model that is no draft."""
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("parent", "text"), ("parent_id", "bigint")],
            func=f"""
    IF TG_OP = 'DELETE' THEN parent_id := OLD.model_id; ELSE parent_id := NEW.model_id; END IF;
    -- The lock keeps a publication away until this change is committed, and the reverse.
    SELECT status INTO parent FROM accounts_tiermodel WHERE id = parent_id FOR SHARE;
    IF parent <> 'draft' OR (TG_OP = 'UPDATE' AND OLD.model_id <> NEW.model_id) THEN
        {_refuse(name, "a published tier model is fixed")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
        )
    ]


_FIXED = "tier_model_fixed_once_published"
_WEIGHTS = "tier_model_weights_sum_to_something"
_COVERED = "tier_model_covers_every_score"
_ORDER = "tier_model_ranks_follow_thresholds"

MODEL = [
    pgtrigger.Trigger(
        name=_FIXED,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__status__in=["published", "retired"]),
        func=f"""
    IF TG_OP = 'DELETE' THEN
        {_refuse(_FIXED, "a published tier model stays")}
    END IF;
    IF NOT (NEW.status IN ('published', 'retired')
            AND (OLD.status = 'published' OR NEW.status = 'retired')
            AND (to_jsonb(NEW) - 'status' - 'updated_at')
                = (to_jsonb(OLD) - 'status' - 'updated_at')) THEN
        {_refuse(_FIXED, "a published tier model is fixed")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="tier_model_whole_when_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__status="published"),
        func=f"""
    IF COALESCE((SELECT sum(weight) FROM accounts_tiercriterion WHERE model_id = NEW.id), 0) <= 0
    THEN
        {_refuse(_WEIGHTS, "the weights sum to nothing")}
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts_tier WHERE model_id = NEW.id AND threshold = 0) THEN
        {_refuse(_COVERED, "scores below the lowest threshold have no tier")}
    END IF;
    IF EXISTS (SELECT 1 FROM accounts_tier a JOIN accounts_tier b USING (model_id)
               WHERE a.model_id = NEW.id AND a.rank < b.rank AND a.threshold < b.threshold) THEN
        {_refuse(_ORDER, "a higher tier begins at a lower score")}
    END IF;
    RETURN NEW;""",
    ),
]
