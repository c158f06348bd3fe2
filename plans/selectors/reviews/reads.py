"""Reviews and joint teams as pages, API and documents read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Account
from kam.identity.models import User
from plans.choices.joint import JointState, ReviewState
from plans.choices.work import ActionState
from plans.models import (
    AgendaItem,
    BusinessReview,
    JointInitiative,
    JointMember,
    JointTeam,
    Plan,
    PlanAction,
    ReviewLine,
    ReviewParticipant,
)

SHOWN = 30
AHEAD = (ReviewState.PLANNED, ReviewState.IN_MEETING)
AT_WORK = (JointState.PROPOSED, JointState.RUNNING, JointState.PAUSED)


def reviews_for(user: User) -> QuerySet[BusinessReview]:
    """Return the reviews that a user may read, with account, plan and who holds them."""
    rows: QuerySet[BusinessReview] = BusinessReview.objects.visible_to(user)
    return rows.select_related("account", "plan", "owner", "previous")


def people_of(review: BusinessReview) -> list[ReviewParticipant]:
    """Return who is asked: ours first, then theirs, in the order of being asked."""
    rows = review.participants.select_related("user", "position__person", "position__account")
    return sorted(rows, key=lambda one: (one.user_id is None, one.pk))


def lines_of(review: BusinessReview) -> list[ReviewLine]:
    """Return what was said, in order, with what became of it."""
    rows = review.lines.select_related("item", "action__owner", "concern", "author")
    return list(rows.order_by("pk"))


def agenda_of(review: BusinessReview) -> list[AgendaItem]:
    """Return the agenda in order."""
    return list(review.agenda.order_by("place", "pk"))


def open_actions(plan: Plan | None, user: User) -> list[PlanAction]:
    """Return open actions of a plan that the user may read, the first due first, 30 at most."""
    if plan is None:
        return []
    rows = PlanAction.objects.visible_to(user).filter(plan=plan, state=ActionState.OPEN)
    return list(rows.select_related("owner")[:SHOWN])


def before_it(review: BusinessReview, user: User) -> BusinessReview | None:
    """Return the review before, where the user may read it."""
    if review.previous_id is None:
        return None
    return reviews_for(user).filter(pk=review.previous_id).first()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A review that waits for somebody: to be prepared, or for its summary."""

    review: BusinessReview
    is_over: bool


def waiting(user: User, *, as_of: date, until: date) -> list[Waiting]:
    """Return one's own open reviews up to a day; those of days gone wait for their summary."""
    rows = reviews_for(user).filter(
        owner__in=user.acting_user_ids(), state__in=AHEAD, held_on__lte=until
    )
    return [Waiting(review=one, is_over=one.held_on < as_of) for one in rows.order_by("held_on")]


def at_account(account: Account, user: User) -> QuerySet[BusinessReview]:
    """Return reviews of an account and all below it today."""
    return reviews_for(user).filter(account__path__contains=[account.pk])


def teams_for(user: User) -> QuerySet[JointTeam]:
    """Return the joint teams that a user may read: `people` counts both sides, `at_work` the
    initiatives that are proposed, running or paused."""
    rows: QuerySet[JointTeam] = JointTeam.objects.visible_to(user)
    return rows.select_related("account", "plan", "owner").annotate(
        people=Count("members", distinct=True),
        at_work=Count("initiatives", Q(initiatives__state__in=AT_WORK), distinct=True),
    )


def team_of(user: User, pk: int) -> JointTeam | None:
    """Return a joint team with its people and what it works on, or None."""
    members = JointMember.objects.select_related("user", "position__person", "position__account")
    return (
        teams_for(user)
        .prefetch_related(
            Prefetch("members", members.order_by("pk")),
            Prefetch("initiatives", JointInitiative.objects.all()),
        )
        .filter(pk=pk)
        .first()
    )
