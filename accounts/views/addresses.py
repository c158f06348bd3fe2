"""The account's file: addresses, identifiers and stores."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import AccountKind, AddressKind
from accounts.forms.placement import AddressForm
from accounts.models import Account, AccountAddress
from accounts.services import addresses as services
from accounts.views.accounts import account_crumbs, get_account, get_editable, may_edit
from accounts.views.columns import account_url
from kam.core import htmx
from kam.core.countries import country_name
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in

FACTS = ("kind", "lines", "postal_code", "city", "region", "country", "note", "is_main")


@requires("accounts.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Addresses by kind, identifiers, and how many places of which kind stand below."""
    user, account = signed_in(request), get_account(request, pk)
    below = Account.objects.visible_to(user).not_merged().within(account.pk).exclude(pk=account.pk)
    counts = dict(below.order_by().values_list("kind").annotate(Count("pk")))
    context = {
        "account": account,
        "title": _("Account file"),
        "panel_template": "accounts/panels/file.html",
        "crumbs": account_crumbs(account, (_("Account file"), "")),
        "addresses": [(one, _country(one)) for one in account.addresses.all()],
        "identifiers": list(account.identifiers.all()),
        "places": [(kind.label, counts[kind]) for kind in AccountKind if kind in counts],
        "may_edit": may_edit(user, account),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _country(address: AccountAddress) -> str:
    return country_name(address.country) if address.country else ""


def _back(account: Account) -> str:
    return f"{account_url(account)}#panel-file"


def _answer(request: HttpRequest, form: AddressForm, account: Account, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        cancel_url=_back(account),
        crumbs=account_crumbs(account, (title, "")),
    )


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def address_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Another address of the account."""
    account = get_editable(request, pk)
    asked = request.GET.get("kind", "")
    start = {"country": account.country, "kind": asked if asked in AddressKind.values else ""}
    form = AddressForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_address(account=account, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The address was added."))
            return redirect(_back(account))
    return _answer(request, form, account, _("New address"))


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def address_edit(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    """Change an address."""
    account = get_editable(request, pk)
    address: AccountAddress = get_object_or_404(account.addresses, pk=address_pk)
    start = {name: getattr(address, name) for name in FACTS}
    form = AddressForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_address(address=address, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(_back(account))
    return _answer(request, form, account, _("Address"))


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def address_delete(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    """Take an address away, after asking."""
    account = get_editable(request, pk)
    address: AccountAddress = get_object_or_404(account.addresses, pk=address_pk)
    if request.method == "POST":
        services.remove_address(address=address)
        messages.success(request, _("The address was removed."))
        return htmx.redirect(request, _back(account))
    return confirm_page(
        request,
        title=_("Remove the address %s?") % address,
        verb=_("Remove"),
        back_url=_back(account),
        stays=[_("The history of the address")],
    )
