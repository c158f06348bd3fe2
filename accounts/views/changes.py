"""Moving an account, changing its lead and identifiers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.accounts import IdentifierForm, LeadForm, MoveForm
from accounts.forms.fields import as_typed
from accounts.models import AccountIdentifier
from accounts.services import accounts as services
from accounts.services import leads, tree
from accounts.views.accounts import account_crumbs, get_editable
from accounts.views.columns import account_url
from kam.core import htmx
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def account_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an account below another from a day on; its past stays."""
    account = get_editable(request, pk)
    today = timezone.localdate()
    parent = account.current_parent
    start = {"from_date": today, "parent": as_typed(parent) if parent else ""}
    form = MoveForm(request.POST or None, user=signed_in(request), initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            tree.move_account(account=account, as_of=today, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s was moved.") % account.name)
            return redirect(f"{account_url(account)}#panel-places")
    return form_page(
        request,
        form,
        title=_("Move %s") % account.name,
        lead=_("Figures of the past keep the tree of their own day."),
        save=_("Move"),
        cancel_url=account_url(account),
        crumbs=account_crumbs(account, (_("Move"), "")),
    )


@requires("accounts.assign_lead")
@require_http_methods(["GET", "POST"])
def account_lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Who leads the account from a day on; exactly one person at a date."""
    account = get_editable(request, pk)
    today = timezone.localdate()
    form = LeadForm(request.POST or None, initial={"from_date": today})
    form.fields["user"].required = account.current_parent_id is None  # nobody above to follow
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if values["user"] is None:
                leads.close_lead(account=account, from_date=values["from_date"], as_of=today)
            else:
                leads.set_lead(account=account, as_of=today, **values)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The lead was changed."))
            return redirect(f"{account_url(account)}#panel-leads")
    return form_page(
        request,
        form,
        title=_("Lead of %s") % account.name,
        lead=_("Accounts below without a lead of their own follow."),
        save=_("Change the lead"),
        cancel_url=account_url(account),
        crumbs=account_crumbs(account, (_("Lead"), "")),
    )


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def identifier_create(request: HttpRequest, pk: int) -> HttpResponse:
    """What another system calls the account."""
    account = get_editable(request, pk)
    form = IdentifierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_identifier(account=account, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The identifier was added."))
            return redirect(account_url(account))
    return form_page(
        request,
        form,
        title=_("Add an identifier to %s") % account.name,
        lead=_("Imports find the account by it."),
        save=_("Add"),
        cancel_url=account_url(account),
        crumbs=account_crumbs(account, (_("Add an identifier"), "")),
    )


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def identifier_delete(request: HttpRequest, pk: int, identifier_pk: int) -> HttpResponse:
    """Forget an identifier, after asking."""
    account = get_editable(request, pk)
    identifier: AccountIdentifier = get_object_or_404(account.identifiers, pk=identifier_pk)
    if request.method == "POST":
        services.remove_identifier(identifier=identifier)
        messages.success(request, _("The identifier was removed."))
        return htmx.redirect(request, account_url(account))
    return confirm_page(
        request,
        title=_("Remove the identifier %s?") % identifier,
        verb=_("Remove"),
        back_url=account_url(account),
        goes=[_("Imports no longer find %s by it.") % account.name],
        stays=[_("The account and everything imported for it"), _("The history of the identifier")],
    )
