"""The sales plan as a document: what snapshots, differences and printed plans read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Account
from kam.identity.models import User
from plans.analytics.streams import Streams
from plans.models import Plan
from plans.selectors.sales.board import BoardLine, SalesBoard, sales_board


def sees_figures(plan: Plan, user: User | None) -> bool:
    """Whether a reader of the plan sees its figures; nobody is whoever reads it whole."""
    return user is None or Account.objects.visible_to(user).filter(pk=plan.account_id).exists()


def sales_content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """Plan, forecast and actual of each line, planned months, terms, and the range steps."""
    if not sees_figures(plan, user):
        return {}
    board = sales_board(plan, as_of=as_of)
    code = plan.currency_id
    return {
        "as_of": as_of,
        "months_over": board.months_over,
        "total": streams_content(board.total, code),
        "to_date": streams_content(board.to_date, code),
        "terms": streams_content(board.terms, code),
        "lines": [_line(one, board, code) for one in board.rows],
        "steps": _steps(plan),
    }


def money_content(amount: Decimal | None, code: str) -> Mapping[str, Any] | None:
    """Money with its currency; None where it is not known."""
    return None if amount is None else {"amount": amount, "currency": code}


def streams_content(one: Streams, code: str) -> Mapping[str, Any]:
    """The three streams with their variance."""
    return {
        "plan": money_content(one.plan, code),
        "forecast": money_content(one.forecast, code),
        "actual": money_content(one.actual, code),
        "variance": money_content(one.variance, code),
    }


def _line(one: BoardLine, board: SalesBoard, code: str) -> Mapping[str, Any]:
    months = zip(board.months, one.months, strict=True)
    return {
        "id": one.line.pk if one.line else "unplanned",
        "category": one.title,
        "total": streams_content(one.total, code),
        "to_date": streams_content(one.to_date, code),
        "terms_percent": one.line.terms_percent if one.line else None,
        "months": [
            {
                "id": f"{month:%Y-%m}",
                "name": f"{month:%Y-%m}",
                "plan": money_content(found.plan, code),
            }
            for month, found in months
            if found.plan is not None
        ],
    }


def _steps(plan: Plan) -> list[Mapping[str, Any]]:
    rows = plan.range_steps.select_related("product", "category", "account")
    return [
        {
            "id": one.pk,
            "what": str(one),
            "where": str(one.account or plan.account),
            "due_on": one.due_on,
            "state": one.state,
            "reached_on": one.reached_on,
            "stores": one.stores,
            "stores_reached": one.stores_reached,
            "is_shareable": one.is_shareable,
        }
        for one in rows
    ]
