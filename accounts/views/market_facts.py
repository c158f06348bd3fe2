"""Market facts: the list with its export, adding, correcting, removing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Channel, MarketMeasure, WalletConfidence
from accounts.forms.known_filters import MarketFactFilter
from accounts.forms.market import MarketFactForm
from accounts.models import MarketFact
from accounts.selectors import market as reads
from accounts.services import market as services
from accounts.views import portable
from accounts.views.accounts import all_accounts
from kam.core import formats, htmx
from kam.core.countries import country_name
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: world-dollar
VIEW, EDIT = "market.view", "market.edit"
LIST = "accounts:market-fact-list"


def period_in_words(row: MarketFact) -> str:
    """A year as such, else from day to day."""
    start, end = row.period.lower, row.period.upper
    if (start.month, start.day, end) == (1, 1, start.replace(year=start.year + 1)):
        return str(start.year)
    return f"{formats.date(start)} – {formats.date(end)}"


def told(row: MarketFact) -> str:
    """The value with its unit, and what is said in words."""
    figure = "" if row.value is None else f"{formats.number(row.value.normalize())} {row.unit}"
    return "; ".join(part for part in (figure, row.text) if part)


COLUMNS = [
    Column(
        name="country",
        title=gettext_lazy("Country"),
        value=lambda row: country_name(row.country),
        sort="country",
    ),
    Column(
        name="category",
        title=gettext_lazy("Category"),
        value="category.name",
        sort="category__name",
        unknown=gettext_lazy("All categories"),
    ),
    Column(
        name="channel",
        title=gettext_lazy("Sales channel"),
        value=lambda row: Channel(row.channel).label if row.channel else None,
        sort="channel",
        unknown=gettext_lazy("All channels"),
    ),
    Column(
        name="measure",
        title=gettext_lazy("What"),
        value=lambda row: MarketMeasure(row.measure).label,
        sort="measure",
    ),
    Column(name="told", title=gettext_lazy("What is known"), value=told),
    Column(
        name="value",
        title=gettext_lazy("Value"),
        kind="number",
        sort="value",
        value=lambda row: None if row.value is None else row.value.normalize(),
        unknown=gettext_lazy("Told in words"),
        default=False,
    ),
    Column(
        name="unit",
        title=gettext_lazy("Unit"),
        value=lambda row: row.unit or None,
        unknown=gettext_lazy("Told in words"),
        default=False,
    ),
    Column(
        name="text",
        title=gettext_lazy("In words"),
        value=lambda row: row.text or None,
        unknown=gettext_lazy("A figure alone"),
        default=False,
    ),
    Column(name="period", title=gettext_lazy("Period"), value=period_in_words, sort="period"),
    Column(name="source", title=gettext_lazy("Source"), sort="source"),
    Column(name="noted_on", title=gettext_lazy("Date of the source"), kind="date", sort="noted_on"),
    Column(
        name="confidence",
        title=gettext_lazy("Confidence"),
        value=lambda row: WalletConfidence(row.confidence).label,
        sort="confidence",
    ),
    Column(name="author", title=gettext_lazy("Noted by"), value="author.full_name", default=False),
]


@requires(VIEW)
@require_GET
def fact_list(request: HttpRequest) -> HttpResponseBase:
    """What is known of markets by country, category and channel."""
    user = signed_in(request)
    may_change = user.can(EDIT)
    table = Table(
        request,
        reads.facts_for(user),
        COLUMNS,
        name="market-facts",
        caption=_("Market facts"),
        default_sort="-noted_on",
        row_url=(lambda row: reverse("accounts:market-fact-edit", args=[row.pk]))
        if may_change
        else None,
        filters=MarketFactFilter,
        empty=Empty(
            _("No market facts yet"),
            _("Size, growth, price level and consumer trends, each with source and date."),
            _("New market fact") if may_change else "",
            reverse("accounts:market-fact-create") if may_change else "",
            icon="world-dollar",
        ),
    )
    context = {
        "crumbs": [all_accounts(), (_("Market facts"), "")],
        "may_change": may_change,
        "portable": portable.menu(user, "market_facts"),
    }
    return table.response("accounts/market_fact_list.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def fact_create(request: HttpRequest) -> HttpResponse:
    """A new market fact."""
    return _form(request, None, MarketFactForm(request.POST or None))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def fact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a market fact."""
    row = _fact(request, pk)
    names = ("country", "channel", "measure", "unit", "text", "source", "link", "noted_on")
    start: dict[str, Any] = {name: getattr(row, name) for name in names}
    start |= {
        "category": row.category_id,
        "confidence": row.confidence,
        "value": None if row.value is None else f"{row.value.normalize():f}",
        "period_from": row.period.lower,
        "period_before": row.period.upper,
    }
    return _form(request, row, MarketFactForm(request.POST or None, initial=start))


def _fact(request: HttpRequest, pk: int) -> MarketFact:
    rows = MarketFact.objects.visible_to(signed_in(request))
    found: MarketFact = get_object_or_404(rows, pk=pk)
    return found


def _form(request: HttpRequest, row: MarketFact | None, form: MarketFactForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            services.save_market_fact(
                fact=row,
                author=signed_in(request),
                as_of=timezone.localdate(),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(LIST)
    title = _("New market fact") if row is None else _("Market fact")
    context_url = reverse(LIST)
    context = {
        "form": form,
        "title": title,
        "save": _("Save"),
        "cancel_url": context_url,
        "fact": row,
        "crumbs": [all_accounts(), (_("Market facts"), context_url), (title, "")],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/market_fact_form.html", context, status=status)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def fact_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a market fact, after asking."""
    row = _fact(request, pk)
    if request.method == "POST":
        services.remove_market_fact(fact=row)
        messages.success(request, _("Removed; the history stays."))
        return htmx.redirect(request, reverse(LIST))
    return confirm_page(
        request,
        title=_("Remove this market fact?"),
        verb=_("Remove"),
        back_url=reverse(LIST),
        stays=[_("The history of the fact")],
    )
