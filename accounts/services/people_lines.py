"""What no org chart shows: informal lines between people, and notes for the team alone."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import StakeholderLinkKind
from accounts.models import Position, StakeholderLink, StakeholderNote
from accounts.models.people import STRENGTHS
from accounts.services import people_problems  # noqa: F401 - words for what the database refuses
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@explained()
@transaction.atomic
def draw_line(
    *,
    from_position: Position,
    to_position: Position,
    kind: str,
    strength: int = 2,
    note: str = "",
) -> StakeholderLink:
    """Draw who influences whom, or who is at odds; drawn again it changes strength and note.

    A conflict has no direction. Raises RefusedError for a line to oneself or an unknown kind or
    strength, LinkedToOtherCustomerError for one that leaves the customer's tree.
    """
    if kind not in StakeholderLinkKind.values:
        raise RefusedError(_("There is no such kind of line."), field="kind")
    if strength not in STRENGTHS:
        raise RefusedError(_("Strength is 1, 2 or 3."), field="strength")
    if from_position.pk == to_position.pk:
        raise RefusedError(_("A line needs two different people."), field="to_position")
    ends = (from_position, to_position)
    if kind == StakeholderLinkKind.CONFLICT and from_position.pk > to_position.pk:
        ends = (to_position, from_position)
    link, _made = StakeholderLink.objects.update_or_create(
        kind=kind,
        from_position=ends[0],
        to_position=ends[1],
        defaults={"strength": strength, "note": note.strip()},
    )
    return link


@transaction.atomic
def remove_line(*, link: StakeholderLink) -> None:
    """Take a line away; the history keeps it."""
    link.delete()


@explained()
@transaction.atomic
def write_note(*, position: Position, author: User, text: str) -> StakeholderNote:
    """Write a note that the account's team alone may read."""
    if not text.strip():
        raise RefusedError(_("Write something, or leave it."), field="text")
    return StakeholderNote.objects.create(position=position, author=author, text=text.strip())


@transaction.atomic
def remove_note(*, note: StakeholderNote) -> None:
    """Take a note away."""
    note.delete()
