"""What is to be done in the demo's plans: objectives, initiatives, actions, targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from accounts.demo.chance import Dice
from kam.core.dates import Period
from kam.core.demo import DemoRequest
from kam.identity.models import User
from plans.choices.plan import Origin, PlanState
from plans.choices.work import ActionState, Direction
from plans.demo.stories import Story
from plans.models import Initiative, KpiTarget, Objective, Plan, PlanAction
from plans.selectors.kpis import ask_about
from plans.selectors.metrics.registry import actuals, metrics

D = Decimal


@dataclass(frozen=True, slots=True)
class Bundle:
    """An initiative with its actions, each from a share of the period."""

    title: str
    acts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective; `gain` is what the customer gains as a part of our revenue with them."""

    title: str
    measure: str
    gain_note: str
    gain: Decimal
    weight: int
    bundles: tuple[Bundle, ...]


GOALS: tuple[Goal, ...] = (
    Goal(
        "Two more metres of breakfast shelf in the large stores",
        "The shelf plan of autumn shows eight metres instead of six.",
        "More margin per metre than the range it replaces",
        D("0.06"),
        3,
        (
            Bundle(
                "Listing round in spring",
                (
                    ("Agree the range proposal with the category manager", 0.15),
                    ("Samples to the five pilot stores", 0.22),
                    ("Decision of the buying committee", 0.35),
                ),
            ),
            Bundle(
                "Shelf plan for the large stores",
                (
                    ("Measure the shelf in ten stores", 0.30),
                    ("Joint shelf plan signed", 0.55),
                    ("Check the new shelf in all large stores", 0.85),
                ),
            ),
        ),
    ),
    Goal(
        "Deliveries on time and in full at 97 percent",
        "Their scorecard says 97 percent for two quarters running.",
        "Fewer empty shelves, less handling at their depots",
        D("0.02"),
        2,
        (
            Bundle(
                "One order calendar for both sides",
                (
                    ("Exchange forecasts by week", 0.20),
                    ("Order calendar agreed with logistics", 0.40),
                    ("First review of the scorecard together", 0.60),
                ),
            ),
            Bundle(
                "Mixed pallets at the new warehouse",
                (("Test delivery of five mixed pallets", 0.45), ("Go live with all stores", 0.7)),
            ),
        ),
    ),
    Goal(
        "A sponsor in their management besides the buyer",
        "Somebody of their board takes part in the yearly review.",
        "One voice for questions that cross departments",
        D("0.005"),
        1,
        (
            Bundle(
                "Get to know operations and marketing",
                (
                    ("Store tour with their head of operations", 0.25),
                    ("Our managing director meets theirs", 0.50),
                    ("Joint campaign idea for the autumn", 0.65),
                ),
            ),
        ),
    ),
)  # fmt: skip
USUAL = {"health": D(72), "compliance": D("0.78")}
"""Where the plans begin of which the demo knows no history."""
METRICS = ("net_revenue", "health", "overdue_share", "functions_covered", "contacts", "compliance")


def fill(stories: Sequence[Story], request: DemoRequest) -> None:
    """Write the work of every plan, as much of it as the plan is full."""
    for number, story in enumerate(stories):
        plan = Plan.objects.select_related("account__current_lead", "owner").get(pk=story.plan.pk)
        if plan.is_draft and story.fullness:
            _fill(plan, story, Dice(request.seed, "plan work", number))


def _fill(plan: Plan, story: Story, dice: Dice) -> None:
    known = _figures(plan, story)
    people = _people(plan, story)
    base = known.get("net_revenue_12m")
    for place, goal in enumerate(GOALS[: story.fullness]):
        row = Objective.objects.create(
            plan=plan,
            title=goal.title,
            measure=goal.measure,
            gain=None if base is None else _rounded(base * goal.gain),
            gain_note=goal.gain_note,
            owner=story.owner,
            due_on=_day(story, 0.9),
            weight=D(goal.weight),
            place=place,
            is_shareable=place < 2,
        )
        _bundles(plan, row, goal, story, people, dice)
    if story.fullness > 1:
        _targets(plan, story, known)
        _beside(plan, story)


def _people(plan: Plan, story: Story) -> list[User]:
    """Who does something: mostly the owner, and whoever else may read the plan."""
    rows = User.objects.filter(is_active=True, roles__overlap=["account_manager"])
    others = [
        one
        for one in rows.exclude(pk=story.owner.pk).order_by("pk")
        if Plan.objects.visible_to(one).filter(pk=plan.pk).exists()
    ]
    return [story.owner, story.owner, *others[:2]]


def _bundles(
    plan: Plan, row: Objective, goal: Goal, story: Story, people: Sequence[User], dice: Dice
) -> None:
    for place, bundle in enumerate(goal.bundles):
        parent = Initiative.objects.create(
            objective=row,
            title=bundle.title,
            owner=story.owner,
            starts_on=_day(story, 0.05),
            due_on=_day(story, bundle.acts[-1][1]),
            weight=D(len(bundle.acts)),
            place=place,
        )
        PlanAction.objects.bulk_create(_acts(plan, parent, bundle, story, people, dice))


