"""The credit board: exposure of everybody against their limits, as of the last run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import htmx
from kam.core.badges import Badge
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices.credit import Component
from settlements.forms.credit import BoardFilter, SettingsForm, latest_grade
from settlements.models import CreditPosition
from settlements.selectors.credit.decided import applications_for
from settlements.selectors.credit.rules import credit_settings
from settlements.services.credit.facts import save_settings
from settlements.services.credit.positions import ask_to_rescore
from settlements.views.credit import common

BOARD = "settlements:credit-board"


def _rows(user: User) -> QuerySet[Any]:
    rows = CreditPosition.objects.visible_to(user).select_related("party", "party__current_lead")
    graded: QuerySet[Any] = rows.annotate(grade=Subquery(latest_grade(OuterRef("party"))))
    return graded


def _standing(row: Any) -> Badge:
    if row.missing_rates:
        return Badge(_("No rate for %s") % ", ".join(row.missing_rates), "muted")
    if row.limit_amount is None:
        return Badge(common.NO_LIMIT, "muted")
    if row.limit_amount == 0:
        state = "danger" if row.exposure > 0 else "neutral"
        return Badge(_("Prepay only"), "danger" if state == "danger" else "neutral")
    if row.available < 0:
        return Badge(_("Over the limit"), "danger")
    if row.utilisation >= Decimal("0.9"):
        return Badge(_("Near the limit"), "warning")
    return Badge(_("Within the limit"), "success")


def _part(component: Component) -> Column:
    return Column(
        name=component.value, title=component.label, kind="money", value=component.value,
        sort=component.value, currency=lambda row: row.currency_id, default=False,
    )  # fmt: skip


def _columns() -> list[Column]:
    money: dict[str, Any] = {
        "kind": "money", "currency": lambda row: row.currency_id, "nullable": True,
    }  # fmt: skip
    return [
        Column(name="party", title=gettext_lazy("Account"), value="party.name",
               sort="party__name_key"),
        Column(name="standing", title=gettext_lazy("Standing"), kind="badge", value=_standing),
        Column(name="used", title=gettext_lazy("Used"), kind="html", sort="utilisation",
               nullable=True, value=lambda row: common.used_bar(row.utilisation) or None,
               file=lambda row: row.utilisation,
               unknown=common.NO_LIMIT),
        Column(name="exposure", title=gettext_lazy("Exposure"), sort="exposure",
               unknown=gettext_lazy("A rate is missing"), **money),
        Column(name="limit", title=gettext_lazy("Limit"), value="limit_amount",
               sort="limit_amount", unknown=common.NO_LIMIT, **money),
        Column(name="available", title=gettext_lazy("Available"), sort="available",
               unknown=common.NO_LIMIT, **money),
        Column(name="grade", title=gettext_lazy("Grade"), kind="badge", sort="grade",
               nullable=True, value=lambda row: common.grade_badge(row.grade),
               unknown=gettext_lazy("No score yet")),
        Column(name="lead", title=gettext_lazy("Lead"), value="party.current_lead.full_name",
               unknown=gettext_lazy("Nobody leads this account"), default=False),
        *(_part(component) for component in Component),
    ]  # fmt: skip


@requires("credit.view")
@require_GET
def credit_board(request: HttpRequest) -> HttpResponseBase:
    """Who owes how much of what they may, the fullest limits first."""
    user = signed_in(request)
    table = Table(
        request,
        _rows(user),
        _columns(),
        name="credit",
        caption=_("Exposure"),
        default_sort="-used",
        row_url=lambda row: reverse("settlements:credit-account", args=[row.party_id]),
        filters=BoardFilter,
        empty=Empty(
            _("No exposure yet"),
            _("It is found every night from the ledger, from what other systems tell, and from "
              "the limits."),
            icon="shield-half",
        ),
    )  # fmt: skip
    context: dict[str, Any] = {
        "crumbs": common.crumbs(),
        "tabs": common.tabs(request, "credit-board"),
        "may_apply": user.can("credit.apply"),
        "may_run": user.can("credit.decide"),
        "may_set": user.can("settings.view"),
    }
    if not htmx.is_htmx(request):
        context |= _figures(user)
    return table.response("settlements/credit_board.html", context)


def _figures(user: User) -> dict[str, Any]:
    found = (
        CreditPosition.objects.visible_to(user)
        .order_by()
        .aggregate(
            over=Count("pk", filter=Q(available__lt=0)),
            near=Count("pk", filter=Q(utilisation__gte=Decimal("0.9"), available__gte=0)),
            without=Count("pk", filter=Q(limit_amount__isnull=True, exposure__gt=0)),
            day=Max("as_of"),
        )
    )
    waiting = applications_for(user).waiting().count()  # type: ignore[attr-defined]
    url, day = reverse(BOARD), found["day"]
    return {"as_of_run": day, "stats": _stats(found, waiting, url, day)}


def _stats(found: dict[str, Any], waiting: int, url: str, day: date | None) -> list[Stat]:
    return [
        Stat(name="over", title=_("Over the limit"), value=found["over"], good="down",
             what=_("Limits that exposure exceeds, of accounts and of groups."), as_of=day,
             url=f"{url}?state=over"),
        Stat(name="near", title=_("Near the limit"), value=found["near"],
             what=_("Nine tenths of the limit and more are used."), as_of=day,
             url=f"{url}?state=near"),
        Stat(name="without", title=_("On credit without a limit"), value=found["without"],
             what=_("Exposure of payers that have no limit of their own."), as_of=day,
             url=f"{url}?state=none"),
        Stat(name="waiting", title=_("Applications to decide"), value=waiting,
             url=f"{reverse('settlements:credit-application-list')}?state=submitted"),
    ]  # fmt: skip


@requires("credit.decide")
@require_POST
def credit_run(request: HttpRequest) -> HttpResponse:
    """Bring exposure and scores up to date now."""
    run = ask_to_rescore(by=signed_in(request))
    messages.success(request, _("Exposure and scores are being brought up to date."))
    return htmx.redirect(request, reverse("core:job-detail", args=[run.pk]))


@requires("settings.view", change="settings.change")
@require_http_methods(["GET", "POST"])
def credit_rules(request: HttpRequest) -> HttpResponse:
    """How this organisation reckons credit."""
    rules = credit_settings()
    start = {name: getattr(rules, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            save_settings(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(BOARD)
    return form_page(
        request,
        form,
        title=_("Settings of credit"),
        lead=_("Checks made before stay as they were; the board follows with the next run."),
        cancel_url=reverse(BOARD),
        crumbs=common.crumbs((_("Settings"), "")),
        may_change=signed_in(request).can("settings.change"),
    )
