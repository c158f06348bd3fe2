"""The statement of account on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from kam.core import formats, paper
from settlements.choices import DocumentKind
from settlements.selectors.statement import CurrencyStatement, Statement, StatementLine
from settlements.views.board_parts import band_title

LINE_WIDTHS = [19.5 * mm, 40 * mm, 28 * mm, 19.5 * mm, 23.5 * mm, 23.5 * mm, 23.5 * mm]


@dataclass(frozen=True)
class Sheet:
    """What stands around the figures of a statement."""

    account: str
    issuer: str
    printed_on: date


def statement_pdf(found: Statement, sheet: Sheet) -> bytes:
    """Return a statement as PDF, in the language in force, currency by currency."""
    title = _("Statement of account")
    story = _story(found, sheet, title)
    return paper.pdf(story, title=f"{title} – {sheet.account}", author=sheet.issuer)


def _story(found: Statement, sheet: Sheet, title: str) -> list[Flowable]:
    days = f"{formats.date(found.period.start)} – {formats.date(found.period.last_day)}"
    story = paper.head(
        issuer=sheet.issuer,
        title=title,
        subject=sheet.account,
        below=[days],
        printed_on=sheet.printed_on,
    )
    if not found.currencies:
        story += [Spacer(1, 8 * mm), paper.text(nothing_words(), 9)]
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
    rows = [paper.headings(headings, numbers=3)]
    rows.append(_sum_row(opening, one.opening))
    rows += [_line(line) for line in one.lines]
    rows.append(_sum_row(closing, one.closing))
    table = Table(rows, colWidths=LINE_WIDTHS, repeatRows=1)
    table.setStyle(paper.ruled(*[("SPAN", (1, row), (5, row)) for row in (1, len(rows) - 1)]))
    return [
        Spacer(1, 7 * mm),
        paper.text(one.currency, 11, bold=True),
        Spacer(1, 1.5 * mm),
        table,
        *_aged(one, found),
    ]


def _sum_row(text: str, amount: Decimal) -> list[Any]:
    return ["", paper.cell(text, bold=True), "", "", "", "", paper.figure(amount, bold=True)]


def _line(line: StatementLine) -> list[Any]:
    return [
        paper.cell(formats.date(line.posting_date)),
        paper.cell(document_words(line)),
        paper.cell(line.reference),
        paper.cell("" if line.due_on is None else formats.date(line.due_on)),
        paper.figure(line.debit),
        paper.figure(line.credit),
        paper.figure(line.balance),
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
        [paper.cell(title, 6.5, bold=True, right=True) for title, _amount in pairs],
        [paper.cell(formats.money(amount), 6.5, right=True) for _title, amount in pairs],
    ]
    table = Table(cells, colWidths=[sum(LINE_WIDTHS) / len(pairs)] * len(pairs))
    table.setStyle(paper.ruled())
    words = _("Open items by days past the due date, as of %(day)s") % {
        "day": formats.date(found.period.last_day)
    }
    return [
        Spacer(1, 4 * mm),
        paper.text(words, 8, bold=True),
        Spacer(1, 1 * mm),
        table,
    ]
