"""Which accounts a reader's contacts lie at, so that a page reads what it shows and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Account, Person, Position
from kam.identity.models import User

FEW = 2_000


def narrowed[Q_: QuerySet[Any]](rows: Q_, user: User, account_ids: Sequence[int] | None) -> Q_:
    """Return rows of contacts (or their words) at some accounts, or near what a reader may see.

    A bound for the planner beside `visible_to`, which stays the rule: who has few accounts is
    answered account by account, who has many along the time. What one logged oneself counts.
    """
    if account_ids is not None:
        return rows.filter(account__in=account_ids)
    if user.sees_everything():
        return rows
    ids = list(Account.objects.worked_on_by(user).values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return rows
    return rows.filter(Q(account__in=ids) | Q(author=user))


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
