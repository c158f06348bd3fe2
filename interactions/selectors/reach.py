"""Which accounts a reader's contacts lie at, so that a page reads what it shows and no more."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from accounts.models import Account, Person, Position
from accounts.querysets import of_teams
from kam.identity.models import User

FEW = 2_000


def near(user: User, account_ids: Sequence[int] | None) -> Q | None:
    """Return what selects the rows of contacts (or their words) that a reader may read, or None.

    As `readable` says it, by columns of the row's own table, so that a page is found before
    anything is joined. Accounts named must be ones that the reader sees or supports. None for who
    sees too many to name them: `visible_to` alone says what they read.
    """
    told = openly(user)
    if account_ids is not None:
        return among(account_ids) & told
    if user.sees_everything():
        return told
    ids = list(Account.objects.worked_on_by(user).values_list("pk", flat=True)[: FEW + 1])
    return (among(ids) & told) | Q(author=user) if len(ids) <= FEW else None


def among(account_ids: Sequence[int]) -> Q:
    """What selects rows at some accounts: one list, where `in` is as many numbers to parse."""
    ids = Value(list(account_ids), output_field=ArrayField(BigIntegerField()))
    return Q(
        Func(
            F("account"),
            ids,
            template="%(expressions)s)",
            arg_joiner=" = ANY(",
            output_field=BooleanField(),
        )
    )


def openly(user: User) -> Q:
    """Return what selects rows that are not told in confidence, or to the reader, or to the team.

    Of accounts that the reader sees or supports. The team is looked up for each row told in
    confidence, of which there are few.
    """
    teams = Account.objects.filter(of_teams(user), pk=OuterRef("account"))
    return Q(is_confidential=False) | Q(author=user) | Q(Exists(teams))


def ids_at(user: User, account: Account, *, with_below: bool) -> list[int]:
    """Return an account's id, and with all below it those that the reader sees or supports."""
    if not with_below:
        return [account.pk]
    rows = Account.objects.worked_on_by(user).within(account.pk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def has_any_below(account: Account) -> bool:
    """Tell whether anything stands below an account today."""
    return Account.objects.within(account.pk).exclude(pk=account.pk).exists()


def people_at(user: User, account: Account) -> QuerySet[Person]:
    """Return the people who stand or stood at an account or below it, in the reader's scope."""
    there = Position.objects.filter(account__path__contains=[account.pk]).values("person")
    rows: QuerySet[Person] = Person.objects.visible_to(user).filter(pk__in=there)
    return rows.order_by("name_key", "pk")
