"""Writes of plan templates, and those that a new installation begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kam.core.problems import RefusedError, explained
from plans.choices.plan import SectionKind
from plans.models import PlanTemplate, TemplateSection

K = SectionKind
HINTS: dict[str, str] = {
    K.AMBITION: gettext_noop(
        "Where we want to stand with them in three years, and why they would want it."
    ),
    K.FIGURES: gettext_noop("What the figures say; the figures themselves come by themselves."),
    K.PORTRAIT: gettext_noop(
        "What about their strategy and way of deciding matters for this plan."
    ),
    K.SWOT: gettext_noop("What is strong and weak in our position, with what shows it."),
    K.OBJECTIVES: gettext_noop(
        "Three to five objectives, each with a measure, an owner and a day."
    ),
    K.KPIS: gettext_noop("By which measures we will know; targets for the end of the period."),
    K.LEVERS: gettext_noop(
        "More shoppers, more trips, bigger baskets: what it brings them and us."
    ),
    K.SALES: gettext_noop("What we sell by category and month, and the steps of the range."),
    K.MARKETING: gettext_noop("Activities with their budget, and what they should bring."),
    K.PROGRAMME: gettext_noop(
        "What they get beyond price, and what would hold them back from leaving."
    ),
    K.RISKS: gettext_noop("What could go wrong, how likely it is, and what we do then."),
    K.NEGOTIATION: gettext_noop(
        "Issues of the next negotiation: target, acceptable, walk-away, what we trade."
    ),
}


@dataclass(frozen=True, kw_only=True)
class SectionDraft:
    """A section that a template should have."""

    kind: str
    is_required: bool = False
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class TemplateDraft:
    """What a template should say."""

    name: str
    tier_code: str = ""
    guide: str = ""
    needs_gain: bool = True
    loss_months: int | None = None
    is_active: bool = True
    sections: Sequence[SectionDraft] = ()


def _sections(required: Sequence[str], more: Sequence[str] = ()) -> tuple[SectionDraft, ...]:
    return tuple(
        SectionDraft(kind=kind, is_required=kind in required, hint=HINTS[kind])
        for kind in SectionKind.values
        if kind in required or kind in more
    )


_CORE = (K.AMBITION, K.SWOT, K.OBJECTIVES, K.KPIS, K.SALES)
DEFAULTS = (
    TemplateDraft(
        name=gettext_noop("Strategic accounts"),
        tier_code="strategic",
        loss_months=6,
        sections=_sections((*_CORE, K.LEVERS, K.RISKS, K.MARKETING), SectionKind.values),
    ),
    TemplateDraft(
        name=gettext_noop("Key accounts"),
        tier_code="key",
        loss_months=12,
        sections=_sections((*_CORE, K.RISKS), SectionKind.values),
    ),
    TemplateDraft(
        name=gettext_noop("Growth accounts"),
        tier_code="growth",
        sections=_sections(
            (K.AMBITION, K.OBJECTIVES, K.SALES),
            (K.FIGURES, K.SWOT, K.KPIS, K.LEVERS, K.MARKETING),
        ),
    ),
    TemplateDraft(
        name=gettext_noop("Short plan"),
        needs_gain=False,
        sections=_sections((K.AMBITION, K.OBJECTIVES), (K.FIGURES, K.KPIS, K.RISKS)),
    ),
)


@transaction.atomic
def ensure_default_templates() -> None:
    """Write the default templates where there is none at all."""
    if PlanTemplate.objects.exists():
        return
    for draft in DEFAULTS:
        save_template(draft=draft)


@explained()
@transaction.atomic
def save_template(*, draft: TemplateDraft, template: PlanTemplate | None = None) -> PlanTemplate:
    """Write a template down or change one; plans that were made from it keep their sections.

    Raises RefusedError without a name, without a section or with one twice, and where a template
    in use has the tier already.
    """
    _check(draft)
    row = PlanTemplate() if template is None else _locked(template)
    for name in ("tier_code", "needs_gain", "loss_months", "is_active"):
        setattr(row, name, getattr(draft, name))
    row.name, row.guide = draft.name.strip(), draft.guide.strip()
    row.save()
    _write_sections(row, draft.sections)
    return row


def _locked(template: PlanTemplate) -> PlanTemplate:
    row: PlanTemplate = PlanTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    return row


def _check(draft: TemplateDraft) -> None:
    if not draft.name.strip():
        raise RefusedError(_("A template has a name."), field="name", code="template_name")
    kinds = [one.kind for one in draft.sections]
    if not kinds:
        raise RefusedError(
            _("Choose at least one section."), field="sections", code="template_without_section"
        )
    if len(set(kinds)) < len(kinds):
        words = _("The template has this section already.")
        raise RefusedError(words, field="sections", code="template_section_once")


def _write_sections(row: PlanTemplate, drafts: Sequence[SectionDraft]) -> None:
    standing = {one.kind: one for one in row.sections.all()}
    for draft in drafts:
        section = standing.pop(draft.kind, None) or TemplateSection(template=row, kind=draft.kind)
        facts = (draft.is_required, draft.hint.strip())
        if section.pk is None or (section.is_required, section.hint) != facts:
            section.is_required, section.hint = facts
            section.save()
    for gone in standing.values():
        gone.delete()
