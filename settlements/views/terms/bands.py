"""Bands and conditions of a draft: a page for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core import htmx
from kam.core.forms import time_of, version_of
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.terms import ConditionKind
from settlements.forms.terms.bands import BandsEditor
from settlements.forms.terms.conditions import ConditionForm
from settlements.models import RateSchedule, TradeCondition
from settlements.services.terms import condition_checks, parts
from settlements.views.terms import common

EDIT = "agreement-version-edit"


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def bands_edit(
    request: HttpRequest, pk: int, number: int, schedule_pk: int | None = None
) -> HttpResponse:
    """Bands under a name: new ones, or those that stand."""
    version = common.get_draft(request, pk, number)
    rows = version.schedules.prefetch_related("bands")
    schedule: RateSchedule | None = (
        get_object_or_404(rows, pk=schedule_pk) if schedule_pk is not None else None
    )
    bound = request.method == "POST"
    editor = BandsEditor(request.POST if bound else None, schedule=schedule, prefix="schedule")
    back = f"{common.page_of(EDIT, version)}#bands"
    if bound and editor.is_valid():
        try:
            parts.save_schedule(
                version=version,
                draft=editor.draft(),
                by=signed_in(request),
                schedule=schedule,
                read_at=editor.head.read_at(),
            )
        except RefusedError as problem:
            editor.note(problem)
        else:
            messages.success(request, _("The bands are saved."))
            return redirect(back)
    title = _("Bands of rates")
    context = {
        "version": version,
        "agreement": version.agreement,
        "editor": editor,
        "title": schedule.name if schedule else title,
        "cancel_url": back,
        "crumbs": common.version_crumbs(version, (title, "")),
    }
    status = 422 if bound else 200
    return render(request, "settlements/agreement_bands_form.html", context, status=status)


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def bands_remove(request: HttpRequest, pk: int, number: int, schedule_pk: int) -> HttpResponse:
    """Take bands out of a draft, after asking."""
    version = common.get_draft(request, pk, number)
    schedule = get_object_or_404(version.schedules.select_related("version"), pk=schedule_pk)
    return _remove(
        request,
        schedule.name,
        f"{common.page_of(EDIT, version)}#bands",
        lambda read_at: parts.delete_schedule(
            schedule=schedule, by=signed_in(request), read_at=read_at
        ),
        version_of(schedule.updated_at),
    )


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def condition_edit(
    request: HttpRequest, pk: int, number: int, condition_pk: int | None = None
) -> HttpResponse:
    """A fee, a promotion or a rebate: a new one, or one that stands."""
    version = common.get_draft(request, pk, number)
    row: TradeCondition | None = None
    start: dict[str, Any] = {"kind": ConditionKind.FEE}
    if condition_pk is not None:
        row = get_object_or_404(version.conditions.select_related("schedule"), pk=condition_pk)
        start = ConditionForm.starting(row)
    form = ConditionForm(request.POST or None, version=version, initial=start)
    back = f"{common.page_of(EDIT, version)}#conditions"
    if request.method == "POST" and form.is_valid():
        names = set(version.schedules.values_list("name", flat=True))
        for problem in condition_checks.condition_problems(form.draft(), schedules=names):
            form.note(problem)
        if form.is_valid():
            try:
                parts.save_condition(
                    version=version,
                    draft=form.draft(),
                    by=signed_in(request),
                    condition=row,
                    read_at=form.read_at(),
                )
            except RefusedError as problem:
                form.note(problem)
            else:
                messages.success(request, _("The condition is saved."))
                return redirect(back)
    title = row.name if row else _("New condition")
    context = {
        "form": form,
        "title": title,
        "save": _("Save"),
        "cancel_url": back,
        "crumbs": common.version_crumbs(version, (title, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "components/form_page.html", context, status=status)


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def condition_remove(request: HttpRequest, pk: int, number: int, condition_pk: int) -> HttpResponse:
    """Take a condition out of a draft, after asking."""
    version = common.get_draft(request, pk, number)
    row = get_object_or_404(version.conditions.select_related("version"), pk=condition_pk)
    return _remove(
        request,
        row.name,
        f"{common.page_of(EDIT, version)}#conditions",
        lambda read_at: parts.delete_condition(
            condition=row, by=signed_in(request), read_at=read_at
        ),
        version_of(row.updated_at),
    )


def _remove(
    request: HttpRequest,
    name: str,
    back: str,
    act: Callable[[datetime | None], object],
    version: str,
) -> HttpResponse:
    if request.method == "POST":
        try:
            act(time_of(request.POST.get("version")))
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Taken out: %(name)s") % {"name": name})
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("Take %(name)s out of the draft?") % {"name": name},
        verb=_("Take out"),
        back_url=back,
        goes=[name],
        stays=[_("Every approved version")],
        version=version,
    )
