"""Setting a credit against open items, taking that back, paying back and giving up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core import formats, htmx
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.analytics.proposals import propose
from settlements.choices import Side
from settlements.forms.posting import ReasonForm, SettleForm
from settlements.forms.receipts import AllocateForm, SharesForm, chosen_ids, plain
from settlements.models import Allocation, Document, LedgerItem
from settlements.selectors import documents as reads
from settlements.selectors.items import visible_documents
from settlements.selectors.ledger import as_open_debit, first_open_day, open_debit_items
from settlements.services import cash
from settlements.services.allocating import Match, allocate, reverse_allocation
from settlements.services.posting import Facts
from settlements.views.documents import name_of, page_of
from settlements.views.items import ledger_crumbs

SHOWN = 100
"""So many open items stand on the page, those proposed first; the search finds the others."""


@dataclass(frozen=True)
class Shares:
    """The table of open items of a payer: the form, and how many items it leaves out."""

    form: SharesForm
    others: int


def shares_of(
    items: Sequence[LedgerItem],
    *,
    available: Decimal | None,
    data: Any = None,
    text: str = "",
    find: str = "",
) -> Shares:
    """Propose how an amount pays items, or read what a form says about them."""
    if data is not None:
        wanted = chosen_ids(data)
        listed = _listed(items, wanted, find)
        is_short = not wanted <= {item.pk for item in items}
        sent = SharesForm(data, items=listed, available=available, is_short=is_short)
        return Shares(sent, len(items) - len(listed))
    debits = [as_open_debit(item) for item in items]
    proposed = propose(available, debits, text=text) if available else []
    listed = _listed(items, {share.item_id for share in proposed}, find)
    form = SharesForm(items=listed, available=available, proposed=proposed)
    return Shares(form, len(items) - len(listed))


def _listed(items: Sequence[LedgerItem], wanted: set[int], find: str) -> list[LedgerItem]:
    """The items wanted and the oldest of the others, in their order."""
    text = find.strip().casefold()
    found = [item.pk for item in items if text in _words(item)]
    shown = wanted | set(found[:SHOWN])
    return [item for item in items if item.pk in shown]


def _words(item: LedgerItem) -> str:
    return f"{item.document.number} {item.document.reference}".casefold()


def get_item(request: HttpRequest, pk: int, *, side: Side | None = None) -> LedgerItem:
    """An item in the user's scope, of a side if one is named. Raises Http404."""
    rows = LedgerItem.objects.visible_to(signed_in(request))
    if side is not None:
        rows = rows.filter(side=side)
    related = ("document", "account", "party", "selling_company")
    found: LedgerItem = get_object_or_404(rows.select_related(*related), pk=pk)
    return found


def _open_items(credit: LedgerItem, request: HttpRequest) -> list[LedgerItem]:
    """What the credit's payer owes, as far as the user may see it."""
    rows = open_debit_items(
        party_id=credit.party_id,
        currency=credit.currency_id,
        selling_company_id=credit.selling_company_id,
    )
    return list(rows.visible_to(signed_in(request)))  # type: ignore[attr-defined]


