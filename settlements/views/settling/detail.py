"""One settlement statement as a document: lines, how they come about, what became of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from kam.core import exports, formats
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Table
from kam.identity.decorators import requires, signed_in
from settlements.choices.settling import (
    DocumentRole,
    LinePart,
    StatementKind,
    StatementLineKind,
    StatementState,
)
from settlements.choices.terms import Bearer
from settlements.models import SalesReportLine, SettlementStatement, StatementLine
from settlements.models.term_parts import BANDED
from settlements.selectors.settling.reads import (
    contested,
    counts_purchases,
    lines_behind,
    says_coupons,
)
from settlements.selectors.settling.recomputing import is_as_computed
from settlements.selectors.terms.conditions import bands_of
from settlements.services.settling.posting import posting_blockers
from settlements.views.downloads import download
from settlements.views.settling import common
from settlements.views.settling.paper import paper_response
from settlements.views.terms.examples import band_rows
from settlements.views.terms.words import deduction, guarantee, media, shrink

# icons: table-export message-report download list-search file-type-pdf
GOODS = (StatementLineKind.GROSS, StatementLineKind.RETURN)
SOURCED = (*GOODS, StatementLineKind.COUPON)


@requires(common.VIEW)
@require_GET
def settling_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the statement says, how it was computed, its acts and what they need."""
    user, row = signed_in(request), common.get_statement(request, pk)
    if kind := request.GET.get("export"):
        return _file(request, row, kind)
    acts = common.may(user, row)
    shown = [_line(line, row) for line in row.lines.all()]
    context = {
        "statement": row,
        "badge": common.state_badge(row).__html__(),
        "period": common.days(row.period.lower, row.period.upper),
        "lines": [one for one in shown if one["line"].part != LinePart.CLAIM],
        "claims": [one for one in shown if one["line"].part == LinePart.CLAIM],
        "how": how(row),
        "may": acts,
        "disputes": row.disputes.all(),
        "contested": sum((one.amount for one in contested(row)), 0) or None,
        "documents": row.documents.exclude(role=DocumentRole.REVERSAL),
        "blockers": _blockers(request, row) if acts["post"] else [],
        "left_open": common.left_open_words(row),
        "differs": row.state in _MAY_DIFFER and not is_as_computed(row),
        "later": getattr(row, "replaced_by", None),
        "history": history_of(row),
        "crumbs": common.crumbs((str(row), "")),
    }
    return render(request, "settlements/settling_detail.html", context)


_MAY_DIFFER = (StatementState.DRAFT, StatementState.ISSUED, StatementState.CONFIRMED)


def _blockers(request: HttpRequest, row: SettlementStatement) -> list[Any]:
    return posting_blockers(row, timezone.localdate(), signed_in(request))


def _line(line: StatementLine, row: SettlementStatement) -> dict[str, Any]:
    return {
        "line": line,
        "what": line.what,
        "of": line.product or line.category or line.store or "",
        "store": line.store if line.product_id else None,
        "has_sources": line.kind in SOURCED or line.medium,
        "price": _price(line, row),
        "is_contained": line.part == LinePart.CONTAINED,
        "by_bands": common.rate_by_bands(line),
        "is_banded": row.term.deduction in BANDED,
    }


def _price(line: StatementLine, row: SettlementStatement) -> str:
    """The price of a piece, with the decimals of its currency at least; "" of other lines."""
    priced = (*GOODS, StatementLineKind.SHRINK)
    if row.kind != StatementKind.SELL_THROUGH or line.kind not in priced or line.rate is None:
        return ""
    own = -int(line.rate.normalize().as_tuple().exponent)
    return formats.number(line.rate, max(own, formats.places_of(row.currency_id)))


def how(row: SettlementStatement) -> list[str]:
    """How the statement comes about, in sentences."""
    base = _("Amounts include tax.") if row.is_tax_inclusive else _("Tax is added to the amounts.")
    found = [_("Computed from accepted sales reports by %s.") % row.agreement_version, base]
    if row.trading_days is not None and row.trading_days != row.calendar_days:
        words = _("Traded on %(days)s of %(whole)s days.")
        found.append(words % {"days": row.trading_days, "whole": row.calendar_days})
    if row.kind == "true_up":
        found.append(_("The guarantee of the whole period against what its months took."))
    if row.kind == StatementKind.SELL_THROUGH:
        found += shrink(row.term)
    else:
        found += [*deduction(row.term), *_bands(row), *media(row.term)]
        found += guarantee(getattr(row.term, "guarantee", None), row.currency_id)
    if row.kind == StatementKind.TURNOVER:
        found += _coupons(row)
    if row.claimed:
        found.append(_("Fees are claims of their own; they are set off when it is posted."))
    if counts_purchases(row):
        found.append(
            _("Fees of purchases count what was booked as revenue by other ways than statements.")
        )
    return found


