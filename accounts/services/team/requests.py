"""What the lead asks of supporting functions: sending, answering, saying something."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import Priority, RequestStatus
from accounts.models import Account, RequestComment, TeamRequest
from accounts.selectors.team.members import members_on
from accounts.services import notices, tree
from kam.core.problems import RefusedError, explained, register_constraint
from kam.identity.models import User

CLOSED = _("This request is closed. Send another one.")
register_constraint("team_request_moves_on", CLOSED)
register_constraint("request_comment_append_only", _("Comments stay as they were written."))


@explained()
@transaction.atomic
def send_request(
    *,
    account: Account,
    sender: User,
    function: str,
    to_user: User | None,
    title: str,
    text: str = "",
    due_on: date,
    priority: int = Priority.NORMAL,
    as_of: date,
) -> TeamRequest:
    """Ask something of a function or of one colleague, by a day.

    Without `to_user` it goes to whoever stands for the function today: to the one person where
    there is one, else to all of them until one accepts. Raises RefusedError where nobody stands
    for it, for a day before today, and for somebody who cannot sign in.
    """
    tree.refuse_merged(account)
    if due_on < as_of:
        raise RefusedError(_("This day has passed."), field="due_on")
    if to_user is not None and not to_user.is_active:
        raise RefusedError(_("This person can no longer sign in."), field="to_user")
    words = " ".join(title.split())
    if not words:
        raise RefusedError(_("Say what is asked."), field="title")
    request = TeamRequest.objects.create(
        account=account,
        sender=sender,
        function=function,
        to_user=to_user or _only_one(account, function, as_of),
        title=words,
        text=text.strip(),
        due_on=due_on,
        sent_on=as_of,
        priority=priority,
    )
    notices.tell_of_request(request, as_of=as_of)
    return request


def _only_one(account: Account, function: str, as_of: date) -> User | None:
    found = {row.user_id: row.user for row in members_on(account, as_of=as_of, function=function)}
    if not found:
        raise RefusedError(
            _("Nobody stands for this function on the team: choose a colleague."), field="to_user"
        )
    return next(iter(found.values())) if len(found) == 1 else None


@explained()
@transaction.atomic
def accept_request(*, request: TeamRequest, by: User) -> TeamRequest:
    """Take a request on; one that was sent to a function is then that colleague's."""
    locked = _open(request)
    if locked.status == RequestStatus.ACCEPTED:
        raise RefusedError(_("Somebody accepted it meanwhile."), code="request_accepted")
    locked.status = RequestStatus.ACCEPTED
    locked.to_user = locked.to_user or by
    locked.save()
    notices.tell_of_answer(locked, by=by)
    return locked


@explained()
@transaction.atomic
def decline_request(*, request: TeamRequest, reason: str, by: User, as_of: date) -> TeamRequest:
    """Say no, and why."""
    words = _words(reason, _("Say why you cannot do it."))
    return _close(request, RequestStatus.DECLINED, words, by, as_of)


@explained()
@transaction.atomic
def finish_request(*, request: TeamRequest, outcome: str, by: User, as_of: date) -> TeamRequest:
    """Say that it is done, and what came of it."""
    words = _words(outcome, _("Say what came of it."))
    return _close(request, RequestStatus.DONE, words, by, as_of)


@explained()
@transaction.atomic
def cancel_request(*, request: TeamRequest, reason: str = "", as_of: date) -> TeamRequest:
    """Take a request back that is still open."""
    return _close(request, RequestStatus.CANCELLED, reason.strip(), None, as_of)


@explained()
@transaction.atomic
def comment_on(*, request: TeamRequest, author: User, text: str) -> RequestComment:
    """Say something about a request, open or closed."""
    words = _words(text, _("Write something."), "text")
    return RequestComment.objects.create(request=request, author=author, text=words)


def _close(
    request: TeamRequest, status: str, words: str, by: User | None, as_of: date
) -> TeamRequest:
    locked = _open(request)
    locked.status, locked.answer, locked.closed_on = status, words, as_of
    locked.to_user = locked.to_user or by
    locked.save()
    if by is not None:
        notices.tell_of_answer(locked, by=by)
    return locked


def _words(text: str, problem: object, field: str = "words") -> str:
    if not text.strip():
        raise RefusedError(str(problem), field=field)
    return text.strip()


def _open(request: TeamRequest) -> TeamRequest:
    """The request under a lock; of two answers at the same time the first wins."""
    rows = TeamRequest.objects.select_for_update(no_key=True, of=("self",))
    locked: TeamRequest = rows.get(pk=request.pk)
    if not locked.is_open:
        raise RefusedError(CLOSED, code="request_closed")
    return locked
