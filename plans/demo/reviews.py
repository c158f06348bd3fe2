"""The demo's business reviews and joint teams: held, planned, and what was agreed in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import Account, Position
from kam.core.demo import DemoRequest
from plans.choices.joint import JointState, JointTopic, LineKind
from plans.choices.plan import PlanState
from plans.demo.stories import Story
from plans.models import ReviewTemplate
from plans.services import joint
from plans.services.reviews.holding import (
    Meeting,
    add_agenda_item,
    add_participant,
    finish_review,
    note_attendance,
    plan_review,
)
from plans.services.reviews.lines import add_line, make_action
from plans.services.reviews.templates import save_template

AGENDA = (
    ("Figures of the half-year", 20),
    ("Availability and deliveries", 15),
    ("Range and space", 30),
    ("Campaigns to come", 20),
    ("What we do next", 15),
)
LINES = (
    (
        LineKind.NOTE,
        "Breakfast grew by more than their category; they want to see it by store.",
        True,
    ),
    (LineKind.ACTION, "Send sales by store and week every Monday", True),
    (LineKind.NOTE, "Their new category manager wants fewer suppliers next year.", False),
    (LineKind.DECISION, "The autumn campaign runs in all large stores.", True),
    (LineKind.ACTION, "Proposal for a smaller carton by the end of the month", True),
)
SUMMARY = (
    "Sales are ahead of the plan, availability is the weak point. We send figures by store each "
    "week and propose a smaller carton; they keep the second placement for the autumn."
)
TEAMS = (
    (
        JointTopic.SUPPLY,
        "Fewer gaps on the shelf",
        "Orders from their sales of yesterday instead of a standing order.",
        (
            ("Daily sales by store in our forecast", "Fewer rush orders", "Fuller shelves",
             JointState.RUNNING, 60),
            ("One delivery day more for the large stores", "Fuller lorries", "Fresher goods",
             JointState.PROPOSED, None),
        ),
    ),
    (
        JointTopic.PRODUCT,
        "A breakfast range of their own",
        "Three products that only they sell, from our mill.",
        (
            ("Recipes tasted by both sides", "A listing for two years", "A range nobody else has",
             JointState.DONE, 100),
        ),
    ),
)  # fmt: skip


def tell(stories: Sequence[Story], request: DemoRequest) -> None:
    """Hold reviews of the active plans, plan the next ones, and let two teams work."""
    agenda = save_template(
        template=None,
        name="Half-year review",
        agenda=[{"title": title, "minutes": minutes} for title, minutes in AGENDA],
        is_active=True,
    )
    live = [one for one in stories if one.ends_as == PlanState.ACTIVE]
    for number, story in enumerate(live[:4]):
        _reviews(story, agenda, number, request.as_of)
    for story, team in zip(live, TEAMS, strict=False):
        _team(story, *team)


def _people(account: Account, day: date) -> QuerySet[Position]:
    rows: QuerySet[Position] = Position.objects.filter(
        account__path__contains=[account.pk], person__isnull=False, valid__contains=day
    )
    return rows.order_by("pk")[:3]


def _reviews(story: Story, agenda: ReviewTemplate, number: int, today: date) -> None:
    account, owner = story.plan.account, story.owner
    held_on = today - timedelta(days=40 + 13 * number)
    first = plan_review(
        account=account,
        meeting=Meeting(
            title=f"Half-year review {account.name}"[:200],
            held_on=held_on,
            owner=owner,
            stage="Half-year",
            place="Their head office",
            plan=story.plan,
        ),
        template=agenda,
    )
    for position in _people(account, held_on):
        add_participant(review=first, position=position)
    for kind, text, shared in LINES:
        line = add_line(
            review=first,
            text=text,
            kind=LineKind.NOTE if kind == LineKind.ACTION else kind,
            author=owner,
            is_shareable=shared,
        )
        if kind == LineKind.ACTION:
            due = max(held_on + timedelta(days=30), story.period.start)
            make_action(line=line, by=owner, owner=owner, due_on=due)
    note_attendance(review=first, came=first.participants.values_list("pk", flat=True))
    first.our_rating, first.their_rating = 4, 3 + number % 3
    first.is_summary_shareable = True
    first.save()
    finish_review(review=first, by=owner, as_of=today, summary=SUMMARY)
    following = plan_review(
        account=account,
        meeting=Meeting(
            title=f"Year-end review {account.name}"[:200],
            held_on=today + timedelta(days=4 + 9 * number),
            owner=owner,
            stage="Year-end",
            plan=story.plan,
        ),
    )
    add_agenda_item(review=following, title="Terms of next year", minutes=30, is_shareable=False)


def _team(
    story: Story,
    topic: str,
    title: str,
    aim: str,
    work: Sequence[tuple[str, str, str, str, int | None]],
) -> None:
    start = story.period.start + timedelta(days=30)
    facts = {
        "topic": topic,
        "title": title,
        "aim": aim,
        "state": JointState.RUNNING,
        "starts_on": start,
        "owner": story.owner,
        "plan": story.plan,
    }
    team = joint.save_team(facts=facts, account=story.plan.account)
    for position in _people(story.plan.account, story.as_of)[:2]:
        joint.add_member(team=team, position=position)
    for name, ours, theirs, state, percent in work:
        joint.save_initiative(
            team=team,
            facts={
                "title": name,
                "our_gain": ours,
                "their_gain": theirs,
                "state": state,
                "due_on": story.period.last_day,
                "percent": None if percent is None else Decimal(percent),
            },
        )
