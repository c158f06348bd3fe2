"""What the log knows of contacts with people, as the stakeholder map asks for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection

from accounts.selectors.people.contacts import (
    ContactFacts,
    ContactProvider,
    contact_providers,
)
from interactions.selectors.cadence import sql

_FACTS = f"""
SELECT k.position_id, k.last_on, k.recent, k.expected, o.by_user, {sql.LOG_BEGUN} AS is_begun
FROM ({sql.people(positions="SELECT unnest(%(ids)s::bigint[])")}) AS k
LEFT JOIN (
    SELECT position_id, jsonb_object_agg(user_id, count) AS by_user FROM (
        SELECT t.position_id, c.user_id, count(*) AS count
        FROM interactions_participant t
        JOIN interactions_interaction i ON i.id = t.interaction_id
            AND i.direction = 'two_way' AND i.occurred_on BETWEEN %(since)s AND %(as_of)s
        JOIN interactions_colleague c ON c.interaction_id = i.id
        WHERE t.position_id = ANY(%(ids)s) GROUP BY 1, 2
    ) AS counted GROUP BY 1
) AS o USING (position_id)
"""


def find(ids: Collection[int], since: date, as_of: date) -> Mapping[int, ContactFacts] | None:
    """Return two-way contacts by place, and how many the pace asks for in the window.

    None while the log holds no two-way contact at all: then nothing is known of anybody. Of
    contacts that the reader may not read only days and counts leave the log. One query.
    """
    if not ids:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"ids": list(ids), "since": since, "as_of": as_of})
        rows = cursor.fetchall()
    if not any(is_begun for *_row, is_begun in rows):
        return None
    return {
        position: ContactFacts(last_on, recent, _by_user(ours), expected)
        for position, last_on, recent, expected, ours, _begun in rows
    }


def _by_user(ours: str | None) -> dict[int, int]:
    return {int(user): count for user, count in json.loads(ours or "{}").items()}


def register() -> None:
    """Let the stakeholder map know of contacts."""
    contact_providers.register(ContactProvider(key="interactions", find=find))
