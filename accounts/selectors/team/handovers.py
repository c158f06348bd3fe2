"""Handovers: who may see them, what of a pack somebody may read, what waits to be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

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


def readable(
    sections: list[dict[str, Any]],
    account: Account,
    user: User,
    *,
    is_side: bool = False,
    is_new_lead: bool = False,
) -> list[dict[str, Any]]:
    """Return the sections that a user may read: by capability; confidential ones for the
    account's team and for who is a side of the handover; without the ratings unless it is the
    new lead, for the pack holds those that the new lead may know."""
    found = [one for one in sections if not one["capability"] or user.can(one["capability"])]
    if not is_new_lead:
        found = [_without_ratings(one) for one in found]
    if is_side or may_read_notes(account, user):
        return found
    return [one for one in found if not one["is_confidential"]]


# Packs of before columns said for whom they are: the last three of people are ratings.
_OLD_PEOPLE = frozenset({4, 5, 6})


def _without_ratings(section: dict[str, Any]) -> dict[str, Any]:
    headings = section["headings"]
    hidden = {place for place, one in enumerate(headings) if one.get("for_new_lead")}
    if section["key"] == "people" and headings and "for_new_lead" not in headings[0]:
        hidden = set(_OLD_PEOPLE)
    if not hidden:
        return section

    def _kept(cells: list[Any]) -> list[Any]:
        return [cell for place, cell in enumerate(cells) if place not in hidden]

    words = _("Ratings stand in the new lead's copy alone; what you may know is on the map.")
    return {
        **section,
        "summary": f"{section['summary']} {words}",
        "headings": _kept(headings),
        "rows": [_kept(row) for row in section["rows"]],
    }


def sections_for(handover: Handover, user: User) -> list[dict[str, Any]]:
    """Return what of a frozen pack the user may read."""
    is_side = user.pk in {handover.from_user_id, handover.to_user_id}
    return readable(
        handover.pack["sections"],
        handover.account,
        user,
        is_side=is_side,
        is_new_lead=user.pk == handover.to_user_id,
    )


def is_unchanged(handover: Handover) -> bool:
    """Whether what is stored still gives the hash that was noted when it was confirmed."""
    return seal(handover.said) == handover.pack_hash
