"""Objectives and initiatives: added, changed, moved and taken out where they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kam.core import htmx
from kam.core.forms import version_of
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.forms.work import InitiativeForm, ObjectiveForm, ProgressForm
from plans.models import Initiative, Objective, Plan
from plans.services.work import objectives as services
from plans.services.work.shared import whole_version
from plans.views.work import common

EDIT = "plans.edit"
KIND = common.OBJECTIVES


def _objective(request: HttpRequest, pk: int) -> Objective:
    """An objective of a plan that the user may write. Raises Http404."""
    rows = Objective.objects.editable_by(signed_in(request)).select_related("plan__account")
    found: Objective = get_object_or_404(rows, pk=pk)
    return found


def _initiative(request: HttpRequest, pk: int) -> Initiative:
    """An initiative of a plan that the user may write. Raises Http404."""
    rows = Initiative.objects.editable_by(signed_in(request))
    found: Initiative = get_object_or_404(rows.select_related("objective__plan__account"), pk=pk)
    return found


def _form_or_save(
    request: HttpRequest, form: Any, plan: Plan, title: str, save: Callable[[], object]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return common.answered(request, plan, KIND, _("Saved."))
    return common.form_in_place(request, form, plan, kind=KIND, title=title, save=_("Save"))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def objective_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new objective of a draft."""
    plan, user = common.writer_of(request, pk), signed_in(request)
    form = ObjectiveForm(request.POST or None, initial={"owner": plan.owner_id})
    return _form_or_save(
        request, form, plan, _("New objective"),
        lambda: services.add_objective(plan=plan, by=user, **form.cleaned_data),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def objective_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What an objective says; of an agreed one its progress and owner."""
    row, user = _objective(request, pk), signed_in(request)
    if not row.plan.is_draft:
        return _progress(request, row, row.plan)
    form = ObjectiveForm(request.POST or None, initial=ObjectiveForm.starting(row))
    return _form_or_save(
        request, form, row.plan, _("Edit the objective"),
        lambda: services.update_objective(objective=row, by=user, **form.said()),
    )  # fmt: skip


def _progress(request: HttpRequest, row: Objective | Initiative, plan: Plan) -> HttpResponse:
    user = signed_in(request)
    start = {
        "typed_percent": row.typed_percent,
        "owner": row.owner_id,
        "version": version_of(row.updated_at),
    }
    form = ProgressForm(request.POST or None, initial=start)

    def save() -> None:
        said, read_at = form.cleaned_data, form.read_at()
        if "typed_percent" in form.changed_data:
            percent = said["typed_percent"]
            services.type_progress(row=row, percent=percent, by=user, read_at=read_at)
            read_at = None  # the row is ours by now
        if "owner" in form.changed_data:
            services.give_work(row=row, owner=said["owner"], by=user, read_at=read_at)

    return _form_or_save(request, form, plan, _("Progress: %s") % row.title, save)


@requires(EDIT)
@require_POST
def objective_move(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """One place up or down."""
    row = _objective(request, pk)
    step = -1 if way == "up" else 1
    return _act(
        request, row.plan,
        lambda: services.move_objective(objective=row, step=step, by=signed_in(request)),
        _("Moved: %s") % row.title,
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def objective_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take it out with all below it."""
    row = _objective(request, pk)
    if request.method == "GET":
        return _ask(request, row, row.plan, _("Delete this objective?"))
    return _gone(
        request, row.plan,
        lambda: services.delete_objective(
            objective=row, by=signed_in(request), read_as=request.POST.get("version")
        ),
        _("Deleted: %s") % row.title,
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def initiative_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new initiative of an objective."""
    parent, user = _objective(request, pk), signed_in(request)
    start = {"owner": parent.owner_id or parent.plan.owner_id}
    form = InitiativeForm(request.POST or None, initial=start)
    return _form_or_save(
        request, form, parent.plan, _("New initiative: %s") % parent.title,
        lambda: services.add_initiative(objective=parent, by=user, **form.cleaned_data),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def initiative_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What an initiative says; of an agreed one its progress and owner."""
    row, user = _initiative(request, pk), signed_in(request)
    plan = row.objective.plan
    if not plan.is_draft:
        return _progress(request, row, plan)
    form = InitiativeForm(request.POST or None, initial=InitiativeForm.starting(row))
    return _form_or_save(
        request, form, plan, _("Edit the initiative"),
        lambda: services.update_initiative(initiative=row, by=user, **form.said()),
    )  # fmt: skip


@requires(EDIT)
@require_POST
def initiative_move(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """One place up or down in its objective."""
    row = _initiative(request, pk)
    step = -1 if way == "up" else 1
    return _act(
        request, row.objective.plan,
        lambda: services.move_initiative(initiative=row, step=step, by=signed_in(request)),
        _("Moved: %s") % row.title,
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def initiative_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take it out with its actions."""
    row = _initiative(request, pk)
    plan = row.objective.plan
    if request.method == "GET":
        return _ask(request, row, plan, _("Delete this initiative?"))
    return _gone(
        request, plan,
        lambda: services.delete_initiative(
            initiative=row, by=signed_in(request), read_as=request.POST.get("version")
        ),
        _("Deleted: %s") % row.title,
    )  # fmt: skip


def _ask(request: HttpRequest, row: Objective | Initiative, plan: Plan, title: str) -> HttpResponse:
    return confirm_page(
        request,
        title=title,
        text=row.title,
        verb=_("Delete"),
        back_url=common.section_url(plan, KIND),
        goes=[_("It, with the initiatives and actions below it")],
        stays=[_("Its history")],
        version=whole_version(row),
    )


def _act(request: HttpRequest, plan: Plan, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        act()
    except RefusedError as problem:
        return common.refused(request, common.section_url(plan, KIND), str(problem))
    return common.answered(request, plan, KIND, words)


def _gone(request: HttpRequest, plan: Plan, act: Callable[[], object], words: str) -> HttpResponse:
    url = common.section_url(plan, KIND)
    try:
        act()
    except RefusedError as problem:
        return common.refused(request, url, str(problem))
    return (
        htmx.redirect(request, url)
        if htmx.is_htmx(request)
        else common.answered(request, plan, KIND, words)
    )
