"""Credit: exposure and score of every payer in one run, against the bare aggregates."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from settlements.models import CreditPosition, CreditScoreSnapshot
from settlements.selectors.credit.components import cells_sql
from settlements.selectors.credit.exposure import parameters_of
from settlements.selectors.credit.rules import credit_settings
from settlements.selectors.credit.score_inputs import INPUTS, input_parameters
from settlements.services.credit.positions import rescore
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

_LIMITS = """
INSERT INTO settlements_creditlimit (party_id, currency_id, amount, valid, reason, revoke_reason,
    created_at, updated_at)
SELECT party_id, min(currency_id), round(sum(amount)), daterange('2000-01-01', NULL), 'bench', '',
    now(), now()
FROM settlements_ledgeritem WHERE side = 1 AND party_id %% 2 = 0 GROUP BY party_id
"""


def run(report: Report, size: Size) -> None:
    """A night's run for everybody, half of them with limits, against what it has to read."""
    as_of = FIRST_DAY + timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_LIMITS, [])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE settlements_creditlimit")
    rescore(as_of=as_of)
    full = min(seconds(lambda: rescore(as_of=as_of)) for _again in range(2))
    bare = _bare_seconds()
    scored = CreditScoreSnapshot.objects.count()
    report.note(f"{CreditPosition.objects.count():,} positions, {scored:,} scores of payers")
    report.note(f"bare aggregates {bare:.3f} s, exposure and scores {full:.3f} s")
    report.judge("exposure and credit scores", full / bare, 3, "× bare")


def _bare_seconds() -> float:
    """Open amounts by payer, and what scores are made of, counted by the server."""
    as_of = FIRST_DAY + timedelta(days=DAYS)
    rules = credit_settings()
    names = "party_id, currency_id, component"
    cells = (
        f"SELECT {names}, sum(amount) FROM ({cells_sql()}) AS c({names}, amount) GROUP BY 1, 2, 3"
    )
    inputs = f"{INPUTS} SELECT * FROM inputs"
    with transaction.atomic(), connection.cursor() as cursor:
        first = cursor.mogrify(cells, parameters_of(rules, as_of=as_of))
        second = cursor.mogrify(inputs, input_parameters(rules, as_of=as_of))
        return best(sql(first), 2) + best(sql(second), 2)
