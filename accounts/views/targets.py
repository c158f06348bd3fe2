"""Targets by month: list, setting, correcting, removing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.filters import TargetFilter
from accounts.forms.products import TargetAmountForm, TargetForm
from accounts.models import Target
from accounts.services import targets as services
from kam.core import formats, htmx
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

EDIT = "targets.edit"
LIST = "accounts:target-list"


def _whose(target: Target) -> str:
    return str(target.account or target.manager)


COLUMNS = [
    Column(
        name="month",
        title=gettext_lazy("Month"),
        value=lambda target: formats.month(target.month),
        sort="month",
    ),
    Column(name="whose", title=gettext_lazy("For"), value=_whose),
    Column(
        name="kind",
        title=gettext_lazy("Kind"),
        value=lambda target: _("Account") if target.account_id else _("Account manager"),
    ),
    Column(
        name="category",
        title=gettext_lazy("Category"),
        value="category.name",
        unknown=gettext_lazy("Over all categories"),
    ),
    Column(
        name="amount",
        title=gettext_lazy("Target"),
        kind="money",
        sort="amount",
        currency=lambda target: target.currency_id,
    ),
]


def _targets(request: HttpRequest) -> QuerySet[Target]:
    rows: QuerySet[Target] = Target.objects.visible_to(signed_in(request))
    return rows.select_related("account", "manager", "category")


@requires("accounts.view")
@require_GET
def target_list(request: HttpRequest) -> HttpResponseBase:
    """Targets of accounts and managers in the user's scope."""
    may_edit = may(request.user, EDIT)
    table = Table(
        request,
        _targets(request),
        COLUMNS,
        name="targets",
        caption=_("Targets"),
        default_sort="-month",
        row_url=(lambda target: reverse("accounts:target-edit", args=[target.pk]))
        if may_edit
        else None,
        filters=TargetFilter,
        empty=Empty(
            _("No targets yet"),
            _("Boards compare revenue with targets by month, of accounts or of managers."),
            _("New target") if may_edit else "",
            reverse("accounts:target-create") if may_edit else "",
            icon="target",
        ),
    )
    context = {"crumbs": [(_("Targets"), "")], "may_edit": may_edit}
    return table.response("accounts/target_list.html", context)


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Targets"), reverse(LIST)), (title, "")]


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def target_create(request: HttpRequest) -> HttpResponse:
    """A target for a month that has none of its kind."""
    user = signed_in(request)
    start: dict[str, Any] = {"currency": base_currency()}
    form = TargetForm(request.POST or None, user=user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.create_target(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The target was set."))
            return redirect(LIST)
    title = _("New target")
    return form_page(
        request, form, title=title, save=_("Set"), cancel_url=reverse(LIST), crumbs=_crumbs(title)
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def target_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a target's amount."""
    target: Target = get_object_or_404(_targets(request), pk=pk)
    form = TargetAmountForm(
        request.POST or None, initial={"amount": f"{target.amount.normalize():f}"}
    )
    if request.method == "POST" and form.is_valid():
        services.change_target(target=target, amount=form.cleaned_data["amount"])
        messages.success(request, _("Saved."))
        return redirect(LIST)
    words = {"who": _whose(target), "month": formats.month(target.month)}
    title = _("Target of %(who)s, %(month)s") % words
    return form_page(request, form, title=title, cancel_url=reverse(LIST), crumbs=_crumbs(title))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def target_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a target, after asking."""
    target: Target = get_object_or_404(_targets(request), pk=pk)
    if request.method == "POST":
        services.remove_target(target=target)
        messages.success(request, _("The target was removed."))
        return htmx.redirect(request, reverse(LIST))
    words = {"who": _whose(target), "month": formats.month(target.month)}
    return confirm_page(
        request,
        title=_("Remove the target of %(who)s, %(month)s?") % words,
        verb=_("Remove"),
        back_url=reverse(LIST),
        goes=[formats.money(target.amount, target.currency_id)],
        stays=[_("The history of the target")],
    )
