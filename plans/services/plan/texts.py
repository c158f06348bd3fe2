"""What a plan says: texts of its sections, strengths and weaknesses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.models import Plan, PlanSection, SwotItem
from plans.selectors.plan.hints import Hint
from plans.services.writing import written_by

TEXT, ITEM = 20_000, 500


@explained()
@transaction.atomic
def save_section(
    *,
    section: PlanSection,
    by: User,
    as_of: date,
    text: str | None = None,
    read_at: datetime | None = None,
    **facts: Any,
) -> PlanSection:
    """Write the text of a section, who keeps it, whether the customer may see it.

    It counts as looked at on that day. Raises NotDraftError once the plan is submitted, and
    StaleError where somebody else wrote it after `read_at`.
    """
    plan = written_by(section.plan, by)
    row: PlanSection = plan.sections.get(pk=section.pk)
    refuse_stale(row.updated_at, read_at)
    if text is not None:
        if len(text) > TEXT:
            raise RefusedError(_("This text is too long."), field="text", code="text_too_long")
        row.text = text.strip()
    for name in ("owner", "is_shareable"):
        if name in facts:
            setattr(row, name, facts[name])
    row.checked_on = as_of
    row.save()
    touch(plan)
    return row


@explained()
@transaction.atomic
def add_section(*, plan: Plan, kind: str, by: User) -> PlanSection:
    """Add a section that the template did not bring. Raises RefusedError for one that is there."""
    plan = written_by(plan, by)
    row = PlanSection.objects.create(plan=plan, kind=kind)
    touch(plan)
    return row


@explained()
@transaction.atomic
def remove_section(*, section: PlanSection, by: User) -> None:
    """Take an empty section out that the template does not require."""
    plan = written_by(section.plan, by)
    row: PlanSection = plan.sections.get(pk=section.pk)
    if row.is_required:
        raise RefusedError(_("The template requires this section."), code="section_required")
    if row.text:
        raise RefusedError(_("Empty its text first."), code="section_says_something")
    row.delete()
    touch(plan)


@explained()
@transaction.atomic
def add_swot_item(
    *, plan: Plan, kind: str, text: str, by: User, evidence: str = "", **origin: str
) -> SwotItem:
    """Write down a strength, weakness, opportunity or threat, below those of its kind.

    `origin` and `origin_key` say what of the system it was proposed from. Raises RefusedError
    without words, and for one that was proposed from the same before.
    """
    plan = written_by(plan, by)
    row = SwotItem(plan=plan, **origin)
    _say(row, kind, text, evidence)
    last = plan.swot_items.filter(kind=kind).order_by("-place").values_list("place", flat=True)
    row.place = (last.first() or 0) + 1
    row.save()
    touch(plan)
    return row


@explained()
@transaction.atomic
def take_hints(*, plan: Plan, hints: Iterable[Hint], by: User) -> list[SwotItem]:
    """Take proposals of the system into the SWOT, each once."""
    return [
        add_swot_item(
            plan=plan,
            kind=one.kind,
            text=one.text,
            evidence=one.evidence,
            by=by,
            origin=one.origin,
            origin_key=one.key,
        )
        for one in hints
    ]


@explained()
@transaction.atomic
def update_swot_item(
    *,
    item: SwotItem,
    kind: str,
    text: str,
    by: User,
    evidence: str = "",
    read_at: datetime | None = None,
) -> SwotItem:
    """Mend an item, or move it to another kind. Raises RefusedError without words, and StaleError
    where somebody else mended it after `read_at`."""
    plan = written_by(item.plan, by)
    row: SwotItem = plan.swot_items.get(pk=item.pk)
    refuse_stale(row.updated_at, read_at)
    _say(row, kind, text, evidence)
    row.save()
    touch(plan)
    return row


@explained()
@transaction.atomic
def remove_swot_item(*, item: SwotItem, by: User, read_at: datetime | None = None) -> None:
    """Take an item out of a draft; actions that came from it stay. Raises StaleError where
    somebody else mended it after `read_at`."""
    plan = written_by(item.plan, by)
    if (row := plan.swot_items.filter(pk=item.pk).first()) is not None:
        refuse_stale(row.updated_at, read_at)
        row.delete()
    touch(plan)


def _say(row: SwotItem, kind: str, text: str, evidence: str) -> None:
    row.kind, row.text, row.evidence = kind, text.strip(), evidence.strip()
    if not row.text:
        raise RefusedError(_("Say what it is."), field="text", code="swot_item_says_what")
    for name in ("text", "evidence"):
        if len(getattr(row, name)) > ITEM:
            raise RefusedError(_("This text is too long."), field=name, code="text_too_long")


def touch(plan: Plan) -> None:
    """Let a plan count as changed when a part of it does."""
    plan.save(update_fields=["updated_at"])
