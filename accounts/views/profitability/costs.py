"""Cost entries and activity volumes: their lists, entering, correcting and removing them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.profitability import CostForm, VolumeForm
from accounts.models import Account, ActivityDriver, CostEntry
from accounts.selectors.profitability import rows as reads
from accounts.services import costs as services
from accounts.views.profitability.common import (
    ACCOUNT,
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
from accounts.views.profitability.filters import CostFilter, VolumeFilter
from kam.core import formats
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# Entries


def _cost_columns(currency: str) -> list[Column]:
    return [
        Column(name="booked_on", title=gettext_lazy("Date"), kind="date", sort="booked_on"),
        ACCOUNT,
        KIND,
        Column(
            name="amount",
            title=gettext_lazy("Amount"),
            kind="money",
            sort="amount",
            currency=lambda row: row.currency_id,
        ),
        Column(
            name="base",
            title=gettext_lazy("Amount"),
            kind="money",
            unit=currency,
            value="base_amount",
            sort="base_amount",
            unknown=gettext_lazy("There is no rate for this date yet"),
        ),
        Column(name="note", title=gettext_lazy("What for"), unknown=gettext_lazy("Nothing said")),
        Column(
            name="source",
            title=gettext_lazy("Source"),
            value="source.name",
            unknown=gettext_lazy("Entered by hand"),
        ),
        Column(name="key", title=gettext_lazy("Key in the source"), value="source_key",
               default=False),
        Column(name="batch", title=gettext_lazy("Import"), value="batch_id", default=False),
    ]  # fmt: skip


def _cost_totals(rows: QuerySet[CostEntry]) -> dict[str, Any]:
    waiting = rows.order_by().filter(base_amount__isnull=True).exists()
    return {} if waiting else {"base": rows.order_by().aggregate(sum=Sum("base_amount"))["sum"]}


@requires(VIEW)
@require_GET
def cost_list(request: HttpRequest) -> HttpResponseBase:
    """Cost entries of accounts in the user's scope."""
    user = signed_in(request)
    table = Table(
        request,
        reads.entries_for(user),
        _cost_columns(base_currency()),
        name="costs",
        caption=_("Cost entries"),
        default_sort="-booked_on",
        row_url=row_url(user, "cost-edit"),
        filters=CostFilter,
        totals=_cost_totals,
        empty=Empty(
            _("No cost entries"),
            _("What serving one account cost: deliveries, visits, returns, trade terms."),
            _("Enter a cost") if user.can(EDIT) else "",
            reverse("accounts:cost-create") if user.can(EDIT) else "",
            icon="coins",
        ),
    )
    context = list_context(user, "cost-list", _("Costs to serve"), "cost-create", _("Enter a cost"))
    return table.response("accounts/cost_list.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def cost_create(request: HttpRequest) -> HttpResponse:
    """Enter a cost by hand."""
    user = signed_in(request)
    asked = request.GET.get("account", "")
    pk = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    account = Account.objects.visible_to(user).not_merged().filter(pk=pk).first()
    start = {"currency": base_currency(), "booked_on": timezone.localdate(), "account": account}
    form = CostForm(request.POST or None, user=user, initial=start)
    return posted(
        request,
        form,
        lambda values: services.create_cost(**values),
        title=_("Enter a cost"),
        done=_("The cost was entered."),
        back="accounts:cost-list",
    )


def _cost(request: HttpRequest, pk: int) -> CostEntry:
    return get_object_or_404(reads.entries_for(signed_in(request)), pk=pk)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def cost_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a cost."""
    entry = _cost(request, pk)
    shown = {"account": entry.account, "amount": plain(entry.amount)}
    form = CostForm(request.POST or None, user=signed_in(request), instance=entry, initial=shown)
    return edited(
        request,
        form,
        lambda values: services.change_cost(entry=entry, **values),
        row=entry,
        title=_("Correct a cost"),
        room="cost",
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def cost_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a cost, after asking."""
    entry = _cost(request, pk)
    return confirmed(
        request,
        lambda: services.remove_cost(entry=entry),
        title=_("Remove this cost of %s?") % entry.account.name,
        goes=[f"{entry.get_kind_display()}: {formats.money(entry.amount, entry.currency_id)}"],
        back="accounts:cost-list",
    )


# Volumes


@requires(VIEW)
@require_GET
def volume_list(request: HttpRequest) -> HttpResponseBase:
    """Activity volumes of accounts in the user's scope."""
    user = signed_in(request)
    table = Table(
        request,
        reads.drivers_for(user),
        [
            MONTH,
            ACCOUNT,
            KIND,
            Column(name="volume", title=gettext_lazy("Volume"), kind="number", sort="volume"),
        ],
        name="volumes",
        caption=_("Activity volumes"),
        default_sort="-month",
        row_url=row_url(user, "volume-edit"),
        filters=VolumeFilter,
        empty=Empty(
            _("No volumes"),
            _("How many orders, pallets or visits an account caused in a month."),
            icon="stack-2",
        ),
    )
    title, verb = _("Activity volumes"), _("Enter a volume")
    return table.response(
        "accounts/cost_list.html", list_context(user, "volume-list", title, "volume-create", verb)
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def volume_create(request: HttpRequest) -> HttpResponse:
    """Say how much of an activity an account caused in a month."""
    form = VolumeForm(request.POST or None, user=signed_in(request))
    return posted(
        request,
        form,
        lambda values: services.set_volume(**values),
        title=_("Enter a volume"),
        done=_("The volume was entered."),
        back="accounts:volume-list",
    )


def _volume(request: HttpRequest, pk: int) -> ActivityDriver:
    return get_object_or_404(reads.drivers_for(signed_in(request)), pk=pk)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def volume_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a volume: whose, of what and of which month stays as it is."""
    driver = _volume(request, pk)
    fixed: dict[str, Any] = {"account": driver.account, "kind": driver.kind, "month": driver.month}
    initial = {"account": driver.account, "volume": plain(driver.volume)}
    form = VolumeForm(request.POST or None, user=signed_in(request), instance=driver,
                      initial=initial)  # fmt: skip
    for name in fixed:
        form.fields[name].disabled = True
    form.fields["account"].required = False
    return edited(
        request,
        form,
        lambda values: services.set_volume(**fixed, volume=values["volume"]),
        row=driver,
        title=_("Correct a volume"),
        room="volume",
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def volume_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a volume, after asking."""
    driver = _volume(request, pk)
    return confirmed(
        request,
        lambda: services.remove_volume(driver=driver),
        title=_("Remove this volume of %s?") % driver.account.name,
        goes=[f"{driver.get_kind_display()}, {formats.month(driver.month)}"],
        back="accounts:volume-list",
    )
