"""A paper as slides: a title, a few lines a slide, tables cut to slides, charts as real charts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from kam.core import formats
from plans.analytics import papers as cutting
from plans.analytics.papers import (
    Block,
    Bullets,
    Chart,
    Facts,
    Heading,
    Paper,
    Section,
    Table,
    Text,
)
from plans.services.papers.slide_charts import place_chart
from plans.services.papers.slide_words import GREY, INK, Look, write

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP, WIDE, HIGH = Inches(0.6), Inches(1.35), Inches(12.13), Inches(5.45)
TITLE_ONLY = 5
BODY, CELL = 16, 11
LINES = 17
"""Lines of body text on a slide."""
ROOM = 104
"""Units of a line of body text."""
TABLE_LINES = 27
UNITS = 150
"""Units of a table's whole width, all cells' margins left out."""
CELL_LINES = 6

type Line = tuple[str, bool]
"""Words, and whether they are a heading."""
type Looked = tuple[str, Look]


def pptx_of(paper: Paper, *, printed_on: date) -> bytes:
    """Return the paper as slides, in the language in force."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    _properties(deck, paper, printed_on)
    _first(deck, paper, printed_on)
    for section in paper.sections:
        for part in _parts(section):
            part(deck, section.title)
    _number_slides(deck, paper)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _properties(deck: Any, paper: Paper, printed_on: date) -> None:
    facts = deck.core_properties
    facts.title, facts.subject, facts.author = paper.title, paper.subject, paper.issuer
    facts.last_modified_by, facts.keywords, facts.comments = paper.issuer, "", ""
    facts.language = get_language() or "en"
    moment = datetime(printed_on.year, printed_on.month, printed_on.day)  # noqa: DTZ001 - slides know no zone
    facts.created = facts.modified = moment


def _slide(deck: Any, title: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = LEFT, Inches(0.4), WIDE, Inches(0.85)
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    look = Look(size=26 if cutting.width_of(title) <= 66 else 19, is_bold=True)
    write(frame.paragraphs[0], cutting.short(title, 180), look)
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    return slide


def _first(deck: Any, paper: Paper, printed_on: date) -> None:
    slide = _slide(deck, paper.title)
    shape = slide.shapes.title
    shape.top, shape.height = Inches(1.5), Inches(1.5)
    size = 38 if cutting.width_of(paper.title) <= 45 else 26
    for run in shape.text_frame.paragraphs[0].runs:
        run.font.size = Pt(size)
    printed = _("Printed on %(day)s") % {"day": formats.date(printed_on)}
    known = [f"{label}: {value}" for label, value in paper.facts]
    lines: list[Looked] = [
        (paper.subject, Look(size=24)),
        (paper.issuer, Look(size=16, colour=GREY)),
        *((cutting.short(one, 100), Look(size=14)) for one in known),
        (printed, Look(size=12, colour=GREY)),
    ]
    _box(slide, Inches(3.1), Inches(3.8), lines)


def _box(slide: Any, top: int, height: int, lines: Sequence[Looked]) -> None:
    frame = slide.shapes.add_textbox(LEFT, top, WIDE, height).text_frame
    frame.word_wrap = True
    for n, (words, look) in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(4)
        write(paragraph, words, look)


type Part = Callable[[Any, str], None]


def _parts(section: Section) -> Iterator[Part]:
    """What fills slides of a section, in order: lines together, each table and chart alone."""
    lines: list[Line] = []
    for block in section.blocks:
        if isinstance(block, Table | Chart):
            # A heading goes with what stands below it, and so do a few words.
            above = lines.pop()[0] if lines and lines[-1][1] else ""
            is_short = sum(cutting.width_of(words) + 3 for words, _head in lines) <= ROOM
            few = " · ".join(words for words, _head in lines) if is_short else ""
            yield from _text_parts([] if few else lines)
            yield from _shape_parts(block, above, few)
            lines = []
        else:
            lines += _lines(block)
    yield from _text_parts(lines)


def _lines(block: Block) -> list[Line]:
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


def _text_parts(lines: Sequence[Line]) -> Iterator[Part]:
    for page in cutting.flow(lines, ROOM, LINES):

        def _place(deck: Any, title: str, page: Sequence[Line] = page) -> None:
            said = [(words, Look(size=BODY, is_bold=is_heading)) for words, is_heading in page]
            _box(_slide(deck, title), TOP, HIGH, said)

        yield _place


def _shape_parts(block: Table | Chart, above: str, few: str) -> Iterator[Part]:
    if isinstance(block, Chart):
        if not block.is_empty:
            yield lambda deck, title: _place_chart(deck, _titled(title, block.title), block)
        return
    rooms = [max(int(part * UNITS) - 2, 4) for part in block.parts]
    rows = cutting.split_rows(block, rooms, CELL_LINES)
    heights = [cutting.height_of(row, rooms) + 0.5 for row in rows]
    room = TABLE_LINES - cutting.height_of(block.titles, rooms) - (3.5 if few else 0.5)
    for n, page in enumerate(cutting.pages(rows, heights, room)):

        def _place(
            deck: Any, title: str, page: Sequence[Sequence[str]] = page, few: str = few * (n == 0)
        ) -> None:
            slide = _slide(deck, _titled(title, above or block.title))
            if few:
                _box(slide, TOP, Inches(0.4), [(few, Look(size=BODY))])
            _place_table(slide, block, page, TOP + (Inches(0.5) if few else 0))

        yield _place


def _place_chart(deck: Any, title: str, chart: Chart) -> None:
    place_chart(_slide(deck, title), chart, (LEFT, TOP, WIDE, HIGH))


def _titled(title: str, more: str) -> str:
    return f"{title}: {more}" if more and more != title else title


def _place_table(slide: Any, table: Table, rows: Sequence[Sequence[str]], top: int) -> None:
    size = (len(rows) + 1, len(table.titles))
    frame = slide.shapes.add_table(*size, LEFT, top, WIDE, Pt(18) * size[0])
    grid = frame.table
    for column, part in zip(grid.columns, table.parts, strict=True):
        column.width = Emu(int(WIDE * part))
    first = len(table.titles) - table.numbers
    for r, row in enumerate([table.titles, *rows]):
        grid.rows[r].height = Pt(18)
        for c, words in enumerate(row):
            _fill(grid.cell(r, c), words, is_head=r == 0, is_number=c >= first)


def _fill(cell: Any, words: str, *, is_head: bool, is_number: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(5)
    cell.margin_top = cell.margin_bottom = Pt(2.5)
    colour = RGBColor(0xFF, 0xFF, 0xFF) if is_head else INK
    paragraph = cell.text_frame.paragraphs[0]
    write(paragraph, words, Look(size=CELL, is_bold=is_head, colour=colour))
    if is_number:
        paragraph.alignment = PP_ALIGN.RIGHT


def _number_slides(deck: Any, paper: Paper) -> None:
    for number, slide in enumerate(deck.slides, start=1):
        foot = " · ".join(filter(None, [paper.foot, formats.number(number)]))
        frame = slide.shapes.add_textbox(LEFT, Inches(6.95), WIDE, Inches(0.35)).text_frame
        frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
        write(frame.paragraphs[0], foot, Look(size=10, colour=GREY))
