"""Writes of business reviews, from planning one to its summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import Account, Position
from accounts.services import tree
from kam.core.problems import explained, refuse_stale
from kam.core.versions import fingerprint
from kam.identity.models import User
from plans.choices.approval import SnapshotReason
from plans.choices.joint import ReviewState
from plans.models import (
    AgendaItem,
    BusinessReview,
    Plan,
    ReviewParticipant,
    ReviewTemplate,
)
from plans.services.approval.snapshots import take_snapshot
from plans.services.problems import check_plan
from plans.services.reviews import problems

OPEN = (ReviewState.PLANNED, ReviewState.IN_MEETING)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What is told of a review."""

    title: str
    held_on: date
    owner: User
    stage: str = ""
    place: str = ""
    plan: Plan | None = None


@explained()
@transaction.atomic
def plan_review(
    *,
    account: Account,
    meeting: Meeting,
    template: ReviewTemplate | None = None,
    by: User | None = None,
) -> BusinessReview:
    """Plan a review. Its participants are those of the last one that still have their place: the
    last that `by` may read, where somebody is named.

    The agenda is the template's; without one, that of the last review. Raises ForeignPlanError
    and what a merged account raises.
    """
    tree.refuse_merged(account)
    check_plan(account, meeting.plan)
    last = last_review(account, before=meeting.held_on, reader=by)
    row = BusinessReview(account=account, previous=last, **_facts(meeting))
    row.save()
    _copy_agenda(row, template, last)
    _copy_people(row, last)
    return row


def last_review(
    account: Account, *, before: date, reader: User | None = None
) -> BusinessReview | None:
    """Return the last review of an account that was held before a day, and that a reader sees."""
    seen = BusinessReview.objects.visible_to(reader) if reader else BusinessReview.objects.all()
    rows = seen.filter(account=account, state=ReviewState.DONE, held_on__lt=before)
    found: BusinessReview | None = rows.order_by("-held_on", "-pk").first()
    return found


@explained()
@transaction.atomic
def update_review(
    *,
    review: BusinessReview,
    meeting: Meeting,
    summary: str,
    is_summary_shareable: bool,
    our_rating: int | None,
    their_rating: int | None,
    read_as: str | None = None,
) -> BusinessReview:
    """Change what is told of a review.

    Raises ReviewOverError, ForeignPlanError, and StaleError where somebody else changed it since
    it was read as `read_as` (`told_version`).
    """
    row = open_review(review)
    refuse_stale(told_version(row), read_as)
    check_plan(row.account, meeting.plan)
    for name, value in _facts(meeting).items():
        setattr(row, name, value)
    row.summary, row.is_summary_shareable = summary.strip(), is_summary_shareable
    row.our_rating, row.their_rating = our_rating, their_rating
    row.save()
    return row


def told_version(review: BusinessReview) -> str:
    """Return the version of what is told of a review; its state and its notes go on beside it."""
    names = ("title", "held_on", "stage", "place", "plan_id", "owner_id", "summary", *ENDING)
    return fingerprint(*(getattr(review, name) for name in names))


@explained()
@transaction.atomic
def begin_meeting(*, review: BusinessReview) -> BusinessReview:
    """Open the meeting: notes are taken from now on. Begun already, nothing changes."""
    row = open_review(review)
    if row.state == ReviewState.PLANNED:
        row.state = ReviewState.IN_MEETING
        row.save(update_fields=["state", "updated_at"])
    return row


ENDING = ("is_summary_shareable", "our_rating", "their_rating")


@explained()
@transaction.atomic
def finish_review(
    *,
    review: BusinessReview,
    by: User,
    as_of: date,
    summary: str | None = None,
    read_as: str | None = None,
    **told: Any,
) -> BusinessReview:
    """Close the record. Its plan is frozen with it, as it stood on the day. A meeting that was
    brought forward was held today: what is done is never still to come.

    `told` is what both sides thought of it (`ENDING`), where that is said at the end. Raises
    ReviewOverError, NoSummaryError, and StaleError where somebody else changed what is told of it
    since it was read as `read_as`.
    """
    row = open_review(review)
    refuse_stale(told_version(row), read_as)
    for name in ENDING:
        setattr(row, name, told.get(name, getattr(row, name)))
    row.summary = (row.summary if summary is None else summary).strip()
    if not row.summary:
        raise problems.NoSummaryError
    if row.plan is not None and row.plan.is_open:
        row.snapshot = take_snapshot(
            plan=row.plan,
            reason=SnapshotReason.REVIEW,
            as_of=as_of,
            by=by,
            note=row.title,
        )
    row.held_on = min(row.held_on, as_of)
    row.state = ReviewState.DONE
    row.save()
    return row


