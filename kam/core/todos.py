"""My day: each app finds what waits for a user and whom they meet; one page shows it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kam.core.badges import State
from kam.core.formats import Text
from kam.core.registry import Registry, may


@dataclass(frozen=True, kw_only=True)
class Todo:
    """One thing that waits: what it is, why, and the page where it is mended.

    `urgency` puts the line in its place: 0 is overdue, 1 today, 2 this week. `icon` is an icon's
    name; `action` is the verb on its link. `key` names the thing for as long as it waits (such as
    `followup-12`), so that putting it off holds; without one its address does. `finish_url` is
    posted to by one tap, with `finish_fields` as its form, and answers with a redirect to
    `safe_next(request, …)`; `finish` is the verb on it.
    """

    title: Text
    url: str
    key: str = ""
    detail: Text = ""
    action: Text = ""
    finish_url: str = ""
    finish: Text = ""
    finish_fields: tuple[tuple[str, str], ...] = ()
    state: State = "info"
    icon: str = "point"
    urgency: int = 1

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", self.url)


@dataclass(frozen=True, kw_only=True)
class TodoProvider:
    """An app's finder: `find(user, as_of)`, scoped by the app itself, a handful of lines."""

    key: str
    find: Callable[[Any, date], Iterable[Todo]]
    capability: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting of a day, in the organisation's time zone; `prepare_url` is its one-page brief.

    `ends_at` may be unknown; `all_day` shows no hours.
    """

    starts_at: datetime
    title: Text
    url: str
    ends_at: datetime | None = None
    where: Text = ""
    prepare_url: str = ""
    all_day: bool = False


@dataclass(frozen=True, kw_only=True)
class MeetingProvider:
    """An app's finder of one's own meetings: `find(user, day)`, scoped by the app itself."""

    key: str
    find: Callable[[Any, date], Iterable[Meeting]]
    capability: str = ""
    order: int = 100


todo_providers: Registry[TodoProvider] = Registry()
meetings: Registry[MeetingProvider] = Registry()


def todos_for(user: Any, as_of: date) -> list[Todo]:
    """Everything that waits for the user, the most urgent first."""
    found = [
        todo
        for provider in todo_providers
        if may(user, provider.capability)
        for todo in provider.find(user, as_of)
    ]
    return sorted(found, key=lambda todo: todo.urgency)


def meetings_for(user: Any, day: date) -> Sequence[Meeting]:
    """The meetings of a day from all apps in order of time, those of the whole day first."""
    found = [
        meeting
        for provider in meetings
        if may(user, provider.capability)
        for meeting in provider.find(user, day)
    ]
    return sorted(found, key=lambda meeting: (not meeting.all_day, meeting.starts_at))
