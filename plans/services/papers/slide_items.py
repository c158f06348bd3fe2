"""What stands on a slide, drawn: paragraphs, tiles, cards, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Pt

from plans.analytics.deck_items import (
    BODY,
    CELL_LINE,
    CELL_MARGIN,
    GAP,
    LEFT_PART,
    SPACE,
    TILE,
    TITLE,
    Beside,
    Cards,
    Charts,
    Grid,
    Item,
    Tiles,
    Words,
)
from plans.analytics.papers import Chart, height_of, short
from plans.services.papers.slide_charts import place_chart
from plans.services.papers.slide_words import ACCENT, GREY, INK, PALE, Look, write

CELL = 12
WHITE = RGBColor(0xFF, 0xFF, 0xFF)

type Box = tuple[int, int, int, int]
"""Left, top, width and height."""
type Looked = tuple[str, Look]


def box(slide: Any, where: Box, lines: Sequence[Looked], *, after: float = SPACE) -> None:
    """Put paragraphs into a box without margins; nothing where there are none."""
    if not lines:
        return
    frame = slide.shapes.add_textbox(*where).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for n, (words, look) in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(after)
        write(paragraph, words, look)


def place(slide: Any, item: Item, where: Box) -> None:
    """Draw an item within a box."""
    match item:
        case Words(lines):
            said = [(words, Look(size=BODY, is_bold=is_head)) for words, is_head in lines]
            box(slide, where, said)
        case Tiles():
            _place_tiles(slide, item, where)
        case Cards():
            _place_cards(slide, item, where)
        case Grid():
            _place_grid(slide, item, where)
        case Beside(grid, charts):
            left, top, width, height = where
            wide = int(width * LEFT_PART)
            gap = int(Pt(2 * GAP))
            _place_grid(slide, grid, where)
            place(slide, charts, (left + wide + gap, top, width - wide - gap, height))
        case Charts(charts):
            for chart, part in zip(charts, _beside(where, len(charts)), strict=True):
                _place_chart(slide, chart, part)


def _beside(where: Box, count: int) -> Iterator[Box]:
    """Boxes of one width beside each other."""
    left, top, width, height = where
    gap = Pt(2 * GAP)
    wide = (width - gap * (count - 1)) // count
    for n in range(count):
        yield left + n * (wide + gap), top, wide, height


def _title(slide: Any, words: str, where: Box) -> int:
    """The title above an item where it has one; answer where the item begins."""
    left, top, width, _height = where
    if not words:
        return top
    head = int(Pt(TITLE))
    box(slide, (left, top, width, head), [(short(words, 110), Look(size=13, is_bold=True))])
    return top + head


def _place_tiles(slide: Any, tiles: Tiles, where: Box) -> None:
    left, _top, width, _height = where
    top = _title(slide, tiles.title, where)
    row = (left, top, width, int(Pt(TILE - 8)))
    for n, (label, value) in enumerate(tiles.rows):
        place_of = list(_beside(row, tiles.columns))[n % tiles.columns]
        y = top + int(Pt(TILE)) * (n // tiles.columns)
        shape = slide.shapes.add_textbox(place_of[0], y, *place_of[2:])
        shape.fill.solid()
        shape.fill.fore_color.rgb = PALE
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_top = frame.margin_bottom = Pt(3)
        write(frame.paragraphs[0], short(label, 46), Look(size=10, colour=GREY))
        write(frame.add_paragraph(), value, Look(size=16, is_bold=True))


def _place_cards(slide: Any, cards: Cards, where: Box) -> None:
    left, top, width, _height = where
    for n, height in enumerate(cards.heights):
        beside = cards.columns
        row = cards.groups[beside * n : beside * (n + 1)]
        places = _beside((left, top, width, int(Pt(height - GAP))), beside)
        for (head, lines), place_of in zip(row, places, strict=False):
            said = [(head, Look(size=cards.size, is_bold=True, colour=ACCENT))]
            box(slide, place_of, [*said, *((f"• {one}", Look(size=cards.size)) for one in lines)])
        top += int(Pt(height))


def _place_chart(slide: Any, chart: Chart, where: Box) -> None:
    left, top, width, height = where
    title = f"{chart.title}, {chart.unit}" if chart.unit else chart.title
    below = _title(slide, short(title, 110 * width // int(Pt(870))), where)
    place_chart(slide, chart, (left, below, width, top + height - below))


def _place_grid(slide: Any, grid: Grid, where: Box) -> None:
    left, _top, width, _height = where
    width = int(width * grid.wide)
    top = _title(slide, grid.title, where)
    table, rows = grid.table, [grid.table.titles, *grid.rows]
    high = sum(Pt(grid.row_height(row)) for row in rows)
    frame = slide.shapes.add_table(len(rows), len(table.titles), left, top, width, high)
    for column, part in zip(frame.table.columns, table.parts, strict=True):
        column.width = Emu(int(width * part))
    first = len(table.titles) - table.numbers
    for r, row in enumerate(rows):
        frame.table.rows[r].height = Pt(height_of(row, grid.rooms) * CELL_LINE + CELL_MARGIN)
        for c, words in enumerate(row):
            cell = frame.table.cell(r, c)
            cell.fill.solid()
            cell.fill.fore_color.rgb = ACCENT if r == 0 else WHITE if r % 2 else PALE
            _write(cell, words, is_head=r == 0, is_number=c >= first)


def _write(cell: Any, words: str, *, is_head: bool, is_number: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(5)
    cell.margin_top = cell.margin_bottom = Pt(2.5)
    colour = WHITE if is_head else INK
    paragraph = cell.text_frame.paragraphs[0]
    write(paragraph, words, Look(size=CELL, is_bold=is_head, colour=colour))
    if is_number:
        paragraph.alignment = PP_ALIGN.RIGHT
