"""Statements of account: one on screen and on paper, many as one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Account
from accounts.views.accounts import account_crumbs, get_account
from kam.core import exports
from kam.core.models import Organisation
from kam.core.pages import Crumbs
from kam.core.tables import BulkAction, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.filters import StatementFilter
from settlements.forms.ageing import StatementForm
from settlements.selectors.statement import Statement, statement
from settlements.selectors.statement_list import last_run, owing
from settlements.views.board_parts import (
    age_bar,
    band_shade,
    band_title,
    items_url,
    scope_of,
    url_of,
)
from settlements.views.statements_pdf import Sheet, document_words, statement_pdf
from settlements.views.statements_table import Amounts, statement_columns
from settlements.views.statements_zip import zipped

MOST = 500


@dataclass(frozen=True)
class Asked:
    """A statement that was asked for, scoped."""

    user: User
    form: StatementForm

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        """Read the address."""
        form = StatementForm(request.GET or request.POST, today=timezone.localdate())
        form.is_valid()
        return cls(signed_in(request), form)

    def of_account(self, account: Account) -> Statement:
        """The statement of an account with everything below it."""
        return statement(self.form.period, account=account.pk, leads=scope_of(self.user))


def _sheet(account: Account) -> Sheet:
    issuer = Organisation.objects.values_list("name", flat=True).get(pk=1)
    return Sheet(account=account.name, issuer=issuer, printed_on=timezone.localdate())


@require_GET
@requires("receivables.view")
def statement_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The statement of one account, on screen or as a file."""
    account = get_account(request, pk)
    asked = Asked.of(request)
    found = asked.of_account(account)
    if kind := request.GET.get("export"):
        return _file(request, kind, account, found)
    context = {
        "account": account,
        "form": asked.form,
        "period": asked.form.words,
        "statement": found,
        "blocks": [_block(one, found, account) for one in found.currencies],
        "issuer": _sheet(account).issuer,
        "query": request.GET.urlencode(),
        "crumbs": _crumbs(account),
    }
    return render(request, "settlements/statement.html", context)


def _crumbs(account: Account) -> Crumbs:
    return account_crumbs(account, (_("Statement"), ""))


def _block(one: Any, found: Statement, account: Account) -> dict[str, Any]:
    """A currency's lines and its ageing, dressed."""
    day = found.period.last_day
    bands = found.bands
    buckets = one.aged.buckets if one.aged else ()
    return {
        "one": one,
        "lines": [
            {
                "line": line,
                "words": document_words(line),
                "url": url_of("document-detail", line.document_id),
            }
            for line in one.lines
        ],
        "bar": age_bar(buckets, bands),
        "bands": [
            {
                "title": band_title(name),
                "shade": band_shade(place, bands),
                "amount": amount,
                "url": items_url(as_of=day, account=account.pk, bucket=name, currency=one.currency),
            }
            for place, (name, amount) in enumerate(zip(bands.names, buckets, strict=bool(buckets)))
        ],
    }


def _file(request: HttpRequest, kind: str, account: Account, found: Statement) -> HttpResponseBase:
    """All lines of all currencies, each with its balance; opening and closing are lines too."""
    records = list(_records(found))
    return exports.export_response(
        request,
        name=f"statement-{account.pk}",
        kind=kind,
        headings=[
            _("Currency"), _("Date"), _("Document"), _("Reference"), _("Due"), _("Debit"),
            _("Credit"), _("Balance"),
        ],
        records=lambda: records,
        exceeds=lambda limit: len(records) > limit,
        back_url=reverse("settlements:statement", args=[account.pk]),
    )  # fmt: skip


def _records(found: Statement) -> Iterator[Sequence[Any]]:
    period = found.period
    for one in found.currencies:
        yield one.currency, period.start, _("Opening balance"), "", None, None, None, one.opening
        for line in one.lines:
            yield (
                one.currency, line.posting_date, document_words(line), line.reference, line.due_on,
                line.debit, line.credit, line.balance,
            )  # fmt: skip
        yield one.currency, period.last_day, _("Closing balance"), "", None, None, None, one.closing


@require_GET
@requires("receivables.view")
def statement_as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement of one account as PDF, in the user's language."""
    account = get_account(request, pk)
    found = Asked.of(request).of_account(account)
    return HttpResponse(
        statement_pdf(found, _sheet(account)),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{_file_name(account, found)}"',
            "Cache-Control": "no-store",
        },
    )


def _file_name(account: Account, found: Statement) -> str:
    name = slugify(account.name)[:60]
    return f"statement-{account.pk}{'-' + name if name else ''}-{found.period.last_day}.pdf"


@require_GET
@requires("receivables.view")
def statement_list(request: HttpRequest) -> HttpResponseBase:
    """Accounts with open items, to choose for one file of statements."""
    user = signed_in(request)
    asked = Asked.of(request)
    zip_url, amounts = reverse("settlements:statement-zip"), Amounts()
    table = Table(
        request,
        owing(user),
        statement_columns(amounts),
        name="statements",
        caption=_("Accounts with open items"),
        default_sort="-overdue",
        row_url=lambda account: reverse("settlements:statement", args=[account.pk]),
        filters=StatementFilter,
        bulk=[BulkAction(title=_("Statements as one ZIP"), url=zip_url, icon="file-zip")],
        empty=Empty(
            _("Nothing is open"),
            _("Accounts stand here that had open items at the last overdue run."),
            icon="file-text",
        ),
    )
    amounts.table = table
    context = {
        "form": asked.form,
        "zip_url": f"{zip_url}?{request.GET.urlencode()}",
        "most": MOST,
        "last_run": last_run(),
        "crumbs": [(_("Receivables"), reverse("settlements:board")), (_("Statements"), "")],
    }
    return table.response("settlements/statement_list.html", context)


@require_http_methods(["GET", "POST"])
@requires("receivables.view")
def statement_zip(request: HttpRequest) -> HttpResponseBase:
    """One file with the statements of the accounts chosen, or of all that the filter shows."""
    user = signed_in(request)
    rows = owing(user)
    if request.method == "POST":
        ids = [int(one) for one in request.POST.getlist("ids") if one.isascii() and one.isdigit()]
        rows = Account.objects.visible_to(user).not_merged().filter(pk__in=ids[: MOST + 1])
    else:
        rows = StatementFilter(request.GET, queryset=rows, request=request).qs
    accounts = list(rows.order_by("name_key", "pk")[: MOST + 1])
    if not accounts or len(accounts) > MOST:
        text = _("Choose at least one account.")
        if accounts:
            text = _("One file holds at most 500 statements. Choose fewer, or narrow the list.")
        messages.warning(request, text)
        return HttpResponseRedirect(f"{reverse('settlements:statement-list')}")
    return _zip(Asked.of(request), accounts)


def _zip(asked: Asked, accounts: Sequence[Account]) -> StreamingHttpResponse:
    def files() -> Iterator[tuple[str, bytes]]:
        for account in accounts:
            found = asked.of_account(account)
            yield _file_name(account, found), statement_pdf(found, _sheet(account))

    response = StreamingHttpResponse(zipped(files()), content_type="application/zip")
    name = f"statements-{timezone.localdate()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
