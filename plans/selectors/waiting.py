"""What waits for whom: plans that wait for one's approval, and one's own that were sent back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from plans.selectors.approval import decidable_by

SHOWN = 5


def to_approve(user: User, as_of: date) -> Iterator[Todo]:
    """Name the plans that wait for the user's approval, the longest waiting first."""
    del as_of
    rows = decidable_by(user).select_related("account", "submitted_by")
    for row in rows.order_by("submitted_at", "pk")[:SHOWN]:
        words = {
            "by": str(row.submitted_by),
            "day": formats.date(row.submitted_at) if row.submitted_at else "–",
        }
        yield Todo(
            key=f"plan-approve-{row.pk}",
            title=_("%(account)s: plan “%(plan)s” waits for your approval")
            % {"account": row.account.name, "plan": row.title},
            detail=_("Submitted by %(by)s on %(day)s.") % words,
            url=row.get_absolute_url(),
            state="warning",
            icon="rosette-discount-check",
            urgency=1,
        )


def register() -> None:
    """Register the finder of My day."""
    todo_providers.register(
        TodoProvider(key="plans-approve", find=to_approve, capability="plans.view", order=30)
    )
