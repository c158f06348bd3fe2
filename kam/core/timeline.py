"""Everything that happened, from every app in one order: apps register sources, the page merges.

A source answers the newest events before a point, so that k sources cost k queries a page, at
any size. Pages hold by keyset: the next one begins before the last (occurred_at, source, id).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from kam.core.badges import State
from kam.core.formats import Text
from kam.core.registry import Registry

type Subject = Literal["account", "group", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: when, what, whose page tells more.

    `occurred_at` is aware; what is known by day alone stands at the end of its day in the
    organisation's time zone, with `is_day`. `pk` is the row's id in its source.
    """

    source: str
    pk: int
    occurred_at: datetime
    title: Text
    detail: Text = ""
    url: str = ""
    icon: str = "point"
    state: State = "neutral"
    who: str = ""
    account: str = ""
    is_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page asks of a source.

    Accounts (by id; of a group all below it) or a person (by id); `before` is the point where the
    page begins, as (moment, source key, id), or None for the newest; `since` and `until` are days
    (half-open); `text` is what somebody searches, empty for everything.
    """

    account_ids: Sequence[int] = ()
    person_id: int | None = None
    before: tuple[datetime, str, int] | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    limit: int = 50
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TimelineSource:
    """An app's events: `find(user, wanted)`, scoped by the app itself, the newest first.

    `subjects` says on which pages it has something to tell; `searches` whether it honours `text`
    (others are left out of a search).
    """

    key: str
    title: Text
    find: Callable[[Any, Wanted], Sequence[Event]]
    icon: str = "point"
    capability: str = ""
    subjects: frozenset[Subject] = frozenset({"account", "group"})
    searches: bool = False
    order: int = 100


timeline_sources: Registry[TimelineSource] = Registry()
