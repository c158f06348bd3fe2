"""What pages of plans share: rows in scope, crumbs, tabs, their form page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from kam.core import htmx
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User
from plans.models import Plan, PlanSection

WITH = ("account", "owner", "sponsor", "template", "currency", "parent")


def get_plan(request: HttpRequest, pk: int) -> Plan:
    """A plan that the user may read. Raises Http404."""
    rows = Plan.objects.visible_to(signed_in(request)).select_related(*WITH)
    found: Plan = get_object_or_404(rows, pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> Plan:
    """A plan that the user may write, in whatever state. Raises Http404."""
    rows = Plan.objects.editable_by(signed_in(request)).select_related(*WITH)
    found: Plan = get_object_or_404(rows, pk=pk)
    return found


def get_section(plan: Plan, kind: str) -> PlanSection:
    """A section of a plan. Raises Http404."""
    rows = plan.sections.select_related("owner")
    found: PlanSection = get_object_or_404(rows, kind=kind)
    found.plan = plan
    return found


def get_plannable(request: HttpRequest, pk: int) -> Account:
    """An account that the user may make plans for. Raises Http404."""
    rows = plannable(signed_in(request)).select_related("current_lead", "currency")
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def plannable(user: User) -> Any:
    """Accounts that the user leads, or directs who does."""
    rows = Account.objects.editable_by(user).not_merged()
    return rows if user.can("plans.edit") else rows.none()


def may_write(plan: Plan, user: User) -> bool:
    """Whether the user may write the plan, in whatever state it is."""
    return bool(Plan.objects.editable_by(user).filter(pk=plan.pk).exists())


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about plans."""
    own = reverse("plans:plan-list") if steps else ""
    return [(_("Plans"), own), *steps]


def plan_crumbs(plan: Plan, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages below a plan."""
    return crumbs((plan.title, plan.get_absolute_url() if steps else ""), *steps)


def form_page(
    request: HttpRequest, form: Any, *, title: str, save: str, back: str, steps: Crumbs,
    lead: str = "",
) -> HttpResponse:  # fmt: skip
    """A page that is one form, or the part that the side panel shows; 422 to be mended."""
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "save": save,
        "action": request.get_full_path(),
        "is_part": htmx.is_htmx(request),
        "cancel_url": back,
        "crumbs": list(steps),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(request, "plans/plan_form.html", context, "panel", status=status)


def found(is_so: object) -> None:
    """Answer 404 where something is not so. Raises Http404."""
    if not is_so:
        raise Http404


def still_readable(plan: Plan, user: User) -> str:
    """Where to go after a change of who reads it: its page, or the list for who does not."""
    is_readable = Plan.objects.visible_to(user).filter(pk=plan.pk).exists()
    return plan.get_absolute_url() if is_readable else reverse("plans:plan-list")
