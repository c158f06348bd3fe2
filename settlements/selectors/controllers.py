"""Who watches over an account's receivables on a day, and from which node that comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from accounts.models import Account
from kam.identity.models import User
from settlements.models import ControllerAssignment


def assignments_for(user: User) -> QuerySet[ControllerAssignment]:
    """Assignments of accounts in the user's scope, past and future ones too."""
    rows: QuerySet[ControllerAssignment] = ControllerAssignment.objects.visible_to(user)
    return rows.select_related("account__current_group", "user")


def controllers_of(accounts: Iterable[Account], *, on: date) -> dict[int, ControllerAssignment]:
    """Return each account's controller on a day: its own or that of the nearest node above.

    The tree is today's. People who can no longer sign in do not count. An account that is missing
    from the answer has nobody: its work goes to the default queue, as in the overdue run.
    """
    wanted = list(accounts)
    nodes = {pk for account in wanted for pk in account.path}
    rows = ControllerAssignment.objects.at(on).filter(account__in=nodes, user__is_active=True)
    own = {row.account_id: row for row in rows.select_related("user", "account")}
    found = {}
    for account in wanted:
        nearest = next((own[pk] for pk in reversed(account.path) if pk in own), None)
        if nearest is not None:
            found[account.pk] = nearest
    return found
