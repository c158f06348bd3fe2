"""Accounts: the list, one account, creating and changing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.filters import AccountListFilter
from accounts.forms.accounts import AccountCreateForm, AccountEditForm
from accounts.forms.fields import as_typed
from accounts.models import Account
from accounts.selectors import accounts as reads
from accounts.selectors.tiers.listing import with_tier
from accounts.selectors.tiers.standing import standing_of
from accounts.services import accounts as services
from accounts.views import portable
from accounts.views.columns import account_columns, account_url, months_in_words
from accounts.views.heads import head_stats
from accounts.views.tiers.words import standing_sign
from kam.core.nav import Tab
from kam.core.pages import Crumbs, form_page
from kam.core.panels import panels_for
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.selectors.rates import base_currency
from kam.core.tables import Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

PANELS = "account"


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """The ways to look at accounts that the user has."""
    ways = [
        ("account-list", _("List"), "accounts.view"),
        ("account-tree", _("Tree"), "accounts.view"),
        ("duplicate-list", _("Duplicates"), "accounts.merge"),
    ]
    return [
        Tab(title, reverse(f"accounts:{name}"), active=name == active)
        for name, title, capability in ways
        if may(request.user, capability)
    ]


def all_accounts() -> tuple[str, str]:
    """The breadcrumb of every account, above pages about many of them."""
    return (_("Accounts"), reverse("accounts:account-list"))


def account_crumbs(account: Account | None = None, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs: all accounts, one of them, a page about it."""
    listed = (_("Accounts"), reverse("accounts:account-list") if account else "")
    if account is None:
        return [listed]
    return [listed, (account.name, account_url(account) if steps else ""), *steps]


def get_account(request: HttpRequest, pk: int) -> Account:
    """An account in the user's scope that was not merged away. Raises Http404."""
    rows: QuerySet[Account] = Account.objects.visible_to(signed_in(request)).not_merged()
    found: Account = get_object_or_404(rows.select_related("current_lead", "figure"), pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> Account:
    """An account that the user may change and that was not merged away. Raises Http404."""
    rows: QuerySet[Account] = Account.objects.editable_by(signed_in(request)).not_merged()
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def may_edit(user: User, account: Account) -> bool:
    """Whether the user may change this account."""
    return (
        account.merged_into_id is None
        and Account.objects.editable_by(user).filter(pk=account.pk).exists()
    )


@requires("accounts.view")
@require_GET
def account_list(request: HttpRequest) -> HttpResponseBase:
    """All accounts in the user's scope, filtered and sorted by index."""
    user = signed_in(request)
    as_of = timezone.localdate()
    span = reads.windows(as_of)
    may_import = may(user, "imports.run")
    table = Table(
        request,
        with_tier(reads.accounts_for(user), as_of=as_of),
        account_columns(base_currency(), span, of_all=user.sees_everything()),
        name="accounts",
        caption=_("Accounts"),
        default_sort="-net",
        row_url=account_url,
        filters=AccountListFilter,
        empty=Empty(
            _("No accounts yet"),
            _("Customers and their stores stand here, from an import or one by one."),
            _("Import accounts") if may_import else _("New account"),
            reverse("imports:batch-create" if may_import else "accounts:account-create"),
            icon="building-store",
        ),
    )
    context = {
        "crumbs": account_crumbs(),
        "tabs": tabs(request, "account-list"),
        "months": months_in_words(span.latest),
        "figures_as_of": lambda: _oldest(table, as_of),
        "may_create": user.can("accounts.create"),
        "portable": portable.menu(user, "accounts"),
    }
    return table.response("accounts/account_list.html", context)


def _oldest(table: Table, today: date) -> date | None:
    """The day of the oldest figures on the page; None when they are all of today."""
    days = [row.figure.as_of for row in table.page.rows]
    oldest = min(days, default=today)
    return oldest if oldest < today else None


@requires("accounts.view")
@require_GET
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its head, and panels that load when they are opened."""
    user = signed_in(request)
    shell = reads.merged_shell(pk)
    if shell is not None:
        return _merged(request, shell)
    account = get_account(request, pk)
    context: dict[str, Any] = {
        "account": account,
        "steps": reads.steps_above(account, user),
        "stats": head_stats(account, user, as_of=timezone.localdate()),
        "tier": standing_sign(standing_of(account, as_of=timezone.localdate())),
        "panels": panels_for(PANELS, user),
        "may_edit": may_edit(user, account),
        "may_merge": user.can("accounts.merge"),
        "may_assign": user.can("accounts.assign_lead"),
        "may_create": user.can("accounts.create"),
        "crumbs": account_crumbs(account),
    }
    return render(request, "accounts/account_detail.html", context)


def _merged(request: HttpRequest, shell: Account) -> HttpResponse:
    """A merged account's address leads to the account that took its place, if it may be seen."""
    into: Account = get_object_or_404(
        Account.objects.visible_to(signed_in(request)), pk=shell.merged_into_id
    )
    messages.info(request, _("%(old)s was merged into this account.") % {"old": shell.name})
    return redirect(account_url(into))


@requires("accounts.create")
@require_http_methods(["GET", "POST"])
def account_create(request: HttpRequest) -> HttpResponse:
    """A new account, at the top or below one that the user may change."""
    user = signed_in(request)
    form = AccountCreateForm(request.POST or None, user=user, initial=_place(request))
    if request.method == "POST" and form.is_valid():
        try:
            account = services.create_account(
                as_of=timezone.localdate(), **form.placement(), **form.facts()
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s was created.") % account.name)
            return redirect(account_url(account))
    return form_page(
        request,
        form,
        title=_("New account"),
        save=_("Create account"),
        cancel_url=reverse("accounts:account-list"),
        crumbs=[*_listed(), (_("New account"), "")],
    )


def _listed() -> list[tuple[str, str]]:
    return [(_("Accounts"), reverse("accounts:account-list"))]


def _place(request: HttpRequest) -> dict[str, str]:
    """The parent that the address names, if the user may see it."""
    asked = request.GET.get("parent", "")
    if not asked.isdecimal():
        return {}
    rows = Account.objects.visible_to(signed_in(request)).not_merged()
    parent = rows.filter(pk=asked[:18]).first()
    return {"parent": as_typed(parent), "country": parent.country} if parent else {}


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What an account says about itself; a change by somebody else meanwhile is not overwritten."""
    account = get_editable(request, pk)
    form = AccountEditForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_account(account=account, read_at=form.read_at(), **form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(account_url(account))
    return form_page(
        request,
        form,
        title=_("Edit %s") % account.name,
        cancel_url=account_url(account),
        crumbs=account_crumbs(account, (_("Edit"), "")),
    )


@requires("accounts.view")
@require_GET
def account_options(request: HttpRequest, name: str) -> HttpResponse:
    """What an account field offers for what was typed, within the user's scope."""
    typed = request.GET.get(name, "")[:400]
    found = reads.options(signed_in(request), typed)
    options = [(as_typed(account), account) for account in found]
    return render(request, "accounts/widgets/options.html", {"options": options})
