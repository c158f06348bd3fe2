"""People as lists show them, and what one person's page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.choices import RatingKind
from accounts.models import (
    Account,
    CustomerDate,
    DecisionStep,
    Person,
    Position,
    StakeholderLink,
    StakeholderNote,
)
from accounts.querysets import of_teams
from accounts.selectors.people.ratings import with_present
from kam.core.text import search_key
from kam.identity.models import User

KINDS = (RatingKind.INFLUENCE, RatingKind.SUPPORT)


def people_for(user: User, *, as_of: date) -> QuerySet[Position]:
    """Return who stands where at visible accounts, with present influence and support.

    One row for each place of a person, those who left too; no placeholders, no merged accounts.
    """
    rows: QuerySet[Position] = Position.objects.visible_to(user).filter(
        person__isnull=False, account__merged_into__isnull=True
    )
    shown = rows.select_related("person", "account")
    return with_present(shown, user=user, as_of=as_of, kinds=KINDS)


def named(rows: QuerySet[Any], text: str, prefix: str = "person__") -> QuerySet[Any]:
    """Those with the text in their name, in any script, or with the e-mail address."""
    key = search_key(text)
    by_mail = Q(**{f"{prefix}email__iexact": text.strip()})
    return rows.filter(Q(**{f"{prefix}name_key__contains": key}) | by_mail)


def people_called(user: User, text: str, *, limit: int) -> list[Person]:
    """Return people in the user's scope by name or e-mail address, with their visible places."""
    rows: QuerySet[Person] = named(Person.objects.visible_to(user), text, "")
    return list(rows.order_by("name_key", "pk")[:limit])


def places_of(person: Person, user: User) -> list[Position]:
    """Return the places of a person at accounts in the user's scope, the latest first.

    `boss` is the name of whom they report to, where the user may see them.
    """
    rows: QuerySet[Position] = Position.objects.visible_to(user).filter(person=person)
    boss = Position.objects.visible_to(user).filter(pk=OuterRef("reports_to"))
    shown = rows.select_related("account", "person").annotate(
        boss=Subquery(boss.values("person__name")[:1])
    )
    return list(shown.order_by(F("valid__startswith").desc(nulls_last=True), "pk"))


def lines_of(positions: Sequence[Position], user: User) -> list[StakeholderLink]:
    """Return the informal lines of places, both ends visible to the user."""
    ids = [position.pk for position in positions]
    visible = Position.objects.visible_to(user).values("pk")
    rows = StakeholderLink.objects.filter(Q(from_position__in=ids) | Q(to_position__in=ids))
    shown = rows.filter(from_position__in=visible, to_position__in=visible)
    return list(shown.select_related("from_position__person", "to_position__person").order_by("pk"))


def notes_on(positions: Sequence[Position], user: User) -> list[StakeholderNote]:
    """Return the confidential notes on places that the user may read, the latest first."""
    rows: QuerySet[StakeholderNote] = StakeholderNote.objects.visible_to(user)
    ids = [position.pk for position in positions]
    shown = rows.filter(position__in=ids).select_related("author", "position__account")
    return list(shown.order_by("-created_at", "-pk"))


def may_read_notes(account: Account, user: User) -> bool:
    """Whether the user belongs to the account's team, for whom confidential notes are."""
    return Account.objects.filter(of_teams(user), pk=account.pk).exists()


def steps_of(account: Account, user: User) -> list[DecisionStep]:
    """Return how an account decides: by category, the steps in order.

    `decider` is who decides, where the user may see them.
    """
    decider = Position.objects.visible_to(user).filter(pk=OuterRef("position"))
    rows = DecisionStep.objects.visible_to(user).filter(account=account)
    shown = rows.select_related("category", "position").annotate(
        decider=Subquery(decider.values("person__name")[:1]),
        decider_person=Subquery(decider.values("person")[:1]),
    )
    return list(shown.order_by(F("category__name").asc(nulls_first=True), "number", "pk"))


def dates_of(account: Account, user: User, *, as_of: date) -> list[CustomerDate]:
    """Return the dates of an account's calendar that are not over yet, the next first."""
    rows: QuerySet[CustomerDate] = CustomerDate.objects.visible_to(user).filter(account=account)
    rows = rows.exclude(Q(ends_on__lt=as_of) | Q(ends_on__isnull=True, starts_on__lt=as_of))
    return list(rows.select_related("category").order_by("starts_on", "pk"))


@dataclass(frozen=True, slots=True)
class Reminder:
    """A date of a customer that comes so near that one wanted to be reminded."""

    entry: CustomerDate
    days: int


def reminders_for(user: User, *, as_of: date, limit: int = 5) -> list[Reminder]:
    """Return the dates of accounts that the user leads or stands in for, reminder due."""
    rows: QuerySet[CustomerDate] = CustomerDate.objects.visible_to(user).filter(
        account__current_lead__in=user.acting_user_ids(),
        remind_days__isnull=False,
        starts_on__gte=as_of,
        starts_on__lte=as_of + timedelta(days=365),
    )
    found = [
        Reminder(entry, (entry.starts_on - as_of).days)
        for entry in rows.select_related("account").order_by("starts_on", "pk")[:200]
    ]
    return [one for one in found if one.days <= (one.entry.remind_days or 0)][:limit]
