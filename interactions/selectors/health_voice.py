"""What customers' ratings say of an account's health."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors.health.measures import HealthMeasure, measures
from interactions.analytics.voice import VALID_DAYS
from kam.core import formats

# The same as `voice.valid` and `voice.satisfaction`, for all accounts at once; a test compares.
_VOICE = f"""
WITH last AS (
    SELECT DISTINCT ON (b.account_id, voice, f.topic) b.account_id, voice, f.points, f.given_on
    FROM health_below b JOIN interactions_feedback f ON f.account_id = b.node_id
    CROSS JOIN LATERAL (
        SELECT COALESCE('person ' || f.position_id, f.account_id || ' ' || f.function) AS voice
    ) AS who
    WHERE f.given_on <= %(as_of)s AND f.given_on > %(as_of)s::date - {VALID_DAYS}
    ORDER BY b.account_id, voice, f.topic, f.given_on DESC, f.id DESC
), voices AS (
    SELECT account_id, voice, avg(points) AS points, max(given_on) AS given_on
    FROM last GROUP BY account_id, voice
)
SELECT account_id, round(avg(points), 4) AS value, max(given_on) AS measured_on,
    jsonb_build_object('points', round(avg(points), 1), 'voices', count(*)) AS detail
FROM voices GROUP BY account_id
"""


def _told(detail: Mapping[str, Any]) -> str:
    count = int(detail["voices"])
    words = ngettext(
        "%(n)s voice gives us %(points)s points of 100.",
        "%(n)s voices give us %(points)s points of 100.",
        count,
    )
    points = formats.number(Decimal(str(detail["points"])), 0)
    return words % {"n": formats.number(count), "points": points}


def register() -> None:
    """Offer the measure."""
    measures.register(
        HealthMeasure(
            key="voice_of_customer",
            title=gettext_lazy("Voice of the customer"),
            what=gettext_lazy(
                "The mean of what people and functions of the customer gave us in the last 12 "
                "months, as 0 to 100 points: of each the last rating of every topic."
            ),
            missing=gettext_lazy("Nobody there rated us in the last 12 months."),
            mend=gettext_lazy("Send a survey, or note what was said in a review."),
            weight=Decimal(10),
            days=VALID_DAYS,
            sql=_VOICE,
            told=_told,
            url="#panel-voice",
            order=50,
        )
    )
