"""Items missing from a full extract: what is open here and the sender no longer names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core.badges import Badge, State
from kam.core.pages import safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import BulkAction, Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.choices import GapOutcome
from settlements.forms.gaps import AnswerForm, GapFilter
from settlements.models import ExtractGap
from settlements.selectors import gaps as reads
from settlements.services import gaps as services
from settlements.views.board_parts import url_of
from settlements.views.work_columns import account_url

POST = "receivables.post"
LIST = "settlements:gap-list"
MOST = 200
"""How many rows one answer may be for."""

_STATES: dict[str, State] = {
    GapOutcome.PAID: "success",
    GapOutcome.CANCELLED: "success",
    GapOutcome.CAME_BACK: "info",
    GapOutcome.STILL_OPEN: "info",
    GapOutcome.IGNORED: "muted",
}


def _badge(gap: ExtractGap) -> Badge:
    if gap.outcome:
        return Badge(gap.get_outcome_display(), _STATES[gap.outcome], title=gap.note)
    if not gap.open_now:  # type: ignore[attr-defined] # annotated by the selector
        return Badge(_("Settled since, waits for review"), "warning")
    return Badge(_("Waits for review"), "warning")


def _answer_url(gap: ExtractGap) -> str:
    return reverse("settlements:gap-answer", args=[gap.pk])


COLUMNS = [
    Column(
        name="document",
        title=gettext_lazy("Document"),
        value=lambda gap: str(gap.document),
        sort="document__number",
        link=_answer_url,
    ),
    Column(
        name="payer",
        title=gettext_lazy("Payer"),
        value="party.name",
        sort="party__name_key",
        link=lambda gap: account_url(gap.party_id),
    ),
    Column(
        name="then",
        title=gettext_lazy("Open then"),
        kind="money",
        value="open_amount",
        sort="open_amount",
        currency=lambda gap: gap.currency_id,
    ),
    Column(
        name="now",
        title=gettext_lazy("Open now"),
        kind="money",
        value="open_now",
        sort="open_now",
        currency=lambda gap: gap.currency_id,
    ),
    Column(
        name="date",
        title=gettext_lazy("Document date"),
        kind="date",
        value="document.document_date",
        sort="document__document_date",
        default=False,
    ),
    Column(
        name="batch",
        title=gettext_lazy("Missing since"),
        value=lambda gap: f"#{gap.batch_id} {gap.batch.source}",
        sort="batch_id",
        link=lambda gap: reverse("imports:batch-detail", args=[gap.batch_id]),
    ),
    Column(
        name="day",
        title=gettext_lazy("Day"),
        kind="datetime",
        value="batch.created_at",
        sort="batch__created_at",
    ),
    Column(name="outcome", title=gettext_lazy("State"), kind="badge", value=_badge),
    Column(
        name="note",
        title=gettext_lazy("Note"),
        value=lambda gap: gap.note or None,
        default=False,
        unknown=gettext_lazy("No note"),
    ),
    Column(
        name="by",
        title=gettext_lazy("Reviewed by"),
        value=lambda gap: str(gap.reviewed_by) if gap.reviewed_by else None,
        default=False,
        unknown=gettext_lazy("Nobody yet, or an import"),
    ),
]


@requires(POST)
@require_GET
def gap_list(request: HttpRequest) -> HttpResponseBase:
    """What waits for review first; answered ones by the filter."""
    table = Table(
        request,
        reads.gaps_for(signed_in(request)),
        COLUMNS,
        name="extract-gaps",
        caption=_("Items missing from extracts"),
        default_sort="-batch",
        row_url=_answer_url,
        filters=GapFilter,
        bulk=[BulkAction(title=_("Say what became of them"),
                         url=reverse("settlements:gap-answer-many"), icon="checks")],
        empty=Empty(
            _("Nothing is missing"),
            _("When a file says that it holds everything open, what it leaves out is listed here."),
            _("Import open items"),
            reverse("imports:batch-create"),
            icon="file-search",
        ),
    )  # fmt: skip
    return table.response("settlements/gap_list.html", {"crumbs": _crumbs()})


def _crumbs(title: str = "") -> list[tuple[Any, str]]:
    first = (_("Receivables"), url_of("board"))
    listed = (_("Items missing from extracts"), reverse(LIST) if title else "")
    return [first, listed, (title, "")] if title else [first, listed]


@requires(POST)
@require_http_methods(["GET", "POST"])
def gap_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One missing item: what is known of it, and what became of it."""
    gap = _get(request, pk)
    return _answer(request, [gap], AnswerForm(request.POST or None))


@requires(POST)
@require_POST
def gap_answer_many(request: HttpRequest) -> HttpResponse:
    """The rows selected: first asks what became of them, then says so for all."""
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    chosen = list(_rows(request).filter(pk__in=ids[:MOST], outcome=""))
    if not chosen:
        messages.info(request, _("Nothing that waits for review was selected."))
        return redirect(LIST)
    asked = "outcome" in request.POST or "answer" in request.POST
    return _answer(request, chosen, AnswerForm(request.POST if asked else None))


def _rows(request: HttpRequest) -> QuerySet[ExtractGap]:
    return reads.gaps_for(signed_in(request))


def _get(request: HttpRequest, pk: int) -> ExtractGap:
    found: ExtractGap = get_object_or_404(_rows(request), pk=pk)
    return found


def _answer(request: HttpRequest, gaps: list[ExtractGap], form: AnswerForm) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            count = services.answer_gaps(gaps=gaps, user=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            text = ngettext("%(n)s item was reviewed.", "%(n)s items were reviewed.", count)
            messages.success(request, text % {"n": count})
            return redirect(safe_next(request, reverse(LIST)))
    one = gaps[0] if len(gaps) == 1 else None
    title = str(one.document) if one else _("Items missing from extracts")
    context = {
        "form": form,
        "gaps": gaps,
        "one": one,
        "title": title,
        "badge": _badge(one).__html__() if one else "",
        "receipt_url": url_of("receipt-create", account=one.party_id) if one else "",
        "document_url": url_of("document-detail", one.document_id) if one else "",
        "crumbs": _crumbs(title),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/gap_answer.html", context, status=status)


@requires(POST)
@require_POST
def gap_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer back."""
    gap = _get(request, pk)
    if not gap.outcome:
        raise Http404
    services.reopen_gap(gap=gap)
    messages.success(request, _("It waits for review again."))
    return redirect("settlements:gap-answer", pk=pk)
