"""Strengths, weaknesses, opportunities, threats: by hand, or out of what the system knows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kam.core import formats, htmx
from kam.core.forms import time_of, version_of
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.choices.plan import SwotKind
from plans.forms.plan import HintsForm, SwotForm
from plans.models import Plan, SwotItem
from plans.selectors.plan.hints import hints_for
from plans.services.plan import texts as services
from plans.views.plan import common

EDIT = "plans.edit"


def _url(plan: Plan) -> str:
    return f"{plan.get_absolute_url()}#section-swot"


def _form(request: HttpRequest, form: Any, plan: Plan, title: str) -> HttpResponse:
    return common.form_page(
        request,
        form,
        title=title,
        save=_("Save"),
        back=_url(plan),
        steps=common.plan_crumbs(plan, (title, "")),
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def swot_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an item down."""
    plan = common.get_editable(request, pk)
    kind = request.GET.get("kind", SwotKind.STRENGTH)
    form = SwotForm(request.POST or None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_swot_item(plan=plan, by=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return htmx.redirect(request, _url(plan))
    return _form(request, form, plan, _("Strengths and weaknesses"))


def _item(plan: Plan, pk: int) -> SwotItem:
    found: SwotItem = get_object_or_404(plan.swot_items, pk=pk)
    found.plan = plan
    return found


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def swot_edit(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Mend an item, or move it to another square."""
    plan = common.get_editable(request, pk)
    item = _item(plan, item_pk)
    initial = {name: getattr(item, name) for name in ("kind", "text", "evidence")}
    initial["version"] = version_of(item.updated_at)
    form = SwotForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_swot_item(item=item, by=signed_in(request), **form.said())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return htmx.redirect(request, _url(plan))
    return _form(request, form, plan, _("Strengths and weaknesses"))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def swot_remove(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take an item out of a draft, after asking."""
    plan = common.get_editable(request, pk)
    item = _item(plan, item_pk)
    if request.method == "POST":
        try:
            services.remove_swot_item(
                item=item, by=signed_in(request), read_at=time_of(request.POST.get("version"))
            )
        except RefusedError as problem:
            messages.error(request, str(problem))
        return htmx.redirect(request, _url(plan))
    return confirm_page(
        request,
        title=_("Take it out of the plan?"),
        verb=_("Take out"),
        back_url=_url(plan),
        goes=[item.text],
        stays=[_("Actions that came from it")],
        version=version_of(item.updated_at),
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def swot_hints(request: HttpRequest, pk: int) -> HttpResponse:
    """What the system knows and the plan does not say yet, to be chosen one by one."""
    plan, user = common.get_editable(request, pk), signed_in(request)
    hints = hints_for(plan, user, as_of=timezone.localdate())
    form = HintsForm(request.POST or None, hints=hints)
    if request.method == "POST" and form.is_valid():
        return _take(request, plan, form)
    context = {
        "plan": plan,
        "title": _("What the system knows"),
        "groups": [
            {"title": kind.label, "hints": [one for one in hints if one.kind == kind]}
            for kind in SwotKind
        ],
        "is_any": bool(hints),
        "action": request.get_full_path(),
        "is_part": htmx.is_htmx(request),
        "cancel_url": _url(plan),
        "crumbs": common.plan_crumbs(plan, (_("What the system knows"), "")),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(request, "plans/swot_hints.html", context, "panel", status=status)


def _take(request: HttpRequest, plan: Plan, form: HintsForm) -> HttpResponse:
    chosen = form.chosen_hints()
    try:
        services.take_hints(plan=plan, hints=chosen, by=signed_in(request))
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        words = ngettext("%(n)s item was added.", "%(n)s items were added.", len(chosen))
        messages.success(request, words % {"n": formats.number(len(chosen))})
    return htmx.redirect(request, _url(plan))
