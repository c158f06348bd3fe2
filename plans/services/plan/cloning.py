"""A plan for the next period out of one that stands: only what is chosen goes along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kam.core.dates import ONE_DAY, add_months, months_between
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from plans.choices.plan import Origin
from plans.choices.work import ActionState
from plans.models import Initiative, Objective, Plan, PlanAction, PlanMember, SwotItem
from plans.selectors.plan.proposals import template_for
from plans.services.plan.making import PlanDraft, make_plan, may_own
from plans.services.writing import written_by


@dataclass(frozen=True, slots=True)
class _Shift:
    """From one period to another: by whole months where both begin on the same day of a month."""

    before: DateRange
    after: DateRange

    def moved(self, day: date | None) -> date | None:
        """A day in the other period; what would lie outside it is its first or last day."""
        if day is None:
            return None
        old: date = self.before.lower
        new: date = self.after.lower
        last: date = self.after.upper - ONE_DAY
        is_even = old.day == new.day
        there = add_months(day, months_between(old, new)) if is_even else day + (new - old)
        return min(max(there, new), last)


@explained()
@transaction.atomic
def clone_plan(
    *,
    plan: Plan,
    title: str,
    period: DateRange,
    by: User,
    objectives: Iterable[Objective] = (),
    with_texts: bool = False,
    with_swot: bool = False,
) -> Plan:
    """Make a draft for another period with the same template, owner, sponsor and readers.

    For a template out of use that of the account's tier is taken, for an owner who left or may
    not write plans any more the account's lead, else who asks; a sponsor who left is left out.
    Who is named goes along where their own period reaches into the new one. Objectives go along one
    by one, with initiatives and open actions, days moved as far as the period and kept within it;
    progress, targets, figures and what was done stay behind. Texts and strengths go where asked
    for; a text counts as not looked at. Raises what `make_plan` does, and RefusedError for
    an objective of another plan.
    """
    chosen = list(objectives)
    if any(one.plan_id != plan.pk for one in chosen):
        words = _("This objective is of another plan.")
        raise RefusedError(words, field="objectives", code="objective_of_another")
    row = make_plan(draft=_draft(plan, title, period, by), by=by)
    row = written_by(row, by)
    _copy_members(plan, row)
    shift = _Shift(plan.period, row.period)
    if with_texts:
        _copy_texts(plan, row)
    if with_swot:
        _copy_swot(plan, row)
    for one in chosen:
        _copy_objective(one, row, shift)
    return row


def _draft(plan: Plan, title: str, period: DateRange, by: User) -> PlanDraft:
    template, sponsor, lead = plan.template, plan.sponsor, plan.account.current_lead
    if not template.is_active and period.lower is not None:
        template = template_for(plan.account, as_of=period.lower) or template
    owners = [one for one in (plan.owner, lead) if one is not None and may_own(one)]
    return PlanDraft(
        account=plan.account,
        template=template,
        title=title,
        period=period,
        currency=plan.currency,
        owner=owners[0] if owners else by,
        sponsor=sponsor if sponsor is not None and sponsor.is_active else None,
        confidentiality=plan.confidentiality,
    )


def _copy_members(plan: Plan, row: Plan) -> None:
    PlanMember.objects.bulk_create(
        PlanMember(plan=row, user_id=one.user_id, role=one.role, valid=one.valid)
        for one in plan.members.filter(valid__overlap=row.period, user__is_active=True)
    )


def _copy_texts(plan: Plan, row: Plan) -> None:
    standing = {one.kind: one for one in row.sections.all()}
    for old in plan.sections.exclude(text=""):
        new = standing.get(old.kind)
        if new is not None:
            new.text, new.owner, new.is_shareable = old.text, old.owner, old.is_shareable
            new.save()


def _copy_swot(plan: Plan, row: Plan) -> None:
    SwotItem.objects.bulk_create(
        SwotItem(
            plan=row,
            kind=one.kind,
            text=one.text,
            evidence=one.evidence,
            place=one.place,
            origin=one.origin,
            origin_key=one.origin_key,
        )
        for one in plan.swot_items.all()
    )


def _copy_objective(old: Objective, row: Plan, shift: _Shift) -> None:
    new = Objective.objects.create(
        plan=row,
        title=old.title,
        measure=old.measure,
        gain=old.gain,
        gain_note=old.gain_note,
        owner=old.owner,
        due_on=shift.moved(old.due_on),
        weight=old.weight,
        is_shareable=old.is_shareable,
        place=old.place,
        cloned_from=old,
    )
    for bundle in old.initiatives.prefetch_related("actions"):
        _copy_initiative(bundle, new, shift)


def _copy_initiative(old: Initiative, objective: Objective, shift: _Shift) -> None:
    new = Initiative.objects.create(
        objective=objective,
        title=old.title,
        note=old.note,
        owner=old.owner,
        starts_on=shift.moved(old.starts_on),
        due_on=shift.moved(old.due_on),
        weight=old.weight,
        is_shareable=old.is_shareable,
        place=old.place,
    )
    _copy_actions([one for one in old.actions.all() if one.state == ActionState.OPEN], new, shift)


def _copy_actions(rows: Sequence[PlanAction], bundle: Initiative, shift: _Shift) -> None:
    PlanAction.objects.bulk_create(
        PlanAction(
            plan=bundle.objective.plan,
            initiative=bundle,
            title=one.title,
            note=one.note,
            owner=one.owner,
            due_on=shift.moved(one.due_on),
            weight=one.weight,
            origin=Origin.CLONE,
            is_shareable=one.is_shareable,
        )
        for one in rows
    )
