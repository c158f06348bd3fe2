"""What every plan needs before it is approved, whatever its topics: rules for `submit_rules`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kam.core import formats
from kam.core.dates import add_months
from kam.core.problems import Blocker, Caution
from plans.analytics.completeness import FRESH_MONTHS
from plans.choices.plan import SectionKind
from plans.choices.work import ActionState
from plans.models import Initiative, KpiTarget, Objective, Plan
from plans.models.loss import LossScenario
from plans.selectors.metrics.registry import metrics
from plans.selectors.plan.document import document_of
from plans.selectors.submitting import Problem, SubmitRule, submit_rules

NAMED = 3
"""Rows that a problem names; it counts the rest."""


# The header


def _sponsor(plan: Plan, _as_of: date) -> Iterator[Problem]:
    if plan.sponsor_id is None:
        yield Blocker(_("Name a sponsor."), "plan_sponsor_missing", "sponsor")


def _review(plan: Plan, as_of: date) -> Iterator[Problem]:
    if plan.review_on is None:
        yield Blocker(_("Say when the plan is reviewed."), "plan_review_missing", "review_on")
    elif plan.review_on < as_of:
        words = _("The day of the review, %(day)s, is past.")
        found = words % {"day": formats.date(plan.review_on)}
        yield Blocker(found, "plan_review_past", "review_on")


# Sections


def _sections(plan: Plan, as_of: date) -> Iterator[Problem]:
    """Required sections that are empty; those that are stale, or that nobody keeps."""
    document = document_of(plan, as_of=as_of)
    names = {one.kind: str(one.row.get_kind_display()) for one in document.sections}
    for one in document.sections:
        is_empty = not (one.is_filled or one.is_live)
        # Without an objective that section is empty: the rule for objectives says so.
        if one.row.is_required and is_empty and one.kind != SectionKind.OBJECTIVES:
            words = _("Section “%(section)s” is empty, and this plan needs it.")
            found = words % {"section": names[one.kind]}
            yield Blocker(found, "plan_section_empty", one.kind)
    lacks = document.completeness.lacks
    if stale := [names[kind] for kind, lack in lacks if lack == "stale"]:
        words = _("Nobody looked at these sections for %(n)s months: %(names)s.")
        listed = {"n": FRESH_MONTHS, "names": ", ".join(stale)}
        yield Caution(words % listed, "plan_section_stale")
    if alone := [names[kind] for kind, lack in lacks if lack == "ownerless"]:
        words = _("Nobody keeps these sections fresh: %(names)s.")
        yield Caution(words % {"names": ", ".join(alone)}, "plan_section_ownerless")


# Objectives, actions, targets


def _no_objective(plan: Plan, _as_of: date) -> Iterator[Problem]:
    if not plan.objectives.exists():
        yield Blocker(
            _("The plan has no objective."), "plan_without_objective", SectionKind.OBJECTIVES
        )


def _unmeasured(plan: Plan, _as_of: date) -> Iterator[Problem]:
    targets = KpiTarget.objects.filter(objective=OuterRef("pk"))
    rows = Objective.objects.filter(~Exists(targets), plan=plan, measure="")
    names = list(rows.values_list("title", flat=True))
    if names:
        words = ngettext(
            "%(n)s objective says nothing on how one sees it: %(names)s.",
            "%(n)s objectives say nothing on how one sees them: %(names)s.",
            len(names),
        )
        yield _of_work(words, names, "plan_objective_unmeasured")


def _ownerless_actions(plan: Plan, _as_of: date) -> Iterator[Problem]:
    rows = plan.actions.filter(owner__isnull=True, state=ActionState.OPEN)
    names = list(rows.values_list("title", flat=True))
    if names:
        words = ngettext(
            "%(n)s action has no owner: %(names)s.",
            "%(n)s actions have no owner: %(names)s.",
            len(names),
        )
        yield _of_work(words, names, "plan_action_ownerless")


def _outside(plan: Plan, _as_of: date) -> Iterator[Problem]:
    """Dates of objectives, initiatives and open actions before or after the plan's period."""
    first, after = plan.period.lower, plan.period.upper
    outside = Q(due_on__lt=first) | Q(due_on__gte=after)
    initiatives = Initiative.objects.filter(objective__plan=plan)
    names = [
        *plan.objectives.filter(outside).values_list("title", flat=True),
        *initiatives.filter(outside).values_list("title", flat=True),
        *plan.actions.filter(outside, state=ActionState.OPEN).values_list("title", flat=True),
    ]
    if names:
        words = ngettext(
            "%(n)s date is outside the plan's period: %(names)s.",
            "%(n)s dates are outside the plan's period: %(names)s.",
            len(names),
        )
        yield _of_work(words, names, "plan_date_outside")


def _gain(plan: Plan, _as_of: date) -> Iterator[Problem]:
    if plan.template.needs_gain and not plan.objectives.filter(gain__gt=0).exists():
        words = _("No objective says in figures what the customer gains.")
        yield Blocker(words, "plan_gain_missing", SectionKind.OBJECTIVES)


def _baselines(plan: Plan, _as_of: date) -> Iterator[Problem]:
    # What adds up over the period begins at zero: it needs no baseline, and has none.
    growing = [one.key for one in metrics if one.grows]
    rows = plan.kpis.filter(baseline__isnull=True).exclude(metric__in=growing)
    names = list(rows.values_list("title", flat=True))
    if names:
        words = ngettext(
            "%(n)s target has no baseline: %(names)s.",
            "%(n)s targets have no baseline: %(names)s.",
            len(names),
        )
        yield Caution(words % _named(names), "plan_kpi_without_baseline")


def _of_work(words: str, names: list[str], code: str) -> Blocker:
    return Blocker(words % _named(names), code, SectionKind.OBJECTIVES)


def _named(names: list[str]) -> dict[str, str]:
    more = f" (+{len(names) - NAMED})" if len(names) > NAMED else ""
    listed = ", ".join(f"“{one}”" for one in names[:NAMED])
    return {"n": formats.number(len(names)), "names": f"{listed}{more}"}


# Loss


def _loss(plan: Plan, as_of: date) -> Iterator[Problem]:
    months = plan.template.loss_months
    if months is None:
        return
    since = add_months(as_of, -months)
    # One that was never run says nothing yet, whatever day was typed for it.
    rows = LossScenario.objects.filter(
        plan=plan, archived_at__isnull=True, results__as_of__gte=since
    )
    if not rows.exists():
        words = ngettext(
            "No loss scenario younger than %(n)s month is attached to this plan.",
            "No loss scenario younger than %(n)s months is attached to this plan.",
            months,
        )
        yield Blocker(words % {"n": months}, "plan_loss_missing", SectionKind.RISKS)


RULES = (
    SubmitRule(key="sponsor", find=_sponsor, order=10),
    SubmitRule(key="review", find=_review, order=11),
    SubmitRule(key="sections", find=_sections, order=20),
    SubmitRule(key="no_objective", find=_no_objective, order=30),
    SubmitRule(key="unmeasured", find=_unmeasured, order=31),
    SubmitRule(key="ownerless_actions", find=_ownerless_actions, order=32),
    SubmitRule(key="dates_outside", find=_outside, order=33),
    SubmitRule(key="gain", find=_gain, order=34),
    SubmitRule(key="loss", find=_loss, order=40),
    SubmitRule(key="baselines", find=_baselines, order=82),
)


def register() -> None:
    """Register the rules."""
    submit_rules.register(*RULES)
