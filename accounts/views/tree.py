"""The tree of accounts: seen from the top, opened level by level, on any day."""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.forms.days import DayForm
from accounts.selectors import accounts as reads
from accounts.selectors import structure
from accounts.views.accounts import account_crumbs, get_account, tabs
from accounts.views.columns import months_in_words
from kam.core import htmx
from kam.core.selectors.rates import base_currency
from kam.core.tables.paging import KeysetPager
from kam.identity.decorators import requires, signed_in

PAGE_SIZE = 50


@requires("accounts.view")
@require_GET
def account_tree(request: HttpRequest) -> HttpResponse:
    """The tops of all trees in the user's scope, largest revenue first."""
    user = signed_in(request)
    today = timezone.localdate()
    form, on = DayForm.asked(request.GET, today)
    pager = KeysetPager(
        structure.tops(user) if on == today else structure.tops_on(user, on=on),
        F("figure__net_12m"),
        descending=True,
        nullable=False,
        size=PAGE_SIZE,
    )
    page = pager.page(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "children": structure.as_children(page.rows, on=on),
        "page": page,
        "form": form,
        "on": on,
        "is_today": on == today,
        "currency": base_currency(),
        "months": months_in_words(reads.windows(today).latest),
        "tabs": tabs(request, "account-tree"),
        "crumbs": [*account_crumbs()],
    }
    return render(request, "accounts/account_tree.html", context)


@requires("accounts.view")
@require_GET
def account_children(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands directly below an account on a day."""
    account = get_account(request, pk)
    on: date
    _form, on = DayForm.asked(request.GET, timezone.localdate())
    context = {
        "account": account,
        "title": _("Below %s") % account.name,
        "panel_template": "accounts/tree_nodes.html",
        "children": structure.children_on(account, signed_in(request), on=on),
        "limit": structure.CHILDREN_SHOWN,
        "on": on,
        "is_today": on == timezone.localdate(),
        "currency": base_currency(),
        "crumbs": account_crumbs(account, (_("Below"), "")),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
