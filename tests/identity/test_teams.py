"""Sales teams as a tree."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from kam.core.problems import RefusedError
from kam.identity import selectors
from kam.identity.models import SalesTeam
from kam.identity.services.teams import (
    TeamCycleError,
    TeamInUseError,
    TeamNameTakenError,
    create_team,
    delete_team,
    update_team,
)
from tests.conftest import People, client_of
from tests.factories.identity import make_team, make_user
from tests.races import at_once

pytestmark = pytest.mark.django_db


def test_the_tree_is_walked_from_the_top() -> None:
    sales = make_team(name="Sales")
    asia, nordics = make_team(name="Asia", parent=sales), make_team(name="Nordics", parent=sales)
    make_team(name="Finland", parent=nordics)
    make_user(team=asia)
    make_user(team=asia, is_active=False)
    nodes = [(node.path, node.depth, node.members) for node in selectors.team_tree()]
    assert nodes == [
        ("Sales", 0, 0),
        ("Sales › Asia", 1, 1),
        ("Sales › Nordics", 1, 0),
        ("Sales › Nordics › Finland", 2, 0),
    ]
    offered = [node.team.name for node in selectors.possible_parents(nordics)]
    assert offered == ["Sales", "Asia"]


def test_a_team_cannot_be_part_of_itself() -> None:
    top = make_team(name="Top")
    middle = make_team(name="Middle", parent=top)
    bottom = make_team(name="Bottom", parent=middle)
    for parent in (top, middle, bottom):
        with pytest.raises(TeamCycleError):
            update_team(team=top, name="Top", parent=parent)
    update_team(team=bottom, name="Bottom", parent=top)


def test_the_database_refuses_a_cycle_too() -> None:
    top = make_team()
    bottom = make_team(parent=make_team(parent=top))
    for parent in (bottom, top):
        with pytest.raises(IntegrityError), transaction.atomic():
            SalesTeam.objects.filter(pk=top.pk).update(parent=parent)
    top.refresh_from_db()
    assert top.parent is None


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_close_a_circle() -> None:
    one, other = make_team(), make_team()
    both_began = threading.Barrier(2)

    def move(team: SalesTeam, parent: SalesTeam) -> None:
        with transaction.atomic():
            both_began.wait(10)
            SalesTeam.objects.filter(pk=team.pk).update(parent=parent)

    raised = at_once(partial(move, one, other), partial(move, other, one))
    assert sorted(type(error).__name__ for error in raised) == ["IntegrityError", "NoneType"]
    assert SalesTeam.objects.filter(parent__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_said_in_words() -> None:
    from kam.core.problems import explained

    top = make_team()
    bottom = make_team(parent=top)
    with pytest.raises(TeamCycleError), explained(), transaction.atomic():
        SalesTeam.objects.filter(pk=top.pk).update(parent=bottom)


def test_names_are_unique() -> None:
    make_team(name="Nordics")
    with pytest.raises(TeamNameTakenError):
        create_team(name="Nordics", parent=None)


def test_only_an_empty_team_goes() -> None:
    top = make_team()
    bottom = make_team(parent=top)
    member = make_user(team=bottom)
    for team in (top, bottom):
        with pytest.raises(TeamInUseError):
            delete_team(team=team)
    member.team = None
    member.save()
    delete_team(team=bottom)
    delete_team(team=top)
    assert SalesTeam.objects.count() == 0


def test_pages_create_move_and_delete(people: People) -> None:
    client = client_of(people.administrator)
    nordics = people.owner.team
    assert nordics is not None
    answer = client.post("/settings/teams/new/", {"name": "Finland", "parent": nordics.pk})
    assert answer.status_code == 302
    finland = SalesTeam.objects.get(name="Finland")
    url = f"/settings/teams/{nordics.pk}/"
    page = client.post(url, {"name": "Nordics", "parent": finland.pk})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["parent"])
    page = client.get(url)
    assert [member.email for member in page.context["members"]] == [
        "owner@kam.test",
        "teammate@kam.test",
    ]
    client.post(f"{url}delete/")
    assert SalesTeam.objects.filter(pk=nordics.pk).exists()
    client.post(f"/settings/teams/{finland.pk}/delete/")
    assert not SalesTeam.objects.filter(pk=finland.pk).exists()


def test_refusals_are_of_one_kind() -> None:
    assert issubclass(TeamCycleError, RefusedError)
