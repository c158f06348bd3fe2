"""Actions: added, changed, ticked off, opened again, dropped; a SWOT item becomes one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import htmx
from kam.core.forms import time_of, version_of
from kam.core.pages import confirm_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.identity.decorators import requires, signed_in
from plans.forms.work import ActionForm
from plans.models import PlanAction, SwotItem
from plans.selectors.work import actions_for, workable
from plans.services.work import actions as services
from plans.views.plan import common as plan_common
from plans.views.work import common, words

VIEW, EDIT, WORK = "plans.view", "plans.edit", "plans.work"
KIND = common.OBJECTIVES


def _seen(request: HttpRequest, pk: int) -> PlanAction:
    """An action of a plan that the user may read. Raises Http404."""
    found: PlanAction = get_object_or_404(actions_for(signed_in(request)), pk=pk)
    return found


def _workable(request: HttpRequest, pk: int) -> PlanAction:
    """An action that the user may tick off. Raises Http404."""
    found: PlanAction = get_object_or_404(workable(signed_in(request)), pk=pk)
    return found


def _editable(request: HttpRequest, pk: int) -> PlanAction:
    """An action of a plan that the user may write. Raises Http404."""
    rows = PlanAction.objects.editable_by(signed_in(request))
    found: PlanAction = get_object_or_404(rows.select_related("plan__account", "owner"), pk=pk)
    return found


@requires(VIEW)
@require_GET
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One action: of which plan, whose, until when, what became of it."""
    user, action = signed_in(request), _seen(request, pk)
    today = timezone.localdate()
    may_edit = PlanAction.objects.editable_by(user).filter(pk=pk).exists()
    context = {
        "action": action,
        "plan": action.plan,
        "badge": words.state_badge(action, today).__html__(),
        "may_work": workable(user).filter(pk=pk).exists(),
        "may_edit": may_edit and action.plan.state in ("draft", "approved", "active"),
        "history": history_of(action),
        "crumbs": plan_common.plan_crumbs(action.plan, (action.title, "")),
    }
    return render(request, "plans/work_action.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def action_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new action, at an initiative (`?initiative=`) or beside the objectives."""
    plan, user = common.writer_of(request, pk), signed_in(request)
    start: dict[str, Any] = {"owner": user.pk, "initiative": request.GET.get("initiative") or None}
    form = ActionForm(request.POST or None, plan=plan, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_action(plan=plan, by=user, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return common.answered(request, plan, KIND, _("Saved."))
    return common.form_in_place(
        request, form, plan, kind=KIND, title=_("New action"), save=_("Add")
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def action_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What an action says."""
    action, user = _editable(request, pk), signed_in(request)
    start = ActionForm.starting(action)
    form = ActionForm(request.POST or None, plan=action.plan, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_action(action=action, by=user, **form.said())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return common.answered(request, action.plan, KIND, _("Saved."))
    return common.form_in_place(
        request, form, action.plan, kind=KIND, title=_("Edit the action"), save=_("Save")
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def action_from_swot(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an action of a strength, weakness, opportunity or threat."""
    user = signed_in(request)
    rows = SwotItem.objects.editable_by(user).select_related("plan__account")
    item: SwotItem = get_object_or_404(rows, pk=pk)
    start = {"title": item.text[:300], "owner": item.plan.owner_id}
    form = ActionForm(request.POST or None, plan=item.plan, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.action_from_swot(item=item, by=user, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return common.answered(request, item.plan, KIND, _("It became an action."))
    return common.form_in_place(
        request, form, item.plan, kind="swot", title=_("Make it an action"), save=_("Add")
    )


def _ticked(request: HttpRequest, action: PlanAction, said: str) -> HttpResponse:
    """The action's button after a tick on a list, else the section or the page that asked."""
    if htmx.target(request).startswith("tick-"):
        context = {"action": _seen(request, action.pk), "may_work": True}
        response = htmx.render_part(request, "plans/work_tick.html", context, "tick")
        return htmx.toast(response, said)
    if htmx.target(request) == f"section-{KIND}":
        return common.answered(request, action.plan, KIND, said)
    messages.success(request, said)
    return htmx.redirect(request, safe_next(request, reverse("plans:action-list")))


@requires(WORK)
@require_POST
def action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick it off today, by one click; what is done stays as it is."""
    action = _workable(request, pk)
    try:
        services.finish_action(action=action, on=timezone.localdate(), by=signed_in(request))
    except RefusedError as problem:
        return common.refused(request, action.get_absolute_url(), str(problem))
    return _ticked(request, action, _("Done: %s") % action.title)


@requires(WORK)
@require_POST
def action_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it up again."""
    action = _workable(request, pk)
    try:
        services.reopen_action(action=action, by=signed_in(request))
    except RefusedError as problem:
        return common.refused(request, action.get_absolute_url(), str(problem))
    return _ticked(request, action, _("Open again: %s") % action.title)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def action_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then give it up; in a draft it may go altogether."""
    action, user = _editable(request, pk), signed_in(request)
    is_draft, plan = action.plan.is_draft, action.plan
    url = common.section_url(plan, KIND)
    if request.method == "GET":
        return confirm_page(
            request,
            title=_("Delete this action?") if is_draft else _("Drop this action?"),
            text=action.title,
            verb=_("Delete") if is_draft else _("Drop"),
            back_url=url,
            goes=[_("The action")] if is_draft else [_("It counts for nothing any more")],
            stays=[_("Its history")],
            version=version_of(action.updated_at),
        )
    try:
        if is_draft:
            read_at = time_of(request.POST.get("version"))
            services.delete_action(action=action, by=user, read_at=read_at)
        else:
            services.drop_action(action=action, by=user)
    except RefusedError as problem:
        return common.refused(request, url, str(problem))
    said = _("Deleted: %s") if is_draft else _("Dropped: %s")
    messages.success(request, said % action.title)
    return htmx.redirect(request, url)
