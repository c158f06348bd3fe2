"""What readers say beside the sections of a plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kam.core import htmx
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.choices.plan import SectionKind
from plans.forms.approval import CommentForm
from plans.models import Plan, PlanComment
from plans.selectors.comments import thread_of
from plans.services.approval import comments as services
from plans.views.plan import common

VIEW, EDIT = "plans.view", "plans.edit"


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def comment_add(request: HttpRequest, pk: int, kind: str = "") -> HttpResponse:
    """Say something about a section, or about all of a plan that one may read."""
    user, plan = signed_in(request), common.get_plan(request, pk)
    if kind and not plan.sections.filter(kind=kind).exists():
        raise Http404
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            services.add_comment(plan=plan, by=user, text=text, section=kind, at=timezone.now())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _answer(request, plan, kind)
    return _page(request, plan, kind, form)


@requires(EDIT)
@require_POST
def comment_resolve(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """Note that a comment was seen to."""
    plan, row = common.get_plan(request, pk), _comment(request, pk, comment)
    services.resolve_comment(comment=row, by=signed_in(request), at=timezone.now())
    return _answer(request, plan, row.section)


@requires(EDIT)
@require_POST
def comment_reopen(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """Open a comment again that was seen to."""
    plan, row = common.get_plan(request, pk), _comment(request, pk, comment)
    services.reopen_comment(comment=row)
    return _answer(request, plan, row.section)


def _comment(request: HttpRequest, pk: int, comment: int) -> PlanComment:
    rows = PlanComment.objects.visible_to(signed_in(request)).filter(plan=pk)
    found: PlanComment = get_object_or_404(rows, pk=comment)
    return found


def _answer(request: HttpRequest, plan: Plan, kind: str) -> HttpResponse:
    """The thread as it stands now, or the plan at that section."""
    if htmx.is_htmx(request):
        return _page(request, plan, kind, CommentForm())
    messages.success(request, _("Saved."))
    return redirect(f"{plan.get_absolute_url()}#comments-{kind or 'plan'}")


def _page(request: HttpRequest, plan: Plan, kind: str, form: CommentForm) -> HttpResponse:
    title = SectionKind(kind).label if kind else _("The plan as a whole")
    context = {
        "plan": plan,
        "kind": kind,
        "title": title,
        "form": form,
        "may_comment": True,
        "is_open": True,
        "crumbs": common.plan_crumbs(plan, (_("Comments"), "")),
        **thread_of(plan, kind),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(
        request, "plans/approval_comments.html", context, "thread", status=status
    )
