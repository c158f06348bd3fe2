"""Contacts with customers and their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from accounts.models import Account, Position
from interactions.choices import Direction, InteractionKind
from interactions.models import Interaction
from interactions.services.log import Contact, Said, log_contact
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user

NOON = time(12, tzinfo=UTC)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def make_contact(
    *,
    account: Account | None = None,
    author: User | None = None,
    on: date = date(2026, 6, 15),
    at: datetime | None = None,
    kind: str = InteractionKind.VISIT,
    direction: str = Direction.TWO_WAY,
    summary: str = "Spring range",
    text: str = "",
    minutes: int | None = None,
    place: Account | None = None,
    is_confidential: bool = False,
    participants: Mapping[Position, int | None] | Sequence[Position] = (),
    colleagues: Sequence[User] = (),
    notes: Sequence[tuple[str, str]] = (),
    now: datetime = NOW,
) -> Interaction:
    """A contact as the service logs it, at noon UTC of its day unless said."""
    people = participants if isinstance(participants, Mapping) else dict.fromkeys(participants)
    contact = Contact(
        account=account or make_account(),
        kind=kind,
        occurred_at=at or datetime.combine(on, NOON),
        summary=summary,
        direction=direction,
        text=text,
        minutes=minutes,
        place=place,
        is_confidential=is_confidential,
        participants=people,
        colleagues=colleagues,
        notes=[Said(kind=kind, text=text) for kind, text in notes],
    )
    return log_contact(contact=contact, author=author or make_user(), now=now)
