"""What pages of negotiations share: rows in scope, tabs, crumbs, one form of acting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.querysets import of_teams
from accounts.selectors.team.members import accounts_worked_on
from kam.core import htmx
from kam.core.nav import Tab
from kam.core.pages import Crumbs, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.identity.decorators import signed_in
from kam.identity.models import User
from plans.models import GiveGet, NegotiationBrief, Offer
from plans.selectors.negotiation import reads

VIEW, EDIT, APPROVE, CONFIGURE = (
    "negotiations.view",
    "negotiations.edit",
    "negotiations.approve",
    "negotiations.configure",
)


def team_account(user: User, pk: int) -> Account:
    """An account to whose team the user belongs. Raises Http404."""
    rows = accounts_worked_on(user).filter(of_teams(user))
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def asked_account(request: HttpRequest) -> Account | None:
    """The account that the address names. Raises Http404 where it is none for the user."""
    asked = request.GET.get("account", "")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    return team_account(signed_in(request), int(asked[:18]))


def asked_brief(request: HttpRequest, account: Account) -> NegotiationBrief | None:
    """The open brief of the account that the address names. Raises Http404."""
    asked = request.GET.get("brief", "")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    rows = NegotiationBrief.objects.editable_by(signed_in(request)).select_related("currency")
    found: NegotiationBrief = get_object_or_404(
        rows.filter(state__in=reads.OPEN, account__in=account.path), pk=int(asked[:18])
    )
    return found


def get_brief(request: HttpRequest, pk: int) -> NegotiationBrief:
    """A brief that the user may read. Raises Http404."""
    found: NegotiationBrief = get_object_or_404(reads.briefs_for(signed_in(request)), pk=pk)
    return found


def get_open_brief(request: HttpRequest, pk: int) -> NegotiationBrief:
    """A brief that is not over and that the user may write. Raises Http404."""
    rows = NegotiationBrief.objects.editable_by(signed_in(request)).filter(state__in=reads.OPEN)
    with_keys = rows.select_related("account", "plan", "owner", "currency")
    found: NegotiationBrief = get_object_or_404(with_keys, pk=pk)
    return found


def get_entry(request: HttpRequest, pk: int) -> GiveGet:
    """An entry that the user may write. Raises Http404."""
    rows = GiveGet.objects.editable_by(signed_in(request))
    found: GiveGet = get_object_or_404(
        rows.select_related("account", "brief", "currency", "plan"), pk=pk
    )
    return found


def get_offer(request: HttpRequest, pk: int) -> Offer:
    """An offer that the user may read. Raises Http404."""
    found: Offer = get_object_or_404(reads.offers_for(signed_in(request)), pk=pk)
    return found


def may_write(user: User, row: Any) -> bool:
    """Whether the user may write a row of a negotiation, in whatever state it is."""
    rows: Any = type(row)._default_manager
    return bool(rows.editable_by(user).filter(pk=row.pk).exists())


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """Negotiations and what belongs to them."""
    ways = [
        ("negotiation-list", _("Negotiations"), VIEW),
        ("entry-list", _("Gives and gets"), VIEW),
        ("offer-list", _("Offers"), VIEW),
        ("offer-waiting", _("Wait for me"), APPROVE),
        ("round-list", _("Price rounds"), VIEW),
    ]
    return [
        Tab(title, reverse(f"plans:{name}"), active=name == active)
        for name, title, capability in ways
        if may(request.user, capability)
    ]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about negotiations."""
    own = reverse("plans:negotiation-list") if steps else ""
    return [(_("Negotiations"), own), *steps]


def brief_crumbs(brief: NegotiationBrief, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below a brief."""
    return crumbs((brief.title, brief.get_absolute_url() if steps else ""), *steps)


def acting(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    back: str,
    save: str = "",
    lead: str = "",
    crumbs: Crumbs = (),
    done: str = "",
    to: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """A form page whose valid POST acts once; what is refused stands at its field."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, done or _("Saved"))
            return redirect(to(made) if to else back)
    return form_page(
        request,
        form,
        title=title,
        save=save or _("Save"),
        lead=lead,
        cancel_url=back,
        crumbs=crumbs,
    )


def do(request: HttpRequest, act: Callable[[], object], back: str, done: str = "") -> HttpResponse:
    """Act at once and go back; what is refused is said there."""
    try:
        act()
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        if done:
            messages.success(request, done)
    return htmx.redirect(request, back)


def choose_account(
    request: HttpRequest, form: forms.Form, *, title: str, url: str, back: str
) -> HttpResponse:
    """First with whom, then the rest: the address names the account from then on."""
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"]
        return redirect(f"{url}?account={account.pk}")
    return form_page(
        request,
        form,
        title=title,
        save=_("Continue"),
        cancel_url=back,
        crumbs=crumbs((title, "")),
    )