def _acts(
    plan: Plan,
    parent: Initiative,
    bundle: Bundle,
    story: Story,
    people: Sequence[User],
    dice: Dice,
) -> Iterator[PlanAction]:
    for title, share in bundle.acts:
        due = _day(story, share)
        is_waiting = story.ends_as in (PlanState.IN_REVIEW, PlanState.APPROVED)
        is_ownerless = not is_waiting and due > story.as_of and dice.happens(0.4)
        state, done_on = _became(due, story, dice)
        percent = D(dice.pick((20, 40, 60))) if _has_begun(due, state, story) else None
        yield PlanAction(
            plan=plan,
            initiative=parent,
            title=title,
            owner=None if is_ownerless else dice.pick(people),
            due_on=due,
            state=state,
            done_on=done_on,
            percent=percent,
            created_by=story.owner,
        )


def _became(due: date, story: Story, dice: Dice) -> tuple[str, date | None]:
    """What was due is mostly done, some of it days late; some is late still."""
    if story.ends_as == PlanState.CLOSED:
        if dice.happens(0.1):
            return ActionState.DROPPED, None
        return ActionState.DONE, due
    if due < story.as_of and story.ends_as == PlanState.ACTIVE and dice.happens(0.75):
        late = timedelta(days=dice.pick((-6, -2, 0, 3, 9)))
        return ActionState.DONE, min(due + late, story.as_of - timedelta(days=1))
    return ActionState.OPEN, None


def _has_begun(due: date, state: str, story: Story) -> bool:
    soon = due - timedelta(days=45) < story.as_of
    return state == ActionState.OPEN and story.ends_as == PlanState.ACTIVE and soon


def _beside(plan: Plan, story: Story) -> None:
    """An action that came from a strength or a threat stands beside the objectives."""
    item = plan.swot_items.filter(kind="threat").order_by("pk").first()
    if item is None:
        return
    PlanAction.objects.create(
        plan=plan,
        title="Offer for a second placement before the new stores open",
        note=f"{item.text}\n{item.evidence}".strip(),
        owner=story.owner,
        due_on=(due := _day(story, 0.95)),
        state=ActionState.DONE if (is_over := story.ends_as == PlanState.CLOSED) else "open",
        done_on=due if is_over else None,
        swot_item=item,
        origin=Origin.SWOT,
        created_by=story.owner,
    )


def _day(story: Story, share: float) -> date:
    """A working day of the period, a share of it from its start; of what is not agreed yet, of
    the days that are left."""
    is_to_come = story.ends_as in (PlanState.DRAFT, PlanState.IN_REVIEW)
    start = max(story.period.start, story.as_of) if is_to_come else story.period.start
    day = start + timedelta(days=int((story.period.end - start).days * share))
    return max(day - timedelta(days=max(day.weekday() - 4, 0)), story.period.start)


def _figures(plan: Plan, story: Story) -> dict[str, Decimal | None]:
    """What is known of the account when the plan begins, today for one to come."""
    day = min(story.period.start - timedelta(days=1), story.as_of)
    keys = (*METRICS, "net_revenue_12m")
    ask = ask_about(plan, None, day)
    before = replace(ask, period=Period.rolling(day))
    found = {key: one.value for key, one in actuals(keys, ask).items()}
    found["contacts"] = actuals(["contacts"], before)["contacts"].value
    return found | {key: value for key, value in USUAL.items() if found.get(key) is None}


def _targets(plan: Plan, story: Story, known: dict[str, Decimal | None]) -> None:
    objective = plan.objectives.order_by("place").first()
    rows = [_target(plan, key, known) for key in METRICS]
    own = KpiTarget(
        plan=plan,
        title="Stores with the joint shelf plan",
        unit="stores",
        direction=Direction.UP,
        baseline=D(0),
        target=D(40),
        objective=objective,
        is_shareable=True,
    )
    if story.ends_as == PlanState.ACTIVE:
        own.typed_actual, own.typed_on = D(17), story.as_of - timedelta(days=12)
    found = [*(row for row in rows if row is not None), own]
    for place, row in enumerate(found):
        row.place = place
    KpiTarget.objects.bulk_create(found)


def _target(plan: Plan, key: str, known: dict[str, Decimal | None]) -> KpiTarget | None:
    metric = metrics.get(key)
    if metric is None:
        return None
    was = known.get(key)
    base = {"net_revenue": known.get("net_revenue_12m")}.get(key, was)
    base = None if base is None else round(base, 4)
    aims = {
        "net_revenue": None if base is None or base <= 0 else _rounded(base * D("1.08")),
        "health": D(85) if base is None or base < 78 else D(95),
        "overdue_share": D("0.05") if not base else max(round(base * D("0.6"), 2), D("0.01")),
        "functions_covered": D(1),
        "contacts": max(_tens(known.get("contacts")), D(20)),
        "compliance": D("0.95"),
    }
    target = aims[key]
    if target is None:
        return None
    is_up = metric.direction == Direction.UP
    if base is not None and not metric.grows and (base == target or (target > base) != is_up):
        base = None  # it stands there already: the target is to hold it
    return KpiTarget(
        plan=plan,
        metric=key,
        title=str(metric.title),
        direction=metric.direction,
        baseline=base,
        target=target,
        is_shareable=key in {"compliance", "net_revenue"},
    )


def _tens(count: Decimal | None) -> Decimal:
    """A tenth more than the year before."""
    return round((count or D(0)) * D("1.1"), -1)


def _rounded(amount: Decimal) -> Decimal:
    """Plans speak in thousands."""
    return round(amount, -3) if abs(amount) >= 10_000 else round(amount, 0)
