"""One document: what it says, what settled it, its history; new ones, and taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.formats import Text
from kam.core.models import Organisation, SellingCompany
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices import DocumentKind
from settlements.forms.posting import BY_HAND, DocumentForm, ReasonForm
from settlements.models import Document, SettlementStatement
from settlements.selectors import documents as reads
from settlements.selectors.documents import DocumentRead, EventKind, Settlement, Standing
from settlements.selectors.items import visible_documents
from settlements.services.posting import post_document
from settlements.services.problems import ClosedPeriodError
from settlements.services.reversing import landing_day, reverse_document
from settlements.views.items import ledger_crumbs

STANDINGS: dict[Standing, tuple[Text, State]] = {
    Standing.OPEN: (gettext_lazy("Open"), "info"),
    Standing.PARTIAL: (gettext_lazy("Partly settled"), "warning"),
    Standing.SETTLED: (gettext_lazy("Settled"), "success"),
    Standing.REVERSED: (gettext_lazy("Reversed"), "muted"),
    Standing.REVERSAL: (gettext_lazy("Reversal"), "muted"),
}
EVENTS: dict[EventKind, Text] = {
    EventKind.POSTED: gettext_lazy("Posted"),
    EventKind.REVERSED: gettext_lazy("Reversed"),
    EventKind.ALLOCATED: gettext_lazy("Allocated"),
    EventKind.TAKEN_BACK: gettext_lazy("Allocation taken back"),
}


def get_document(request: HttpRequest, pk: int) -> Document:
    """A document in the user's scope. Raises Http404."""
    rows = Document.objects.visible_to(signed_in(request))
    related = (*reads.RELATED, "reverses", "corrects", "from_statement__statement")
    found: Document = get_object_or_404(rows.select_related(*related), pk=pk)
    return found


def page_of(document: Document) -> str:
    """A document's page."""
    return reverse("settlements:document-detail", args=[document.pk])


def name_of(document: Document) -> str:
    """A document in words: kind and number."""
    return f"{DocumentKind(document.kind).label} {document.number}"


@requires("receivables.view")
@require_GET
def document_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, instalments with what settled them, and who did what when."""
    user = signed_in(request)
    document = get_document(request, pk)
    read = reads.read_document(document, user)
    text, state = STANDINGS[read.standing]
    made = getattr(document, "from_statement", None)
    statement = made.statement if made is not None else None
    context = {
        "document": document,
        "read": read,
        "today": timezone.localdate(),
        "badge": Badge(text, state).__html__(),
        "events": [(EVENTS[event.kind], event) for event in read.events],
        "crumbs": ledger_crumbs((name_of(document), "")),
        "seen": _seen(user, document),
        "statement": statement,
        **_may(user, read, statement),
    }
    return render(request, "settlements/document_detail.html", context)


def _seen(user: User, document: Document) -> dict[str, bool]:
    """Which of the things beside the document the user may open."""
    ids = [pk for pk in (document.account_id, document.party_id) if pk]
    accounts = set(Account.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    others = [pk for pk in (document.corrects_id, document.reverses_id) if pk]
    documents = visible_documents(user, others) if others else set()
    return {
        "party": document.party_id in accounts,
        "corrects": document.corrects_id in documents,
        "reverses": document.reverses_id in documents,
        "batch": user.can("imports.view"),
        "statement": user.can("statements.view"),
    }


def _may(user: User, read: DocumentRead, statement: SettlementStatement | None) -> dict[str, bool]:
    """What the user may do with the document as it stands; a statement's goes with it alone."""
    stands = read.standing not in {Standing.REVERSED, Standing.REVERSAL}
    is_open = stands and read.open > 0
    return {
        "may_reverse": stands and statement is None and user.can("receivables.reverse"),
        "may_take_back": user.can("receivables.reverse"),
        "may_allocate": is_open and read.is_credit and user.can("receivables.allocate"),
        "may_refund": is_open and read.is_credit and user.can("receivables.post"),
        "may_write_off": is_open and user.can("receivables.post"),
        "may_correct": stands and not read.is_credit and user.can("receivables.post"),
    }


