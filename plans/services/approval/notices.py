"""Telling people of plans: what waits for approval, what was decided, what was said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from kam.identity.models import User
from kam.notifications.services import notify
from plans.models import Plan, PlanComment
from plans.selectors.approval import approvers_of

WAITS, DECIDED, REVISED, COMMENTED = (
    "plans.approval_wanted",
    "plans.decided",
    "plans.revised",
    "plans.commented",
)


def tell_of_submitted(plan: Plan, *, by: User, at: datetime, as_of: date) -> None:
    """Tell who approves it that a plan waits for them."""
    _tell(WAITS, plan, approvers_of(plan, as_of=as_of), by=by, at=at)


def tell_of_sent_back(plan: Plan, *, to: int | None, by: User, text: str, at: datetime) -> None:
    """Tell the owner and who submitted it that a plan was sent back, and why."""
    _tell(DECIDED, plan, [to, plan.owner_id], by=by, at=at, what="sent_back", text=text)


def tell_of_approved(plan: Plan, *, by: User, text: str, at: datetime) -> None:
    """Tell owner, sponsor, submitter and writers that a plan was approved."""
    users = [plan.owner_id, plan.sponsor_id, plan.submitted_by_id, *plan.writer_ids]
    _tell(DECIDED, plan, users, by=by, at=at, what="approved", text=text)


def tell_of_revised(plan: Plan, *, by: User, text: str, at: datetime) -> None:
    """Tell owner and sponsor that a plan was opened for revision."""
    _tell(REVISED, plan, [plan.owner_id, plan.sponsor_id], by=by, at=at, text=text)


def tell_of_ended(plan: Plan, *, by: User, text: str, at: datetime) -> None:
    """Tell owner and sponsor that a plan was closed or cancelled."""
    users = [plan.owner_id, plan.sponsor_id]
    _tell(DECIDED, plan, users, by=by, at=at, what=plan.state, text=text)


def tell_of_comment(comment: PlanComment, *, by: User, at: datetime) -> None:
    """Tell the plan's owner, and who keeps the section, that somebody said something about it."""
    plan = comment.plan
    section = plan.sections.filter(kind=comment.section).first() if comment.section else None
    users = [plan.owner_id, section.owner_id if section else None]
    _tell(COMMENTED, plan, users, by=by, at=at, what=comment.section, text=comment.text[:200])


def _tell(
    kind: str,
    plan: Plan,
    users: Iterable[User | int | None],
    *,
    by: User | None,
    at: datetime,
    what: str = "",
    text: str = "",
) -> None:
    notify(
        kind=kind,
        users=users,
        url=plan.get_absolute_url(),
        dedupe=f"{plan.pk}:{what}:{at.isoformat()}",
        occurred_at=at,
        params={
            "what": what,
            "plan": plan.title,
            "account": plan.account.name,
            "by": str(by or ""),
            "text": text[:500],
        },
        subject_id=plan.pk,
        by=by,
    )
