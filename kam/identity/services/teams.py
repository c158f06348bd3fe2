"""Sales teams as a tree."""

from __future__ import annotations

from django.db import transaction

from kam.core.locks import lock_names
from kam.identity import scope
from kam.identity.models import SalesTeam


class TeamError(Exception):
    """A change to the team tree that cannot be."""


class TeamCycleError(TeamError):
    """A team would be part of itself. The database refuses it too."""


class TeamNameTakenError(TeamError):
    """Another team has this name."""


class TeamInUseError(TeamError):
    """The team still has members or teams below it."""


@transaction.atomic
def create_team(*, name: str, parent: SalesTeam | None) -> SalesTeam:
    """Create a team; raises TeamNameTakenError."""
    _lock_and_check_name(name, None)
    return SalesTeam.objects.create(name=name, parent=parent)


@transaction.atomic
def update_team(*, team: SalesTeam, name: str, parent: SalesTeam | None) -> SalesTeam:
    """Rename or move a team with all that is below it.

    Raises TeamNameTakenError and TeamCycleError.
    """
    _lock_and_check_name(name, team)
    if parent is not None and parent.pk in scope.team_ids_below(team.pk):
        raise TeamCycleError
    team.name, team.parent = name, parent
    team.save()
    return team


@transaction.atomic
def delete_team(*, team: SalesTeam) -> None:
    """Delete an empty team; raises TeamInUseError where anybody or any team is in it."""
    lock_names("sales teams")
    team = SalesTeam.objects.select_for_update().get(pk=team.pk)
    if team.members.exists() or team.children.exists():
        raise TeamInUseError
    team.delete()


def _lock_and_check_name(name: str, team: SalesTeam | None) -> None:
    lock_names("sales teams")
    others = SalesTeam.objects.filter(name=name)
    if team is not None:
        others = others.exclude(pk=team.pk)
    if others.exists():
        raise TeamNameTakenError
