"""Brings the health scores of all accounts up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.analytics.health import FORMULA_VERSION
from accounts.selectors.health.rules import rules_in_force
from accounts.selectors.health.scoring import Report, compute
from kam.core.jobs import enqueue
from kam.core.locks import lock_names
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from kam.identity.models import User

JOB = "accounts.rescore_health"
LOCK = "accounts.health"

_LATER = "SELECT max(scored_on) FROM accounts_healthscore WHERE scored_on > %(as_of)s"
# The row of a day goes on while every figure is what it was; what a run saw besides (days, shares)
# is renewed in place.
_SAME = """
    SELECT 1 FROM health_result r
    WHERE r.account_id = h.account_id AND r.score IS NOT DISTINCT FROM h.score
      AND r.confidence = h.confidence AND r.level = h.level AND r.parts = h.parts
      AND r.caps = h.caps AND h.formula_version = %(formula)s
      AND h.settings_id IS NOT DISTINCT FROM %(settings)s
"""
_END = f"""
UPDATE accounts_healthscore h SET valid = daterange(lower(h.valid), %(as_of)s)
WHERE h.valid @> %(as_of)s::date AND lower(h.valid) < %(as_of)s AND NOT EXISTS ({_SAME})
"""
# What was computed earlier this very day leaves no trace: the last one of a day counts.
_UNDO = f"""
DELETE FROM accounts_healthscore h
WHERE h.valid @> %(as_of)s::date AND lower(h.valid) = %(as_of)s AND NOT EXISTS ({_SAME})
"""
_KEEP = """
UPDATE accounts_healthscore h SET scored_on = %(as_of)s, details = r.details
FROM health_result r
WHERE h.account_id = r.account_id AND h.valid @> %(as_of)s::date
  AND (h.scored_on <> %(as_of)s OR h.details <> r.details)
"""
_BEGIN = """
INSERT INTO accounts_healthscore (account_id, settings_id, valid, score, uncapped, confidence,
    level, parts, caps, details, formula_version, scored_on)
SELECT r.account_id, %(settings)s, daterange(%(as_of)s, NULL), r.score, r.uncapped, r.confidence,
    r.level, r.parts, r.caps, r.details, %(formula)s, %(as_of)s
FROM health_result r
WHERE NOT EXISTS (
    SELECT 1 FROM accounts_healthscore h
    WHERE h.account_id = r.account_id AND h.valid @> %(as_of)s::date
)
ORDER BY r.account_id
"""


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """What a run did: accounts with a row, rows that began, accounts whose row ended for good."""

    scored: int
    changed: int
    ended: int


@transaction.atomic
def rescore_health(*, as_of: date, report: Report = lambda done, total: None) -> Rescored:
    """Score the health of all accounts as of a day and keep it from that day on.

    The same inputs give the same rows: running it twice changes nothing, and of two at once the
    second waits. Whatever is computed on one day replaces what was computed earlier that day.
    Raises RefusedError for a day before one that was scored already: what was said stays.
    """
    lock_names(LOCK)
    rules = rules_in_force(as_of)
    parameters: dict[str, Any] = {
        "as_of": as_of,
        "formula": FORMULA_VERSION,
        "settings": rules.settings.pk if rules.settings else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATER, parameters)
        if (later := cursor.fetchone()[0]) is not None:
            words = _("Health was computed up to %(day)s already; the past stays as it was.")
            raise RefusedError(words % {"day": later.isoformat()}, code="scored_later")
        scored = compute(rules, as_of=as_of, report=report)
        cursor.execute(_UNDO, parameters)
        undone = cursor.rowcount
        cursor.execute(_END, parameters)
        ended = cursor.rowcount + undone
        cursor.execute(_KEEP, parameters)
        cursor.execute(_BEGIN, parameters)
        began = cursor.rowcount
    return Rescored(scored=scored, changed=began, ended=max(ended - began, 0))


@transaction.atomic
def ask_to_rescore(*, by: User | None) -> JobRun:
    """Ask for health to be brought up to date; while one waits, that one answers."""
    return enqueue(JOB, requested_by=by, key=JOB)
