"""Many connections at once: one approval, no gap in the numbers, no writing past an approval."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.db import connection

from kam.core.problems import RefusedError
from kam.identity.choices import Role
from plans.choices.plan import PlanState
from plans.models import Plan, PlanSection
from plans.services.approval.deciding import approve_plan
from plans.services.approval.snapshots import take_snapshot
from plans.services.approval.submitting import submit_plan
from plans.services.plan.texts import save_section
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_objective, make_plan

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = date(2026, 6, 1)


def in_threads(*acts: Callable[[], object]) -> list[str]:
    """Do all acts at once, each on its own connection; answer which were refused and how."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            gate.wait(60)
            act()
        except RefusedError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_approvals_at_once_have_one_effect() -> None:
    owner = make_user()
    directors = [make_user(roles=[Role.SALES_DIRECTOR]) for _one in range(6)]
    plan = make_plan(account=make_account(lead=owner), owner=owner)
    make_objective(plan=plan, measure="Seen")
    submit_plan(plan=plan, by=owner, as_of=DAY, at=NOW)
    acts = [partial(approve_plan, plan=plan, by=one, as_of=DAY, at=NOW) for one in directors]
    found = in_threads(*acts)
    assert sorted(found) == ["done"] + ["plan_not_in_review"] * 5
    row = Plan.objects.get(pk=plan.pk)
    assert (row.state, row.snapshots.count()) == (PlanState.APPROVED, 2)
    assert row.steps.filter(kind="approved").count() == 1


def test_writing_and_submitting_at_once_leave_no_writer_out() -> None:
    owner, writer = make_user(), make_user(roles=[Role.SALES_DIRECTOR])
    for _turn in range(4):
        plan = make_plan(account=make_account(lead=owner), owner=owner)
        make_objective(plan=plan, measure="Seen")
        section = PlanSection.objects.get(plan=plan, kind="ambition")
        freeze = partial(take_snapshot, plan=plan, reason="by_hand", as_of=DAY, by=owner)
        found = in_threads(
            partial(submit_plan, plan=plan, by=owner, as_of=DAY, at=NOW),
            partial(save_section, section=section, by=writer, as_of=DAY, text="Mine"),
            freeze,
            freeze,
        )
        assert found[0] == "done"
        row = Plan.objects.get(pk=plan.pk)
        wrote = PlanSection.objects.get(pk=section.pk).text == "Mine"
        assert wrote == (found[1] == "done") == (writer.pk in row.writer_ids)
        assert sorted(row.snapshots.values_list("number", flat=True)) == [1, 2, 3]