@requires("receivables.post")
@require_http_methods(["GET", "POST"])
def document_create(request: HttpRequest) -> HttpResponse:
    """A new invoice, credit note or debit note: posted whole or not at all, and once."""
    user = signed_in(request)
    form = DocumentForm(request.POST or None, user=user, initial=_first_values(request))
    if request.method == "POST" and form.is_valid():
        try:
            document = _post(form)
        except RefusedError as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("%s was posted.") % name_of(document))
            return redirect(page_of(document))
    context = {
        "form": form,
        "unfold_rows": form.is_bound and form.has_rows(),
        "crumbs": ledger_crumbs((_("New document"), "")),
        "cancel_url": reverse("settlements:item-list"),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/document_form.html", context, status=status)


def _post(form: DocumentForm) -> Document:
    values = form.cleaned_data
    return post_document(
        kind=DocumentKind(values["kind"]),
        selling_company=values["selling_company"],
        account=values["account"],
        currency=values["currency"].pk,
        document_date=values["document_date"],
        instalments=form.parts(),
        corrects=form.correction(),
        **form.facts("document"),
    )


def _first_values(request: HttpRequest) -> dict[str, Any]:
    """What the address says: an account, a kind, or a document to correct."""
    query, user = request.GET, signed_in(request)
    found: dict[str, Any] = {"document_date": timezone.localdate(), **company_values()}
    if query.get("kind") in BY_HAND:
        found["kind"] = query["kind"]
    if query.get("account", "").isdecimal():
        account = Account.objects.visible_to(user).filter(pk=query["account"][:18]).first()
        found["account"] = as_typed(account) if account else ""
    if query.get("corrects", "").isdecimal():
        corrected = Document.objects.visible_to(user).filter(pk=query["corrects"][:18]).first()
        if corrected is not None:
            found |= {
                "account": as_typed(corrected.account),
                "selling_company": corrected.selling_company_id,
                "currency": corrected.currency_id,
                "corrects": corrected.number,
            }
    return found


def company_values() -> dict[str, Any]:
    """The company that sells in the base currency, else the first one, and its currency."""
    base = Organisation.objects.filter(pk=1).values("base_currency")
    own = Case(When(currency__in=base, then=0), default=1)
    company = SellingCompany.objects.filter(is_active=True).order_by(own, "code", "pk").first()
    if company is None:
        return {"currency": base_currency()}
    return {"selling_company": company.pk, "currency": company.currency_id}


@requires("receivables.reverse")
@require_http_methods(["GET", "POST"])
def document_reverse(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a document back, after saying what reopens and on which day it lands."""
    document = get_document(request, pk)
    read = reads.read_document(document, signed_in(request))
    if read.standing in {Standing.REVERSED, Standing.REVERSAL}:
        messages.info(request, _("%s is reversed already.") % name_of(document))
        return redirect(page_of(document))
    form = ReasonForm(
        request.POST or None,
        user=signed_in(request),
        initial={"effective_date": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            reversal = _reverse(document, form)
        except RefusedError as problem:
            form.refuse(problem, document.selling_company)
        else:
            messages.success(request, _("%s was reversed.") % name_of(document))
            return redirect(page_of(reversal))
    return confirm_page(
        request,
        title=_("Reverse %s?") % name_of(document),
        verb=_("Reverse"),
        text=_lands(document),
        goes=_goes(read),
        stays=_stays(read),
        form=form,
        back_url=page_of(document),
    )


def _reverse(document: Document, form: ReasonForm) -> Document:
    return reverse_document(
        document=document,
        reversed_on=form.cleaned_data["effective_date"],
        note=form.cleaned_data["note"],
        created_by=form.user,
        idempotency_key=form.idempotency_key("reverse"),
    )


def _lands(document: Document) -> str:
    """Where a reversal asked for today lands."""
    today = timezone.localdate()
    try:
        day = landing_day(document=document, wanted=today)
    except ClosedPeriodError as problem:
        return str(problem)
    if day == today:
        return _("An opposite document is posted. Nothing before its day changes.")
    words = _(
        "An opposite document is posted. It lands on %(day)s, the first day that the ledger allows."
    )
    return words % {"day": formats.date(day)}


def _goes(read: DocumentRead) -> list[str]:
    """What is open again afterwards."""
    found = []
    if read.open:
        words = _("%(amount)s that is still open of it")
        found.append(words % {"amount": formats.money(read.open, read.document.currency_id)})
    return found + [_reopens(line) for line in read.settlements if line.reversal is None]


def _reopens(line: Settlement) -> str:
    amount = formats.money(line.allocation.amount, line.allocation.currency_id)
    if line.other is None:
        return _("an allocation of %(amount)s, which is open again") % {"amount": amount}
    words = _("its allocation to %(document)s: there %(amount)s is open again")
    return words % {"document": name_of(line.other), "amount": amount}


def _stays(read: DocumentRead) -> list[str]:
    return [
        _("%s with its history, marked as reversed") % name_of(read.document),
        _("every figure as of a day before the reversal"),
    ]
