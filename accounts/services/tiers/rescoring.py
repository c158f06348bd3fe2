"""Brings the computed tiers of all accounts up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.analytics.tiering import FORMULA_VERSION
from accounts.models import TierModel
from accounts.selectors.tiers.models import model_in_force
from accounts.selectors.tiers.scoring import Report, compute
from kam.core.locks import lock_names
from kam.core.problems import RefusedError

LOCK = "accounts.tiers"

_LATER = """
SELECT max(lower(valid)) FROM accounts_tierassignment WHERE lower(valid) > %(as_of)s
"""
# A spell that ends: another tier or model, or the account is no longer scored.
_END = """
UPDATE accounts_tierassignment a SET valid = daterange(lower(a.valid), %(as_of)s)
WHERE a.valid @> %(as_of)s::date AND lower(a.valid) < %(as_of)s AND NOT EXISTS (
    SELECT 1 FROM tier_result r
    WHERE r.account_id = a.account_id AND r.tier_id = a.tier_id AND a.model_id = %(model)s
)
"""
# One that began this very day leaves no trace: nobody can have relied on it.
_UNDO = """
DELETE FROM accounts_tierassignment a
WHERE a.valid @> %(as_of)s::date AND lower(a.valid) = %(as_of)s AND NOT EXISTS (
    SELECT 1 FROM tier_result r
    WHERE r.account_id = a.account_id AND r.tier_id = a.tier_id AND a.model_id = %(model)s
)
"""
_KEEP = """
UPDATE accounts_tierassignment a SET score = r.score, confidence = r.confidence,
    explanation = r.explanation, scored_on = %(as_of)s, formula_version = %(formula)s,
    first_score = CASE WHEN lower(a.valid) = %(as_of)s THEN r.score ELSE a.first_score END
FROM tier_result r
WHERE a.account_id = r.account_id AND a.valid @> %(as_of)s::date AND (
    a.scored_on <> %(as_of)s OR a.score <> r.score OR a.confidence <> r.confidence
    OR a.explanation <> r.explanation OR a.formula_version <> %(formula)s
)
"""
_BEGIN = """
INSERT INTO accounts_tierassignment (account_id, model_id, tier_id, valid, score, first_score,
    confidence, explanation, formula_version, scored_on)
SELECT r.account_id, %(model)s, r.tier_id, daterange(%(as_of)s, NULL), r.score, r.score,
    r.confidence, r.explanation, %(formula)s, %(as_of)s
FROM tier_result r
WHERE NOT EXISTS (
    SELECT 1 FROM accounts_tierassignment a
    WHERE a.account_id = r.account_id AND a.valid @> %(as_of)s::date
)
ORDER BY r.account_id
"""


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """What a rescoring did: accounts with a score, spells that began and that ended."""

    scored: int
    began: int
    ended: int


@transaction.atomic
def rescore(
    *, model: TierModel, as_of: date, report: Report = lambda done, total: None
) -> Rescored:
    """Score all accounts by a model as of a day and keep their tiers from that day on.

    The same inputs give the same rows: running it twice changes nothing, and of two at once the
    second waits. Whatever is computed on one day replaces what was computed earlier that day.
    Raises RefusedError for a draft, and for a day before one that was scored already: what was
    said of the past stays.
    """
    lock_names(LOCK)
    if model.is_draft:
        raise RefusedError(_("A draft gives nobody a tier. Publish it first."), code="draft")
    parameters: dict[str, Any] = {"as_of": as_of, "model": model.pk, "formula": FORMULA_VERSION}
    with connection.cursor() as cursor:
        cursor.execute(_LATER, parameters)
        if (later := cursor.fetchone()[0]) is not None:
            words = _("Tiers were computed up to %(day)s already; the past stays as it was.")
            raise RefusedError(words % {"day": later.isoformat()}, code="scored_later")
        scored = compute(model, as_of=as_of, report=report)
        cursor.execute(_UNDO, parameters)
        cursor.execute(_END, parameters)
        ended = cursor.rowcount
        cursor.execute(_KEEP, parameters)
        cursor.execute(_BEGIN, parameters)
        return Rescored(scored=scored, began=cursor.rowcount, ended=ended)


def rescore_today(*, as_of: date, report: Report = lambda done, total: None) -> Rescored | None:
    """Score by the model that is in force on the day; without one there is nothing to do."""
    model = model_in_force(as_of)
    return None if model is None else rescore(model=model, as_of=as_of, report=report)
