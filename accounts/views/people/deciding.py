"""How an account decides, its own calendar, and what we require of coverage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.stakeholders import DateForm, RelationshipSettingsForm, StepForm
from accounts.models import Account, CustomerDate, DecisionStep
from accounts.selectors.people.ratings import relationship_settings
from accounts.services import people_calendar as services
from accounts.views.accounts import account_crumbs
from accounts.views.columns import account_url
from accounts.views.people.common import get_staffable
from kam.core import htmx
from kam.core.pages import confirm_page, form_page, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in


def _back(account: Account) -> str:
    return f"{account_url(account)}#panel-deciding"


def _answer(request: HttpRequest, form: Any, account: Account, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        cancel_url=_back(account),
        crumbs=account_crumbs(account, (title, "")),
    )


def _step(request: HttpRequest, pk: int, step_pk: int) -> DecisionStep:
    account = get_staffable(request, pk)
    found: DecisionStep = get_object_or_404(account.decision_steps, pk=step_pk)
    return found


def _date(request: HttpRequest, pk: int, date_pk: int) -> CustomerDate:
    account = get_staffable(request, pk)
    found: CustomerDate = get_object_or_404(account.customer_dates, pk=date_pk)
    return found


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def step_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A step of how the account decides on a category."""
    account = get_staffable(request, pk)
    form = _step_form(request, account, None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_step(account=account, **_step_facts(form))
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The step was added."))
            return redirect(_back(account))
    return _answer(request, form, account, _("Decision step"))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def step_edit(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Change a step of deciding."""
    step = _step(request, pk, step_pk)
    form = _step_form(request, step.account, step)
    if request.method == "POST" and form.is_valid():
        facts = _step_facts(form)
        facts.setdefault("number", step.number)
        try:
            services.update_step(step=step, **facts)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(_back(step.account))
    return _answer(request, form, step.account, _("Decision step"))


def _step_form(request: HttpRequest, account: Account, step: DecisionStep | None) -> StepForm:
    names = ("name", "category_id", "number", "place", "position_id", "note")
    start = {name.removesuffix("_id"): getattr(step, name) for name in names} if step else {}
    return StepForm(
        request.POST or None,
        account=account,
        user=signed_in(request),
        as_of=timezone.localdate(),
        initial=start,
    )


def _step_facts(form: StepForm) -> Any:
    values = dict(form.cleaned_data)
    if values["number"] is None:
        del values["number"]
    return values


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def step_delete(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Take a step away, after asking."""
    step = _step(request, pk, step_pk)
    if request.method == "POST":
        services.remove_step(step=step)
        messages.success(request, _("The step was removed."))
        return htmx.redirect(request, _back(step.account))
    return confirm_page(
        request,
        title=_("Remove the step %s?") % step,
        verb=_("Remove"),
        back_url=_back(step.account),
        stays=[_("The history of the step")],
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def date_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A date of the customer's calendar."""
    account = get_staffable(request, pk)
    form = DateForm(request.POST or None, initial={"remind_days": 30})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_date(account=account, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The date was added."))
            return redirect(_back(account))
    return _answer(request, form, account, _("Date of the customer"))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def date_edit(request: HttpRequest, pk: int, date_pk: int) -> HttpResponse:
    """Change a date of the customer's calendar."""
    entry = _date(request, pk, date_pk)
    names = ("kind", "starts_on", "ends_on", "title", "category_id", "remind_days")
    start = {name.removesuffix("_id"): getattr(entry, name) for name in names}
    form = DateForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_date(entry=entry, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(_back(entry.account))
    return _answer(request, form, entry.account, _("Date of the customer"))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def date_delete(request: HttpRequest, pk: int, date_pk: int) -> HttpResponse:
    """Take a date away, after asking."""
    entry = _date(request, pk, date_pk)
    if request.method == "POST":
        services.remove_date(entry=entry)
        messages.success(request, _("The date was removed."))
        return htmx.redirect(request, _back(entry.account))
    return confirm_page(
        request,
        title=_("Remove the date %s?") % (entry.title or entry.get_kind_display()),
        verb=_("Remove"),
        back_url=_back(entry.account),
        stays=[_("The history of the date")],
    )


@requires("people.configure")
@require_http_methods(["GET", "POST"])
def settings_edit(request: HttpRequest) -> HttpResponse:
    """Required functions, and how ratings are given, for the whole organisation."""
    now = relationship_settings()
    names = list(RelationshipSettingsForm.base_fields)
    form = RelationshipSettingsForm(
        request.POST or None, initial={name: getattr(now, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_settings(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:people-settings")
    title = _("Relationships")
    context = {
        "form": form,
        "title": title,
        "save": _("Save"),
        "cancel_url": "",
        "crumbs": settings_crumbs((title, "")),
    }
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)
