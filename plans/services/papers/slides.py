"""A paper as slides: a title slide, then what `analytics.deck` laid out, charts as real charts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from kam.core import formats
from plans.analytics import deck as laying
from plans.analytics import papers as cutting
from plans.analytics.deck import Part, Slide
from plans.analytics.deck_items import GAP, HEAD, SAID
from plans.analytics.papers import Paper
from plans.services.papers.slide_items import box, place
from plans.services.papers.slide_words import ACCENT, GREY, LINE, Look, write

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, WIDE = Inches(0.6), Inches(12.13)
TOP = Inches(1.5)
TITLE_ONLY = 5


def pptx_of(paper: Paper, *, printed_on: date) -> bytes:
    """Return the paper as slides, in the language in force."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    _properties(deck, paper, printed_on)
    _first(deck, paper, printed_on)
    found = laying.slides_of(paper)
    last = {part.section.title: part.number for one in found for part in one.parts}
    for one in found:
        _fill(deck, one, last)
    _feet(deck, paper)
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
    shape.left, shape.top, shape.width, shape.height = LEFT, Inches(0.4), WIDE, Inches(0.6)
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = 0
    look = Look(size=26 if cutting.width_of(title) <= 64 else 18, is_bold=True)
    write(frame.paragraphs[0], cutting.short(title, 150), look)
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    return slide


def _bar(slide: Any, left: int, top: int, width: int, height: int, colour: Any) -> None:
    """A filled box without a border."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, width, height)
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour
    shape.line.fill.background()
    shape.shadow.inherit = False


def _first(deck: Any, paper: Paper, printed_on: date) -> None:
    slide = _slide(deck, paper.title)
    _bar(slide, 0, 0, Inches(0.22), HEIGHT, ACCENT)
    shape = slide.shapes.title
    shape.top, shape.height = Inches(1.5), Inches(1.4)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    size = 38 if cutting.width_of(paper.title) <= 45 else 26
    for run in shape.text_frame.paragraphs[0].runs:
        run.font.size = Pt(size)
    printed = _("Printed on %(day)s") % {"day": formats.date(printed_on)}
    known = [f"{label}: {value}" for label, value in paper.facts]
    lines = [
        (cutting.short(paper.subject, 90), Look(size=24, colour=ACCENT)),
        (paper.issuer, Look(size=16, colour=GREY)),
        *((cutting.short(one, 100), Look(size=14)) for one in known),
        (printed, Look(size=12, colour=GREY)),
    ]
    box(slide, (LEFT, Inches(3.05), WIDE, Inches(3.6)), lines)


def _fill(deck: Any, one: Slide, last: dict[str, int]) -> None:
    titles = [_titled(part, last) for part in one.parts]
    slide = _slide(deck, " · ".join(titles))
    _bar(slide, LEFT, Inches(1.38), WIDE, Pt(1), LINE)
    said = one.parts[0].section.takeaway if len(one.parts) == 1 else ""
    if said and one.parts[0].number == 1:
        where = (LEFT, Inches(0.98), WIDE, Inches(0.36))
        box(slide, where, [(cutting.short(said, 130), Look(size=15, colour=ACCENT))])
    top = float(TOP)
    for part, title in zip(one.parts, titles, strict=True):
        if len(one.parts) > 1:
            top = _head(slide, part, title, top)
        for item in part.items:
            place(slide, item, (LEFT, int(top), WIDE, int(Pt(item.height))))
            top += Pt(item.height + GAP)


def _titled(part: Part, last: dict[str, int]) -> str:
    title, pages = part.section.title, last[part.section.title]
    return title if pages == 1 else f"{title} ({part.number}/{pages})"


def _head(slide: Any, part: Part, title: str, top: float) -> float:
    """The name of a section that shares its slide, and what it says; answer where it ends."""
    look = Look(size=15, is_bold=True, colour=ACCENT)
    box(slide, (LEFT, int(top), WIDE, Pt(HEAD)), [(cutting.short(title, 100), look)])
    top += Pt(HEAD)
    if part.section.takeaway and part.number == 1:
        said = cutting.short(part.section.takeaway, 140)
        box(slide, (LEFT, int(top), WIDE, Pt(SAID)), [(said, Look(size=13, colour=GREY))])
        top += Pt(SAID)
    return top


def _feet(deck: Any, paper: Paper) -> None:
    """Whose paper it is on the left of every slide, its number on the right."""
    slides: Sequence[Any] = list(deck.slides)
    subject = "" if paper.subject in paper.title else paper.subject
    about = " · ".join(filter(None, [subject, paper.title, paper.foot]))
    for number, slide in enumerate(slides, start=1):
        look = Look(size=10, colour=GREY)
        where = (LEFT, Inches(7.0), WIDE - Inches(1), Inches(0.3))
        box(slide, where, [(cutting.short(about, 150), look)] if number > 1 else [])
        frame = slide.shapes.add_textbox(LEFT + WIDE - Inches(1), Inches(7.0), Inches(1),
                                         Inches(0.3)).text_frame  # fmt: skip
        frame.margin_right = 0
        frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
        write(frame.paragraphs[0], f"{formats.number(number)} / {len(slides)}", look)
