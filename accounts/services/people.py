"""People at accounts: who comes, moves, leaves, and who reports to whom. Nothing is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.choices import DecisionRole, Function
from accounts.models import Account, Person, PersonIdentifier, Position
from accounts.services import people_problems as problems
from accounts.services import tree
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.core.text import search_key


class PersonFacts(TypedDict, total=False):
    """What is known of a person wherever it stands."""

    name: str
    email: str
    phone: str
    language: str


class PlaceFacts(TypedDict, total=False):
    """What is known of a place."""

    function: str
    title: str
    roles: Sequence[str]
    reports_to: Position | None


@explained()
@transaction.atomic
def add_person(
    *,
    account: Account,
    from_date: date | None = None,
    person_facts: PersonFacts,
    may_share_name: bool = False,
    **place: Unpack[PlaceFacts],
) -> Position:
    """Add somebody new to an account; without a date they were there since ever.

    Raises SameNameError when somebody of the name is there in that time (`may_share_name`: it
    is another person), UnknownFunctionError, UnknownRoleError, OtherCustomerError, and
    MergedAccountError.
    """
    tree.refuse_merged(account)
    person = Person(**person_facts)
    _tidy(person)
    valid = DateRange(from_date, None)
    if not may_share_name and _namesakes(account, person.name_key, valid):
        raise problems.SameNameError
    person.save()
    return _place(account, person, valid, place)


@explained()
@transaction.atomic
def place_person(
    *,
    person: Person,
    account: Account,
    from_date: date | None = None,
    **place: Unpack[PlaceFacts],
) -> Position:
    """Let somebody who is known already stand at one more account.

    Raises AlreadyThereError where the person has a place there in that time.
    """
    tree.refuse_merged(account)
    return _place(account, person, DateRange(from_date, None), place)


@explained()
@transaction.atomic
def add_placeholder(
    *, account: Account, from_date: date | None = None, **place: Unpack[PlaceFacts]
) -> Position:
    """Keep a place for a role that somebody must hold whom nobody of us has met."""
    tree.refuse_merged(account)
    return _place(account, None, DateRange(from_date, None), place)


def _place(
    account: Account, person: Person | None, valid: DateRange, place: PlaceFacts
) -> Position:
    position = Position(account=account, person=person, valid=valid)
    _describe(position, place)
    position.save()
    return position


def _describe(position: Position, place: PlaceFacts) -> None:
    for name, value in place.items():
        setattr(position, name, value)
    position.title = " ".join(position.title.split())
    position.roles = sorted(set(position.roles))
    if position.function not in Function.values:
        raise problems.UnknownFunctionError
    if not set(position.roles) <= set(DecisionRole.values):
        raise problems.UnknownRoleError


def _namesakes(account: Account, name_key: str, valid: DateRange) -> bool:
    rows = Position.objects.filter(account=account, person__name_key=name_key)
    return bool(rows.filter(valid__overlap=valid).exists())


def _tidy(person: Person) -> None:
    person.name = " ".join(person.name.split())
    person.name_key = search_key(person.name)[:200]
    person.email = person.email.strip()
    person.phone = " ".join(person.phone.split())


@explained()
@transaction.atomic
def update_person(
    *, person: Person, read_at: datetime | None = None, **facts: Unpack[PersonFacts]
) -> Person:
    """Change what is known of a person; what is not named stays.

    With `read_at` a change by somebody else in between raises StaleError.
    """
    locked: Person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    refuse_stale(locked.updated_at, read_at)
    for name, value in facts.items():
        setattr(locked, name, value)
    _tidy(locked)
    locked.save(update_fields=[*facts, "name_key", "updated_at"])
    return locked


@explained()
@transaction.atomic
def update_position(
    *, position: Position, read_at: datetime | None = None, **place: Unpack[PlaceFacts]
) -> Position:
    """Change function, title, roles or boss of a place; what is not named stays.

    Raises ReportingCycleError, OtherCustomerError, UnknownFunctionError, UnknownRoleError, and
    StaleError when somebody else changed it since `read_at`.
    """
    locked = _locked(position)
    refuse_stale(locked.updated_at, read_at)
    _describe(locked, place)
    locked.save(update_fields=[*place, "updated_at"])
    return locked


def _locked(position: Position) -> Position:
    found: Position = (
        Position.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account", "person")
        .get(pk=position.pk)
    )
    return found


@explained()
@transaction.atomic
def set_boss(*, position: Position, boss: Position | None) -> Position:
    """Say to whom somebody reports, or to nobody.

    Raises ReportingCycleError for a boss from further down, OtherCustomerError for one outside
    the customer's tree.
    """
    locked = _locked(position)
    locked.reports_to = boss
    locked.save(update_fields=["reports_to", "updated_at"])
    return locked


@explained()
@transaction.atomic
def leave(*, position: Position, on: date) -> Position:
    """End somebody's place: `on` is the first day without them. What was stays known.

    Raises LeavingDateError before the first day, RatedLaterError where they were rated on that
    day or later, GoneError where they left before, and PlaceholderError where nobody stands.
    """
    locked = _locked(position)
    if locked.person_id is None:
        raise problems.PlaceholderError
    _end(locked, on)
    return locked


def _end(position: Position, on: date) -> None:
    lower, upper = position.valid.lower, position.valid.upper
    if lower is not None and on <= lower:
        raise problems.LeavingDateError
    if upper is not None and upper < on:
        raise problems.GoneError
    position.valid = DateRange(lower, on)
    position.save(update_fields=["valid", "updated_at"])


@explained()
@transaction.atomic
def move_person(
    *, position: Position, account: Account, on: date, **place: Unpack[PlaceFacts]
) -> Position:
    """Let somebody change company, or place, on a day; the old place keeps its history.

    Raises what `leave` and `place_person` raise. Answers the new place.
    """
    locked = _locked(position)
    if locked.person is None:
        raise problems.PlaceholderError
    tree.refuse_merged(account)
    _end(locked, on)
    return _place(account, locked.person, DateRange(on, None), place)


@explained()
@transaction.atomic
def fill_placeholder(
    *,
    position: Position,
    from_date: date | None = None,
    person: Person | None = None,
    person_facts: PersonFacts | None = None,
    may_share_name: bool = False,
) -> Position:
    """Say who stands where nobody was known, somebody known or somebody new.

    The place with its lines and steps is theirs from `from_date` on, or since it was noted.
    Raises PlaceholderError where somebody stands already, SameNameError, AlreadyThereError.
    """
    locked = _locked(position)
    if locked.person_id is not None:
        raise problems.PlaceholderError(_("Somebody stands here already."))
    valid = DateRange(from_date, locked.valid.upper) if from_date else locked.valid
    if person is None:
        person = Person(**(person_facts or {}))
        _tidy(person)
        if not may_share_name and _namesakes(locked.account, person.name_key, valid):
            raise problems.SameNameError
        person.save()
    locked.person, locked.valid = person, valid
    locked.save(update_fields=["person", "valid", "updated_at"])
    return locked


@explained()
@transaction.atomic
def remove_placeholder(*, position: Position) -> None:
    """Take a placeholder away; who reported to it reports to its boss.

    Raises PlaceholderError where somebody stands: people leave, they are not removed.
    """
    locked = _locked(position)
    if locked.person_id is not None:
        raise problems.PlaceholderError(_("Somebody stands here: let them leave instead."))
    for report in Position.objects.filter(reports_to=locked).order_by("pk"):
        report.reports_to_id = locked.reports_to_id
        report.save(update_fields=["reports_to", "updated_at"])
    locked.delete()


@explained()
@transaction.atomic
def identify_person(*, person: Person, system: str, value: str) -> PersonIdentifier:
    """Note what another system calls a person. Raises RefusedError for one that is taken."""
    if not system.strip() or not value.strip():
        raise RefusedError(_("An identifier needs a system and a value."), field="value")
    return PersonIdentifier.objects.create(
        person=person, system=system.strip(), value=value.strip()
    )
