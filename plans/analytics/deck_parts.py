"""What a section is made of on slides: what belongs together stands beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from plans.analytics.deck_items import (
    COLUMNS,
    HIGH,
    LEFT_PART,
    Beside,
    Cards,
    Charts,
    Grid,
    Item,
    Line,
    Tiles,
    Words,
)
from plans.analytics.papers import (
    Block,
    Bullets,
    Chart,
    Facts,
    Heading,
    Section,
    Table,
    Text,
    width_of,
)


def items_of(section: Section) -> Iterator[Item]:
    """The blocks of a section as items, what belongs together beside each other."""
    above = ""
    for kind, group in groupby(_paired(section.blocks), _sort):
        run = list(group)
        if kind == "cards":
            cards = [one for one in run if isinstance(one, Group)]
            yield Cards.of([(one.head, one.lines) for one in cards])
        elif kind == "words":
            lines = [line for one in run for line in _lines(one)]
            # A heading goes with what stands below it.
            above = lines.pop()[0] if lines and lines[-1][1] else ""
            if lines:
                yield Words(lines)
        else:
            yield from _shapes(kind, run, above)
            above = ""
    if above:
        yield Words([(above, True)])


@dataclass(frozen=True)
class Group:
    """A heading with a short list below it."""

    head: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Told:
    """A table, and the chart that says the same."""

    table: Table
    chart: Chart


def _paired(blocks: Sequence[Block]) -> Iterator[Block | Group | Told]:
    """Blocks, with lists below headings and charts of narrow tables made one."""
    rest = list(blocks)
    while rest:
        one, below = rest.pop(0), rest[0] if rest else None
        after = rest[1] if len(rest) > 1 else None
        if isinstance(one, Heading) and isinstance(below, Bullets) and _is_head(after):
            yield Group(one.words, below.lines)
            rest.pop(0)
        elif isinstance(one, Table) and isinstance(below, Chart) and _go_together(one, below):
            yield Told(one, below)
            rest.pop(0)
        else:
            yield one


def _is_head(block: Block | None) -> bool:
    return block is None or isinstance(block, Heading)


def _go_together(table: Table, chart: Chart) -> bool:
    if not (chart.is_told and _says_something(chart) and len(table.titles) <= COLUMNS):
        return False
    return Grid.of(table, table.title, LEFT_PART).height < 0.7 * HIGH


def _sort(block: Block | Group | Told) -> str:
    match block:
        case Group():
            return "cards"
        case Table() | Told():
            return "table"
        case Chart():
            return "chart"
        case Facts(rows) if _columns(rows):
            return "tiles"
        case _:
            return "words"


def _shapes(kind: str, run: Sequence[Block | Group | Told], above: str) -> Iterator[Item]:
    charts = [one for one in run if isinstance(one, Chart) and _says_something(one)]
    if above and kind == "chart":
        yield Words([(above, True)])
    yield from (Charts.of(charts[n : n + 2]) for n in range(0, len(charts), 2))
    for one in run:
        if isinstance(one, Table | Told):
            table = one.table if isinstance(one, Told) else one
            title = " – ".join(filter(None, [above, table.title]))
            if isinstance(one, Told):
                yield Beside(Grid.of(table, title, LEFT_PART), Charts.of([one.chart]))
            elif table.rows:
                yield Grid.of(table, title)
            above = ""
        elif isinstance(one, Facts):
            yield Tiles(one.rows, _columns(one.rows), above)
            above = ""


def _says_something(chart: Chart) -> bool:
    """One bar alone is no chart where a table says it too."""
    return not chart.is_empty and (len(chart.categories) > 1 or not chart.is_told)


def _columns(rows: Sequence[tuple[str, str]]) -> int:
    """How many tiles stand beside each other; none where a value is a sentence."""
    widest = max((width_of(value) for _label, value in rows), default=99)
    longest = max((width_of(label) for label, _value in rows), default=99)
    if widest <= 20 and longest <= 34:
        return 4
    return 3 if widest <= 28 and longest <= 46 else 0


def _lines(block: Block | Group | Told) -> list[Line]:
    match block:
        case Heading(words):
            return [(words, True)]
        case Text(words):
            return [(line, False) for line in words.splitlines() if line.strip()]
        case Bullets(lines):
            return [(f"• {line}", False) for line in lines]
        case Facts(rows):
            return [(f"{label}: {value}", False) for label, value in rows]
        case _:
            return []
