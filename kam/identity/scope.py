"""Whose accounts a user may see. Scope is about today, so this module reads the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from kam.identity.models import User

_SCOPE_SQL = """
WITH RECURSIVE below(id) AS (
    SELECT id FROM identity_salesteam WHERE id = %(team)s
    UNION
    SELECT t.id FROM identity_salesteam t JOIN below ON t.parent_id = below.id
), stood_in_for(id) AS (
    SELECT from_user_id FROM identity_delegation
    WHERE to_user_id = %(user)s AND valid @> %(today)s::date
)
SELECT id FROM identity_user WHERE team_id IN (SELECT id FROM below)
UNION SELECT id FROM stood_in_for
UNION SELECT %(user)s
ORDER BY 1
"""


_BELOW_SQL = """
WITH RECURSIVE below(id) AS (
    SELECT %s::bigint
    UNION
    SELECT t.id FROM identity_salesteam t JOIN below ON t.parent_id = below.id
)
SELECT id FROM below ORDER BY 1
"""


def team_ids_below(team_id: int) -> list[int]:
    """The team and all teams below it."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW_SQL, [team_id])
        return [row[0] for row in cursor.fetchall()]


def user_ids(user: User) -> list[int]:
    """The user, the members of the user's team and the teams below, and whom one stands in for."""
    parameters = {"team": user.team_id, "user": user.pk, "today": timezone.localdate()}
    with connection.cursor() as cursor:
        cursor.execute(_SCOPE_SQL, parameters)
        return [row[0] for row in cursor.fetchall()]


def delegator_ids(user_id: int) -> list[int]:
    """Those whom the user stands in for today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT from_user_id FROM identity_delegation"
            " WHERE to_user_id = %s AND valid @> %s::date ORDER BY 1",
            [user_id, timezone.localdate()],
        )
        return [row[0] for row in cursor.fetchall()]
