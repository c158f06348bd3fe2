"""A plan as a document: its sections in order, what each says, and how complete it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateTimeField, Max, OuterRef, Subquery, Value

from kam.core.clock import zone_named, zone_subquery
from plans.analytics.completeness import Completeness, SectionFacts, completeness
from plans.models import Plan, PlanSection
from plans.selectors.plan.order import place_of
from plans.selectors.sections import SectionSource, section_sources


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section of the document. `source` is what a topic brings to it; `hint` what belongs here;
    `seen_on` the last day on which somebody wrote in it or looked at it."""

    row: PlanSection
    source: SectionSource | None
    hint: str
    is_filled: bool
    seen_on: date | None

    @property
    def kind(self) -> str:
        """Which section."""
        return self.row.kind

    @property
    def is_live(self) -> bool:
        """Whether the system fills it."""
        return bool(self.source and self.source.is_live)


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """All sections of a plan on a day."""

    plan: Plan
    as_of: date
    sections: Sequence[SectionLine]

    @property
    def completeness(self) -> Completeness:
        """Filled, fresh and owned sections."""
        return completeness([facts_of(self.plan, one) for one in self.sections], as_of=self.as_of)


def facts_of(plan: Plan, line: SectionLine) -> SectionFacts:
    """Return a section as the mathematics needs it; its owner is the plan's where none is named."""
    keeper = line.row.owner or plan.owner
    return SectionFacts(
        kind=line.kind,
        is_required=line.row.is_required,
        is_filled=line.is_filled,
        seen_on=line.seen_on,
        is_owned=keeper.is_active,
        is_live=line.is_live,
    )


def document_of(plan: Plan, *, as_of: date) -> PlanDocument:
    """Return the sections of a plan in the order of the document, in four statements."""
    rows = sorted(plan.sections.select_related("owner"), key=lambda one: place_of(one.kind))
    hints = {one.kind: one.words for one in plan.template.sections.all()}
    written = last_written(plan)
    return PlanDocument(plan, as_of, [_line(row, hints, written) for row in rows])


def _line(
    row: PlanSection, hints: Mapping[str, str], written: Mapping[str, date | None]
) -> SectionLine:
    filled_on = written.get(row.kind)
    days = [day for day in (row.checked_on, filled_on) if day]
    return SectionLine(
        row=row,
        source=section_sources.get(row.kind),
        hint=hints.get(row.kind, ""),
        is_filled=bool(row.text) or filled_on is not None,
        seen_on=max(days, default=None),
    )


def last_written(plan: Plan) -> dict[str, date | None]:
    """Return on which day the rows that fill a section were last written, by section, in one
    statement; None where there are none."""
    parts = {one.key: one.part for one in section_sources if one.part}
    if not parts:
        return {}
    latest = {f"_{kind}": Subquery(_latest(part)) for kind, part in parts.items()}
    rows = Plan.objects.filter(pk=plan.pk).annotate(**latest)
    found = rows.values_list(*latest, zone_subquery()).get()
    zone = zone_named(found[-1])
    days = [at and at.astimezone(zone).date() for at in found[:-1]]
    return dict(zip(parts, days, strict=True))


def _latest(part: str) -> Any:
    relation: Any = Plan._meta.get_field(part)
    model = relation.related_model
    rows = model._default_manager.filter(**{relation.remote_field.name: OuterRef("pk")})
    grouped = rows.order_by().annotate(_one=Value(1)).values("_one")
    return grouped.annotate(_last=Max("updated_at", output_field=DateTimeField())).values("_last")
