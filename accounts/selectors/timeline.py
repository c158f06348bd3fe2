"""What accounts tell the timeline: tiers, leads, promises, ratings, opportunities, people, checks.

Each source is scoped by its own rows; what is known by day stands at the day's end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import CheckState, OpportunityStage, PromiseOutcome
from accounts.models import (
    Account,
    Handover,
    LeadAssignment,
    Opportunity,
    OpportunityStageChange,
    Position,
    Promise,
    StakeholderRating,
    StoreCheck,
    TierAssignment,
    TierOverride,
)
from accounts.selectors.people.ratings import rating_in_words
from kam.core.badges import State
from kam.core.timeline import Event, Subject, TimelineSource, Wanted, merged, timeline_sources
from kam.identity.models import User

HERE: frozenset[Subject] = frozenset({"account", "group"})
EVERYWHERE: frozenset[Subject] = frozenset({"account", "group", "all"})
PEOPLE: frozenset[Subject] = frozenset({"account", "group", "person"})
_OUTCOMES: dict[str, State] = {
    PromiseOutcome.KEPT: "success",
    PromiseOutcome.KEPT_LATE: "warning",
    PromiseOutcome.BROKEN: "danger",
    PromiseOutcome.WITHDRAWN: "muted",
}
_STAGES: dict[str, State] = {OpportunityStage.WON: "success", OpportunityStage.LOST: "danger"}


def at[M: Model](
    wanted: Wanted, rows: QuerySet[M], account: str = "account", person: str = ""
) -> QuerySet[M]:
    """Return the rows of the accounts, or of the person, that a page is about."""
    if person and wanted.person_id is not None:
        rows = rows.filter(**{person: wanted.person_id})
    if wanted.account_ids is not None:
        rows = rows.filter(**{f"{account}__in": wanted.account_ids})
    return rows


def on_day(
    wanted: Wanted, account: Account, day: date, strand: str, row: Model, **told: Any
) -> Event:
    """Return an event that is known by day."""
    return Event(
        strand=strand,
        pk=row.pk,
        occurred_at=wanted.end_of(day),
        is_day=True,
        account=account.name,
        account_url=account.get_absolute_url(),
        **told,
    )


def _strands(*finders: Callable[[User, Wanted], Iterable[Event]]) -> Any:
    def find(user: User, wanted: Wanted) -> list[Event]:
        """Return the newest of all."""
        return merged((finder(user, wanted) for finder in finders), wanted.limit)

    return find


def _tiers(user: User, wanted: Wanted) -> Iterator[Event]:
    rows: QuerySet[TierAssignment] = at(wanted, TierAssignment.objects.visible_to(user))
    before = TierAssignment.objects.filter(
        account=OuterRef("account"), valid__startswith__lt=OuterRef("valid__startswith")
    ).order_by("-valid__startswith")
    told = rows.select_related("account", "tier").annotate(
        former=Subquery(before.values("tier__name")[:1])
    )
    strand = "tiers.computed"
    for row in wanted.newest(told, strand, "valid__startswith", is_day=True):
        former = getattr(row, "former", None)
        yield on_day(
            wanted,
            row.account,
            row.valid.lower,
            strand,
            row,
            kind=_("Tier"),
            icon="stairs",
            title=_("Tier %(tier)s") % {"tier": row.tier.name},
            detail=_("Before: %(tier)s") % {"tier": former} if former else "",
            url=f"{row.account.get_absolute_url()}#panel-tier",
        )


def _overrides(user: User, wanted: Wanted) -> Iterator[Event]:
    rows: QuerySet[TierOverride] = at(wanted, TierOverride.objects.visible_to(user))
    strand = "tiers.override"
    told = rows.select_related("account", "tier", "approver")
    for row in wanted.newest(told, strand, "valid__startswith", is_day=True):
        yield on_day(
            wanted,
            row.account,
            row.valid.lower,
            strand,
            row,
            kind=_("Tier by decision"),
            icon="stairs",
            title=_("Tier %(tier)s by decision") % {"tier": row.tier.name},
            detail=row.reason,
            who=str(row.approver),
            url=f"{row.account.get_absolute_url()}#panel-tier",
        )


def _leads(user: User, wanted: Wanted) -> Iterator[Event]:
    visible = Account.objects.visible_to(user)
    rows = LeadAssignment.objects.filter(valid__startswith__isnull=False)
    if not user.sees_everything():
        rows = rows.filter(account__in=visible)
    strand = "leads.began"
    told = at(wanted, rows).select_related("account", "user")
    for row in wanted.newest(told, strand, "valid__startswith", is_day=True):
        yield on_day(
            wanted,
            row.account,
            row.valid.lower,
            strand,
            row,
            kind=_("Lead"),
            icon="user-star",
            title=_("%(name)s leads the account") % {"name": row.user},
            url=f"{row.account.get_absolute_url()}#panel-leads",
        )


def _handovers(user: User, wanted: Wanted) -> Iterator[Event]:
    rows: QuerySet[Handover] = at(wanted, Handover.objects.visible_to(user))
    strand = "leads.handover"
    told = rows.select_related("account", "from_user", "to_user", "made_by").defer("pack")
    for row in wanted.newest(told, strand, "made_at"):
        names = {"to": row.to_user, "from": row.from_user}
        title = _("Handed over to %(to)s") if row.from_user is None else _("%(from)s → %(to)s")
        yield Event(
            strand=strand,
            pk=row.pk,
            occurred_at=row.made_at,
            kind=_("Handover"),
            icon="arrows-exchange",
            title=title % names,
            detail=row.reason,
            who=str(row.made_by),
            account=row.account.name,
            account_url=row.account.get_absolute_url(),
            url=row.get_absolute_url(),
        )


def _promises(user: User, wanted: Wanted, strand: str, column: str) -> Iterator[Event]:
    rows: QuerySet[Promise] = Promise.objects.visible_to(user).filter(
        **{f"{column}__isnull": False}
    )
    told = at(wanted, rows, person="position__person").select_related(
        "account", "user", "position__person"
    )
    is_outcome = column == "settled_on"
    for row in wanted.newest(told, strand, column, is_day=True):
        kind = row.get_outcome_display() if is_outcome else row.get_side_display()
        person = row.position.person if row.position is not None else None
        yield on_day(
            wanted,
            row.account,
            getattr(row, column),
            strand,
            row,
            kind=_("Promise: %(what)s") % {"what": kind.lower()},
            icon="heart-handshake",
            state=_OUTCOMES.get(row.outcome, "neutral") if is_outcome else "neutral",
            title=row.what,
            detail=row.outcome_note if is_outcome else row.note,
            who=", ".join(str(one) for one in (person and person.name, row.user) if one),
            url=row.get_absolute_url(),
        )


def _ratings(user: User, wanted: Wanted) -> Iterator[Event]:
    rows: QuerySet[StakeholderRating] = StakeholderRating.objects.visible_to(user)
    told = at(wanted, rows, "position__account", "position__person").select_related(
        "position__account", "position__person", "author"
    )
    for row in wanted.newest(told, "ratings", "rated_on", is_day=True):
        person = row.position.person
        yield on_day(
            wanted,
            row.position.account,
            row.rated_on,
            "ratings",
            row,
            kind=_("Rating"),
            icon="star",
            title=f"{row.position}: {row.get_kind_display()}, {rating_in_words(row)}",
            detail=row.evidence,
            who=str(row.author),
            url=person.get_absolute_url() if person else "",
        )


def _stages(user: User, wanted: Wanted) -> Iterator[Event]:
    visible = Opportunity.objects.visible_to(user)
    rows = OpportunityStageChange.objects.all()
    if not user.sees_everything():
        rows = rows.filter(opportunity__in=visible)
    told = at(wanted, rows, "opportunity__account").select_related(
        "opportunity__account", "changed_by"
    )
    for row in wanted.newest(told, "opportunities", "changed_on", is_day=True):
        former, now = row.get_from_stage_display(), row.get_to_stage_display()
        yield on_day(
            wanted,
            row.opportunity.account,
            row.changed_on,
            "opportunities",
            row,
            kind=_("Opportunity"),
            icon="target-arrow",
            state=_STAGES.get(row.to_stage, "neutral"),
            title=row.opportunity.title,
            detail=" · ".join(
                part for part in (f"{former} → {now}" if former else now, row.note) if part
            ),
            who=str(row.changed_by),
            url=row.opportunity.get_absolute_url(),
        )


def _people(user: User, wanted: Wanted, strand: str, column: str) -> Iterator[Event]:
    rows: QuerySet[Position] = Position.objects.visible_to(user).filter(
        **{"person__isnull": False, f"{column}__isnull": False}
    )
    told = at(wanted, rows, person="person").select_related("account", "person")
    came = column == "valid__startswith"
    for row in wanted.newest(told, strand, column, is_day=True):
        yield on_day(
            wanted,
            row.account,
            row.valid.lower if came else row.valid.upper,
            strand,
            row,
            kind=_("New in the job") if came else _("Left the job"),
            icon="user-plus" if came else "door-exit",
            state="neutral" if came else "warning",
            title=str(row),
            url=row.person.get_absolute_url() if row.person else "",
        )


def _checks(user: User, wanted: Wanted) -> Iterator[Event]:
    rows: QuerySet[StoreCheck] = StoreCheck.objects.visible_to(user).filter(
        state=CheckState.FINISHED
    )
    told = at(wanted, rows).select_related("account", "checker")
    for row in wanted.newest(told, "checks", "checked_on", is_day=True):
        yield on_day(
            wanted,
            row.account,
            row.checked_on,
            "checks",
            row,
            kind=_("Store check"),
            icon="checklist",
            title=_("Store check at %(name)s") % {"name": row.account.name},
            detail=row.note,
            who=str(row.checker),
            url=reverse("accounts:store-check", args=[row.pk]),
        )


SOURCES = (
    TimelineSource(
        key="promises",
        title=gettext_lazy("Promises"),
        find=_strands(
            partial(_promises, strand="promises.made", column="made_on"),
            partial(_promises, strand="promises.settled", column="settled_on"),
        ),
        icon="heart-handshake",
        capability="promises.view",
        subjects=EVERYWHERE | PEOPLE,
        order=40,
    ),
    TimelineSource(
        key="opportunities",
        title=gettext_lazy("Opportunities"),
        find=_stages,
        icon="target-arrow",
        capability="opportunities.view",
        subjects=EVERYWHERE,
        order=50,
    ),
    TimelineSource(
        key="people",
        title=gettext_lazy("People"),
        find=_strands(
            partial(_people, strand="people.came", column="valid__startswith"),
            partial(_people, strand="people.left", column="valid__endswith"),
        ),
        icon="users",
        capability="people.view",
        subjects=PEOPLE,
        order=60,
    ),
    TimelineSource(
        key="ratings",
        title=gettext_lazy("Ratings"),
        find=_ratings,
        icon="star",
        capability="people.view",
        subjects=PEOPLE,
        order=70,
    ),
    TimelineSource(
        key="checks",
        title=gettext_lazy("Store checks"),
        find=_checks,
        icon="checklist",
        capability="placement.view",
        subjects=HERE,
        order=80,
    ),
    TimelineSource(
        key="tiers",
        title=gettext_lazy("Tiers"),
        find=_strands(_tiers, _overrides),
        icon="stairs",
        capability="tiers.view",
        subjects=EVERYWHERE,
        order=90,
    ),
    TimelineSource(
        key="leads",
        title=gettext_lazy("Leads"),
        find=_strands(_leads, _handovers),
        icon="user-star",
        capability="accounts.view",
        subjects=EVERYWHERE,
        order=100,
    ),
)


def register() -> None:
    """Register the sources."""
    timeline_sources.register(*SOURCES)
