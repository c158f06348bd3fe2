"""Handing an account over: whom to and when, the pack before and after, the acknowledgement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.team import AcknowledgeForm, HandoverForm
from accounts.models import Account, Handover
from accounts.selectors.team.handovers import (
    handovers_for,
    is_unchanged,
    readable,
    sections_for,
)
from accounts.selectors.team.members import lead_on
from accounts.services.team import handovers as services
from accounts.views.accounts import account_crumbs, get_editable
from accounts.views.team.common import account_page, crumbs_of
from kam.core import formats
from kam.core.handover import movers
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("handovers.make")
@require_http_methods(["GET", "POST"])
def handover_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the new lead and the day, look at the pack, confirm."""
    account, today = get_editable(request, pk), timezone.localdate()
    form = HandoverForm(request.POST or None, initial={"effective_on": today})
    if request.method == "POST" and form.is_valid():
        is_sure = request.POST.get("step") == "confirm"
        if is_sure and (made := _confirm(request, account, form)) is not None:
            messages.success(request, _("The account is handed over. Both leads see the pack."))
            return redirect(made.get_absolute_url())
        if not is_sure and _fits(form, account, today):
            return _preview(request, account, form)
    return form_page(
        request,
        form,
        title=_("Hand over %s") % account.name,
        lead=_now(account, today),
        save=_("Look at the pack"),
        cancel_url=f"{account.get_absolute_url()}#panel-team",
        crumbs=account_crumbs(account, (_("Handover"), "")),
    )


def _now(account: Account, today: date) -> str:
    lead = lead_on(account, on=today)
    if lead is None:
        return _("Nobody leads it today. Nothing changes before you have seen the pack.")
    words = _("%(lead)s leads it today. Nothing changes before you have seen the pack.")
    return words % {"lead": lead}


def _fits(form: HandoverForm, account: Account, today: date) -> bool:
    """Whether the day is not past and the lead would change; says so beside the fields."""
    day, to_user = form.cleaned_data["effective_on"], form.cleaned_data["to_user"]
    if day < today:
        form.add_error("effective_on", _("This day has passed."))
    elif lead_on(account, on=day) == to_user:
        form.add_error("to_user", _("This colleague leads the account already."))
    return form.is_valid()


def _confirm(request: HttpRequest, account: Account, form: HandoverForm) -> Handover | None:
    values = dict(form.cleaned_data)
    former = values.pop("from_user")
    try:
        return services.hand_over(
            account=account,
            from_user=User.objects.filter(pk=former).first() if former else None,
            made_by=signed_in(request),
            as_of=timezone.localdate(),
            **values,
        )
    except RefusedError as problem:
        add_to_form(form, problem)
        return None


def _preview(request: HttpRequest, account: Account, form: HandoverForm) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    values = form.cleaned_data
    former = lead_on(account, on=values["effective_on"])
    pack = services.preview(account=account, to_user=values["to_user"], as_of=today)
    sections = readable(pack, account, user)
    context = {
        "account": account,
        "from_user": former,
        "hidden": {**values, "from_user": former.pk if former else "",
                   "to_user": values["to_user"].pk,
                   "effective_on": values["effective_on"].isoformat()},
        "values": values,
        "sections": [_shown(one) for one in sections],
        "is_cut": len(sections) < len(pack),
        "crumbs": account_crumbs(account, (_("Handover"), "")),
    }  # fmt: skip
    return render(request, "accounts/handover_preview.html", context)


_LOOKS = {"number": "is-num", "money": "is-num", "date": "is-date"}


def _shown(section: dict[str, Any]) -> dict[str, Any]:
    """A section of a pack with its cells as this reader's locale writes them."""
    kinds = [one["kind"] for one in section["headings"]]
    looks = [_LOOKS.get(kind, "") for kind in kinds]
    rows = [
        [(_cell(*pair), look) for *pair, look in zip(row, kinds, looks, strict=True)]
        for row in section["rows"]
    ]
    heads = list(zip([one["title"] for one in section["headings"]], looks, strict=True))
    return {**section, "headings": heads, "rows": rows}


def _cell(value: Any, kind: str) -> str | None:
    if value is None or value == "":
        return None
    if kind == "date":
        day = parse_date(value)
        return formats.date(day) if day else str(value)
    if kind == "money":
        return formats.money(Decimal(value["amount"]), value["currency"])
    if kind == "number":
        return formats.number(Decimal(value))
    return str(value)


def _handover(request: HttpRequest, pk: int) -> Handover:
    found: Handover = get_object_or_404(handovers_for(signed_in(request)), pk=pk)
    return found


@requires("handovers.view")
@require_GET
def handover_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A handover as it was confirmed, for the screen and for paper."""
    user, found = signed_in(request), _handover(request, pk)
    sections = sections_for(found, user)
    context = {
        "handover": found,
        "sections": [_shown(one) for one in sections],
        "is_cut": len(sections) < len(found.pack["sections"]),
        "is_unchanged": is_unchanged(found),
        "moved": [
            (mover.title, found.moved[mover.key]) for mover in movers if found.moved.get(mover.key)
        ],
        "may_acknowledge": not found.is_acknowledged and found.to_user_id == user.pk,
        "account_url": account_page(user, found.account, "team"),
        "crumbs": crumbs_of(user, found.account, (_("Handover"), "")),
    }
    return render(request, "accounts/handover_detail.html", context)


@requires("handovers.view")
@require_http_methods(["GET", "POST"])
def handover_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The new lead says to have read the pack."""
    user, found = signed_in(request), _handover(request, pk)
    if found.is_acknowledged or found.to_user_id != user.pk:
        raise Http404
    form = AcknowledgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.acknowledge(handover=found, by=user, at=timezone.now(), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("You acknowledged the handover."))
            return redirect(found.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Acknowledge the handover of %s") % found.account.name,
        lead=_("You say that you have read the pack. It stays as it is."),
        save=_("Acknowledge"),
        cancel_url=found.get_absolute_url(),
        crumbs=crumbs_of(user, found.account, (_("Handover"), "")),
    )
