"""The one statement says what the mathematics says: random rebates on random books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlements.analytics.rebate_outlook import outlook
from settlements.analytics.rebate_periods import MONTHS, period_of
from settlements.choices.terms import ConditionCycle
from settlements.models import RebateExpectation, TradeCondition
from settlements.selectors.rebates.figures import figures_of, rule_of
from settlements.selectors.rebates.figures_sql import period_sql
from tests.factories.accounts import make_account, make_entry
from tests.factories.rebates import make_rebate

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)

amounts = st.decimals(-300, 3000, places=4)
sums = st.decimals("0.0001", 2500, places=4)
rates = st.decimals(0, 40, places=4)


@st.composite
def rebates(draw: Any) -> dict[str, Any]:
    """What a condition may say, and its books."""
    inner = sorted(set(draw(st.lists(sums, max_size=3))))
    edges = [Decimal(0), *inner]
    uppers = [str(edge) for edge in inner] + [None]
    bands = [
        (str(edge), upper, str(draw(rates))) for edge, upper in zip(edges, uppers, strict=True)
    ]
    kind = draw(st.sampled_from(["unconditional", "target", "growth"]))
    limits = sorted(draw(st.lists(sums, min_size=2, max_size=2)))
    per_unit = draw(st.booleans())
    plain = draw(st.integers(0, 4)) == 0
    says: dict[str, Any] = {
        "scheme": draw(st.sampled_from(["tiered_incremental", "tiered_retroactive"])),
        "conditionality": kind,
        "target": None if kind == "unconditional" else draw(sums),
        "floor": draw(st.sampled_from([None, limits[0]])),
        "cap": draw(st.sampled_from([None, limits[1]])),
        "basis": "units" if per_unit else "net_purchases",
        "bands": bands,
        "currency": draw(st.sampled_from(["EUR", "JPY", "KWD"])),
    }
    if plain:
        says |= {"bands": (), "value": draw(st.decimals("0.0001", 40, places=4))}
        says |= {"scheme": "none"}
        says |= {"calculation": "per_unit" if per_unit else "percent_of_purchases"}
    return {
        "says": says,
        "basis": draw(st.sampled_from([Decimal(0), *edges]) | amounts),
        "expected": draw(st.none() | sums),
    }


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cases=st.lists(rebates(), min_size=4, max_size=6))
def test_sql_and_mathematics_agree(cases: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        made = [(_stand(case), case) for case in cases]
        rows = {row.condition_id: row for row in figures_of(None, through=DAY)}
        for condition, case in made:
            found = rows[condition.pk]
            rule = rule_of(TradeCondition.objects.get(pk=condition.pk))
            assert rule is not None
            places = {"EUR": 2, "JPY": 0, "KWD": 3}[found.currency]
            wanted = outlook(rule, case["basis"], expected_total=case["expected"], places=places)
            assert (
                found.basis_amount, found.earned_to_date, found.accrued, found.rate,
                found.to_next, found.gain,
            ) == (
                case["basis"], wanted.earned, wanted.accrued, wanted.rate, wanted.to_next,
                wanted.gain,
            )  # fmt: skip
        transaction.set_rollback(True)


def _stand(case: dict[str, Any]) -> TradeCondition:
    account = make_account()
    condition = make_rebate(account=account, **case["says"])
    amount = case["basis"]
    entry = make_entry(account=account, amount=amount, currency=case["says"]["currency"], rate=None)
    type(entry).objects.filter(pk=entry.pk).update(quantity=amount)
    if case["expected"] is not None:
        year = period_of(DAY, "yearly")
        RebateExpectation.objects.create(
            condition=condition, period=year, total=case["expected"], expected_on=DAY
        )
    return condition


def test_periods_are_the_same_in_sql_and_python() -> None:
    statement = f"""
        SELECT cycle, day, lower(period), upper(period)
        FROM unnest(%(cycles)s::text[]) AS cycle
        CROSS JOIN generate_series(date '2024-01-01', date '2026-12-31', interval '7 days') AS d
        CROSS JOIN LATERAL (SELECT d::date AS day) AS x
        CROSS JOIN LATERAL (SELECT {period_sql("day", "cycle")} AS period) AS y"""
    for fiscal in (1, 4, 12):
        with connection.cursor() as cursor:
            cursor.execute(statement, {"fiscal": fiscal, "cycles": list(ConditionCycle.values)})
            rows = cursor.fetchall()
        assert len(rows) == 6 * 157
        for cycle, day, lower, upper in rows:
            assert (lower, upper) == period_of(day, cycle, fiscal)
            assert lower <= day < upper
    assert set(MONTHS) < set(ConditionCycle.values)
