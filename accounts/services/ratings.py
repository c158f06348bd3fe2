"""Ratings of people at accounts: each a new dated record, none is ever overwritten."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.analytics import relationships
from accounts.choices import LEVEL_KINDS, RatingBasis, RatingKind
from accounts.models import Position, StakeholderRating
from accounts.models.people_triggers import REWRITE_SETTING
from accounts.services import people_problems as problems
from kam.core.problems import RefusedError, explained
from kam.core.rewriting import rewriting
from kam.identity.models import User

SCALES: dict[str, range] = {
    RatingKind.INFLUENCE: relationships.INFLUENCE,
    RatingKind.SUPPORT: relationships.SUPPORT,
    RatingKind.LEVEL_CURRENT: relationships.LEVELS,
    RatingKind.LEVEL_DESIRED: relationships.LEVELS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a rating rests on."""

    basis: str = RatingBasis.ASSUMED
    evidence: str = ""


ASSUMED = Ground()


@explained()
@transaction.atomic
def rate(
    *,
    position: Position,
    author: User,
    kind: str,
    value: int,
    as_of: date,
    rated_on: date | None = None,
    team_member: User | None = None,
    ground: Ground = ASSUMED,
) -> StakeholderRating:
    """Record what somebody thinks of a person at an account on a day, today unless said.

    A relationship level is the author's own unless it names a colleague. Raises ScaleError,
    NotThereError, FutureRatingError, EvidenceError, TeamMemberError and PlaceholderError.
    """
    day = rated_on or as_of
    _check(position, kind, value, ground)
    if day > as_of:
        raise problems.FutureRatingError
    if day not in position.valid:
        raise problems.NotThereError
    is_level = kind in LEVEL_KINDS
    if team_member is not None and not is_level:
        raise problems.TeamMemberError(_("Only a relationship level is that of one of us."))
    return StakeholderRating.objects.create(
        position=position,
        author=author,
        kind=kind,
        value=value,
        rated_on=day,
        team_member=(team_member or author) if is_level else None,
        basis=ground.basis,
        evidence=ground.evidence.strip(),
    )


def _check(position: Position, kind: str, value: int, ground: Ground) -> None:
    if kind not in SCALES:
        raise RefusedError(_("There is no such kind of rating."), field="kind")
    if position.person_id is None:
        raise problems.PlaceholderError
    if value not in SCALES[kind]:
        scale = SCALES[kind]
        words = str(_("This value is not on the scale from %(low)s to %(high)s."))
        raise problems.ScaleError(words % {"low": scale[0], "high": scale[-1]})
    if ground.basis not in RatingBasis.values:
        raise RefusedError(_("A rating is assumed or confirmed."), field="basis")
    if ground.basis == RatingBasis.CONFIRMED and not ground.evidence.strip():
        raise problems.EvidenceError


@explained()
@transaction.atomic
def place_on_grid(
    *,
    position: Position,
    author: User,
    influence: int,
    support: int,
    as_of: date,
    ground: Ground = ASSUMED,
) -> list[StakeholderRating]:
    """Record where somebody puts a person on the grid; answers the new ratings.

    A value that is the author's latest already is not said again.
    """
    wanted = {RatingKind.INFLUENCE: influence, RatingKind.SUPPORT: support}
    return [
        rate(position=position, author=author, kind=kind, value=value, as_of=as_of, ground=ground)
        for kind, value in wanted.items()
        if _own_latest(position, author, kind) != value
    ]


def _own_latest(position: Position, author: User, kind: str) -> int | None:
    own = StakeholderRating.objects.filter(position=position, author=author, kind=kind)
    found: int | None = own.values_list("value", flat=True).first()
    return found


def rewriting_ratings() -> AbstractContextManager[None]:
    """Inside a transaction: let ratings follow merged people, or go with the import they came by.

    The one way past the database's refusal; nothing else may use it.
    """
    return rewriting(REWRITE_SETTING)
