"""Overdue contacts of one manager over a million, against the least SQL that finds them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import TierModel
from accounts.services.tiers.presets import TIERS
from interactions.models import CadencePause, CadencePolicy
from interactions.selectors.cadence.touches import count_overdue, led_by, touches_of
from kam.identity.models import User
from tests.bench.contacts import CONTACTS, LAST, make_contacts
from tests.bench.generate import NODES_PER_GROUP, Size
from tests.bench.measure import Report, best, seconds

AS_OF = LAST.date()
TIMES = 5
PACES = {"merchandising": 14, "operations": 30, "marketing": 30}
# Every group has a tier, a lead, and by turns a pace of each kind.
_TIERED = f"""
INSERT INTO accounts_tierassignment (account_id, model_id, tier_id, valid, score, first_score,
    confidence, explanation, formula_version, scored_on)
SELECT a.id, t.model_id, t.id, daterange('2024-01-01', NULL), 50, 50, 1, '[]', 'bench',
    '2024-01-01'
FROM accounts_account a JOIN accounts_tier t ON t.model_id = %(model)s
    AND t.rank = 1 + a.id / {NODES_PER_GROUP} %% {len(TIERS)}
WHERE a.current_parent_id IS NULL
"""
_LED = """
INSERT INTO accounts_leadassignment (account_id, user_id, valid, created_at, updated_at)
SELECT id, current_lead_id, daterange('2024-01-01', NULL), now(), now()
FROM accounts_account WHERE current_parent_id IS NULL
"""
# What anybody would write by hand where nobody pauses and every function has a pace.
_LEAST = """
SELECT g.id, g.name, r.function, r.every_days, met.last_on, person.name
FROM accounts_account g
JOIN accounts_tierassignment s ON s.account_id = g.id AND s.valid @> %(as_of)s::date
JOIN accounts_tier t ON t.id = s.tier_id
JOIN interactions_cadencepolicy r ON r.tier_code = t.code AND r.valid @> %(as_of)s::date
LEFT JOIN (
    SELECT b.current_group_id AS id, p.function, max(i.occurred_on) AS last_on, min(p.id) AS who
    FROM accounts_account b
    JOIN accounts_account top ON top.id = b.current_group_id AND top.current_lead_id = %(user)s
    JOIN accounts_position p ON p.account_id = b.id AND p.valid @> %(as_of)s::date
    JOIN interactions_participant c ON c.position_id = p.id
    JOIN interactions_interaction i ON i.id = c.interaction_id
        AND i.direction = 'two_way' AND i.occurred_on <= %(as_of)s
    GROUP BY 1, 2
) AS met ON met.id = g.id AND met.function = r.function
LEFT JOIN accounts_position place ON place.id = met.who
LEFT JOIN accounts_person person ON person.id = place.person_id
WHERE g.current_lead_id = %(user)s AND g.current_parent_id IS NULL
  AND COALESCE(met.last_on, '2024-01-01') + r.every_days < %(as_of)s
"""


def run(report: Report, size: Size) -> None:
    """The overdue contacts of one manager, with what they name, and how many there are."""
    count = CONTACTS[size.name]
    users: list[User] = []
    took = seconds(lambda: users.extend(make_contacts(count, size)))
    report.note(f"{count:,} contacts made in {took:.0f} s")
    _paced()
    user = users[3]
    accounts = led_by(user)
    facts = {"as_of": AS_OF, "user": user.pk}
    ours = best(lambda: touches_of(accounts, as_of=AS_OF, only_overdue=True), TIMES)
    counted = best(lambda: count_overdue(accounts, as_of=AS_OF), TIMES)
    least = best(lambda: _least(facts), TIMES)
    found = touches_of(accounts, as_of=AS_OF, only_overdue=True)
    if {(one.account.pk, one.function) for one in found} != {(r[0], r[2]) for r in _least(facts)}:
        raise AssertionError("the least SQL finds something else")
    report.note(f"{len(found)} overdue of {accounts.count()} accounts: {ours * 1000:.1f} ms, "
                f"least SQL {least * 1000:.1f} ms, counted in {counted * 1000:.1f} ms")  # fmt: skip
    report.judge("overdue contacts of a manager", ours / least, 2, "× least SQL")
    CadencePause.objects.create(
        reason="holiday", valid=DateRange(date(2026, 5, 1), date(2026, 5, 15))
    )
    paused = best(lambda: touches_of(accounts, as_of=AS_OF, only_overdue=True), TIMES)
    report.judge("with a pause of everybody", paused / least, 2, "× least SQL")


def _least(facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_LEAST, facts)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _paced() -> None:
    """Tiers, leads and rules; written past the triggers, as the contacts are."""
    model = TierModel.objects.order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE accounts_tier SET visit_every_days = NULL")
        cursor.execute(_TIERED, {"model": model.pk if model else 0})
        cursor.execute(_LED)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE accounts_tierassignment, accounts_leadassignment")
    CadencePolicy.objects.bulk_create(
        CadencePolicy(
            tier_code=tier.code, function=function, every_days=days, valid=DateRange(None, None)
        )
        for tier in TIERS
        for function, days in PACES.items()
    )
