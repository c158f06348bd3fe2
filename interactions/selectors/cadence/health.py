"""Relationships as health measures them once contacts are kept: how recent, how often, with whom.

The measure takes the place of that of `accounts.selectors.health.measures`, which knows ratings
alone; while the log is empty both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.analytics.relationships import HALF_LIFE, RECENT_DAYS, STRONG_FROM, WEIGHTS
from accounts.choices import RatingKind
from accounts.models import RelationshipSettings
from accounts.selectors.health.measures import HealthMeasure, measures
from accounts.selectors.people.coverage import REQUIRED_ROLES
from interactions.selectors.cadence import sql
from kam.core import formats

_ROLES = ", ".join(f"'{role}'" for role in REQUIRED_ROLES)
_REQUIRED = ", ".join(f"'{one}'" for one in RelationshipSettings().required_functions)
_PLACES = """
    SELECT p.id FROM health_below b JOIN accounts_position p ON p.account_id = b.node_id
        AND p.valid @> %(as_of)s::date AND p.person_id IS NOT NULL
"""
_SETTINGS = f"""
    SELECT COALESCE(max(strong_from), {STRONG_FROM}) AS strong_from,
        COALESCE(max(half_life_days), {HALF_LIFE}) AS half_life,
        COALESCE(max(window_days), {RECENT_DAYS}) AS window_days
    FROM accounts_relationshipsettings WHERE id = 1
"""
_FACTS = sql.people(positions=_PLACES).replace(
    "%(since)s::date", f"(%(as_of)s::date - (SELECT window_days FROM ({_SETTINGS}) AS w))"
)
_PARTS = {
    "recency": "power(0.5::numeric, days::numeric / half_life)",
    "cadence": "CASE WHEN recent < expected THEN recent / expected WHEN expected > 0 THEN 1 END",
    "sentiment": "(support + 2) / 4.0",
    "level": "closest / 4.0",
}
_WEIGHED = " + ".join(f"COALESCE({WEIGHTS[name]} * {part}, 0)" for name, part in _PARTS.items())
_KNOWN = " + ".join(
    f"CASE WHEN {part} IS NULL THEN 0 ELSE {WEIGHTS[name]} END" for name, part in _PARTS.items()
)
# The same as `relationships.strength`, `account_strength`, `influence_coverage`, `role_coverage`
# and `function_coverage` of the stakeholder map of each account.
SQL = f"""
WITH settings AS ({_SETTINGS}), log AS (SELECT {sql.LOG_BEGUN} AS is_begun),
people AS (
    SELECT b.account_id, p.id, p.roles, p.function FROM health_below b
    JOIN accounts_position p ON p.account_id = b.node_id
        AND p.valid @> %(as_of)s::date AND p.person_id IS NOT NULL
), facts AS MATERIALIZED ({_FACTS}), latest AS (
    SELECT DISTINCT ON (position_id, kind, team_member_id) position_id, kind, value, rated_on
    FROM accounts_stakeholderrating
    WHERE rated_on <= %(as_of)s
      AND kind IN ('{RatingKind.INFLUENCE}', '{RatingKind.SUPPORT}', '{RatingKind.LEVEL_CURRENT}')
    ORDER BY position_id, kind, team_member_id, rated_on DESC, id DESC
), opinions AS (
    SELECT position_id,
        max(value) FILTER (WHERE kind = '{RatingKind.INFLUENCE}') AS influence,
        max(value) FILTER (WHERE kind = '{RatingKind.SUPPORT}') AS support,
        max(value) FILTER (WHERE kind = '{RatingKind.LEVEL_CURRENT}') AS closest,
        max(rated_on) AS rated_on
    FROM latest GROUP BY position_id
), known AS (
    SELECT people.account_id, people.function, o.influence, o.support, o.closest,
        CASE WHEN log.is_begun THEN %(as_of)s::date - f.last_on END AS days,
        CASE WHEN log.is_begun THEN f.recent END AS recent,
        CASE WHEN log.is_begun THEN f.expected END AS expected,
        greatest(o.rated_on, f.last_on) AS known_on, s.half_life, s.strong_from, s.window_days
    FROM people CROSS JOIN settings s CROSS JOIN log
    LEFT JOIN facts f ON f.position_id = people.id
    LEFT JOIN opinions o ON o.position_id = people.id
), ties AS (
    SELECT known.*, 100 * ({_WEIGHED}) / NULLIF({_KNOWN}, 0) AS strength FROM known
), sums AS (
    SELECT account_id,
        sum(influence * strength) FILTER (WHERE strength IS NOT NULL)
            / sum(influence) FILTER (WHERE strength IS NOT NULL) AS strength,
        COALESCE(sum(influence) FILTER (WHERE strength >= strong_from), 0)::numeric
            / sum(influence) AS covered,
        (percentile_disc(0.5) WITHIN GROUP (ORDER BY known_on)
            FILTER (WHERE influence IS NOT NULL AND strength IS NOT NULL)) AS known_on
    FROM ties GROUP BY account_id
), roles AS (
    SELECT people.account_id, count(DISTINCT role) AS filled
    FROM people CROSS JOIN LATERAL unnest(people.roles) AS role
    WHERE role IN ({_ROLES}) GROUP BY people.account_id
), required AS (
    SELECT s.account_id, unnest(COALESCE(t.required_functions, (
            SELECT required_functions FROM accounts_relationshipsettings WHERE id = 1
        ), ARRAY[{_REQUIRED}]::varchar[])) AS function
    FROM health_scored s JOIN accounts_account a ON a.id = s.account_id
    LEFT JOIN LATERAL ({sql.TIER.format(node="a")}) AS tier ON true
    LEFT JOIN accounts_tier t ON t.id = tier.tier_id
), functions AS (
    SELECT r.account_id,
        count(DISTINCT r.function) FILTER (WHERE k.days <= k.window_days)::numeric
            / count(DISTINCT r.function) AS met
    FROM required r CROSS JOIN log
    LEFT JOIN known k ON k.account_id = r.account_id AND k.function = r.function
    WHERE log.is_begun GROUP BY r.account_id
), parts AS (
    SELECT sums.account_id, known_on, strength, covered, COALESCE(filled, 0) AS filled, met
    FROM sums LEFT JOIN roles USING (account_id) LEFT JOIN functions USING (account_id)
    WHERE strength IS NOT NULL
)
SELECT account_id,
    (strength + 100 * covered + 100.0 * filled / {len(REQUIRED_ROLES)} + COALESCE(100 * met, 0))
        / (3 + num_nonnulls(met)) AS value,
    known_on AS measured_on,
    jsonb_strip_nulls(jsonb_build_object('strength', round(strength, 1),
        'covered', round(covered, 4), 'roles', filled, 'functions', round(met, 4))) AS detail
