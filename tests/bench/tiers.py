"""Tiers: rescoring every account by ten criteria against the bare aggregates that it needs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from accounts.choices import RatedMeasure, TierDirection, TierLevel, TierMethod
from accounts.models import TierAssignment, TierModel
from accounts.selectors.accounts import windows
from accounts.selectors.profitability.facts import SPENT
from accounts.selectors.tiers import scoring
from accounts.selectors.tiers.measures import measures
from accounts.services.tiers.drafts import CriterionDraft, ModelDraft, save_draft
from accounts.services.tiers.presets import TIERS
from accounts.services.tiers.publishing import publish_model
from accounts.services.tiers.rescoring import rescore
from kam.identity.choices import Role
from kam.identity.models import User
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql
from tests.bench.profitability import fill_costs

_RATINGS = """
INSERT INTO accounts_tierrating
    (account_id, measure, value, rated_on, evidence, author_id, created_at)
SELECT a.id, m.measure, 1 + (random() * 4)::int, %(day)s::date - (random() * 400)::int, 'seen',
    %(author)s, now()
FROM accounts_account a CROSS JOIN unnest(%(measures)s::text[]) AS m(measure)
"""
_CHANGED = """
INSERT INTO accounts_tierrating
    (account_id, measure, value, rated_on, evidence, author_id, created_at)
SELECT id, 'standing', 1 + (random() * 4)::int, %s, 'seen again', %s, now()
FROM accounts_account WHERE id %% 10 = 0
"""
# Of every group the wallets of four categories in the last whole year.
_WALLETS = """
INSERT INTO accounts_walletestimate (account_id, category_id, period, amount, currency_id, source,
    estimated_on, confidence, note, created_at)
SELECT a.id, c.id, daterange(%(day)s::date - 365, %(day)s::date), 1000000 + a.id, 'EUR', 'Panel',
    %(day)s::date - 30, 3, '', now()
FROM accounts_account a
CROSS JOIN (SELECT id FROM accounts_productcategory ORDER BY id LIMIT 4) AS c
WHERE a.kind = 'group'
"""
FILL = (_RATINGS, _WALLETS)
TEN = Decimal(10)
COUNTED = (
    "net_revenue",
    "revenue_share",
    "profitability",
    "growth_potential",
    "loyalty",
    "cost_to_serve",
)
RATED = [one.value for one in RatedMeasure][:4]


def run(report: Report, size: Size) -> None:
    """The first scoring, which writes a row each, and those of the next days, which renew them."""
    first = FIRST_DAY + timedelta(days=DAYS)
    model, user = publish_bench_model(first)
    fill_costs(first)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"day": first, "author": user.pk, "measures": RATED}
        for statement in FILL:
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
    took = seconds(lambda: rescore(model=model, as_of=first))
    count = TierAssignment.objects.count()
    report.note(f"{count:,} accounts scored by 10 criteria for the first time in {took:.2f} s")
    if count != size.accounts:
        raise AssertionError("not every account has a tier")
    bare, full = [], []
    for day in range(1, 4):
        on = first + timedelta(days=day)
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, [on, user.pk])
            cursor.execute("VACUUM ANALYZE accounts_tierassignment")
        bare.append(_bare_seconds(model, on))
        full.append(seconds(lambda day=on: rescore(model=model, as_of=day)))  # type: ignore[misc]
    report.note(f"bare aggregates {min(bare):.2f} s, rescoring {min(full):.2f} s")
    report.judge("rescoring with ten criteria", min(full) / min(bare), 3, "× bare")


def publish_bench_model(day: date) -> tuple[TierModel, User]:
    """Ten criteria, all of which have data: six of figures, four rated; every account is scored."""
    user = User.objects.create_user("tiers@kam.test", "-", full_name="T", roles=[Role.AUDITOR])
    criteria = [
        CriterionDraft(
            measure=measure,
            weight=TEN,
            direction=TierDirection.LOWER if measure == "cost_to_serve" else TierDirection.HIGHER,
            method=TierMethod.PERCENTILE,
        )
        for measure in (*COUNTED, *RATED)
    ]
    draft = ModelDraft(name="Bench", level=TierLevel.EVERY, criteria=criteria, tiers=TIERS)
    model = save_draft(draft=draft)
    before = day - timedelta(days=1)
    return publish_model(model=model, effective_on=day, by=user, as_of=before), user


def _bare_seconds(model: TierModel, day: date) -> float:
    """Each aggregate alone, its rows counted by the server and kept nowhere: revenue and costs of
    every account with all below it, each once, whitespace, the latest rating of each measure."""
    span = windows(day).latest
    parameters = {"as_of": day, "start": span.start, "end": span.end}
    with transaction.atomic(), connection.cursor() as cursor:
        scoring.compute(model, as_of=day)  # prepares who is scored
        statements = [scoring.revenue_query(parameters), (SPENT, parameters)]
        alone = ("growth_potential", *RATED)
        statements += [(measures.get(name).sql, parameters) for name in alone]  # type: ignore[union-attr]
        took = 0.0
        for statement, values in statements:
            took += best(sql(cursor.mogrify(statement, values)), 2)
        transaction.set_rollback(True)
    return took
