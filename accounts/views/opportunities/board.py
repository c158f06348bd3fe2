"""Opportunities together: the board of stages, the list, the forecast."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accounts.choices import OpportunityStage
from accounts.models import Opportunity
from accounts.selectors import opportunities as reads
from accounts.views.columns import account_url
from accounts.views.opportunities import words
from accounts.views.opportunities.filters import OpportunityFilter
from kam.core import charts, formats, htmx
from kam.core.nav import Tab
from kam.core.selectors.rates import base_currency
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: target-arrow plus arrows-move calendar-due
PAGE = "accounts/opportunity_board.html"


def rows_of(request: HttpRequest) -> QuerySet[Opportunity]:
    """Opportunities in scope that the address asks for: of an account, one's own."""
    user = signed_in(request)
    rows = reads.opportunities_for(user, as_of=timezone.localdate())
    asked = request.GET.get("account", "")
    number = asked.rsplit("#", 1)[-1]
    if number.isdecimal():
        rows = rows.filter(account__path__contains=[int(number[:18])])
    if request.GET.get("mine") == "1":
        rows = rows.filter(owner__in=user.acting_user_ids())
    return rows


def tabs(active: str) -> list[Tab]:
    """The ways to look at opportunities."""
    ways = [
        ("opportunity-board", _("Board")),
        ("opportunity-list", _("List")),
        ("opportunity-forecast", _("Forecast")),
    ]
    return [Tab(title, reverse(f"accounts:{name}"), active=name == active) for name, title in ways]


def crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Breadcrumbs of pages about opportunities."""
    listed = reverse("accounts:account-list")
    own = reverse("accounts:opportunity-board") if steps else ""
    return [(_("Accounts"), listed), (_("Opportunities"), own), *steps]


@requires("opportunities.view")
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """The stages as lanes; cards move by dragging, by keys or by a form."""
    return htmx.render_part(request, PAGE, board_context(request), "lanes")


def board_context(request: HttpRequest) -> dict[str, Any]:
    """What the board needs to be drawn."""
    user, today = signed_in(request), timezone.localdate()
    rows = rows_of(request)
    found = reads.lanes(rows, as_of=today)
    shown = [one.pk for lane in found for one in lane.opportunities]
    editable = Opportunity.objects.editable_by(user).filter(pk__in=shown)
    is_mine = request.GET.get("mine") == "1"
    return {
        "crumbs": crumbs(),
        "tabs": tabs("opportunity-board"),
        "lanes": [
            {
                "lane": lane,
                "title": OpportunityStage(lane.stage).label,
                "asks": lane.stage == OpportunityStage.LOST,
                "is_closed": lane.stage in (OpportunityStage.WON, OpportunityStage.LOST),
            }
            for lane in found
        ],
        "movable": set(editable.values_list("pk", flat=True)),
        "stats": stats(reads.forecast_of(rows, as_of=today), rows, today),
        "currency": base_currency(),
        "today": today,
        "is_mine": is_mine,
        "may_create": user.can("opportunities.edit"),
        "is_any": any(lane.count for lane in found),
        "nothing": nothing(user),
    }


def nothing(user: User) -> Empty:
    """What stands in the place of no opportunities."""
    may = user.can("opportunities.edit")
    return Empty(
        _("No opportunities yet"),
        _("They come from whitespace, from categories that lapsed, or from what customers need."),
        _("New opportunity") if may else "",
        reverse("accounts:opportunity-create") if may else "",
        icon="target-arrow",
    )


def stats(found: reads.Forecast, rows: QuerySet[Opportunity], today: date) -> list[Stat]:
    """What is open, what of it is expected, how often we win, what is late."""
    return [*_values(found, today), _wins(found, today), _late(rows, today)]


def _values(found: reads.Forecast, today: date) -> list[Stat]:
    missing = (
        _("Left out, for want of a rate: %s") % ", ".join(found.missing) if found.missing else ""
    )
    deals = ngettext("%s opportunity", "%s opportunities", found.deals)
    unit = found.currency
    money: dict[str, Any] = {"kind": "money", "unit": unit, "places": 0, "as_of": today}
    return [
        Stat(
            name="open",
            title=_("Open, a year"),
            value=found.value,
            reference=missing or deals % formats.number(found.deals),
            what=_("Yearly value of open opportunities in base currency."),
            **money,
        ),
        Stat(
            name="weighted",
            title=_("Expected of it"),
            value=found.weighted,
            what=_("Each value × its probability."),
            **money,
        ),
    ]


def _wins(found: reads.Forecast, today: date) -> Stat:
    decided = {"won": formats.number(found.wins.won), "lost": formats.number(found.wins.lost)}
    return Stat(
        name="wins",
        title=_("Won of those decided"),
        value=found.wins.rate,
        kind="percent",
        places=0,
        reference=_("%(won)s won, %(lost)s lost") % decided,
        what=_("Won ÷ (won + lost), by number, of the last 12 months."),
        unknown=_("Nothing was decided in the last 12 months"),
        as_of=today,
    )


def _late(rows: QuerySet[Opportunity], today: date) -> Stat:
    late = reads.overdue_steps(rows, as_of=today).count()
    return Stat(
        name="late",
        title=_("Overdue next steps"),
        value=late,
        what=_("Open opportunities whose next step was due before today."),
        url=f"{reverse('accounts:opportunity-list')}?late=true" if late else "",
        as_of=today,
    )


def columns(currency: str) -> list[Column]:
    """The columns of the list."""
    return [
        Column(name="title", title=gettext_lazy("Opportunity"), sort="title"),
        Column(
            name="account",
            title=gettext_lazy("Account"),
            value="account.name",
            sort="account__name_key",
            link=lambda one: account_url(one.account),
        ),
        Column(
            name="stage",
            title=gettext_lazy("Stage"),
            kind="badge",
            value=words.stage_badge,
            sort="probability",
        ),
        *_worth_columns(currency),
        *_when_columns(),
        *MORE,
    ]


def _worth_columns(currency: str) -> list[Column]:
    money: dict[str, Any] = {"kind": "money", "places": 0}
    return [
        Column(
            name="base",
            title=gettext_lazy("Value a year"),
            unit=currency,
            value="base_value",
            sort="base_value",
            unknown=gettext_lazy("An exchange rate is missing"),
            **money,
        ),
        Column(
            name="probability",
            title=gettext_lazy("Probability"),
            kind="percent",
            places=0,
            value="chance",
            sort="probability",
        ),
        Column(
            name="weighted",
            title=gettext_lazy("Expected"),
            unit=currency,
            value="weighted",
            sort="weighted",
            unknown=gettext_lazy("An exchange rate is missing"),
            **money,
        ),
    ]


def _when_columns() -> list[Column]:
    return [
        Column(
            name="close",
            title=gettext_lazy("Expected close"),
            kind="date",
            value="expected_close",
            sort="expected_close",
        ),
        Column(
            name="step",
            title=gettext_lazy("Next step"),
            value=lambda one: one.next_step or None,
            unknown=gettext_lazy("No next step"),
        ),
        Column(
            name="step_on",
            title=gettext_lazy("By"),
            kind="date",
            value="next_step_on",
            sort="next_step_on",
            unknown=gettext_lazy("No day yet"),
        ),
        Column(name="owner", title=gettext_lazy("Owner"), value="owner.full_name"),
    ]


MORE = [
    Column(
        name="kind",
        title=gettext_lazy("Kind"),
        value=lambda one: one.get_kind_display(),
        default=False,
    ),
    Column(
        name="category",
        title=gettext_lazy("Category"),
        value="category.name",
        default=False,
        unknown=gettext_lazy("Of no category"),
    ),
    Column(
        name="value",
        title=gettext_lazy("Value in its currency"),
        kind="money",
        currency=lambda one: one.currency_id,
        default=False,
    ),
    Column(
        name="margin",
        title=gettext_lazy("Margin, percent"),
        kind="number",
        default=False,
        unknown=gettext_lazy("Not estimated"),
    ),
    Column(
        name="starts",
        title=gettext_lazy("Starts on"),
        kind="date",
        value="starts_on",
        default=False,
        unknown=gettext_lazy("Not known yet"),
    ),
    Column(
        name="closed",
        title=gettext_lazy("Closed on"),
        kind="date",
        value="closed_on",
        sort="closed_on",
        default=False,
        unknown=gettext_lazy("Open"),
    ),
    Column(
        name="lost",
        title=gettext_lazy("Why it was lost"),
        value=lambda one: one.get_lost_reason_display() or None,
        default=False,
        unknown=gettext_lazy("Not lost"),
    ),
]
"""What the list shows on demand."""


def _totals(rows: QuerySet[Any]) -> dict[str, Any]:
    """The sums in base currency; none while a rate is missing."""
    found = rows.order_by().aggregate(
        base=Sum("base_value"),
        weighted=Sum("weighted"),
        waiting=Count("pk", filter=Q(base_value__isnull=True)),
    )
    if found["waiting"]:
        return {"base": None, "weighted": None}
    return {"base": found["base"], "weighted": found["weighted"]}


@requires("opportunities.view")
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """All opportunities in scope, filtered, with totals and files."""
    user, today = signed_in(request), timezone.localdate()
    table = Table(
        request,
        reads.opportunities_for(user, as_of=today),
        columns(base_currency()),
        name="opportunities",
        caption=_("Opportunities"),
        default_sort="close",
        row_url=lambda one: one.get_absolute_url(),
        filters=OpportunityFilter,
        totals=_totals,
        empty=nothing(user),
    )
    context = {
        "crumbs": crumbs(),
        "tabs": tabs("opportunity-list"),
        "may_create": user.can("opportunities.edit"),
    }
    return table.response("accounts/opportunity_list.html", context)


@requires("opportunities.view")
@require_GET
def forecast(request: HttpRequest) -> HttpResponseBase:
    """What is expected to close month by month, weighted and not."""
    user, today = signed_in(request), timezone.localdate()
    rows = rows_of(request)
    found = reads.forecast_of(rows, as_of=today)
    chart = _chart(found, today)
    if (file := charts.export(request, chart)) is not None:
        return file
    context = {
        "crumbs": crumbs(),
        "tabs": tabs("opportunity-forecast"),
        "stats": stats(found, rows, today),
        "chart": chart,
        "found": found,
        "is_any": bool(found.deals),
        "nothing": nothing(user),
        "may_create": user.can("opportunities.edit"),
    }
    return htmx.render_part(request, "accounts/opportunity_forecast.html", context, "forecast")


def _chart(found: reads.Forecast, today: date) -> charts.Chart:
    labels = [_("Overdue") if b.month is None else formats.month(b.month) for b in found.buckets]
    best = max(found.buckets, key=lambda one: one.weighted, default=None)
    title = _("Nothing is open")
    if best is not None:
        label = _("Overdue") if best.month is None else formats.month(best.month)
        title = _("%(month)s is expected to bring most: %(amount)s a year") % {
            "month": label,
            "amount": formats.money(best.weighted, found.currency, 0),
        }
    missing = ", ".join(found.missing)
    return charts.bar(
        name="forecast",
        title=title,
        subtitle=_("Yearly value by month of expected close"),
        note=_("Left out, for want of a rate: %s") % missing if missing else "",
        labels=labels,
        label_title=_("Month"),
        unit=found.currency,
        places=0,
        series=[
            charts.Series(name=_("Expected"), values=[b.weighted for b in found.buckets], hue=1),
            charts.Series(name=_("If all is won"), values=[b.value for b in found.buckets], hue=5),
        ],
        as_of=today,
        rows_url=reverse("accounts:opportunity-list"),
    )
