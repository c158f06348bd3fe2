"""A document in blocks, whatever it is drawn as, and how it is cut to fit on slides.

A paper holds words that are ready to be read, in one language: builders write them, renderers
only place them. Widths are counted in units of an average Latin letter; an ideogram is two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

type Cells = Sequence[str]


@dataclass(frozen=True)
class Text:
    """Words as people wrote them; a line break begins a paragraph."""

    words: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    words: str


@dataclass(frozen=True)
class Bullets:
    """Short lines, one below the other."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """What is known by name: pairs of a label and a value."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Rows of cells; the last `numbers` columns hold figures. `widths` are parts of the whole."""

    titles: Cells
    rows: Sequence[Cells]
    numbers: int = 0
    widths: Sequence[int] = ()
    title: str = ""

    @property
    def parts(self) -> list[float]:
        """Shares of the width, adding up to 1."""
        widths = self.widths or [3 if n == 0 else 1 for n in range(len(self.titles))]
        return [one / sum(widths) for one in widths]


@dataclass(frozen=True)
class Series:
    """Values of a chart, one for each category; None: not known, and not drawn."""

    name: str
    values: Sequence[Decimal | None]


@dataclass(frozen=True)
class Chart:
    """A chart: `shown` are the values as words, for the table behind it; lying bars or columns.

    `is_told`: the table before it says the same, so that it needs none of its own.
    """

    title: str
    unit: str
    categories: Sequence[str]
    series: Sequence[Series]
    shown: Sequence[Cells]
    is_lying: bool = False
    is_told: bool = False
    axis: str = ""

    @property
    def table(self) -> Table:
        """What the chart was drawn from."""
        rows = [[name, *cells] for name, cells in zip(self.categories, self.shown, strict=True)]
        titles = [self.axis, *(one.name for one in self.series)]
        return Table(titles, rows, numbers=len(self.series))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value is not None for one in self.series for value in one.values)


type Block = Text | Heading | Bullets | Facts | Table | Chart


@dataclass(frozen=True)
class Section:
    """A part of a paper with its title, and what it says in one sentence.

    `is_blank`: nobody wrote anything, which the paper says and slides leave out.
    """

    title: str
    blocks: Sequence[Block]
    takeaway: str = ""
    is_blank: bool = False


@dataclass(frozen=True)
class Paper:
    """A whole paper: who writes, what it is called, whom it is about, facts, and its sections."""

    issuer: str
    title: str
    subject: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    foot: str = ""


def words_of(paper: Paper) -> Iterator[str]:
    """Yield every word of a paper, from top to bottom."""
    yield from (paper.issuer, paper.title, paper.subject, paper.foot)
    for label, value in paper.facts:
        yield from (label, value)
    for section in paper.sections:
        yield from (section.title, section.takeaway)
        for block in section.blocks:
            yield from words_of_block(block)


def words_of_block(block: Block) -> Iterator[str]:
    """Yield every word of a block."""
    match block:
        case Text(words) | Heading(words):
            yield words
        case Bullets(lines):
            yield from lines
        case Facts(rows):
            for label, value in rows:
                yield from (label, value)
        case Table():
            yield block.title
            yield from block.titles
            for row in block.rows:
                yield from row
        case Chart():
            yield from (block.title, block.unit, block.axis)
            yield from words_of_block(block.table)


def width_of(words: str) -> int:
    """Return how wide words are: an ideogram counts two letters, a combining sign none."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in words)
    marks = sum(unicodedata.combining(one) > 0 for one in words)
    return len(words) + wide - marks


def lines_of(words: str, room: int) -> int:
    """Return how many lines words take that break at most every `room` units."""
    return sum(max(1, -(-width_of(one) // max(room, 1))) for one in words.split("\n"))


def cut(words: str, room: int) -> list[str]:
    """Return words in pieces of at most `room` units, broken between words where there are any."""
    pieces, rest = [], words.strip()
    while width_of(rest) > room:
        end = _end(rest, room)
        space = max(rest.rfind(" ", 0, end + 1), rest.rfind("\n", 0, end + 1))
        end = space if space > end // 2 else end
        pieces.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [*pieces, rest] if rest or not pieces else pieces


def _end(words: str, room: int) -> int:
    """How many of its letters fit."""
    used = 0
    for place, one in enumerate(words):
        used += width_of(one)
        if used > room:
            return max(place, 1)
    return len(words)


def short(words: str, room: int) -> str:
    """Return words cut to a width, with an ellipsis where something is gone."""
    words = " ".join(words.split())
    if width_of(words) <= room:
        return words
    return f"{words[: _end(words, max(room - 1, 1))].rstrip()}…"


def split_rows(table: Table, rooms: Sequence[int], most: int) -> list[Cells]:
    """Return the rows of a table so that no cell is higher than `most` lines.

    What does not fit goes on in a row below, beside empty cells. `rooms` are the units that each
    column has on a line.
    """
    found: list[Cells] = []
    for row in table.rows:
        parts = [cut(cell, room * most) for cell, room in zip(row, rooms, strict=True)]
        found += [
            [one[n] if n < len(one) else "" for one in parts]
            for n in range(max(len(one) for one in parts))
        ]
    return found


def height_of(row: Cells, rooms: Sequence[int]) -> int:
    """Return how many lines a row of a table takes."""
    return max(lines_of(cell, room) for cell, room in zip(row, rooms, strict=True))
