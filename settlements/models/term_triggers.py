"""What the database itself keeps true about agreements: whole when approved, fixed after."""

import pgtrigger

OPEN = "('draft', 'in_approval')"


def _refuse(name: str, words: str) -> str:
    return (
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',"
        " TABLE = TG_TABLE_NAME;"
    )


def _guard(name: str, find_version: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("its_state", "text"), ("its_row", "jsonb")],
            func=f"""
    IF TG_OP = 'DELETE' THEN its_row := to_jsonb(OLD); ELSE its_row := to_jsonb(NEW); END IF;
    -- The lock keeps an approval away until this change is committed, and the reverse.
    SELECT v.state INTO its_state FROM settlements_agreementversion v
    WHERE v.id = ({find_version}) FOR SHARE;
    IF its_state <> 'draft' THEN
        {_refuse(name, "a version of an agreement that is no draft is fixed")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;""",
        )
    ]


def part(name: str, *, parent: str = "", key: str = "version_id") -> list[pgtrigger.Trigger]:
    """Refuse any change to a part of a version that is no draft, and moving a part elsewhere."""
    own = f"(its_row->>'{key}')::bigint"
    find = f"SELECT p.version_id FROM {parent} p WHERE p.id = {own}" if parent else own
    return [*_guard(name, find), *_stays(f"{name}_stays", key)]


def operation(name: str) -> list[pgtrigger.Trigger]:
    """The same for a step of a payment term."""
    find = (
        "SELECT t.version_id FROM settlements_paymentline l"
        " JOIN settlements_settlementterm t ON t.id = l.term_id"
        " WHERE l.id = (its_row->>'line_id')::bigint"
    )
    return [*_guard(name, find), *_stays(f"{name}_stays", "line_id")]


def _stays(name: str, key: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"OLD.{key} IS DISTINCT FROM NEW.{key}"),
            func=_refuse(name, "a part of an agreement stays where it is"),
        )
    ]


def _same_version(name: str, column: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            condition=pgtrigger.Condition(f"NEW.{column} IS NOT NULL"),
            func=f"""
    IF NOT EXISTS (SELECT 1 FROM settlements_rateschedule s
                   WHERE s.id = NEW.{column} AND s.version_id = NEW.version_id) THEN
        {_refuse(name, "bands belong to the version that uses them")}
    END IF;
    RETURN NEW;""",
        )
    ]


SAME_VERSION_TERM = _same_version("settlement_term_own_bands", "deduction_schedule_id")
SAME_VERSION_CONDITION = _same_version("condition_own_bands", "schedule_id")

AGREEMENT = [
    pgtrigger.Trigger(
        name="agreement_fixed_once_approved",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.selling_company_id <> NEW.selling_company_id"
            " OR OLD.currency_id <> NEW.currency_id OR OLD.number <> NEW.number"
        ),
        func=f"""
    IF EXISTS (SELECT 1 FROM settlements_agreementversion v
               WHERE v.agreement_id = OLD.id AND v.state NOT IN {OPEN}) THEN
        {_refuse("agreement_fixed_once_approved", "an approved agreement keeps its number")}
    END IF;
    RETURN NEW;""",
    ),
]

_FIXED = "agreement_version_fixed"
_WHOLE = "agreement_version_whole"
_MAY_CHANGE = "'state', 'valid', 'updated_at', 'ended_by_id', 'ended_at', 'end_reason'"

VERSION = [
    pgtrigger.Trigger(
        name="agreement_version_begins_as_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__state__df="draft"),
        func=_refuse("agreement_version_goes_its_way", "a version begins as a draft"),
    ),
    pgtrigger.Trigger(
        name="agreement_version_goes_its_way",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state <> NEW.state"),
        func=f"""
    IF NOT (OLD.state, NEW.state) IN (('draft', 'in_approval'), ('in_approval', 'draft'),
        ('in_approval', 'active'), ('active', 'superseded'), ('active', 'terminated')) THEN
        {_refuse("agreement_version_goes_its_way", "a version does not go this way")}
    END IF;
    IF NEW.state = 'active' AND NEW.approved_by_id = ANY(NEW.writer_ids) THEN
        {_refuse("agreement_approved_by_another", "nobody approves what they wrote")}
    END IF;
    IF NEW.state = 'terminated' AND (NEW.ended_by_id IS NULL OR NEW.end_reason = '') THEN
        {_refuse("agreement_end_has_a_reason", "say who ends an agreement, and why")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name=_WHOLE,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state = 'draft' AND NEW.state = 'in_approval'"),
        func=f"""
    IF NOT EXISTS (SELECT 1 FROM settlements_settlementterm t WHERE t.version_id = NEW.id) THEN
        {_refuse(_WHOLE, "a version without a term says nothing")}
    END IF;
    IF EXISTS (SELECT 1 FROM settlements_settlementterm t WHERE t.version_id = NEW.id
               AND t.settlement_basis <> 'fixed_rent' AND COALESCE((
                   SELECT l.kind FROM settlements_paymentline l WHERE l.term_id = t.id
                   ORDER BY l.sequence DESC LIMIT 1), '') <> 'remainder') THEN
        {_refuse("agreement_version_payment_whole", "the last instalment is what remains")}
    END IF;
    IF EXISTS (SELECT 1 FROM settlements_rateschedule s WHERE s.version_id = NEW.id
               AND (SELECT range_agg(b.band) FROM settlements_rateband b WHERE b.schedule_id = s.id)
                   IS DISTINCT FROM '{{[0,)}}'::nummultirange) THEN
        {_refuse("agreement_version_bands_whole", "bands cover every amount from zero on")}
    END IF;
    RETURN NEW;""",
    ),
    pgtrigger.Trigger(
        name=_FIXED,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.state <> 'draft'"),
        func=f"""
    IF TG_OP = 'DELETE' THEN
        {_refuse(_FIXED, "a version that was submitted stays")}
    END IF;
    IF OLD.state = 'in_approval' THEN
        IF (to_jsonb(NEW) - ARRAY['state', 'approved_by_id', 'approved_at', 'decision_note',
                                  'submitted_by_id', 'submitted_at', 'updated_at'])
            <> (to_jsonb(OLD) - ARRAY['state', 'approved_by_id', 'approved_at', 'decision_note',
                                      'submitted_by_id', 'submitted_at', 'updated_at']) THEN
            {_refuse(_FIXED, "what waits for approval does not change")}
        END IF;
    ELSIF (to_jsonb(NEW) - ARRAY[{_MAY_CHANGE}]) <> (to_jsonb(OLD) - ARRAY[{_MAY_CHANGE}])
        OR lower(NEW.valid) <> lower(OLD.valid)
        OR NOT (NEW.valid <@ OLD.valid OR OLD.renewal = 'silent') THEN
        {_refuse(_FIXED, "an approved version may only end earlier or go on")}
    END IF;
    RETURN NEW;""",
    ),
]
