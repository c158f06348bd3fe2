"""A new receipt: the payment, what it pays, and what is left unapplied, on one page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core import htmx
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.forms.receipts import ReceiptForm
from settlements.models import Document, LedgerItem
from settlements.selectors import documents as reads
from settlements.selectors.items import Place, places_owed
from settlements.selectors.ledger import open_debit_items, party_of
from settlements.services.cash import post_receipt
from settlements.views.allocating import Shares, shares_of
from settlements.views.documents import company_values, name_of, page_of
from settlements.views.items import ledger_crumbs

NEEDED = ("account", "selling_company", "currency")
ACT = "receipt"


@requires("receivables.post")
@require_http_methods(["GET", "POST"])
def receipt_create(request: HttpRequest) -> HttpResponseBase:
    """Enter a payment; what it pays is proposed, changed by hand, and saved with it."""
    form = ReceiptForm(_sent(request), user=signed_in(request), initial=_first(request))
    if request.method == "GET":
        return _page(request, form, _proposed_for(request, form))
    form.is_valid()
    if "propose" in request.POST or "use" in request.POST:
        find = request.POST.get("find", "")[:100]
        shares = _proposal(request, form, find=find)
        return _page(request, form, shares, find=find, is_asking=True)
    shares = _read(request, form)
    if (document := _saved(form, shares)) is not None:
        messages.success(request, _("%s was posted.") % name_of(document))
        return redirect(page_of(document))
    return _page(request, form, shares, status=422)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent; a button of a company and currency where something is open chooses both."""
    if request.method == "GET":
        return None
    data = request.POST.copy()
    company, _dash, currency = data.get("use", "").partition("-")
    if currency:
        data["selling_company"], data["currency"] = company, currency
    return data


def _places(request: HttpRequest, form: ReceiptForm, shares: Shares | None) -> list[Place]:
    """Where else the payer owes something, if nothing is open where the form looks."""
    if shares is None or shares.form.items:
        return []
    account = form.cleaned_data.get("account")
    return places_owed(signed_in(request), party_of(account).pk) if account else []


def _first(request: HttpRequest) -> dict[str, Any]:
    """Today, the usual company, and the account that the address names."""
    found: dict[str, Any] = {"received_on": timezone.localdate(), **company_values()}
    asked = request.GET.get("account", "")
    if asked.isdecimal():
        rows = Account.objects.visible_to(signed_in(request)).not_merged()
        account = rows.filter(pk=asked[:18]).first()
        found["account"] = as_typed(account) if account else ""
    return found


def _proposed_for(request: HttpRequest, form: ReceiptForm) -> Shares | None:
    """The open items of the account that the address names, nothing proposed yet."""
    if not form.initial.get("account"):
        return None
    data = {**form.initial, "amount": "", "key": ""}
    asked = ReceiptForm(data, user=signed_in(request))
    asked.is_valid()
    return _proposal(request, asked)


def _open_items(request: HttpRequest, form: ReceiptForm) -> list[LedgerItem] | None:
    """What the payer owes to the company in the currency; None while one of them is missing."""
    values = form.cleaned_data
    if not all(values.get(name) for name in NEEDED):
        return None
    rows = open_debit_items(
        party_id=party_of(values["account"]).pk,
        currency=values["currency"].pk,
        selling_company_id=values["selling_company"].pk,
    )
    return list(rows.visible_to(signed_in(request)))  # type: ignore[attr-defined]


def _proposal(request: HttpRequest, form: ReceiptForm, *, find: str = "") -> Shares | None:
    items = _open_items(request, form)
    if items is None:
        return None
    amount: Decimal | None = form.cleaned_data.get("amount")
    text = form.cleaned_data.get("reference", "")
    return shares_of(items, available=amount, text=text, find=find)


def _read(request: HttpRequest, form: ReceiptForm) -> Shares | None:
    items = _open_items(request, form)
    if items is None:
        return None
    amount = form.cleaned_data.get("amount")
    return shares_of(items, available=amount, data=request.POST)


def _saved(form: ReceiptForm, shares: Shares | None) -> Document | None:
    """Post the receipt with what it pays, once; what was refused stands on the forms."""
    is_valid = form.is_valid() and shares is not None and shares.form.is_valid()
    if "key" in form.cleaned_data:
        standing = reads.posted_with(form.idempotency_key(ACT))
        if standing is not None:
            return standing
    if not is_valid or shares is None:
        return None
    values = form.cleaned_data
    try:
        return post_receipt(
            selling_company=values["selling_company"],
            account=values["account"],
            currency=values["currency"].pk,
            amount=values["amount"],
            received_on=values["received_on"],
            applied=shares.form.applied(),
            **form.facts(ACT),
        )
    except RefusedError as problem:
        form.refuse(problem)
        return None


def _page(
    request: HttpRequest,
    form: ReceiptForm,
    shares: Shares | None,
    *,
    find: str = "",
    is_asking: bool = False,
    status: int = 200,
) -> HttpResponse:
    places = _places(request, form, shares) if form.is_bound else []
    if is_asking:
        form = _without_errors(request, form)
    context = {
        "form": form,
        "shares": shares,
        "places": places,
        "find": find,
        "currency": _currency(form),
        "available_field": form["amount"].id_for_label,
        "crumbs": ledger_crumbs((_("New receipt"), "")),
        "cancel_url": reverse("settlements:unapplied-list"),
    }
    page = "settlements/receipt_form.html"
    if is_asking:
        return htmx.render_part(request, page, context, "shares")
    return htmx.render_part(request, page, context, "shares", status=status)


def _without_errors(request: HttpRequest, form: ReceiptForm) -> ReceiptForm:
    """To ask for open items is not yet to save: nothing is in error."""
    initial = {name: form[name].value() for name in form.fields}
    return ReceiptForm(user=signed_in(request), initial=initial)


def _currency(form: ReceiptForm) -> str:
    return str(form["currency"].value() or "")
