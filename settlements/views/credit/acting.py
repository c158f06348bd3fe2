"""Forms of one account's credit: limits, securities, holds, overrides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.views.accounts import get_account
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in
from settlements.choices.credit import HoldState
from settlements.forms.credit import CoverForm, DayForm, LimitForm, ReasonForm, UntilForm
from settlements.models import Collateral, CreditHold, CreditLimit
from settlements.services.credit import holds, limits
from settlements.services.credit.checks import override_account
from settlements.services.credit.holds import NEEDS, WAYS
from settlements.views.credit import common


def acted(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[Any], object],
    *,
    account: Account,
    title: str,
    save: str,
    done: str,
    lead: str = "",
    back: str = "",
) -> HttpResponse:
    """A page that is one form about an account's credit: act, say so, go back."""
    back = back or reverse("settlements:credit-account", args=[account.pk])
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, done)
            return redirect(back)
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        save=save,
        cancel_url=back,
        crumbs=common.of_account(account, (title, "")),
    )


@requires("credit.decide")
@require_http_methods(["GET", "POST"])
def limit_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the limit of an account from a day on."""
    user, account = signed_in(request), get_account(request, pk)
    start = {
        "from_day": timezone.localdate(),
        "currency": account.currency_id or base_currency(),
        "amount": request.GET.get("amount", ""),
    }
    form = LimitForm(request.POST or None, initial=start)
    return acted(
        request, form,
        lambda form: limits.set_limit(party=account, terms=form.terms(), by=user),
        account=account, title=_("Limit of %s") % account.name, save=_("Set the limit"),
        done=_("The limit was set."),
        lead=_("It holds for the account and everything below it; the limit of a chain caps the "
               "sum of those below."),
    )  # fmt: skip


@requires("credit.decide")
@require_http_methods(["GET", "POST"])
def limit_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a limit back: none is set afterwards."""
    user = signed_in(request)
    rows = CreditLimit.objects.visible_to(user).filter(revoked_on__isnull=True)
    limit = get_object_or_404(rows.select_related("party"), pk=pk)
    form = ReasonForm(request.POST or None)
    return acted(
        request, form,
        lambda form: limits.revoke_limit(
            limit=limit, on=timezone.localdate(), by=user, reason=form.cleaned_data["reason"]
        ),
        account=limit.party, title=_("Take the limit of %s back") % limit.party.name,
        save=_("Take back"), done=_("The limit was taken back."),
        lead=_("No limit is set afterwards; checks warn. For prepay only set a limit of 0."),
    )  # fmt: skip


@requires("credit.decide")
@require_http_methods(["GET", "POST"])
def cover_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what secures an account's debts."""
    account = get_account(request, pk)
    start = {
        "from_day": timezone.localdate(),
        "currency": account.currency_id or base_currency(),
    }
    form = CoverForm(request.POST or None, initial=start)
    return acted(
        request, form,
        lambda form: limits.add_collateral(party=account, cover=form.cover()),
        account=account, title=_("Security of %s") % account.name, save=_("Add"),
        done=_("The security was added."),
        lead=_("It takes at most so much off exposure, and never more than there is."),
    )  # fmt: skip


@requires("credit.decide")
@require_http_methods(["GET", "POST"])
def cover_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a security end."""
    rows = Collateral.objects.visible_to(signed_in(request)).select_related("party")
    cover = get_object_or_404(rows, pk=pk)
    form = DayForm(request.POST or None, initial={"on": timezone.localdate()})
    return acted(
        request, form,
        lambda form: limits.end_collateral(collateral=cover, on=form.cleaned_data["on"]),
        account=cover.party, title=_("End the security: %s") % cover, save=_("End"),
        done=_("The security ends."),
    )  # fmt: skip


@requires("credit.apply")
@require_http_methods(["GET", "POST"])
def hold_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to stop sales on credit; who decides on credit puts it in force at once."""
    user, account = signed_in(request), get_account(request, pk)
    form = ReasonForm(request.POST or None)
    at_once = user.can("credit.decide")

    def act(form: Any) -> object:
        reason = form.cleaned_data["reason"]
        if at_once:
            return holds.put_on_hold(party=account, reason=reason, by=user, on=timezone.localdate())
        return holds.propose_hold(party=account, reason=reason, by=user)

    title = _("Put %s on hold") if at_once else _("Propose a hold of %s")
    return acted(
        request, form, act, account=account, title=title % account.name,
        save=_("Put on hold") if at_once else _("Propose"),
        done=_("The account is on hold.") if at_once else _("The hold was proposed."),
        lead=_("Checks of orders on credit block until it is released. Goods on the way and "
               "invoices are not stopped."),
    )  # fmt: skip


@requires("credit.apply")
@require_http_methods(["GET", "POST"])
def hold_move(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Put a hold in force, override it until a day, or release it."""
    user = signed_in(request)
    hold = get_object_or_404(CreditHold.objects.visible_to(user).select_related("party"), pk=pk)
    if to not in WAYS[hold.state] or not user.can(NEEDS[HoldState(to)]):
        raise Http404
    ends = to == HoldState.OVERRIDDEN
    form: forms.Form = (UntilForm if ends else ReasonForm)(request.POST or None)
    titles = {
        HoldState.ACTIVE: _("Put the hold of %s in force"),
        HoldState.OVERRIDDEN: _("Override the hold of %s"),
        HoldState.RELEASED: _("Release the hold of %s"),
    }
    return acted(
        request, form,
        lambda form: holds.move_hold(
            hold=hold, to=to, by=user, on=timezone.localdate(),
            until=form.cleaned_data.get("until"), note=form.cleaned_data["reason"],
        ),
        account=hold.party, title=titles[HoldState(to)] % hold.party.name, save=_("Save"),
        done=_("Saved."),
    )  # fmt: skip


@requires("credit.override")
@require_http_methods(["GET", "POST"])
def account_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Let whatever an account orders through until a day."""
    user, account = signed_in(request), get_account(request, pk)
    form = UntilForm(request.POST or None)
    return acted(
        request, form,
        lambda form: override_account(
            party=account, by=user, as_of=timezone.localdate(), **form.cleaned_data
        ),
        account=account, title=_("Let orders of %s through") % account.name,
        save=pgettext("credit", "Override"), done=_("Orders go through until that day."),
        lead=_("Checks that would block answer with a warning instead, and say why."),
    )  # fmt: skip
