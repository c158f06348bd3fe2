"""Settlement statements together, those still to be made, and new drafts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from accounts.views.accounts import get_account
from kam.core import formats
from kam.core.dates import add_months
from kam.core.jobs import enqueue
from kam.core.pages import form_page
from kam.core.problems import RefusedError
from kam.core.tables import Column, Empty, Table
from kam.core.tables.paging import ListPager
from kam.core.tables.state import State
from kam.core.tables.table import PAGE_SIZE
from kam.identity.decorators import requires, signed_in
from settlements.forms.settling import DraftForm, DueForm, period_of
from settlements.forms.terms.fields import note
from settlements.models import SettlementStatement, SettlementTerm
from settlements.selectors.settling.calendar import Due, statements_due, with_terms
from settlements.selectors.settling.reads import statements_for
from settlements.services.settling.drafting import draft_due, draft_statement, draft_true_up
from settlements.views.settling import common
from settlements.views.settling.filters import SettlingFilter

# icons: file-check plus calendar-due
AT_ONCE = 50
"""So many agreements are drafted while one waits; more become a job."""


@requires(common.VIEW)
@require_GET
def settling_list(request: HttpRequest) -> HttpResponseBase:
    """Statements in the user's scope, where they stand."""
    user = signed_in(request)
    table = Table(
        request,
        statements_for(user),
        _columns(),
        name="settlement-statements",
        caption=_("Settlement statements"),
        default_sort="-period",
        row_url=SettlementStatement.get_absolute_url,
        filters=SettlingFilter,
        empty=Empty(
            _("No settlement statement was made yet"),
            _("A statement says what consigned goods or a turnover come to in a period."),
            _("To be made") if user.can(common.DRAFT) else "",
            reverse("settlements:settling-due") if user.can(common.DRAFT) else "",
            icon="file-check",
        ),
    )
    context = {"crumbs": common.crumbs(), "tabs": common.tabs("all")}
    return table.response("settlements/settling_list.html", context)


def _currency(row: SettlementStatement) -> str:
    return str(row.currency_id)


def _columns() -> list[Column]:
    return [
        Column(
            name="number", title=_("Number"), value=str, sort="number",
        ),
        Column(
            name="account", title=_("Account"), value=lambda row: (row.store or row.account).name,
            sort="account__name_key",
            link=lambda row: (row.store or row.account).get_absolute_url(),
        ),
        Column(name="kind", title=_("Kind"), value=lambda row: row.get_kind_display(),
               sort="kind"),
        Column(name="period", title=_("Period"), sort="period",
               value=lambda row: common.days(row.period.lower, row.period.upper)),
        Column(name="state", title=_("State"), kind="badge", value=common.state_badge,
               sort="state"),
        Column(name="payable", title=_("Payable"), kind="money", value="payable", sort="payable",
               currency=_currency),
        Column(name="claimed", title=_("Claimed"), kind="money", value="claimed", sort="claimed",
               currency=_currency, default=False),
        Column(name="remains", title=_("Remains"), kind="money", value="remains",
               currency=_currency,
   default=False),
        Column(name="due_on", title=_("Due"), kind="date", value="due_on", sort="due_on",
               nullable=True, unknown=_("Not posted yet")),
        Column(name="currency", title=_("Currency"), value="currency_id", sort="currency",
               default=False),
    ]  # fmt: skip


@requires(common.VIEW)
@require_GET
def settling_due(request: HttpRequest) -> HttpResponse:
    """Which statement falls due when: periods that are over and those that end soon.

    Of all accounts or (`account`) of one and all below it; `older` shows the old ones alone.
    """
    user, today, account = signed_in(request), timezone.localdate(), _account(request)
    found = statements_due(user, as_of=today, account=account)
    old = [one for one in found if one.is_old]
    new = [one for one in found if one.is_over and not one.is_old]
    only_old = bool(request.GET.get("older"))
    context = {
        "today": today,
        "account": account,
        "only_old": only_old,
        "older": len(old),
        "older_url": due_url(account, older=True),
        "newer_url": due_url(account),
        "over": _part(request, old if only_old else new, ""),
        "ahead": _part(request, [] if only_old else [one for one in found if not one.is_over],
                       "next-"),
        "may_draft": user.can(common.DRAFT),
        "may_draft_all": user.can(common.POST) and account is None,
        "form": DueForm(initial=_days_to_draft(today, old if only_old else [])),
        "tabs": common.tabs("due"),
        "crumbs": common.crumbs((_("To be made"), "")),
    }  # fmt: skip
    return render(request, "settlements/settling_due.html", context)


