"""The life of a version: handed in, sent back, approved, terminated; what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core.formats import Text
from kam.core.pages import MovedOnError
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.terms import VersionState
from settlements.forms.terms.acts import ApproveForm, ReturnForm, TerminateForm
from settlements.forms.terms.fields import note
from settlements.models import AgreementVersion
from settlements.services.terms.overlap import followed_by
from settlements.services.terms.problems import Problems, problems_of
from settlements.services.terms.versions import (
    approve_version,
    return_version,
    submit_version,
    terminate_version,
)
from settlements.views.terms import changes, common
from settlements.views.terms.version import may, previous_of

PAGE = "settlements/agreement_act.html"


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def version_submit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Hand a draft to somebody else, after seeing what stands in the way."""
    version = common.get_draft(request, pk, number)

    def act(_values: dict[str, Any]) -> Text:
        submit_version(version=version, by=signed_in(request), at=timezone.now())
        return _("The version waits for approval by somebody else.")

    return _act(
        request,
        version,
        _bound(request, forms.Form),
        act,
        title=_("Submit version %(n)s for approval") % {"n": version.version},
        verb=_("Submit"),
        lead=_("It does not change while it waits. Who approves it is told."),
        problems=problems_of(version),
    )


@requires("terms.approve")
@require_http_methods(["GET", "POST"])
def version_approve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Bring a version into force that somebody else wrote, after seeing what changes."""
    version, user = common.get_version(request, pk, number), signed_in(request)
    common.refuse_decided(version)
    if not may(user, version)["approve"]:
        raise Http404

    def act(values: dict[str, Any]) -> Text:
        approve_version(version=version, by=user, at=timezone.now(), note=values["note"])
        return _("The version is approved. It does not change any more.")

    previous = previous_of(version)
    return _act(
        request,
        version,
        _bound(request, ApproveForm),
        act,
        title=_("Approve version %(n)s") % {"n": version.version},
        verb=_("Approve"),
        lead=_("From its first day on, what is owed is computed from it."),
        problems=problems_of(version),
        previous=previous,
        changes=changes.changes(previous, version, today=timezone.localdate()) if previous else [],
        ends=followed_by(version),
    )


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def version_return(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Send a version back to its draft, saying why; who submitted it may take it back."""
    version, user = common.get_version(request, pk, number), signed_in(request)
    if not may(user, version)["return"]:
        common.refuse_decided(version)
        raise Http404

    def act(values: dict[str, Any]) -> Text:
        return_version(version=version, note=values["note"], by=user, at=timezone.now())
        return _("The version is a draft again.")

    return _act(
        request,
        version,
        _bound(request, ReturnForm),
        act,
        title=_("Send version %(n)s back") % {"n": version.version},
        verb=_("Send back"),
        lead=_("It becomes a draft again and can be changed."),
    )


@requires("terms.approve")
@require_http_methods(["GET", "POST"])
def version_terminate(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """End a version in force on a day, saying why."""
    version, today = common.get_version(request, pk, number), timezone.localdate()
    if version.state != VersionState.ACTIVE:
        words = _("Only a version in force can be terminated.")
        raise MovedOnError(words, version.get_absolute_url())

    def act(values: dict[str, Any]) -> Text:
        terminate_version(
            version=version,
            by=signed_in(request),
            as_of=today,
            at=timezone.now(),
            **values,
        )
        return _("The version ends on that day.")

    return _act(
        request,
        version,
        _bound(request, TerminateForm),
        act,
        title=_("Terminate version %(n)s") % {"n": version.version},
        verb=_("Terminate"),
        lead=_("What was computed from it stays. Nothing is computed from it after its last day."),
        is_grave=True,
    )


def _bound[F: forms.Form](request: HttpRequest, kind: type[F]) -> F:
    """A form with what was sent, were it nothing."""
    return kind(request.POST if request.method == "POST" else None)


def _act(
    request: HttpRequest,
    version: AgreementVersion,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Text],
    *,
    problems: Problems | None = None,
    **words: Any,
) -> HttpResponse:
    """The page of an act, or the act itself; a refusal stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form.cleaned_data)
        except RefusedError as problem:
            note(form, problem)
        else:
            messages.success(request, str(said))
            return redirect(version.get_absolute_url())
    context = {
        "version": version,
        "agreement": version.agreement,
        "form": form,
        "problems": problems,
        "is_barred": bool(problems and problems.blockers),
        "crumbs": common.version_crumbs(version, (words["verb"], "")),
        **words,
    }
    status = 422 if form.errors else 200
    return render(request, PAGE, context, status=status)
