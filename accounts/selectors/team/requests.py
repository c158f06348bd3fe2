"""Requests to the account's team: sent, received, waiting."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.choices import RequestStatus
from accounts.models import Account, RequestComment, TeamRequest
from kam.identity.models import User

SOON_DAYS = 7


def requests_for(user: User) -> QuerySet[TeamRequest]:
    """Return the requests that a user may see, with who is named in them."""
    rows: QuerySet[TeamRequest] = TeamRequest.objects.visible_to(user)
    return rows.select_related("account", "sender", "to_user")


def received_by(user: User) -> QuerySet[TeamRequest]:
    """Return the requests that the user may answer, or answered; their function's while they are
    nobody's."""
    rows: QuerySet[TeamRequest] = TeamRequest.objects.to_answer(user)
    return rows.select_related("account", "sender", "to_user")


def sent_by(user: User) -> QuerySet[TeamRequest]:
    """Return the requests that the user sent, or that are about accounts that they lead now."""
    ids = user.acting_user_ids()
    return requests_for(user).filter(Q(sender__in=ids) | Q(account__current_lead__in=ids))


def requests_at(account: Account, user: User) -> QuerySet[TeamRequest]:
    """Return the requests about an account and what is below it."""
    return requests_for(user).filter(account__path__contains=[account.pk])


def waiting_for(user: User, *, as_of: date, limit: int = 10) -> list[TeamRequest]:
    """Return what waits for the user: unanswered requests, and accepted ones due in a week."""
    near = Q(due_on__lte=as_of + timedelta(days=SOON_DAYS))
    rows = received_by(user).filter(Q(status=RequestStatus.SENT) | near, closed_on__isnull=True)
    return list(rows.order_by("due_on", "priority", "pk")[:limit])


def news_for(user: User, *, as_of: date, limit: int = 5) -> list[TeamRequest]:
    """Return what the sender should look at: overdue requests, and those declined in a week."""
    lately = Q(status=RequestStatus.DECLINED, closed_on__gte=as_of - timedelta(days=SOON_DAYS))
    overdue = Q(closed_on__isnull=True, due_on__lt=as_of)
    rows = requests_for(user).filter(sender__in=user.acting_user_ids())
    rows = rows.exclude(to_user__in=user.acting_user_ids())
    return list(rows.filter(lately | overdue).order_by("due_on", "pk")[:limit])


def comments_on(request: TeamRequest, user: User) -> list[RequestComment]:
    """Return what was said about a request, in order."""
    rows: QuerySet[RequestComment] = RequestComment.objects.visible_to(user)
    return list(rows.filter(request=request).select_related("author").order_by("pk"))


def may_answer(request: TeamRequest, user: User) -> bool:
    """Whether the user may accept, decline or finish a request."""
    rows = TeamRequest.objects.to_answer(user).filter(pk=request.pk)
    return request.is_open and bool(rows.exists())


def may_cancel(request: TeamRequest, user: User) -> bool:
    """Whether the user may take a request back: who sent it, who leads or directs the account."""
    if not request.is_open or not user.can("requests.send"):
        return False
    if request.sender_id in user.acting_user_ids():
        return True
    return may_send(request.account, user)


def may_send(account: Account, user: User) -> bool:
    """Whether the user may ask the team of an account: who leads it or above it, directors."""
    if not user.can("requests.send"):
        return False
    return bool(Account.objects.editable_by(user).not_merged().filter(pk=account.pk).exists())
