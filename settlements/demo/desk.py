"""Who watches over the demo's receivables, which months are closed, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.choices import AccountKind
from accounts.demo.people import MAIL_DOMAIN
from accounts.models import Account
from kam.core.dates import add_months, month_start
from kam.identity.models import User
from settlements.choices import WorkOutcome, WorkRole, WorkState
from settlements.demo.invoices import first_day
from settlements.models import AccountingPeriod, ControllerAssignment, WorkItem
from settlements.services.overdue import flag_overdue
from settlements.services.overdue_balances import keep_balances
from settlements.services.work import finish, plan_step, snooze

CONTROLLER = f"pekka.hautala@{MAIL_DOMAIN}"
# What is sold from elsewhere waits in the default queue for somebody to take it.
_WATCHED = ("FI", "SE", "EE", "DE", "PL", "HU", "RO", "VN")
_OPEN_MONTHS = 2
_DAILY, _WEEKLY = 7, 8
_STEPS = (
    "Call their accounts payable",
    "Send a statement of account",
    "Ask the store manager for the delivery notes",
    "Agree on a plan of payments",
)


def assign_controllers(as_of: date) -> None:
    """Have the controller watch over the groups of most countries."""
    user = User.objects.get(email=CONTROLLER)
    groups = Account.objects.filter(kind=AccountKind.GROUP, country__in=_WATCHED)
    ControllerAssignment.objects.bulk_create(
        ControllerAssignment(account=group, user=user, valid=DateRange(first_day(as_of), None))
        for group in groups.filter(current_parent=None).order_by("pk")
    )


def close_months(as_of: date) -> None:
    """Close all months but the last two whole ones and the running one."""
    user = User.objects.get(email=CONTROLLER)
    first, stop = first_day(as_of), add_months(month_start(as_of), -_OPEN_MONTHS)
    AccountingPeriod.objects.bulk_create(
        AccountingPeriod(
            valid=DateRange(month, add_months(month, 1)),
            closed_at=_morning(add_months(month, 1) + timedelta(days=8)),
            closed_by=user,
            note=f"Month-end {month:%m/%Y}",
        )
        for month in _months(first, stop)
    )


def run_overdue(as_of: date) -> None:
    """Run the overdue job as if it had run all along, with the desk at work in the last week."""
    acted = as_of - timedelta(days=_DAILY)
    for day in _run_days(as_of):
        flag_overdue(as_of=day)
        if day == acted:
            _act(acted)
    keep_balances()


def _run_days(as_of: date) -> list[date]:
    months = [month - timedelta(days=1) for month in _months(first_day(as_of), month_start(as_of))]
    weeks = [as_of - timedelta(weeks=back) for back in range(_WEEKLY, 0, -1)]
    days = [as_of - timedelta(days=back) for back in range(_DAILY, -1, -1)]
    return sorted({*months[1:], *weeks, *days})


def _act(day: date) -> None:
    """Plan, put off and end some of the work, the largest first."""
    mine = WorkItem.objects.exclude(state=WorkState.DONE).filter(role=WorkRole.CONTROLLER)
    work = list(mine.order_by("-amount", "pk"))
    for place, item in enumerate(work[:14]):
        contacted = day - timedelta(days=place % 5)
        WorkItem.objects.filter(pk=item.pk).update(last_contact_on=contacted)
        step = _STEPS[place % len(_STEPS)]
        if place % 4 == 2:
            snooze(work=item, until=day + timedelta(days=9 + place), as_of=day, next_step=step)
        else:
            plan_step(work=item, next_step=step, on=day + timedelta(days=5 + place % 6))
    for item in work[14:17]:
        finish(
            work=item,
            outcome=WorkOutcome.PROMISED,
            as_of=day,
            user=item.user,
            note="They pay with the next run.",
        )


def _months(first: date, stop: date) -> Iterator[date]:
    while first < stop:
        yield first
        first = add_months(first, 1)


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
