"""What to do next: each app finds what waits for a user, My day shows it in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kam.core.badges import State
from kam.core.formats import Text
from kam.core.registry import Registry, may


@dataclass(frozen=True, kw_only=True)
class Todo:
    """One thing that waits: what it is, why, and the page where it is mended.

    `urgency` puts the line in its place: 0 is overdue, 1 today, 2 this week. `icon` is an icon's
    name; `action` is the verb on its link.
    """

    title: Text
    url: str
    detail: Text = ""
    action: Text = ""
    state: State = "info"
    icon: str = "point"
    urgency: int = 1


@dataclass(frozen=True, kw_only=True)
class TodoProvider:
    """An app's finder: `find(user, as_of)`, scoped by the app itself, a handful of lines."""

    key: str
    find: Callable[[Any, date], Iterable[Todo]]
    capability: str = ""
    order: int = 100


todo_providers: Registry[TodoProvider] = Registry()


def todos_for(user: Any, as_of: date) -> list[Todo]:
    """Everything that waits for the user, the most urgent first."""
    found = [
        todo
        for provider in todo_providers
        if may(user, provider.capability)
        for todo in provider.find(user, as_of)
    ]
    return sorted(found, key=lambda todo: todo.urgency)
