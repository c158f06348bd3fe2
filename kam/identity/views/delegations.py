"""Absences: who stands in for whom, one's own or, for who manages users, anybody's."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kam.core.badges import Badge
from kam.core.pages import confirm_page, form_page, safe_next, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity import selectors
from kam.identity.decorators import requires, signed_in
from kam.identity.filters import DelegationFilter
from kam.identity.forms.users import AnyDelegationForm, DelegationForm
from kam.identity.models import Delegation, User
from kam.identity.services import delegations

MANAGE = "users.manage"


def _state(delegation: Delegation) -> Badge:
    today = timezone.localdate()
    if delegation.valid.upper <= today:
        return Badge(gettext_lazy("Over"), "muted")
    if delegation.valid.lower > today:
        return Badge(gettext_lazy("Planned"), "info")
    return Badge(gettext_lazy("In force"), "success")


COLUMNS = [
    Column(
        name="absent",
        title=gettext_lazy("Absent"),
        value="from_user.full_name",
        sort="from_user__full_name",
    ),
    Column(
        name="stands_in",
        title=gettext_lazy("Stands in"),
        value="to_user.full_name",
        sort="to_user__full_name",
    ),
    Column(
        name="first_day",
        title=gettext_lazy("First day"),
        kind="date",
        value="valid.lower",
        sort="valid__startswith",
        nullable=False,
    ),
    Column(name="last_day", title=gettext_lazy("Last day"), kind="date", value="last_day"),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=_state),
    Column(name="reason", title=gettext_lazy("Reason"), sort="reason"),
]


@requires(MANAGE)
@require_GET
def delegation_list(request: HttpRequest) -> HttpResponseBase:
    """Everybody's absences."""
    table = Table(
        request,
        selectors.delegations_for(signed_in(request)),
        COLUMNS,
        name="absences",
        caption=_("Absences"),
        default_sort="-first_day",
        row_url=lambda row: reverse("identity:delegation-end", args=[row.pk]),
        filters=DelegationFilter,
        empty=Empty(
            _("Nobody is away"),
            _("During an absence a colleague sees and does on accounts what the absent one may."),
            _("Plan an absence"),
            reverse("identity:delegation-create"),
            icon="beach",
        ),
    )
    crumbs = settings_crumbs((_("Absences"), ""))
    return table.response("identity/delegation_list.html", {"crumbs": crumbs})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def delegation_create(request: HttpRequest) -> HttpResponse:
    """Plan anybody's absence."""
    form = AnyDelegationForm(request.POST or None)
    back = reverse("identity:delegation-list")
    sent = request.method == "POST" and form.is_valid()
    if sent and _delegate(request, form, form.cleaned_data["from_user"]):
        return redirect(back)
    crumbs = settings_crumbs((_("Absences"), back), (_("New"), ""))
    return form_page(
        request, form, title=_("Plan an absence"), lead=_lead(), cancel_url=back, crumbs=crumbs
    )


@require_http_methods(["GET", "POST"])
def own_create(request: HttpRequest) -> HttpResponse:
    """Plan my own absence."""
    user = signed_in(request)
    form = DelegationForm(request.POST or None, absent=user)
    back = reverse("identity:profile")
    if request.method == "POST" and form.is_valid() and _delegate(request, form, user):
        return redirect(back)
    crumbs = [(_("My profile"), back), (_("Plan an absence"), "")]
    return form_page(
        request, form, title=_("Plan an absence"), lead=_lead(), cancel_url=back, crumbs=crumbs
    )


def _lead() -> str:
    return _("During it, the colleague sees and does on accounts what the absent one may.")


def _delegate(request: HttpRequest, form: DelegationForm, absent: User) -> bool:
    to_user = form.cleaned_data["to_user"]
    try:
        delegations.delegate(
            from_user=absent,
            to_user=to_user,
            valid=form.period(),
            reason=form.cleaned_data["reason"],
        )
    except RefusedError as problem:
        add_to_form(form, problem)
        return False
    messages.success(request, _("%s stands in.") % to_user.full_name)
    return True


@require_http_methods(["GET", "POST"])
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation that one gave; who manages users may end any."""
    user = signed_in(request)
    mine = Delegation.objects.endable_by(user).select_related("from_user", "to_user")
    delegation = get_object_or_404(mine, pk=pk)
    back = "identity:delegation-list" if user.can(MANAGE) else "identity:profile"
    target = safe_next(request, reverse(back))
    if request.method == "POST":
        delegations.end_delegation(delegation=delegation, today=timezone.localdate())
        messages.success(request, _("The delegation has ended."))
        return redirect(target)
    people = {"absent": delegation.from_user.full_name, "other": delegation.to_user.full_name}
    return confirm_page(
        request,
        title=_("End this absence?"),
        text=_("%(other)s stands in for %(absent)s.") % people,
        verb=_("End it now"),
        goes=[_("What %(other)s may see and do in place of %(absent)s") % people],
        stays=[_("Everything that was done meanwhile")],
        back_url=target,
    )
