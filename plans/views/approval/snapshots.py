"""Snapshots of a plan: the list, one as it was frozen, and taking one by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import htmx
from kam.core.models import JobRun
from kam.identity.decorators import requires, signed_in
from plans.forms.approval import FreezeForm
from plans.models import Plan, PlanSnapshot
from plans.selectors import reading
from plans.selectors import snapshots as reads
from plans.selectors.approval import acts_of
from plans.services.approval.snapshots import ask_for_snapshot
from plans.views.plan import common

VIEW, EDIT = "plans.view", "plans.edit"


@requires(VIEW)
@require_GET
def snapshot_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was frozen of a plan, and what happened to it."""
    user, plan = signed_in(request), common.get_plan(request, pk)
    steps = plan.steps.select_related("author", "snapshot").order_by("-happened_at", "-pk")
    context = {
        "plan": plan,
        "snapshots": reads.snapshots_of(plan),
        "steps": steps,
        "run": _run(request, plan),
        "may_take": acts_of(user, plan)["snapshot"],
        "crumbs": common.plan_crumbs(plan, (_("Snapshots"), "")),
    }
    return render(request, "plans/snapshot_list.html", context)


def _run(request: HttpRequest, plan: Plan) -> JobRun | None:
    """The run that the page was sent to follow, unless it ended well."""
    number = request.GET.get("job", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    run = reads.snapshot_job(plan, user=signed_in(request), pk=int(number))
    return None if run is None or (run.is_finished and not run.error) else run


@requires(VIEW)
@require_GET
def snapshot_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A snapshot as it was frozen, drawn from its own document alone."""
    user, plan = signed_in(request), common.get_plan(request, pk)
    rows = PlanSnapshot.objects.select_related("taken_by").filter(plan=plan)
    snapshot: PlanSnapshot = get_object_or_404(rows, number=number)
    snapshot.plan = plan
    document = reads.frozen_document(snapshot, user=user)
    context = {
        "plan": plan,
        "snapshot": snapshot,
        "is_unchanged": reads.is_unchanged(snapshot),
        "title": document["header"]["title"],
        "header": reading.node_of({**document["header"], "title": None}, is_row=True),
        "sections": [_section(one) for one in document["sections"]],
        "crumbs": common.plan_crumbs(
            plan,
            (_("Snapshots"), reverse("plans:snapshot-list", args=[plan.pk])),
            (f"#{snapshot.number}", ""),
        ),
    }
    return render(request, "plans/snapshot_detail.html", context)


def _section(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": one["id"],
        "title": reading.section_title(one["id"]),
        "text": one["text"],
        "owner": reading.spoken("owner", one["owner"]) if one["owner"] else "",
        "checked_on": reading.spoken("checked_on", one["checked_on"]) if one["checked_on"] else "",
        "content": reading.node_of(one["content"]),
        "is_hidden": one.get("is_hidden", False),
    }


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def snapshot_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze a plan by hand; a job does it and the page shows how far it is."""
    user, plan = signed_in(request), common.get_editable(request, pk)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            run = ask_for_snapshot(
                plan=plan, by=user, as_of=timezone.localdate(), note=form.cleaned_data["note"]
            )
        url = reverse("plans:snapshot-list", args=[plan.pk])
        return htmx.redirect(request, f"{url}?job={run.pk}")
    return common.form_page(
        request,
        form,
        title=_("Freeze the plan as it stands"),
        lead=_("All that it shows today is kept, figures included, and never changes again."),
        save=_("Freeze"),
        back=reverse("plans:snapshot-list", args=[plan.pk]),
        steps=common.plan_crumbs(plan, (_("Freeze"), "")),
    )


@requires(VIEW)
@require_GET
def snapshot_run(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """How far a snapshot is; once it is taken the list is shown anew."""
    plan = common.get_plan(request, pk)
    found = reads.snapshot_job(plan, user=signed_in(request), pk=run)
    if found is None:
        raise Http404
    if found.is_finished and htmx.is_htmx(request):
        if not found.error:
            messages.success(request, _("The plan is frozen."))
        url = reverse("plans:snapshot-list", args=[plan.pk])
        return htmx.redirect(request, f"{url}?job={found.pk}")
    context = {"run": found, "plan": plan}
    return htmx.render_part(request, "plans/snapshot_progress.html", context, "run")
