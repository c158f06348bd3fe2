"""The calendar's share when accounts or people are merged."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import ngettext

from accounts.models import Account, Position
from accounts.services.merging import Mover, Part
from interactions.models import Meeting, MeetingParticipant, Upload
from interactions.services.log import rewriting_contacts
from kam.core import formats


def _plan(keep: Account, drop: Account) -> Part:
    del keep
    count = Meeting.objects.filter(Q(account=drop) | Q(place=drop)).count()
    words = ngettext("%(count)s meeting", "%(count)s meetings", count)
    return Part(moves=[words % {"count": formats.number(count)}] if count else [])


def _move(keep: Account, drop: Account) -> None:
    with rewriting_contacts():
        Meeting.objects.filter(account=drop).update(account=keep)
        Meeting.objects.filter(place=drop).update(place=keep)
        Upload.objects.filter(account=drop).update(account=keep)


MOVERS = (Mover(key="interactions.meetings", plan=_plan, move=_move, order=151),)


def repoint(ids: list[int], kept: Position) -> None:
    """Let meetings that expect several places expect one, once."""
    with rewriting_contacts():
        there = MeetingParticipant.objects.filter(position=kept).values("meeting")
        for pk in ids:
            rows = MeetingParticipant.objects.filter(position=pk)
            rows.filter(meeting__in=there).delete()
            rows.update(position=kept)
