"""Writes of objectives, initiatives, actions and targets: what is refused, by which name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from kam.core.problems import RefusedError
from kam.notifications.models import Notification
from plans.choices.plan import Confidentiality, Origin, PlanState
from plans.models import Plan, PlanAction, SwotItem
from plans.services.work import actions, objectives, targets, telling
from plans.services.writing import NotDraftError, NotOpenError
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_action, make_objective, make_plan, take_plan

D = Decimal
DAY = date(2026, 6, 15)


def refused(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        act()
    assert caught.value.code == code


def _plan(**values: Any) -> Plan:
    owner = make_user()
    return make_plan(account=make_account(lead=owner), owner=owner, **values)


@pytest.mark.django_db
def test_what_is_refused() -> None:
    plan = _plan()
    owner, stranger = plan.owner, make_user()
    gone = make_user(is_active=False)
    goal = objectives.add_objective(plan=plan, by=owner, title=" More shelf ", owner=owner)
    bundle = objectives.add_initiative(objective=goal, by=owner, title="Listing")
    action = actions.add_action(plan=plan, by=owner, initiative=bundle, title="Call")
    elsewhere = make_objective(plan=_plan())
    first_out, last_out = date(2025, 12, 31), date(2027, 1, 1)
    assert goal.title == "More shelf"
    cases: list[tuple[str, Callable[[], Any]]] = []
    for changes, code in (
        ({"title": "  "}, "work_title"),
        ({"due_on": first_out}, "plan_date_outside"),
        ({"due_on": last_out}, "plan_date_outside"),
        ({"owner": stranger}, "plan_owner_may_read"),
        ({"owner": gone}, "plan_owner_may_read"),
        ({"weight": D(0)}, "work_weight"),
    ):
        cases += [
            (code, partial(objectives.update_objective, objective=goal, by=owner, **changes)),
            (code, partial(objectives.update_initiative, initiative=bundle, by=owner, **changes)),
            (code, partial(actions.update_action, action=action, by=owner, **changes)),
        ]
    cases += [
        ("work_percent", lambda: actions.set_percent(action=action, percent=D(101), by=owner)),
        ("work_percent", lambda: objectives.type_progress(row=goal, percent=D(-1), by=owner)),
        ("objective_gain",
         lambda: objectives.update_objective(objective=goal, by=owner, gain=D(-1))),
        ("initiative_ends_after_it_begins",
         lambda: objectives.update_initiative(
             initiative=bundle, by=owner, starts_on=DAY, due_on=date(2026, 6, 14))),
        ("initiative_of_the_plan",
         lambda: actions.update_action(
             action=action, by=owner,
             initiative=objectives.add_initiative(objective=elsewhere, by=None, title="X"))),
    ]  # fmt: skip
    for code, act in cases:
        refused(code, act)
    action.refresh_from_db()
    assert (action.title, action.owner, action.due_on, action.percent) == ("Call", None, None, None)
    last = objectives.update_objective(objective=goal, by=owner, due_on=date(2026, 12, 31))
    assert last.due_on == date(2026, 12, 31)


@pytest.mark.django_db
def test_what_changes_in_which_state() -> None:
    """Objectives and targets in a draft alone; actions and progress while it is carried out."""
    plan = _plan()
    owner = plan.owner
    goal = objectives.add_objective(plan=plan, by=None, title="Goal")
    kpi = targets.add_target(plan=plan, by=None, title="Depots", target=D(5))
    action = actions.add_action(plan=plan, by=None, title="Call")
    take_plan(plan=plan, to=PlanState.APPROVED)
    for act in (
        lambda: objectives.add_objective(plan=plan, by=owner, title="Late"),
        lambda: objectives.update_objective(objective=goal, by=owner, title="Other"),
        lambda: objectives.move_objective(objective=goal, step=1, by=owner),
        lambda: objectives.delete_objective(objective=goal, by=owner),
        lambda: objectives.add_initiative(objective=goal, by=owner, title="Late"),
        lambda: targets.add_target(plan=plan, by=owner, title="Late", target=D(1)),
        lambda: targets.update_target(kpi=kpi, by=owner, target=D(1)),
        lambda: targets.delete_target(kpi=kpi, by=owner),
        lambda: actions.delete_action(action=action, by=owner),
    ):
        with pytest.raises(NotDraftError):
            act()
    actions.add_action(plan=plan, by=owner, title="Later")
    actions.update_action(action=action, by=owner, title="Call them", due_on=DAY)
    actions.set_percent(action=action, percent=D(40), by=owner)
    objectives.type_progress(row=goal, percent=D(30), by=owner)
    objectives.give_work(row=goal, owner=owner, by=owner)
    targets.note_actual(kpi=kpi, value=D(3), on=DAY, as_of=DAY, by=owner)
    done = actions.finish_action(action=action, on=DAY, by=owner)
    assert (done.state, done.done_on) == ("done", DAY)
    refused("action_is_over", lambda: actions.set_percent(action=action, percent=D(1), by=owner))
    assert actions.reopen_action(action=action, by=owner).done_on is None
    assert actions.drop_action(action=action, by=owner).state == "dropped"
    assert plan.writer_ids == [owner.pk]
    over = _plan(state=PlanState.CANCELLED)
    waiting = _plan(state=PlanState.IN_REVIEW)
    for one in (over, waiting):
        with pytest.raises(NotOpenError):
            actions.add_action(plan=one, by=owner, title="Late")


@pytest.mark.django_db
def test_order_without_dragging() -> None:
    plan = _plan()
    rows = [objectives.add_objective(plan=plan, by=None, title=name) for name in "abc"]
    objectives.move_objective(objective=rows[2], step=-1, by=None)
    objectives.move_objective(objective=rows[0], step=-1, by=None)
    objectives.move_objective(objective=rows[0], step=1, by=None)
    assert [row.title for row in plan.objectives.order_by("place")] == ["c", "a", "b"]


@pytest.mark.django_db
def test_targets() -> None:
    plan = _plan()
    refused("kpi_target_not_zero", lambda: targets.add_target(
        plan=plan, by=None, metric="health", target=D(0)))  # fmt: skip
    health = targets.add_target(plan=plan, by=None, metric="health", baseline=D(60), target=D(75))
    assert (health.title, health.direction, health.unit) == ("Health", "up", "")
    own: dict[str, Any] = {"title": "Depots", "target": D(5)}
    other = make_objective(plan=_plan())
    cases: list[tuple[str, dict[str, Any]]] = [
        ("metric_known", {"metric": "luck", "target": D(1)}),
        ("kpi_within_its_measure", {"metric": "satisfaction", "target": D(101)}),
        ("kpi_within_its_measure", {"metric": "overdue_share", "target": D("-0.01")}),
        ("kpi_within_its_measure", {"metric": "wallet_share", "target": D(25)}),
        ("kpi_once_a_plan", {"metric": "health", "target": D(1)}),
        ("kpi_has_a_title", {"target": D(1)}),
        ("kpi_target_moves", own | {"baseline": D(5)}),
        ("kpi_target_direction", own | {"baseline": D(9)}),
        ("kpi_target_direction", {"metric": "overdue", "baseline": D(1), "target": D(2)}),
        ("objective_of_the_plan", own | {"objective": other}),
    ]
    for code, facts in cases:
        refused(code, partial(targets.add_target, plan=plan, by=None, **facts))
    kpi = targets.add_target(plan=plan, by=None, **own)

    def note(row: Any, on: date | None) -> Callable[[], Any]:
        return lambda: targets.note_actual(kpi=row, value=D(1), on=on, as_of=DAY, by=None)

    refused("kpi_actual_not_typed_over", note(health, DAY))
    refused("kpi_actual_says_when", note(kpi, None))
    refused("kpi_actual_future", note(kpi, date(2026, 6, 16)))


@pytest.mark.django_db
def test_a_strength_becomes_an_action_once() -> None:
    plan = _plan()
    item = SwotItem.objects.create(plan=plan, kind="threat", text="Own label", evidence="Nielsen")
    action = actions.action_from_swot(item=item, by=plan.owner, owner=plan.owner)
    assert (action.title, action.origin, action.swot_item) == ("Own label", Origin.SWOT, item)
    assert action.note == "Threat: Own label\nNielsen"
    refused("swot_became_already", lambda: actions.action_from_swot(item=item, by=None))


@pytest.mark.django_db
def test_who_is_told_of_actions() -> None:
    """Who is given one, and who owns a late one or its plan: once, and never who may not read."""
    plan = _plan()
    helper = make_user()
    Plan.objects.filter(pk=plan.pk).update(sponsor=helper)
    action = actions.add_action(plan=plan, by=plan.owner, title="Call", owner=helper)
    actions.update_action(action=action, by=plan.owner, owner=plan.owner)
    actions.update_action(action=action, by=plan.owner, owner=helper, due_on=date(2026, 6, 14))
    told = Notification.objects.filter(kind=telling.GIVEN).values_list("user", flat=True)
    assert list(told) == [helper.pk]
    now = datetime(2026, 6, 15, 3, tzinfo=timezone.get_default_timezone())
    assert telling.tell_overdue(as_of=DAY, now=now).overdue == 0  # a draft is not carried out
    plan.refresh_from_db()
    take_plan(plan=plan, to=PlanState.ACTIVE)
    make_action(plan=plan, due_on=date(2026, 6, 1))
    make_action(plan=plan, due_on=DAY)
    make_action(plan=plan, due_on=date(2026, 6, 1), state="done", done_on=DAY)
    first = telling.tell_overdue(as_of=DAY, now=now)
    assert (first.overdue, first.told) == (2, 3)
    assert telling.tell_overdue(as_of=DAY, now=now).told == 0
    late = Notification.objects.filter(kind=telling.LATE)
    assert sorted(late.values_list("user", flat=True)) == sorted(
        [helper.pk, plan.owner_id, plan.owner_id]
    )
    Plan.objects.filter(pk=plan.pk).update(confidentiality=Confidentiality.NAMED)
    assert PlanAction.objects.visible_to(make_user()).count() == 0
