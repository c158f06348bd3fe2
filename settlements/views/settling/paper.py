"""A settlement statement on paper: lines, what they add up to, claims apart, what is contested.

It goes to the customer: notes, which are our own words, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from kam.core import formats, paper
from kam.core.models import Organisation
from settlements.choices.settling import LinePart, StatementLineKind
from settlements.models import SettlementStatement, StatementDispute, StatementLine
from settlements.selectors.settling.reads import left_open
from settlements.views.settling import common

WIDTHS = [78 * mm, 22 * mm, 27 * mm, 18 * mm, 12 * mm, 25 * mm]
SUMS = [130 * mm, 52 * mm]
GOODS = (StatementLineKind.GROSS, StatementLineKind.RETURN, StatementLineKind.SHRINK)


def statement_paper(row: SettlementStatement, *, printed_on: date) -> bytes:
    """Return a statement (of `reads.whole`) as PDF, in the language in force."""
    issuer = Organisation.objects.values_list("name", flat=True).get(pk=1)
    story = story_of(row, issuer=issuer, printed_on=printed_on)
    return paper.pdf(story, title=f"{_title_of(row)} – {row.account.name}", author=issuer)


def story_of(row: SettlementStatement, *, issuer: str, printed_on: date) -> list[Flowable]:
    """What stands on the paper, from top to bottom."""
    return [
        *paper.head(
            issuer=issuer,
            title=_title_of(row),
            subject=row.account.name,
            below=list(_facts(row)),
            printed_on=printed_on,
        ),
        *_lines(row),
        *_sums(row),
        *_claims(row),
        *_disputes(row),
    ]


def _title_of(row: SettlementStatement) -> str:
    return _("Settlement statement %s") % row


def paper_response(row: SettlementStatement) -> HttpResponse:
    """The statement as a download."""
    name = slugify(f"settlement-statement-{row.number or row.pk}-v{row.version}")
    return HttpResponse(
        statement_paper(row, printed_on=timezone.localdate()),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _facts(row: SettlementStatement) -> Iterable[str]:
    store, agreement, version = _("Store"), _("Agreement"), _("Version")
    if row.store:
        yield f"{store}: {row.store.name}"
    period = common.days(row.period.lower, row.period.upper)
    yield f"{row.get_kind_display()} · {period} · {row.currency_id}"
    yield f"{agreement}: {row.agreement_version}"
    yield f"{version} {row.version} · {common.state_badge(row).text}"
    for words, day in ((_("Issued"), row.issued_on), (_("Confirmed"), row.confirmed_on),
                       (_("Posted"), row.posted_on), (_("Due"), row.due_on)):  # fmt: skip
        if day is not None:
            yield f"{words}: {formats.date(day)}"


def _lines(row: SettlementStatement) -> list[Flowable]:
    titles = [_("What"), _("Quantity"), _("Of"), pgettext("agreement", "Rate"), _("Tax, %"),
              _("Amount")]  # fmt: skip
    lines = [line for line in row.lines.all() if line.part != LinePart.CLAIM]
    cells = [paper.headings(titles, numbers=5), *(_line(line) for line in lines)]
    base = _("Amounts include tax.") if row.is_tax_inclusive else _("Tax is added to the amounts.")
    return [
        Spacer(1, 6 * mm),
        Table(cells, colWidths=WIDTHS, repeatRows=1, style=paper.ruled()),
        paper.text(base, 7, textColor=paper.GREY),
    ]


def _line(line: StatementLine) -> list[Any]:
    of = line.product or line.category or line.store
    words = [line.what, str(of) if of else ""]
    if line.product_id and line.store:
        words.append(line.store.name)
    if line.part == LinePart.CONTAINED:
        words.append(_("contained in the amounts"))
    is_money = line.basis and line.kind not in GOODS
    return [
        paper.cell(" · ".join(filter(None, words))),
        _number(line.quantity),
        paper.figure(line.basis if is_money else None),
        _number(line.rate if line.rate is not None else common.rate_by_bands(line)),
        _number(line.tax_rate if line.kind != StatementLineKind.TAX else None),
        paper.figure(line.amount),
    ]


def _number(value: Decimal | None) -> Any:
    return "" if value is None else paper.cell(formats.number(value), 7, right=True)


def _sums(row: SettlementStatement) -> list[Flowable]:
    """What the lines come to, the steps that are nothing left out."""
    coupons = [line.amount for line in row.lines.all() if line.kind == StatementLineKind.COUPON]
    steps = [
        (pgettext("statement", "Sales"), row.gross),
        (_("Returns"), row.returns),
        (str(StatementLineKind.COUPON.label), sum(coupons, Decimal(0))),
        (pgettext("statement", "Deduction"), -row.deduction),
        (_("Up to the guarantee"), -row.top_up),
    ]
    totals = [(_("Without tax"), row.net), (_("Tax"), row.tax), (_("Payable"), row.payable)]
    cells = [
        *([paper.cell(words), paper.figure(amount)] for words, amount in steps if amount),
        *([paper.cell(words, bold=True), paper.figure(amount, bold=True)]
          for words, amount in totals),
    ]  # fmt: skip
    return [Spacer(1, 5 * mm), _table(cells)]


def _claims(row: SettlementStatement) -> list[Flowable]:
    """Fees that are claims of their own, and what is paid in the end."""
    lines = [line for line in row.lines.all() if line.part == LinePart.CLAIM]
    if not lines and not row.brought_forward and not row.carried_forward:
        return []
    more = [
        (_("Brought forward"), row.brought_forward or None),
        (
            _("Remains in their favour") if row.remains < 0 else _("Remains to be paid"),
            row.remains,
        ),
        (_("Claims left open"), left_open(row) or None),
        (_("Carried to the next statement"), row.carried_forward or None),
    ]
    cells = [
        *([paper.cell(line.what), paper.figure(line.amount)]
          for line in lines),
        *([paper.cell(words, bold=True), paper.figure(amount, bold=True)]
          for words, amount in more if amount is not None),
    ]  # fmt: skip
    return [*_title(_("Claimed beside it")), _table(cells)]


def _disputes(row: SettlementStatement) -> list[Flowable]:
    cells = [[paper.cell(_dispute(one)), paper.figure(one.amount)] for one in row.disputes.all()]
    return [*_title(_("Disputes")), _table(cells)] if cells else []


def _dispute(one: StatementDispute) -> str:
    states = {None: _("Open"), True: _("Granted"), False: _("Not granted")}
    of = one.line.what if one.line else ""
    words = [formats.date(one.raised_on), one.get_reason_display(), of]
    return " · ".join(filter(None, [states[one.is_granted], *words]))


def _title(words: str) -> list[Flowable]:
    return [Spacer(1, 5 * mm), paper.text(words, 9, bold=True), Spacer(1, 1 * mm)]


def _table(cells: Sequence[list[Any]]) -> Table:
    return Table(list(cells), colWidths=SUMS, style=paper.ruled())
