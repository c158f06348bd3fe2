"""The account's team: the lead and those above, and who supports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.choices import TeamFunction
from accounts.models import Account, LeadAssignment, TeamMember
from kam.identity.models import User


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads an account on a day, at the account itself or from a node above."""

    account: Account
    user: User
    is_own: bool


@dataclass(frozen=True, slots=True)
class TeamOfAccount:
    """The team on a day: `leaders` from the account upwards (the first is the single point of
    contact, those after it lead above it), `members` by function, inherited ones included."""

    leaders: Sequence[Leader]
    members: Sequence[TeamMember]

    @property
    def lead(self) -> User | None:
        """The single point of contact."""
        return self.leaders[0].user if self.leaders else None

    @property
    def above(self) -> Sequence[Leader]:
        """Leads of nodes above who are somebody else."""
        return [one for one in self.leaders[1:] if one.user.pk != self.leaders[0].user.pk]

    @property
    def by_function(self) -> list[tuple[str, list[TeamMember]]]:
        """Members by function, in the order in which functions are listed."""
        found: dict[str, list[TeamMember]] = {}
        for row in self.members:
            found.setdefault(row.function, []).append(row)
        return [(str(one.label), found[one]) for one in TeamFunction if one in found]


def accounts_worked_on(user: User) -> QuerySet[Account]:
    """Return the accounts that the user sees or supports, for the team's own pages alone."""
    rows: QuerySet[Account] = Account.objects.worked_on_by(user).not_merged()
    return rows


def team_of(account: Account, *, as_of: date) -> TeamOfAccount:
    """Return who works on an account on a day, in two queries. The tree is today's."""
    return TeamOfAccount(leaders_on(account, as_of=as_of), list(members_on(account, as_of=as_of)))


def leaders_on(account: Account, *, as_of: date) -> list[Leader]:
    """Return the leads in force on a day at the account and above it, the nearest first."""
    rows = LeadAssignment.objects.filter(account__in=account.path, valid__contains=as_of)
    found = {row.account_id: row for row in rows.select_related("account", "user")}
    return [
        Leader(found[pk].account, found[pk].user, pk == account.pk)
        for pk in reversed(account.path)
        if pk in found
    ]


def lead_on(account: Account, *, on: date) -> User | None:
    """Return who leads an account on a day, itself or from above; None where nobody does."""
    found = leaders_on(account, as_of=on)
    return found[0].user if found else None


def members_on(
    account: Account, *, as_of: date, function: str = ""
) -> QuerySet[TeamMember, TeamMember]:
    """Return who supports the lead on a day, at the account or from above, nearest first."""
    rows: QuerySet[TeamMember] = TeamMember.objects.filter(account__in=account.path).on(as_of)
    if function:
        rows = rows.filter(function=function)
    return rows.select_related("user", "account").order_by("function", "user__full_name", "pk")


def members_over_time(account: Account) -> list[TeamMember]:
    """Return the account's own members that were or will be, the latest first."""
    rows = TeamMember.objects.filter(account=account).select_related("user")
    return list(rows.order_by("-valid", "pk"))


def memberships_of(user: User, *, as_of: date) -> list[TeamMember]:
    """Return where the user, or somebody they stand in for, supports the lead on a day."""
    rows: QuerySet[TeamMember] = TeamMember.objects.filter(user__in=user.acting_user_ids())
    shown = rows.filter(valid__contains=as_of).select_related("account")
    return list(shown.order_by("account__name_key", "function", "pk")[:100])
