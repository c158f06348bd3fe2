"""The marketing plan with its streams: what is planned, expected and spent, against the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kam.core.dates import month_start
from kam.core.exact import ratio
from kam.identity.models import User
from plans.analytics.marketing import activity_streams, our_part, part_of
from plans.analytics.streams import Streams, added
from plans.models import MarketingActivity, MarketingBudget, Plan
from plans.selectors.sales.content import money_content, sees_figures, streams_content
from plans.selectors.sales.facts import months_of


@dataclass(frozen=True, kw_only=True)
class ActivityLine:
    """An activity with its streams in all, and our part of them."""

    activity: MarketingActivity
    streams: Streams
    ours: Streams

    @property
    def is_over(self) -> bool:
        """Whether more was spent than was planned."""
        spent, planned = self.activity.spent, self.activity.planned
        return spent is not None and spent > (planned or Decimal(0))

    @property
    def reached(self) -> Decimal | None:
        """The result as a share of what was expected; None where one is not known."""
        if self.activity.result is None or self.activity.expected is None:
            return None
        return ratio(self.activity.result, self.activity.expected)


@dataclass(frozen=True, kw_only=True)
class MarketingBoard:
    """The marketing plan of a plan, in its currency.

    `ours` adds up our part of all activities, cancelled ones with what was spent on them; `total`
    whoever pays. `by_month` is our part by the month in which an activity begins. The budget is
    ours.
    """

    plan: Plan
    budget: MarketingBudget | None
    lines: Sequence[ActivityLine]
    total: Streams
    ours: Streams
    committed: Decimal | None
    months: Sequence[date]
    by_month: Sequence[Streams]

    @property
    def left(self) -> Decimal | None:
        """What of the budget the forecast leaves; below zero where it goes past it."""
        if self.budget is None:
            return None
        return self.budget.amount - (self.ours.forecast or Decimal(0))

    @property
    def is_spent_over(self) -> bool:
        """Whether more is spent than the budget has."""
        return self.budget is not None and (self.ours.actual or Decimal(0)) > self.budget.amount

    @property
    def is_planned_over(self) -> bool:
        """Whether more is planned, or expected, than the budget has."""
        if self.budget is None:
            return False
        known = [one for one in (self.ours.plan, self.ours.forecast) if one is not None]
        return max(known, default=Decimal(0)) > self.budget.amount


def marketing_board(plan: Plan) -> MarketingBoard:
    """Return the marketing plan with its streams, in two statements."""
    rows = plan.activities.select_related("owner", "category")
    lines = [line_of(one) for one in rows]
    months = months_of(plan)
    return MarketingBoard(
        plan=plan,
        budget=MarketingBudget.objects.filter(plan=plan).first(),
        lines=lines,
        total=added(one.streams for one in lines),
        ours=added(one.ours for one in lines),
        committed=_committed(lines),
        months=months,
        by_month=[
            added(one.ours for one in lines if month_start(one.activity.starts_on) == month)
            for month in months
        ],
    )


def line_of(activity: MarketingActivity) -> ActivityLine:
    """Return an activity with its streams."""
    found = activity_streams(
        state=activity.state,
        planned=activity.planned,
        committed=activity.committed,
        spent=activity.spent,
    )
    part = our_part(activity.payer, activity.our_percent)
    return ActivityLine(activity=activity, streams=found, ours=part_of(found, part))


def _committed(lines: Sequence[ActivityLine]) -> Decimal | None:
    """Our part of what is committed."""
    known = []
    for one in lines:
        part = our_part(one.activity.payer, one.activity.our_percent)
        if one.activity.committed is not None:
            known.append(one.activity.committed * part)
    return sum(known, Decimal(0)) if known else None


def marketing_content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """The budget and the activities as a document."""
    del as_of
    if not sees_figures(plan, user):
        return {}
    board, code = marketing_board(plan), plan.currency_id
    return {
        "budget": money_content(board.budget.amount, code) if board.budget else None,
        "ours": streams_content(board.ours, code),
        "total": streams_content(board.total, code),
        "activities": [_activity(one, code) for one in board.lines],
    }


def _activity(line: ActivityLine, code: str) -> Mapping[str, Any]:
    one = line.activity
    return {
        "id": one.pk,
        "title": one.title,
        "kind": one.kind,
        "category": str(one.category) if one.category else None,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "owner": {"id": one.owner.pk, "name": str(one.owner)} if one.owner else None,
        "planned": money_content(one.planned, code),
        "committed": money_content(one.committed, code),
        "spent": money_content(one.spent, code),
        "payer": one.payer,
        "our_percent": one.our_percent,
        "measure": one.measure,
        "expected": one.expected,
        "result": one.result,
        "state": one.state,
        "is_shareable": one.is_shareable,
    }
