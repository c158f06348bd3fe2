"""One opportunity: reading, writing down, changing, moving; and the account's panel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.analytics.pipeline import OPEN
from accounts.choices import OpportunityKind, OpportunityOrigin, OpportunityStage
from accounts.forms.fields import as_typed
from accounts.forms.opportunities import OpportunityForm, StageForm
from accounts.models import Account, Opportunity, ProductCategory
from accounts.selectors import opportunities as reads
from accounts.selectors import revenue
from accounts.services import opportunities as services
from accounts.views.accounts import account_crumbs, get_account, may_edit
from accounts.views.opportunities import words
from accounts.views.opportunities.board import PAGE, board_context, crumbs
from accounts.views.wallet.words import cell_url
from kam.core import htmx
from kam.core.dates import Period
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in

# icons: pencil arrows-right-left history
LAPSED_SHOWN = 3


def get_opportunity(request: HttpRequest, pk: int) -> Opportunity:
    """An opportunity at an account in the user's scope. Raises Http404."""
    rows = reads.opportunities_for(signed_in(request), as_of=timezone.localdate())
    found: Opportunity = get_object_or_404(rows, pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> Opportunity:
    """An opportunity that the user may work on. Raises Http404."""
    user = signed_in(request)
    if not Opportunity.objects.editable_by(user).filter(pk=pk).exists():
        raise Http404
    return get_opportunity(request, pk)


@requires("opportunities.view")
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is worth, where it stands, what comes next, and how it came here."""
    user, today = signed_in(request), timezone.localdate()
    one = get_opportunity(request, pk)
    editable = Opportunity.objects.editable_by(user).filter(pk=one.pk).exists()
    context = {
        "one": one,
        "badge": words.stage_sign(one),
        "no_rate": words.no_rate(one),
        "currency": base_currency(),
        "steps": [
            (
                OpportunityStage(row.from_stage).label if row.from_stage else "",
                OpportunityStage(row.to_stage).label,
                row,
            )
            for row in reads.steps_taken(one)
        ],
        "is_part": htmx.is_htmx(request),
        "may_edit": editable,
        "today": today,
        "is_late": one.is_open and one.next_step_on is not None and one.next_step_on < today,
        "cell_url": cell_url(one.account_id, one.category_id, Period.year(today.year))
        if one.category_id and user.can("whitespace.view")
        else "",
        "crumbs": crumbs((one.title, "")),
    }
    return htmx.render_part(request, "accounts/opportunity_detail.html", context, "panel")


@requires("opportunities.edit")
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Write an opportunity down: from a cell, a lapsed category, or a need."""
    user, today = signed_in(request), timezone.localdate()
    form = OpportunityForm(request.POST or None, user=user, initial=_start(request))
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"]
        if not may_edit(user, account):
            form.add_error("account", _("You cannot work on this account."))
        else:
            try:
                one = services.create_opportunity(
                    account=account, facts=form.facts(), by=user, as_of=today
                )
            except RefusedError as problem:
                add_to_form(form, problem)
            else:
                messages.success(request, _("The opportunity is written down."))
                return htmx.redirect(request, one.get_absolute_url())
    title = _("New opportunity")
    return _form_page(
        request,
        form,
        title=title,
        save=_("Write it down"),
        back=reverse("accounts:opportunity-board"),
        steps=crumbs((title, "")),
    )


def _start(request: HttpRequest) -> dict[str, Any]:
    """What the address says: an account, a category, where it comes from, a value."""
    user, asked = signed_in(request), request.GET
    start: dict[str, Any] = {
        "owner": user.pk,
        "currency": base_currency(),
        "origin": OpportunityOrigin.NEED,
        "kind": OpportunityKind.UP_SELL,
    }
    visible = Account.objects.visible_to(user).not_merged()
    if (number := asked.get("account", "")).isdecimal():
        account = visible.filter(pk=number[:18]).first()
        start |= {"account": as_typed(account)} if account else {}
    if (number := asked.get("category", "")).isdecimal():
        category = ProductCategory.objects.visible_to(user).filter(pk=number[:18]).first()
        if category is not None:
            start |= {"category": category.pk, "title": category.name}
    if asked.get("origin") in OpportunityOrigin.values:
        start["origin"] = asked["origin"]
    if (value := asked.get("value", "")).isdecimal():
        start["value"] = value[:15]
    return start


@requires("opportunities.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what an opportunity says."""
    user = signed_in(request)
    one = get_editable(request, pk)
    form = OpportunityForm(
        request.POST or None, user=user, account=one.account, initial=_values(one)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_opportunity(opportunity=one, facts=form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, one.get_absolute_url())
    title = _("Edit %s") % one.title
    steps = crumbs((one.title, one.get_absolute_url()), (_("Edit"), ""))
    return _form_page(request, form, title=title, save="", back=one.get_absolute_url(), steps=steps)


def _values(one: Opportunity) -> dict[str, Any]:
    names = ("title", "kind", "origin", "need", "expected_close", "starts_on", "next_step")
    values = {name: getattr(one, name) for name in (*names, "next_step_on", "probability")}
    return {
        **values,
        "category": one.category_id,
        "currency": one.currency_id,
        "owner": one.owner_id,
        "value": f"{one.value.normalize():f}",
        "margin": "" if one.margin is None else f"{one.margin.normalize():f}",
    }


def _form_page(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    save: str,
    back: str,
    steps: list[tuple[str, str]],
) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "save": save,
        "action": request.path,
        "is_part": htmx.is_htmx(request),
        "cancel_url": back,
        "crumbs": steps,
    }
    status = 422 if form.errors else 200
    return htmx.render_part(
        request, "accounts/opportunity_form.html", context, "panel", status=status
    )


@requires("opportunities.edit")
@require_http_methods(["GET", "POST"])
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an opportunity: by the form, or as it was dragged or moved by key on the board."""
    one = get_editable(request, pk)
    if request.method == "POST" and htmx.target(request) == "pipeline":
        return _dropped(request, one)
    start = {"stage": request.GET.get("to", "")}
    form = StageForm(request.POST or None, at=one.stage, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            _move(request, one, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s was moved.") % one.title)
            return htmx.redirect(request, one.get_absolute_url())
    title = _("Move %s") % one.title
    steps = crumbs((one.title, one.get_absolute_url()), (_("Move"), ""))
    return _form_page(
        request, form, title=title, save=_("Move"), back=one.get_absolute_url(), steps=steps
    )


def _move(request: HttpRequest, one: Opportunity, **values: Any) -> None:
    services.move_stage(
        opportunity=one,
        to_stage=values.pop("stage"),
        by=signed_in(request),
        as_of=timezone.localdate(),
        **values,
    )


def _dropped(request: HttpRequest, one: Opportunity) -> HttpResponse:
    """The board as it stands after a card was put elsewhere."""
    problem = ""
    try:
        _move(request, one, stage=request.POST.get("stage", ""))
    except RefusedError as error:
        problem = str(error)
    response = htmx.render_part(request, PAGE, board_context(request), "lanes")
    said = problem or _("%s was moved.") % one.title
    return htmx.toast(response, said, "danger" if problem else "success")


@requires("opportunities.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The opportunities of an account and below it, and lapsed categories to win back."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    rows = reads.within(reads.opportunities_for(user, as_of=today), account)
    pursued = set(
        rows.filter(stage__in=OPEN, category__isnull=False).values_list("category", flat=True)
    )
    lapsed = [
        one
        for one in revenue.by_category(account.pk, as_of=today)
        if one.is_lapsed and one.category is not None and one.category.pk not in pursued
    ]
    context = {
        "account": account,
        "title": _("Opportunities"),
        "panel_template": "accounts/panels/opportunities.html",
        "crumbs": account_crumbs(account, (_("Opportunities"), "")),
        "deals": [(words.stage_sign(one), one) for one in reads.open_at(account, user, limit=15)],
        "closed": [
            (words.stage_sign(one), one)
            for one in rows.exclude(stage__in=OPEN).order_by("-closed_on", "-pk")[:5]
        ],
        "found": reads.forecast_of(rows, as_of=today),
        "currency": base_currency(),
        "today": today,
        "lapsed": lapsed[:LAPSED_SHOWN],
        "may_pursue": user.can("opportunities.edit") and may_edit(user, account),
        "board_url": f"{reverse('accounts:opportunity-board')}?account={account.pk}",
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
