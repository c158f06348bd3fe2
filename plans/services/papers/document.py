"""A paper as a PDF: the blocks in order, charts as drawings with the table behind each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer
from reportlab.platypus import Table as Grid

from kam.core import paper as sheet
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
from plans.services.papers.drawing import drawing_of

WIDTH = A4[0] - 2 * sheet.MARGIN - 12  # the frame keeps 6 points free on each side
LABELS = 45 * mm
SIZE = 9


def pdf_of(paper: Paper, *, printed_on: date) -> bytes:
    """Return the paper as PDF, in the language in force."""
    title = f"{paper.title} – {paper.subject}"
    story = story_of(paper, printed_on=printed_on)
    return sheet.pdf(story, title=title, author=paper.issuer, foot=paper.foot)


def story_of(paper: Paper, *, printed_on: date) -> list[Flowable]:
    """Return what stands on the paper, from top to bottom."""
    top = sheet.head(
        issuer=paper.issuer, title=paper.title, subject=paper.subject, below=(),
        printed_on=printed_on,
    )  # fmt: skip
    story = [*top, Spacer(1, 3 * mm), *_facts(Facts(paper.facts))]
    for section in paper.sections:
        story += _section(section)
    return story


def _section(section: Section) -> Iterable[Flowable]:
    title = sheet.text(section.title, 13, bold=True)
    blocks = [list(_block(one)) for one in section.blocks]
    yield Spacer(1, 7 * mm)
    yield CondPageBreak(35 * mm)
    yield title
    if section.takeaway:
        yield sheet.text(section.takeaway, SIZE, textColor=sheet.GREY)
    yield Spacer(1, 2 * mm)
    for block in blocks:
        yield from block
        yield Spacer(1, 3 * mm)


def _block(block: Block) -> Iterable[Flowable]:
    match block:
        case Text(words):
            yield from _paragraphs(words)
        case Heading(words):
            yield CondPageBreak(20 * mm)
            yield sheet.text(words, 10, bold=True)
        case Bullets(lines):
            for line in lines:
                yield sheet.text(f"• {line}", SIZE, leftIndent=9, firstLineIndent=-9, spaceAfter=2)
        case Facts():
            yield from _facts(block)
        case Table():
            yield from _table(block)
        case Chart():
            yield from _chart(block)


def _paragraphs(words: str) -> Iterable[Flowable]:
    for line in words.splitlines():
        if line.strip():
            yield sheet.text(line, SIZE, spaceAfter=3)


def _facts(block: Facts) -> Iterable[Flowable]:
    if block.rows:
        cells = [
            [sheet.text(label, SIZE, textColor=sheet.GREY), sheet.text(value, SIZE)]
            for label, value in block.rows
        ]
        widths = [LABELS, WIDTH - LABELS]
        yield Grid(cells, colWidths=widths, style=sheet.ruled(), splitInRow=1)


def _table(table: Table) -> Iterable[Flowable]:
    yield CondPageBreak(25 * mm)
    if table.title:
        yield sheet.text(table.title, 8, textColor=sheet.GREY, spaceAfter=2)
    first = len(table.titles) - table.numbers
    rows = [
        [sheet.cell(cell, right=n >= first) for n, cell in enumerate(row)] for row in table.rows
    ]
    yield Grid(
        [sheet.headings(table.titles, numbers=table.numbers), *rows],
        colWidths=[part * WIDTH for part in table.parts],
        repeatRows=1,
        style=sheet.ruled(),
        splitInRow=1,
    )


def _chart(chart: Chart) -> Iterable[Flowable]:
    unit = f", {chart.unit}" if chart.unit else ""
    title = sheet.text(f"{chart.title}{unit}", SIZE, bold=True, spaceAfter=3)
    yield KeepTogether([title, drawing_of(chart, width=WIDTH)])
    if not chart.is_told:
        yield from _table(chart.table)
