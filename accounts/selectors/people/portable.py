"""People as a file: the columns that an import reads again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.choices import RatingKind
from accounts.models import AccountIdentifier, PersonIdentifier, Position
from accounts.selectors.people.ratings import with_present
from kam.identity.models import User

COLUMNS = [
    "external_id",
    "account",
    "name",
    "function",
    "title",
    "email",
    "phone",
    "roles",
    "reports_to",
    "valid_from",
    "influence",
    "support",
]


def portable_rows(user: User, *, as_of: date, account_id: int | None = None) -> Iterator[list[Any]]:
    """Yield who stands where today, and unmet roles, with the ratings that the user may know.

    The account and the person are named by their first identifier, else by name; a person whom
    no system knows has the number of the row here. With `account_id` only there and below.
    """
    rows: QuerySet[Position] = Position.objects.visible_to(user).on(as_of)
    if account_id is not None:
        rows = rows.filter(account__path__contains=[account_id])
    own = PersonIdentifier.objects.filter(person=OuterRef("person")).order_by("pk")
    theirs = AccountIdentifier.objects.filter(account=OuterRef("account")).order_by("pk")
    kinds = (RatingKind.INFLUENCE, RatingKind.SUPPORT)
    shown = (
        with_present(rows, user=user, as_of=as_of, kinds=kinds)
        .annotate(
            boss=Subquery(
                Position.objects.visible_to(user)
                .filter(pk=OuterRef("reports_to"))
                .values("person__name")[:1]
            ),
            external_id=Subquery(own.values("value")[:1]),
            account_name=Coalesce(Subquery(theirs.values("value")[:1]), F("account__name")),
        )
        .select_related("person", "account")
        .order_by("account__name_key", "person__name_key", "pk")
    )
    for row in shown:
        yield _row(row)


def _row(row: Any) -> list[Any]:
    person = row.person
    return [
        row.external_id or (f"P{person.pk}" if person else None),
        row.account_name,
        person.name if person else None,
        row.function,
        row.title,
        person.email if person else None,
        person.phone if person else None,
        ", ".join(row.roles),
        row.boss,
        row.valid.lower,
        row.influence,
        row.support,
    ]
