"""Joint teams with a customer: making them, who is in, what they work on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from accounts.services import tree
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.models import JointInitiative, JointMember, JointTeam
from plans.services.problems import check_plan

TEAM = ("plan", "topic", "title", "aim", "state", "starts_on", "ends_on", "owner", "is_shareable")
INITIATIVE = (
    "title", "our_gain", "their_gain", "measure", "state", "due_on", "percent", "result",
)  # fmt: skip


class TwiceError(RefusedError):
    """Somebody is in a team once."""

    code = "joint_member_twice"
    words = _("This person is in the team already.")


@explained()
@transaction.atomic
def save_team(
    *,
    facts: Mapping[str, Any],
    account: Account | None = None,
    team: JointTeam | None = None,
    read_at: datetime | None = None,
) -> JointTeam:
    """Make a team at an account, or change one; `facts` holds the fields of TEAM.

    Who leads it is a member. Raises ForeignPlanError, what a merged account raises, and
    StaleError where somebody else changed it after `read_at`.
    """
    if team is None:
        assert account is not None  # noqa: S101 - one of both is there
        tree.refuse_merged(account)
        row = JointTeam(account=account)
    else:
        row = JointTeam.objects.select_for_update(no_key=True).get(pk=team.pk)
        refuse_stale(row.updated_at, read_at)
    for name in TEAM:
        if name in facts:
            setattr(row, name, facts[name])
    check_plan(row.account, row.plan)
    row.save()
    JointMember.objects.get_or_create(team=row, user=row.owner, position=None)
    return row


@explained()
@transaction.atomic
def add_member(
    *, team: JointTeam, user: User | None = None, position: Position | None = None, role: str = ""
) -> JointMember:
    """Take somebody of ours or of theirs into a team. Raises TwiceError."""
    if JointMember.objects.filter(team=team, user=user, position=position).exists():
        raise TwiceError(field="user" if user else "position")
    found: JointMember = JointMember.objects.create(
        team=team, user=user, position=position, role=role.strip()
    )
    return found


@explained()
@transaction.atomic
def remove_member(*, member: JointMember) -> None:
    """Take somebody out; who leads the team stays in it."""
    if member.user_id == member.team.owner_id:
        raise RefusedError(_("Who leads the team is in it."), code="joint_owner_stays")
    member.delete()


@explained()
@transaction.atomic
def save_initiative(
    *,
    facts: Mapping[str, Any],
    team: JointTeam | None = None,
    initiative: JointInitiative | None = None,
    read_at: datetime | None = None,
) -> JointInitiative:
    """Give a team something to work on, or change it; `facts` holds the fields of INITIATIVE.

    Raises StaleError where somebody else changed it after `read_at`.
    """
    if initiative is None:
        row = JointInitiative(team=team)
    else:
        row = JointInitiative.objects.select_for_update().get(pk=initiative.pk)
        refuse_stale(row.updated_at, read_at)
    for name in INITIATIVE:
        if name in facts:
            setattr(row, name, facts[name])
    row.save()
    return row


@explained()
@transaction.atomic
def remove_initiative(*, initiative: JointInitiative) -> None:
    """Take an initiative out of a team; its history stays."""
    initiative.delete()
