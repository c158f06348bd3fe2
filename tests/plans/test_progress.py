"""Progress by weight: golden vectors, what always holds, and SQL against Python."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.analytics.progress import Act, Bundle, Goal, Progress, of_goal, of_plan
from plans.models import Plan
from plans.selectors.progress import progress_of, tree_of
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_action, make_initiative, make_objective, make_plan

DAY = date(2026, 6, 15)
D = Decimal


def test_golden_vector() -> None:
    """Two objectives of weight 3 and 1, a typed percent, a dropped action, loose ones."""
    listing = Bundle(
        weight=D(2),
        acts=[
            Act(state="done", weight=D(2)),
            Act(percent=D(25), due_on=date(2026, 6, 14)),
            Act(has_owner=False),
            Act(state="dropped", weight=D(9), due_on=date(2026, 1, 1), has_owner=False),
        ],
    )
    training = Bundle(acts=[Act(due_on=DAY), Act(state="done")])
    empty = Bundle(weight=D(50), acts=[Act(state="dropped")])
    first = Goal(weight=D(3), bundles=[listing, training, empty])
    # (2·100 + 25 + 0) / 4 = 56.25; (0 + 100) / 2 = 50; (2·56.25 + 50) / 3 = 54.16667
    assert of_goal(first, DAY) == Progress(
        percent=D("54.1667"), actions=5, done=2, overdue=1, ownerless=1, unmeasured=1
    )
    typed = Goal(typed=D(80), bundles=[Bundle(acts=[Act(due_on=date(2026, 1, 1))])])
    assert of_goal(typed, DAY) == Progress(percent=D(80), is_typed=True, actions=1, overdue=1)
    # (3·54.1667 + 80) / 4 = 60.625025
    assert of_plan([first, typed], [], DAY).percent == D("60.6250")
    # actions beside weigh like an average objective: 2 of 6
    loose = [Act(state="done")]
    assert of_plan([first, typed], loose, DAY) == Progress(
        percent=D("73.7500"), actions=7, done=3, overdue=2, ownerless=1, unmeasured=1
    )
    assert of_plan([], loose, DAY).percent == D(100)
    assert of_plan([], [], DAY) == Progress()
    assert of_plan([Goal()], [], DAY) == Progress(unmeasured=1)


weights = st.integers(1, 999_99).map(lambda one: D(one) / 100)
percents = st.integers(0, 10_000).map(lambda one: D(one) / 100)
days = st.sampled_from([None, date(2026, 6, 1), DAY, date(2026, 7, 1)])
acts = st.builds(
    Act,
    state=st.sampled_from(["open", "open", "done", "dropped"]),
    weight=weights,
    percent=st.none() | percents,
    due_on=days,
    has_owner=st.booleans(),
)
some_acts = st.lists(acts, max_size=4)
bundles = st.builds(Bundle, weight=weights, typed=st.none() | st.none() | percents, acts=some_acts)
goals = st.builds(
    Goal,
    weight=weights,
    typed=st.none() | st.none() | percents,
    bundles=st.lists(bundles, max_size=3),
)
some_goals = st.lists(goals, max_size=3)


@given(some_goals, some_acts)
def test_between_nothing_and_all(some: list[Goal], loose: list[Act]) -> None:
    found = of_plan(some, loose, DAY)
    assert found.percent is None or 0 <= found.percent <= 100
    assert found.done <= found.actions
    assert max(found.overdue, found.ownerless) <= found.actions - found.done


@given(some_goals, some_acts, st.sampled_from([D("0.5"), D(2), D(7), D(1000)]))
def test_weights_have_no_unit(some: list[Goal], loose: list[Act], factor: Decimal) -> None:
    scaled = [
        replace(
            goal,
            weight=goal.weight * factor,
            bundles=[replace(one, weight=one.weight * factor) for one in goal.bundles],
        )
        for goal in some
    ]
    assert of_plan(scaled, loose, DAY) == of_plan(some, loose, DAY)


@given(some_goals, some_acts, st.data())
def test_more_done_is_never_less_progress(
    some: list[Goal], loose: list[Act], data: st.DataObject
) -> None:
    def finished(act: Act) -> Act:
        is_done = act.state == "open" and data.draw(st.booleans())
        return replace(act, state="done") if is_done else act

    later = [
        replace(
            goal,
            bundles=[
                replace(one, acts=[finished(act) for act in one.acts]) for one in goal.bundles
            ],
        )
        for goal in some
    ]
    before, after = of_plan(some, loose, DAY), of_plan(later, [finished(a) for a in loose], DAY)
    assert (before.percent is None) == (after.percent is None)
    if before.percent is not None and after.percent is not None:
        assert before.percent <= after.percent
    assert after.overdue <= before.overdue


def _filled(random: Random, plan: Plan) -> None:
    def percent() -> Decimal | None:
        return D(random.randint(0, 10_000)) / 100 if random.random() < 0.3 else None

    def weight() -> Decimal:
        return D(random.randint(1, 999_999)) / 100

    def action(**more: Any) -> None:
        state = random.choice(["open", "open", "done", "dropped"])
        make_action(
            plan=plan,
            state=state,
            done_on=DAY if state == "done" else None,
            percent=percent(),
            weight=weight(),
            due_on=random.choice([None, date(2026, 6, 14), DAY]),
            owner=random.choice([None, plan.owner]),
            **more,
        )

    for _one in range(random.randint(0, 4)):
        objective = make_objective(plan=plan, weight=weight(), typed_percent=percent())
        for _two in range(random.randint(0, 3)):
            bundle = make_initiative(objective=objective, weight=weight(), typed_percent=percent())
            for _three in range(random.randint(0, 4)):
                action(initiative=bundle)
    for _four in range(random.choice([0, 0, 3])):
        action()


@pytest.mark.django_db
def test_sql_and_python_agree() -> None:
    owner = make_user()
    random = Random(20260615)
    plans = []
    for _one in range(25):
        plan = make_plan(account=make_account(), owner=owner)
        _filled(random, plan)
        plans.append(plan)
    found = progress_of([one.pk for one in plans], DAY)
    assert len({one.percent for one in found.values()}) > 15
    for plan in plans:
        assert found[plan.pk] == tree_of(plan, as_of=DAY).progress
