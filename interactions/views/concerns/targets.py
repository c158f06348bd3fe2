"""Targets of concerns: within how many hours, by tier and severity, and what held before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.selectors.tiers.models import tiers_in_force
from interactions.analytics.concerns import BUILT_IN
from interactions.choices import ConcernSeverity
from interactions.forms.concerns import TargetForm
from interactions.models import ConcernTarget
from interactions.services import concerns as services
from interactions.views.concerns import common
from kam.core import htmx
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in


def _tiers() -> list[tuple[str, str]]:
    rows = tiers_in_force(timezone.localdate())
    return [(tier.code, tier.name) for tier in rows]


def _row(name: str, code: str, found: dict[tuple[str, int], ConcernTarget]) -> dict[str, Any]:
    cells = []
    for severity in reversed(ConcernSeverity):
        target = found.get((code, severity.value))
        hours = (target.respond_hours, target.resolve_hours) if target else None
        if hours is None and not code:
            hours = BUILT_IN[severity.value]
        cells.append((severity.value, hours, target))
    return {"name": name, "code": code, "cells": cells}


@requires("interactions.view")
@require_GET
def concern_targets(request: HttpRequest) -> HttpResponse:
    """What holds today, and every earlier or coming version."""
    user, today = signed_in(request), timezone.localdate()
    rows = ConcernTarget.objects.visible_to(user)
    found = {(row.tier_code, row.severity): row for row in rows.on(today)}
    tiers = _tiers()
    names = dict(tiers)
    lines = [_row(_("Any tier"), "", found)]
    lines += [_row(name, code, found) for code, name in tiers]
    context = {
        "crumbs": common.crumbs((_("Targets"), "")),
        "tabs": common.tabs(request, "concern-targets"),
        "severities": [one.label for one in reversed(ConcernSeverity)],
        "lines": lines,
        "others": [
            (row, names.get(row.tier_code, row.tier_code) or _("Any tier"))
            for row in rows.order_by("-valid", "tier_code", "severity")
            if today not in row.valid
        ],
        "may_edit": user.can("interactions.configure"),
    }
    return render(request, "interactions/concern_targets.html", context)


@requires("interactions.configure")
@require_http_methods(["GET", "POST"])
def concern_target_set(request: HttpRequest) -> HttpResponse:
    """Let other hours hold from a day on."""
    start: dict[str, Any] = {
        "from_day": timezone.localdate(),
        "tier_code": request.GET.get("tier", ""),
    }
    if (severity := request.GET.get("severity", "")) in {"1", "2", "3", "4"}:
        start["severity"] = int(severity)
        start["respond_hours"], start["resolve_hours"] = BUILT_IN[int(severity)]
    form = TargetForm(request.POST or None, tiers=_tiers(), initial=start)
    back = reverse("interactions:concern-targets")
    if request.method == "POST" and form.is_valid():
        try:
            services.set_target(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The target was set. Concerns raised before keep theirs."))
            return htmx.redirect(request, back)
    title = _("Set a target")
    return common.form_page(
        request,
        form,
        title=title,
        save=_("Set"),
        back=back,
        steps=common.crumbs((_("Targets"), back), (title, "")),
    )
