"""One review: before the meeting, in it, and afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import htmx
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.identity.decorators import requires, signed_in
from plans.forms.reviews import (
    AgendaForm,
    LineForm,
    PersonForm,
    ReviewEditForm,
    SummaryForm,
)
from plans.models import BusinessReview, ReviewLine
from plans.selectors.reviews import reads
from plans.services.reviews import holding, lines
from plans.views.reviews import common, words

# icons: presentation pencil circle-check ban plus trash users list-check checkbox note gavel
# icons: message-exclamation eye
PAGE = "plans/review_detail.html"


@requires(common.VIEW)
@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A review: agenda, people, notes; beside them last time's summary and open actions."""
    review = common.get_review(request, pk)
    return render(request, PAGE, _context(request, review))


def _context(
    request: HttpRequest, review: BusinessReview, form: LineForm | None = None
) -> dict[str, Any]:
    user = signed_in(request)
    plan = review.plan
    return {
        "review": review,
        "state": words.review_badge(review).__html__(),
        "agenda": reads.agenda_of(review),
        "people": reads.people_of(review),
        "lines": [_line(one) for one in reads.lines_of(review)],
        "before": reads.before_it(review, user),
        "actions": reads.open_actions(plan, user),
        "today": timezone.localdate(),
        "may_write": common.may_write(request, review),
        "may_act": common.may_act(request, review),
        "line_form": form or LineForm(review=review),
        "agenda_form": AgendaForm(),
        "person_form": PersonForm(account=review.account, by=user, as_of=timezone.localdate()),
        "history": history_of(review),
        "crumbs": common.review_crumbs(review),
    }


def _line(one: ReviewLine) -> tuple[ReviewLine, str]:
    return one, words.LINES[one.kind]


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def review_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """When, where, with which plan; summary and ratings."""
    review = common.get_editable(request, pk)
    form = ReviewEditForm(
        request.POST or None,
        account=review.account,
        user=signed_in(request),
        initial=ReviewEditForm.starting(review),
    )

    def act() -> None:
        values = form.cleaned_data
        more = ("summary", "is_summary_shareable", "our_rating", "their_rating")
        holding.update_review(
            review=review,
            meeting=form.meeting(),
            read_as=form.read_as(),
            **{name: values[name] for name in more},
        )

    return _form(request, review, form, act, title=_("Edit"), save=_("Save"))


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def review_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the record with its summary; the plan is frozen with it."""
    review, user = common.get_editable(request, pk), signed_in(request)
    form = SummaryForm(request.POST or None, initial=SummaryForm.ending(review))

    def act() -> None:
        holding.finish_review(
            review=review,
            by=user,
            as_of=timezone.localdate(),
            **form.ended(),
        )

    return _form(
        request,
        review,
        form,
        act,
        title=_("Finish the review"),
        save=_("Finish"),
        lead=_("What was written down stays; the plan is frozen as it stands today."),
    )


def _form(
    request: HttpRequest,
    review: BusinessReview,
    form: forms.Form,
    act: Callable[[], object],
    **words_: Any,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect(review.get_absolute_url())
    return form_page(
        request,
        form,
        cancel_url=review.get_absolute_url(),
        crumbs=common.review_crumbs(review, (words_["title"], "")),
        **words_,
    )


@requires(common.EDIT)
@require_POST
def review_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the meeting."""
    review = common.get_editable(request, pk)
    return _do(request, review, lambda: holding.begin_meeting(review=review))


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def review_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, after asking."""
    review = common.get_editable(request, pk)
    if request.method == "POST":
        return _do(request, review, lambda: holding.cancel_review(review=review))
    return confirm_page(
        request,
        title=_("Call the review off?"),
        verb=_("Call off"),
        back_url=review.get_absolute_url(),
        goes=[_("Its place among the reviews to come")],
        stays=[_("Agenda, people and notes, as they are")],
    )


# Notes


@requires(common.EDIT)
@require_POST
def line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a line down."""
    review = common.get_editable(request, pk)
    form = LineForm(request.POST, review=review)
    if form.is_valid():
        try:
            lines.add_line(review=review, author=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            if not htmx.is_htmx(request):
                return redirect(f"{review.get_absolute_url()}#notes")
            form = LineForm(review=review, initial={"item": form.cleaned_data["item"]})
            form.fields["text"].widget.attrs["autofocus"] = True
    review = common.get_review(request, pk)
    status = 422 if form.errors else 200
    return htmx.render_part(request, PAGE, _context(request, review, form), "notes", status=status)


@requires(common.EDIT)
@require_POST
def line_remove(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    """Take a line out that became nothing."""
    review = common.get_editable(request, pk)
    line = common.get_line(review, line_pk)
    return _do(request, review, lambda: lines.remove_line(line=line), anchor="notes")


# Agenda and people


@requires(common.EDIT)
@require_POST
def agenda_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a point on the agenda."""
    review, form = common.get_editable(request, pk), AgendaForm(request.POST)
    if not form.is_valid():
        return _wrong(request, review, form)
    return _do(
        request,
        review,
        lambda: holding.add_agenda_item(review=review, **form.cleaned_data),
        anchor="agenda",
    )


@requires(common.EDIT)
@require_POST
def agenda_remove(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a point off the agenda."""
    review = common.get_editable(request, pk)
    item = review.agenda.filter(pk=item_pk).first()
    if item is None:
        return redirect(review.get_absolute_url())
    item.review = review
    return _do(request, review, lambda: holding.remove_agenda_item(item=item), anchor="agenda")


@requires(common.EDIT)
@require_POST
def person_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody to the review."""
    review, user = common.get_editable(request, pk), signed_in(request)
    form = PersonForm(request.POST, account=review.account, by=user, as_of=timezone.localdate())
    if not form.is_valid():
        return _wrong(request, review, form)
    return _do(
        request,
        review,
        lambda: holding.add_participant(review=review, **form.cleaned_data),
        anchor="people",
    )


@requires(common.EDIT)
@require_POST
def person_remove(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Take somebody off the list."""
    review = common.get_editable(request, pk)
    person = review.participants.filter(pk=person_pk).first()
    if person is None:
        return redirect(review.get_absolute_url())
    person.review = review
    return _do(
        request, review, lambda: holding.remove_participant(participant=person), anchor="people"
    )


@requires(common.EDIT)
@require_POST
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep who was there."""
    review = common.get_editable(request, pk)
    came = [int(one[:18]) for one in request.POST.getlist("came") if one.isdecimal()]
    return _do(
        request,
        review,
        lambda: holding.note_attendance(review=review, came=came),
        anchor="people",
    )


def _do(
    request: HttpRequest, review: BusinessReview, act: Callable[[], object], *, anchor: str = ""
) -> HttpResponse:
    try:
        act()
    except RefusedError as problem:
        messages.error(request, str(problem))
    url = reverse("plans:review-detail", args=[review.pk])
    return htmx.redirect(request, f"{url}#{anchor}" if anchor else url)


def _wrong(request: HttpRequest, review: BusinessReview, form: forms.Form) -> HttpResponse:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return redirect(review.get_absolute_url())
