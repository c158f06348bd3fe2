"""Targets of measures: added, changed, moved, taken out; what was seen of the plan's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kam.core.forms import version_of
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.forms.work import ActualForm, TargetForm, plain_number
from plans.models import KpiTarget, Plan
from plans.selectors.kpis import baseline_now
from plans.selectors.metrics.registry import metrics
from plans.services.work import targets as services
from plans.views.work import common
from plans.views.work.words import in_unit

EDIT = "plans.edit"
KIND = common.KPIS


def _kpi(request: HttpRequest, pk: int) -> KpiTarget:
    """A target of a plan that the user may write. Raises Http404."""
    rows = KpiTarget.objects.editable_by(signed_in(request)).select_related(
        "plan__account__current_lead", "plan__owner"
    )
    found: KpiTarget = get_object_or_404(rows, pk=pk)
    return found


def _with_baseline(form: TargetForm, plan: Plan, user: User) -> dict[str, Any]:
    """Take the system's own figure of today where no baseline was told."""
    facts = form.facts()
    metric = form.chosen
    if metric is not None and facts["baseline"] is None:
        found = baseline_now(plan, metric, user, as_of=timezone.localdate())
        facts["baseline"] = None if found is None else round(found, 4)
    return facts


def _tell_baseline(form: TargetForm, problem: RefusedError, found: Decimal | None) -> None:
    """Name the figure of today that a target was held against where nobody typed a baseline."""
    is_own = form.cleaned_data.get("baseline") is None
    if found is None or not is_own or problem.field != "target":
        return
    kind = form.chosen.kind if form.chosen is not None else ""
    shown = in_unit(found, kind, form.plan.currency_id)
    form.add_error("baseline", _("Where it stands today: %(figure)s.") % {"figure": shown})


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def target_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new target of a draft."""
    plan, user = common.writer_of(request, pk), signed_in(request)
    form = TargetForm(request.POST or None, plan=plan, user=user)
    if request.method == "POST" and form.is_valid():
        facts = _with_baseline(form, plan, user)
        try:
            services.add_target(plan=plan, by=user, **facts)
        except RefusedError as problem:
            add_to_form(form, problem)
            _tell_baseline(form, problem, facts["baseline"])
        else:
            return common.answered(request, plan, KIND, _("Saved."))
    return common.form_in_place(
        request, form, plan, kind=KIND, title=_("New target"), save=_("Add")
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def target_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What a target says; its measure stays."""
    kpi, user = _kpi(request, pk), signed_in(request)
    start = TargetForm.starting(kpi, metrics.get(kpi.metric))
    form = TargetForm(request.POST or None, plan=kpi.plan, user=user, kpi=kpi, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_target(kpi=kpi, by=user, **form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return common.answered(request, kpi.plan, KIND, _("Saved."))
    return common.form_in_place(
        request, form, kpi.plan, kind=KIND, title=_("Edit the target"), save=_("Save")
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def target_actual(request: HttpRequest, pk: int) -> HttpResponse:
    """What was seen of a measure of the plan's own."""
    kpi, today = _kpi(request, pk), timezone.localdate()
    value = None if kpi.typed_actual is None else plain_number(kpi.typed_actual)
    start = {
        "typed_actual": value,
        "typed_on": kpi.typed_on or today,
        "version": version_of(kpi.updated_at),
    }
    form = ActualForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.note_actual(
                kpi=kpi,
                value=form.cleaned_data["typed_actual"],
                on=form.cleaned_data["typed_on"],
                as_of=today,
                by=signed_in(request),
                read_at=form.read_at(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return common.answered(request, kpi.plan, KIND, _("Saved."))
    title = _("Actual: %s") % kpi.title
    return common.form_in_place(request, form, kpi.plan, kind=KIND, title=title, save=_("Save"))


@requires(EDIT)
@require_POST
def target_move(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """One place up or down."""
    kpi = _kpi(request, pk)
    try:
        services.move_target(kpi=kpi, step=-1 if way == "up" else 1, by=signed_in(request))
    except RefusedError as problem:
        return common.refused(request, common.section_url(kpi.plan, KIND), str(problem))
    return common.answered(request, kpi.plan, KIND, _("Moved: %s") % kpi.title)


@requires(EDIT)
@require_POST
def target_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it out of a draft; its history stays."""
    kpi = _kpi(request, pk)
    try:
        services.delete_target(kpi=kpi, by=signed_in(request))
    except RefusedError as problem:
        return common.refused(request, common.section_url(kpi.plan, KIND), str(problem))
    return common.answered(request, kpi.plan, KIND, _("Deleted: %s") % kpi.title)
