"""Accounts as lists and heads show them, with their place in today's tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, F, Func, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL

from accounts.models import Account, AccountFigure, AccountIdentifier
from kam.core.dates import Period
from kam.core.exact import ratio
from kam.core.text import search_key
from kam.identity.models import User

SEPARATOR = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
MONTHS = 12
_ABOVE = """(
    SELECT string_agg(above.name, %s ORDER BY step.place)
    FROM unnest(accounts_account.path) WITH ORDINALITY AS step(id, place)
    JOIN accounts_account above ON above.id = step.id
    WHERE above.id <> accounts_account.id
)"""

_BIGRAMS = Func(F("name_key"), function="accounts_bigrams", output_field=ArrayField(TextField()))


@dataclass(frozen=True, slots=True)
class Windows:
    """The two periods that figures compare: the last 12 complete calendar months, and before."""

    latest: Period
    before: Period


def windows(as_of: date) -> Windows:
    """Return the last 12 complete months at a day and the same months a year earlier.

    The running month is left out, because comparing a part of a month with a whole one misleads;
    a month's last day completes it.
    """
    latest = Period.whole_months(as_of, MONTHS)
    return Windows(latest, latest.same_period_last_year())


def accounts_for(user: User) -> QuerySet[Account]:
    """Accounts in the user's scope without merged shells, with lead, figures and `above`.

    `above` is the names from the group down to the parent today, empty for a root. The names
    above are shown even where those accounts are out of scope: they say where the account
    belongs, and nothing else of them is shown.
    """
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    return (
        rows.filter(figure__isnull=False)  # every account has one; the inner join serves sorting
        .select_related("current_lead", "figure")
        .annotate(above=RawSQL(_ABOVE, [SEPARATOR], output_field=CharField()))  # noqa: S611 - constant
    )


def matching(rows: QuerySet[Account], text: str) -> QuerySet[Account]:
    """Accounts with the text in their name, in any script, or with it as a whole identifier."""
    key = search_key(text)
    rows = rows.alias(bigrams=_BIGRAMS)
    by_identifier = AccountIdentifier.objects.filter(value=text.strip())
    ids = list(by_identifier.values_list("account_id", flat=True)[:100])
    return rows.filter(_by_name(key) | Q(pk__in=ids)) if ids else rows.filter(_by_name(key))


def _by_name(key: str) -> Q:
    """Trigrams find three letters and more by index; two Chinese characters have one of theirs."""
    if len(key) == 2 and all("\u3400" <= char <= "\u9fff" for char in key):
        return Q(Q(bigrams__contains=[key]), name_key__contains=key)
    return Q(name_key__contains=key)


_COUNTRIES = """
WITH RECURSIVE used(country) AS (
    SELECT min(country) FROM accounts_account WHERE country > ''
    UNION ALL
    SELECT (SELECT min(country) FROM accounts_account WHERE country > used.country)
    FROM used WHERE used.country IS NOT NULL
)
SELECT country FROM used WHERE country IS NOT NULL
"""


def countries_in_use(user: User) -> list[str]:
    """Return the codes of the countries of accounts in the user's scope, by code.

    Over all accounts it steps through the index from one country to the next.
    """
    if not user.sees_everything():
        rows = Account.objects.visible_to(user).exclude(country="").order_by("country")
        return list(rows.values_list("country", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRIES)
        return [row[0] for row in cursor.fetchall()]


def merged_shell(pk: int) -> Account | None:
    """Return what is left of an account that was merged away; its survivor decides who sees it."""
    found: Account | None = Account.objects.filter(pk=pk, merged_into__isnull=False).first()
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """An account on the way from the group down; `url` only where the user may open it."""

    name: str
    pk: int
    is_visible: bool


def steps_above(account: Account, user: User) -> list[Step]:
    """Return the nodes above an account today, the group first."""
    ids = [pk for pk in account.path if pk != account.pk]
    names = dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))
    visible = set(Account.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [Step(names[pk], pk, pk in visible) for pk in ids]


def change(figure: AccountFigure) -> Decimal | None:
    """Return the change of net revenue against the year before, as a fraction.

    None where the year before brought nothing or less: no percentage says anything then.
    """
    return ratio(figure.net_12m - figure.net_previous_12m, figure.net_previous_12m)


def children_of(
    account_ids: Sequence[int], user: User, *, limit: int | None = None
) -> list[Account]:
    """Return what stands directly below accounts today, largest revenue first."""
    rows = accounts_for(user).filter(current_parent__in=account_ids)
    ordered = rows.order_by("-figure__net_12m", "name_key", "pk")
    return list(ordered[:limit])


def options(user: User, text: str, *, limit: int = 20) -> list[Account]:
    """Return accounts to choose from for what was typed, in the user's scope."""
    rows: QuerySet[Any] = Account.objects.visible_to(user).not_merged()
    found = matching(rows, text) if text.strip() else rows
    return list(found.order_by("name_key", "pk")[:limit])