def _bands(row: SettlementStatement) -> list[str]:
    """The bands of the deduction, each with its rate."""
    schedule = row.term.deduction_schedule
    if schedule is None:
        return []
    rows = band_rows(bands_of(schedule.bands.all()), row.currency_id)
    return [f"{one.words}: {one.rate}" for one in rows]


def _coupons(row: SettlementStatement) -> list[str]:
    term = row.term
    if not term.is_after_coupons and term.coupon_bearer == Bearer.CUSTOMER:
        return []
    if not says_coupons(row):
        return [_("The reports do not say what coupons paid: turnover counts as it was reported.")]
    if term.is_after_coupons:
        return [_("Turnover is counted after coupons.")]
    return [_("Turnover is counted before coupons.")]


@requires(common.VIEW)
@require_GET
def settling_sources(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """The report lines that a line adds up."""
    row = common.get_statement(request, pk)
    found = get_object_or_404(row.lines.all(), pk=line)
    rows = lines_behind(row, found)
    table = Table(
        request,
        rows,
        _source_columns(),
        name="settling-sources",
        caption=_("Report lines"),
        default_sort="report",
    )
    context = {
        "statement": row,
        "line": found,
        "sums": rows.aggregate(
            sold=Sum("quantity_sold"), back=Sum("quantity_returned"), gross=Sum("gross_amount")
        ),
        "crumbs": common.crumbs((str(row), row.get_absolute_url()), (_("Report lines"), "")),
    }
    return table.response("settlements/settling_sources.html", context)


def _source_columns() -> list[Column]:
    def currency(row: SalesReportLine) -> str:
        return str(row.currency_id)

    return [
        Column(name="report", title=_("Report"), value=lambda row: str(row.report),
               sort="report__their_number", link=lambda row: row.report.get_absolute_url()),
        Column(name="line", title=_("Line"), kind="number", places=0, value="line", sort="line"),
        Column(name="store", title=_("Store"), value="store.name", sort="store__name_key"),
        Column(name="product", title=_("Product"), sort="product__name",
               value=lambda row: row.product.name if row.product else None,
               unknown=_("The line names a category or a counter")),
        Column(name="sold_on", title=_("Day"), kind="date", value="sold_on", sort="sold_on",
               nullable=True, unknown=_("The last day of the report")),
        Column(name="sold", title=_("Sold"), kind="number", value="quantity_sold",
               sort="quantity_sold"),
        Column(name="back", title=_("Brought back"), kind="number", value="quantity_returned",
               sort="quantity_returned"),
        Column(name="gross", title=_("Turnover with tax"), kind="money", value="gross_amount",
               currency=currency, sort="gross_amount", nullable=True,
               unknown=_("The line names no amount")),
        Column(name="coupons", title=_("Of it paid with coupons"), kind="money",
               value="coupon_amount", currency=currency, sort="coupon_amount", nullable=True,
               unknown=_("Not reported"), default=False),
        Column(name="medium", title=_("Paid by"), sort="payment_medium", default=False,
               value=lambda row: row.payment_medium or None, unknown=_("Not told")),
    ]  # fmt: skip


def _file(request: HttpRequest, row: SettlementStatement, kind: str) -> HttpResponseBase:
    records = [
        (
            line.sequence,
            line.get_kind_display(),
            line.label,
            line.product.code if line.product else None,
            line.category.name if line.category else None,
            line.store.name if line.store else None,
            line.get_part_display(),
            line.quantity,
            line.basis,
            line.rate,
            line.tax_rate,
            line.amount,
            row.currency_id,
        )
        for line in row.lines.all()
    ]
    return exports.export_response(
        request,
        name=f"settlement-statement-{row.number or row.pk}",
        kind=kind,
        headings=[
            _("Line"), _("Kind"), _("Text"), _("Product"), _("Category"), _("Store"),
            pgettext("statement line", "Belongs to"), _("Quantity"), _("Of"),
            pgettext("agreement", "Rate"), _("Tax rate in percent"), _("Amount"), _("Currency"),
        ],
        records=lambda: records,
        exceeds=lambda limit: len(records) > limit,
        back_url=row.get_absolute_url(),
    )  # fmt: skip


@requires(common.VIEW)
@require_GET
def settling_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement on paper, in the user's language."""
    return paper_response(common.get_statement(request, pk))


@requires(common.VIEW)
@require_GET
def settling_file(request: HttpRequest, pk: int) -> FileResponse:
    """The signed file as a download: never a page of ours, whatever it may hold."""
    row = common.get_statement(request, pk)
    return download(row.confirmation_file, name=row.confirmation_name)
