"""The life of a settlement statement: each act on its own page, with what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kam.core import htmx
from kam.core.formats import Text
from kam.core.pages import MovedOnError, confirm_page
from kam.core.problems import Blocker, RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.settling import LinePart
from settlements.forms.settling import (
    ConfirmForm,
    CorrectForm,
    DayForm,
    DisputeForm,
    NoteForm,
    PostForm,
)
from settlements.forms.terms.fields import note
from settlements.models import SettlementStatement
from settlements.services.settling.drafting import cancel_statement, redraft_statement
from settlements.services.settling.files import signed_file
from settlements.services.settling.issuing import (
    confirm_statement,
    correct_statement,
    dispute_statement,
    issue_statement,
    reject_dispute,
)
from settlements.services.settling.posting import (
    post_statement,
    posting_blockers,
    take_back_statement,
)
from settlements.views.settling import common

# icons: send message-report pencil circle-check book-upload arrow-back-up ban refresh
type Act = Callable[[dict[str, Any]], SettlementStatement]


def _today() -> dict[str, Any]:
    return {"day": timezone.localdate()}


def _statement(request: HttpRequest, pk: int, act: str) -> SettlementStatement:
    """A statement that allows the act. Raises Http404, MovedOnError where it stands elsewhere."""
    row = common.get_statement(request, pk)
    if not common.may(signed_in(request), row)[act]:
        state = common.state_badge(row).text
        words = _("The statement is %(state)s.") % {"state": str(state).lower()}
        raise MovedOnError(words, row.get_absolute_url())
    return row


@requires(common.DRAFT)
@require_POST
def settling_redraft(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute a draft anew from the reports as they stand."""
    row = _statement(request, pk, "redraft")
    try:
        redraft_statement(statement=row)
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The draft is computed anew."))
    return redirect(row.get_absolute_url())


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a draft."""
    row, user = _statement(request, pk, "issue"), signed_in(request)
    form = DayForm(request.POST or None, label=_("Date of the statement"), initial=_today())

    def act(values: dict[str, Any]) -> SettlementStatement:
        return issue_statement(statement=row, issued_on=values["day"], issued_by=user)

    return _page(
        request,
        row,
        form,
        act,
        title=_("Issue the statement"),
        verb=_("Issue"),
        lead=_("It gets its number and does not change any more."),
        said=_("The statement is issued."),
    )


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what the customer contests."""
    row, user = _statement(request, pk, "dispute"), signed_in(request)
    start = {**_today(), "line": request.GET.get("line")}
    form = DisputeForm(request.POST or None, statement=row, initial=start)

    def act(values: dict[str, Any]) -> SettlementStatement:
        dispute_statement(
            statement=row,
            contests=[form.contest()],
            raised_on=values["day"],
            raised_by=user,
            at=timezone.now(),
        )
        return row

    return _page(
        request,
        row,
        form,
        act,
        title=_("The customer contests something"),
        verb=_("Dispute"),
        lead=_("A disputed statement is put right or stands as it is; it is not posted meanwhile."),
        said=_("The dispute is noted."),
    )


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the statement stand."""
    row = _statement(request, pk, "reject")
    return _noted(
        request,
        row,
        lambda day, text: reject_dispute(statement=row, settled_on=day, note=text),
        title=_("Let the statement stand"),
        verb=_("Let it stand"),
        lead=_("Its disputes are settled without a change. It waits for confirmation again."),
        said=_("The statement stands."),
    )


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the next version."""
    row, user = _statement(request, pk, "correct"), signed_in(request)
    form = CorrectForm(request.POST or None, statement=row, initial=_today())

    def act(values: dict[str, Any]) -> SettlementStatement:
        return correct_statement(
            statement=row,
            corrected_on=values["day"],
            corrected_by=user,
            claims=form.claims(),
            note=values["note"],
            at=timezone.now(),
        )

    return _page(
        request,
        row,
        form,
        act,
        title=_("Correct the statement"),
        verb=_("Issue the next version"),
        lead=_("It is computed anew from the reports as they stand; this version is cancelled."),
        said=_("The next version is issued."),
    )


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the customer's confirmation."""
    row, user = _statement(request, pk, "confirm"), signed_in(request)
    form = ConfirmForm(request.POST or None, request.FILES or None, initial=_today())

    def act(values: dict[str, Any]) -> SettlementStatement:
        return confirm_statement(
            statement=row,
            confirmed_on=values["day"],
            confirmed_by=values["confirmed_by"],
            note=values["note"],
            file=signed_file(values["file"]) if values["file"] else None,
            recorded_by=user,
            at=timezone.now(),
        )

    return _page(
        request,
        row,
        form,
        act,
        title=_("The customer confirmed the statement"),
        verb=_("Confirm"),
        lead=_("By the signed file, or by whoever said so."),
        said=_("The statement is confirmed."),
    )


