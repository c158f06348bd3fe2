"""Health: rescoring every account against the bare queries of its measures and caps."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction

from accounts.models import HealthScore
from accounts.selectors.health import scoring
from accounts.selectors.health.rules import rules_in_force
from accounts.services.health.rescoring import rescore_health
from kam.identity.choices import Role
from kam.identity.models import User
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

_PEOPLE = """
WITH made AS (
    INSERT INTO accounts_person (name, name_key, email, phone, language, created_at, updated_at)
    SELECT 'P' || n, 'p' || n, '', '', '', now(), now()
    FROM generate_series(1, (SELECT count(*) FROM accounts_account)) AS n
    RETURNING id
), people AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM made
), places AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts_account
)
INSERT INTO accounts_position (account_id, person_id, title, function, roles, valid, created_at,
    updated_at)
SELECT places.id, people.id, '', 'merchandising', '{champion}', '[2000-01-01,)', now(), now()
FROM places JOIN people USING (place)
"""
_RATINGS = """
INSERT INTO accounts_stakeholderrating
    (position_id, author_id, kind, value, rated_on, basis, evidence, recorded_at)
SELECT p.id, %(author)s, kind, CASE kind WHEN 'influence' THEN 1 + (random() * 4)::int
        ELSE (random() * 4)::int - 2 END,
    %(day)s::date - (random() * 150)::int, 'assumed', '', now()
FROM accounts_position p CROSS JOIN unnest(ARRAY['influence', 'support']) AS kind
WHERE p.person_id IS NOT NULL
"""


def run(report: Report, size: Size) -> None:
    """The first scoring, which writes a row each, and those of the next days."""
    first = FIRST_DAY + timedelta(days=DAYS)
    user = User.objects.create_user("health@kam.test", "-", full_name="H", roles=[Role.AUDITOR])
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE)
        cursor.execute(_RATINGS, {"day": first, "author": user.pk})
        cursor.execute("VACUUM ANALYZE accounts_position, accounts_stakeholderrating")
    took = seconds(lambda: rescore_health(as_of=first))
    count = HealthScore.objects.filter(valid__upper_inf=True).count()
    report.note(f"{count:,} accounts scored for the first time in {took:.2f} s")
    bare, full = [], []
    for day in range(1, 4):
        on = first + timedelta(days=day)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE accounts_healthscore")
        bare.append(_bare_seconds(on))
        full.append(seconds(lambda day=on: rescore_health(as_of=day)))  # type: ignore[misc]
    report.note(f"bare queries {min(bare):.2f} s, rescoring {min(full):.2f} s")
    report.judge("rescoring health", min(full) / min(bare), 3, "× bare")


def _bare_seconds(day: date) -> float:
    """Each measure and each cap alone, their rows counted by the server and kept nowhere."""
    rules = rules_in_force(day)
    with transaction.atomic(), connection.cursor() as cursor:
        scoring.compute(rules, as_of=day)  # prepares who is scored and what stands below
        took = 0.0
        for statement, values in scoring.queries(rules, as_of=day):
            took += best(sql(cursor.mogrify(statement, values)), 2)
        transaction.set_rollback(True)
    return took
