"""Targets of a plan with their actuals: what the system knows, or what people wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.dates import Period
from kam.identity.models import User
from plans.analytics import kpis as maths
from plans.analytics.kpis import Kpi, Reading
from plans.models import KpiTarget, Plan
from plans.selectors.metrics.registry import Actual, Ask, Metric, actuals, metrics, title_of

HIDDEN = _("Figures of the account are for those who see the account.")
NOT_TYPED = _("Nobody wrote down what was seen.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiLine:
    """A target, its measure (None: one of the plan's own), its actual and how it stands.

    `is_hidden`: the reader may not see figures of the account.
    """

    row: KpiTarget
    metric: Metric | None
    actual: Actual
    reading: Reading
    is_hidden: bool = False

    @property
    def title(self) -> str:
        """What it is called, in the reader's language where nobody named it otherwise."""
        return title_of(self.row.metric, self.row.title)

    @property
    def kind(self) -> str:
        """How the figures are read: money, percent, number, points, days."""
        return self.metric.kind if self.metric else "number"

    @property
    def grows(self) -> bool:
        """Whether it adds up over the period."""
        return bool(self.metric and self.metric.grows)


def ask_about(plan: Plan, user: User | None, as_of: date) -> Ask:
    """Return the question for figures of a plan's account; see `Ask` for whose eyes."""
    reader = user or plan.account.current_lead or plan.owner
    return Ask(
        account=plan.account,
        period=period_of(plan),
        as_of=as_of,
        currency=plan.currency_id,
        reader=reader,
        user=user,
    )


def period_of(plan: Plan) -> Period:
    """Return the plan's period."""
    return Period(plan.period.lower, plan.period.upper)


def sees_figures(plan: Plan, user: User | None) -> bool:
    """Whether figures of the account are for the user: who sees it by scope, not who supports."""
    if user is None:
        return True
    return bool(Account.objects.visible_to(user).filter(pk=plan.account_id).exists())


def lines_of(plan: Plan, user: User | None, *, as_of: date) -> list[KpiLine]:
    """Return the targets of a plan in order, all actuals read together.

    `None` as user is a snapshot. Whoever may not see the account's figures sees targets of the
    plan's own measures alone with what people wrote.
    """
    rows = list(plan.kpis.select_related("objective"))
    is_open = sees_figures(plan, user)
    keys = [row.metric for row in rows if row.metric]
    found = actuals(keys, ask_about(plan, user, as_of)) if is_open and keys else {}
    period = period_of(plan)
    return [_line(row, found.get(row.metric), period, as_of, is_open=is_open) for row in rows]


def _line(
    row: KpiTarget, known: Actual | None, period: Period, as_of: date, *, is_open: bool
) -> KpiLine:
    metric = metrics.get(row.metric) if row.metric else None
    is_hidden = bool(row.metric) and not is_open
    actual = known or _typed(row) if not is_hidden else Actual(None, None, HIDDEN)
    kpi = Kpi(
        target=row.target,
        actual=actual.value,
        baseline=row.baseline,
        direction=row.direction,
        grows=bool(metric and metric.grows),
    )
    reading = maths.read(kpi, period=period, as_of=as_of)
    return KpiLine(row=row, metric=metric, actual=actual, reading=reading, is_hidden=is_hidden)


def _typed(row: KpiTarget) -> Actual:
    if row.metric:
        return Actual(None)
    why = "" if row.typed_actual is not None else NOT_TYPED
    return Actual(row.typed_actual, row.typed_on, why)


def baseline_now(plan: Plan, metric: Metric, user: User, *, as_of: date) -> Decimal | None:
    """Return where a measure stands today, as a baseline; None where it is not known or grows."""
    if metric.grows or not sees_figures(plan, user):
        return None
    return actuals([metric.key], ask_about(plan, user, as_of))[metric.key].value


def standing_counts(lines: Sequence[KpiLine]) -> dict[str, int]:
    """Count targets by how they stand."""
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.reading.standing] = counts.get(line.reading.standing, 0) + 1
    return counts
