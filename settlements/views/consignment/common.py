"""What pages of consigned goods share: addresses, badges, crumbs, the month asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.core.badges import Badge, State
from kam.core.dates import Period, PeriodError
from kam.core.nav import Tab
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportState
from settlements.models import ConsignmentMovement, SalesReport, StockCount
from settlements.views.work_columns import two_lines

VIEW, EDIT = "consignment.view", "consignment.edit"
_STATES: dict[str, State] = {
    ReportState.RECEIVED: "warning",
    ReportState.VALIDATED: "warning",
    ReportState.ACCEPTED: "success",
    ReportState.SUPERSEDED: "muted",
    ReportState.CANCELLED: "muted",
    ReportState.REJECTED: "danger",
}
_ICONS = {
    MovementKind.FILL_UP: "truck-loading",
    MovementKind.ISSUE: "shopping-cart",
    MovementKind.RETURN: "arrow-back-up",
    MovementKind.PICK_UP: "truck-return",
    MovementKind.TRANSFER: "arrows-exchange",
    MovementKind.COUNT_ADJUSTMENT: "adjustments",
    MovementKind.SHRINK: "alert-triangle",
}
# icons: truck-loading shopping-cart arrow-back-up truck-return arrows-exchange adjustments


def url(name: str, *args: Any, **query: Any) -> str:
    """A page of this app with what it is asked for; nothing where a value is None."""
    asked = {key: value for key, value in query.items() if value is not None}
    path = reverse(f"settlements:{name}", args=args)
    return f"{path}?{urlencode(asked)}" if asked else path


def crumbs(*steps: tuple[Any, str]) -> list[tuple[Any, str]]:
    """Breadcrumbs below the board."""
    first = (_("Consigned stock"), url("consignment") if steps else "")
    return [first, *steps]


def tabs(active: str) -> list[Tab]:
    """The pages of the topic."""
    pages = (
        ("consignment", _("Stock")),
        ("consignment-movements", pgettext("goods", "Movements")),
        ("count-list", pgettext("stock counts", "Counts")),
        ("report-list", _("Sales reports")),
    )
    return [Tab(title, url(name), active=name == active) for name, title in pages]


def report_badge(report: SalesReport) -> Badge:
    """The state of a report."""
    return Badge(report.get_state_display(), _STATES[report.state], title=report.note)


def kind_badge(movement: ConsignmentMovement) -> Badge:
    """Why goods moved; what takes another movement back says so."""
    icon = _ICONS[MovementKind(movement.kind)]
    if movement.reversal_of_id:
        return Badge(_("Taken back: %s") % movement.get_kind_display(), "muted", icon=icon)
    if getattr(movement, "is_back", False):
        return Badge(_("%s, taken back") % movement.get_kind_display(), "muted", icon=icon)
    state: State = "warning" if movement.kind == MovementKind.SHRINK else "neutral"
    return Badge(movement.get_kind_display(), state, icon=icon)


def count_badge(count: StockCount) -> Badge:
    """Whether a count still says what the books say."""
    if count.is_replaced:  # type: ignore[attr-defined] # annotated by the selector
        return Badge(_("Taken anew"), "muted")
    if count.is_old:  # type: ignore[attr-defined]
        return Badge(_("Books changed since"), "warning")
    return Badge(_("Posted"), "success")


class Lines:
    """A name with something smaller under it; a file gets the name alone."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second

    def __str__(self) -> str:
        return self.first

    def __html__(self) -> Any:
        return two_lines(self.first, self.second)


def product_lines(row: Any) -> Lines | None:
    """A product with its code."""
    return None if row.product is None else Lines(row.product.name, row.product.code)


def figure(name: str) -> Callable[[Any], Decimal]:
    """A figure of a row's identity."""
    return lambda row: Decimal(row.identity[name])


def month_asked(request: HttpRequest) -> Period:
    """The month that the address names, else this month."""
    try:
        period = Period.parse(request.GET.get("month", ""))
    except PeriodError:
        period = None
    if period is None or not period.is_whole_months:
        return Period.parse(f"{timezone.localdate():%Y-%m}")
    return period


def around(period: Period) -> tuple[str, str]:
    """The months before and after, as the address names them; none to come after this one."""
    before = period.start - timedelta(days=1)
    after: date = period.end
    later = "" if after > timezone.localdate() else f"{after:%Y-%m}"
    return f"{before:%Y-%m}", later
