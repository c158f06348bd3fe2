"""The negotiation section of a plan: its briefs with issues, gives and gets, and open offers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from plans.choices.negotiation import EntryState
from plans.models import BriefIssue, GiveGet, NegotiationBrief, Plan
from plans.selectors.negotiation.ledger import STANDING, Sums, sums_of


def briefs_of(plan: Plan) -> list[NegotiationBrief]:
    """Return the briefs that name the plan, the latest first."""
    return list(plan.negotiations.select_related("currency", "owner").order_by("-begins_on", "pk"))


def sums_for(plan: Plan, as_of: date) -> Sums:
    """Return what is given and got in the plan's briefs, lapsed entries left out."""
    rows = GiveGet.objects.filter(plan=plan)
    return sums_of(rows, currency=plan.currency_id, as_of=as_of, states=STANDING)


def negotiation_content(plan: Plan, _user: object, as_of: date) -> Mapping[str, Any]:
    """Return the section as data. Who may read it is for `selectors.content.shown_to` to say."""
    briefs = briefs_of(plan)
    issues: dict[int, list[BriefIssue]] = {}
    for one in BriefIssue.objects.filter(brief__in=briefs).order_by("brief_id", "place", "pk"):
        issues.setdefault(one.brief_id, []).append(one)
    entries = GiveGet.objects.filter(plan=plan).exclude(state=EntryState.LAPSED)
    return {
        "briefs": [_brief(one, issues.get(one.pk, [])) for one in briefs],
        "entries": [_entry(one) for one in entries.order_by("side", "pk")],
        "sums": _sums(sums_for(plan, as_of)) if entries else None,
    }


def _brief(brief: NegotiationBrief, issues: list[BriefIssue]) -> Mapping[str, Any]:
    return {
        "id": brief.pk,
        "title": brief.title,
        "state": brief.state,
        "begins_on": brief.begins_on,
        "ends_on": brief.ends_on,
        "aim": brief.aim,
        "outcome": brief.outcome,
        "issues": [
            {
                "id": one.pk, "title": one.title, "unit": one.unit, "target": one.target,
                "acceptable": one.acceptable, "walk_away": one.walk_away, "result": one.result,
            }
            for one in issues
        ],
    }  # fmt: skip


def _entry(one: GiveGet) -> Mapping[str, Any]:
    money = None if one.value is None else {"amount": one.value, "currency": one.currency_id}
    return {
        "id": one.pk,
        "side": one.side,
        "what": one.what,
        "value": money,
        "condition": one.condition,
        "state": one.state,
    }


def _sums(sums: Sums) -> Mapping[str, Any]:
    found = sums.ledger
    return {
        "given": {"amount": found.given, "currency": sums.currency},
        "got": {"amount": found.got, "currency": sums.currency},
        "ratio": found.ratio,
        "unconditional_share": found.unconditional_share,
        "unknown": found.unknown_gives + found.unknown_gets,
    }
