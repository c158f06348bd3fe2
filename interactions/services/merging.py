"""Interactions' share when accounts or people are merged: everything follows who is kept."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Account, Position
from accounts.services.merging import Mover, Part
from interactions.models import Concern, Draft, Interaction, Need, Note, Participant
from interactions.services.log import rewriting_contacts
from kam.core import formats


def _contacts(drop: Account) -> QuerySet[Interaction]:
    return Interaction.objects.filter(Q(account=drop) | Q(place=drop))


def _plan_contacts(keep: Account, drop: Account) -> Part:
    del keep
    count = _contacts(drop).count()
    words = ngettext("%(count)s contact", "%(count)s contacts", count)
    return Part(moves=[words % {"count": formats.number(count)}] if count else [])


def _move_contacts(keep: Account, drop: Account) -> None:
    with rewriting_contacts():
        Interaction.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())
        Interaction.objects.filter(place=drop).update(place=keep)
        Draft.objects.filter(account=drop).update(account=keep)


def _plan_needs(keep: Account, drop: Account) -> Part:
    del keep
    count = Need.objects.filter(account=drop).count()
    words = ngettext("%(count)s need", "%(count)s needs", count)
    return Part(moves=[words % {"count": formats.number(count)}] if count else [])


def _move_needs(keep: Account, drop: Account) -> None:
    with rewriting_contacts():
        Need.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())


def _plan_concerns(keep: Account, drop: Account) -> Part:
    del keep
    count = Concern.objects.filter(account=drop).count()
    words = ngettext("%(count)s concern", "%(count)s concerns", count)
    return Part(moves=[words % {"count": formats.number(count)}] if count else [])


def _move_concerns(keep: Account, drop: Account) -> None:
    with rewriting_contacts():
        Concern.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())


MOVERS = (
    Mover(key="interactions.contacts", plan=_plan_contacts, move=_move_contacts, order=150),
    Mover(key="interactions.needs", plan=_plan_needs, move=_move_needs, order=151),
    Mover(key="interactions.concerns", plan=_plan_concerns, move=_move_concerns, order=152),
)


def repoint(ids: list[int], kept: Position) -> None:
    """Let contacts that name some places name one; who would take part twice takes part once."""
    with rewriting_contacts():
        there = Participant.objects.filter(position=kept).values("interaction")
        for pk in ids:
            rows = Participant.objects.filter(position=pk)
            rows.filter(interaction__in=there).delete()
            rows.update(position=kept)
        Note.objects.filter(position__in=ids).update(position=kept)
        Need.objects.filter(voiced_by__in=ids).update(voiced_by=kept)
        Concern.objects.filter(raised_by__in=ids).update(raised_by=kept)
