"""Whitespace as heat maps: the portfolio, one account, the account's panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.selectors.wallet import boards
from accounts.selectors.wallet.boards import HeatMap
from accounts.selectors.wallet.cells import HeatCell, default_period, periods_known
from accounts.selectors.wallet.portable import COLUMNS, portable_rows
from accounts.views.accounts import account_crumbs, get_account, may_edit
from accounts.views.wallet import words
from kam.core import exports, formats, htmx
from kam.core.dates import Period, PeriodError
from kam.core.nav import Tab
from kam.core.registry import may
from kam.core.selectors.rates import base_currency
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: layout-grid plus download upload
PAGE = "accounts/whitespace_board.html"
PERIODS_OFFERED = 5


@requires("whitespace.view")
@require_GET
def portfolio(request: HttpRequest) -> HttpResponseBase:
    """One's own accounts × categories, as a map, a table, or files."""
    user, today = signed_in(request), timezone.localdate()
    if "estimates" in request.GET:
        return _estimates_file(request)
    known = periods_known(user)
    period = chosen_period(request, known, today)
    number = request.GET.get("part", "")
    page = min(int(number), 10_000) if number.isdecimal() and number[:5] == number else 1
    found = boards.portfolio_map(user, period=period, as_of=today, page=max(page, 1))
    table = cell_table(request, found, by_account=True)
    context = {
        **heat_context(found),
        "crumbs": [*_listed(), (_("Whitespace"), "")],
        "title": _("Whitespace"),
        "tabs": period_tabs(request, known, period, today),
        "stats": stats(found, today),
        "finding": finding(found),
        "by_account": True,
        "may_estimate": user.can("whitespace.edit"),
        "may_import": may(user, "imports.run"),
        "next_url": _part_url(request, page + 1) if found.more else "",
        "previous_url": _part_url(request, page - 1) if page > 1 else "",
        "export_url": f"{request.path}?estimates=",
        "nothing": Empty(
            _("No accounts of yours yet"),
            _("Whitespace is what your accounts buy elsewhere of what you could sell them."),
            icon="layout-grid",
        ),
    }
    return table.response(PAGE, context)


def _listed() -> list[tuple[str, str]]:
    return [(_("Accounts"), reverse("accounts:account-list"))]


def _part_url(request: HttpRequest, page: int) -> str:
    query = {**request.GET.dict(), "part": str(page)}
    return f"{request.path}?{urlencode(query)}"


