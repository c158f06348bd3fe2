"""The present value of what we think of people, as far as the reader may know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.analytics import relationships
from accounts.choices import Influence, RatingBasis, RatingKind, RelationshipLevel, Support
from accounts.models import Position, RelationshipSettings, StakeholderRating
from kam.identity.models import User

OLD_DAYS = 180


def relationship_settings() -> RelationshipSettings:
    """Return the organisation's settings; the defaults where nobody chose any."""
    return RelationshipSettings.objects.filter(pk=1).first() or RelationshipSettings(pk=1)


@dataclass(frozen=True, slots=True)
class Present:
    """The latest of several ratings of one kind: the value, whose, since when, and the spread.

    `apart` is how far the raters' own latest values lie apart.
    """

    value: int
    rated_on: date
    author: User
    basis: str
    evidence: str
    apart: int

    @property
    def is_disputed(self) -> bool:
        """Whether raters are two steps apart or more."""
        return self.apart >= relationships.DISAGREEMENT

    @property
    def is_confirmed(self) -> bool:
        """Whether evidence stands behind it."""
        return self.basis == RatingBasis.CONFIRMED

    def is_old(self, as_of: date) -> bool:
        """Tell whether it was given too long ago to be relied upon."""
        return (as_of - self.rated_on).days > OLD_DAYS


@dataclass(frozen=True, slots=True)
class Opinions:
    """All that a reader may know of one person at one account on a day."""

    present: Mapping[str, Present] = field(default_factory=dict)
    levels: Mapping[tuple[int, str], Present] = field(default_factory=dict)
    members: Mapping[int, User] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)
    hidden: int = 0

    def value(self, kind: str) -> int | None:
        """Return the present value of a kind; None where it is not known."""
        found = self.present.get(kind)
        return found.value if found else None

    @property
    def level(self) -> int | None:
        """The closest that any of us is to the person today; None where nobody said."""
        today = [
            p.value for (_who, kind), p in self.levels.items() if kind == RatingKind.LEVEL_CURRENT
        ]
        return max(today, default=None)


NO_OPINIONS = Opinions()


def opinions_on(
    position_ids: Collection[int], *, user: User, as_of: date, is_scoped: bool = True
) -> dict[int, Opinions]:
    """Return opinions by place, from the ratings of `as_of` and before that the user may know.

    Of several ratings the latest by date counts, then the one recorded last. `hidden` counts
    those that the user will know after rating first. `is_scoped` false is for who is about to
    get the account: whatever they may know once they have it.
    """
    every = StakeholderRating.objects.filter(position__in=position_ids, rated_on__lte=as_of)
    known = every.visible_to(user) if is_scoped else every.known_to(user)
    rows = known.select_related("author", "team_member")
    by_position: dict[int, list[StakeholderRating]] = defaultdict(list)
    for row in rows.order_by("-rated_on", "-pk"):
        by_position[row.position_id].append(row)
    counts = dict(every.order_by().values_list("position").annotate(Count("pk")))
    return {pk: _opinions(by_position.get(pk, []), user, count) for pk, count in counts.items()}


def _opinions(rows: list[StakeholderRating], user: User, count: int) -> Opinions:
    by_kind: dict[str, list[StakeholderRating]] = defaultdict(list)
    by_member: dict[tuple[int, str], list[StakeholderRating]] = defaultdict(list)
    members: dict[int, User] = {}
    for row in rows:
        if row.team_member is None:
            by_kind[row.kind].append(row)
        else:
            by_member[row.team_member.pk, row.kind].append(row)
            members[row.team_member.pk] = row.team_member
    own: dict[str, int] = {}
    for row in rows:
        if row.author_id == user.pk:
            own.setdefault(row.kind, row.value)
    return Opinions(
        {kind: _present(found) for kind, found in by_kind.items()},
        {key: _present(found) for key, found in by_member.items()},
        members,
        own,
        count - len(rows),
    )


def _present(rows: list[StakeholderRating]) -> Present:
    latest: dict[int, int] = {}
    for row in rows:
        latest.setdefault(row.author_id, row.value)
    first = rows[0]
    return Present(
        first.value,
        first.rated_on,
        first.author,
        first.basis,
        first.evidence,
        relationships.spread(latest.values()),
    )


def with_present(
    rows: QuerySet[Position], *, user: User, as_of: date, kinds: Iterable[str]
) -> QuerySet[Position]:
    """Add the present value of kinds to places, one column each, as the user may know it."""
    visible = StakeholderRating.objects.filter(rated_on__lte=as_of).visible_to(user)
    columns = {
        kind: Subquery(
            visible.filter(position=OuterRef("pk"), kind=kind)
            .order_by("-rated_on", "-pk")
            .values("value")[:1]
        )
        for kind in kinds
    }
    return rows.annotate(**columns)


def ratings_over_time(
    position_ids: Collection[int], *, user: User, limit: int = 200
) -> list[StakeholderRating]:
    """Return the ratings of places that the user may know, the latest first."""
    rows: QuerySet[StakeholderRating] = StakeholderRating.objects.filter(
        position__in=position_ids
    ).visible_to(user)
    shown = rows.select_related("author", "team_member", "position__account")
    return list(shown.order_by("-rated_on", "-pk")[:limit])


def rating_in_words(rating: StakeholderRating) -> str:
    """Return a rating's value as its scale says it."""
    scale: Any = {RatingKind.INFLUENCE: Influence, RatingKind.SUPPORT: Support}.get(
        RatingKind(rating.kind), RelationshipLevel
    )
    return str(scale(rating.value).label)
