"""Keeps what the credit board reads: exposure of everybody, and scores, by sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kam.core.jobs import enqueue
from kam.core.locks import lock_names
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.analytics.credit_score import MODEL_VERSION
from settlements.models import CreditLimit, CreditScoreSnapshot
from settlements.selectors.credit.exposure import (
    COLUMNS,
    everybody_sql,
    parameters_of,
    rate_parameters,
)
from settlements.selectors.credit.rules import credit_settings
from settlements.selectors.credit.score_inputs import INPUTS, input_parameters
from settlements.selectors.credit.scoring import SCORED

JOB = "settlements.rescore_credit"
LOCK = "settlements.credit"

_NAMES = ", ".join(COLUMNS)
_POSITIONS = f"""
INSERT INTO settlements_creditposition (party_id, currency_id, as_of, {_NAMES}, exposure,
    limit_amount, available, utilisation, missing_rates)
SELECT node, currency_id, %(as_of)s, {_NAMES},
    CASE WHEN missing IS NULL THEN exposure END, limit_amount,
    CASE WHEN missing IS NULL THEN limit_amount - exposure END,
    CASE WHEN missing IS NULL AND limit_amount > 0
        THEN least(round(exposure / limit_amount, 6), 99999999) END,
    CASE WHEN missing IS NULL THEN '{{}}'
        ELSE ARRAY(SELECT DISTINCT code FROM unnest(string_to_array(missing, ',')) AS m(code)
                   ORDER BY code) END
FROM ({everybody_sql()}) AS found
"""
_SCORES = f"""
{INPUTS}{SCORED}
INSERT INTO settlements_creditscoresnapshot AS s (party_id, month, as_of, model_version,
    currency_id, inputs, score, grade, confidence, reasons, suggested_limit, computed_at)
SELECT party_id, date_trunc('month', %(as_of)s::date), %(as_of)s, %(version)s, code, inputs, score,
    grade, confidence, reasons, suggested_limit, now()
FROM scored
ON CONFLICT (party_id, month) DO UPDATE SET
    as_of = EXCLUDED.as_of, model_version = EXCLUDED.model_version,
    currency_id = EXCLUDED.currency_id, inputs = EXCLUDED.inputs, score = EXCLUDED.score,
    grade = EXCLUDED.grade, confidence = EXCLUDED.confidence, reasons = EXCLUDED.reasons,
    suggested_limit = EXCLUDED.suggested_limit, computed_at = EXCLUDED.computed_at
WHERE s.inputs IS DISTINCT FROM EXCLUDED.inputs OR s.model_version <> EXCLUDED.model_version
"""


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """What a run did: rows of exposure, and scores that changed or are new."""

    positions: int
    scores: int


@transaction.atomic
def keep_positions(*, as_of: date) -> int:
    """Write down everybody's exposure as of a day in place of what was there."""
    lock_names(LOCK)
    rules = credit_settings()
    codes = CreditLimit.objects.in_force(as_of).order_by().values_list("currency", flat=True)
    parameters = parameters_of(rules, as_of=as_of) | rate_parameters(codes.distinct(), as_of)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM settlements_creditposition")
        cursor.execute(_POSITIONS, parameters | {"weight": rules.stock_weight})
        return int(cursor.rowcount)


@transaction.atomic
def rescore(*, as_of: date) -> Rescored:
    """Bring exposure and scores of everybody up to date; the same day again changes nothing.

    A month keeps one score of each payer, its last. Raises RefusedError for a day before one that
    was scored already: what was said stays.
    """
    lock_names(LOCK)
    later = CreditScoreSnapshot.objects.filter(as_of__gt=as_of).order_by("-as_of").first()
    if later is not None:
        words = _("Scores were computed up to %(day)s already; the past stays as it was.")
        raise RefusedError(words % {"day": later.as_of.isoformat()}, code="scored_later")
    positions = keep_positions(as_of=as_of)
    parameters: dict[str, Any] = input_parameters(credit_settings(), as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, parameters | {"version": MODEL_VERSION})
        return Rescored(positions=positions, scores=cursor.rowcount)


@transaction.atomic
def ask_to_rescore(*, by: User | None) -> JobRun:
    """Ask for exposure and scores to be brought up to date; while one waits, that one answers."""
    return enqueue(JOB, requested_by=by, key=JOB)