@requires("receivables.allocate")
@require_http_methods(["GET", "POST"])
def allocate_credit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Set a receipt or credit note against open items: proposed, then as the user says."""
    credit = get_item(request, pk, side=Side.CREDIT)
    form = _allocate_form(request, credit)
    if not form.is_bound:
        text = request.POST.get("text", credit.document.reference)[:400]
        find = request.POST.get("find", "")[:100]
        items = _open_items(credit, request)
        shares = shares_of(items, available=credit.open_amount_now, text=text, find=find)
        return _allocate_page(request, credit, form, shares, find=find)
    shares = shares_of(
        _open_items(credit, request), available=credit.open_amount_now, data=request.POST
    )
    if _is_saved(credit, form, shares.form):
        messages.success(request, _("Saved."))
        return redirect(page_of(credit.document))
    return _allocate_page(request, credit, form, shares, status=422)


def _allocate_form(request: HttpRequest, credit: LedgerItem) -> AllocateForm:
    """The form as sent; to ask for a proposal is not yet to save, so nothing is in error then."""
    user = signed_in(request)
    if request.method == "POST" and "propose" not in request.POST:
        return AllocateForm(request.POST, user=user)
    today, document = timezone.localdate(), credit.document
    initial = {"effective_date": today, "text": document.reference}
    sent = {name: value for name, value in request.POST.items() if name in AllocateForm.base_fields}
    return AllocateForm(user=user, initial={**initial, **sent})


def _is_saved(credit: LedgerItem, form: AllocateForm, shares: SharesForm) -> bool:
    """Allocate; a form sent twice is saved once. What was refused stands on the forms."""
    is_valid = form.is_valid() & shares.is_valid()
    if "key" in form.cleaned_data and reads.is_allocated_with(form.idempotency_key("allocate")):
        return True
    if not is_valid:
        return False
    applied = shares.applied()
    if not applied:
        shares.add_error(None, _("Enter an amount for at least one item."))
        return False
    try:
        allocate(
            matches=[Match(part.item_id, credit.pk, part.amount) for part in applied],
            effective_date=form.cleaned_data["effective_date"],
            created_by=form.user,
            note=form.cleaned_data["note"],
            idempotency_key=form.idempotency_key("allocate"),
        )
    except RefusedError as problem:
        form.refuse(problem, credit.selling_company)
        return False
    return True


def _allocate_page(
    request: HttpRequest,
    credit: LedgerItem,
    form: AllocateForm,
    shares: Shares,
    *,
    find: str = "",
    status: int = 200,
) -> HttpResponse:
    document = credit.document
    context = {
        "credit": credit,
        "document": document,
        "form": form,
        "shares": shares,
        "find": find,
        "currency": credit.currency_id,
        "available_field": "",
        "crumbs": ledger_crumbs((name_of(document), page_of(document)), (_("Allocate"), "")),
        "cancel_url": page_of(document),
    }
    page = "settlements/allocation_form.html"
    return htmx.render_part(request, page, context, "shares", status=status)


@requires("receivables.reverse")
@require_http_methods(["GET", "POST"])
def allocation_reverse(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an allocation back from a day on; what was before it stays as it was."""
    user = signed_in(request)
    rows = Allocation.objects.visible_to(user).filter(reversal_of__isnull=True)
    related = (
        "debit_item__document",
        "credit_item__document__selling_company",
        "debit_item__selling_company",
    )
    row: Allocation = get_object_or_404(rows.select_related(*related), pk=pk)
    credit = row.credit_item.document
    back = _page_seen(request, row)
    if reads.is_reversing(row) or row.reversed_by.exists():
        messages.info(request, _("This allocation cannot be taken back, or is already."))
        return redirect(back)
    company = row.debit_item.selling_company
    earliest = max(timezone.localdate(), row.effective_date)
    first = first_open_day(company.pk, earliest) or earliest
    form = ReasonForm(request.POST or None, user=user, initial={"effective_date": first})
    if request.method == "POST" and form.is_valid():
        try:
            _take_back(row, form)
        except RefusedError as problem:
            form.refuse(problem, company)
        else:
            messages.success(request, _("The allocation was taken back."))
            return redirect(_next(request, row, back))
    return confirm_page(
        request,
        title=_("Take back the allocation of %s?") % formats.money(row.amount, row.currency_id),
        verb=_("Take back"),
        text=f"{_reopened(request, row)} {_closed_note(first, earliest)}".strip(),
        goes=[_allocation_in_words(request, row)],
        stays=[
            _("%s itself: what it leaves open can be allocated anew") % _name(request, credit),
            _("both rows in the history, and every figure as of a day before"),
        ],
        form=form,
        back_url=back,
    )


def _take_back(row: Allocation, form: ReasonForm) -> None:
    reverse_allocation(
        allocation=row,
        effective_date=form.cleaned_data["effective_date"],
        created_by=form.user,
        note=form.cleaned_data["note"],
        idempotency_key=form.idempotency_key("take-back"),
    )


