"""The sales plan inside the document of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kam.identity.models import User
from plans.choices.plan import SectionKind
from plans.models import Plan, RangeStep
from plans.selectors.sales.board import sales_board
from plans.selectors.sales.content import sales_content, sees_figures
from plans.selectors.sections import SectionSource, section_sources
from plans.views.sales.page import draw, stats, step_badge

SHOWN = 8


def sales_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """The year as planned, expected and posted, its lines, and the first range steps."""
    if not sees_figures(plan, user):
        return {"is_hidden": True}
    board = sales_board(plan, as_of=as_of)
    rows = RangeStep.objects.filter(plan=plan).select_related("product", "category", "account")
    steps = [(one, step_badge(one)) for one in rows]
    return {
        "board": board,
        "stats": [] if board.is_empty else stats(board),
        "chart": next(iter(draw(board)), None),
        "steps": steps[:SHOWN],
        "steps_more": max(len(steps) - SHOWN, 0),
    }


def register() -> None:
    """Register the section."""
    section_sources.register(
        SectionSource(
            key=SectionKind.SALES,
            content=sales_content,
            template="plans/sections/sales.html",
            page=sales_page,
            part="sales_lines",
            is_apart=True,
        )
    )
