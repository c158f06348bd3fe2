"""The relationship matrix: our people against theirs, today's level and the one aimed at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.analytics import relationships
from accounts.choices import RatingKind, RelationshipLevel
from accounts.selectors.people.ratings import Present
from accounts.selectors.people.stakeholder_map import Card, StakeholderMap
from kam.identity.models import User

LIVE_FROM = RelationshipLevel.VENDOR
NEARLY_ALL = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Cell:
    """One of us and one of them; what nobody said is None.

    `is_old`: today's level was said too long ago to be relied upon.
    """

    member: User
    current: Present | None
    desired: Present | None
    is_old: bool = False

    @property
    def gap(self) -> int | None:
        """How many levels are missing; 0 where there is nothing to do, None where unknown."""
        if self.current is None or self.desired is None:
            return None
        return max(self.desired.value - self.current.value, 0)

    @property
    def current_label(self) -> str:
        """Today's level in words."""
        return str(RelationshipLevel(self.current.value).label) if self.current else ""

    @property
    def desired_label(self) -> str:
        """The level aimed at in words."""
        return str(RelationshipLevel(self.desired.value).label) if self.desired else ""

    @property
    def is_disputed(self) -> bool:
        """Whether raters are far apart about the level."""
        return any(one is not None and one.is_disputed for one in (self.current, self.desired))


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One of theirs, with a cell for each of ours."""

    card: Card
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who knows whom. `their_threads` counts functions of theirs and `our_threads` people of
    ours with at least the level of a vendor; None where no level is known. `runs_through` is who
    of us has most of the recent contacts, with the share, where that is nearly all of them."""

    members: Sequence[User]
    rows: Sequence[MatrixRow]
    our_threads: int | None
    their_threads: int | None
    runs_through: tuple[User, Decimal] | None = None

    @property
    def is_single_on_our_side(self) -> bool:
        """Whether only one of us knows them."""
        return relationships.is_single_threaded(self.our_threads)

    @property
    def is_single_on_their_side(self) -> bool:
        """Whether we know only one function of theirs."""
        return relationships.is_single_threaded(self.their_threads)


def matrix_of(found: StakeholderMap, *, user: User) -> Matrix:
    """Return the matrix of a map; columns are the lead, the reader and whoever has a level."""
    members: dict[int, User] = {}
    for card in found.people:
        members.update(card.opinions.members)
    if found.account.current_lead is not None:
        members.setdefault(found.account.current_lead.pk, found.account.current_lead)
    columns = sorted(members.values(), key=lambda one: (one.pk != user.pk, one.full_name, one.pk))
    rows = [
        MatrixRow(card, _cells(card.opinions.levels, columns, found.as_of)) for card in found.people
    ]
    live = [
        (row.card.position.function, cell.member.pk)
        for row in rows
        for cell in row.cells
        if cell.current is not None and cell.current.value >= LIVE_FROM
    ]
    is_known = any(cell.current is not None for row in rows for cell in row.cells)
    return Matrix(
        columns,
        rows,
        relationships.threads([str(member) for _f, member in live] if is_known else None),
        relationships.threads([function for function, _m in live] if is_known else None),
        _runs_through(found, members),
    )


def _runs_through(
    found: StakeholderMap, members: Mapping[int, User]
) -> tuple[User, Decimal] | None:
    counts: Counter[int] = Counter()
    for card in found.people:
        counts.update(dict(card.contacts.by_user) if card.contacts else {})
    most = relationships.largest_share(counts)
    if most is None or most[1] < NEARLY_ALL:
        return None
    user = members.get(most[0]) or User.objects.filter(pk=most[0]).first()
    return None if user is None else (user, most[1])


def _cells(
    levels: Mapping[tuple[int, str], Present], columns: Sequence[User], as_of: date
) -> list[Cell]:
    return [_cell(levels, member, as_of) for member in columns]


def _cell(levels: Mapping[tuple[int, str], Present], member: User, as_of: date) -> Cell:
    current = levels.get((member.pk, RatingKind.LEVEL_CURRENT))
    desired = levels.get((member.pk, RatingKind.LEVEL_DESIRED))
    return Cell(member, current, desired, current is not None and current.is_old(as_of))
