"""Placements: the board over all accounts, one of them, making and changing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import PlacementStage
from accounts.forms.placement import LastDayForm, PlacementForm, PlacementStepForm
from accounts.models import Account, Placement
from accounts.selectors.placement import listing
from accounts.selectors.placement.gaps import open_gaps
from accounts.services.placement import placements as services
from accounts.views import portable
from accounts.views.accounts import get_editable
from accounts.views.columns import account_url
from accounts.views.placement import common
from accounts.views.placement.filters import PlacementFilter
from kam.core import charts, formats
from kam.core.dates import last_day
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: layout-grid-add
COLUMNS = [
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: account_url(row.account),
    ),
    Column(name="item", title=gettext_lazy("Product or category")),
    Column(name="what", title=gettext_lazy("Agreed"), value=common.what, sort="kind"),
    Column(
        name="stage",
        title=gettext_lazy("Step"),
        kind="badge",
        value=common.stage_badge,
        sort="stage",
    ),
    Column(
        name="stage_on",
        title=gettext_lazy("Reached on"),
        kind="date",
        sort="stage_on",
        unknown=gettext_lazy("Nobody at the customer agreed yet"),
    ),
    Column(
        name="valid_from",
        title=gettext_lazy("From"),
        kind="date",
        value=lambda row: row.valid.lower,
        sort="valid__startswith",
        nullable=False,
    ),
    Column(
        name="valid_until",
        title=gettext_lazy("Last day"),
        kind="date",
        value=lambda row: last_day(row.valid),
        unknown=gettext_lazy("Until further notice"),
    ),
    Column(
        name="agreed_by",
        title=gettext_lazy("With whom"),
        value=lambda row: row.agreed_by.name if row.agreed_by else None,
        unknown=gettext_lazy("Not said"),
        default=False,
    ),
    Column(
        name="note",
        title=gettext_lazy("Note"),
        value=lambda row: row.note or None,
        unknown=gettext_lazy("None"),
        default=False,
    ),
]


@requires("placement.view")
@require_GET
def placement_list(request: HttpRequest) -> HttpResponseBase:
    """What is agreed everywhere in the user's scope, and how far it is."""
    user, today = signed_in(request), timezone.localdate()
    rows = listing.placements_for(user)
    chart = _progress(rows.filter(valid__contains=today), today)
    if (file := charts.export(request, chart)) is not None:
        return file
    may_add = user.can("placement.edit")
    table = Table(
        request,
        rows,
        COLUMNS,
        name="placements",
        caption=_("Placements"),
        default_sort="account",
        row_url=lambda row: row.get_absolute_url(),
        filters=PlacementFilter,
        empty=Empty(
            _("Nothing is agreed yet"),
            _("Listings, facings, shelf positions and promotions stand here."),
            _("New placement") if may_add else "",
            reverse("accounts:placement-create") if may_add else "",
            icon="layout-grid-add",
        ),
    )
    context = {
        "crumbs": common.crumbs((_("Placements"), "")),
        "tabs": common.tabs(request, "placement-list"),
        "chart": chart,
        "may_add": may_add,
        "portable": portable.menu(user, "placements"),
    }
    return table.response("accounts/placement_list.html", context)


def _progress(rows: Any, today: Any) -> charts.Chart:
    steps = listing.steps_reached(rows)
    total = sum(count for _stage, count in steps)
    there = sum(count for stage, count in steps if stage >= PlacementStage.ON_SHELF)
    words = {"there": formats.number(there, 0), "total": formats.number(total, 0)}
    title = ngettext(
        "%(there)s of %(total)s placement in force has reached the shelf",
        "%(there)s of %(total)s placements in force have reached the shelf",
        total,
    )
    return charts.bar(
        name="placement-steps",
        title=title % words if total else _("No placement is in force"),
        labels=[str(stage.label) for stage, _count in steps],
        label_title=_("Step"),
        value_format="number",
        unit=_("placements"),
        places=0,
        horizontal=True,
        series=[charts.Series(name=_("Placements"), values=[count for _stage, count in steps])],
        as_of=today,
        height="short",
    )


