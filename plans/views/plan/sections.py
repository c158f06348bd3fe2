"""The sections of a plan on its page: text, what a topic brings, and editing in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import charts, htmx
from kam.core.charts import Chart
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.choices.plan import SectionKind
from plans.forms.plan import SectionForm
from plans.models import Plan
from plans.querysets.plans import LIVE
from plans.selectors.plan.document import PlanDocument, SectionLine, document_of
from plans.services.plan import texts as services
from plans.views.plan import common

PAGE = "plans/plan_section.html"
VIEW, EDIT = "plans.view", "plans.edit"


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as the page draws it. `body` is what a topic brings, drawn already; empty where
    it is loaded from its own address (`is_apart`) or brings nothing."""

    line: SectionLine
    body: SafeString | str
    is_apart: bool
    lacks: tuple[str, ...] = ()


def rights(plan: Plan, *, is_writer: bool) -> dict[str, bool]:
    """What the user may do in a plan now: `may_write` what it says, `may_work` on its actions."""
    return {
        "is_writer": is_writer,
        "may_write": is_writer and plan.is_draft,
        "may_work": is_writer and (plan.is_draft or plan.state in LIVE),
    }


def shown(
    request: HttpRequest, document: PlanDocument, line: SectionLine, may: Mapping[str, bool],
    *, alone: bool = False,
) -> Shown:  # fmt: skip
    """Draw a section; one that is loaded apart only where it stands alone."""
    source = line.source
    lacks = tuple(lack for kind, lack in document.completeness.lacks if kind == line.kind)
    if source is None or not source.template:
        return Shown(line, "", is_apart=False, lacks=lacks)
    if source.is_apart and not alone:
        return Shown(line, "", is_apart=True, lacks=lacks)
    user = signed_in(request)
    own = source.page(document.plan, user, document.as_of) if source.page else {}
    context = {
        "plan": document.plan,
        "section": line,
        "as_of": document.as_of,
        **may,
        **own,
    }
    body = mark_safe(render_to_string(source.template, context, request))  # noqa: S308 - template
    return Shown(line, body, is_apart=False, lacks=lacks)


def chart_file(
    request: HttpRequest, document: PlanDocument, lines: Sequence[SectionLine]
) -> HttpResponseBase | None:
    """The CSV of a chart of some sections, where the address asks for one."""
    if "chart" not in request.GET:
        return None
    user = signed_in(request)
    drawn = [
        value
        for line in lines
        if line.source and line.source.page
        for value in line.source.page(document.plan, user, document.as_of).values()
        if isinstance(value, Chart)
    ]
    return charts.export(request, *drawn)


def _line(document: PlanDocument, kind: str) -> SectionLine:
    for line in document.sections:
        if line.kind == kind:
            return line
    raise Http404


def _context(
    request: HttpRequest, plan: Plan, kind: str, *, is_writer: bool, **more: Any
) -> dict[str, Any]:
    document = document_of(plan, as_of=timezone.localdate())
    may = rights(plan, is_writer=is_writer)
    line = _line(document, kind)
    return {
        "document": document,
        "plan": plan,
        "one": shown(request, document, line, may, alone=True),
        "is_part": htmx.is_htmx(request),
        "crumbs": common.plan_crumbs(plan, (str(line.row.get_kind_display()), "")),
        **may,
        **more,
    }


def _url(plan: Plan, kind: str) -> str:
    return f"{plan.get_absolute_url()}#section-{kind}"


@requires(VIEW)
@require_GET
def section(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """One section alone: as a page, or as the part that the document loads."""
    plan = common.get_plan(request, pk)
    is_writer = common.may_write(plan, signed_in(request))
    context = _context(request, plan, kind, is_writer=is_writer)
    file = chart_file(request, context["document"], [context["one"].line])
    if file is not None:
        return file
    return htmx.render_part(request, PAGE, context, "section")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def section_edit(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Write a section where it stands."""
    plan = common.get_editable(request, pk)
    row = common.get_section(plan, kind)
    form = SectionForm(request.POST or None, section=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_section(
                section=row,
                by=signed_in(request),
                as_of=timezone.localdate(),
                **form.said(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return saved(request, plan, kind, _("Saved."))
    context = _context(request, plan, kind, is_writer=True, form=form)
    status = 422 if form.errors else 200
    return htmx.render_part(request, PAGE, context, "section", status=status)


def saved(request: HttpRequest, plan: Plan, kind: str, words: str) -> HttpResponse:
    """The section as it stands now, or the document."""
    if not htmx.is_htmx(request):
        messages.success(request, words)
        return redirect(_url(plan, kind))
    context = _context(request, plan, kind, is_writer=True)
    return htmx.toast(htmx.render_part(request, PAGE, context, "section"), words)


@requires(EDIT)
@require_POST
def section_check(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say that a section still holds: it counts as fresh from today."""
    plan = common.get_editable(request, pk)
    row = common.get_section(plan, kind)
    try:
        services.save_section(section=row, by=signed_in(request), as_of=timezone.localdate())
    except RefusedError as problem:
        messages.error(request, str(problem))
        return htmx.redirect(request, _url(plan, kind))
    return saved(request, plan, kind, _("Looked at today."))


@requires(EDIT)
@require_POST
def section_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a section that the template did not bring."""
    plan, kind = common.get_editable(request, pk), request.POST.get("kind", "")
    if kind not in SectionKind.values:
        raise Http404
    try:
        services.add_section(plan=plan, kind=kind, by=signed_in(request))
    except RefusedError as problem:
        messages.error(request, str(problem))
    return htmx.redirect(request, _url(plan, kind))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def section_remove(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Take a section out that says nothing and is not required."""
    plan = common.get_editable(request, pk)
    row = common.get_section(plan, kind)
    if request.method == "POST":
        try:
            services.remove_section(section=row, by=signed_in(request))
        except RefusedError as problem:
            messages.error(request, str(problem))
        return htmx.redirect(request, plan.get_absolute_url())
    return confirm_page(
        request,
        title=_("Take %(section)s out of the plan?") % {"section": row.get_kind_display()},
        verb=_("Take out"),
        back_url=reverse("plans:plan-detail", args=[plan.pk]),
        goes=[str(row.get_kind_display())],
        stays=[_("Everything else of the plan")],
    )
