"""Credit controllers: who watches over which account from when to when, and what that gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Account
from accounts.views.accounts import get_account
from kam.core.badges import Badge
from kam.core.dates import last_day
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.forms.controllers import AssignForm, ControllerFilter, EndForm, WhoForm
from settlements.models import ControllerAssignment
from settlements.selectors import controllers as reads
from settlements.selectors.work import controllers_shares
from settlements.services import work as services
from settlements.views.board_parts import url_of
from settlements.views.work_columns import account_url, two_lines

ASSIGN = "receivables.assign_controller"
LIST = "settlements:controller-list"


@dataclass(frozen=True)
class Watched:
    """The account with its group under it; a file gets the name alone."""

    row: ControllerAssignment

    def __str__(self) -> str:
        return self.row.account.name

    def __html__(self) -> SafeString:
        return two_lines(str(self), _group(self.row) or "")


def _state(row: ControllerAssignment, today: date) -> Badge:
    if row.valid.upper is not None and row.valid.upper <= today:
        return Badge(_("Ended"), "muted")
    if row.valid.lower is not None and row.valid.lower > today:
        return Badge(_("Coming"), "info")
    if not row.user.is_active:
        return Badge(_("Cannot sign in"), "danger")
    return Badge(_("In force"), "success")


def _columns(today: date) -> list[Column]:
    return [
        Column(
            name="account",
            title=gettext_lazy("Account"),
            value=Watched,
            sort="account__name_key",
            link=lambda row: account_url(row.account_id),
        ),
        Column(
            name="group",
            title=gettext_lazy("Group"),
            value=_group,
            default=False,
            unknown=gettext_lazy("Top of its tree"),
        ),
        Column(
            name="user",
            title=gettext_lazy("Credit controller"),
            value=lambda row: str(row.user),
            sort="user__full_name",
        ),
        Column(
            name="since",
            title=gettext_lazy("From"),
            kind="date",
            value="valid.lower",
            sort="valid",
            unknown=gettext_lazy("From the beginning"),
        ),
        Column(
            name="until",
            title=gettext_lazy("Last day"),
            kind="date",
            value=lambda row: last_day(row.valid),
            unknown=gettext_lazy("For good"),
        ),
        Column(
            name="state",
            title=gettext_lazy("State"),
            kind="badge",
            value=lambda row: _state(row, today),
        ),
    ]


def _group(row: ControllerAssignment) -> str | None:
    group = row.account.current_group
    return None if group is None or group.pk == row.account_id else group.name


@requires(ASSIGN)
@require_GET
def controller_list(request: HttpRequest) -> HttpResponseBase:
    """Assignments in the user's scope, how work is spread, and who would get an account's."""
    user, today = signed_in(request), timezone.localdate()
    table = Table(
        request,
        reads.assignments_for(user),
        _columns(today),
        name="controllers",
        caption=_("Credit controllers"),
        default_sort="account",
        row_url=lambda row: reverse("settlements:controller-end", args=[row.account_id]),
        filters=ControllerFilter,
        empty=Empty(
            _("Nobody is a credit controller yet"),
            _("All work on overdue payers lies in the default queue, where anybody may take it."),
            _("Assign a controller"),
            reverse("settlements:controller-assign"),
            icon="user-shield",
        ),
    )
    context = {
        "shares": controllers_shares(user),
        "who": _who(request, today),
        "work_url": url_of("work-list"),
        "crumbs": [(_("Receivables"), url_of("board")), (_("Credit controllers"), "")],
    }
    return table.response("settlements/controller_list.html", context)


def _who(request: HttpRequest, today: date) -> dict[str, Any]:
    """The question who would get an account's work, with its answer once it is asked."""
    asked = "who-account" in request.GET
    data = request.GET.copy()
    data["who-on"] = data.get("who-on") or today.isoformat()
    form = WhoForm(
        data if asked else None, prefix="who", user=signed_in(request), initial={"on": today}
    )
    if not asked or not form.is_valid():
        return {"form": form}
    account: Account = form.cleaned_data["account"]
    on = form.cleaned_data["on"] or today
    found = reads.controllers_of([account], on=on).get(account.pk)
    return {
        "form": form,
        "account": account,
        "on": on,
        "found": found,
        "lead": account.current_lead,
    }


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [
        (_("Receivables"), url_of("board")),
        (_("Credit controllers"), reverse(LIST)),
        (title, ""),
    ]


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def controller_assign(request: HttpRequest) -> HttpResponse:
    """Have somebody watch over an account from a day on."""
    user = signed_in(request)
    form = AssignForm(request.POST or None, user=user, initial=_start(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_controller(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(
                request, _("%s has a credit controller.") % form.cleaned_data["account"]
            )
            return redirect(LIST)
    title = _("Assign a controller")
    return form_page(
        request,
        form,
        title=title,
        lead=_("Work on what is overdue goes to the controller and to the account's lead."),
        save=_("Assign"),
        cancel_url=reverse(LIST),
        crumbs=_crumbs(title),
    )


def _start(request: HttpRequest) -> dict[str, Any]:
    """Today, and the account that the address names, if the user may see it."""
    start: dict[str, Any] = {"from_date": timezone.localdate()}
    asked = request.GET.get("account", "")
    if asked.isdecimal() and len(asked) < 19:
        rows = Account.objects.visible_to(signed_in(request)).not_merged()
        if account := rows.filter(pk=asked).first():
            start["account"] = as_typed(account)
    return start


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def controller_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an account's own controller: from then on the node above says who it is."""
    account = get_account(request, pk)
    row = get_object_or_404(
        reads.assignments_for(signed_in(request)).filter(account=account).order_by("-valid")[:1]
    )
    form = EndForm(request.POST or None, initial={"from_date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        services.close_controller(account=account, from_date=form.cleaned_data["from_date"])
        messages.success(request, _("The assignment was ended."))
        return redirect(LIST)
    title = _("End the controller of %s") % account.name
    return form_page(
        request,
        form,
        title=title,
        lead=_("%s watches over it. Afterwards whoever has the account above does, else the work "
               "lies in the default queue.") % row.user,
        save=_("End"),
        cancel_url=reverse(LIST),
        crumbs=_crumbs(title),
    )  # fmt: skip