@requires("placement.edit")
@require_http_methods(["GET", "POST"])
def placement_create(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Something agreed, or proposed, with an account."""
    user = signed_in(request)
    account = get_editable(request, pk) if pk is not None else None
    start = {"valid_from": timezone.localdate()}
    form = PlacementForm(request.POST or None, user=user, account=account, initial=start)
    if request.method == "POST" and form.is_valid():
        at = account or form.cleaned_data["account"]
        try:
            placement = services.add_placement(account=at, **form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The placement was added as a proposal."))
            return redirect(placement.get_absolute_url())
    title = _("New placement at %s") % account.name if account else _("New placement")
    return form_page(
        request,
        form,
        title=title,
        save=_("Add"),
        cancel_url=_panel_url(account) if account else reverse("accounts:placement-list"),
        crumbs=_crumbs((title, "")),
    )


def _panel_url(account: Account) -> str:
    return f"{account_url(account)}#panel-availability"


def _crumbs(*steps: tuple[str, str]) -> Any:
    return common.crumbs((_("Placements"), reverse("accounts:placement-list")), *steps)


@requires("placement.view")
@require_GET
def placement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One placement: what, until when, its steps, and where it is missing."""
    user, today = signed_in(request), timezone.localdate()
    placement = common.get_placement(request, pk)
    stores = Account.objects.visible_to(user).not_merged().within(placement.account_id)
    may_edit = Placement.objects.editable_by(user).filter(pk=pk).exists()
    context = {
        "placement": placement,
        "what": common.what(placement),
        "badge": common.stage_badge(placement).__html__(),
        "state": common.state_in_time(placement, today),
        "steps": [
            (step, PlacementStage(step.stage).label)
            for step in placement.steps.select_related("author").order_by("-pk")
        ],
        "next": PlacementStage(placement.stage + 1).label if placement.stage < 3 else "",
        "gaps": common.with_badges(open_gaps(user, as_of=today, placement=pk), user),
        "stores": stores.filter(kind="store").count(),
        "may_edit": may_edit,
        "crumbs": _crumbs((placement.item, "")),
    }
    return render(request, "accounts/placement_detail.html", context)


@requires("placement.edit")
@require_http_methods(["GET", "POST"])
def placement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is agreed; the steps that were reached stay."""
    user, placement = signed_in(request), common.get_editable_placement(request, pk)
    form = PlacementForm(
        request.POST or None,
        user=user,
        account=placement.account,
        initial=PlacementForm.said(placement),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.update_placement(placement=placement, **form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(placement.get_absolute_url())
    return _form(request, form, placement, _("Edit"))


def _form(request: HttpRequest, form: Any, placement: Placement, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=f"{title}: {placement.item}",
        lead=f"{placement.account.name} · {common.what(placement)}",
        cancel_url=placement.get_absolute_url(),
        crumbs=_crumbs((placement.item, placement.get_absolute_url()), (title, "")),
    )


@requires("placement.edit")
@require_http_methods(["GET", "POST"])
def placement_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The next step, or a step back, with its day and evidence."""
    user, today = signed_in(request), timezone.localdate()
    placement = common.get_editable_placement(request, pk)
    start = {"stage": min(placement.stage + 1, 3), "reached_on": today}
    form = PlacementStepForm(request.POST or None, placement=placement, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.reach_step(placement=placement, as_of=today, author=user, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The step is kept."))
            return redirect(placement.get_absolute_url())
    return _form(request, form, placement, _("Step"))


@requires("placement.edit")
@require_http_methods(["GET", "POST"])
def placement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of an agreement; what was seen until then stays."""
    placement = common.get_editable_placement(request, pk)
    form = LastDayForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_placement(placement=placement, **form.cleaned_data)
        except RefusedError as problem:
            problem.field = "last_day"
            add_to_form(form, problem)
        else:
            messages.success(request, _("The placement ends."))
            return redirect(placement.get_absolute_url())
    return _form(request, form, placement, _("End"))