@requires(common.POST)
@require_http_methods(["GET", "POST"])
def settling_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a confirmed statement to the ledger, once."""
    row, user = _statement(request, pk, "post"), signed_in(request)
    form = PostForm(request.POST or None, user=user, initial=_today())

    def act(values: dict[str, Any]) -> SettlementStatement:
        return post_statement(
            statement=row,
            posted_on=values["day"],
            posted_by=user,
            idempotency_key=form.idempotency_key("settle"),
        )

    blockers = posting_blockers(row, timezone.localdate(), user)
    return _page(
        request,
        row,
        form,
        act,
        title=_("Post the statement"),
        verb=_("Post"),
        lead=_("Documents are posted, fees are set off and the revenue is booked."),
        said=_("The statement is posted."),
        sums=_sums(row),
        left_open=common.left_open_words(row),
        blockers=[one for one in blockers if one.field != "posted_on"],
        cautions=[one for one in blockers if one.field == "posted_on"],
        names={"posted_on": "day"},
    )


def _sums(row: SettlementStatement) -> list[tuple[Text, Decimal]]:
    """What a statement will post: the receivable, the claims beside it, what is left of it."""
    claims = [line for line in row.lines.all() if line.part == LinePart.CLAIM]
    brought = [(_("Brought forward"), row.brought_forward)] if row.brought_forward else []
    left = _("Remains in their favour") if row.remains < 0 else _("Remains to be paid")
    rest = [(left, row.remains)] if claims or brought else []
    carried = [(_("Carried to the next statement"), row.carried_forward)]
    return [
        (_("Payable"), row.payable),
        *brought,
        *((line.what, line.amount) for line in claims),
        *rest,
        *(carried if row.carried_forward else []),
    ]


@requires(common.POST)
@require_http_methods(["GET", "POST"])
def settling_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a posted statement back by opposite documents."""
    row, user = _statement(request, pk, "take_back"), signed_in(request)
    return _noted(
        request,
        row,
        lambda day, text: take_back_statement(
            statement=row, taken_back_on=day, taken_back_by=user, note=text, at=timezone.now()
        ),
        title=_("Take the statement back"),
        verb=_("Take back"),
        lead=_("Opposite documents and opposite revenue are posted; its period is free again."),
        said=_("The statement is taken back."),
        is_grave=True,
    )


@requires(common.DRAFT)
@require_http_methods(["GET", "POST"])
def settling_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a statement that was not posted, after asking."""
    row = _statement(request, pk, "cancel")
    if request.method == "POST":
        try:
            cancel_statement(statement=row)
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The statement is cancelled."))
        return htmx.redirect(request, row.get_absolute_url())
    return confirm_page(
        request,
        title=_("Cancel %s?") % row,
        verb=_("Cancel the statement"),
        back_url=row.get_absolute_url(),
        goes=[_("its hold on the period: another statement can be made")],
        stays=[_("its lines and its history")],
    )


def _noted(
    request: HttpRequest,
    row: SettlementStatement,
    act: Callable[[date, str], SettlementStatement],
    **words: Any,
) -> HttpResponse:
    """The page of an act that asks for its day and why."""
    form = NoteForm(request.POST or None, initial=_today())
    return _page(request, row, form, lambda values: act(values["day"], values["note"]), **words)


_DAYS = dict.fromkeys(("issued_on", "raised_on", "corrected_on", "confirmed_on"), "day")
"""Each act has one day; services name it after what it is the day of."""


def _page(
    request: HttpRequest,
    row: SettlementStatement,
    form: forms.Form,
    act: Act,
    *,
    said: Text,
    blockers: Sequence[Blocker] = (),
    names: dict[str, str] | None = None,
    **words: Any,
) -> HttpResponse:
    """The page of an act, or the act itself; a refusal stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except RefusedError as problem:
            note(form, problem, names=names or _DAYS)
        else:
            messages.success(request, str(said))
            return redirect(made.get_absolute_url())
    context = {
        "statement": row,
        "form": form,
        "blockers": blockers,
        "crumbs": common.crumbs((str(row), row.get_absolute_url()), (words["verb"], "")),
        **words,
    }
    return render(
        request, "settlements/settling_act.html", context, status=422 if form.errors else 200
    )