def _closed_note(first: Any, earliest: Any) -> str:
    if first == earliest:
        return ""
    words = _("%(day)s lies in a closed period: the first open day is %(first)s.")
    return words % {"day": formats.date(earliest), "first": formats.date(first)}


def _seen(request: HttpRequest, document: Document) -> bool:
    return bool(visible_documents(signed_in(request), [document.pk]))


def _name(request: HttpRequest, document: Document) -> str:
    return name_of(document) if _seen(request, document) else _("a document of another account")


def _page_seen(request: HttpRequest, row: Allocation) -> str:
    """The page of one of the two documents that the user may see: the credit's first."""
    credit = row.credit_item.document
    return page_of(credit if _seen(request, credit) else row.debit_item.document)


def _reopened(request: HttpRequest, row: Allocation) -> str:
    """What is open again on either side."""
    words = _("Afterwards %(debit)s and %(credit)s each have %(amount)s more open.")
    return words % _sides(request, row)


def _allocation_in_words(request: HttpRequest, row: Allocation) -> str:
    return _("%(amount)s of %(credit)s set against %(debit)s") % _sides(request, row)


def _sides(request: HttpRequest, row: Allocation) -> dict[str, str]:
    return {
        "debit": _name(request, row.debit_item.document),
        "credit": _name(request, row.credit_item.document),
        "amount": formats.money(row.amount, row.currency_id),
    }


def _next(request: HttpRequest, row: Allocation, back: str) -> str:
    """Whoever may allocates the credit anew at once: that is how a mistake is corrected."""
    user = signed_in(request)
    if user.can("receivables.allocate") and _seen(request, row.credit_item.document):
        return reverse("settlements:allocate", args=[row.credit_item_id])
    return back


@requires("receivables.post")
@require_http_methods(["GET", "POST"])
def item_refund(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Pay back what is open of a receipt or credit note."""
    item = get_item(request, pk, side=Side.CREDIT)
    return _settle(
        request,
        item,
        act="refund",
        title=_("Pay back %s?") % name_of(item.document),
        verb=_("Pay back"),
        effect=_("A refund is posted that takes up this amount of it."),
    )


@requires("receivables.post")
@require_http_methods(["GET", "POST"])
def item_write_off(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give up what is open of an item, on either side."""
    item = get_item(request, pk)
    return _settle(
        request,
        item,
        act="write-off",
        title=_("Write off %s?") % name_of(item.document),
        verb=_("Write off"),
        effect=_("A write-off is posted that takes up this amount of it."),
    )


def _settle(
    request: HttpRequest, item: LedgerItem, *, act: str, title: str, verb: str, effect: str
) -> HttpResponseBase:
    user = signed_in(request)
    back = page_of(item.document)
    initial = {
        "amount": plain(item.open_amount_now, item.currency_id),
        "effective_date": max(timezone.localdate(), item.posting_date),
    }
    form = SettleForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            document = _post_settling(item, form, act)
        except RefusedError as problem:
            form.refuse(problem, item.selling_company)
        else:
            messages.success(request, _("%s was posted.") % name_of(document))
            return redirect(back)
    elif request.method == "GET" and not item.open_amount_now:
        messages.info(request, _("Nothing is open of %s.") % name_of(item.document))
        return redirect(back)
    return confirm_page(
        request,
        title=title,
        verb=verb,
        text=f"{_open_now(item)} {effect}",
        stays=[_("the document and its history; the act can be reversed")],
        form=form,
        back_url=back,
    )


def _open_now(item: LedgerItem) -> str:
    words = _("%(amount)s is open.")
    return words % {"amount": formats.money(item.open_amount_now, item.currency_id)}


def _post_settling(item: LedgerItem, form: SettleForm, act: str) -> Document:
    values = form.cleaned_data
    facts: Facts = {
        "note": values["note"],
        "reference": values["reference"],
        "created_by": form.user,
        "idempotency_key": form.idempotency_key(act),
    }
    amount, day = values["amount"], values["effective_date"]
    if act == "refund":
        return cash.refund(credit_item=item, amount=amount, refunded_on=day, **facts)
    return cash.write_off(item=item, amount=amount, written_off_on=day, **facts)
