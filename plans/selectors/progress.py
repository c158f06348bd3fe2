"""Progress of plans: one plan as a tree for its page, many plans by one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Prefetch, QuerySet

from plans.analytics import progress as maths
from plans.analytics.progress import Act, Bundle, Goal, Progress
from plans.models import Initiative, Objective, Plan, PlanAction

# The rules are those of `plans.analytics.progress`, level by level.
_ROWS = """
WITH acts AS (
    SELECT a.plan_id, a.initiative_id, a.weight, a.state,
        CASE a.state WHEN 'done' THEN 100 WHEN 'open' THEN COALESCE(a.percent, 0) END AS value,
        (a.state = 'open' AND a.due_on < %(as_of)s)::integer AS overdue,
        (a.state = 'open' AND a.owner_id IS NULL)::integer AS ownerless
    FROM plans_planaction a WHERE a.plan_id = ANY(%(ids)s)
), bundles AS (
    SELECT i.objective_id, i.weight, COALESCE(i.typed_percent, round(
        sum(acts.value * acts.weight) / sum(acts.weight) FILTER (WHERE acts.value IS NOT NULL), 4
    )) AS value
    FROM plans_initiative i JOIN plans_objective o ON o.id = i.objective_id
    LEFT JOIN acts ON acts.initiative_id = i.id
    WHERE o.plan_id = ANY(%(ids)s)
    GROUP BY i.id
), goals AS (
    SELECT o.plan_id, o.weight, COALESCE(o.typed_percent, round(
        sum(b.value * b.weight) / sum(b.weight) FILTER (WHERE b.value IS NOT NULL), 4
    )) AS value,
        count(*) FILTER (WHERE b.weight IS NOT NULL AND b.value IS NULL) AS below
    FROM plans_objective o LEFT JOIN bundles b ON b.objective_id = o.id
    WHERE o.plan_id = ANY(%(ids)s)
    GROUP BY o.id
), beside AS (
    SELECT plan_id, round(
        sum(value * weight) / sum(weight) FILTER (WHERE value IS NOT NULL), 4
    ) AS value
    FROM acts WHERE initiative_id IS NULL GROUP BY plan_id
), sizes AS (
    SELECT plan_id, count(*) AS goals, sum(weight) AS weight,
        sum(below) + count(*) FILTER (WHERE value IS NULL) AS unmeasured
    FROM goals GROUP BY plan_id
), parts AS (
    SELECT g.plan_id, g.value, g.weight * s.goals AS weight
    FROM goals g JOIN sizes s ON s.plan_id = g.plan_id
    UNION ALL
    SELECT b.plan_id, b.value, COALESCE(s.weight, 1)
    FROM beside b LEFT JOIN sizes s ON s.plan_id = b.plan_id
), means AS (
    SELECT plan_id, round(
        sum(value * weight) / sum(weight) FILTER (WHERE value IS NOT NULL), 4
    ) AS value
    FROM parts GROUP BY plan_id
), counts AS (
    SELECT plan_id, count(*) FILTER (WHERE state <> 'dropped') AS actions,
        count(*) FILTER (WHERE state = 'done') AS done,
        sum(overdue) AS overdue, sum(ownerless) AS ownerless
    FROM acts GROUP BY plan_id
)
SELECT p.id, m.value, COALESCE(c.actions, 0), COALESCE(c.done, 0), COALESCE(c.overdue, 0),
    COALESCE(c.ownerless, 0), COALESCE(s.unmeasured, 0)
