"""Requests to the team: received, sent, one of them, its answer and what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.team import AnswerForm, CancelForm, CommentForm, RequestForm
from accounts.models import TeamRequest
from accounts.selectors.team import requests as reads
from accounts.selectors.team.members import memberships_of
from accounts.services.team import requests as services
from accounts.views.accounts import account_crumbs, all_accounts, get_account
from accounts.views.team.common import (
    account_page,
    priority_badge,
    request_badge,
    sign,
)
from accounts.views.team.filters import RequestFilter
from kam.core.nav import Tab
from kam.core.pages import Crumbs, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

RECEIVED, SENT, CLOSED, ALL = "received", "sent", "closed", "all"
LISTS: dict[str, tuple[Any, Callable[[User], QuerySet[TeamRequest]]]] = {
    RECEIVED: (
        gettext_lazy("Asked of me"),
        lambda user: reads.received_by(user).filter(closed_on__isnull=True),
    ),
    SENT: (
        gettext_lazy("Sent by me"),
        lambda user: reads.sent_by(user).filter(closed_on__isnull=True),
    ),
    CLOSED: (
        pgettext_lazy("requests", "Closed"),
        lambda user: reads.requests_for(user).filter(closed_on__isnull=False),
    ),
    ALL: (gettext_lazy("All that I may see"), reads.requests_for),
}


def _crumbs(*steps: tuple[str, str]) -> Crumbs:
    here = (_("Requests"), reverse("accounts:request-list") if steps else "")
    return [all_accounts(), here, *steps]


WHO = [
    Column(
        name="function",
        title=gettext_lazy("Function"),
        value=lambda row: row.get_function_display(),
        sort="function",
    ),
    Column(
        name="to",
        title=gettext_lazy("Of whom"),
        value=lambda row: str(row.to_user) if row.to_user else None,
        sort="to_user__full_name",
        unknown=gettext_lazy("Whoever of the function takes it first"),
    ),
    Column(
        name="sender",
        title=gettext_lazy("From"),
        value=lambda row: str(row.sender),
        sort="sender__full_name",
    ),
    Column(
        name="sent",
        title=gettext_lazy("Sent on"),
        kind="date",
        value="sent_on",
        sort="sent_on",
        default=False,
    ),
]


def _columns() -> list[Column]:
    """What is asked, where it stands, and of whom."""
    today = timezone.localdate()
    return [
        Column(name="title", title=gettext_lazy("What is asked"), sort="title"),
        Column(
            name="account",
            title=gettext_lazy("Account"),
            value="account.name",
            sort="account__name_key",
        ),
        Column(
            name="status",
            title=gettext_lazy("Status"),
            kind="badge",
            value=lambda row: request_badge(row, today),
            sort="status",
        ),
        Column(name="due", title=gettext_lazy("Due"), kind="date", value="due_on", sort="due_on"),
        Column(
            name="priority",
            title=gettext_lazy("Priority"),
            kind="badge",
            value=priority_badge,
            sort="priority",
            unknown=gettext_lazy("Normal priority"),
        ),
        *WHO,
    ]


@requires("team.view")
@require_GET
def request_list(request: HttpRequest) -> HttpResponseBase:
    """Open requests asked of the user or sent by them, closed ones, or all that they may see."""
    user = signed_in(request)
    which = request.GET.get("list", RECEIVED)
    which = which if which in LISTS else RECEIVED
    table = Table(
        request,
        LISTS[which][1](user),
        _columns(),
        name="requests",
        caption=_("Requests"),
        default_sort="-due" if which == CLOSED else "due",
        row_url=lambda row: row.get_absolute_url(),
        filters=RequestFilter,
        empty=Empty(
            _("No requests here"),
            _("What the leads of accounts ask of supporting functions stands here, with its day."),
            icon="inbox",
        ),
    )
    url = reverse("accounts:request-list")
    tabs = [Tab(title, f"{url}?list={name}", active=name == which)
            for name, (title, _rows) in LISTS.items()]  # fmt: skip
    context = {"crumbs": _crumbs(), "tabs": tabs, "supported": _supported(user)}
    return table.response("accounts/request_list.html", context)


def _supported(user: User) -> list[tuple[str, str]]:
    """The accounts on whose team the user stands, each once, with the page to work on it."""
    found = {
        row.account_id: row.account for row in memberships_of(user, as_of=timezone.localdate())
    }
    return [
        (account.name, reverse("accounts:team-work", args=[pk])) for pk, account in found.items()
    ]


def _request(request: HttpRequest, pk: int) -> TeamRequest:
    found: TeamRequest = get_object_or_404(reads.requests_for(signed_in(request)), pk=pk)
    return found


@requires("team.view")
@require_GET
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what is asked, where it stands, what was said."""
    user, today = signed_in(request), timezone.localdate()
    found = _request(request, pk)
    context = {
        "asked": found,
        "badge": sign(request_badge(found, today)),
        "priority": sign(priority_badge(found)),
        "days": (found.due_on - today).days,
        "comments": reads.comments_on(found, user),
        "form": CommentForm(),
        "may_answer": reads.may_answer(found, user),
        "may_cancel": reads.may_cancel(found, user),
        "may_comment": user.can("requests.answer"),
        "account_url": account_page(user, found.account, "team"),
        "crumbs": _crumbs((found.title, "")),
    }
    return render(request, "accounts/request_detail.html", context)