@explained()
@transaction.atomic
def cancel_review(*, review: BusinessReview) -> BusinessReview:
    """Call a review off; it stays in the record. Raises ReviewOverError."""
    row = open_review(review)
    row.state = ReviewState.CANCELLED
    row.save(update_fields=["state", "updated_at"])
    return row


def open_review(review: BusinessReview) -> BusinessReview:
    """Return the row, locked, where it may change. Raises ReviewOverError."""
    rows = BusinessReview.objects.select_for_update(no_key=True, of=("self",))
    row: BusinessReview = rows.select_related("account", "plan").get(pk=review.pk)
    if row.state not in OPEN:
        raise problems.ReviewOverError
    return row


def _facts(meeting: Meeting) -> dict[str, Any]:
    return {
        "title": " ".join(meeting.title.split()),
        "held_on": meeting.held_on,
        "stage": meeting.stage.strip(),
        "place": meeting.place.strip(),
        "owner": meeting.owner,
        "plan": meeting.plan,
    }


def _copy_agenda(
    row: BusinessReview, template: ReviewTemplate | None, last: BusinessReview | None
) -> None:
    if template is not None:
        points = [(one["title"], one.get("minutes"), True) for one in template.agenda]
    elif last is not None:
        points = [(one.title, one.minutes, one.is_shareable) for one in last.agenda.all()]
    else:
        points = []
    AgendaItem.objects.bulk_create(
        AgendaItem(review=row, title=title, minutes=minutes, is_shareable=shared, place=place)
        for place, (title, minutes, shared) in enumerate(points)
    )


def _copy_people(row: BusinessReview, last: BusinessReview | None) -> None:
    found: Iterable[ReviewParticipant] = last.participants.all() if last else ()
    standing = set(
        Position.objects.filter(
            pk__in=[one.position_id for one in found if one.position_id],
            valid__contains=row.held_on,
            person__isnull=False,
        ).values_list("pk", flat=True)
    )
    active = set(
        User.objects.filter(
            pk__in=[one.user_id for one in found if one.user_id], is_active=True
        ).values_list("pk", flat=True)
    )
    active.add(row.owner_id)
    ReviewParticipant.objects.bulk_create(
        [
            *(ReviewParticipant(review=row, user_id=pk) for pk in sorted(active)),
            *(ReviewParticipant(review=row, position_id=pk) for pk in sorted(standing)),
        ]
    )


# Agenda and people


@explained()
@transaction.atomic
def add_agenda_item(
    *, review: BusinessReview, title: str, minutes: int | None = None, is_shareable: bool = True
) -> AgendaItem:
    """Put a point at the end of the agenda."""
    row = open_review(review)
    last = row.agenda.aggregate(last=Max("place"))["last"]
    item: AgendaItem = AgendaItem.objects.create(
        review=row,
        title=title.strip(),
        minutes=minutes,
        is_shareable=is_shareable,
        place=0 if last is None else last + 1,
    )
    return item


@explained()
@transaction.atomic
def remove_agenda_item(*, item: AgendaItem) -> None:
    """Take a point off the agenda; what was said about it stays."""
    open_review(item.review)
    item.delete()


@explained()
@transaction.atomic
def add_participant(
    *, review: BusinessReview, user: User | None = None, position: Position | None = None
) -> ReviewParticipant:
    """Ask somebody to a review, of ours or of theirs. Raises TwiceError."""
    row = open_review(review)
    if row.participants.filter(user=user, position=position).exists():
        raise problems.TwiceError(field="user" if user else "position")
    found: ReviewParticipant = ReviewParticipant.objects.create(
        review=row, user=user, position=position
    )
    return found


@explained()
@transaction.atomic
def remove_participant(*, participant: ReviewParticipant) -> None:
    """Take somebody off the list."""
    open_review(participant.review)
    participant.delete()


@explained()
@transaction.atomic
def note_attendance(*, review: BusinessReview, came: Iterable[int]) -> None:
    """Keep who was there, by the participants' ids; everybody else was not."""
    row = open_review(review)
    ids = set(came)
    for one in row.participants.all():
        one.has_attended = one.pk in ids
        one.save(update_fields=["has_attended", "updated_at"])
