from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from kam.identity.choices import Role
from kam.identity.models import SalesTeam, User

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_team(*, name: str = "", parent: SalesTeam | None = None) -> SalesTeam:
    """A sales team, by default at the top of the tree."""
    return SalesTeam.objects.create(name=name or f"Team {next(_numbers)}", parent=parent)


def make_user(
    *,
    email: str = "",
    full_name: str = "",
    roles: Sequence[str] = (Role.ACCOUNT_MANAGER,),
    team: SalesTeam | None = None,
    is_active: bool = True,
) -> User:
    """A user who signs in with `PASSWORD`; by default an account manager without a team."""
    email = email or f"user{next(_numbers)}@kam.test"
    return User.objects.create_user(
        email,
        PASSWORD,
        full_name=full_name or email.split("@", maxsplit=1)[0].title(),
        roles=list(roles),
        team=team,
        is_active=is_active,
    )
