"""What the demo's people were told in the last two weeks: older lines are read and mailed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import F, Q

from accounts import models as m
from accounts.choices import PromiseSide
from accounts.services import notices
from kam.core.clock import organisation_zone
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.notifications.models import Notification, TodoSnooze
from kam.notifications.services import Telling, notify_each

DAYS = 14
NEWS = timedelta(days=2)


def load(request: DemoRequest) -> Counts:
    """Tell what the other parts wrote, as of the day on which each happened."""
    for days in range(DAYS, -1, -1):
        day = request.as_of - timedelta(days=days)
        notices.tell_of_tiers(as_of=day, at=_at(day, 2))
        notices.tell_of_health(as_of=day, at=_at(day, 3))
    _requests(request.as_of)
    _promises(request.as_of)
    _tasks(request.as_of)
    _settle(request.as_of)
    return {str(Notification._meta.verbose_name_plural): Notification.objects.count()}


def present() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def added() -> Counts:
    """Nothing of its own."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Forget what was told: the pages it led to are gone."""
    del keep_user_id
    TodoSnooze.objects.all().delete()
    removed, _per_model = Notification.objects.all().delete()
    return {str(Notification._meta.verbose_name_plural): removed}


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 30), organisation_zone())


def _requests(as_of: date) -> None:
    """Requests as they were sent, and the answers to those that are closed."""
    for request in m.TeamRequest.objects.select_related("account", "sender", "to_user"):
        sent = _at(request.sent_on, 9)
        notices.tell_of_request(request, as_of=request.sent_on)
        mine = Notification.objects.filter(subject_id=request.pk)
        mine.filter(kind="accounts.request_received").update(occurred_at=sent)
        if request.to_user is not None and request.status in {"accepted", "declined", "done"}:
            notices.tell_of_answer(request, by=request.to_user)
            answered = _at(request.closed_on or min(request.sent_on + NEWS, as_of), 15)
            mine.filter(kind="accounts.request_answered").update(occurred_at=answered)


def _promises(as_of: date) -> None:
    """What fell due of late, as it was told the day before, whatever became of it."""
    days = (as_of - timedelta(days=DAYS), as_of + timedelta(days=1))
    rows = m.Promise.objects.filter(side=PromiseSide.OURS, due_on__range=days)
    for row in rows.select_related("account"):
        telling = Telling(
            user_id=row.user_id,
            params={"what": row.what, "account": row.account.name},
            subject_id=row.pk,
            url=row.get_absolute_url(),
            dedupe=f"{row.pk}:{row.due_on.isoformat()}",
        )
        at = _at(row.due_on - timedelta(days=1), 1)
        notify_each(kind="accounts.promise_due", tellings=[telling], occurred_at=at)


def _tasks(as_of: date) -> None:
    """Tasks that somebody else noted, a while before they are due."""
    for task in m.Task.objects.select_related("account", "created_by"):
        notices.tell_of_task(task, by=task.created_by)
        given = min(task.due_on - timedelta(days=DAYS), as_of - timedelta(days=1))
        rows = Notification.objects.filter(kind="accounts.task_given", subject_id=task.pk)
        rows.update(occurred_at=_at(given, 10))


def _settle(as_of: date) -> None:
    """Let what is older than two days be read; what was there before today was mailed."""
    now = _at(as_of, 6)
    Notification.objects.filter(occurred_at__gt=now).update(occurred_at=now)
    Notification.objects.update(created_at=F("occurred_at"))
    old = Notification.objects.filter(occurred_at__lt=now - NEWS)
    old.update(read_at=F("occurred_at") + timedelta(hours=7))
    mailed = Q(occurred_at__lt=now - timedelta(days=1)) | Q(mail="at_once")
    rows = Notification.objects.filter(mailed).exclude(mail="never")
    rows.update(mailed_at=F("occurred_at") + timedelta(hours=6))


PART = DemoPart(key="notices", order=95, load=load, clear=clear, present=present, added=added)
