"""People at accounts, their places, lines and ratings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import CalendarKind, Function, RatingBasis, RatingKind, StakeholderLinkKind
from accounts.models import (
    Account,
    CustomerDate,
    Person,
    Position,
    RelationshipSettings,
    StakeholderLink,
    StakeholderNote,
    StakeholderRating,
)
from kam.core.text import search_key
from kam.identity.models import User
from tests.factories.accounts import LONG_AGO, make_account

_numbers = count(1)


def make_person(*, name: str = "", email: str = "", phone: str = "", language: str = "") -> Person:
    """A person without any place."""
    name = name or f"Person {next(_numbers)}"
    return Person.objects.create(
        name=name, name_key=search_key(name), email=email, phone=phone, language=language
    )


def make_position(
    *,
    account: Account | None = None,
    person: Person | None = None,
    name: str = "",
    function: str = Function.MERCHANDISING,
    title: str = "",
    roles: Sequence[str] = (),
    reports_to: Position | None = None,
    since: date = LONG_AGO,
    until: date | None = None,
    is_placeholder: bool = False,
) -> Position:
    """Somebody at an account since long ago; `is_placeholder` leaves the place empty."""
    holder = None if is_placeholder else person or make_person(name=name)
    return Position.objects.create(
        account=account or make_account(),
        person=holder,
        title=title,
        function=function,
        roles=list(roles),
        reports_to=reports_to,
        valid=DateRange(since, until),
    )


def make_rating(
    *,
    position: Position,
    author: User,
    kind: str = RatingKind.SUPPORT,
    value: int = 1,
    rated_on: date = date(2026, 3, 1),
    team_member: User | None = None,
    basis: str = RatingBasis.ASSUMED,
    evidence: str = "",
) -> StakeholderRating:
    """One dated rating; a relationship level is the author's own unless somebody is named."""
    is_level = kind in {RatingKind.LEVEL_CURRENT, RatingKind.LEVEL_DESIRED}
    return StakeholderRating.objects.create(
        position=position,
        author=author,
        kind=kind,
        value=value,
        rated_on=rated_on,
        team_member=(team_member or author) if is_level else None,
        basis=basis,
        evidence=evidence,
    )


def make_link(
    *,
    source: Position,
    target: Position,
    kind: str = StakeholderLinkKind.INFLUENCE,
    strength: int = 2,
) -> StakeholderLink:
    """An informal line between two places."""
    return StakeholderLink.objects.create(
        from_position=source, to_position=target, kind=kind, strength=strength
    )


def make_note(*, position: Position, author: User, text: str = "Between us.") -> StakeholderNote:
    """A confidential note."""
    return StakeholderNote.objects.create(position=position, author=author, text=text)


def make_customer_date(
    *,
    account: Account,
    starts_on: date,
    kind: str = CalendarKind.RANGE_REVIEW,
    ends_on: date | None = None,
    remind_days: int | None = None,
    title: str = "",
) -> CustomerDate:
    """A date of the customer's calendar."""
    return CustomerDate.objects.create(
        account=account,
        kind=kind,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        remind_days=remind_days,
    )


def make_relationship_settings(
    *,
    required_functions: Sequence[str] = (
        Function.MERCHANDISING,
        Function.OPERATIONS,
        Function.MARKETING,
    ),
    is_blind: bool = True,
) -> RelationshipSettings:
    """The organisation's one row of settings."""
    return RelationshipSettings.objects.create(
        pk=1, required_functions=list(required_functions), has_blind_first_rating=is_blind
    )
