"""The profit of one account: the panel with its waterfall, and what each cost comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.choices import CostKind, SpreadRule
from accounts.models import Account
from accounts.selectors.concentration.periods import last_quarter, previous_year, rolling
from accounts.selectors.profitability import rows as reads
from accounts.selectors.profitability.account import AccountProfit, CostLine, account_profit
from accounts.selectors.profitability.query import SERVE, Costing
from accounts.views.accounts import account_crumbs, get_account
from accounts.views.concentration.words import period_words
from accounts.views.heads import rows_url
from accounts.views.profitability.links import node_url
from accounts.views.profitability.words import gaps_of, kind_title
from kam.core import charts, formats, htmx, plots
from kam.core.dates import Period
from kam.core.exact import ratio
from kam.core.nav import Tab
from kam.identity.decorators import requires, signed_in

ENTRIES_SHOWN = 8


@requires("profitability.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """From revenue down to net profit, each step with the rows behind it."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    name, period = _chosen(request, today)
    found = account_profit(account.pk, period, as_of=today)
    before = account_profit(account.pk, period.same_period_last_year(), as_of=today)
    chart = waterfall_chart(account, found)
    if chart is not None and (file := charts.export(request, chart)) is not None:
        return file
    entries = reads.within(reads.entries_for(user), account.pk, "booked_on").filter(
        booked_on__gte=found.period.start, booked_on__lt=found.period.end
    )
    context = {
        "account": account,
        "title": _("Profitability"),
        "panel_template": "accounts/panels/profit.html",
        "crumbs": account_crumbs(account, (_("Profitability"), "")),
        "found": found,
        "chart": chart,
        "tabs": _tabs(request, name),
        "period": period_words(found.period),
        "gaps": gaps_of(found.costing),
        "lines": cost_lines(account, found),
        "change": _change(found, before),
        "entries": list(entries.order_by("-booked_on", "-pk")[:ENTRIES_SHOWN]),
        "all_url": node_url("accounts:cost-list", account.pk, found.period),
        "may_edit": user.can("costs.edit"),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


PERIODS = {"12m": rolling, "quarter": last_quarter, "last-year": previous_year}


def _chosen(request: HttpRequest, today: date) -> tuple[str, Period]:
    name = request.GET.get("period", "")
    name = name if name in PERIODS else "12m"
    return name, PERIODS[name](today)


def _tabs(request: HttpRequest, chosen: str) -> list[Tab]:
    titles = {"12m": _("12 months"), "quarter": _("Last quarter"), "last-year": _("Last year")}
    return [
        Tab(title, f"{request.path}?period={name}", name == chosen)
        for name, title in titles.items()
    ]


def _change(found: AccountProfit, before: AccountProfit) -> str:
    """Net margin against the year before, in words; nothing where either is not known."""
    now, then = found.costing.margin, before.costing.margin
    if now is None or then is None:
        return ""
    words = {
        "now": formats.percent(now),
        "then": formats.percent(then),
        "amount": formats.compact(found.costing.profit),
        "currency": found.currency,
    }
    return (
        _("Net margin %(now)s, net profit %(amount)s %(currency)s; a year before %(then)s.") % words
    )


def waterfall_chart(account: Account, found: AccountProfit) -> charts.Chart | None:
    """Revenue, less each cost, down to net profit; None where that is not known."""
    costing = found.costing
    if costing.net is None or not (costing.revenue or costing.costs):
        return None
    return plots.waterfall(
        name="profit",
        title=_title(found),
        subtitle=_("With everything below the account"),
        steps=_steps(costing),
        unit=found.currency,
        item_title=_("Step"),
        value_title=_("Amount"),
        share_title=_("Share of revenue"),
        whole=costing.revenue,
        as_of=found.period.last_day,
        rows_url=rows_url(account, found.period),
    )


def _title(found: AccountProfit) -> str:
    costing = found.costing
    words = {
        "net": f"{formats.compact(abs(costing.profit))} {found.currency}",
        "revenue": f"{formats.compact(costing.revenue)} {found.currency}",
    }
    if costing.profit < 0:
        return _("%(revenue)s of revenue leave a loss of %(net)s") % words
    return _("%(revenue)s of revenue leave a profit of %(net)s") % words


def _steps(costing: Costing) -> Sequence[plots.Step]:
    steps = [plots.Step(name=_("Net revenue"), amount=costing.revenue, is_total=True)]
    if costing.uncosted:
        title = _("Without a known cost of goods")
        steps.append(plots.Step(name=title, amount=-costing.uncosted))
    steps.append(plots.Step(name=_("Cost of goods"), amount=-costing.goods))
    steps += [
        plots.Step(name=str(kind.label), amount=-costing.costs[kind])
        for kind in (CostKind.TRADE_TERMS, *SERVE)
        if kind in costing.costs
    ]
    return [*steps, plots.Step(name=_("Net profit"), amount=costing.profit, is_total=True)]


@dataclass(frozen=True)
class ShownLine:
    """A cost as the panel lists it: what it is, what it comes from, and the rows behind it."""

    title: str
    origin: str
    amount: Decimal | None
    share: Decimal | None
    gaps: int
    url: str


def cost_lines(account: Account, found: AccountProfit) -> list[ShownLine]:
    """Each cost with where it comes from, the rule of every allocated figure shown."""
    order = {kind.value: place for place, kind in enumerate((CostKind.TRADE_TERMS, *SERVE))}
    return [
        ShownLine(
            title=str(kind_title(line.kind)),
            origin=origin_words(line),
            amount=line.amount,
            share=None if line.amount is None else ratio(line.amount, found.costing.revenue),
            gaps=line.gaps,
            url=_line_url(account, found, line),
        )
        for line in sorted(found.lines, key=lambda one: (order[one.kind], one.origin, one.rule))
    ]


def origin_words(line: CostLine) -> str:
    """What a cost comes from; of a part of a pool, the rule."""
    if line.origin == "direct":
        return _("Cost entries")
    if line.origin == "activity":
        return _("Volumes at their rate")
    rules = {
        SpreadRule.REVENUE: _("Share of company costs, spread by revenue"),
        SpreadRule.ENTRIES: _("Share of company costs, spread by number of revenue entries"),
        SpreadRule.EVENLY: _("Share of company costs, spread evenly"),
    }
    return rules[SpreadRule(line.rule)]


def _line_url(account: Account, found: AccountProfit, line: CostLine) -> str:
    names: dict[str, Any] = {"direct": "accounts:cost-list", "activity": "accounts:volume-list"}
    name = names.get(line.origin)
    return node_url(name, account.pk, found.period, kind=line.kind) if name else ""