@requires("requests.send")
@require_http_methods(["GET", "POST"])
def request_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask something of the team."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    if not reads.may_send(account, user):
        raise Http404
    form = RequestForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            sent = services.send_request(
                account=account, sender=user, as_of=today, **form.cleaned_data
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The request was sent."))
            return redirect(sent.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Ask the team of %s") % account.name,
        save=_("Send"),
        cancel_url=f"{account.get_absolute_url()}#panel-team",
        crumbs=account_crumbs(account, (_("New request"), "")),
    )


@requires("requests.answer")
@require_POST
def request_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it on."""
    user, found = signed_in(request), _request(request, pk)
    if not reads.may_answer(found, user):
        raise Http404
    try:
        services.accept_request(request=found, by=user)
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("You accepted the request."))
    return redirect(safe_next(request, found.get_absolute_url()))


@requires("requests.answer")
@require_http_methods(["GET", "POST"])
def request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no, and why."""
    user = signed_in(request)

    def act(found: TeamRequest, words: str) -> None:
        services.decline_request(request=found, reason=words, by=user, as_of=timezone.localdate())

    return _answer(request, pk, _("Decline the request"), _("Decline"), act)


@requires("requests.answer")
@require_http_methods(["GET", "POST"])
def request_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is done, and what came of it."""
    user = signed_in(request)

    def act(found: TeamRequest, words: str) -> None:
        services.finish_request(request=found, outcome=words, by=user, as_of=timezone.localdate())

    return _answer(request, pk, _("What came of it?"), _("Done"), act)


def _answer(
    request: HttpRequest, pk: int, title: str, save: str, act: Callable[[TeamRequest, str], None]
) -> HttpResponse:
    found = _request(request, pk)
    if not reads.may_answer(found, signed_in(request)):
        raise Http404
    return _closing(request, found, AnswerForm(request.POST or None), title, save, act)


@requires("requests.send")
@require_http_methods(["GET", "POST"])
def request_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    found = _request(request, pk)
    if not reads.may_cancel(found, signed_in(request)):
        raise Http404

    def act(row: TeamRequest, words: str) -> None:
        services.cancel_request(request=row, reason=words, as_of=timezone.localdate())

    form = CancelForm(request.POST or None)
    if request.method == "POST":
        form = CancelForm(request.POST)
    return _closing(request, found, form, _("Take the request back"), _("Take back"), act)


def _closing(
    request: HttpRequest,
    found: TeamRequest,
    form: Any,
    title: str,
    save: str,
    act: Callable[[TeamRequest, str], None],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(found, form.cleaned_data["words"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(found.get_absolute_url())
    return form_page(
        request,
        form,
        title=title,
        lead=found.title,
        save=save,
        cancel_url=found.get_absolute_url(),
        crumbs=_crumbs((found.title, found.get_absolute_url()), (save, "")),
    )


@requires("requests.answer")
@require_POST
def request_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something."""
    found = _request(request, pk)
    form = CommentForm(request.POST)
    if form.is_valid():
        services.comment_on(request=found, author=signed_in(request), **form.cleaned_data)
    else:
        messages.error(request, _("Write something."))
    return redirect(f"{found.get_absolute_url()}#comments")
