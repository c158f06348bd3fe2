"""Handovers: who may see them, what of a pack somebody may read, what waits to be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.analytics.sealing import seal
from accounts.models import Account, Handover
from accounts.selectors.people.listing import may_read_notes
from kam.identity.models import User


def handovers_for(user: User) -> QuerySet[Handover]:
    """Return the handovers that a user may see, the latest first."""
    rows: QuerySet[Handover] = Handover.objects.visible_to(user)
    return rows.select_related("account", "from_user", "to_user", "made_by")


def handovers_at(account: Account, user: User) -> list[Handover]:
    """Return the handovers of an account, the latest first, without their packs."""
    return list(handovers_for(user).filter(account=account).defer("pack"))


def waiting_for(user: User, *, as_of: date) -> list[Handover]:
    """Return handovers to the user that they have not acknowledged."""
    rows = handovers_for(user).filter(to_user=user, acknowledged_at__isnull=True)
    return list(rows.defer("pack").order_by("effective_on", "pk")[:10])


def readable(sections: list[dict[str, Any]], account: Account, user: User,
             *, is_side: bool = False) -> list[dict[str, Any]]:  # fmt: skip
    """Return the sections that a user may read: by capability; confidential ones for the
    account's team and for who is a side of the handover."""
    found = [one for one in sections if not one["capability"] or user.can(one["capability"])]
    if is_side or may_read_notes(account, user):
        return found
    return [one for one in found if not one["is_confidential"]]


def sections_for(handover: Handover, user: User) -> list[dict[str, Any]]:
    """Return what of a frozen pack the user may read."""
    is_side = user.pk in {handover.from_user_id, handover.to_user_id}
    return readable(handover.pack["sections"], handover.account, user, is_side=is_side)


def is_unchanged(handover: Handover) -> bool:
    """Whether what is stored still gives the hash that was noted when it was confirmed."""
    return seal(handover.said) == handover.pack_hash
