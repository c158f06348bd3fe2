"""How far roles may go alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kam.identity.models import User
from plans.choices.negotiation import MANDATED, Subject
from plans.models import Mandate


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a user may go in a subject; `is_used`: some role has a mandate there at all."""

    subject: Subject
    most: Decimal | None
    is_used: bool


def mandates_of(user: User) -> list[Reach]:
    """Return for each subject how far the user may go: the furthest of their roles.

    Where no role has a mandate in a subject, mandates are not in use there and nothing is held
    against them.
    """
    rows = list(Mandate.objects.filter(subject__in=MANDATED))
    found = []
    for subject in MANDATED:
        here = [one for one in rows if one.subject == subject]
        own = [one.most for one in here if one.role in user.roles]
        found.append(Reach(subject=subject, most=max(own, default=None), is_used=bool(here)))
    return found


def mandate_of(user: User, subject: Subject) -> Reach:
    """Return how far the user may go in one subject."""
    return next(one for one in mandates_of(user) if one.subject == subject)
