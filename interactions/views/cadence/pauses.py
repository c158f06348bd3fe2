"""Pauses of cadence: the list, a new one, changing and removing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from interactions.forms.cadence import PauseForm
from interactions.models import CadencePause
from interactions.selectors.cadence.pauses import pauses_for
from interactions.services import cadence as services
from interactions.views.cadence.touches import crumbs
from kam.core import formats, htmx
from kam.core.badges import Badge
from kam.core.dates import ONE_DAY, last_day
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

CONFIGURE = "interactions.configure"
LIST = "interactions:cadence-pause-list"


def _state(pause: CadencePause) -> Badge:
    today = timezone.localdate()
    if today in pause.valid:
        return Badge(_("Now"), "warning")
    if pause.valid.lower > today:
        return Badge(_("To come"), "info")
    return Badge(_("Over"), "muted")


COLUMNS = [
    Column(name="reason", title=gettext_lazy("Reason"), value=lambda one: one.get_reason_display(),
           sort="reason"),
    Column(
        name="from",
        title=gettext_lazy("First day"),
        kind="date",
        value="valid.lower",
        sort="valid__startswith",
    ),
    Column(
        name="until",
        title=gettext_lazy("Last day"),
        kind="date",
        value=lambda row: last_day(row.valid),
        sort="valid__endswith",
    ),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=_state),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value=lambda one: one.account.name if one.account else _("Every account"),
    ),
    Column(
        name="function",
        title=gettext_lazy("Function"),
        value=lambda one: one.get_function_display() or _("All functions"),
        sort="function",
    ),
    Column(name="note", title=gettext_lazy("Note"), value=lambda one: one.note or None,
           unknown=gettext_lazy("No note")),
]  # fmt: skip


@requires("interactions.view")
@require_GET
def pause_list(request: HttpRequest) -> HttpResponseBase:
    """Pauses of every account and of those one sees, the latest first."""
    user = signed_in(request)
    may_configure = user.can(CONFIGURE)
    table = Table(
        request,
        pauses_for(user),
        COLUMNS,
        name="cadence-pauses",
        caption=_("Pauses"),
        default_sort="-from",
        row_url=(lambda one: reverse("interactions:cadence-pause-edit", args=[one.pk]))
        if may_configure
        else None,
        empty=Empty(
            _("No pauses"),
            _("In a pause no day counts: nothing becomes due or overdue in the holidays."),
            _("New pause") if may_configure else "",
            reverse("interactions:cadence-pause-create") if may_configure else "",
            icon="beach",
        ),
    )
    context = {"crumbs": crumbs((_("Pauses"), "")), "may_configure": may_configure}
    return table.response("interactions/cadence_pauses.html", context)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def pause_create(request: HttpRequest) -> HttpResponse:
    """Let days not count."""
    form = PauseForm(request.POST or None, user=signed_in(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_pause(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The pause is set. What is due has moved."))
            return redirect(LIST)
    return form_page(
        request,
        form,
        title=_("New pause"),
        lead=_("These days do not count: what is due moves, and nothing becomes overdue."),
        save=_("Set the pause"),
        cancel_url=reverse(LIST),
        crumbs=crumbs((_("Pauses"), reverse(LIST)), (_("New pause"), "")),
    )


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def pause_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change when and why."""
    user = signed_in(request)
    pause: CadencePause = get_object_or_404(pauses_for(user), pk=pk)
    form = PauseForm(request.POST or None, user=user, pause=pause)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_pause(pause=pause, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(LIST)
    whom = pause.account.name if pause.account else _("Every account")
    functions = pause.get_function_display() or _("All functions")
    context = {
        "form": form,
        "title": _("Change the pause"),
        "lead": f"{whom}, {functions}",
        "cancel_url": reverse(LIST),
        "remove_url": reverse("interactions:cadence-pause-delete", args=[pause.pk]),
        "crumbs": crumbs((_("Pauses"), reverse(LIST)), (_("Change the pause"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "interactions/cadence_pause_form.html", context, status=status)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def pause_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the days count again."""
    pause: CadencePause = get_object_or_404(pauses_for(signed_in(request)), pk=pk)
    if request.method == "POST":
        services.remove_pause(pause=pause)
        messages.success(request, _("The pause is removed. Its days count again."))
        return htmx.redirect(request, reverse(LIST))
    days = f"{formats.date(pause.valid.lower)} – {formats.date(pause.valid.upper - ONE_DAY)}"
    return confirm_page(
        request,
        title=_("Remove the pause?"),
        verb=_("Remove"),
        text=_("What is due moves back, as if there had been no pause."),
        goes=[f"{pause.get_reason_display()}, {days}"],
        stays=[_("The history of the pause")],
        back_url=reverse(LIST),
    )
