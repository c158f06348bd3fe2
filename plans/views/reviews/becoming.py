"""What becomes of a line of a review: put right, an action, a concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core.forms import version_of
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.forms.reviews import LineActionForm, LineConcernForm, LineEditForm
from plans.models import ReviewLine
from plans.services.reviews import lines
from plans.views.reviews import common


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def line_edit(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Put a line right."""
    line = common.get_line(common.get_editable(request, pk), line_pk)
    start = {name: getattr(line, name) for name in ("text", "kind", "is_shareable")}
    start["version"] = version_of(line.updated_at)
    form = LineEditForm(request.POST or None, initial=start)
    return _page(
        request,
        line,
        form,
        lambda: lines.update_line(line=line, **form.said()),
        title=_("Edit the line"),
        save=_("Save"),
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def line_action(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Make a line an action of the plan."""
    line = common.get_line(common.get_editable(request, pk), line_pk)
    if line.review.plan_id is not None and not common.may_act(request, line.review):
        raise Http404
    form = LineActionForm(request.POST or None, initial={"owner": line.review.owner})
    return _page(
        request,
        line,
        form,
        lambda: lines.make_action(line=line, by=signed_in(request), **form.cleaned_data),
        title=_("Make it an action"),
        save=_("Make it an action"),
        lead=line.text,
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def line_concern(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Make a line a concern of the account."""
    line = common.get_line(common.get_editable(request, pk), line_pk)
    form = LineConcernForm(request.POST or None)

    def act() -> object:
        return lines.make_concern(
            line=line, by=signed_in(request), now=timezone.now(), **form.cleaned_data
        )

    return _page(
        request,
        line,
        form,
        act,
        title=_("Make it a concern"),
        save=_("Make it a concern"),
        lead=line.text,
    )


def _page(
    request: HttpRequest,
    line: ReviewLine,
    form: forms.Form,
    act: Callable[[], object],
    **words: Any,
) -> HttpResponse:
    review = line.review
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect(f"{review.get_absolute_url()}#notes")
    return form_page(
        request,
        form,
        cancel_url=review.get_absolute_url(),
        crumbs=common.review_crumbs(review, (words["title"], "")),
        **words,
    )
