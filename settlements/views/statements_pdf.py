"""The statement of account on paper: drawn from our own fonts, nothing fetched from anywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
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
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from kam.core import formats
from settlements.choices import DocumentKind
from settlements.selectors.statement import CurrencyStatement, Statement, StatementLine
from settlements.views.board_parts import band_title

CHINESE = "STSong-Light"
PLAIN, BOLD = "KamSans", "KamSans-Bold"
FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
IDEOGRAMS = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)
GREY, LINE = colors.HexColor("#5b6270"), colors.HexColor("#c9ced6")
MARGIN = 14 * mm
LINE_WIDTHS = [19.5 * mm, 40 * mm, 28 * mm, 19.5 * mm, 23.5 * mm, 23.5 * mm, 23.5 * mm]


@dataclass(frozen=True)
class Sheet:
    """What stands around the figures of a statement."""

    account: str
    issuer: str
    printed_on: date


def statement_pdf(found: Statement, sheet: Sheet) -> bytes:
    """Return a statement as PDF, in the language in force, currency by currency."""
    _register_fonts()
    file = io.BytesIO()
    title = _("Statement of account")
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=18 * mm,
        title=f"{title} – {sheet.account}",
        author=sheet.issuer,
        lang=get_language() or "en",
        invariant=1,
    )
    document.build(_story(found, sheet, title), onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    folder = settings.BASE_DIR / "static" / "dist" / "fonts"
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def _font(*, bold: bool = False) -> str:
    if (get_language() or "").startswith("zh"):
        return CHINESE
    return BOLD if bold else PLAIN


def _style(size: float = 8, *, bold: bool = False, **more: Any) -> ParagraphStyle:
    return ParagraphStyle("s", fontName=_font(bold=bold), fontSize=size, leading=size * 1.3, **more)


def _marked(text: str) -> str:
    """Text for a paragraph: nothing in it is markup, and ideograms get a font that has them."""
    return IDEOGRAMS.sub(lambda run: f'<font name="{CHINESE}">{run[0]}</font>', escape(text))


def _cell(text: str, size: float = 7.5, *, bold: bool = False, right: bool = False) -> Paragraph:
    alignment = {"alignment": TA_RIGHT} if right else {}
    return Paragraph(_marked(text), _style(size, bold=bold, **alignment))


def _story(found: Statement, sheet: Sheet, title: str) -> list[Flowable]:
    days = f"{formats.date(found.period.start)} – {formats.date(found.period.last_day)}"
    story: list[Flowable] = [
        Paragraph(_marked(sheet.issuer), _style(9, textColor=GREY)),
        Spacer(1, 3 * mm),
        Paragraph(_marked(title), _style(17, bold=True)),
        Spacer(1, 2 * mm),
        Paragraph(_marked(sheet.account), _style(11, bold=True)),
        Paragraph(_marked(days), _style(9)),
        Paragraph(
            _marked(_("Printed on %(day)s") % {"day": formats.date(sheet.printed_on)}),
            _style(8, textColor=GREY),
        ),
    ]
    if not found.currencies:
        story += [Spacer(1, 8 * mm), Paragraph(_marked(nothing_words()), _style(9))]
    for one in found.currencies:
        story += _currency(one, found)
    return story


def nothing_words() -> str:
    """What a statement without any figure says."""
    return _("There is nothing to state: no balance before the period and no postings in it.")


def _currency(one: CurrencyStatement, found: Statement) -> list[Flowable]:
    headings = [
        _("Date"), _("Document"), _("Reference"), _("Due"), _("Debit"), _("Credit"), _("Balance")
    ]  # fmt: skip
    opening = _("Balance on %(day)s") % {"day": formats.date(found.period.start)}
    closing = _("Balance at the end of %(day)s") % {"day": formats.date(found.period.last_day)}
    rows = [_headings(headings, numbers=3)]
    rows.append(_sum_row(opening, one.opening))
    rows += [_line(line) for line in one.lines]
    rows.append(_sum_row(closing, one.closing))
    table = Table(rows, colWidths=LINE_WIDTHS, repeatRows=1)
    table.setStyle(_ruled([1, len(rows) - 1]))
    return [
        Spacer(1, 7 * mm),
        Paragraph(_marked(one.currency), _style(11, bold=True)),
        Spacer(1, 1.5 * mm),
        table,
        *_aged(one, found),
    ]


def _headings(texts: list[str], *, numbers: int) -> list[Paragraph]:
    """The last `numbers` columns hold figures."""
    first = len(texts) - numbers
    return [_cell(text, bold=True, right=n >= first) for n, text in enumerate(texts)]


def _sum_row(text: str, amount: Decimal) -> list[Any]:
    return ["", _cell(text, bold=True), "", "", "", "", _figure(amount, bold=True)]


def _figure(amount: Decimal | None, *, bold: bool = False) -> Paragraph | str:
    return "" if amount is None else _cell(formats.money(amount), 7, bold=bold, right=True)


def _line(line: StatementLine) -> list[Any]:
    return [
        _cell(formats.date(line.posting_date)),
        _cell(document_words(line)),
        _cell(line.reference),
        _cell("" if line.due_on is None else formats.date(line.due_on)),
        _figure(line.debit),
        _figure(line.credit),
        _figure(line.balance),
    ]


def document_words(line: StatementLine) -> str:
    """A document as a statement names it."""
    words = {"kind": DocumentKind(line.kind).label, "number": line.number}
    if line.is_reversal:
        return _("%(kind)s %(number)s, reversal") % words
    return f"{words['kind']} {line.number}"


def _aged(one: CurrencyStatement, found: Statement) -> Iterable[Flowable]:
    """What of the closing balance is open by age; its net is the balance."""
    if one.aged is None:
        return []
    row = one.aged
    names = [str(band_title(name)) for name in found.bands.names]
    more = [(_("Open"), row.open), (_("Unapplied cash"), -row.unapplied),
            (_("Open credits"), -row.open_credits), (_("Net"), row.net)]  # fmt: skip
    pairs = [*zip(names, row.buckets, strict=True), *more]
    cells = [
        [_cell(title, 6.5, bold=True, right=True) for title, _amount in pairs],
        [_cell(formats.money(amount), 6.5, right=True) for _title, amount in pairs],
    ]
    table = Table(cells, colWidths=[sum(LINE_WIDTHS) / len(pairs)] * len(pairs))
    table.setStyle(_ruled([]))
    words = _("Open items by days past the due date, as of %(day)s") % {
        "day": formats.date(found.period.last_day)
    }
    return [
        Spacer(1, 4 * mm),
        Paragraph(_marked(words), _style(8, bold=True)),
        Spacer(1, 1 * mm),
        table,
    ]


def _ruled(strong: list[int]) -> TableStyle:
    commands: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, GREY),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    commands += [("SPAN", (1, row), (5, row)) for row in strong]
    return TableStyle(commands)


def _foot(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(_font(), 7)
    canvas.setFillColor(GREY)
    page = _("Page %(number)s") % {"number": document.page}
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, page)
    canvas.restoreState()
