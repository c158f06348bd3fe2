"""What reviews tell elsewhere: the timeline, and what waits on My day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.timeline import Event, TimelineSource, Wanted, timeline_sources
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from plans.choices.joint import ReviewState
from plans.selectors.reviews import reads

VIEW = "reviews.view"
SHOWN, SOON = 5, timedelta(days=7)
# icons: presentation


def register() -> None:
    """Register all of it."""
    timeline_sources.register(
        TimelineSource(
            key="reviews",
            title=gettext_lazy("Business reviews"),
            find=held,
            icon="presentation",
            capability=VIEW,
            order=121,
        )
    )
    todo_providers.register(
        TodoProvider(key="plans-reviews", find=own_reviews, capability=VIEW, order=33)
    )


def held(user: User, wanted: Wanted) -> Iterator[Event]:
    """Yield reviews that were held and closed, at the end of their day."""
    rows = reads.reviews_for(user).filter(state=ReviewState.DONE)
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    for row in wanted.newest(rows, "reviews", "held_on", is_day=True):
        yield Event(
            strand="reviews",
            pk=row.pk,
            occurred_at=wanted.end_of(row.held_on),
            is_day=True,
            title=row.title,
            detail=row.summary,
            url=row.get_absolute_url(),
            icon="presentation",
            state="success",
            kind=_("Business review"),
            who=str(row.owner),
            account=row.account.name,
            account_url=row.account.get_absolute_url(),
        )


def own_reviews(user: User, as_of: date) -> Iterator[Todo]:
    """One's own reviews of the week to come, and those past that wait for their summary."""
    for one in reads.waiting(user, as_of=as_of, until=as_of + SOON)[:SHOWN]:
        row = one.review
        words = {"account": row.account.name, "review": row.title}
        day = formats.date(row.held_on)
        late = _("Held on %(day)s: write its summary.") % {"day": day}
        soon = _("On %(day)s: look through its agenda and who takes part.") % {"day": day}
        yield Todo(
            key=f"review-{row.pk}-{row.held_on}",
            title=_("%(account)s: %(review)s") % words,
            detail=late if one.is_over else soon,
            url=row.get_absolute_url(),
            state="warning" if one.is_over else "info",
            icon="presentation",
            urgency=0 if one.is_over else 1 if row.held_on == as_of else 2,
        )
