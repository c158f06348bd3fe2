"""Values of documents in words, as papers say them, in the language in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kam.core import formats
from plans.analytics.diff import is_money
from plans.analytics.papers import Block, Bullets, Facts, Heading, Text
from plans.selectors import reading
from plans.selectors.reading import Node

type Row = Mapping[str, Any]


def day(value: Any) -> str:
    """A day as ISO text, or as a date."""
    if not value:
        return formats.DASH
    return formats.date(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))


def period(first: Any, last: Any) -> str:
    """Two days."""
    return f"{day(first)} – {day(last)}"


def decimal(value: Any) -> Decimal | None:
    """A number of a document, also that of an amount; None where it is not known."""
    if is_money(value):
        value = value["amount"]
    return None if value in (None, "") else Decimal(str(value))


def amount(value: Any) -> str:
    """An amount with its currency, without decimals."""
    found = decimal(value)
    if found is None:
        return formats.DASH
    return formats.money(found, value["currency"] if is_money(value) else "", 0)


def bare(value: Any) -> str:
    """An amount without its currency, for a table that names it."""
    found = decimal(value)
    return formats.DASH if found is None else formats.number(found, 0)


def percent(value: Any, places: int = 0) -> str:
    """A percentage that is written as 0 to 100."""
    found = decimal(value)
    return formats.DASH if found is None else formats.percent(found / 100, places)


def share(value: Any, places: int = 1) -> str:
    """A fraction as a percentage."""
    found = decimal(value)
    return formats.DASH if found is None else formats.percent(found, places)


def figure(value: Any, kind: str, unit: str = "") -> str:
    """A figure of a measure: money, percent (a fraction), number, points, days."""
    found = decimal(value)
    if found is None:
        return formats.DASH
    if is_money(value):
        return amount(value)
    if kind == "percent":
        return formats.percent(found)
    text = formats.number(found, 0) if kind == "points" else formats.number(found)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text


def person(value: Any) -> str:
    """Who, by a document's reference."""
    return str(value["name"]) if isinstance(value, Mapping) and value.get("name") else formats.DASH


def label(choices: Any, code: Any) -> str:
    """The words for a code."""
    return str(choices(code).label) if code in choices.values else str(code or formats.DASH)


def rows(value: Any) -> list[Row]:
    """Rows of a document, whatever stands there."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def said(words: str) -> list[Block]:
    """What people wrote, where they did."""
    return [Text(words)] if words and words.strip() else []


def anything(content: Row) -> list[Block]:
    """Whatever a topic shows, in the words of its fields: for topics without blocks."""
    return list(_node(reading.node_of({key: one for key, one in content.items() if one}), ""))


def _node(node: Node, above: str) -> Iterable[Block]:
    title = " – ".join(filter(None, [above, node.title]))
    facts = [(_capital(label), words) for label, words in node.facts]
    if title and (facts or node.groups):
        yield Heading(title)
    if facts:
        yield Facts(facts)
    for label, group in node.groups:
        yield from _group(_capital(label), group)


def _group(label: str, group: Sequence[Node]) -> Iterable[Block]:
    if any(one.groups for one in group):
        for one in group:
            yield from _node(one, label)
        return
    lines = [_line(one) for one in group]
    if lines:
        yield Heading(label)
        yield Bullets(lines)


def _line(node: Node) -> str:
    facts = [f"{label}: {words}" for label, words in node.facts]
    return " · ".join(filter(None, [node.title, *facts]))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
