"""The panels of an account's page; each is a page of its own without scripts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.analytics.buying import seasonality
from accounts.forms.days import DayForm
from accounts.models import Account
from accounts.selectors import accounts as reads
from accounts.selectors import revenue, structure
from accounts.selectors.history import account_history
from accounts.views import yearly
from accounts.views.accounts import account_crumbs, get_account, may_edit
from accounts.views.buying import category_table, rhythm_stats, season_chart
from accounts.views.columns import country
from accounts.views.heads import rows_url
from kam.core import charts, htmx
from kam.core.dates import Period
from kam.core.models import Organisation
from kam.core.nav import Tab
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in

SEASON_MONTHS = 36
ENTRIES_SHOWN = 10


def _panel(
    request: HttpRequest, account: Account, name: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    """The panel alone for htmx, else a page around it."""
    values = {
        "account": account,
        "title": title,
        "panel_template": f"accounts/panels/{name}.html",
        "crumbs": account_crumbs(account, (title, "")),
        **context,
    }
    return htmx.render_part(request, "accounts/panel_page.html", values, "panel")


@requires("accounts.view")
@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, who leads and from where, and what other systems call the account."""
    user = signed_in(request)
    account = get_account(request, pk)
    context = {
        "country": country(account),
        "lead_from": structure.lead_comes_from(account),
        "identifiers": account.identifiers.all(),
        "steps": reads.steps_above(account, user),
        "merged_from": structure.merged_into_it(account),
        "may_edit": may_edit(user, account),
        "may_assign": user.can("accounts.assign_lead"),
    }
    return _panel(request, account, "overview", _("Facts"), context)


@requires("accounts.view")
@require_GET
def places(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the account stood and stands, and what stands below it on a day."""
    user = signed_in(request)
    account = get_account(request, pk)
    today = timezone.localdate()
    form, on = DayForm.asked(request.GET, today)
    context = {
        "form": form,
        "on": on,
        "is_today": on == today,
        "parents": structure.parents_over_time(account, user),
        "children": structure.children_on(account, user, on=on),
        "limit": structure.CHILDREN_SHOWN,
        "currency": base_currency(),
        "may_edit": may_edit(user, account),
        "may_create": user.can("accounts.create") and may_edit(user, account),
    }
    return _panel(request, account, "places", _("Place in the tree"), context)


@requires("accounts.view")
@require_GET
def revenue_by_month(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A year of revenue against last year and target."""
    account = get_account(request, pk)
    organisation = Organisation.objects.get(pk=1)
    today = timezone.localdate()
    kind = "fiscal" if request.GET.get("year_kind") == "fiscal" else "calendar"
    period = yearly.chosen_period(kind, request.GET.get("year", ""), organisation, today)
    year = yearly.read_year(account, period, organisation, today)
    chart = yearly.year_chart(account, year, today)
    if (file := charts.export(request, chart)) is not None:
        return file
    context = {
        "chart": chart,
        "year": year,
        "tabs": _year_tabs(request, organisation, kind, period),
        "is_next_possible": period.end <= today,
    }
    return _panel(request, account, "revenue", _("Revenue"), context)


def _year_tabs(
    request: HttpRequest, organisation: Organisation, kind: str, period: Period
) -> list[Tab]:
    """The years around the one shown, and the other way to begin a year."""
    number = period.last_day.year
    link = f"{request.path}?year_kind={kind}&year="
    years = [
        Tab(_year_name(kind, year), f"{link}{year}", active=year == number)
        for year in range(number - 2, number + 1)
    ]
    today = timezone.localdate()
    if period.end <= today:
        years.append(Tab(_year_name(kind, number + 1), f"{link}{number + 1}"))
    if organisation.fiscal_year_start == 1:
        return years
    other = "calendar" if kind == "fiscal" else "fiscal"
    return [*years, Tab(yearly.YEAR_KINDS[other], f"{request.path}?year_kind={other}")]


def _year_name(kind: str, year: int) -> str:
    return _("Fiscal %(year)s") % {"year": year} if kind == "fiscal" else str(year)


@requires("accounts.view")
@require_GET
def categories(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the account buys, against the year before, and what it stopped buying."""
    account = get_account(request, pk)
    table = category_table(request, account, as_of=timezone.localdate())
    if "export" in request.GET or htmx.target(request) == table.id:
        return table.response("accounts/panel_page.html")
    context = {"table": table, "quiet_months": revenue.QUIET_MONTHS}
    return _panel(request, account, "categories", _("Categories"), context)


@requires("accounts.view")
@require_GET
def buying(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How often the account buys, when it last did, and its seasons."""
    account = get_account(request, pk)
    today = timezone.localdate()
    span = Period.whole_months(today, SEASON_MONTHS)
    months = {one.month: one.amount for one in revenue.by_month(account.pk, span)}
    chart = season_chart(seasonality(months, span), as_of=today)
    if chart is not None and (file := charts.export(request, chart)) is not None:
        return file
    rhythm = revenue.order_rhythm(account.pk, as_of=today)
    context = {"stats": rhythm_stats(rhythm, as_of=today), "chart": chart}
    return _panel(request, account, "buying", _("Order rhythm and seasons"), context)


@requires("accounts.view")
@require_GET
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    """The last revenue entries, and the way to all of them."""
    user = signed_in(request)
    account = get_account(request, pk)
    context = {
        "entries": revenue.latest_entries(account.pk, user, limit=ENTRIES_SHOWN),
        "all_url": rows_url(account),
    }
    return _panel(request, account, "entries", _("Revenue entries"), context)


@requires("accounts.view")
@require_GET
def leads(request: HttpRequest, pk: int) -> HttpResponse:
    """Who led the account from when to when."""
    user = signed_in(request)
    account = get_account(request, pk)
    context = {
        "assignments": structure.leads_over_time(account),
        "lead_from": structure.lead_comes_from(account),
        "may_assign": user.can("accounts.assign_lead") and may_edit(user, account),
    }
    return _panel(request, account, "leads", _("Leads"), context)


@requires("history.view")
@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what and when: the account, its places, leads and identifiers."""
    account = get_account(request, pk)
    context = {"history": account_history(account)}
    return _panel(request, account, "history", _("History"), context)
