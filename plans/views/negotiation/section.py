"""The negotiation section inside the document of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kam.identity.models import User
from plans.choices.plan import SectionKind
from plans.models import Plan
from plans.selectors.negotiation.content import briefs_of, negotiation_content, sums_for
from plans.selectors.negotiation.ledger import STANDING
from plans.selectors.negotiation.reads import is_of_team
from plans.selectors.negotiation.words import added_up
from plans.selectors.sections import SectionSource, section_sources
from plans.views.negotiation import common, words
from plans.views.negotiation.ledger import sum_stats


def negotiation_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """The plan's negotiations and what they add up to, for the account's team alone."""
    if not user.can(common.VIEW) or not is_of_team(user, plan.account_id):
        return {"is_hidden": True}
    sums = sums_for(plan, as_of)
    return {
        "briefs": [(one, words.brief_badge(one).__html__()) for one in briefs_of(plan)],
        "stats": [] if sums.ledger.is_empty else sum_stats(sums, as_of),
        "counted": added_up(STANDING),
        "may_prepare": user.can(common.EDIT),
    }


def register() -> None:
    """Register the section."""
    section_sources.register(
        SectionSource(
            key=SectionKind.NEGOTIATION,
            content=negotiation_content,
            template="plans/sections/negotiation.html",
            page=negotiation_page,
            part="negotiations",
        )
    )
