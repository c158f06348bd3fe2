"""Everything that happened, from every app in one order: apps register sources, the page merges.

A source answers the newest events before a point, so that k sources cost a constant number of
queries a page, at any size. The order is (moment, strand, number), the newest first; a page
begins behind the last event of the one before.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from django.db.models import Model, Q, QuerySet

from kam.core.badges import State
from kam.core.formats import Text
from kam.core.registry import Registry, may
from kam.core.tables.paging import narrowed

type Subject = Literal["account", "group", "person", "all"]
type Point = tuple[datetime, str, int]

_INSTANT = timedelta(microseconds=1)
_BEGINNING, _END = date(1, 1, 2), date(9999, 12, 30)


class BadPointError(ValueError):
    """A cursor that is not one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: when, what, whose page tells more.

    `strand` is the source's key, or begins with it where a source tells several things of one
    table; `pk` is the row's id: both together name an event once. `occurred_at` is aware; what
    is known by day alone stands at the end of its day (`end_of`), with `is_day`.
    """

    strand: str
    pk: int
    occurred_at: datetime
    title: Text
    detail: Text = ""
    notes: Sequence[tuple[Text, Text]] = ()
    url: str = ""
    icon: str = "point"
    state: State = "neutral"
    kind: Text = ""
    who: Text = ""
    account: str = ""
    account_url: str = ""
    is_day: bool = False
    is_confidential: bool = False

    @property
    def point(self) -> Point:
        """Its place in the order of all events."""
        return self.occurred_at, self.strand, self.pk

    @property
    def source(self) -> str:
        """The key of the source that told it."""
        return self.strand.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page asks of a source.

    Accounts by id (None: all that the reader may see) or a person by id; `before` is the point
    behind which the page begins, None for the newest; `since` and `until` are days (half-open)
    in the organisation's time `zone`; `text` is what somebody searches, empty for everything.
    """

    account_ids: Sequence[int] | None = None
    person_id: int | None = None
    before: Point | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    limit: int = 50
    zone: tzinfo = UTC
    options: dict[str, Any] = field(default_factory=dict)

    def end_of(self, day: date) -> datetime:
        """Return the last moment of a day."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone) - _INSTANT

    def newest[M: Model](
        self,
        rows: QuerySet[M],
        strand: str,
        at: str,
        *,
        is_day: bool = False,
        pk: str = "pk",
    ) -> QuerySet[M]:
        """Return a strand's rows of the page by a column of moments, or of days, never null."""
        bound = self._days(at) if is_day else self._moments(at)
        behind = self._behind(strand, at, pk, is_day=is_day)
        return narrowed(rows.filter(bound, behind).order_by(f"-{at}", f"-{pk}"), self.limit)

    def _days(self, at: str) -> Q:
        bound = Q()
        if self.since is not None:
            bound &= Q(**{f"{at}__gte": self.since})
        if self.until is not None:
            bound &= Q(**{f"{at}__lt": self.until})
        return bound

    def _moments(self, at: str) -> Q:
        bound = Q()
        if self.since is not None:
            bound &= Q(**{f"{at}__gte": datetime.combine(self.since, time(), self.zone)})
        if self.until is not None:
            bound &= Q(**{f"{at}__lt": datetime.combine(self.until, time(), self.zone)})
        return bound

    def _behind(self, strand: str, at: str, pk: str, *, is_day: bool) -> Q:
        """The first condition is for the index, the second is exact."""
        if self.before is None:
            return Q()
        moment, last_strand, last_pk = self.before
        point: Any = moment
        if is_day:
            point = moment.astimezone(self.zone).date()
            if self.end_of(point) != moment:
                return Q(**{f"{at}__lt": point})
        if strand > last_strand:
            return Q(**{f"{at}__lt": point})
        if strand < last_strand:
            return Q(**{f"{at}__lte": point})
        exact = Q(**{f"{at}__lt": point}) | Q(**{at: point, f"{pk}__lt": last_pk})
        return Q(**{f"{at}__lte": point}) & exact


@dataclass(frozen=True, kw_only=True)
class TimelineSource:
    """An app's events: `find(user, wanted)`, scoped by the app itself, the newest first.

    At most `wanted.limit`, in a constant number of queries. `subjects` says on which pages it has
    something to tell; `searches` whether it honours `text` (others are left out of a search).
    """

    key: str
    title: Text
    find: Callable[[Any, Wanted], Iterable[Event]]
    icon: str = "point"
    capability: str = ""
    subjects: frozenset[Subject] = frozenset({"account", "group"})
    searches: bool = False
    order: int = 100


timeline_sources: Registry[TimelineSource] = Registry()


@dataclass(frozen=True, slots=True)
class Page:
    """Events, the newest first, and the cursor of what is older (None: nothing is)."""

    events: Sequence[Event]
    next: str | None


def merged(parts: Iterable[Iterable[Event]], limit: int) -> list[Event]:
    """Return the newest events of several lists, each of which holds its own newest."""
    events = [event for part in parts for event in part]
    return sorted(events, key=lambda event: event.point, reverse=True)[:limit]


def sources_for(user: Any, subject: Subject) -> list[TimelineSource]:
    """The sources that the reader may hear on a page, in order."""
    return [
        source
        for source in timeline_sources
        if subject in source.subjects and may(user, source.capability)
    ]


def read(
    user: Any,
    subject: Subject,
    wanted: Wanted,
    *,
    keys: Collection[str] = (),
) -> Page:
    """Return a page of events of the sources named (none named: of all)."""
    more = replace(wanted, limit=wanted.limit + 1)
    events = merged(
        (
            source.find(user, more)
            for source in sources_for(user, subject)
            if (not keys or source.key in keys) and (source.searches or not wanted.text)
        ),
        more.limit,
    )
    shown = events[: wanted.limit]
    return Page(shown, encode(shown[-1].point) if len(events) > wanted.limit else None)


def read_all(
    user: Any,
    subject: Subject,
    wanted: Wanted,
    *,
    keys: Collection[str] = (),
    most: int = 10_000,
) -> Iterator[Event]:
    """Yield the events of page after page, at most so many."""
    step = replace(wanted, limit=min(500, most))
    while most > 0:
        page = read(user, subject, step, keys=keys)
        yield from page.events[:most]
        most -= len(page.events)
        if page.next is None:
            return
        step = replace(step, before=decode(page.next))


def encode(point: Point) -> str:
    """Return a cursor."""
    moment, strand, pk = point
    text = json.dumps([moment.astimezone(UTC).isoformat(), strand, pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> Point:
    """Read a cursor. Raises BadPointError for anything that is not one."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        moment, strand, pk = json.loads(text)
        point = datetime.fromisoformat(moment), str(strand), pk
        day = point[0].astimezone(UTC).date()
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise BadPointError(cursor) from error
    is_number = isinstance(pk, int) and not isinstance(pk, bool) and abs(pk) < 2**63
    is_ours = is_number and point[0].tzinfo is not None and "\0" not in point[1]
    if not is_ours or not _BEGINNING <= day <= _END:
        raise BadPointError(cursor)
    return point
