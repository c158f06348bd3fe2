"""Answers at the top of an account's page: each app answers its own questions about an account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kam.core.badges import STATE_ICONS, State
from kam.core.formats import Text
from kam.core.registry import Registry, may


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A short answer: `value` is what stands large ("–" where nothing is known), `detail` why.

    `url` leads to what is behind it: a page, or `#panel-…` on the same page.
    """

    value: Text
    detail: Text = ""
    state: State = "neutral"
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question about an account, answered by `find(user, account, as_of)` in one or two
    statements at any size; None leaves the question out."""

    key: str
    title: Text
    find: Callable[[Any, Any, date], Answer | None]
    capability: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One risk, or one open action: the more urgent first (0 is now)."""

    title: Text
    detail: Text = ""
    url: str = ""
    state: State = "info"
    urgency: int = 1

    @property
    def icon(self) -> str:
        """The sign of its state."""
        return STATE_ICONS[self.state]


@dataclass(frozen=True, kw_only=True)
class LineProvider:
    """An app's finder of risks or of open actions of an account, a handful of lines."""

    key: str
    what: Literal["risk", "action"]
    find: Callable[[Any, Any, date], Iterable[Line]]
    capability: str = ""
    order: int = 100


questions: Registry[Question] = Registry()
line_providers: Registry[LineProvider] = Registry()


def answers_for(user: Any, account: Any, as_of: date) -> list[tuple[Question, Answer]]:
    """The answers that the user may see, in order."""
    found = [
        (one, one.find(user, account, as_of)) for one in questions if may(user, one.capability)
    ]
    return [(question, answer) for question, answer in found if answer is not None]


def lines_for(user: Any, account: Any, as_of: date, what: str, limit: int = 5) -> list[Line]:
    """The most urgent risks or open actions that the user may see."""
    found = [
        line
        for one in line_providers
        if one.what == what and may(user, one.capability)
        for line in one.find(user, account, as_of)
    ]
    return sorted(found, key=lambda line: line.urgency)[:limit]
