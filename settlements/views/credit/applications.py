"""Applications for credit: the list, writing one, its page with the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from accounts.views.accounts import get_account
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices.credit import ApplicationState
from settlements.forms.credit import ApplicationFilter, ApplicationForm, DecisionForm, WhoForm
from settlements.forms.credit_files import FilesForm
from settlements.models import CreditApplication
from settlements.selectors.credit.decided import applications_for, scores_of
from settlements.services.credit import applications as services
from settlements.views.credit import common

LIST = "settlements:credit-application-list"


def _columns() -> list[Column]:
    return [
        Column(name="account", title=gettext_lazy("Account"), value="party.name",
               sort="party__name_key"),
        Column(name="state", title=gettext_lazy("State"), kind="badge",
               value=common.state_badge, sort="state"),
        Column(name="asked", title=pgettext_lazy("credit", "Asked for"), kind="money",
               value="requested_limit", currency=lambda row: row.currency_id,
               sort="requested_limit"),
        Column(name="granted", title=gettext_lazy("Granted"), kind="money",
               value="granted_limit", currency=lambda row: row.currency_id,
               sort="granted_limit", nullable=True, unknown=gettext_lazy("Not granted")),
        Column(name="checklist", title=gettext_lazy("Checklist"), kind="number",
               value="checklist_score", sort="checklist_score", nullable=True, places=0,
               unknown=gettext_lazy("Nothing was answered, or it was not submitted yet")),
        Column(name="applicant", title=gettext_lazy("Written by"), value="applicant.full_name",
               sort="applicant__full_name"),
        Column(name="submitted", title=gettext_lazy("Submitted"), kind="datetime",
               value="submitted_at", sort="submitted_at", nullable=True,
               unknown=gettext_lazy("Not submitted yet")),
        Column(name="review", title=gettext_lazy("Review on"), kind="date", value="review_on",
               sort="review_on", nullable=True, unknown=gettext_lazy("Not granted")),
    ]  # fmt: skip


@requires("credit.view")
@require_GET
def application_list(request: HttpRequest) -> HttpResponseBase:
    """Applications in the user's scope."""
    user = signed_in(request)
    may = user.can("credit.apply")
    new = reverse("settlements:credit-application-new")
    table = Table(
        request,
        applications_for(user),
        _columns(),
        name="credit-applications",
        caption=_("Credit applications"),
        default_sort="-submitted",
        row_url=CreditApplication.get_absolute_url,
        filters=ApplicationFilter,
        empty=Empty(
            _("No applications yet"),
            _("Before the first sale on credit an application is written and decided. Until "
              "then it is prepay only."),
            _("Apply for credit") if may else "",
            new if may else "",
            icon="clipboard-check",
        ),
    )  # fmt: skip
    context = {
        "crumbs": common.crumbs((_("Applications"), "")),
        "tabs": common.tabs(request, "credit-application-list"),
        "may_apply": may,
    }
    return table.response("settlements/credit_application_list.html", context)


@requires("credit.apply")
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest) -> HttpResponse:
    """Write an application: first for whom, where the address does not say."""
    user, asked = signed_in(request), request.GET.get("account", "")
    if not asked.isdecimal():
        return _choose(request, user)
    account = get_account(request, int(asked[:18]))
    start = {
        "currency": account.currency_id or base_currency(),
        "registered_name": account.name,
    }
    form = ApplicationForm(request.POST or None, initial=start, this_year=timezone.localdate().year)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.apply_for_credit(
                party=account, facts=form.facts(), supporting=form.supporting(), by=user
            )
            return _kept(request, row, user)
        except RefusedError as problem:
            add_to_form(form, problem)
    return _form(request, form, account, reverse(LIST))


def _kept(request: HttpRequest, row: CreditApplication, user: User) -> HttpResponse:
    """Submit at once where that was the button."""
    if "submit" in request.POST:
        services.submit_application(application=row, by=user, at=timezone.now())
        messages.success(request, _("The application waits for a decision."))
    else:
        messages.success(request, _("The draft was saved."))
    return redirect(row)


def _choose(request: HttpRequest, user: User) -> HttpResponse:
    form = WhoForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        chosen: Account = form.cleaned_data["account"]
        url = reverse("settlements:credit-application-new")
        return redirect(f"{url}?account={chosen.pk}")
    return form_page(
        request,
        form,
        title=_("Who applies for credit?"),
        save=_("Continue"),
        cancel_url=reverse(LIST),
        crumbs=common.crumbs((_("Applications"), reverse(LIST)), (_("New application"), "")),
    )


def _form(request: HttpRequest, form: ApplicationForm, account: Account, back: str) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "back": back,
        "crumbs": common.crumbs((_("Applications"), reverse(LIST)), (account.name, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/credit_application_form.html", context, status=status)


@requires("credit.apply")
@require_http_methods(["GET", "POST"])
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a draft."""
    user = signed_in(request)
    rows = applications_for(user).filter(state=ApplicationState.DRAFT)
    row = get_object_or_404(rows, pk=pk)
    start = ApplicationForm.start(row) if request.method == "GET" else {}
    form = ApplicationForm(request.POST or None, initial=start, this_year=timezone.localdate().year)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_application(
                application=row, facts=form.facts(), supporting=form.supporting()
            )
            return _kept(request, row, user)
        except RefusedError as problem:
            add_to_form(form, problem)
    return _form(request, form, row.party, row.get_absolute_url())


@requires("credit.view", change="credit.decide")
@require_http_methods(["GET", "POST"])
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An application with all that supports it; whoever may decides here."""
    user = signed_in(request)
    row = get_object_or_404(applications_for(user), pk=pk)
    waits = row.state == ApplicationState.SUBMITTED
    is_own = user.pk in {row.applicant_id, row.submitted_by_id}
    may_decide = waits and user.can("credit.decide") and not is_own
    start = {"limit": format(row.requested_limit.normalize(), "f"), "days": row.requested_days}
    form = DecisionForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_application(
                application=row, decision=_decision(form), by=user, at=timezone.now()
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect(row)
    context = {
        "application": row,
        "badge": common.state_badge(row).__html__(),
        "statements": list(row.statements.all()),
        "answers": list(row.answers.all()),
        "files": list(row.files.select_related("uploaded_by")),
        "files_form": FilesForm() if (waits or row.is_draft) and user.can("credit.apply") else None,
        "latest": scores_of(row.party).first(),
        "form": form,
        "may_decide": may_decide,
        "is_own": is_own and waits,
        "may_edit": row.is_draft and user.can("credit.apply"),
        "may_withdraw": (waits or row.is_draft) and user.can("credit.apply"),
        "history": history_of(row),
        "crumbs": common.crumbs((_("Applications"), reverse(LIST)), (row.party.name, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/credit_application.html", context, status=status)


def _decision(form: DecisionForm) -> services.Decision:
    data: dict[str, Any] = dict(form.cleaned_data)
    return services.Decision(
        is_granted=data.pop("decision") == "grant", on=timezone.localdate(), **data
    )


@requires("credit.apply")
@require_POST
def application_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Submit a draft, or take an application back."""
    user = signed_in(request)
    if act not in {"submit", "withdraw"}:
        raise Http404
    row = get_object_or_404(applications_for(user), pk=pk)
    try:
        if act == "submit":
            services.submit_application(application=row, by=user, at=timezone.now())
            messages.success(request, _("The application waits for a decision."))
        else:
            services.withdraw_application(application=row, by=user)
            messages.success(request, _("The application was withdrawn."))
    except RefusedError as problem:
        messages.error(request, str(problem))
    return redirect(row)
