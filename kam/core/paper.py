"""Documents on paper: drawn from our own fonts, nothing fetched from anywhere, any script."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from kam.core import formats

CHINESE = "STSong-Light"
PLAIN, BOLD = "KamSans", "KamSans-Bold"
FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
IDEOGRAMS = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)
GREY, LINE = colors.HexColor("#5b6270"), colors.HexColor("#c9ced6")
MARGIN = 14 * mm


def pdf(story: Sequence[Flowable], *, title: str, author: str, foot: str = "") -> bytes:
    """Return an upright A4 document with page numbers; the same story is the same bytes.

    `foot` are a few words that stand at the left below every page.
    """
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=18 * mm,
        title=title,
        author=author,
        lang=get_language() or "en",
        invariant=1,
    )
    draw = partial(_foot, words=foot)
    document.build(list(story), onFirstPage=draw, onLaterPages=draw)
    return file.getvalue()


def head(
    *, issuer: str, title: str, subject: str, below: Sequence[str], printed_on: date
) -> list[Flowable]:
    """What stands on top: who writes, what it is, whom it is about, when it was printed."""
    printed = _("Printed on %(day)s") % {"day": formats.date(printed_on)}
    return [
        text(issuer, 9, textColor=GREY),
        Spacer(1, 3 * mm),
        text(title, 17, bold=True),
        Spacer(1, 2 * mm),
        text(subject, 11, bold=True),
        *(text(line, 9) for line in below),
        text(printed, 8, textColor=GREY),
    ]


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make our fonts known, once; before the first paragraph."""
    folder = settings.BASE_DIR / "static" / "dist" / "fonts"
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def _font(*, bold: bool = False) -> str:
    return BOLD if bold else PLAIN


def style(size: float = 8, *, bold: bool = False, **more: Any) -> ParagraphStyle:
    """The style of a paragraph; ideograms in it get their own font, whatever the language."""
    return ParagraphStyle("s", fontName=_font(bold=bold), fontSize=size, leading=size * 1.3, **more)


def text(words: object, size: float = 8, *, bold: bool = False, **more: Any) -> Paragraph:
    """A paragraph: nothing in its words is markup, and ideograms get a font that has them."""
    register_fonts()
    if IDEOGRAMS.search(str(words)):
        more.setdefault("wordWrap", "CJK")  # a line of them has no spaces to break at
    shown = IDEOGRAMS.sub(lambda run: f'<font name="{CHINESE}">{run[0]}</font>', escape(str(words)))
    return Paragraph(shown, style(size, bold=bold, **more))


def cell(words: object, size: float = 7.5, *, bold: bool = False, right: bool = False) -> Paragraph:
    """The words of a table's cell."""
    return text(words, size, bold=bold, **({"alignment": TA_RIGHT} if right else {}))


def figure(amount: Decimal | None, *, bold: bool = False) -> Paragraph | str:
    """An amount in a table's cell; nothing where there is none."""
    return "" if amount is None else cell(formats.money(amount), 7, bold=bold, right=True)


def headings(titles: Sequence[str], *, numbers: int) -> list[Paragraph]:
    """The first row of a table; its last `numbers` columns hold figures."""
    first = len(titles) - numbers
    return [cell(title, bold=True, right=n >= first) for n, title in enumerate(titles)]


def ruled(*more: Any) -> TableStyle:
    """Lines below the headings and every row; further commands behind."""
    commands: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, GREY),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    return TableStyle([*commands, *more])


def font_for(words: str, *, bold: bool = False) -> str:
    """The font that has the letters of some words, where only one can be named."""
    register_fonts()
    return CHINESE if IDEOGRAMS.search(words) else _font(bold=bold)


def _foot(canvas: Any, document: Any, *, words: str) -> None:
    canvas.saveState()
    canvas.setFont(_font(), 7)
    canvas.setFillColor(GREY)
    page = _("Page %(number)s") % {"number": document.page}
    canvas.setFont(font_for(page), 7)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, page)
    if words:
        canvas.setFont(font_for(words), 7)
        canvas.drawString(MARGIN, 10 * mm, words)
    canvas.restoreState()
