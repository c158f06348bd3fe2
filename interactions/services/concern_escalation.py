"""Reminding of concerns before their targets, and telling the director once they have passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from interactions.analytics.concerns import NEAR_FROM, UNSOLVED
from interactions.choices import ConcernEntryKind
from interactions.models import Concern
from kam.identity.choices import Role
from kam.identity.models import SalesTeam, User
from kam.notifications.services import Telling, notify_each

LATE = (ConcernEntryKind.RESPONSE_LATE, ConcernEntryKind.SOLUTION_LATE)

_DUE = f"""
    SELECT c.id, c.reopened, k.kind FROM interactions_concern c CROSS JOIN LATERAL (VALUES
        ('response_near', c.first_response_at IS NULL AND %(now)s <= c.respond_by
            AND %(now)s >= c.raised_at + (c.respond_by - c.raised_at) * {NEAR_FROM}),
        ('response_late', c.first_response_at IS NULL AND %(now)s > c.respond_by),
        ('solution_near', %(now)s <= c.resolve_by
            AND %(now)s >= c.raised_at + (c.resolve_by - c.raised_at) * {NEAR_FROM}),
        ('solution_late', %(now)s > c.resolve_by)
    ) AS k(kind, is_due)
    WHERE c.state = ANY(%(unsolved)s) AND k.is_due AND NOT EXISTS (
        SELECT 1 FROM interactions_concernentry e
        WHERE e.concern_id = c.id AND e.kind = k.kind AND e.round = c.reopened)
"""
_ANY = f"SELECT EXISTS ({_DUE})"
_NOTE = f"""
INSERT INTO interactions_concernentry
    (concern_id, kind, from_state, to_state, text, author_id, happened_at, round, recorded_at)
SELECT id, kind, '', '', '', NULL, %(now)s, reopened, now() FROM ({_DUE}) AS due
ON CONFLICT (concern_id, kind, round) WHERE kind IN
    ('response_near', 'response_late', 'solution_near', 'solution_late') DO NOTHING
RETURNING concern_id, kind, round
"""


@dataclass(frozen=True, slots=True)
class Escalated:
    """What one run noted, and how many were told."""

    near: int
    late: int
    told: int


def is_anything_due(*, now: datetime) -> bool:
    """Whether some concern came near a target or passed one and nobody was told."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY, {"now": now, "unsolved": list(UNSOLVED)})
        return bool(cursor.fetchone()[0])


@transaction.atomic
def escalate(*, now: datetime) -> Escalated:
    """Note every target that is near or has passed, once each, and tell people.

    Before a target the owner is told; once it has passed the owner and the directors of the
    lead's team, or of the nearest team above that has one. May be run again at any time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"now": now, "unsolved": list(UNSOLVED)})
        noted = [(row[0], row[1], row[2]) for row in cursor.fetchall()]
    if not noted:
        return Escalated(0, 0, 0)
    near = [one for one in noted if one[1] not in LATE]
    late = [one for one in noted if one[1] in LATE]
    ids = {one[0] for one in noted}
    concerns = Concern.objects.select_related("account__current_lead").in_bulk(ids)
    told = _tell("interactions.concern_near", near, concerns, {}, now)
    directors = directors_of(row.account.current_lead for row in concerns.values())
    told += _tell("interactions.concern_late", late, concerns, directors, now)
    return Escalated(len(near), len(late), told)


def _tell(
    kind: str,
    noted: Sequence[tuple[int, str, int]],
    concerns: Mapping[int, Concern],
    directors: Mapping[int | None, Sequence[int]],
    now: datetime,
) -> int:
    tellings = []
    for pk, what, turn in noted:
        row = concerns[pk]
        users = {row.owner_id, *directors.get(row.account.current_lead_id, ())}
        by = row.respond_by if what.startswith("response") else row.resolve_by
        tellings += [
            Telling(
                user_id=user_id,
                url=row.get_absolute_url(),
                dedupe=f"{pk}:{what}:{turn}",
                params={
                    "what": row.title,
                    "account": row.account.name,
                    "kind": what,
                    "by": by.isoformat(),
                },
                subject_id=pk,
            )
            for user_id in sorted(users)
        ]
    return notify_each(kind=kind, tellings=tellings, occurred_at=now)


def directors_of(leads: Iterable[User | None]) -> dict[int | None, list[int]]:
    """Return by lead the directors of the lead's team, or of the nearest team above with one.

    Directors without a team stand above all teams, and for who has no lead or team at all.
    """
    above = dict(SalesTeam.objects.values_list("pk", "parent"))
    by_team: dict[int | None, list[int]] = defaultdict(list)
    rows = User.objects.filter(is_active=True, roles__contains=[Role.SALES_DIRECTOR])
    for pk, team in rows.order_by("pk").values_list("pk", "team"):
        by_team[team].append(pk)

    def _nearest(team: int | None) -> list[int]:
        while team is not None and team not in by_team:
            team = above.get(team)
        return by_team.get(team, [])

    return {
        lead.pk if lead else None: _nearest(lead.team_id if lead else None) for lead in set(leads)
    }
