"""What accounts know and a plan shows: the portrait, the programme, and strengths as items."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.selectors.portrait import Portrait, portrait_of
from accounts.selectors.programme import Programme, programme_of
from kam.core.registry import may
from kam.identity.models import User
from plans.choices.plan import SwotKind
from plans.choices.work import ActionState
from plans.models import Plan, PlanAction, SwotItem
from plans.selectors.kpis import sees_figures


def portrait_for(plan: Plan, user: User | None, *, as_of: date) -> Portrait | None:
    """Return the portrait of a plan's account; None where it is not for the reader."""
    if not (sees_figures(plan, user) and (user is None or may(user, "portrait.view"))):
        return None
    return portrait_of(plan.account, user=_reader(plan, user), as_of=as_of)


def programme_for(plan: Plan, user: User | None, *, as_of: date) -> Programme | None:
    """Return what the account gets; None where it is not for the reader."""
    if not (sees_figures(plan, user) and (user is None or may(user, "programme.view"))):
        return None
    return programme_of(plan.account, user=_reader(plan, user), as_of=as_of)


def _reader(plan: Plan, user: User | None) -> User:
    return user or plan.account.current_lead or plan.owner


def portrait_content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """Return the statements that stand, without confidential ones: the plan has other readers."""
    found = portrait_for(plan, user, as_of=as_of)
    if found is None:
        return {}
    return {
        "statements": [
            {
                "id": said.statement.pk,
                "heading": one.heading.value,
                "text": said.statement.text,
                "said_on": said.statement.said_on,
            }
            for one in found.headings
            for said in one.said
            if not said.statement.is_confidential
        ]
    }


def programme_content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """Return what the account gets, how hard it would be to do without, and the exit barrier."""
    found = programme_for(plan, user, as_of=as_of)
    if found is None:
        return {}
    return {
        "exit_barrier": found.barrier.score,
        "elements": [
            {
                "id": line.item.pk,
                "element": line.item.element.title,
                "detail": line.item.detail,
                "switching": line.item.switching,
                "is_inherited": line.is_inherited,
            }
            for line in found.lines
        ],
    }


def swot_of(plan: Plan) -> dict[str, list[SwotItem]]:
    """Return the items of a plan by kind, every kind in the order of the square, in one query.

    `became_action` says whether an action came of it that was not dropped.
    """
    actions = PlanAction.objects.filter(swot_item=OuterRef("pk")).exclude(state=ActionState.DROPPED)
    items = plan.swot_items.annotate(became_action=Exists(actions))
    rows = list(items.order_by("place", "pk"))
    return {kind: [one for one in rows if one.kind == kind] for kind in SwotKind.values}


def swot_content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """Return strengths, weaknesses, opportunities and threats with what shows them."""
    del user, as_of
    return {
        "items": [
            {"id": one.pk, "kind": kind, "text": one.text, "evidence": one.evidence}
            for kind, rows in swot_of(plan).items()
            for one in rows
        ]
    }
