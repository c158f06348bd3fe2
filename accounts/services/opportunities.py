"""Opportunities: written down, changed, and moved between stages by known steps."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.analytics.pipeline import CLOSED, OPEN, PROBABILITY, may_move
from accounts.choices import (
    LostReason,
    OpportunityKind,
    OpportunityOrigin,
    OpportunityStage,
)
from accounts.models import Account, Opportunity, OpportunityStageChange, ProductCategory
from accounts.services.tree import refuse_merged
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@dataclass(frozen=True, kw_only=True)
class OpportunityFacts:
    """What an opportunity says; without a probability that of its stage holds."""

    title: str
    kind: str
    value: Decimal
    currency: Currency
    expected_close: date
    owner: User
    origin: str = OpportunityOrigin.NEED
    need: str = ""
    category: ProductCategory | None = None
    margin: Decimal | None = None
    probability: int | None = None
    starts_on: date | None = None
    next_step: str = ""
    next_step_on: date | None = None


def facts_of(opportunity: Opportunity) -> dict[str, Any]:
    """Return what an opportunity says, by the names of its facts; for changing some of them."""
    return {one.name: getattr(opportunity, one.name) for one in fields(OpportunityFacts)}


@explained()
@transaction.atomic
def create_opportunity(
    *, account: Account, facts: OpportunityFacts, by: User, as_of: date
) -> Opportunity:
    """Write an opportunity down at its first stage.

    Raises RefusedError for a merged account, without a title, for figures outside their range, a
    next step with a day and no words, an origin that lacks its category, or an inactive owner.
    """
    refuse_merged(account, field="account")
    _check(facts)
    stage = OpportunityStage.IDENTIFIED
    opportunity = Opportunity(account=account, stage=stage)
    _fill(opportunity, facts)
    opportunity.save()
    _note(opportunity, from_stage="", by=by, as_of=as_of, note="")
    return opportunity


@explained()
@transaction.atomic
def change_opportunity(*, opportunity: Opportunity, facts: OpportunityFacts) -> Opportunity:
    """Change what an opportunity says; its account and its stage stay.

    Of one that is won or lost the probability stays too. Raises RefusedError as
    `create_opportunity` does.
    """
    _check(facts)
    locked = _locked(opportunity)
    _fill(locked, facts)
    locked.save()
    return locked


@explained()
@transaction.atomic
def move_stage(
    *,
    opportunity: Opportunity,
    to_stage: str,
    by: User,
    as_of: date,
    probability: int | None = None,
    lost_reason: str = "",
    note: str = "",
) -> Opportunity:
    """Move an opportunity to another stage and keep who did it, when and why.

    Open stages follow one another in any order, won comes after a proposal, lost needs a reason,
    and what is closed can be taken back. The probability becomes that of the stage unless one is
    given. Raises RefusedError for any other step; nothing changes then.
    """
    locked = _locked(opportunity)
    before = locked.stage
    _check_step(before, to_stage, lost_reason)
    if to_stage in CLOSED:
        probability = None
    elif probability is not None and not 0 <= probability <= 100:
        raise RefusedError(_("A probability is 0 to 100 percent."), field="probability")
    locked.stage = to_stage
    locked.probability = PROBABILITY[to_stage] if probability is None else probability
    locked.lost_reason = lost_reason if to_stage == OpportunityStage.LOST else ""
    locked.closed_on = as_of if to_stage in CLOSED else None
    locked.save()
    _note(locked, from_stage=before, by=by, as_of=as_of, note=note)
    return locked


def _check_step(before: str, to_stage: str, lost_reason: str) -> None:
    if to_stage not in OpportunityStage.values:
        raise RefusedError(_("There is no such stage."), field="stage", code="unknown_stage")
    if to_stage == before:
        raise RefusedError(_("It is at this stage already."), field="stage", code="same_stage")
    if not may_move(before, to_stage):
        raise RefusedError(_step_words(before, to_stage), field="stage", code="stage_step")
    if to_stage == OpportunityStage.LOST and lost_reason not in LostReason.values:
        words = _("Say why it was lost.")
        raise RefusedError(words, field="lost_reason", code="opportunity_lost_says_why")


def _step_words(before: str, to_stage: str) -> str:
    if to_stage == OpportunityStage.WON:
        return str(_("It can be won only after a proposal."))
    if before in CLOSED:
        return str(_("It is closed. Take it up again first: won goes back to agreed, lost begins."))
    return str(_("There is no such step."))


def _locked(opportunity: Opportunity) -> Opportunity:
    rows = Opportunity.objects.select_for_update(no_key=True, of=("self",))
    found: Opportunity = rows.get(pk=opportunity.pk)
    return found


def _check(facts: OpportunityFacts) -> None:
    checks = (
        (not facts.title.strip(), "title", _("An opportunity has a title.")),
        (facts.kind not in OpportunityKind.values, "kind", _("There is no such kind.")),
        (facts.origin not in OpportunityOrigin.values, "origin", _("There is no such origin.")),
        (facts.value < 0, "value", _("A value is zero or more.")),
        (
            facts.margin is not None and abs(facts.margin) > 100,
            "margin",
            _("A margin is −100 to 100 percent."),
        ),
        (
            facts.probability is not None and not 0 <= facts.probability <= 100,
            "probability",
            _("A probability is 0 to 100 percent."),
        ),
        (
            facts.origin != OpportunityOrigin.NEED and facts.category is None,
            "category",
            _("Whitespace and lapses are of a category: say which."),
        ),
        (
            facts.next_step_on is not None and not facts.next_step.strip(),
            "next_step",
            _("A day alone is no next step: say what is to be done."),
        ),
        (not facts.owner.is_active, "owner", _("This person has left: choose somebody else.")),
    )
    for is_wrong, field, words in checks:
        if is_wrong:
            raise RefusedError(words, field=field)


def _fill(opportunity: Opportunity, facts: OpportunityFacts) -> None:
    for name in ("kind", "value", "currency", "expected_close", "owner", "origin", "category"):
        setattr(opportunity, name, getattr(facts, name))
    for name in ("margin", "starts_on", "next_step_on"):
        setattr(opportunity, name, getattr(facts, name))
    for name in ("title", "need", "next_step"):
        setattr(opportunity, name, getattr(facts, name).strip())
    if opportunity.stage in OPEN:
        stage = PROBABILITY[opportunity.stage]
        opportunity.probability = stage if facts.probability is None else facts.probability


def _note(opportunity: Opportunity, *, from_stage: str, by: User, as_of: date, note: str) -> None:
    OpportunityStageChange.objects.create(
        opportunity=opportunity,
        from_stage=from_stage,
        to_stage=opportunity.stage,
        probability=opportunity.probability,
        note=note.strip(),
        changed_on=as_of,
        changed_by=by,
    )
