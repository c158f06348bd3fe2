"""Answers that many pages give: a form, a question before a destructive act."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from kam.core import htmx
from kam.core.formats import Text

type Crumbs = Sequence[tuple[Text, str]]


class MovedOnError(Http404):
    """What a page was for is over: somebody did it meanwhile. Says how it stands, and where."""

    def __init__(self, words: Text, url: str) -> None:
        super().__init__(str(words))
        self.words, self.url = words, url


def settings_crumbs(*steps: tuple[Text, str]) -> Crumbs:
    """Breadcrumbs of a page below the settings."""
    return [(_("Settings"), reverse("core:settings")), *steps]


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: Text,
    cancel_url: str,
    save: Text = "",
    lead: Text = "",
    crumbs: Crumbs = (),
    may_change: bool = True,
) -> HttpResponse:
    """A page that is one form, to look at alone where one may not change; 422 on what to mend."""
    context = {
        "form": form,
        "title": title,
        "save": save or _("Save"),
        "lead": lead,
        "cancel_url": cancel_url,
        "crumbs": list(crumbs),
        "is_read_only": not may_change,
    }
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    status = 422 if form.errors else 200
    return render(request, "components/form_page.html", context, status=status)


def confirm_page(
    request: HttpRequest,
    *,
    title: Text,
    verb: Text,
    back_url: str,
    text: Text = "",
    goes: Sequence[Text] = (),
    stays: Sequence[Text] = (),
    form: forms.BaseForm | None = None,
    version: str = "",
) -> HttpResponse:
    """The question before a destructive act: what will go, what will stay. With a `version`
    (`kam.core.forms.version_of`, or a fingerprint) the answer says what it was given to."""
    context = {
        "title": title,
        "verb": verb,
        "back_url": back_url,
        "text": text,
        "goes": list(goes),
        "stays": list(stays),
        "form": form,
        "version": version,
    }
    status = 422 if form is not None and form.errors else 200
    return htmx.render_part(request, "components/confirm_page.html", context, "body", status=status)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the page before asked to go, if that is a page of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else otherwise
