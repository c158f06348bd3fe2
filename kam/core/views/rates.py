"""Currencies and dated exchange rates."""

from __future__ import annotations

from decimal import Context, Decimal

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import formats
from kam.core.forms import RateForm
from kam.core.guards import requires
from kam.core.models import Currency, ExchangeRate
from kam.core.pages import Crumbs, confirm_page, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.selectors import rates as selectors
from kam.core.selectors.history import history_of
from kam.core.services import rates as services
from kam.core.tables import Column, Empty, Table

VIEW, EDIT = "settings.view", "rates.edit"
_SHORT = Context(prec=8)


class RateListFilter(django_filters.FilterSet):
    currency = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Currency"),
        queryset=Currency.objects.filter(rates__isnull=False).distinct(),
    )
    valid_on = django_filters.DateFromToRangeFilter(label=gettext_lazy("Valid from"))
    source = django_filters.CharFilter(label=gettext_lazy("Source"), lookup_expr="icontains")

    class Meta:
        model = ExchangeRate
        fields = ["currency", "valid_on", "source"]


def inverse(rate: Decimal | None) -> Decimal | None:
    """The rate the other way round, as people quote it: to 8 significant digits."""
    return None if not rate else _SHORT.divide(Decimal(1), rate)


def _plain(rate: Decimal | None) -> str | None:
    """A rate with all the digits it has: small ones have many."""
    if rate is None:
        return None
    places = max(0, -int(rate.normalize().as_tuple().exponent))
    return formats.number(rate, places)


def _code(currency: Currency) -> str:
    return currency.code


@requires(VIEW)
@require_GET
def currency_list(request: HttpRequest) -> HttpResponseBase:
    """Every currency with its latest rate."""
    base = selectors.base_currency()
    no_rate = _("No rate yet: amounts in it cannot be converted")
    columns = [
        Column(name="code", title=_("Currency"), sort="code"),
        Column(name="name", title=_("Name"), value=lambda row: formats.currency_name(row.code)),
        Column(name="decimals", title=_("Decimals"), kind="number", sort="decimals", default=False),
        Column(
            name="rate",
            title=_("1 unit is worth"),
            unit=base,
            value=lambda row: _plain(row.rate),
            sort="rate",
            css="is-num",
            unknown=no_rate,
        ),
        Column(
            name="inverse",
            title=_("1 %s is worth") % base,
            value=lambda row: _plain(inverse(row.rate)),
            css="is-num",
            unknown=no_rate,
        ),
        Column(
            name="rate_valid_on",
            title=_("Since"),
            kind="date",
            sort="rate_valid_on",
            unknown=no_rate,
        ),
    ]
    table = Table(
        request,
        selectors.currencies_in_use(timezone.localdate()),
        columns,
        name="currencies",
        caption=_("Currencies"),
        default_sort="rate_valid_on",
        row_url=lambda row: f"{reverse('core:rate-list')}?currency={row.code}",
    )
    context = {"base": base, "crumbs": settings_crumbs((_("Currencies"), ""))}
    return table.response("core/currency_list.html", context)


@requires(VIEW)
@require_GET
def rate_list(request: HttpRequest) -> HttpResponseBase:
    """Every rate, the latest first."""
    columns = [
        Column(name="valid_on", title=_("Valid from"), kind="date", sort="valid_on"),
        Column(name="currency", title=_("Currency"), value="currency_id", sort="currency"),
        Column(name="base", title=_("In"), value="base_id", sort="base"),
        Column(
            name="rate",
            title=_("1 unit is worth"),
            value=lambda row: _plain(row.rate),
            sort="rate",
            css="is-num",
        ),
        Column(
            name="inverse",
            title=_("The other way"),
            value=lambda row: _plain(inverse(row.rate)),
            css="is-num",
        ),
        Column(name="source", title=_("Source"), sort="source", unknown=_("Not given")),
    ]
    table = Table(
        request,
        selectors.rates(),
        columns,
        name="rates",
        caption=_("Exchange rates"),
        default_sort="-valid_on",
        row_url=lambda row: reverse("core:rate-edit", args=[row.pk]),
        filters=RateListFilter,
        empty=Empty(
            _("No exchange rates yet"),
            _("Amounts in other currencies are converted with the latest rate until their date."),
            _("Add a rate"),
            reverse("core:rate-create"),
            icon="arrows-exchange",
        ),
    )
    context = {
        "may_change": may(request.user, EDIT),
        "crumbs": settings_crumbs((_("Exchange rates"), "")),
    }
    return table.response("core/rate_list.html", context)


def _list_url() -> str:
    return reverse("core:rate-list")


def _crumbs(title: str) -> Crumbs:
    return settings_crumbs((_("Exchange rates"), _list_url()), (title, ""))


def _both_ways(rate: ExchangeRate) -> str:
    """A saved rate said both ways, so that a rate typed the wrong way round is seen at once."""
    words = _(
        "Saved: 1 %(currency)s = %(rate)s %(base)s, that is 1 %(base)s = %(inverse)s %(currency)s."
    )
    return words % {
        "currency": rate.currency_id,
        "base": rate.base_id,
        "rate": _plain(rate.rate),
        "inverse": _plain(inverse(rate.rate)),
    }


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def rate_create(request: HttpRequest) -> HttpResponse:
    """Add a rate."""
    initial = {"valid_on": timezone.localdate(), "currency": request.GET.get("currency")}
    form = RateForm(request.POST or None, base=selectors.base_currency(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rate = services.create_rate(row=form.rate_row())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _both_ways(rate))
            return redirect(_list_url())
    return _page(request, form, None)


@requires(VIEW, change=EDIT)
@require_http_methods(["GET", "POST"])
def rate_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a rate."""
    rate = get_object_or_404(ExchangeRate, pk=pk)
    form = RateForm(
        request.POST or None, base=rate.base_id, instance=get_object_or_404(ExchangeRate, pk=pk)
    )
    if request.method == "POST" and form.is_valid():
        row = form.rate_row()
        try:
            rate = services.change_rate(rate=rate, value=row.rate, source=row.source)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _both_ways(rate))
            return redirect(_list_url())
    return _page(request, form, rate)


def _page(request: HttpRequest, form: RateForm, rate: ExchangeRate | None) -> HttpResponse:
    title = _("New exchange rate")
    if rate is not None:
        title = f"{rate.currency_id} → {rate.base_id}, {formats.date(rate.valid_on)}"
    may_change = may(request.user, EDIT)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "title": title,
        "rate": rate,
        "may_change": may_change,
        "cancel_url": _list_url(),
        "history": history_of(rate) if rate else None,
        "crumbs": _crumbs(title),
    }
    status = 422 if form.errors else 200
    return render(request, "core/rate_form.html", context, status=status)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def rate_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a rate."""
    rate = get_object_or_404(ExchangeRate, pk=pk)
    if request.method == "POST":
        services.remove_rate(rate=rate)
        messages.success(request, _("The rate is deleted."))
        return redirect(_list_url())
    return confirm_page(
        request,
        title=_("Delete this rate?"),
        text=str(rate),
        verb=_("Delete rate"),
        goes=[_("The rate: amounts from this day on use the one before it")],
        stays=[_("Amounts that were converted with it, and its history")],
        back_url=reverse("core:rate-edit", args=[pk]),
    )
