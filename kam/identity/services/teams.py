"""Sales teams as a tree."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from kam.identity import scope
from kam.identity.models import SalesTeam


class TeamCycleError(RefusedError):
    """A team would be part of itself. The database refuses it too."""

    code, field = "team_cycle", "parent"
    words = _("A team cannot be part of itself or of a team below it.")


class TeamNameTakenError(RefusedError):
    """Another team has this name."""

    code, field = "team_name_taken", "name"
    words = _("There is another team with this name already.")


class TeamInUseError(RefusedError):
    """The team still has members or teams below it."""

    code = "team_in_use"
    words = _("Somebody is still in this team, or a team is below it. Move them first.")


@explained()
@transaction.atomic
def create_team(*, name: str, parent: SalesTeam | None) -> SalesTeam:
    """Create a team; raises TeamNameTakenError."""
    _lock_and_check_name(name, None)
    return SalesTeam.objects.create(name=name, parent=parent)


@explained()
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


@explained()
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
