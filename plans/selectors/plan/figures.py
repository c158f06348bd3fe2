"""The account in figures, as its plan shows them: measures of the system, none computed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from interactions.models import Interaction
from interactions.selectors.log import last_contact
from kam.core.registry import may
from kam.identity.models import User
from plans.models import Plan
from plans.selectors.kpis import ask_about, sees_figures
from plans.selectors.metrics.registry import Actual, Metric, actuals, metrics

SHOWN = (
    "net_revenue_12m", "revenue_share", "contribution", "wallet_share", "health", "overdue",
    "overdue_share", "days_beyond_terms", "functions_covered", "satisfaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """Measures with their actuals in order, and the last contact; None: not for this reader."""

    rows: Sequence[tuple[Metric, Actual]]
    contact: Interaction | None


def figures_of(plan: Plan, user: User | None, *, as_of: date) -> Figures | None:
    """Return the figures of a plan's account as a reader may see them.

    None where the reader does not see the account by scope. `user` None is a snapshot: without
    what says something of the company as a whole.
    """
    if not sees_figures(plan, user):
        return None
    ask = ask_about(plan, user, as_of)
    found = actuals(SHOWN, ask)
    rows = [(one, found[one.key]) for one in metrics if one.key in found]
    sees_contacts = user is None or may(user, "interactions.view")
    return Figures(rows, last_contact(plan.account, ask.reader) if sees_contacts else None)


def content(plan: Plan, user: User | None, as_of: date) -> Mapping[str, Any]:
    """Return the figures as data: a list with measure, value, and the day each is of."""
    found = figures_of(plan, user, as_of=as_of)
    if found is None:
        return {}
    contact = found.contact
    return {
        "figures": [
            {
                "id": metric.key,
                "title": str(metric.title),
                "value": _value(metric, actual, plan),
                "on": actual.on,
            }
            for metric, actual in found.rows
        ],
        "last_contact_on": contact.occurred_on if contact else None,
    }


def _value(metric: Metric, actual: Actual, plan: Plan) -> Any:
    if actual.value is None or metric.kind != "money":
        return actual.value
    return {"amount": actual.value, "currency": plan.currency_id}
