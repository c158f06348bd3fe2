"""Health: rescoring every account against bare aggregates, after every tenth store moved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import HealthScore
from accounts.selectors.health import scoring
from accounts.selectors.health.rules import rules_in_force
from accounts.selectors.tiers.models import model_in_force
from accounts.services.health.rescoring import rescore_health
from tests.bench import tiers
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

MOVED_ON = FIRST_DAY + timedelta(days=900)
# In the middle of a month every tenth store goes to the legal entity of the next group.
_END = """
UPDATE accounts_parentlink SET valid = daterange(NULL, %(day)s)
WHERE account_id %% 10 = 3 AND account_id / 10 < (SELECT max(id) / 10 FROM accounts_account)
"""
_BEGIN = """
INSERT INTO accounts_parentlink (account_id, parent_id, valid, created_at, updated_at)
SELECT account_id, parent_id + 10, daterange(%(day)s, NULL), now(), now()
FROM accounts_parentlink WHERE upper(valid) = %(day)s
"""
_PERIODS = """
INSERT INTO accounts_groupperiod (account_id, group_id, valid)
SELECT * FROM accounts_group_periods((SELECT array_agg(id) FROM accounts_account))
"""


def run(report: Report, size: Size) -> None:
    """The first scoring, which writes a row each, and those of the next days, which renew them."""
    _move()
    first = FIRST_DAY + timedelta(days=DAYS)
    if model_in_force(first) is None:  # so that every account is scored, as the part tiers does
        tiers.publish_bench_model(first)
    took = seconds(lambda: rescore_health(as_of=first))
    count = HealthScore.objects.filter(valid__upper_inf=True).count()
    report.note(f"{count:,} accounts rescored for the first time in {took:.2f} s")
    if count < size.accounts // 2:
        raise AssertionError("too few accounts have a score")
    bare, full = [], []
    for day in range(1, 4):
        on = first + timedelta(days=day)
        bare.append(_bare_seconds(on))
        full.append(seconds(lambda day=on: rescore_health(as_of=day)))  # type: ignore[misc]
    report.note(f"bare aggregates {min(bare):.3f} s, rescoring {min(full):.3f} s")
    report.judge("rescoring health", min(full) / min(bare), 3, "× bare")


def _move() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_END, {"day": MOVED_ON})
        cursor.execute(_BEGIN, {"day": MOVED_ON})
        cursor.execute("TRUNCATE accounts_groupperiod, accounts_revenuemonth, accounts_groupmonth")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(_PERIODS)
        cursor.execute("SELECT accounts_roll_up(NULL)")
        cursor.execute("VACUUM ANALYZE")


def _bare_seconds(day: date) -> float:
    """Every measure's and cap's own query alone, its rows counted by the server, kept nowhere."""
    rules = rules_in_force(day)
    with transaction.atomic(), connection.cursor() as cursor:
        scoring.compute(rules, as_of=day)  # prepares who is scored, and what is below them
        parameters = scoring._parameters(day)
        statements: list[tuple[str, dict[str, Any]]] = [
            (one.measure.sql, {**parameters, "valid_days": one.days}) for one in rules.counting
        ]
        statements += [(one.cap.sql, parameters) for one in rules.limits if one.limit is not None]
        took = 0.0
        for statement, values in statements:
            took += best(sql(cursor.mogrify(statement, values)), 2)
        transaction.set_rollback(True)
    return took
