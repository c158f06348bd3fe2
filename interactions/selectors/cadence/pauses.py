"""Pauses of cadence that somebody may know."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Account
from interactions.models import CadencePause
from kam.identity.models import User


def pauses_for(user: User) -> QuerySet[CadencePause]:
    """Return pauses of every account, and of those that the user sees."""
    rows: QuerySet[CadencePause] = CadencePause.objects.visible_to(user)
    return rows.select_related("account")


def pauses_at(account: Account, *, as_of: date) -> list[CadencePause]:
    """Return the pauses of an account that hold or are to come: its own, those above, all's."""
    path = list(account.path) or [account.pk]
    rows = CadencePause.objects.filter(Q(account__isnull=True) | Q(account__in=path))
    return list(rows.filter(valid__endswith__gt=as_of).order_by("valid", "pk"))
