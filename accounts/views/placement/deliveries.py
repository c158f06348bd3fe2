"""How we delivered, as customers count it; and what the boards about availability share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.analytics.placement import Service
from accounts.forms.placement import BoardForm
from accounts.models import Account
from accounts.selectors.placement import service
from accounts.views.columns import account_url
from accounts.views.placement import common
from kam.core import charts, formats
from kam.core.dates import Period, add_months, month_start
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: truck-delivery
NOT_REPORTED = gettext_lazy("No report says it")


def period_of(months: int, today: date) -> Period:
    """The last months, the present one to its end among them."""
    start = month_start(today)
    return Period(add_months(start, 1 - months), add_months(start, 1))


def asked(request: HttpRequest) -> tuple[BoardForm, int, Account | None]:
    """The form, the months and the account that the address asks for."""
    form = BoardForm(request.GET or None, user=signed_in(request))
    if form.is_bound and form.is_valid():
        within = form.cleaned_data["within"]
        return form, form.cleaned_data["months"] or BoardForm.MONTHS, within
    return form, BoardForm.MONTHS, None


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    return None if now is None or before is None else now - before


def service_stats(level: Service, today: date) -> list[Stat]:
    """Fill rate and on time in full as stat cards."""
    url = reverse("accounts:service-level")
    return [
        Stat(
            name="fill",
            title=_("Fill rate"),
            value=level.fill_rate,
            kind="percent",
            reference=_("as customers count it"),
            what=_("Delivered ÷ ordered, over report lines that say both."),
            as_of=today,
            url=url,
            unknown=NOT_REPORTED,
        ),
        Stat(
            name="otif",
            title=_("On time in full"),
            value=level.otif,
            kind="percent",
            reference=_("as customers count it"),
            what=_("Orders in full and on time ÷ orders, over report lines that say both."),
            as_of=today,
            url=url,
            unknown=NOT_REPORTED,
        ),
    ]


@requires("placement.view")
@require_GET
def service_board(request: HttpRequest) -> HttpResponseBase:
    """Fill rate and on time in full by customer, as they count it."""
    user, today = signed_in(request), timezone.localdate()
    form, months, within = asked(request)
    period, inside = period_of(months, today), within.pk if within else None
    chart = service_trend(service.service_by_month(user, period, within=inside), today)
    if (file := charts.export(request, chart)) is not None:
        return file
    table = _service_table(request, service.service_by_account(user, period, within=inside))
    context: dict[str, Any] = {
        "crumbs": common.crumbs((_("Deliveries"), "")),
        "tabs": common.tabs(request, "service-level"),
        "form": form,
        "stats": service_stats(service.service_level(user, period, within=inside), today),
        "chart": chart,
    }
    return table.response("accounts/service_level.html", context)


def service_trend(trend: list[tuple[date, Service]], today: date) -> charts.Chart:
    """The course of both figures; a month without reports leaves a gap."""
    known = [one.fill_rate for _month, one in trend if one.fill_rate is not None]
    title = _("No report says how we delivered in these months")
    if known:
        words = {"last": formats.percent(known[-1], 1), "low": formats.percent(min(known), 1)}
        title = _("Fill rate is %(last)s; it was never below %(low)s") % words
    return charts.line(
        name="service",
        title=title,
        labels=[formats.month(month) for month, _one in trend],
        label_title=_("Month"),
        value_format="percent",
        series=[
            charts.Series(name=_("Fill rate"), values=[one.fill_rate for _m, one in trend]),
            charts.Series(name=_("On time in full"), values=[one.otif for _m, one in trend]),
        ],
        as_of=today,
        height="short",
    )


def _service_table(request: HttpRequest, rows: list[service.ServiceRow]) -> Table:
    return Table(
        request,
        rows,
        SERVICE_COLUMNS,
        name="service",
        caption=_("Deliveries as customers count them"),
        page_size=20,
        row_url=lambda row: f"{account_url(row.account)}#panel-availability",
        empty=Empty(
            _("No report says how we delivered"),
            _("Import the customers' service reports: ordered, delivered, on time."),
            _("Import a report"),
            reverse("imports:batch-create"),
            icon="truck-delivery",
        ),
    )


SERVICE_COLUMNS = [
    Column(name="name", title=gettext_lazy("Account"), sort=True),
    Column(
        name="fill_rate",
        title=gettext_lazy("Fill rate"),
        kind="percent",
        value="service.fill_rate",
        sort=True,
        unknown=NOT_REPORTED,
    ),
    Column(
        name="fill_change",
        title=gettext_lazy("Change in points"),
        kind="delta",
        value=lambda row: change(row.service.fill_rate, row.before.fill_rate),
        sort=True,
        unknown=gettext_lazy("No report before"),
    ),
    Column(
        name="ordered",
        title=gettext_lazy("Ordered"),
        kind="number",
        places=0,
        value="service.ordered",
        unknown=NOT_REPORTED,
    ),
    Column(
        name="delivered",
        title=gettext_lazy("Delivered"),
        kind="number",
        places=0,
        value="service.delivered",
        unknown=NOT_REPORTED,
    ),
    Column(
        name="otif",
        title=gettext_lazy("On time in full"),
        kind="percent",
        value="service.otif",
        sort=True,
        unknown=NOT_REPORTED,
    ),
    Column(
        name="orders",
        title=gettext_lazy("Orders"),
        kind="number",
        places=0,
        value="service.orders",
        unknown=NOT_REPORTED,
    ),
    Column(name="last", title=gettext_lazy("Last report"), kind="date", sort=True),
]
