"""Who takes part in a plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import htmx
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of_rows
from kam.identity.decorators import requires, signed_in
from plans.forms.plan import MemberForm
from plans.models import Plan, PlanMember
from plans.services.plan import people as services
from plans.views.plan import common

VIEW, EDIT = "plans.view", "plans.edit"


def _url(plan: Plan) -> str:
    return reverse("plans:members", args=[plan.pk])


@requires(VIEW)
@require_GET
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who is, was or will be named, with their period."""
    plan, user, today = common.get_plan(request, pk), signed_in(request), timezone.localdate()
    rows = plan.members.select_related("user").order_by("user__full_name", "valid", "pk")
    context = {
        "plan": plan,
        "rows": [{"member": one, "is_now": today in one.valid} for one in rows],
        "may_name": plan.is_open and services.may_change_readers(plan, user),
        "history": history_of_rows(PlanMember, subject=_("Members"), plan_id=plan.pk),
        "crumbs": common.plan_crumbs(plan, (_("Who takes part"), "")),
    }
    return render(request, "plans/members.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Name somebody; who is named reads the plan."""
    plan = _nameable(request, pk)
    form = MemberForm(request.POST or None, as_of=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.add_member(plan=plan, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s takes part.") % form.cleaned_data["user"])
            return htmx.redirect(request, _url(plan))
    title = _("Name somebody")
    return common.form_page(
        request,
        form,
        title=title,
        save=_("Name"),
        back=_url(plan),
        steps=common.plan_crumbs(plan, (_("Who takes part"), _url(plan)), (title, "")),
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Let somebody take part no longer, from today on."""
    plan = _nameable(request, pk)
    rows = plan.members.select_related("user")
    member: PlanMember = get_object_or_404(rows, pk=member_pk)
    if request.method == "POST":
        try:
            services.end_member(member=member, on=timezone.localdate())
        except RefusedError as problem:
            messages.error(request, str(problem))
        return htmx.redirect(request, _url(plan))
    return confirm_page(
        request,
        title=_("Let %(who)s take part no longer?") % {"who": member.user},
        verb=_("End it"),
        back_url=_url(plan),
        goes=[str(member)],
        stays=[_("What they wrote, and that they wrote it")],
    )


def _nameable(request: HttpRequest, pk: int) -> Plan:
    """A plan in which the user says who takes part: its owner, or a director. Raises Http404."""
    plan = common.get_editable(request, pk)
    common.found(services.may_change_readers(plan, signed_in(request)))
    return plan
