"""Writes of negotiation briefs, from preparing one to how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from accounts.services import tree
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.core.versions import fingerprint
from kam.identity.models import User
from plans.choices.negotiation import BriefState, EntryState
from plans.models import BriefDecider, BriefIssue, GiveGet, NegotiationBrief, Plan
from plans.services.negotiation import problems
from plans.services.problems import check_plan

OPEN = (BriefState.PREPARING, BriefState.UNDER_WAY)
ISSUE = (
    "subject", "title", "their_interest", "our_interest", "unit", "market_reference",
    "market_source", "market_on", "value_proof", "target", "acceptable", "walk_away", "result",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What is told of a negotiation."""

    title: str
    begins_on: date
    owner: User
    currency: Currency
    ends_on: date | None = None
    aim: str = ""
    batna: str = ""
    their_batna: str = ""
    trade_offs: str = ""
    plan: Plan | None = None


@explained()
@transaction.atomic
def prepare(*, account: Account, facts: Preparation) -> NegotiationBrief:
    """Begin a brief. Raises ForeignPlanError and what a merged account raises."""
    tree.refuse_merged(account)
    check_plan(account, facts.plan)
    row: NegotiationBrief = NegotiationBrief.objects.create(account=account, **_told(facts))
    return row


@explained()
@transaction.atomic
def update_brief(
    *, brief: NegotiationBrief, facts: Preparation, read_as: str | None = None
) -> NegotiationBrief:
    """Change what is told of a brief.

    Raises BriefOverError, ForeignPlanError, and StaleError where somebody else changed it since
    it was read as `read_as` (`told_version`).
    """
    row = open_brief(brief)
    refuse_stale(told_version(row), read_as)
    check_plan(row.account, facts.plan)
    for name, value in _told(facts).items():
        setattr(row, name, value)
    row.save()
    return row


def told_version(brief: NegotiationBrief) -> str:
    """Return the version of what is told of a brief; its state goes on beside it."""
    rows = (getattr(brief, one.name) for one in fields(Preparation))
    return fingerprint(*(getattr(one, "pk", one) for one in rows))


def _told(facts: Preparation) -> dict[str, Any]:
    told = {one.name: getattr(facts, one.name) for one in fields(facts)}
    return {name: one.strip() if isinstance(one, str) else one for name, one in told.items()}


@explained()
@transaction.atomic
def begin(*, brief: NegotiationBrief) -> NegotiationBrief:
    """The talks begin; begun already, nothing changes. Raises BriefOverError."""
    row = open_brief(brief)
    if row.state == BriefState.PREPARING:
        row.state = BriefState.UNDER_WAY
        row.save(update_fields=["state", "updated_at"])
    return row


@explained()
@transaction.atomic
def conclude(
    *, brief: NegotiationBrief, is_agreed: bool, outcome: str, on: date
) -> NegotiationBrief:
    """Close a brief with how it ended. Without a deal what was planned and offered lapses.

    Raises BriefOverError, and RefusedError without an outcome or for a day before it began.
    """
    row = open_brief(brief)
    if not outcome.strip():
        raise RefusedError(_("Say how it ended."), field="outcome", code="brief_without_outcome")
    if on < row.begins_on:
        raise RefusedError(_("It ends before it begins."), field="on", code="brief_ended_early")
    row.state = BriefState.AGREED if is_agreed else BriefState.ENDED
    row.outcome, row.ended_on = outcome.strip(), on
    row.save()
    if not is_agreed:
        for entry in row.entries.filter(state__in=[EntryState.PLANNED, EntryState.OFFERED]):
            entry.state = EntryState.LAPSED
            entry.save(update_fields=["state", "updated_at"])
    return row


def open_brief(brief: NegotiationBrief) -> NegotiationBrief:
    """Return the row, locked, where it may change. Raises BriefOverError."""
    rows = NegotiationBrief.objects.select_for_update(no_key=True, of=("self",))
    row: NegotiationBrief = rows.select_related("account", "plan").get(pk=brief.pk)
    if row.state not in OPEN:
        raise problems.BriefOverError
    return row


# Issues


@explained()
@transaction.atomic
def save_issue(
    *,
    brief: NegotiationBrief,
    facts: Mapping[str, Any],
    issue: BriefIssue | None = None,
    read_at: datetime | None = None,
) -> BriefIssue:
    """Put an issue at the end of a brief, or change one; `facts` holds the fields of ISSUE.

    Raises BriefOverError, RefusedError for limits that do not go one way and for a reference
    without source and day, and StaleError where somebody else changed the issue after `read_at`.
    """
    row = open_brief(brief)
    if issue is None:
        last = row.issues.aggregate(last=Max("place"))["last"]
        found = BriefIssue(brief=row, place=0 if last is None else last + 1)
    else:
        found = BriefIssue.objects.select_for_update().get(pk=issue.pk)
        refuse_stale(found.updated_at, read_at)
    for name in ISSUE:
        if name in facts:
            setattr(found, name, facts[name])
    _check_issue(found)
    found.save()
    return found


def _check_issue(issue: BriefIssue) -> None:
    limits = (issue.target, issue.acceptable, issue.walk_away)
    known = [one for one in limits if one is not None]
    if len(known) == len(limits) and not _goes_one_way(known):
        raise RefusedError(
            _("What is acceptable lies between the target and where we walk away."),
            field="acceptable",
            code="brief_issue_in_one_direction",
        )
    has_source = bool(issue.market_source.strip()) and issue.market_on is not None
    if issue.market_reference is not None and not has_source:
        raise RefusedError(
            _("A reference names its source and its day."),
            field="market_source" if not issue.market_source.strip() else "market_on",
            code="brief_issue_reference_has_a_source",
        )


def _goes_one_way(limits: list[Decimal]) -> bool:
    return limits in (sorted(limits), sorted(limits, reverse=True))


@explained()
@transaction.atomic
def remove_issue(*, issue: BriefIssue) -> None:
    """Take an issue out of an open brief."""
    open_brief(issue.brief)
    issue.delete()


# Deciders


@explained()
@transaction.atomic
def add_decider(*, brief: NegotiationBrief, position: Position, note: str = "") -> BriefDecider:
    """Name somebody who decides on their side. Raises DeciderTwiceError."""
    row = open_brief(brief)
    if row.deciders.filter(position=position).exists():
        raise problems.DeciderTwiceError
    found: BriefDecider = BriefDecider.objects.create(
        brief=row, position=position, note=note.strip()
    )
    return found


@explained()
@transaction.atomic
def remove_decider(*, decider: BriefDecider) -> None:
    """Take somebody off the list."""
    open_brief(decider.brief)
    decider.delete()


# Planned gives and gets


@explained()
@transaction.atomic
def forget_planned(*, entry: GiveGet) -> None:
    """Take out what was only planned; what was offered lapses instead."""
    row = GiveGet.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if row.state != EntryState.PLANNED:
        raise problems.EntryFixedError
    row.delete()
