"""What the plan itself brings to its sections: figures, portrait, strengths, programme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.selectors.portrait import SECTIONS
from accounts.views.portraits import SECTION_TITLES
from accounts.views.yearly import chosen_period, read_year, year_chart
from kam.core import formats
from kam.core.models import Organisation
from kam.core.stats import Good, Stat
from kam.identity.models import User
from plans.choices.plan import SectionKind, SwotKind
from plans.choices.work import Direction
from plans.models import Plan
from plans.selectors.metrics.registry import Actual, Metric
from plans.selectors.plan import figures, known
from plans.selectors.sections import SectionSource, section_sources

# icons: thumb-up thumb-down sun cloud-storm
SIGNS = {
    SwotKind.STRENGTH: "thumb-up",
    SwotKind.WEAKNESS: "thumb-down",
    SwotKind.OPPORTUNITY: "sun",
    SwotKind.THREAT: "cloud-storm",
}


def figures_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """Stat cards of the measures, and the running year against last year."""
    found = figures.figures_of(plan, user, as_of=as_of)
    if found is None:
        return {"is_hidden": True}
    organisation = Organisation.objects.get(pk=1)
    period = chosen_period("fiscal", "", organisation, as_of)
    year = read_year(plan.account, period, organisation, as_of)
    return {
        "stats": [_stat(metric, actual, plan) for metric, actual in found.rows],
        "chart": year_chart(plan.account, year, as_of),
        "contact": found.contact,
        "account": plan.account,
    }


def _stat(metric: Metric, actual: Actual, plan: Plan) -> Stat:
    good: Good = "up" if metric.direction == Direction.UP else "down"
    kinds: dict[str, Any] = {"money": "money", "percent": "percent"}
    return Stat(
        name=f"figure-{metric.key}",
        title=metric.title,
        value=actual.value,
        kind=kinds.get(metric.kind, "number"),
        unit=plan.currency_id if metric.kind == "money" else "",
        places=0 if metric.kind in {"money", "points", "days", "number"} else 1,
        what=metric.what,
        good=good,
        as_of=actual.on,
        unknown=actual.why or _("Not known"),
        reference=_("days") if metric.kind == "days" and actual.value is not None else "",
    )


def portrait_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """The statements under each heading that says something."""
    found = known.portrait_for(plan, user, as_of=as_of)
    if found is None:
        return {"is_hidden": True}
    parts = [(SECTION_TITLES[key], found.under(headings)) for key, headings in SECTIONS]
    return {
        "portrait": found,
        "parts": [(title, [one for one in under if one.said]) for title, under in parts],
        "gaps": [str(gap.label) for gap in found.gaps],
        "account": plan.account,
    }


def programme_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """What they get, and the exit barrier."""
    found = known.programme_for(plan, user, as_of=as_of)
    if found is None:
        return {"is_hidden": True}
    score = found.barrier.score
    return {
        "programme": found,
        "score": None if score is None else formats.number(score, 0),
        "account": plan.account,
    }


def swot_page(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """The four squares."""
    del user, as_of
    squares = known.swot_of(plan)
    return {
        "squares": [
            {"kind": kind, "title": kind.label, "icon": SIGNS[kind], "items": squares[kind]}
            for kind in SwotKind
        ]
    }


def register() -> None:
    """Register the sections."""
    section_sources.register(
        SectionSource(
            key=SectionKind.FIGURES,
            content=figures.content,
            template="plans/sections/figures.html",
            page=figures_page,
            is_live=True,
            is_apart=True,
        ),
        SectionSource(
            key=SectionKind.PORTRAIT,
            content=known.portrait_content,
            template="plans/sections/portrait.html",
            page=portrait_page,
            is_live=True,
            is_apart=True,
        ),
        SectionSource(
            key=SectionKind.SWOT,
            content=known.swot_content,
            template="plans/sections/swot.html",
            page=swot_page,
            part="swot_items",
        ),
        SectionSource(
            key=SectionKind.PROGRAMME,
            content=known.programme_content,
            template="plans/sections/programme.html",
            page=programme_page,
            is_live=True,
            is_apart=True,
        ),
    )
