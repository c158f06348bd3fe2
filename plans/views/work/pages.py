"""The sections of objectives and of targets: what their templates draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.core.nav import NavItem, navigation
from kam.identity.models import User
from plans.choices.plan import SectionKind
from plans.models import Plan
from plans.selectors.kpis import KpiLine, lines_of
from plans.selectors.progress import tree_of
from plans.selectors.sections import SectionSource, section_sources
from plans.selectors.work import content_of_kpis, content_of_objectives
from plans.views.work import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKpi:
    """A target as the page draws it: figures in words, its badge, the bar from 0 to 100."""

    line: KpiLine
    baseline: str | None
    target: str | None
    actual: str | None
    badge: SafeString
    bar: int | None

    @property
    def slot(self) -> str:
        """The place of its form on a page."""
        return f"slot-kpi-{self.line.row.pk}"


def _shown(line: KpiLine, currency: str) -> ShownKpi:
    share = line.reading.share
    return ShownKpi(
        line=line,
        baseline=words.figure(line.row.baseline, line, currency),
        target=words.figure(line.row.target, line, currency),
        actual=words.figure(line.actual.value, line, currency),
        badge=words.standing_badge(line).__html__(),
        bar=None if share is None else min(max(int(share * 100), 0), 100),
    )


def page_of_objectives(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """Return what the page draws of objectives."""
    return {"tree": tree_of(plan, as_of=as_of), "mine": set(user.acting_user_ids())}


def page_of_kpis(plan: Plan, user: User, as_of: date) -> Mapping[str, Any]:
    """Return what the page draws of targets."""
    lines = lines_of(plan, user, as_of=as_of)
    elapsed = lines[0].reading.elapsed if lines else None
    return {"kpis": [_shown(line, plan.currency_id) for line in lines], "elapsed": elapsed}


def register() -> None:
    """Bring both sections, and the list of actions to the rail."""
    section_sources.register(
        SectionSource(
            key=SectionKind.OBJECTIVES,
            order=50,
            content=content_of_objectives,
            template="plans/work_objectives.html",
            page=page_of_objectives,
            part="objectives",
        ),
        SectionSource(
            key=SectionKind.KPIS,
            order=60,
            content=content_of_kpis,
            template="plans/work_kpis.html",
            page=page_of_kpis,
            part="kpis",
            is_apart=True,
        ),
    )
    navigation.register(
        NavItem(
            key="plan-actions",
            title=pgettext_lazy("of a plan", "Actions"),
            icon="checkbox",
            url_name="plans:action-list",
            capability="plans.view",
            order=10,
            parent="plans",
            keywords=_("plan actions overdue mine to do"),
        )
    )