FROM parts
"""


def _told(detail: Mapping[str, Any]) -> str:
    words = _(
        "Strength %(strength)s of 100, %(covered)s of the influence covered, "
        "%(roles)s of %(all)s decision roles filled."
    )
    said = words % {
        "strength": formats.number(Decimal(str(detail["strength"])), 0),
        "covered": formats.percent(Decimal(str(detail["covered"])), 0),
        "roles": formats.number(int(detail["roles"])),
        "all": formats.number(len(REQUIRED_ROLES)),
    }
    if (met := detail.get("functions")) is None:
        return said
    more = _("%(share)s of the required functions met in time.")
    return f"{said} {more % {'share': formats.percent(Decimal(str(met)), 0)}}"


def register() -> None:
    """Let contacts count in the health of relationships."""
    old = measures.get("relationships")
    if old is None:
        return
    measures.register(measure_with_contacts(old))


def measure_with_contacts(old: HealthMeasure) -> HealthMeasure:
    """Return the measure as it stands, read from contacts too."""
    return replace(
        old,
        what=gettext_lazy(
            "The mean of four, each 0 to 100: strength of relationships weighted by influence "
            "(recent and regular two-way contact, support, level), share of influence with "
            "strong relationships, required decision roles filled, required functions met in "
            "time. Of the day from which half of what is known is, by rating or contact."
        ),
        missing=gettext_lazy("Nobody there is rated for influence, or nothing more is known."),
        mend=gettext_lazy("Enter the people, rate their influence and log your contacts."),
        sql=SQL,
        told=_told,
    )
