"""Putting lines of My day off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from kam.notifications.models import TodoSnooze

LONGEST = timedelta(days=92)


@explained()
@transaction.atomic
def put_off(*, user: User, key: str, until: date, as_of: date) -> TodoSnooze:
    """Hide a line from its reader until a day; put off again, the later choice holds.

    Raises RefusedError for a day that is not ahead, or more than three months away.
    """
    if until <= as_of:
        raise RefusedError(_("Choose a day after today."), field="until")
    if until > as_of + LONGEST:
        raise RefusedError(_("Three months at most."), field="until")
    if not key or len(key) > 500 or "\0" in key:
        raise RefusedError(_("There is no such line."), field="key")
    row, _is_new = TodoSnooze.objects.update_or_create(
        user=user, key=key, defaults={"until": until}
    )
    return row


@transaction.atomic
def bring_back(*, user: User) -> int:
    """Show again all lines that a user put off, and answer how many."""
    removed, _per_model = TodoSnooze.objects.filter(user=user).delete()
    return removed


@transaction.atomic
def forget_over(*, now: datetime) -> int:
    """Remove what was put off until a week ago or earlier (nightly), and answer how many."""
    over = TodoSnooze.objects.filter(until__lt=now.date() - timedelta(days=7))
    removed, _per_model = over.delete()
    return removed
