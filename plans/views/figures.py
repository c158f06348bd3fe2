"""What pages of the figures of a plan share: rows in scope, tabs, forms, questions.

Figures are for who reads the plan and sees its account by scope; everybody else gets a 404.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from kam.core import htmx
from kam.core.forms import time_of, version_of
from kam.core.nav import Tab
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import signed_in
from plans.models import Plan
from plans.querysets.plans import LIVE
from plans.views.plan.common import WITH, form_page, plan_crumbs

PAGES = {
    "sales": "plans:sales-plan",
    "levers": "plans:lever-list",
    "marketing": "plans:marketing-plan",
}


def _in_scope(request: HttpRequest, rows: Any, pk: int) -> Plan:
    accounts = Account.objects.visible_to(signed_in(request))
    found: Plan = get_object_or_404(rows.filter(account__in=accounts).select_related(*WITH), pk=pk)
    return found


def get_plan(request: HttpRequest, pk: int) -> Plan:
    """A plan whose figures the user may read. Raises Http404."""
    return _in_scope(request, Plan.objects.visible_to(signed_in(request)), pk)


def get_draft(request: HttpRequest, pk: int) -> Plan:
    """A draft whose figures the user may write. Raises Http404."""
    plan = _in_scope(request, Plan.objects.editable_by(signed_in(request)), pk)
    if not plan.is_draft:
        raise Http404
    return plan


def get_row(request: HttpRequest, kind: Any, pk: int, *, goes_on: bool = False) -> Any:
    """A row of a plan that the user may write; `goes_on`: also while it is carried out."""
    rows = kind.objects.editable_by(signed_in(request))
    row = get_object_or_404(rows.select_related("plan__account", "plan__currency"), pk=pk)
    if row.plan.is_draft or (goes_on and row.plan.state in LIVE):
        return row
    raise Http404


def may_write(request: HttpRequest, plan: Plan) -> bool:
    """Whether the user may write the plan, in whatever state it is."""
    return Plan.objects.editable_by(signed_in(request)).filter(pk=plan.pk).exists()


def page_context(request: HttpRequest, plan: Plan, active: str, title: str) -> dict[str, Any]:
    """What the three pages have alike: crumbs, tabs, who may do what."""
    writes = may_write(request, plan)
    titles = {"sales": _("Sales plan"), "levers": _("Growth levers"), "marketing": _("Marketing")}
    return {
        "plan": plan,
        "title": title,
        "crumbs": plan_crumbs(plan, (title, "")),
        "may_write": writes and plan.is_draft,
        "may_go_on": writes and (plan.is_draft or plan.state in LIVE),
        "tabs": [
            Tab(titles[key], reverse(name, args=[plan.pk]), active=key == active)
            for key, name in PAGES.items()
        ],
    }


def form_answer(
    request: HttpRequest,
    form: Any,
    *,
    plan: Plan,
    title: str,
    back: str,
    act: Callable[[], Any],
    done: str = "",
    lead: str = "",
    save: str = "",
    page: Callable[[], HttpResponse] | None = None,
) -> HttpResponse:
    """A form page whose valid POST acts once and goes back; what is refused stands at its field.

    `page` draws a form that needs more than one field below the other.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, done or _("Saved."))
            return htmx.redirect(request, back)
    if page is not None:
        return page()
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        save=save or _("Save"),
        back=back,
        steps=plan_crumbs(plan, (title, "")),
    )


def removal(
    request: HttpRequest,
    *,
    row: Any,
    title: str,
    back: str,
    act: Callable[[datetime | None], Any],
    goes: list[str],
) -> HttpResponse:
    """The question before something goes out of a draft; POST does it, unless somebody else
    changed it since the question was asked."""
    if request.method != "POST":
        return confirm_page(
            request, title=title, verb=_("Take out"), back_url=back, goes=goes,
            stays=[_("Its history")], version=version_of(row.updated_at),
        )  # fmt: skip
    try:
        act(time_of(request.POST.get("version")))
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Taken out."))
    return htmx.redirect(request, back)
