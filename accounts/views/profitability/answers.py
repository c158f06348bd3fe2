"""Where profit shows up: the rail, a panel, an answer and a risk on the page of an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.analytics.profitability import pulls
from accounts.choices import CostKind
from accounts.models import Account
from accounts.selectors.accounts import windows
from accounts.selectors.profitability.account import AccountProfit, account_profit
from accounts.selectors.profitability.query import SERVE
from accounts.selectors.profitability.reading import GOODS_KEY
from accounts.views.profitability.words import gaps_of, kind_title
from kam.core import formats
from kam.core.cockpit import Answer, Line, LineProvider, Question, line_providers, questions
from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels
from kam.identity.models import User

URL = "#panel-profit"
VIEW = "profitability.view"
PANEL = Panel(
    slot="account",
    capability=VIEW,
    key="profit",
    title=gettext_lazy("Profitability"),
    url_name="accounts:panel-profit",
    icon="coins",
    order=12,
)
NAVIGATION = (
    NavItem(
        key="profitability",
        title=gettext_lazy("Profitability"),
        icon="coins",
        url_name="accounts:profitability",
        capability=VIEW,
        order=83,
        parent="revenue",
        keywords=gettext_lazy("whale curve net profit margin cost to serve"),
    ),
    NavItem(
        key="costs",
        title=gettext_lazy("Costs"),
        icon="report-money",
        url_name="accounts:cost-list",
        capability=VIEW,
        order=84,
        parent="revenue",
        keywords=gettext_lazy("cost to serve activity rates volumes company costs trade terms"),
    ),
)


def register() -> None:
    """Register entries of the rail, the panel, the question and the risk."""
    navigation.register(*NAVIGATION)
    panels.register(PANEL)
    questions.register(
        Question(
            key="profit",
            part="business",
            title=gettext_lazy("Net profit, 12 months"),
            find=profit,
            capability=VIEW,
            order=35,
        )
    )
    line_providers.register(
        LineProvider(
            key="profit", part="business", what="risk", find=risks, capability=VIEW, order=35
        )
    )


def _read(account: Account, as_of: date) -> AccountProfit:
    """Net profit of the last 12 complete months; question and risk of one page read it once."""
    kept = account.__dict__.setdefault("_profit_answers", {})
    if as_of not in kept:
        kept[as_of] = account_profit(account.pk, windows(as_of).latest, as_of=as_of)
    found: AccountProfit = kept[as_of]
    return found


def profit(user: User, account: Account, as_of: date) -> Answer | None:
    """What the account leaves after cost of goods, trade terms and cost to serve."""
    found = _read(account, as_of)
    costing = found.costing
    if found.is_empty:
        return None
    if costing.net is None:
        return Answer(value="–", detail=gaps_of(costing), state="muted", url=URL)
    margin = costing.margin
    words = {"margin": formats.percent(margin)} if margin is not None else {}
    detail = _("%(margin)s of revenue") % words if words else ""
    if not costing.has_serve:
        unknown = _("no cost to serve kept")
        detail = f"{detail}; {unknown}" if detail else ""
    is_bad = costing.net < 0 or found.is_below_floor
    return Answer(
        value=f"{formats.compact(costing.net)} {found.currency}",
        detail=detail,
        state="danger" if costing.net < 0 else "warning" if is_bad else "neutral",
        url=URL,
    )


def risks(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """A loss, or a net margin under the floor of the tier, with the largest costs."""
    found = _read(account, as_of)
    costing = found.costing
    if costing.net is None or found.is_empty:
        return
    if costing.net < 0:
        yield Line(
            title=_("It costs more than it brings: %(amount)s %(currency)s")
            % {"amount": formats.compact(costing.net), "currency": found.currency},
            detail=_largest(found),
            url=URL,
            state="danger",
            urgency=0,
        )
    elif found.is_below_floor and found.tier is not None and costing.margin is not None:
        yield Line(
            title=_("Net margin of %(margin)s, under the %(floor)s of tier %(tier)s")
            % {
                "margin": formats.percent(costing.margin),
                "floor": formats.percent(found.tier.floor or 0),
                "tier": found.tier.title,
            },
            detail=_largest(found),
            url=URL,
            state="warning",
        )


def _largest(found: AccountProfit) -> str:
    """The two costs that weigh most on the revenue."""
    costing = found.costing
    kinds = (CostKind.TRADE_TERMS, *SERVE)
    costs = {kind.value: costing.costs[kind] for kind in kinds if kind in costing.costs}
    weights = pulls({GOODS_KEY: costing.goods, **costs}, costing.revenue, {})
    parts = [f"{kind_title(one.key)} {formats.percent(one.share, 0)}" for one in weights[:3]]
    return ", ".join(parts)
