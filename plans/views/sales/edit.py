"""Lines, growth on last year, and range steps of a sales plan."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.identity.decorators import requires, signed_in
from plans.forms.sales import LineForm, PrefillForm, RangeStepForm
from plans.models import Plan, RangeStep, SalesLine
from plans.services.sales import amounts, lines, range_steps
from plans.views import figures

EDIT = "plans.edit"


def _page(plan: Plan) -> str:
    return reverse("plans:sales-plan", args=[plan.pk])


def _grid(plan: Plan) -> str:
    return reverse("plans:sales-grid", args=[plan.pk])


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def line_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A line for a category."""
    plan = figures.get_draft(request, pk)
    form = LineForm(request.POST or None, plan=plan)
    return figures.form_answer(
        request, form, plan=plan, title=_("New line"), back=_grid(plan), save=_("Add"),
        act=lambda: lines.add_line(plan=plan, user=signed_in(request), **form.cleaned_data),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def line_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit, the terms and the note of a line."""
    line: SalesLine = figures.get_row(request, SalesLine, pk)
    form = LineForm(request.POST or None, plan=line.plan, line=line)
    return figures.form_answer(
        request, form, plan=line.plan, title=str(line), back=_page(line.plan),
        act=lambda: lines.change_line(line=line, user=signed_in(request), **form.changes()),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def line_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line out, with its months."""
    line: SalesLine = figures.get_row(request, SalesLine, pk)
    return figures.removal(
        request, row=line, title=_("Take %(line)s out of the sales plan?") % {"line": line},
        back=_grid(line.plan), goes=[_("What is planned for it, month by month")],
        act=lambda read_at: lines.remove_line(
            line=line, user=signed_in(request), read_at=read_at
        ),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def prefill(request: HttpRequest, pk: int) -> HttpResponse:
    """Last year and a growth."""
    plan, today = figures.get_draft(request, pk), timezone.localdate()
    form = PrefillForm(request.POST or None)
    return figures.form_answer(
        request, form, plan=plan, title=_("Start with last year"), back=_grid(plan),
        save=_("Fill in"), done=_("Filled in from last year."),
        lead=_("What the latest complete month of that name brought, by category, grown alike."),
        act=lambda: amounts.prefill(
            plan=plan, user=signed_in(request), as_of=today, **form.cleaned_data
        ),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def range_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A step of the range."""
    plan, user = figures.get_draft(request, pk), signed_in(request)
    form = RangeStepForm(request.POST or None, user=user)
    return figures.form_answer(
        request, form, plan=plan, title=_("New range step"), back=_page(plan), save=_("Add"),
        act=lambda: range_steps.add_step(plan=plan, user=user, **form.facts()),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def range_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A step; while the plan is carried out only how far it is."""
    step: RangeStep = figures.get_row(request, RangeStep, pk, goes_on=True)
    user = signed_in(request)
    form = RangeStepForm(request.POST or None, user=user, step=step, fixed=not step.plan.is_draft)
    return figures.form_answer(
        request, form, plan=step.plan, title=str(step), back=_page(step.plan),
        act=lambda: range_steps.change_step(
            step=step, user=user, read_at=form.read_at(), **form.facts()
        ),
    )  # fmt: skip


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def range_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step out of a draft."""
    step: RangeStep = figures.get_row(request, RangeStep, pk)
    return figures.removal(
        request, row=step, title=_("Take %(step)s out of the range steps?") % {"step": step},
        back=_page(step.plan), goes=[str(step)],
        act=lambda read_at: range_steps.remove_step(
            step=step, user=signed_in(request), read_at=read_at
        ),
    )  # fmt: skip