FROM plans_plan p LEFT JOIN means m ON m.plan_id = p.id LEFT JOIN counts c ON c.plan_id = p.id
LEFT JOIN sizes s ON s.plan_id = p.id
WHERE p.id = ANY(%(ids)s)
"""


def progress_of(plan_ids: Iterable[int], as_of: date) -> dict[int, Progress]:
    """Return the progress of plans in one statement, by id, as `analytics.progress.of_plan` does.

    Rows are counted as they stand today; `as_of` says what is overdue.
    """
    ids = list(plan_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"ids": ids, "as_of": as_of})
        return {row[0]: _progress(*row[1:]) for row in cursor.fetchall()}


def _progress(
    percent: object, actions: int, done: int, overdue: int, ownerless: int, unmeasured: int
) -> Progress:
    return Progress(
        percent=percent,  # type: ignore[arg-type]  # numeric arrives as Decimal
        actions=actions,
        done=done,
        overdue=overdue,
        ownerless=ownerless,
        unmeasured=int(unmeasured),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """An action of a page, and whether it is overdue on its day."""

    row: PlanAction
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeLine:
    """An initiative with its actions."""

    row: Initiative
    progress: Progress
    actions: Sequence[ActionLine]
    is_overdue: bool

    @property
    def slot(self) -> str:
        """The place of its form on a page."""
        return f"slot-initiative-{self.row.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveLine:
    """An objective with its initiatives."""

    row: Objective
    progress: Progress
    initiatives: Sequence[InitiativeLine]
    is_overdue: bool

    @property
    def slot(self) -> str:
        """The place of its form on a page."""
        return f"slot-objective-{self.row.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTree:
    """What is to be done in a plan: objectives in order, and the actions beside them."""

    progress: Progress
    objectives: Sequence[ObjectiveLine]
    loose: Sequence[ActionLine]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.objectives or self.loose)


def objectives_of(plans: Iterable[Plan]) -> QuerySet[Objective]:
    """Return the objectives of plans with all below them, in three statements."""
    return with_work(Objective.objects.filter(plan__in=plans))


def with_work(rows: QuerySet[Objective]) -> QuerySet[Objective]:
    """Bring initiatives, actions and owners along."""
    actions = PlanAction.objects.select_related("owner").order_by(*_ACTION_ORDER)
    bundles = Initiative.objects.select_related("owner").prefetch_related(
        Prefetch("actions", actions)
    )
    return rows.select_related("owner").prefetch_related(Prefetch("initiatives", bundles))


_ACTION_ORDER = PlanAction._meta.ordering or ["pk"]


def tree_of(plan: Plan, *, as_of: date) -> WorkTree:
    """Return all work of a plan with its progress, in four statements at any size."""
    objectives = list(objectives_of([plan]))
    loose = list(
        PlanAction.objects.filter(plan=plan, initiative=None)
        .select_related("owner")
        .order_by(*_ACTION_ORDER)
    )
    found = maths.of_plan([goal(one) for one in objectives], [act(one) for one in loose], as_of)
    return WorkTree(
        progress=found,
        objectives=[objective_line(one, as_of=as_of) for one in objectives],
        loose=[_action_line(one, as_of) for one in loose],
    )


def objective_line(row: Objective, *, as_of: date) -> ObjectiveLine:
    """Return an objective that was read by `with_work`."""
    found = maths.of_goal(goal(row), as_of)
    return ObjectiveLine(
        row=row,
        progress=found,
        initiatives=[initiative_line(one, as_of=as_of) for one in row.initiatives.all()],
        is_overdue=_is_late(row.due_on, found, as_of),
    )


def initiative_line(row: Initiative, *, as_of: date) -> InitiativeLine:
    """Return an initiative of which the actions were read."""
    found = maths.of_bundle(bundle(row), as_of)
    return InitiativeLine(
        row=row,
        progress=found,
        actions=[_action_line(one, as_of) for one in row.actions.all()],
        is_overdue=_is_late(row.due_on, found, as_of),
    )


def by_objective(tree: WorkTree) -> Mapping[int, Progress]:
    """Return progress by objective's id."""
    return {line.row.pk: line.progress for line in tree.objectives}


def goal(row: Objective) -> Goal:
    """Return an objective as the mathematics needs it."""
    bundles = [bundle(one) for one in row.initiatives.all()]
    return Goal(weight=row.weight, typed=row.typed_percent, bundles=bundles)


def bundle(row: Initiative) -> Bundle:
    """Return an initiative as the mathematics needs it."""
    acts = [act(one) for one in row.actions.all()]
    return Bundle(weight=row.weight, typed=row.typed_percent, acts=acts)


def act(row: PlanAction) -> Act:
    """Return an action as the mathematics needs it."""
    return Act(
        state=row.state,
        weight=row.weight,
        percent=row.percent,
        due_on=row.due_on,
        has_owner=row.owner_id is not None,
    )


def _action_line(row: PlanAction, as_of: date) -> ActionLine:
    return ActionLine(row=row, is_overdue=act(row).is_overdue(as_of))


def _is_late(due_on: date | None, found: Progress, as_of: date) -> bool:
    return due_on is not None and due_on < as_of and not found.is_complete
