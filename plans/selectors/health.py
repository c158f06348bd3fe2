"""What plans say of an account's health: whether what was promised for a day was done by it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors.health.measures import HealthMeasure, measures
from kam.core import formats

LOOKS_BACK = 365
"""Days in which an action must have been due to count."""

# Of plans that were approved, also while they are revised; those of named people stay out, so that
# no figure tells of them. An action done later than its day counts half, one that was dropped not
# at all.
_EXECUTION = f"""
WITH due AS (
    SELECT b.account_id, a.due_on,
        CASE WHEN a.done_on <= %(as_of)s THEN a.done_on END AS done_on
    FROM health_below b JOIN plans_plan p ON p.account_id = b.node_id
    JOIN plans_planaction a ON a.plan_id = p.id
    WHERE (p.state IN ('approved', 'active', 'closed')
            OR (p.state IN ('draft', 'in_review') AND p.revision > 1))
      AND p.confidentiality <> 'named'
      AND a.state <> 'dropped'
      AND a.due_on < %(as_of)s AND a.due_on > %(as_of)s::date - {LOOKS_BACK}
)
SELECT account_id,
    round(100 * avg(CASE WHEN done_on IS NULL THEN 0 WHEN done_on > due_on THEN 0.5 ELSE 1 END), 4)
        AS value,
    CASE WHEN bool_or(done_on IS NULL) THEN %(as_of)s::date
        ELSE max(greatest(due_on, done_on)) END AS measured_on,
    jsonb_build_object('due', count(*), 'open', count(*) FILTER (WHERE done_on IS NULL),
        'late', count(*) FILTER (WHERE done_on > due_on)) AS detail
FROM due GROUP BY account_id
"""


def _told(detail: Mapping[str, Any]) -> str:
    due, open_, late = (int(detail[name]) for name in ("due", "open", "late"))
    words = ngettext("%(n)s action was due.", "%(n)s actions were due.", due)
    said = [words % {"n": formats.number(due)}]
    if open_:
        said.append(_("Not done: %s.") % formats.number(open_))
    if late:
        said.append(_("Done late: %s.") % formats.number(late))
    return " ".join(said)


def register() -> None:
    """Offer the measure, in place of the one that is known by name only."""
    measures.register(
        HealthMeasure(
            key="plan_execution",
            title=gettext_lazy("Plan execution"),
            what=gettext_lazy(
                "Of actions of approved plans that were due in the last 12 months: 100 for each "
                "done by its day, 50 for one done later, 0 for one still open. Dropped actions do "
                "not count, nor plans of named people."
            ),
            missing=gettext_lazy("No action of an approved plan was due in the last 12 months."),
            mend=gettext_lazy("Give the plan actions with days, and have it approved."),
            weight=Decimal(15),
            days=90,
            sql=_EXECUTION,
            told=_told,
            url="#panel-plans",
            order=40,
        )
    )
