"""What negotiations tell elsewhere: the timeline, and what waits on My day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.timeline import Event, TimelineSource, Wanted, timeline_sources
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from plans.choices.negotiation import BriefState, OfferState
from plans.selectors.negotiation import ledger, reads

VIEW = "negotiations.view"
SHOWN, SOON = 5, timedelta(days=7)
# icons: scale tag speakerphone gift


def register() -> None:
    """Register all of it."""
    timeline_sources.register(
        TimelineSource(
            key="negotiations",
            title=gettext_lazy("Negotiations"),
            find=ended,
            icon="scale",
            capability=VIEW,
            order=122,
        ),
        TimelineSource(
            key="offers",
            title=gettext_lazy("Offers"),
            find=offered,
            icon="tag",
            capability=VIEW,
            order=123,
        ),
    )
    todo_providers.register(
        TodoProvider(
            key="plans-offers", find=to_decide, capability="negotiations.approve", order=31
        ),
        TodoProvider(key="plans-price-rounds", find=to_tell, capability=VIEW, order=34),
        TodoProvider(key="plans-proofs", find=to_prove, capability="negotiations.edit", order=35),
    )


def ended(user: User, wanted: Wanted) -> Iterator[Event]:
    """Yield negotiations that are over, at the end of their day."""
    rows = reads.briefs_for(user).filter(ended_on__isnull=False)
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    for row in wanted.newest(rows, "negotiations", "ended_on", is_day=True):
        yield Event(
            strand="negotiations",
            pk=row.pk,
            occurred_at=wanted.end_of(row.ended_on or row.begins_on),
            is_day=True,
            title=row.title,
            detail=row.outcome,
            url=row.get_absolute_url(),
            icon="scale",
            state="success" if row.state == BriefState.AGREED else "warning",
            kind=_("Negotiation"),
            who=str(row.owner),
            account=row.account.name,
            account_url=row.account.get_absolute_url(),
        )


def offered(user: User, wanted: Wanted) -> Iterator[Event]:
    """Yield offers that stand, at the end of the day on which they were made."""
    rows = reads.offers_for(user).filter(state=OfferState.RECORDED)
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    for row in wanted.newest(rows, "offers", "offered_on", is_day=True):
        yield Event(
            strand="offers",
            pk=row.pk,
            occurred_at=wanted.end_of(row.offered_on),
            is_day=True,
            title=row.product.name,
            detail=formats.money(row.price, row.currency_id),
            url=row.get_absolute_url(),
            icon="tag",
            state="info",
            kind=_("Offer"),
            who=str(row.offered_by),
            account=row.account.name,
            account_url=row.account.get_absolute_url(),
        )


def to_decide(user: User, as_of: date) -> Iterator[Todo]:
    """Name the offers that wait for the user, the longest waiting first."""
    del as_of
    for row in reads.waiting_offers(user)[:SHOWN]:
        words = {"account": row.account.name, "product": row.product.name}
        yield Todo(
            key=f"offer-decide-{row.pk}",
            title=_("%(account)s: an offer for %(product)s waits for your approval") % words,
            detail=_("By %(by)s: %(why)s") % {"by": row.offered_by, "why": row.reason},
            url=row.get_absolute_url(),
            state="warning",
            icon="tag",
            urgency=1,
        )


def to_tell(user: User, as_of: date) -> Iterator[Todo]:
    """Name one's own accounts that are to be told of a price change within a week, or late."""
    for place, due in enumerate(reads.notices_due(user, as_of=as_of, within=SOON)):
        if place == SHOWN:
            return
        row = due.row
        day = formats.date(row.notice_by) if row.notice_by else "–"
        late = _("Was due on %(day)s: %(round)s") % {"day": day, "round": row.round.title}
        soon = _("By %(day)s: %(round)s") % {"day": day, "round": row.round.title}
        yield Todo(
            key=f"price-round-{row.pk}-{row.notice_by}",
            title=_("%(account)s is to be told of a price change") % {"account": row.account.name},
            detail=late if due.is_late else soon,
            url=reverse("plans:round-account", args=[row.round_id, row.pk]),
            state="danger" if due.is_late else "warning",
            icon="speakerphone",
            urgency=0 if due.is_late else 2,
        )


def to_prove(user: User, as_of: date) -> Iterator[Todo]:
    """Name what was agreed, whose time is over and that nobody proved."""
    for row in ledger.proof_due(user, as_of=as_of)[:SHOWN]:
        day = formats.date(row.valid.upper - timedelta(days=1)) if row.valid.upper else "–"
        yield Todo(
            key=f"give-get-{row.pk}",
            title=_("%(account)s: was “%(what)s” delivered?")
            % {"account": row.account.name, "what": row.what},
            detail=_("Agreed until %(day)s; there is no proof of it.") % {"day": day},
            url=reverse("plans:entry-move", args=[row.pk]),
            state="warning",
            icon="gift",
            urgency=1,
        )
