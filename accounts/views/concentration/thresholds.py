"""Levels that concentration is watched from, and the alerts that came of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import AlertLevel, ConcentrationMeasure
from accounts.forms.concentration import ThresholdForm
from accounts.models import ConcentrationAlert
from accounts.selectors.concentration.alerts import alerts_for, thresholds_by_measure
from accounts.services.thresholds import set_threshold
from kam.core import htmx
from kam.core.badges import Badge
from kam.core.dates import Period
from kam.core.formats import number, percent
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

LEVELS = {
    AlertLevel.WATCH: Badge(AlertLevel.WATCH.label, "info", "eye"),
    AlertLevel.ALERT: Badge(AlertLevel.ALERT.label, "warning"),
}


@require_http_methods(["GET", "POST"])
@requires("concentration.view", change="concentration.set_thresholds")
def threshold_list(request: HttpRequest) -> HttpResponse:
    """Show the levels of every measure; whoever may set them does it here."""
    may_set = signed_in(request).can("concentration.set_thresholds")
    standing = thresholds_by_measure()
    forms = [
        ThresholdForm(request.POST or None, measure=measure, threshold=standing.get(measure))
        for measure in ConcentrationMeasure.values
    ]
    if request.method == "POST" and _saved(forms):
        messages.success(request, _("The levels are saved and hold from the next recomputation."))
        return htmx.redirect(request, reverse("accounts:concentration-threshold-list"))
    context = {
        "forms": forms,
        "may_set": may_set,
        "crumbs": [
            (_("Concentration"), reverse("accounts:concentration")),
            (_("Levels"), ""),
        ],
    }
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, "accounts/concentration_threshold_list.html", context, status=status)


def _saved(forms: list[ThresholdForm]) -> bool:
    """Save every changed measure; a refusal is shown at its own."""
    valid = [form.is_valid() for form in forms]  # each form shows its own errors
    if not all(valid):
        return False
    for form in forms:
        if not form.has_changed():
            continue
        try:
            set_threshold(
                measure=form.measure,
                watch=form.stored("watch"),
                alert=form.stored("alert"),
                is_active=form.cleaned_data["is_active"],
            )
        except RefusedError as problem:
            add_to_form(form, problem)
    return not any(form.errors for form in forms)


@require_GET
@requires("concentration.view")
def alert_list(request: HttpRequest) -> HttpResponseBase:
    """Alerts, the open ones first; each leads to what moved."""
    alerts: QuerySet[Any] = alerts_for(signed_in(request))
    table = Table(
        request,
        alerts,
        COLUMNS,
        name="concentration-alerts",
        caption=_("Concentration alerts"),
        row_url=what_moved_url,
        default_sort="-opened_at",
        empty=Empty(
            _("No alerts"),
            _("An alert opens when a measure reaches one of its levels."),
            _("See the levels"),
            reverse("accounts:concentration-threshold-list"),
            icon="bell",
        ),
    )
    crumbs = [(_("Concentration"), reverse("accounts:concentration")), (_("Alerts"), "")]
    return table.response("accounts/concentration_alert_list.html", {"crumbs": crumbs})


def what_moved_url(alert: ConcentrationAlert) -> str:
    """The board of the alert's own period, where it shows what moved."""
    span = alert.opened_by.period
    period = Period(span.lower, span.upper)
    dates = f"date_from={period.start}&date_to={period.end}"
    return f"{reverse('accounts:concentration')}?period=custom&{dates}#moved"


def shown_value(measure: str, value: Any) -> str:
    """A measure's value as people read it."""
    if measure.startswith("cr"):
        return percent(value)
    return number(value, 0)


COLUMNS = [
    Column(
        name="measure",
        title=gettext_lazy("Measure"),
        value=lambda alert: alert.threshold.get_measure_display(),
        link=what_moved_url,
    ),
    Column(
        name="level",
        title=gettext_lazy("Level"),
        kind="badge",
        value=lambda alert: LEVELS[AlertLevel(alert.level)],
        sort="level",
    ),
    Column(
        name="value",
        title=gettext_lazy("Value then"),
        value=lambda alert: shown_value(alert.threshold.measure, alert.value),
        css="is-num",
    ),
    Column(
        name="opened_at",
        title=gettext_lazy("Opened"),
        kind="datetime",
        sort="opened_at",
    ),
    Column(
        name="closed_at",
        title=gettext_lazy("Closed"),
        kind="datetime",
        sort="closed_at",
        unknown=gettext_lazy("Still open"),
    ),
    Column(
        name="period",
        title=gettext_lazy("12 months until"),
        kind="date",
        value=lambda alert: (
            Period(alert.opened_by.period.lower, alert.opened_by.period.upper).last_day
        ),
    ),
]
