"""Who supports the lead at an account, from when to when."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, TeamMember
from accounts.services import tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@explained()
@transaction.atomic
def add_member(
    *,
    account: Account,
    user: User,
    function: str,
    from_date: date,
    until: date | None = None,
    note: str = "",
) -> TeamMember:
    """Let a colleague stand for a function at an account and all below it from a day on.

    Several may stand for one function, and one colleague for several. Raises RefusedError for
    somebody who cannot sign in, for a period that overlaps their own, or an impossible one.
    """
    tree.refuse_merged(account)
    if not user.is_active:
        raise RefusedError(_("This person can no longer sign in."), field="user")
    return TeamMember.objects.create(
        account=account,
        user=user,
        function=function,
        note=" ".join(note.split()),
        valid=tree.checked_period(from_date, until),
    )


@explained()
@transaction.atomic
def end_member(*, member: TeamMember, on: date) -> None:
    """Let a colleague stand down: `on` is the first day without them.

    One who would not have stood a day goes altogether. Raises RefusedError for a day after the
    end that was set.
    """
    rows = TeamMember.objects.select_for_update(no_key=True)
    locked: TeamMember = rows.get(pk=member.pk)
    lower, upper = locked.valid.lower, locked.valid.upper
    if upper is not None and on > upper:
        raise RefusedError(_("It ends before this day already."), field="on")
    if lower is not None and on <= lower:
        locked.delete()
        return
    locked.valid = DateRange(lower, on)
    locked.save()
