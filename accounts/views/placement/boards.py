"""The boards: what of the agreed stands in stores, and how we delivered."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accounts.analytics.placement import Seen
from accounts.selectors.placement import compliance, service
from accounts.selectors.placement.gaps import Gap, open_gaps
from accounts.views.columns import account_url
from accounts.views.placement import common
from accounts.views.placement.deliveries import asked, change, period_of, service_stats
from kam.core import charts, formats
from kam.core.dates import Period
from kam.core.nav import Tab
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.core.tables.table import respond
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

WAYS = {
    "banner": compliance.by_banner,
    "store": compliance.by_store,
    "product": compliance.by_product,
}
NOT_CHECKED = gettext_lazy("Nobody looked: not checked is not compliant")


@requires("placement.view")
@require_GET
def availability(request: HttpRequest) -> HttpResponseBase:
    """Compliance by banner, store or product, its trend, and what is missing now."""
    user, today = signed_in(request), timezone.localdate()
    form, months, within = asked(request)
    period, inside = period_of(months, today), within.pk if within else None
    trend = compliance.by_month(user, period, within=inside)
    chart = _trend(trend, today)
    if (file := charts.export(request, chart)) is not None:
        return file
    way = request.GET.get("by", "banner")
    way = way if way in WAYS else "banner"
    table = _table(request, way, WAYS[way](user, period, within=inside))
    gaps = open_gaps(user, as_of=today, within=inside)
    missing = _gaps(request, gaps)
    seen = sum((one for _month, one in trend), Seen())
    context = {
        "crumbs": common.crumbs(),
        "tabs": common.tabs(request, "availability"),
        "form": form,
        "way": way,
        "ways": _ways(request, way),
        "finding": _finding(seen, gaps),
        "stats": _stats(user, seen, gaps, period, inside, today),
        "chart": chart,
        "gaps": missing,
        "may_check": user.can("placement.check"),
    }
    return respond(request, "accounts/availability.html", context, table, missing)


def _ways(request: HttpRequest, way: str) -> list[Tab]:
    names = {"banner": _("Banners"), "store": _("Stores"), "product": _("Products")}
    kept = {name: value for name in ("months", "within") if (value := request.GET.get(name))}
    return [Tab(title, _url(by=key, **kept), active=key == way) for key, title in names.items()]


def _url(**query: str) -> str:
    return reverse("accounts:availability", query=query)


def _finding(seen: Seen, gaps: list[Gap]) -> list[str]:
    if seen.compliance is None:
        return [_("No store was checked in this period."), ""]
    words = {
        "found": formats.number(seen.found, 0),
        "checked": formats.number(seen.checked, 0),
        "share": formats.percent(seen.compliance, 0),
    }
    said = ngettext(
        "%(found)s of %(checked)s agreed placement was there: %(share)s.",
        "%(found)s of %(checked)s agreed placements were there: %(share)s.",
        seen.checked,
    )
    old = sum(gap.is_old for gap in gaps)
    text = ngettext(
        "%s gap is open for more than 14 days.", "%s gaps are open for more than 14 days.", old
    )
    return [said % words, text % formats.number(old, 0) if old else ""]


def _stats(
    user: User, seen: Seen, gaps: list[Gap], period: Period, inside: int | None, today: date
) -> list[Stat]:
    before = compliance.total(user, period.previous(), within=inside)
    moved = change(seen.compliance, before.compliance)
    could = compliance.stores_with_agreements(user, as_of=today, within=inside)
    done = compliance.stores_checked(user, period, within=inside)
    level = service.service_level(user, period, within=inside)
    unassigned = sum(gap.task is None for gap in gaps)
    return [
        Stat(
            name="compliance",
            title=_("Compliance"),
            value=seen.compliance,
            kind="percent",
            delta=moved,
            reference="" if moved is None else _("against the period before"),
            good="up",
            what=_("Found ÷ looked at, in finished checks of the period."),
            as_of=today,
            unknown=NOT_CHECKED,
        ),
        Stat(
            name="coverage",
            title=_("Stores checked"),
            value=f"{formats.number(done, 0)} / {formats.number(could, 0)}",
            kind="text",
            reference=_("of those with something agreed"),
            what=_("Of stores that nobody checked the compliance says nothing."),
            as_of=today,
        ),
        Stat(
            name="gaps",
            title=_("Missing now"),
            value=len(gaps),
            places=0,
            reference=_("%s without anybody on it") % formats.number(unassigned, 0),
            what=_("Not found, or out of stock, when somebody looked last."),
            as_of=today,
        ),
        *service_stats(level, today),
    ]


def _trend(trend: list[tuple[date, Seen]], today: date) -> charts.Chart:
    known = [one.compliance for _month, one in trend if one.compliance is not None]
    title = _("Nobody has checked a store in these months")
    if len(known) == 1:
        title = _("%s of what was looked at was there") % formats.percent(known[0], 0)
    elif known:
        words = {"first": formats.percent(known[0], 0), "last": formats.percent(known[-1], 0)}
        title = _("Compliance went from %(first)s to %(last)s") % words
    return charts.line(
        name="compliance",
        title=title,
        labels=[formats.month(month) for month, _one in trend],
        label_title=_("Month"),
        value_format="percent",
        series=[
            charts.Series(name=_("Compliance"), values=[one.compliance for _m, one in trend]),
            charts.Series(
                name=_("Looked at"),
                values=[one.coverage for _m, one in trend],
                dashed=True,
            ),
        ],
        subtitle=_("Found ÷ looked at; looked at ÷ agreed, in the stores that were checked"),
        as_of=today,
        height="short",
    )


def _table(request: HttpRequest, way: str, rows: list[compliance.Row]) -> Table:
    titles = {"banner": _("Banner"), "store": _("Store"), "product": _("Product")}
    return Table(
        request,
        rows,
        _columns(titles[way], with_stores=way != "store"),
        name=f"compliance-{way}",
        caption=_("Compliance"),
        page_size=20,
        row_url=(lambda row: f"{account_url(row.account)}#panel-availability")
        if way != "product"
        else None,
        empty=Empty(
            _("No store was checked in this period"),
            _("A store check says what of the agreed was there."),
            _("Check a store"),
            reverse("accounts:store-checks"),
            icon="checklist",
        ),
    )


def _columns(title: str, *, with_stores: bool) -> list[Column]:
    columns = [
        Column(name="name", title=title, sort=True),
        Column(
            name="compliance",
            title=_("Compliance"),
            kind="percent",
            value="seen.compliance",
            sort=True,
            unknown=NOT_CHECKED,
        ),
        Column(
            name="change",
            title=_("Change in points"),
            kind="delta",
            value=lambda row: change(row.seen.compliance, row.before.compliance),
            sort=True,
            unknown=_("Not checked before"),
            help=_("Against the period of the same length before."),
        ),
        Column(name="found", title=_("Found"), kind="number", places=0, value="seen.found"),
        Column(name="checked", title=_("Looked at"), kind="number", places=0, value="seen.checked"),
        Column(
            name="coverage",
            title=_("Of the agreed"),
            kind="percent",
            value="seen.coverage",
            sort=True,
            help=_("Looked at ÷ on the list of the stores that were checked."),
        ),
        Column(name="last", title=_("Last check"), kind="date", sort=True),
    ]
    if with_stores:
        stores = Column(name="stores", title=_("Stores"), kind="number", places=0, sort=True)
        columns.insert(5, stores)
    return columns


GAP_COLUMNS = [
    Column(
        name="store",
        title=gettext_lazy("Store"),
        value="line.check_of.account.name",
        sort=True,
        link=lambda gap: account_url(gap.line.check_of.account),
    ),
    Column(
        name="item",
        title=gettext_lazy("Product"),
        value="line.placement.item",
        sort=True,
        link=lambda gap: gap.line.check_of.get_absolute_url() + f"#line-{gap.line.pk}",
    ),
    Column(
        name="what",
        title=gettext_lazy("Agreed"),
        value=lambda gap: common.what(gap.line.placement),
        default=False,
    ),
    Column(name="seen", title=gettext_lazy("Seen"), kind="badge", value=common.gap_badge),
    Column(
        name="reason",
        title=gettext_lazy("Reason"),
        value=lambda gap: gap.line.get_reason_display() or None,
        unknown=gettext_lazy("Not known"),
    ),
    Column(name="since", title=gettext_lazy("Missing since"), kind="date", sort=True),
    Column(
        name="days",
        title=gettext_lazy("Days"),
        kind="number",
        places=0,
        sort=True,
        default=False,
    ),
]


def _gaps(request: HttpRequest, gaps: list[Gap]) -> Table:
    owner = Column(
        name="owner",
        title=_("Who is on it"),
        kind="html",
        value=lambda gap: common.WhoIsOnIt(gap, request),
    )
    return Table(
        request,
        gaps,
        [*GAP_COLUMNS, owner],
        name="gaps",
        caption=_("Missing now"),
        prefix="g-",
        page_size=20,
        empty=Empty(
            _("Nothing is missing"),
            _("What was not there when somebody looked last stands here."),
            icon="circle-check",
        ),
    )
