"""What the database itself keeps true about rebates: what was accrued or settled stays."""

import pgtrigger


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Refuse changes and removals."""
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=_refuse(name, "figures of rebates are append-only"),
        )
    ]


# A run forgets the job that did it when old jobs are forgotten, and nothing else.
RUN = [
    pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'job_id') <> (to_jsonb(OLD) - 'job_id') THEN
        {_refuse("rebate_run_append_only", "a run stays as it was")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name="goes_forward",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
    IF EXISTS (SELECT 1 FROM settlements_rebaterun r WHERE r.through > NEW.through) THEN
        {_refuse("rebate_run_goes_forward", "a run goes on from the last one")}
    END IF;
    RETURN NEW;""",
    ),
]

_OPEN = "rebate_accrual_before_settlement"
ACCRUAL = [
    *append_only("rebate_accrual_append_only"),
    pgtrigger.Trigger(
        name="of_a_rebate_not_settled",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="made"),  # type: ignore[no-untyped-call]
        func=f"""
    IF EXISTS (SELECT 1 FROM made JOIN settlements_rebatesettlement s
               ON s.condition_id = made.condition_id AND s.period && made.period) THEN
        {_refuse(_OPEN, "a period that is settled accrues nothing more")}
    END IF;
    IF EXISTS (SELECT 1 FROM made JOIN settlements_tradecondition c ON c.id = made.condition_id
               JOIN settlements_agreementversion v ON v.id = c.version_id
               WHERE c.kind <> 'rebate' OR v.state IN ('draft', 'in_approval')) THEN
        {_refuse("rebate_accrual_of_an_approved_rebate", "only an approved rebate accrues")}
    END IF;
    RETURN NULL;""",
    ),
]
