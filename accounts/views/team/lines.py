"""What promises, requests and handovers bring to My day and to the head of an account's page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.choices import PromiseOutcome, PromiseSide, RequestStatus
from accounts.models import Account, Promise
from accounts.selectors.team import handovers, promises, requests
from kam.core import formats
from kam.core.cockpit import Line, LineProvider, line_providers
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User

SHOWN = 3


def register() -> None:
    """Register finders of todos, of open actions and of risks."""
    todo_providers.register(
        TodoProvider(key="promises", find=promised, capability="promises.view", order=24),
        TodoProvider(key="requests", find=asked, capability="team.view", order=25),
        TodoProvider(key="handovers", find=handed_over, capability="handovers.view", order=26),
    )
    line_providers.register(
        LineProvider(key="promises", what="action", find=open_promises, capability="promises.view"),
        LineProvider(key="requests", what="action", find=open_requests, capability="team.view"),
        LineProvider(
            key="broken-promises", what="action", find=broken, capability="promises.view", order=40
        ),
    )


def _when(day: date, as_of: date) -> str:
    words = _("Overdue since %s") if day < as_of else _("Due %s")
    return words % formats.date(day)


def _urgency(day: date, as_of: date) -> int:
    return 0 if day < as_of else 1 if day == as_of else 2


def promised(user: User, as_of: date) -> Iterator[Todo]:
    """What we promised and is due."""
    for one in promises.promises_due(user, as_of=as_of):
        is_late = one.is_overdue(as_of)
        yield Todo(
            title=_("Promised: %(what)s") % {"what": one.what},
            detail=f"{one.account.name} · {_when(one.due_on, as_of)}",
            url=one.get_absolute_url(),
            action=pgettext("verb", "Settle"),
            finish_url=reverse("accounts:promise-settle", args=[one.pk]),
            finish=pgettext("verb", "Kept"),
            finish_fields=(("outcome", "kept"), ("settled_on", as_of.isoformat())),
            state="danger" if is_late else "warning",
            icon="hand-stop" if is_late else "heart-handshake",
            urgency=_urgency(one.due_on, as_of),
        )


def asked(user: User, as_of: date) -> Iterator[Todo]:
    """Requests that wait for the user, and what became of those they sent."""
    for one in requests.waiting_for(user, as_of=as_of):
        is_new = one.status == RequestStatus.SENT
        yield Todo(
            title=_("Asked of you: %(what)s") % {"what": one.title},
            detail=f"{one.account.name} · {one.sender} · {_when(one.due_on, as_of)}",
            url=one.get_absolute_url(),
            action=pgettext("verb", "Answer") if is_new else pgettext("verb", "Finish"),
            finish_url=reverse("accounts:request-accept", args=[one.pk]) if is_new else "",
            finish=pgettext("verb", "Accept"),
            state="danger" if one.is_overdue(as_of) else "info",
            icon="inbox",
            urgency=min(_urgency(one.due_on, as_of), 1 if is_new else 2),
        )
    for one in requests.news_for(user, as_of=as_of):
        is_late = one.is_open
        words = _("Not done in time: %(what)s") if is_late else _("Declined: %(what)s")
        yield Todo(
            title=words % {"what": one.title},
            detail=f"{one.account.name} · {one.to_user or one.get_function_display()}",
            url=one.get_absolute_url(),
            action=_("Look"),
            state="warning",
            icon="message-x",
            urgency=0 if is_late else 1,
        )


def handed_over(user: User, as_of: date) -> Iterator[Todo]:
    """Packs that the new lead has not acknowledged."""
    for one in handovers.waiting_for(user, as_of=as_of):
        words = _("%(account)s is handed over to you on %(day)s")
        if one.effective_on <= as_of:
            words = _("%(account)s was handed over to you on %(day)s")
        yield Todo(
            title=words % {"account": one.account.name, "day": formats.date(one.effective_on)},
            url=one.get_absolute_url(),
            action=_("Read the pack"),
            icon="transfer",
            urgency=1,
        )


def open_promises(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Our open promises to the account, the next first."""
    rows = promises.promises_at(account, user).filter(
        side=PromiseSide.OURS, outcome=PromiseOutcome.OPEN
    )
    for one in rows.select_related("user").order_by("due_on", "pk")[:SHOWN]:
        yield Line(
            title=one.what,
            detail=f"{one.user} · {_when(one.due_on, as_of)}",
            url=one.get_absolute_url(),
            state="danger" if one.is_overdue(as_of) else "info",
            urgency=_urgency(one.due_on, as_of),
        )


def open_requests(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Open requests about the account, the next first."""
    rows = requests.requests_at(account, user).filter(closed_on__isnull=True)
    for one in rows.order_by("due_on", "pk")[:SHOWN]:
        yield Line(
            title=one.title,
            detail=f"{one.to_user or one.get_function_display()} · {_when(one.due_on, as_of)}",
            url=one.get_absolute_url(),
            state="danger" if one.is_overdue(as_of) else "info",
            urgency=_urgency(one.due_on, as_of),
        )


def broken(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Promises of either side that are overdue, or were broken within ninety days."""
    late = Q(outcome=PromiseOutcome.OPEN, due_on__lt=as_of)
    gone = Q(outcome=PromiseOutcome.BROKEN, settled_on__gt=as_of - promises.LATELY)
    rows = promises.promises_at(account, user).filter(late | gone)
    for one in rows.order_by("due_on", "pk")[:SHOWN]:
        yield Line(
            title=_broken_in_words(one),
            detail=_when(one.due_on, as_of) if one.is_open else one.outcome_note,
            url=one.get_absolute_url(),
            state="danger" if one.is_ours else "warning",
            urgency=0 if one.is_ours else 1,
        )


def _broken_in_words(one: Promise) -> str:
    if one.is_ours:
        words = _("We are late: %s") if one.is_open else _("We broke a promise: %s")
    else:
        words = _("They are late: %s") if one.is_open else _("They broke a promise: %s")
    return words % one.what
