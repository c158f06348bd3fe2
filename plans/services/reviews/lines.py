"""What is said in a review, line by line, and what becomes of a line."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from interactions.choices import ConcernCategory, ConcernSeverity
from interactions.models import Concern
from interactions.services.concerns import Worry, raise_concern
from kam.core.problems import explained, refuse_stale
from kam.identity.models import User
from plans.choices.joint import LineKind
from plans.choices.plan import Origin
from plans.models import AgendaItem, BusinessReview, PlanAction, ReviewLine
from plans.services.reviews import problems
from plans.services.reviews.holding import begin_meeting, open_review
from plans.services.work.actions import add_action


@explained()
@transaction.atomic
def add_line(
    *,
    review: BusinessReview,
    text: str,
    author: User,
    kind: str = LineKind.NOTE,
    item: AgendaItem | None = None,
    is_shareable: bool = False,
) -> ReviewLine:
    """Write down what was said; the first line opens the meeting. Raises ReviewOverError."""
    row = begin_meeting(review=review)
    line: ReviewLine = ReviewLine.objects.create(
        review=row,
        item=item,
        kind=kind,
        text=" ".join(text.split()),
        is_shareable=is_shareable,
        author=author,
    )
    return line


@explained()
@transaction.atomic
def update_line(
    *,
    line: ReviewLine,
    text: str,
    kind: str,
    is_shareable: bool,
    read_at: datetime | None = None,
) -> ReviewLine:
    """Change a line of an open review. One that became something keeps its kind. Raises
    StaleError where somebody else changed it after `read_at`."""
    row = _locked(line)
    refuse_stale(row.updated_at, read_at)
    if row.kind != kind and (row.action_id or row.concern_id):
        raise problems.BecameAlreadyError
    row.text, row.kind, row.is_shareable = " ".join(text.split()), kind, is_shareable
    row.save()
    return row


@explained()
@transaction.atomic
def make_action(
    *, line: ReviewLine, by: User, owner: User | None, due_on: date | None
) -> PlanAction:
    """Make a line an action of the review's plan, and tell its owner.

    Whether somebody may write the plan is the caller's to know. Raises NoPlanError,
    BecameAlreadyError, and what `add_action` does: NotOpenError where the plan does not go on, for
    an owner who may not read it, and for a day outside it.
    """
    row = _locked(line)
    plan = row.review.plan
    if plan is None:
        raise problems.NoPlanError
    if row.action_id or row.concern_id:
        raise problems.BecameAlreadyError
    action = add_action(
        plan=plan,
        by=by,
        origin=Origin.REVIEW,
        title=row.text[:300],
        note=row.text if len(row.text) > 300 else "",
        owner=owner,
        due_on=due_on,
        is_shareable=row.is_shareable,
    )
    row.action, row.kind = action, LineKind.ACTION
    row.save()
    return action


@explained()
@transaction.atomic
def make_concern(
    *,
    line: ReviewLine,
    by: User,
    now: datetime,
    category: str = ConcernCategory.OTHER,
    severity: int = ConcernSeverity.MEDIUM,
) -> Concern:
    """Make a line a concern of the account. Raises BecameAlreadyError and what concerns raise."""
    row = _locked(line)
    if row.action_id or row.concern_id:
        raise problems.BecameAlreadyError
    concern = raise_concern(
        worry=Worry(
            account=row.review.account,
            title=row.text[:200],
            description=row.text if len(row.text) > 200 else "",
            category=category,
            severity=severity,
        ),
        author=by,
        now=now,
    )
    row.concern, row.kind = concern, LineKind.CONCERN
    row.save()
    return concern


@explained()
@transaction.atomic
def remove_line(*, line: ReviewLine) -> None:
    """Take a line out that became nothing yet."""
    row = _locked(line)
    if row.action_id or row.concern_id:
        raise problems.BecameAlreadyError
    row.delete()


def _locked(line: ReviewLine) -> ReviewLine:
    review = open_review(line.review)
    row: ReviewLine = ReviewLine.objects.select_for_update().get(pk=line.pk)
    row.review = review
    return row
