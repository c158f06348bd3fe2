"""What of the old lead's open work goes to the new one when an account is handed over."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import RequestStatus
from accounts.models import Task, TeamRequest
from kam.core.handover import Change, Mover, movers

OPEN = (RequestStatus.SENT, RequestStatus.ACCEPTED)


def register() -> None:
    """Register follow-ups, and requests that were sent by the old lead or to them."""
    movers.register(
        Mover(key="tasks", title=_("Follow-ups"), move=_followups, order=10),
        Mover(key="requests", title=_("Requests"), move=_requests, order=20),
    )


def _followups(change: Change) -> int:
    rows: QuerySet[Task] = Task.objects.filter(
        account__in=change.account_ids, owner=change.from_user, done_on=None
    )
    return _give(rows, "owner", change)


def _requests(change: Change) -> int:
    """The new lead waits for the answers, and answers what was asked of the old one.

    A request that would then be one's own to oneself stays as it is.
    """
    rows: QuerySet[TeamRequest] = TeamRequest.objects.filter(
        account__in=change.account_ids, status__in=OPEN
    )
    sent = rows.filter(sender=change.from_user).exclude(to_user=change.to_user)
    got = rows.filter(to_user=change.from_user).exclude(sender=change.to_user)
    ids = set(rows.filter(Q(pk__in=sent) | Q(pk__in=got)).values_list("pk", flat=True))
    _give(sent, "sender", change)
    _give(got, "to_user", change)
    return len(ids)


def _give(rows: QuerySet[Task] | QuerySet[TeamRequest], field: str, change: Change) -> int:
    """One by one, so that `updated_at` moves as well."""
    found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    for row in found:
        setattr(row, field, change.to_user)
        row.save(update_fields=[field, "updated_at"])
    return len(found)
