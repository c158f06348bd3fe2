"""A loss scenario over half of all customers, against the statements that read what it needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import connection, transaction

from accounts.models import Account
from kam.core.dates import Period
from kam.identity.models import User
from plans.choices.loss import LossKind
from plans.models import LossScenario, ScenarioAccount
from plans.selectors.loss import facts
from plans.selectors.loss import sql as statements
from plans.selectors.loss.result import asked_of, compute
from settlements.models import LedgerItem
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

ONE = [Decimal(1)] * 3


def run(report: Report, size: Size) -> None:
    """The insolvency of every other group at once."""
    as_of = FIRST_DAY + timedelta(days=DAYS)
    scenario = _scenario()
    compute(scenario, as_of=as_of)
    full = min(seconds(lambda: compute(scenario, as_of=as_of)) for _again in range(2))
    bare = _bare_seconds(scenario)
    lost, items = scenario.account_rows.count(), LedgerItem.objects.count()
    report.note(f"{lost:,} groups lost, {items:,} items in the ledger")
    report.note(f"bare statements {bare:.3f} s, scenario {full:.3f} s")
    report.judge("loss scenario", full / bare, 2, "× bare")


def _scenario() -> LossScenario:
    as_of = FIRST_DAY + timedelta(days=DAYS)
    author, _made = User.objects.get_or_create(email="bench-loss@kam.test")
    scenario = LossScenario.objects.create(
        title="Bench",
        kind=LossKind.INSOLVENCY,
        currency_id="EUR",
        as_of=as_of,
        starts_on=as_of + timedelta(days=1),
        run_off=[Decimal(1)],
        lost_share=ONE,
        contribution=ONE,
        recovery=[Decimal(0)] * 3,
        default_probability=ONE,
        author=author,
    )
    groups = Account.objects.filter(kind="group").order_by("pk").values_list("pk", flat=True)
    ScenarioAccount.objects.bulk_create(
        ScenarioAccount(scenario=scenario, account_id=pk) for pk in list(groups)[::2]
    )
    return scenario


_GROUPS = """
SELECT group_id, sum(net_amount), sum(base_amount) FROM accounts_groupmonth
WHERE month >= %(start)s AND month < %(end)s AND entries > 0 GROUP BY 1 ORDER BY 2 DESC
"""


def _bare_seconds(scenario: LossScenario) -> float:
    """Claims with methods and securities, habits, days to pay, months and groups of revenue."""
    asked = asked_of(scenario)
    period = Period.whole_months(asked.as_of)
    span = {"start": period.start, "end": period.end}
    months = {"ids": asked.roots, "everyone": False, "base": "EUR", **span}
    needed = [
        (statements.LEDGER, {**asked.parameters, "usual": 30}),
        (statements.PAYING, asked.parameters),
        (facts.history_sql(asked), months),
        (_GROUPS, span),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        texts = [cursor.mogrify(text, values) for text, values in needed]
        return sum(best(sql(text), 2) for text in texts)
