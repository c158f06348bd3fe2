"""Rates of activities and costs of the company: lists, entering, correcting, removing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.profitability import PoolForm, RateForm
from accounts.models import ActivityRate, CostPool
from accounts.selectors.profitability import rows as reads
from accounts.services import costs as services
from accounts.views.profitability.common import (
    EDIT,
    KIND,
    MONTH,
    VIEW,
    confirmed,
    edited,
    list_context,
    plain,
    posted,
    row_url,
)
from accounts.views.profitability.filters import PoolFilter, RateFilter
from kam.core import formats
from kam.core.dates import last_day, month_start
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# Rates


def _until(rate: ActivityRate) -> Any:
    return last_day(rate.valid)


@requires(VIEW)
@require_GET
def rate_list(request: HttpRequest) -> HttpResponseBase:
    """What one unit of each activity costs, over time."""
    user = signed_in(request)
    table = Table(
        request,
        reads.rates_for(user),
        [
            KIND,
            Column(name="unit", title=gettext_lazy("Unit")),
            Column(
                name="amount",
                title=gettext_lazy("Cost of one unit"),
                kind="money",
                unit=base_currency(),
                places=4,
            ),
            Column(name="from", title=gettext_lazy("From"), kind="date",
                   value=lambda rate: rate.valid.lower),
            Column(name="until", title=gettext_lazy("Last day"), kind="date", value=_until,
                   unknown=gettext_lazy("Until there is another")),
            Column(name="note", title=gettext_lazy("What it rests on"),
                   unknown=gettext_lazy("Nothing said")),
        ],
        name="activity-rates",
        caption=_("Rates of activities"),
        row_url=row_url(user, "activity-rate-edit"),
        filters=RateFilter,
        empty=Empty(
            _("No rates"),
            _("With a rate, the orders and pallets of an account become a cost."),
            icon="scale",
        ),
    )  # fmt: skip
    title, verb = _("Rates of activities"), _("Set a rate")
    context = list_context(user, "activity-rate-list", title, "activity-rate-create", verb)
    return table.response("accounts/cost_list.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def rate_create(request: HttpRequest) -> HttpResponse:
    """Set a rate from a day on."""
    start = {"from_date": month_start(timezone.localdate())}
    return posted(
        request,
        RateForm(request.POST or None, initial=start),
        lambda values: services.set_rate(**values),
        title=_("Set a rate"),
        done=_("The rate was set."),
        back="accounts:activity-rate-list",
    )


def _rate(request: HttpRequest, pk: int) -> ActivityRate:
    return get_object_or_404(reads.rates_for(signed_in(request)), pk=pk)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def rate_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a rate or its days."""
    rate = _rate(request, pk)
    start = {
        "from_date": rate.valid.lower,
        "until": rate.valid.upper,
        "amount": plain(rate.amount),
    }
    return edited(
        request,
        RateForm(request.POST or None, instance=rate, initial=start),
        lambda values: services.change_rate(rate=rate, **values),
        row=rate,
        title=_("Correct a rate"),
        room="activity-rate",
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def rate_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a rate, after asking."""
    rate = _rate(request, pk)
    return confirmed(
        request,
        lambda: services.remove_rate(rate=rate),
        title=_("Remove this rate?"),
        goes=[
            f"{rate.get_kind_display()}: {formats.money(rate.amount, base_currency(), 4)}",
            _("Volumes of its days are then without a value, and so is the profit of accounts."),
        ],
        back="accounts:activity-rate-list",
    )


# Company costs


def _company(request: HttpRequest) -> User:
    """Who sees the whole company; 404 for anyone else."""
    user = signed_in(request)
    if not user.sees_everything():
        raise Http404
    return user


@requires(VIEW)
@require_GET
def pool_list(request: HttpRequest) -> HttpResponseBase:
    """Costs of the whole company by month, and the rule that spreads each."""
    user = _company(request)
    table = Table(
        request,
        reads.pools_for(user),
        [
            MONTH,
            KIND,
            Column(name="name", title=gettext_lazy("Name")),
            Column(name="amount", title=gettext_lazy("Amount"), kind="money",
                   unit=base_currency(), sort="amount"),
            Column(name="rule", title=gettext_lazy("Spread by"), value="get_rule_display"),
        ],
        name="pools",
        caption=_("Company costs"),
        default_sort="-month",
        row_url=row_url(user, "pool-edit"),
        filters=PoolFilter,
        empty=Empty(
            _("No company costs"),
            _("What cannot be counted by account: a rule spreads it over those that bought."),
            icon="building-warehouse",
        ),
    )  # fmt: skip
    context = list_context(user, "pool-list", _("Company costs"), "pool-create", _("Enter a cost"))
    return table.response("accounts/cost_list.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def pool_create(request: HttpRequest) -> HttpResponse:
    """Enter a month's cost of the company."""
    _company(request)
    return posted(
        request,
        PoolForm(request.POST or None),
        lambda values: services.create_pool(**values),
        title=_("Enter a company cost"),
        done=_("The cost was entered."),
        back="accounts:pool-list",
    )


def _pool(request: HttpRequest, pk: int) -> CostPool:
    return get_object_or_404(reads.pools_for(_company(request)), pk=pk)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def pool_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a month's cost of the company."""
    pool = _pool(request, pk)
    start = {"amount": plain(pool.amount)}
    return edited(
        request,
        PoolForm(request.POST or None, instance=pool, initial=start),
        lambda values: services.change_pool(pool=pool, **values),
        row=pool,
        title=_("Correct a company cost"),
        room="pool",
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def pool_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a month's cost of the company, after asking."""
    pool = _pool(request, pk)
    return confirmed(
        request,
        lambda: services.remove_pool(pool=pool),
        title=_("Remove %s?") % pool.name,
        goes=[f"{formats.month(pool.month)}: {formats.money(pool.amount, base_currency())}"],
        back="accounts:pool-list",
    )
