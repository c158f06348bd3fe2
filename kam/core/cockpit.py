"""Answers at the top of an account's page: each app answers its own questions about an account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kam.core.badges import STATE_ICONS, State
from kam.core.formats import Text
from kam.core.registry import Registry, may

type Part = Literal["business", "people"]


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
class Answer:
    """A short answer: `value` is what stands large ("–" where nothing is known), `detail` why.

    `url` leads to what is behind it: a page, or `#panel-…` on the same page. `risks` are those
    that the same figures tell, so that nothing is asked twice.
    """

    value: Text
    detail: Text = ""
    state: State = "neutral"
    url: str = ""
    risks: Sequence[Line] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question about an account, answered by `find(user, account, as_of)` in one or two
    statements at any size; None leaves the question out.

    The head of the page comes in parts, so that none of them asks for more than 25 statements:
    `business` (tier, health, money) and `people` (whom we know and meet).
    """

    key: str
    title: Text
    find: Callable[[Any, Any, date], Answer | None]
    capability: str = ""
    order: int = 100
    part: Part = "people"


@dataclass(frozen=True, kw_only=True)
class LineProvider:
    """An app's finder of risks or of open actions of an account, a handful of lines. Risks come
    with the part of the head that they are about."""

    key: str
    what: Literal["risk", "action"]
    find: Callable[[Any, Any, date], Iterable[Line]]
    capability: str = ""
    order: int = 100
    part: Part = "people"


questions: Registry[Question] = Registry()
line_providers: Registry[LineProvider] = Registry()


LINES = 5


@dataclass(frozen=True, kw_only=True)
class Glance:
    """An account at a glance, as far as the user may see: the most urgent risks first."""

    answers: Sequence[tuple[Question, Answer]]
    risks: Sequence[Line]


def glance_of(user: Any, account: Any, as_of: date, *, part: Part, limit: int = LINES) -> Glance:
    """Ask every app that the user may hear about one part."""
    account.__dict__["_asked"] = {}  # what several ask is kept from here on
    asked = [
        (one, one.find(user, account, as_of))
        for one in questions
        if one.part == part and may(user, one.capability)
    ]
    answers = [(question, answer) for question, answer in asked if answer is not None]
    told = [line for _question, answer in answers for line in answer.risks]
    asked_for = [one for one in line_providers if one.what == "risk" and one.part == part]
    risks = [*told, *_found(user, account, as_of, asked_for)]
    return Glance(answers=answers, risks=_urgent(risks, limit))


def actions_of(user: Any, account: Any, as_of: date, *, limit: int = LINES) -> list[Line]:
    """The most urgent open actions that the user may see."""
    asked_for = [one for one in line_providers if one.what == "action"]
    return _urgent(_found(user, account, as_of, asked_for), limit)


def once[T](account: Any, key: str, make: Callable[[], T]) -> T:
    """Answer what several questions about one account on one page need, asked once."""
    kept: dict[str, T] = account.__dict__.setdefault("_asked", {})
    if key not in kept:
        kept[key] = make()
    return kept[key]


def once_a_page[T](account: Any, key: str, make: Callable[[], T]) -> T:
    """The same, only while a page about the account is put together; elsewhere always asked."""
    return once(account, key, make) if "_asked" in account.__dict__ else make()


def _found(user: Any, account: Any, as_of: date, providers: Iterable[LineProvider]) -> list[Line]:
    return [
        line
        for one in providers
        if may(user, one.capability)
        for line in one.find(user, account, as_of)
    ]


def _urgent(lines: Sequence[Line], limit: int) -> list[Line]:
    return sorted(lines, key=lambda line: line.urgency)[:limit]
