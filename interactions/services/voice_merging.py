"""Ratings and survey links when accounts or people are merged: they follow who is kept."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Account, Position
from accounts.services.merging import Mover, Part
from interactions.models import Feedback, Invitation
from interactions.services.log import rewriting_contacts
from kam.core import formats


def _plan(keep: Account, drop: Account) -> Part:
    del keep
    count = Feedback.objects.filter(account=drop).count()
    words = ngettext("%(count)s rating of us", "%(count)s ratings of us", count)
    return Part(moves=[words % {"count": formats.number(count)}] if count else [])


def _move(keep: Account, drop: Account) -> None:
    with rewriting_contacts():
        Feedback.objects.filter(account=drop).update(account=keep)
        Invitation.objects.filter(account=drop).update(account=keep)


MOVERS = (Mover(key="interactions.voice", plan=_plan, move=_move, order=156),)


def repoint(ids: list[int], kept: Position) -> None:
    """Let ratings and links of some places be those of one; of open links of one survey the
    oldest stays open, the others are taken back."""
    with rewriting_contacts():
        Feedback.objects.filter(position__in=ids).update(position=kept)
        is_open = Q(answered_at=None, revoked_at=None)
        rows = Invitation.objects.filter(is_open, position__in=[kept.pk, *ids]).order_by("pk")
        seen: set[int] = set()
        for row in rows:
            if row.survey_id in seen:
                Invitation.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
            seen.add(row.survey_id)
        Invitation.objects.filter(position__in=ids).update(position=kept)
