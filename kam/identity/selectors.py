"""Reads of users, teams, delegations and tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from kam.identity import scope
from kam.identity.models import ApiToken, Delegation, SalesTeam, User


@dataclass(frozen=True)
class TeamNode:
    """A team in the tree: how deep it stands, its full name from the top, and who is in it.

    `members` counts users of this team alone who may sign in, not those of teams below.
    """

    team: SalesTeam
    depth: int
    path: str
    members: int

    @property
    def pk(self) -> int:
        """The team's key."""
        return self.team.pk

    @property
    def shown_depth(self) -> int:
        """How far it is indented: a narrow page has room for six steps."""
        return min(self.depth, 6)


def has_users() -> bool:
    """Whether anybody exists yet; while not, the first administrator can be made."""
    return User.objects.exists()


def users_for(user: User) -> QuerySet[User]:
    """The users that somebody may see, with their teams, disabled ones included."""
    return User.objects.visible_to(user).select_related("team")


def team_tree() -> list[TeamNode]:
    """All teams, each below its parent, brothers by name."""
    below: dict[int | None, list[SalesTeam]] = defaultdict(list)
    members = Count("members", filter=Q(members__is_active=True))
    for team in SalesTeam.objects.annotate(member_count=members).order_by("name", "pk"):
        below[team.parent_id].append(team)
    return list(_walk(below, None, 0, ""))


def _walk(
    below: dict[int | None, list[SalesTeam]], parent_id: int | None, depth: int, above: str
) -> Iterator[TeamNode]:
    for team in below.get(parent_id, []):
        path = f"{above} › {team.name}" if above else team.name
        yield TeamNode(team, depth, path, getattr(team, "member_count", 0))
        yield from _walk(below, team.pk, depth + 1, path)


def possible_parents(team: SalesTeam | None) -> list[TeamNode]:
    """Teams that a team can be part of: all but itself and those below it."""
    below = set() if team is None else set(scope.team_ids_below(team.pk))
    return [node for node in team_tree() if node.team.pk not in below]


def delegations_for(user: User) -> QuerySet[Delegation]:
    """The delegations that somebody may see, past ones included, with both people."""
    return Delegation.objects.visible_to(user).select_related("from_user", "to_user")


def own_delegations(user: User, today: date) -> QuerySet[Delegation]:
    """Delegations that the user gave or holds and that are not over yet."""
    mine = Q(from_user=user) | Q(to_user=user)
    return (
        Delegation.objects.filter(mine, valid__endswith__gt=today)
        .select_related("from_user", "to_user")
        .order_by("valid", "pk")
    )


def stand_ins_for(user: User) -> QuerySet[User]:
    """Colleagues who may stand in for the user: everybody else who may sign in."""
    return User.objects.filter(is_active=True).exclude(pk=user.pk)


def working_tokens(user: User, now: datetime) -> QuerySet[ApiToken]:
    """The user's tokens that are neither revoked nor expired, the newest first."""
    in_time = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return ApiToken.objects.filter(in_time, user=user, revoked_at__isnull=True)
