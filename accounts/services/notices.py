"""Telling people what happened at their accounts: in the services, and set-based at night."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.choices import PromiseOutcome, PromiseSide
from accounts.models import Account, Handover, Promise, Task, TeamRequest
from accounts.selectors.team.members import members_on
from kam.identity.models import User
from kam.notifications.services import Telling, notify, notify_each


def tell_of_request(request: TeamRequest, *, as_of: date) -> int:
    """Tell whom a request waits for: the one person, else everybody of the function."""
    users: list[User | int | None] = [request.to_user_id]
    if request.to_user_id is None:
        rows = members_on(request.account, as_of=as_of, function=request.function)
        users = [row.user_id for row in rows]
    return notify(
        kind="accounts.request_received",
        users=users,
        by=request.sender,
        params={
            "who": str(request.sender),
            "what": request.title,
            "account": request.account.name,
            "due_on": request.due_on,
        },
        subject_id=request.pk,
        url=request.get_absolute_url(),
        dedupe=str(request.pk),
        occurred_at=timezone.now(),
    )


def tell_of_answer(request: TeamRequest, *, by: User) -> int:
    """Tell the sender that a request was taken on, declined or done."""
    return notify(
        kind="accounts.request_answered",
        users=[request.sender_id],
        by=by,
        params={
            "who": str(by),
            "what": request.title,
            "status": request.status,
            "account": request.account.name,
            "said": request.answer[:200],
        },
        subject_id=request.pk,
        url=request.get_absolute_url(),
        dedupe=f"{request.pk}:{request.status}",
        occurred_at=timezone.now(),
    )


def tell_of_handover(handover: Handover) -> int:
    """Tell the new lead that a pack waits."""
    return notify(
        kind="accounts.handover",
        users=[handover.to_user_id],
        by=handover.made_by,
        params={"account": handover.account.name, "on": handover.effective_on},
        subject_id=handover.pk,
        url=handover.get_absolute_url(),
        dedupe=str(handover.pk),
        occurred_at=timezone.now(),
    )


def tell_of_task(task: Task, *, by: User | None) -> int:
    """Tell who has something to do, unless they noted it themselves."""
    return notify(
        kind="accounts.task_given",
        users=[task.owner_id],
        by=by,
        params={"what": task.title, "account": task.account.name, "due_on": task.due_on},
        subject_id=task.pk,
        url=task.get_absolute_url(),
        dedupe=f"{task.pk}:{task.owner_id}",
        occurred_at=timezone.now(),
    )


def tell_of_reminders(*, as_of: date, at: datetime) -> int:
    """Remind owners of open follow-ups: on the day they asked for, and on the day it is due
    (nightly, repeatable; a missed night is made up for)."""
    open_ones = Task.objects.filter(done_on=None).select_related("account")
    asked = open_ones.filter(reminder_on__lte=as_of, due_on__gte=as_of)
    rows = {row.pk: row for row in (*asked, *open_ones.filter(due_on=as_of))}
    tellings = [
        Telling(
            user_id=row.owner_id,
            params={"what": row.title, "account": row.account.name, "due_on": row.due_on},
            subject_id=row.pk,
            url=row.get_absolute_url(),
            dedupe=f"{row.pk}:{as_of if row.due_on == as_of else row.reminder_on}",
        )
        for row in rows.values()
    ]
    return notify_each(kind="accounts.task_due", tellings=tellings, occurred_at=at)


def tell_of_promises(*, as_of: date, at: datetime) -> int:
    """Tell what of ours is due tomorrow (nightly); a promise that moved is told anew."""
    due_on = as_of + timedelta(days=1)
    rows = Promise.objects.filter(
        side=PromiseSide.OURS, outcome=PromiseOutcome.OPEN, due_on=due_on
    ).select_related("account")
    tellings = [
        Telling(
            user_id=row.user_id,
            params={"what": row.what, "account": row.account.name},
            subject_id=row.pk,
            url=row.get_absolute_url(),
            dedupe=f"{row.pk}:{due_on.isoformat()}",
        )
        for row in rows
    ]
    return notify_each(kind="accounts.promise_due", tellings=tellings, occurred_at=at)


_TIERS_SQL = """
SELECT a.id, a.name, a.current_lead_id, new_tier.name, old_tier.name
FROM accounts_tierassignment fresh
JOIN accounts_tierassignment former
    ON former.account_id = fresh.account_id AND upper(former.valid) = %(as_of)s
JOIN accounts_tier new_tier ON new_tier.id = fresh.tier_id
JOIN accounts_tier old_tier ON old_tier.id = former.tier_id
JOIN accounts_account a ON a.id = fresh.account_id
WHERE lower(fresh.valid) = %(as_of)s AND new_tier.code <> old_tier.code
  AND a.current_lead_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM accounts_tieroverride o
    WHERE o.account_id = a.id AND o.valid @> %(as_of)s::date)
"""
_HEALTH_SQL = """
WITH levels(level, place) AS (VALUES ('good', 1), ('watch', 2), ('poor', 3))
SELECT a.id, a.name, a.current_lead_id, fresh.level, former.level
FROM accounts_healthscore fresh
JOIN accounts_healthscore former
    ON former.account_id = fresh.account_id AND upper(former.valid) = %(as_of)s
JOIN levels now ON now.level = fresh.level
JOIN levels before ON before.level = former.level
JOIN accounts_account a ON a.id = fresh.account_id
WHERE lower(fresh.valid) = %(as_of)s AND now.place > before.place
  AND a.current_lead_id IS NOT NULL
"""


def tell_of_tiers(*, as_of: date, at: datetime) -> int:
    """Tell leads whose accounts have another computed tier since a day (nightly, repeatable).

    Accounts with a first tier, and those whose tier is set by decision, are left out.
    """
    return _tell_leads("accounts.tier_changed", _TIERS_SQL, "tier", "#panel-tier", as_of, at)


def tell_of_health(*, as_of: date, at: datetime) -> int:
    """Tell leads whose accounts fell a level of health on a day (nightly, repeatable).

    To have too little data is no level.
    """
    return _tell_leads("accounts.health_fell", _HEALTH_SQL, "level", "#panel-health", as_of, at)


def _tell_leads(kind: str, sql: str, name: str, anchor: str, as_of: date, at: datetime) -> int:
    """Tell each lead of each account: now `name`, before `before`, once a day."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"as_of": as_of})
        rows = cursor.fetchall()
    tellings = [
        Telling(
            user_id=lead,
            params={"account": account, name: now, "before": before},
            subject_id=pk,
            url=f"{Account(pk=pk).get_absolute_url()}{anchor}",
            dedupe=f"{pk}:{as_of.isoformat()}",
        )
        for pk, account, lead, now, before in rows
    ]
    return notify_each(kind=kind, tellings=tellings, occurred_at=at)
