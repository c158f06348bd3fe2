"""What concerns say of an account's health: what is open, how badly, and what came lately."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors.health.measures import HealthMeasure, measures
from kam.core import formats

LATELY = 180
"""Days in which an account without any concern or contact is not known, rather than well."""

# An unsolved concern costs 5, 10, 20 or 40 points by severity, half as much again once it is past
# its target; one raised within 90 days and solved a quarter of that.
_SERVICE = f"""
WITH known AS (
    SELECT b.account_id, max(i.occurred_on) AS day
    FROM health_below b JOIN interactions_interaction i ON i.account_id = b.node_id
    WHERE i.occurred_on <= %(as_of)s AND i.occurred_on > %(as_of)s::date - {LATELY}
    GROUP BY b.account_id
), concerns AS (
    SELECT b.account_id, c.raised_on, c.severity,
        c.resolved_at IS NULL OR c.resolved_at >= %(as_of)s::date + 1 AS is_open,
        (ARRAY[5, 10, 20, 40])[c.severity] AS points,
        c.resolve_by < %(as_of)s::date + 1 AS is_past
    FROM health_below b JOIN interactions_concern c ON c.account_id = b.node_id
    WHERE c.raised_on <= %(as_of)s AND c.state <> 'cancelled'
), sums AS (
    SELECT account_id,
        sum(CASE WHEN is_open AND is_past THEN 1.5 * points WHEN is_open THEN points
            WHEN raised_on > %(as_of)s::date - 90 THEN 0.25 * points ELSE 0 END) AS lost,
        count(*) FILTER (WHERE is_open) AS open,
        count(*) FILTER (WHERE is_open AND is_past) AS late,
        count(*) FILTER (WHERE is_open AND severity = 4) AS critical,
        max(raised_on) AS raised_on
    FROM concerns GROUP BY account_id
)
SELECT account_id, greatest(100 - COALESCE(s.lost, 0), 0) AS value,
    CASE WHEN s.open > 0 THEN %(as_of)s::date ELSE greatest(k.day, s.raised_on) END AS measured_on,
    jsonb_build_object('open', COALESCE(s.open, 0), 'late', COALESCE(s.late, 0),
        'critical', COALESCE(s.critical, 0)) AS detail
FROM known k FULL JOIN sums s USING (account_id)
"""


def _told(detail: Mapping[str, Any]) -> str:
    count, late = int(detail["open"]), int(detail["late"])
    if not count:
        return _("No concern is open.")
    words = ngettext("%(n)s concern is open.", "%(n)s concerns are open.", count)
    said = words % {"n": formats.number(count)}
    if late:
        said += " " + _("Past the target: %s.") % formats.number(late)
    return said


def register() -> None:
    """Offer the measure."""
    measures.register(
        HealthMeasure(
            key="service",
            title=gettext_lazy("Service and disputes"),
            what=gettext_lazy(
                "100 points less 5, 10, 20 or 40 for each open concern by severity, half as much "
                "again past its target, a quarter for one of the last 90 days that is solved. "
                "Disputed invoices are not kept yet."
            ),
            missing=gettext_lazy("No contact in 180 days and never a concern: nobody asked."),
            mend=gettext_lazy("Log contacts, and raise what bothers them as concerns."),
            weight=Decimal(10),
            days=LATELY,
            sql=_SERVICE,
            told=_told,
            url="#panel-concerns",
            order=60,
        )
    )
