"""What stands on slides: how high it is, where it can be cut. Heights are points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from plans.analytics.papers import Cells, Chart, Table, cut, height_of, lines_of, split_rows

HIGH = 376.0
"""Points between the title and the foot of a slide."""
SLACK = 14.0
"""What a section's last lines may take of the margin, so that they need no slide of their own."""
GAP = 10.0
HEAD = 26.0
"""The name of a section that shares its slide, with the line below it."""
SAID = 18.0
"""What a section says in one sentence, where it shares its slide."""
LEAST = 3
BODY, LINE, SPACE = 14, 17.0, 4.0
ROOM = 118
"""Units of a line of body text over the whole width."""
MANY = 6
"""Cards of which more stand three beside each other."""
CELL_LINE, CELL_MARGIN = 14.4, 5.4
UNITS = 150
"""Units of a table's whole width, all cells' margins left out."""
CELL_LINES = 6
COLUMNS, LEFT_PART = 5, 0.66
"""How many columns a table may have to stand beside its chart, and its part of the width."""
TOGETHER = 0.5
"""A table that takes less of a slide is not cut where that much stands above it."""
TILE = 50.0
TITLE = 22.0
"""The title of a table or chart."""

type Line = tuple[str, bool]
"""Words, and whether they are a heading."""


class Item(Protocol):
    """Something on a slide that knows its height, and where it can be cut."""

    @property
    def height(self) -> float:
        """Points that it takes at least."""
        ...

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """What fits into a room, and the rest; nothing where too little would stand there."""
        ...


@dataclass(frozen=True)
class Words:
    """Paragraphs and headings, one below the other."""

    lines: Sequence[Line]

    @property
    def height(self) -> float:
        """Points that it takes."""
        return sum(lines_of(words, ROOM) * LINE + SPACE for words, _head in self.lines)

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """Between paragraphs, or within a long one."""
        first, rest = _taken(self.lines, room)
        if sum(lines_of(words, ROOM) for words, _head in first) < LEAST or not rest:
            return None, self
        return Words(first), Words(rest)


