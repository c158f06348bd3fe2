"""Duplicates: finding them, seeing what a merge would do, merging."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.accounts import MergeForm
from accounts.models import Account
from accounts.selectors.duplicates import likely_duplicates
from accounts.services.merging import merge_accounts, plan_merge
from accounts.views.accounts import account_crumbs, tabs
from accounts.views.columns import account_url
from kam.core.pages import form_page
from kam.core.problems import RefusedError
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in


def _get(request: HttpRequest, pk: int) -> Account:
    """An account that the user may change and that was not merged away. Raises Http404."""
    rows: QuerySet[Account] = Account.objects.editable_by(signed_in(request)).not_merged()
    found: Account = get_object_or_404(rows.select_related("figure", "current_lead"), pk=pk)
    return found


@requires("accounts.merge")
@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Accounts that may be the same, some hundred checked at a time."""
    asked = request.GET.get("after", "")
    found = likely_duplicates(signed_in(request), after=int(asked[:18]) if asked.isdecimal() else 0)
    context = {
        "found": found,
        "started": not asked,
        "currency": base_currency(),
        "tabs": tabs(request, "duplicate-list"),
        "crumbs": account_crumbs(),
    }
    return render(request, "accounts/duplicate_list.html", context)


@requires("accounts.merge")
@require_http_methods(["GET", "POST"])
def account_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the duplicate of an account."""
    account = _get(request, pk)
    form = MergeForm(request.POST or None, user=signed_in(request))
    if request.method == "POST" and form.is_valid():
        drop = form.cleaned_data["drop"]
        return redirect("accounts:merge-preview", pk=account.pk, drop_pk=drop.pk)
    return form_page(
        request,
        form,
        title=_("Merge a duplicate into %s") % account.name,
        lead=_("You will see what moves before anything happens."),
        save=_("Show what moves"),
        cancel_url=account_url(account),
        crumbs=account_crumbs(account, (_("Merge"), "")),
    )


@requires("accounts.merge")
@require_http_methods(["GET", "POST"])
def merge_preview(request: HttpRequest, pk: int, drop_pk: int) -> HttpResponse:
    """What a merge would move, what one should know, what stands in the way; then merge."""
    keep, drop = _get(request, pk), _get(request, drop_pk)
    if request.method == "POST":
        try:
            merge_accounts(keep=keep, drop=drop, as_of=timezone.localdate())
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            words = {"drop": drop.name, "keep": keep.name}
            messages.success(request, _("%(drop)s was merged into %(keep)s.") % words)
            return redirect(account_url(keep))
    context = {
        "plan": plan_merge(keep=keep, drop=drop),
        "sides": [keep, drop],
        "swap_url": reverse("accounts:merge-preview", args=[drop.pk, keep.pk]),
        "currency": base_currency(),
        "crumbs": account_crumbs(keep, (_("Merge"), "")),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/merge_preview.html", context, status=status)
