"""The board of profit: who earns, who loses, and what pulls them down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.choices import ConcentrationLevel
from accounts.forms.concentration import Calendar
from accounts.forms.profitability import NARROWING, ProfitBoardForm
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.concentration.periods import CUSTOM, presets
from accounts.selectors.concentration.query import data_as_of, has_revenue
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.selectors.profitability.query import ProfitQuery
from accounts.selectors.profitability.reading import Profit, compared_profit, unspread
from accounts.views.concentration.words import period_words
from accounts.views.profitability import charts, stats, tables, words
from accounts.views.profitability.links import revenue_url
from kam.core.charts import Chart, export
from kam.core.models import Organisation
from kam.core.nav import Tab
from kam.core.tables import Empty, Table, respond
from kam.core.tables.chips import Chip
from kam.core.tables.state import State
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: coins report-money scale
PAGE = "accounts/profit_board.html"


@dataclass(frozen=True)
class Asked:
    """What a request asks: the form as it was filled in, and the question it makes."""

    request: HttpRequest
    user: User
    form: ProfitBoardForm

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        """Read the address."""
        user, as_of = signed_in(request), data_as_of(timezone.localdate())
        start = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
        calendar = Calendar(as_of=as_of, fiscal_start=start)
        form = ProfitBoardForm(request.GET, user=user, calendar=calendar)
        form.is_valid()
        return cls(request, user, form)

    @property
    def as_of(self) -> date:
        """The day that figures reach."""
        return self.form.calendar.as_of

    @cached_property
    def query(self) -> ProfitQuery:
        """The question."""
        return self.form.query()

    @cached_property
    def names(self) -> NameBook:
        """Names as this user may see them."""
        return NameBook(self.user)

    @cached_property
    def state(self) -> State:
        """The address, and those of its neighbours."""
        return State(self.request.path, self.request.GET)

    def periods(self) -> list[Tab]:
        """Links to the named periods; months of one's own are chosen among the filters."""
        chosen = self.form.period_name
        tabs = [
            Tab(title, self.state.url(period=name, date_from=None, date_to=None), name == chosen)
            for name, title in presets(self.form.calendar.fiscal_start).items()
        ]
        if chosen == CUSTOM:
            tabs.append(Tab(period_words(self.query.period), self.state.url(), True))
        return tabs

    def levels(self) -> list[Tab]:
        """Links to what one customer is."""
        titles = {
            ConcentrationLevel.GROUP: _("Groups"),
            ConcentrationLevel.ACCOUNT: _("Accounts as invoiced"),
        }
        return [
            Tab(title, self.state.url(level=str(level)), level == self.query.level)
            for level, title in titles.items()
        ]

    def chips(self) -> Iterator[Chip]:
        """The filters in force."""
        for name, label, value in self.form.in_force():
            yield Chip(str(label), value, self.state.url_without_value(name))


@require_GET
@requires("profitability.view")
def board(request: HttpRequest) -> HttpResponseBase:
    """The board, its tables and charts as files, or its parts for htmx."""
    asked = Asked.of(request)
    context = _frame(asked)
    try:
        profit, before = compared_profit(asked.query, asked.user)
    except MissingRatesError as error:
        return render(request, PAGE, {**context, "missing": error.missing})
    drawn = _charts(asked, profit)
    if (file := export(request, *drawn.values())) is not None:
        return file
    shown = _tables(asked, profit, before)
    context |= {"drawn": drawn, **_contents(asked, profit, before), **shown}
    return respond(request, PAGE, context, *shown.values())


def _frame(asked: Asked) -> dict[str, Any]:
    """What the page shows whatever the figures are."""
    return {
        "asked": asked,
        "form": asked.form,
        "query": asked.query,
        "period": period_words(asked.query.period),
        "chips": list(asked.chips()),
        "clear_url": asked.state.url(**dict.fromkeys(NARROWING)),
        "has_revenue": has_revenue(),
        "may_edit": asked.user.can("costs.edit"),
        "nothing": _nothing(asked.user),
        "as_of": asked.as_of if asked.as_of != timezone.localdate() else None,
        "crumbs": [(_("Profitability"), "")],
    }


def _charts(asked: Asked, profit: Profit) -> dict[str, Chart]:
    if not profit.whale.points:
        return {}
    drawn = {
        "whale": charts.whale_chart(profit, asked.names),
        "effort": charts.effort_chart(profit, asked.names),
    }
    return {name: chart for name, chart in drawn.items() if chart is not None}


def _tables(asked: Asked, profit: Profit, before: Profit | None) -> dict[str, Table]:
    lines = tables.lines_of(profit, before)
    below = tables.below_floor(profit, lines)
    found = {"customers": tables.customer_table(asked.request, profit, lines, asked.names)}
    if below:
        found["below"] = tables.floor_table(asked.request, profit, below, asked.names)
    if profit.unknown:
        found["unknown"] = tables.unknown_table(asked.request, profit, asked.names)
    return found


def _contents(asked: Asked, profit: Profit, before: Profit | None) -> dict[str, Any]:
    """What the page shows of the figures."""
    left = (
        unspread(profit.query.period) if profit.is_company and not asked.query.is_narrowed else []
    )
    return {
        "profit": profit,
        "finding": words.finding(profit),
        "stats": stats.stats(profit, before) if profit.whale.points else [],
        "sums": stats.sums(profit),
        "unspread": words.unspread_words(left, profit.currency),
        "has_floors": any(one.floor is not None for one in profit.tiers.values()),
        "unassigned_url": revenue_url(profit.query, unassigned=1),
        "has_costs": bool(profit.total.costs),
    }


def _nothing(user: User) -> Empty:
    """What stands in the place of the board while there is no revenue at all."""
    title, text = _("No revenue yet"), _("This shows who earns you money, once sales are in.")
    if not user.can("imports.run"):
        return Empty(title, text, icon="coins")
    return Empty(title, text, _("Import sales"), reverse("imports:batch-create"), icon="coins")
