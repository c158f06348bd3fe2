"""What readers say about a plan, until it is seen to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from plans.models import Plan, PlanComment
from plans.services.approval.notices import tell_of_comment

LONGEST = 4000


class CommentError(RefusedError):
    """A comment that says nothing, or speaks of a section that the plan has not."""

    code, field = "plan_comment", "text"
    words = _("Say something.")


@explained()
@transaction.atomic
def add_comment(*, plan: Plan, by: User, text: str, section: str = "", at: datetime) -> PlanComment:
    """Say something about a section of a plan, or about all of it, in whatever state it is.

    Raises CommentError without words, and for a section that the plan has not.
    """
    words = text.strip()
    if not words:
        raise CommentError
    if len(words) > LONGEST:
        raise CommentError(_("That is too long for a comment."))
    if section and not plan.sections.filter(kind=section).exists():
        raise CommentError(_("The plan has no such section."), field="section")
    row: PlanComment = PlanComment.objects.create(plan=plan, section=section, text=words, author=by)
    tell_of_comment(row, by=by, at=at)
    return row


@explained()
@transaction.atomic
def resolve_comment(*, comment: PlanComment, by: User, at: datetime) -> PlanComment:
    """Note that a comment was seen to; one that was already stays as it is."""
    row = _locked(comment)
    if row.resolved_at is None:
        row.resolved_by, row.resolved_at = by, max(at, row.created_at)
        row.save()
    return row


@explained()
@transaction.atomic
def reopen_comment(*, comment: PlanComment) -> PlanComment:
    """Open a comment again that was seen to."""
    row = _locked(comment)
    if row.resolved_at is not None:
        row.resolved_by = row.resolved_at = None
        row.save()
    return row


def _locked(comment: PlanComment) -> PlanComment:
    rows = PlanComment.objects.select_for_update(no_key=True, of=("self",))
    found: PlanComment = rows.get(pk=comment.pk)
    return found
