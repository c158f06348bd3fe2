"""Files of actions and targets: what goes in, what is refused by line and column, undo."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kam.imports.models import ImportBatch, ImportReject
from kam.imports.services import running, undoing
from plans.choices.plan import PlanState
from plans.models import Plan
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, csv_text, ready_batch, send
from tests.factories.plans import (
    make_action,
    make_initiative,
    make_kpi,
    make_objective,
    make_plan,
    take_plan,
)

D = Decimal
ACTIONS = ("plan", "account", "period", "key", "title", "objective", "initiative", "owner", "due",
           "weight", "percent", "state", "done")  # fmt: skip
TARGETS = ("plan", "account", "metric", "title", "unit", "direction", "baseline", "target",
           "objective")  # fmt: skip


def _row(header: tuple[str, ...], start: dict[str, Any], **more: Any) -> tuple[Any, ...]:
    values: dict[str, Any] = dict.fromkeys(header) | start | more
    return tuple(values[name] for name in header)


def _told(batch: ImportBatch) -> list[str]:
    rows = ImportReject.objects.filter(batch=batch).order_by("line")
    return list(rows.values_list("message", flat=True))


@pytest.fixture
def planned(people: People) -> Plan:
    """The plan of C-1 for 2026."""
    account = make_account(name="Kesko", lead=people.owner, external_id="C-1")
    return make_plan(account=account, owner=people.owner)


@pytest.mark.django_db
def test_actions_go_in_change_and_are_undone(planned: Plan, people: People) -> None:
    goal = make_objective(plan=planned, title="Shelf")
    bundle = make_initiative(objective=goal, title="Listing")
    base = {"account": "C-1", "owner": "Owner@kam.test", "initiative": "Listing"}
    rows = [
        _row(ACTIONS, base, key="A-1", title="Call", due="2026-03-01", weight="2"),
        _row(ACTIONS, base, key="A-2", title="Write", percent="40", period="2026-05-05"),
        _row(ACTIONS, {"plan": planned.pk}, key="A-3", title="Send", state="completed",
             done="2026-02-01"),
    ]  # fmt: skip
    first = send("plan_actions", csv_text(ACTIONS, *rows))
    assert first.counts == (3, 0, 0, 0)
    call, write, sent = planned.actions.order_by("external_key")
    assert (call.initiative, call.owner, call.due_on, call.weight) == (
        bundle, people.owner, date(2026, 3, 1), D(2),
    )  # fmt: skip
    assert (write.percent, write.origin) == (D(40), "file")
    assert (sent.initiative, sent.state, sent.done_on) == (None, "done", date(2026, 2, 1))
    assert send("plan_actions", csv_text(ACTIONS, *rows), source="again").counts == (0, 0, 3, 0)
    take_plan(plan=planned, to=PlanState.ACTIVE)
    rows[0] = _row(ACTIONS, base, key="A-1", title="Call them", due="2026-04-01")
    second = send("plan_actions", csv_text(ACTIONS, *rows))
    assert second.counts == (0, 1, 2, 0)
    call.refresh_from_db()
    assert (call.title, call.due_on) == ("Call them", date(2026, 4, 1))
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    call.refresh_from_db()
    assert (call.title, call.due_on) == ("Call", date(2026, 3, 1))
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert planned.actions.count() == 0


@pytest.mark.django_db
def test_what_a_file_does_not_say_stays(planned: Plan, people: People) -> None:
    """A second file of keys, titles and days opens nothing again and takes no owner away."""
    goal = make_objective(plan=planned, title="Shelf")
    bundle = make_initiative(objective=goal)
    done = make_action(
        plan=planned, initiative=bundle, external_key="A-1", title="Call", owner=people.owner,
        state="done", done_on=date(2026, 2, 1), weight=D(3), percent=D(100), note="By phone",
        due_on=date(2026, 3, 1),
    )  # fmt: skip
    header = ("account", "key", "title", "due")
    text = csv_text(header, ("C-1", "A-1", "Call them", ""), ("C-1", "A-2", "Write", "2026-04-01"))
    assert send("plan_actions", text).counts == (1, 1, 0, 0)
    done.refresh_from_db()
    assert (done.title, done.state, done.done_on) == ("Call them", "done", date(2026, 2, 1))
    assert (done.initiative, done.owner, done.weight, done.percent, done.note, done.due_on) == (
        bundle, people.owner, D(3), D(100), "By phone", date(2026, 3, 1),
    )  # fmt: skip
    assert planned.actions.get(external_key="A-2").state == "open"
    assert send("plan_actions", text, source="again").counts == (0, 0, 2, 0)
    opened = csv_text((*header, "state"), ("C-1", "A-1", "Call them", "", "open"))
    assert send("plan_actions", opened).counts == (0, 1, 0, 0)
    done.refresh_from_db()
    assert (done.state, done.done_on, done.owner) == ("open", None, people.owner)
    make_kpi(
        plan=planned, target=D(5), title="Depots", unit="depots", baseline=D(8), direction="down",
        objective=goal,
    )  # fmt: skip
    make_kpi(plan=planned, metric="health", target=D(70), title="Our health")
    known = ("account", "metric", "title", "target")
    targets = csv_text(known, ("C-1", "", "Depots", "4"), ("C-1", "health", "", "75"))
    assert send("plan_targets", targets).counts == (0, 2, 0, 0)
    kpi, health = planned.kpis.order_by("pk")
    assert (health.title, health.target) == ("Our health", D(75))
    assert (kpi.target, kpi.unit, kpi.baseline, kpi.direction, kpi.objective) == (
        D(4), "depots", D(8), "down", goal,
    )  # fmt: skip


@pytest.mark.django_db
def test_bad_actions_are_refused_by_line_and_column(planned: Plan, people: People) -> None:
    for name in ("Shelf", "Price"):
        make_initiative(objective=make_objective(plan=planned, title=name), title="Listing")
    waiting = make_plan(
        account=make_account(external_id="C-2"), owner=people.owner, state=PlanState.IN_REVIEW
    )
    twice = planned.account
    make_plan(account=twice, owner=people.owner, period=(date(2027, 1, 1), date(2028, 1, 1)))
    start = {"plan": planned.pk, "title": "Call"}
    later = TODAY + timedelta(days=1)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"plan": None}, "plan or account (account: )"),
        ({"plan": "999999"}, "unknown plan (plan: 999999)"),
        ({"plan": None, "account": "C-9"}, "unknown account (account: C-9)"),
        ({"plan": None, "account": "C-1"}, "several plans (account: C-1)"),
        ({"plan": waiting.pk}, f"plan not open (plan: {waiting.pk})"),
        ({"initiative": "Luck"}, "unknown initiative (initiative: Luck)"),
        ({"initiative": "Listing"}, "several initiatives (initiative: Listing)"),
        ({"owner": "nobody@kam.test"}, "unknown owner (owner: nobody@kam.test)"),
        ({"owner": "stranger@kam.test"}, "owner may not read the plan (owner: stranger@kam.test)"),
        ({"due": "2027-01-01"}, "day outside the plan (due: 2027-01-01)"),
        ({"weight": "0"}, "weight out of range (weight: 0)"),
        ({"percent": "101"}, "percent out of range (percent: 101)"),
        ({"state": "done"}, "done without a day (done)"),
        ({"state": "done", "done": later.isoformat()}, f"done in the future (done: {later})"),
    ]
    rows = [_row(ACTIONS, start, key=f"B-{n}", **case) for n, (case, _words) in enumerate(cases)]
    rows += [
        _row(ACTIONS, start, key="B-X", title="One"),
        _row(ACTIONS, start, key="B-X", title="Two"),
    ]
    batch = ready_batch("plan_actions", csv_text(ACTIONS, *rows))
    found = running.preview(batch_id=batch.pk, as_of=TODAY)
    assert found is not None
    expected = [words for _case, words in cases] + ["same key, other content (key: B-X)"] * 2
    assert _told(batch) == expected
    assert planned.actions.count() == 0


@pytest.mark.django_db
def test_targets_go_in_change_and_are_undone(planned: Plan) -> None:
    make_objective(plan=planned, title="Shelf")
    start = {"plan": planned.pk}
    rows = [
        _row(TARGETS, start, metric="health", baseline="60", target="75", objective="Shelf"),
        _row(TARGETS, start, title="Depots", unit="depots", target="5"),
    ]
    first = send("plan_targets", csv_text(TARGETS, *rows))
    assert first.counts == (2, 0, 0, 0)
    health, depots = planned.kpis.order_by("place")
    assert (health.title, health.target, health.baseline) == ("Health", D(75), D(60))
    assert (depots.title, depots.unit, depots.direction) == ("Depots", "depots", "up")
    rows[1] = _row(TARGETS, start, title="Depots", unit="depots", target="6")
    second = send("plan_targets", csv_text(TARGETS, *rows))
    assert second.counts == (0, 1, 1, 0)
    bad = [
        (_row(TARGETS, start, metric="luck", target="1"), "unknown measure (metric: luck)"),
        (_row(TARGETS, start, target="1"), "measure or name (metric)"),
        (_row(TARGETS, start, title="A", target="0"), "target of zero (target: 0)"),
        (_row(TARGETS, start, title="B", baseline="5", target="4"),
         "target on the wrong side (target: 4)"),
        (_row(TARGETS, start, metric="overdue_share", target="2"),
         "target beyond the measure (target: 2)"),
        (_row(TARGETS, start, title="C", objective="?", target="4"),
         "unknown objective (objective: ?)"),
    ]  # fmt: skip
    refused = ready_batch("plan_targets", csv_text(TARGETS, *[row for row, _words in bad]))
    running.preview(batch_id=refused.pk, as_of=TODAY)
    assert _told(refused) == [words for _row_, words in bad]
    take_plan(plan=planned, to=PlanState.APPROVED)
    with pytest.raises(Exception, match="fixed"):
        undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    depots.refresh_from_db()
    assert depots.target == D(6)
