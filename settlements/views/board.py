"""The receivables board: what is open, how late it is, and who acts on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kam.core import htmx
from kam.core.charts import export
from kam.core.jobs import enqueue
from kam.core.models import JobRun
from kam.core.selectors.rates import MissingRateError
from kam.core.tables import Empty, respond
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.models import Document, OverdueRun
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import dso_trend
from settlements.selectors.positions import JOB, overdue_job, read_board
from settlements.selectors.standing import largest_tasks
from settlements.views import board_figures as figures
from settlements.views.board_parts import scope_of, url_of

PAGE = "settlements/board.html"


@require_GET
@requires("receivables.view")
def board(request: HttpRequest) -> HttpResponseBase:
    """The board as of the last overdue run, its table and charts as files."""
    user = signed_in(request)
    leads, context = scope_of(user), _frame(request)
    try:
        reading = read_board(leads=leads, limit=figures.depth(request))
    except MissingRateError as error:
        return render(request, PAGE, {**context, "missing": error})
    if reading is None:
        return render(request, PAGE, {**context, "empty": _nothing(user)})
    charts = [one for one in (figures.ageing_chart(reading), figures.dso_chart(reading)) if one]
    if (file := export(request, *charts)) is not None:
        return file
    table = figures.group_table(request, reading)
    shown = reading.board
    tasks = largest_tasks(user, into=shown.currency, as_of=shown.as_of)
    context |= {
        "reading": reading,
        "board": shown,
        "finding": figures.finding(reading),
        "stats": figures.stats(reading),
        "charts": charts,
        "groups": table,
        "tasks": figures.task_lines(tasks, as_of=shown.as_of),
        "trend_url": "" if reading.now else reverse("settlements:board-trend"),
        "days_old": (timezone.localdate() - shown.as_of).days,
        "as_of": shown.as_of if shown.as_of != timezone.localdate() else None,
        "empty": None if shown.total.open_items or shown.count else _nothing(user),
    }
    return respond(request, PAGE, context, table)


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What the page shows whatever the figures are."""
    user = signed_in(request)
    return {
        "can_flag": user.can("receivables.flag_overdue"),
        "sees_company": user.sees_everything(),
        "run": _run(request),
        "last_run": OverdueRun.objects.order_by("-as_of").first(),
        "ageing_url": reverse("settlements:ageing"),
        "expected_url": url_of("expected"),
        "work_url": url_of("work-list"),
        "crumbs": [(_("Receivables"), "")],
    }


def _nothing(user: User) -> Empty:
    """What stands in the place of the board while there is nothing to show, and the next step."""
    title, icon = _("Nothing is open"), "cash"
    if Document.objects.visible_to(user).exists():
        if OverdueRun.objects.exists():
            return Empty(title, _("Every invoice that you may see is paid."), icon=icon)
        text = _("Open items are here; the overdue run has to look at them once.")
        if not user.can("receivables.flag_overdue"):
            text = _("Open items are here; the board shows them after tonight's overdue run.")
        return Empty(_("The overdue run never ran"), text, icon="calendar-clock")
    if not user.sees_everything():
        text = _("Your accounts have no invoices, receipts or credit notes here.")
        return Empty(_("No receivables yet"), text, icon=icon)
    text = _("This shows what customers owe and how late it is, once open items are in.")
    if not user.can("imports.run"):
        return Empty(_("No receivables yet"), text, icon=icon)
    action, url = _("Import open items"), reverse("imports:batch-create")
    return Empty(_("No receivables yet"), text, action, url, icon=icon)


@require_GET
@requires("receivables.view")
def trend(request: HttpRequest) -> HttpResponseBase:
    """DSO over time read off the ledger, where no run has kept it yet."""
    last = OverdueRun.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    query = AgeingQuery(as_of=last or timezone.localdate(), leads=scope_of(signed_in(request)))
    context: dict[str, Any] = {
        "crumbs": [(_("Receivables"), reverse("settlements:board")), (_("DSO"), "")]
    }
    try:
        chart = figures.trend_chart(dso_trend(query), as_of=query.as_of)
    except MissingRateError as error:
        context["missing"], chart = error, None
    if chart is not None and (file := export(request, chart)) is not None:
        return file
    context["chart"] = chart
    return htmx.render_part(request, "settlements/board_trend.html", context, "chart")


@require_POST
@requires("receivables.flag_overdue")
def flag(request: HttpRequest) -> HttpResponse:
    """Ask for the overdue run now; the board shows how far it is."""
    with transaction.atomic():
        run = enqueue(JOB, requested_by=signed_in(request), key=JOB)
    return htmx.redirect(request, f"{reverse('settlements:board')}?job={run.pk}")


@require_GET
@requires("receivables.view")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an overdue run is; once it is done the board is shown anew."""
    run = overdue_job(signed_in(request), pk)
    if run is None:
        raise Http404
    if run.is_finished and htmx.is_htmx(request):
        if not run.error:
            messages.success(request, figures.run_words(run))
        return htmx.redirect(request, f"{reverse('settlements:board')}?job={run.pk}")
    return htmx.render_part(request, "settlements/board_progress.html", {"run": run}, "run")


def _run(request: HttpRequest) -> JobRun | None:
    """The run that the page was sent to follow, unless it ended well."""
    number = request.GET.get("job", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    run = overdue_job(signed_in(request), int(number))
    return None if run is None or (run.is_finished and not run.error) else run