def due_url(account: Account | None = None, *, older: bool = False) -> str:
    """The address of the statements to be made, of one account or of all."""
    wanted = {"account": account.pk} if account else {}
    words = urlencode(wanted | ({"older": 1} if older else {}))
    return f"{reverse('settlements:settling-due')}{words and '?' + words}"


def _account(request: HttpRequest) -> Account | None:
    """The account that the address names. Raises Http404."""
    asked = request.GET.get("account", "")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    return get_account(request, int(asked))


def _days_to_draft(today: date, old: list[Due]) -> dict[str, date]:
    """Last month; where old ones are shown, the days on which those ended."""
    if old:
        return {"start": old[0].last_day, "last": old[-1].last_day}
    month = today.replace(day=1)
    return {"start": add_months(month, -1), "last": month - timedelta(days=1)}


def _part(request: HttpRequest, rows: list[Due], prefix: str) -> dict[str, Any]:
    """A page of the statements that fall due, and the addresses of the pages beside it."""
    state = State.of(request, prefix)
    page = ListPager(rows, None, size=PAGE_SIZE).page(
        after=state.get("after"), before=state.get("before")
    )
    return {
        "rows": with_terms(page.rows),
        "previous_url": state.url(before=page.previous) if page.previous else "",
        "next_url": state.url(after=page.next) if page.next else "",
        "total": page.total,
        "shown": formats.number(page.total or 0, 0),
    }


@requires(common.POST)
@require_POST
def settling_draft_all(request: HttpRequest) -> HttpResponse:
    """Draft everything that fell due on some days: at once for a few, as a job for many."""
    user = signed_in(request)
    form = DueForm(request.POST)
    back = redirect("settlements:settling-due")
    if not form.is_valid():
        messages.error(request, _("Say from which day up to which."))
        return back
    start, end = period_of(form.cleaned_data)
    due = statements_due(user, as_of=timezone.localdate())
    if sum(start <= one.end <= end for one in due) > AT_ONCE:
        enqueue(
            "settlements.draft_statements",
            key=f"settlements.draft_statements:{start}:{end}",
            start=start.isoformat(),
            end=end.isoformat(),
            user_id=user.pk,
        )
        messages.info(request, _("The drafts are being made. Their progress is under Jobs."))
        return back
    done = draft_due(start=start, end=end, drafted_by=user)
    words = ngettext("%(n)s draft was made.", "%(n)s drafts were made.", done.made)
    messages.success(request, words % {"n": done.made})
    for one in done.refused[:10]:
        messages.warning(request, f"{one.job.rules.agreement_number}: {one.problem}")
    return back


def get_term(request: HttpRequest, pk: int) -> SettlementTerm:
    """A term in the user's scope. Raises Http404."""
    rows = SettlementTerm.objects.visible_to(signed_in(request))
    found: SettlementTerm = get_object_or_404(
        rows.select_related("version__agreement__account"), pk=pk
    )
    return found


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the statement of a term for a period, or the true-up of its guarantee."""
    user, term = signed_in(request), get_term(request, pk)
    is_true_up = request.GET.get("kind") == "true_up"
    form = DraftForm(request.POST or None, term=term, user=user, initial=_first(request))
    if is_true_up:
        del form.fields["trading_days"]
    if request.method == "POST" and form.is_valid():
        try:
            statement = _draft(form.cleaned_data, term, user, is_true_up=is_true_up)
        except RefusedError as problem:
            note(form, problem, names={"period": "start"})
        else:
            messages.success(request, _("The draft is computed."))
            return redirect(statement.get_absolute_url())
    title = _("True-up of the guarantee") if is_true_up else _("New settlement statement")
    return form_page(
        request,
        form,
        title=title,
        save=_("Compute"),
        lead=f"{term.version.agreement.account.name} · {term.version.agreement} · {term}",
        cancel_url=reverse("settlements:settling-due"),
        crumbs=common.crumbs((title, "")),
    )


def _draft(
    values: dict[str, Any], term: SettlementTerm, user: Any, *, is_true_up: bool
) -> SettlementStatement:
    start, end = period_of(values)
    store_id = values["store"].pk if values["store"] else None
    if is_true_up:
        return draft_true_up(
            term=term, start=start, end=end, drafted_by=user, store_id=store_id,
            note=values["note"],
        )  # fmt: skip
    return draft_statement(
        term=term,
        start=start,
        end=end,
        drafted_by=user,
        store_id=store_id,
        trading_days=values["trading_days"],
        note=values["note"],
    )


def _first(request: HttpRequest) -> dict[str, Any]:
    """The period that the address says, else last month."""
    month = timezone.localdate().replace(day=1)
    return {
        "start": request.GET.get("start") or add_months(month, -1),
        "last": request.GET.get("last") or month - timedelta(days=1),
    }