@requires("whitespace.view")
@require_GET
def of_account(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Categories × units of an account."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    known = periods_known(user, node=account.pk)
    period = chosen_period(request, known, today)
    units = 200 if request.GET.get("units") == "all" else boards.UNITS_SHOWN
    found = boards.account_map(account, period=period, as_of=today, units=units)
    table = cell_table(request, found, by_account=False)
    everything = {**request.GET.dict(), "units": "all"}
    context = {
        **heat_context(found),
        **account_context(request, account),
        "crumbs": account_crumbs(account, (_("Whitespace"), "")),
        "title": _("Whitespace of %s") % account.name,
        "tabs": period_tabs(request, known, period, today),
        "stats": stats(found, today),
        "finding": finding(found),
        "all_units_url": f"{request.path}?{urlencode(everything)}",
    }
    return table.response(PAGE, context)


def account_context(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What both the page and the panel of an account offer."""
    user = signed_in(request)
    editable = may_edit(user, account)
    return {
        "account": account,
        "may_estimate": user.can("whitespace.edit") and editable,
        "may_pursue": user.can("opportunities.edit") and editable,
        "nothing": Empty(
            _("Nothing is bought and nothing is estimated"),
            _("An estimate says what they buy of a category from everybody."),
            _("New estimate") if user.can("whitespace.edit") and editable else "",
            reverse("accounts:estimate-create", args=[account.pk])
            if user.can("whitespace.edit") and editable
            else "",
            icon="layout-grid",
        ),
    }


@requires("whitespace.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The account's heat map on its page: itself and its largest units."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    period = default_period(periods_known(user, node=account.pk), today)
    found = boards.account_map(account, period=period, as_of=today, units=6)
    context = {
        **heat_context(found),
        **account_context(request, account),
        "title": _("Whitespace"),
        "panel_template": "accounts/panels/whitespace.html",
        "crumbs": account_crumbs(account, (_("Whitespace"), "")),
        "finding": finding(found),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


# Parts


def chosen_period(request: HttpRequest, known: list[Period], today: date) -> Period:
    """The period that the address names, else the last one that has estimates."""
    try:
        return Period.parse(request.GET.get("period", ""))
    except PeriodError:
        return default_period(known, today)


def period_tabs(
    request: HttpRequest, known: list[Period], period: Period, today: date
) -> list[Tab]:
    """The periods that have estimates, the running year and the one shown."""
    offered = {*known[:PERIODS_OFFERED], Period.year(today.year), period}
    ordered = sorted(offered, key=lambda one: (one.end, one.start))
    link = f"{request.path}?period="
    return [Tab(words.period_words(one), f"{link}{one}", active=one == period) for one in ordered]


def heat_context(found: HeatMap) -> dict[str, Any]:
    """What the map's template needs."""
    currency = base_currency()
    return {
        "map": found,
        "currency": currency,
        "period": found.period,
        "period_words": words.period_words(found.period),
        "sold_in_words": words.period_words(found.sold_in),
        "is_running": found.sold_in != found.period,
        "steps": [(number, text) for number, (_end, text) in enumerate(words.STEPS, 1)],
        "rows": [
            {
                "head": row.head,
                "sum": row.sum,
                "coverage": words.coverage(row.sum),
                "cells": [words.shown(one, found.period, currency) for one in row.cells],
            }
            for row in found.rows
        ],
    }


def finding(found: HeatMap) -> list[str]:
    """The board in two sentences; without any estimate what to do."""
    total, currency = found.sum, base_currency()
    if total.whitespace is None or total.wallet is None:
        return [
            _("No wallet is known for %s.") % words.period_words(found.period),
            _("Estimate what they buy of a category from everybody: a rough figure is a start."),
        ]
    first = _("%(whitespace)s could still be won in %(period)s.") % {
        "whitespace": _short(total.whitespace, currency),
        "period": words.period_words(found.period),
    }
    share = formats.percent(total.share) if total.share is not None else "–"
    second = _("We hold %(share)s of %(wallet)s; %(coverage)s.") % {
        "share": share,
        "wallet": _short(total.wallet, currency),
        "coverage": words.coverage(total),
    }
    return [first, second]


def _short(amount: Decimal, currency: str) -> str:
    """An estimated amount without digits that nobody knows."""
    return f"{formats.compact(amount)}\N{NO-BREAK SPACE}{currency}"


def stats(found: HeatMap, today: date) -> list[Stat]:
    """Wallet, our sales, share and whitespace of what is computable."""
    total, currency = found.sum, base_currency()
    none = _("Nothing is estimated for this period")
    shared: dict[str, Any] = {"as_of": today, "unknown": none}
    money: dict[str, Any] = {"kind": "money", "unit": currency, "places": 0, **shared}
    reference = words.coverage(total)
    return [
        Stat(
            name="wallet",
            title=_("Wallet"),
            value=total.wallet,
            reference=reference,
            what=_("What they buy from everybody, as estimated, of cells that are computable."),
            **money,
        ),
        Stat(
            name="current",
            title=_("Our sales in them"),
            value=total.current,
            reference=words.period_words(found.sold_in),
            what=_(
                "Our net sales in the same cells. A running period is compared with as many "
                "months up to the last complete one."
            ),
            **money,
        ),
        Stat(
            name="share",
            title=_("Share of wallet"),
            value=total.share,
            kind="percent",
            what=_("Our sales ÷ wallet, of cells that are computable."),
            **shared,
        ),
        Stat(
            name="whitespace",
            title=_("Whitespace"),
            value=total.whitespace,
            what=_(
                "Wallet − our sales. Cells without an estimate, or with one below our sales, "
                "bring nothing: they are counted, not guessed."
            ),
            **money,
        ),
    ]


@dataclass(frozen=True)
class CellRow:
    """A line of the table twin."""

    account: str
    category: str
    one: HeatCell


def _cell_rows(found: HeatMap, *, by_account: bool) -> Iterator[CellRow]:
    for row in found.rows:
        for head, one in zip(found.heads, row.cells, strict=True):
            account, category = (row.head, head) if by_account else (head, row.head)
            yield CellRow(account.name, category.name, one)


def cell_table(request: HttpRequest, found: HeatMap, *, by_account: bool) -> Table:
    """The same cells as a table that sorts and exports."""
    known = [
        row
        for row in _cell_rows(found, by_account=by_account)
        if row.one.own or row.one.parts or row.one.current != Decimal(0)
    ]
    return Table(
        request,
        known,
        [*_figures(), *MORE],
        name="whitespace",
        caption=_("The same as a table"),
        default_sort="-whitespace",
        row_url=lambda row: words.cell_url(row.one.account_id, row.one.category_id, found.period),
        empty=Empty(_("No cell holds anything"), icon="layout-grid"),
    )


def _figures() -> list[Column]:
    unit = base_currency()
    money: Mapping[str, Any] = {"kind": "money", "unit": unit, "places": 0, "sort": True}
    return [
        Column(name="account", title=gettext_lazy("Account"), sort=True),
        Column(name="category", title=gettext_lazy("Category"), sort=True),
        Column(
            name="wallet",
            title=gettext_lazy("Wallet"),
            value=lambda row: row.one.cell.wallet,
            unknown=gettext_lazy("Not estimated"),
            **money,
        ),
        Column(
            name="current",
            title=gettext_lazy("Our sales"),
            value=lambda row: row.one.current,
            unknown=gettext_lazy("An exchange rate is missing"),
            **money,
        ),
        Column(
            name="share",
            title=gettext_lazy("Share"),
            kind="percent",
            value=lambda row: row.one.cell.share,
            sort=True,
            unknown=gettext_lazy("Not computable"),
        ),
        Column(
            name="whitespace",
            title=gettext_lazy("Whitespace"),
            value=lambda row: row.one.cell.whitespace,
            unknown=gettext_lazy("Not computable"),
            **money,
        ),
    ]


MORE = [
    Column(
        name="state",
        title=gettext_lazy("State"),
        value=lambda row: words.reason_of(row.one) or words.parts_words(row.one) or _("Known"),
    ),
    Column(
        name="competitor",
        title=gettext_lazy("Main competitor"),
        value=lambda row: row.one.supplied_by or None,
        link=lambda row: words.rival_url(row.one),
        sort=True,
        unknown=gettext_lazy("Nobody is named"),
    ),
    Column(
        name="confidence",
        title=gettext_lazy("Confidence"),
        value=lambda row: words.confidence(row.one.confidence) or None,
        default=False,
        unknown=gettext_lazy("Not estimated"),
    ),
    Column(
        name="estimated_on",
        title=gettext_lazy("Estimated on"),
        kind="date",
        value=lambda row: row.one.estimated_on,
        sort=True,
        default=False,
        unknown=gettext_lazy("Not estimated"),
    ),
]
"""What stands behind the figures of a cell."""


def _estimates_file(request: HttpRequest) -> HttpResponseBase:
    """All estimates in one's scope, as the file that an import reads again."""
    rows = list(portable_rows(signed_in(request)))
    return exports.export_response(
        request,
        name="wallets",
        kind=request.GET["estimates"],
        headings=COLUMNS,
        records=lambda: rows,
        exceeds=lambda limit: len(rows) > limit,
        back_url=request.path,
    )