def _taken(lines: Sequence[Line], room: float) -> tuple[list[Line], list[Line]]:
    """What fits, and the rest; a heading goes with what stands below it."""
    first: list[Line] = []
    for n, (words, is_heading) in enumerate(lines):
        needed = lines_of(words, ROOM)
        if needed * LINE + SPACE + (LINE if is_heading else 0) <= room:
            first.append((words, is_heading))
            room -= needed * LINE + SPACE
            continue
        rest, fit = list(lines[n:]), int((room - SPACE) // LINE)
        if needed - LEAST >= fit >= LEAST:
            piece = cut(words, ROOM * (fit - 1))[0]
            first.append((piece, is_heading))
            rest[0] = (words.strip()[len(piece) :].strip(), False)
        return first, rest
    return first, []


@dataclass(frozen=True)
class Tiles:
    """Facts beside each other: what it is, small, above the value, large."""

    rows: Sequence[tuple[str, str]]
    columns: int
    title: str = ""

    @property
    def height(self) -> float:
        """Points that they take."""
        return (TITLE if self.title else 0) + -(-len(self.rows) // self.columns) * TILE

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """Between rows of tiles."""
        kept = int((room - TITLE) // TILE) * self.columns
        if not 0 < kept < len(self.rows):
            return None, self
        rest = replace(self, rows=self.rows[kept:], title="")
        return replace(self, rows=self.rows[:kept]), rest


@dataclass(frozen=True)
class Cards:
    """Short lists with a heading each, two or three beside each other."""

    groups: Sequence[tuple[str, Sequence[str]]]
    columns: int

    @classmethod
    def of(cls, groups: Sequence[tuple[str, Sequence[str]]]) -> Cards:
        """Many of them three beside each other."""
        return cls(groups, 3 if len(groups) > MANY else 2)

    @property
    def height(self) -> float:
        """Points that they take."""
        return sum(self.heights)

    @property
    def heights(self) -> list[float]:
        """Points of each row of cards."""
        beside = self.columns
        tall = [self._height_of(lines) for _head, lines in self.groups]
        return [max(tall[n : n + beside]) for n in range(0, len(tall), beside)]

    @property
    def size(self) -> int:
        """Points of their letters."""
        return BODY if self.columns < 3 else BODY - 2

    def _height_of(self, lines: Sequence[str]) -> float:
        room = ROOM * BODY // self.size // self.columns - 1
        line = LINE * self.size / BODY
        return TITLE + sum(lines_of(f"• {one}", room) * line + SPACE for one in lines) + GAP

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """Between rows; what is higher than a slide goes on as plain lines."""
        kept, left = 0, room
        for height in self.heights:
            if height > left:
                break
            kept, left = kept + self.columns, left - height
        if kept:
            first, more = self.groups[:kept], self.groups[kept:]
            return replace(self, groups=first), replace(self, groups=more)
        if self.heights[0] > HIGH:
            return Words([one for group in self.groups for one in _group_lines(*group)]).cut(room)
        return None, self


def _group_lines(head: str, lines: Sequence[str]) -> Iterator[Line]:
    yield (head, True)
    yield from ((f"• {one}", False) for one in lines)


@dataclass(frozen=True)
class Grid:
    """A table whose cells are cut to a height."""

    table: Table
    rows: Sequence[Cells]
    title: str = ""
    wide: float = 1.0

    @classmethod
    def of(cls, table: Table, title: str = "", wide: float = 1.0) -> Grid:
        """All of a table, on a part of the width."""
        grid = cls(table, (), title, wide)
        return replace(grid, rows=split_rows(table, grid.rooms, CELL_LINES))

    @property
    def rooms(self) -> list[int]:
        """Units that each column has on a line."""
        return [max(int(part * UNITS * self.wide) - 2, 4) for part in self.table.parts]

    def row_height(self, row: Cells) -> float:
        """Points of a row."""
        return height_of(row, self.rooms) * CELL_LINE + CELL_MARGIN

    @property
    def top(self) -> float:
        """Points of its title and its headings."""
        return (TITLE if self.title else 0) + self.row_height(self.table.titles)

    @property
    def height(self) -> float:
        """Points that it takes."""
        return self.top + sum(map(self.row_height, self.rows))

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """Between rows; the headings come again."""
        kept, left = 0, room - self.top
        for row in self.rows:
            left -= self.row_height(row)
            if left < 0:
                break
            kept += 1
        kept = min(kept, max(len(self.rows) - LEAST, 1))
        if kept < min(LEAST, len(self.rows) - 1) or kept == len(self.rows):
            return None, self
        return replace(self, rows=self.rows[:kept]), replace(self, rows=self.rows[kept:])


@dataclass(frozen=True)
class Charts:
    """One chart, or two beside each other, as high as there is room."""

    charts: Sequence[Chart]
    height: float = 0

    @classmethod
    def of(cls, charts: Sequence[Chart]) -> Charts:
        """With the height that their bars need."""
        return cls(charts, max(map(_chart_height, charts)))

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """Not at all."""
        return None, self

    @property
    def most(self) -> float:
        """Points that it may take where there is room."""
        bars = max(len(one.categories) * len(one.series) for one in self.charts)
        return min(HIGH, TITLE + 80 + 42.0 * bars) if self.charts[0].is_lying else 300.0


def _chart_height(chart: Chart) -> float:
    bars = len(chart.categories) * (1 + 0.4 * (len(chart.series) - 1))
    return min(TITLE + 46 + 19.0 * bars, HIGH) if chart.is_lying else TITLE + 150


@dataclass(frozen=True)
class Beside:
    """A table with the chart of it at its right."""

    grid: Grid
    chart: Charts

    @property
    def height(self) -> float:
        """Points that the higher one takes."""
        return max(self.grid.height, self.chart.height)

    def cut(self, room: float) -> tuple[Item | None, Item | None]:
        """Not at all."""
        return None, self
