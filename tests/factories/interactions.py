"""Contacts with customers and their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from accounts.models import Account, Position
from interactions.choices import Direction, InteractionKind
from interactions.models import Feedback, Interaction, Survey
from interactions.services.log import Contact, Said, log_contact
from interactions.services.voice import Rated, note_feedback
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


def make_feedback(
    *,
    account: Account | None = None,
    position: Position | None = None,
    value: str = "4",
    lowest: str = "1",
    highest: str = "5",
    topic: str = "overall",
    function: str = "",
    reason: str = "",
    on: date = date(2026, 6, 15),
    author: User | None = None,
    as_of: date = date(2026, 6, 30),
) -> Feedback:
    """A rating of us as the service notes it."""
    rated = Rated(
        account=account or (position.account if position else make_account()),
        position=position,
        function=function,
        topic=topic,
        value=Decimal(value),
        lowest=Decimal(lowest),
        highest=Decimal(highest),
        given_on=on,
        reason=reason,
    )
    return note_feedback(rated=rated, author=author or make_user(), as_of=as_of)


def make_survey(*, name: str = "", topics: Sequence[str] = ("overall",), days: int = 21) -> Survey:
    """A survey in use."""
    return Survey.objects.create(
        name=name or f"Survey {Survey.objects.count() + 1}",
        topics=list(topics),
        days_valid=days,
    )
