"""Planned meetings, in 2026."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from accounts.models import Account, Position
from interactions.choices import InteractionKind
from interactions.models import Meeting
from interactions.services.calendar import Origin, Plan, Span, plan_meeting
from kam.identity.models import User
from tests.factories.identity import make_user

TODAY = date(2026, 6, 30)


def make_meeting(
    *,
    account: Account | None = None,
    owner: User | None = None,
    title: str = "Range review",
    at: datetime = datetime(2026, 7, 2, 7, tzinfo=UTC),
    minutes: int = 60,
    days: tuple[date, date] | None = None,
    kind: str = InteractionKind.MEETING,
    time_zone: str = "Europe/Helsinki",
    place: Account | None = None,
    place_text: str = "",
    description: str = "",
    is_private: bool = False,
    participants: Sequence[Position] = (),
    colleagues: Sequence[User] = (),
    uid: str = "",
    as_of: date = TODAY,
) -> Meeting:
    """A meeting as the service plans it, of an hour on 2 July unless said."""
    span = Span(starts_at=at, ends_at=at + timedelta(minutes=minutes))
    if days is not None:
        span = Span(starts_on=days[0], ends_on=days[1])
    plan = Plan(
        title=title,
        span=span,
        kind=kind,
        account=account,
        time_zone=time_zone,
        place=place,
        place_text=place_text,
        description=description,
        is_private=is_private,
        participants=participants,
        colleagues=colleagues,
    )
    origin = Origin(uid=uid)
    return plan_meeting(plan=plan, owner=owner or make_user(), as_of=as_of, origin=origin)
