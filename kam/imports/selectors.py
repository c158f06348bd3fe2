"""How fresh each source's data is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from kam.core.selectors.system import Freshness
from kam.identity.models import User
from kam.imports.choices import BatchState
from kam.imports.models import DataSource


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source and how many days its data is older than expected."""

    source: DataSource
    late_by: int


def days_late(source: DataSource, as_of: date) -> int:
    """Return how many days a source's data is older than expected; without any data, since it
    was set up."""
    if source.expected_every_days is None:
        return 0
    known = source.data_as_of or source.created_at.date()
    return max((as_of - known).days - source.expected_every_days, 0)


def sources_with_imports(user: User) -> QuerySet[DataSource]:
    """Return the visible sources with `imports` (committed ones) and `last_import_id`."""
    done = Q(batches__state=BatchState.COMMITTED)
    sources: QuerySet[DataSource] = DataSource.objects.visible_to(user)
    return sources.annotate(
        imports=Count("batches", filter=done), last_import_id=Max("batches__pk", filter=done)
    )


def freshness(user: User, as_of: date) -> list[Freshness]:
    """Return until when each visible source is known to be complete, for the page about kam."""
    sources: QuerySet[DataSource] = DataSource.objects.visible_to(user)
    return [
        Freshness(str(source), source.data_as_of, is_late=days_late(source, as_of) > 0)
        for source in sources
    ]


def late_sources(user: User, as_of: date) -> list[SourceState]:
    """Return the sources whose data is late, the latest first."""
    expected = sources_with_imports(user).filter(expected_every_days__isnull=False)
    states = [SourceState(source, days_late(source, as_of)) for source in expected]
    return sorted((s for s in states if s.late_by), key=lambda s: (-s.late_by, s.source.code))
