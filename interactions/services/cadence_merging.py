"""Pauses of cadence when accounts are merged: they follow who is kept."""

from __future__ import annotations

from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.merging import Mover, Part
from interactions.models import CadencePause
from kam.core import formats


def _plan(keep: Account, drop: Account) -> Part:
    del keep
    count = CadencePause.objects.filter(account=drop).count()
    words = ngettext("%(count)s pause of contacts", "%(count)s pauses of contacts", count)
    return Part(moves=[words % {"count": formats.number(count)}] if count else [])


def _move(keep: Account, drop: Account) -> None:
    CadencePause.objects.filter(account=drop).update(account=keep)


MOVERS = (Mover(key="interactions.pauses", plan=_plan, move=_move, order=152),)
