"""What of a plan's figures stands in the way, and how range steps follow a merge."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account
from accounts.services.merging import merge_accounts, plan_merge
from plans.models import Plan
from plans.selectors.submitting import problems_of
from tests.factories.accounts import make_account, make_category
from tests.factories.figures import make_activity, make_budget, make_range_step, make_sales_line
from tests.factories.plans import take_plan

pytestmark = pytest.mark.django_db
OURS = {
    "plan_sales_outside", "plan_activity_outside", "plan_range_outside", "plan_sales_gaps",
    "plan_marketing_over",
}  # fmt: skip


def _found(plan: Plan) -> set[str]:
    return {one.code for one in problems_of(plan, as_of=date(2026, 1, 1))} & OURS


def test_problems_of_figures(plan: Plan) -> None:
    assert _found(plan) == set()
    make_sales_line(plan=plan, category=make_category(), months=dict.fromkeys(range(1, 12), 5))
    make_activity(plan=plan, planned=Decimal(10))
    make_range_step(plan=plan, due_on=date(2026, 2, 1))
    assert _found(plan) == {"plan_sales_gaps"}
    make_sales_line(plan=plan, months={12: 5})
    make_budget(plan=plan, amount=9)
    assert _found(plan) == {"plan_marketing_over"}
    plan.period = DateRange(date(2026, 4, 1), date(2027, 1, 1))
    plan.save(update_fields=["period"])
    assert _found(plan) == OURS - {"plan_sales_gaps"}


def test_range_steps_follow_a_merge(plan: Plan, account: Account) -> None:
    keep = make_account(name="Shop", parent=account)
    drop = make_account(name="Shop again", parent=account)
    step = make_range_step(plan=plan, account=drop)
    take_plan(plan=plan, to="active")
    moves = plan_merge(keep=keep, drop=drop).moves
    assert f"Range step {step}" in [str(line) for line in moves]
    merge_accounts(keep=keep, drop=drop, as_of=date(2026, 6, 1))
    step.refresh_from_db()
    assert step.account == keep
