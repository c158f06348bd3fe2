"""What of a plan's figures stands in the way of its approval, or deserves a look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.dates import add_months, month_start
from kam.core.problems import Blocker, Caution
from plans.choices.plan import SectionKind
from plans.models import Plan, SalesMonth
from plans.selectors.marketing import marketing_board
from plans.selectors.submitting import Problem, SubmitRule, submit_rules


def _months(plan: Plan, _as_of: date) -> Iterator[Problem]:
    """Planned months that the period, since it was changed, does not cover any more."""
    first, after = month_start(plan.period.lower), plan.period.upper
    outside = Q(month__lt=first) | Q(month__gte=after)
    if SalesMonth.objects.filter(outside, line__plan=plan).exists():
        yield Blocker(
            _("The sales plan has months outside the plan's period."),
            "plan_sales_outside",
            SectionKind.SALES,
        )


def _days(plan: Plan, _as_of: date) -> Iterator[Problem]:
    first, after = plan.period.lower, plan.period.upper
    activities = plan.activities.filter(Q(starts_on__lt=first) | Q(ends_on__gte=after))
    steps = plan.range_steps.filter(Q(due_on__lt=first) | Q(due_on__gte=after))
    if activities.exists():
        yield Blocker(
            _("The marketing plan has days outside the plan's period."),
            "plan_activity_outside",
            SectionKind.MARKETING,
        )
    if steps.exists():
        yield Blocker(
            _("The range steps have days outside the plan's period."),
            "plan_range_outside",
            SectionKind.SALES,
        )


def _gaps(plan: Plan, _as_of: date) -> Iterator[Problem]:
    """A sales plan that has lines and leaves months of the period empty."""
    if not plan.sales_lines.exists():
        return
    told = set(SalesMonth.objects.filter(line__plan=plan).values_list("month", flat=True))
    month = month_start(plan.period.lower)
    while month < plan.period.upper:
        if month not in told:
            yield Caution(_("The sales plan leaves months empty."), "plan_sales_gaps")
            return
        month = add_months(month, 1)


def _budget(plan: Plan, _as_of: date) -> Iterator[Problem]:
    if marketing_board(plan).is_planned_over:
        yield Caution(
            _("The marketing plan costs more than its budget has."), "plan_marketing_over"
        )


def register() -> None:
    """Register the rules."""
    submit_rules.register(
        SubmitRule(key="sales_months", find=_months, order=50),
        SubmitRule(key="figure_days", find=_days, order=51),
        SubmitRule(key="sales_gaps", find=_gaps, order=90),
        SubmitRule(key="marketing_budget", find=_budget, order=91),
    )
