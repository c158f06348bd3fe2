"""What the health of accounts is measured by, and what holds it down: each one set-based query.

A measure's query answers (account_id, value, measured_on, detail): points from 0 to 100, the day
they are of, and a JSON object that `told` turns into words. A cap's query answers (account_id,
detail), a row for each account that it holds down. Both may name %(as_of)s, %(valid_days)s (the
measure's own), %(before)s, %(start)s and %(end)s (the 24 and the last 12 complete months of which
there are sales, NULL where there are none), and the tables that `scoring` prepares: health_scored
(account_id) and health_below (account_id, node_id), every node that stands below a scored account
on the day with what was merged into it, and the account itself.

An account without a row is not measured: that is never 0. Apps register more in
`AppConfig.ready`; the same key replaces. A measure without a query is known by name only, until
the app that offers it arrives: it is no part of any score and of no confidence (ADR 10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.analytics.health import TREND_BANDS
from accounts.analytics.relationships import WEIGHTS
from accounts.choices import DecisionRole, RatingKind
from accounts.selectors.below import BELOW, MONTHS
from accounts.selectors.people.coverage import REQUIRED_ROLES
from kam.core import formats
from kam.core.formats import Text
from kam.core.registry import Registry

type Told = Callable[[Mapping[str, Any]], str]


def _nothing(detail: Mapping[str, Any]) -> str:
    """Say nothing more."""
    del detail
    return ""


@dataclass(frozen=True, kw_only=True)
class HealthMeasure:
    """A measure: the rule in words, why it may be missing and how to mend that, and its query.

    `weight` and `days` (of validity) are the defaults. `url` is where one looks, on the account's
    page ("#panel-…").
    """

    key: str
    title: Text
    what: Text
    missing: Text
    mend: Text
    weight: Decimal
    days: int
    sql: str = ""
    told: Told = _nothing
    url: str = ""
    order: int = 100

    @property
    def is_offered(self) -> bool:
        """Whether some app measures it."""
        return bool(self.sql)


@dataclass(frozen=True, kw_only=True)
class HealthCap:
    """What holds a score at or below `limit`, whatever the measures say."""

    key: str
    title: Text
    what: Text
    limit: Decimal
    sql: str
    told: Told = _nothing
    url: str = ""
    order: int = 100


measures: Registry[HealthMeasure] = Registry()
caps: Registry[HealthCap] = Registry()

ACTIVE_MONTHS = 4
"""Months with sales in the year before, below which there is nothing to compare with."""

_POINTS = " ".join(
    f"WHEN change >= {start} THEN {points}" for start, points in reversed(TREND_BANDS)
)
_REVENUE = (
    BELOW.replace(
        "WHERE %(everyone)s OR id = ANY(%(ids)s::bigint[])",
        "WHERE id IN (SELECT account_id FROM health_scored)",
    )
    + MONTHS.replace("%(start)s", "%(before)s")
    + """
SELECT by_month.root_id AS account_id,
    COALESCE(sum(amount) FILTER (WHERE month >= %(start)s), 0) AS net,
    COALESCE(sum(amount) FILTER (WHERE month < %(start)s), 0) AS previous,
    COALESCE(sum(unconverted), 0) AS unconverted,
    count(*) FILTER (WHERE is_active AND month < %(start)s) AS months
FROM (
    SELECT p.root_id, p.month, sum(p.amount) AS amount, sum(p.unconverted) AS unconverted,
        bool_or(p.amount > 0) AS is_active
    FROM pieces p GROUP BY p.root_id, p.month
) AS by_month
GROUP BY by_month.root_id
"""
)
_TREND = f"""
SELECT account_id, CASE {_POINTS} ELSE 0 END AS value, (%(end)s::date - 1) AS measured_on,
    jsonb_build_object('change', round(change, 4)) AS detail
FROM (
    SELECT account_id, net / previous - 1 AS change FROM ({_REVENUE}) AS revenue
    WHERE previous > 0 AND unconverted = 0 AND months >= {ACTIVE_MONTHS}
) AS trend
"""
_ROLES = ", ".join(f"'{role}'" for role in REQUIRED_ROLES)
# The same as `relationships.strength`, `account_strength`, `influence_coverage` and
# `role_coverage` while no contacts are kept; whoever brings them registers the measure anew.
_RELATIONSHIPS = f"""
WITH people AS (
    SELECT b.account_id, p.id, p.roles FROM health_below b
    JOIN accounts_position p ON p.account_id = b.node_id
        AND p.valid @> %(as_of)s::date AND p.person_id IS NOT NULL
), latest AS (
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
), ties AS (
    SELECT people.account_id, people.roles, o.influence, o.rated_on, CASE
        WHEN o.support IS NULL THEN 25.0 * o.closest
        WHEN o.closest IS NULL THEN 25.0 * (o.support + 2)
        ELSE 25.0 * ({WEIGHTS["sentiment"]} * (o.support + 2) + {WEIGHTS["level"]} * o.closest)
            / {WEIGHTS["sentiment"] + WEIGHTS["level"]} END AS strength
    FROM people LEFT JOIN opinions o ON o.position_id = people.id
), sums AS (
    SELECT t.account_id,
        sum(influence * strength) FILTER (WHERE strength IS NOT NULL)
            / sum(influence) FILTER (WHERE strength IS NOT NULL) AS strength,
        COALESCE(sum(influence) FILTER (WHERE strength >= s.strong_from), 0)::numeric
            / sum(influence) AS covered,
        (percentile_disc(0.5) WITHIN GROUP (ORDER BY rated_on)
            FILTER (WHERE influence IS NOT NULL AND strength IS NOT NULL)) AS rated_on
    FROM ties t CROSS JOIN (
        SELECT COALESCE((SELECT strong_from FROM accounts_relationshipsettings WHERE id = 1), 50)
            AS strong_from
    ) AS s
    GROUP BY t.account_id
), roles AS (
    SELECT people.account_id, count(DISTINCT role) AS filled
    FROM people CROSS JOIN LATERAL unnest(people.roles) AS role
    WHERE role IN ({_ROLES}) GROUP BY people.account_id
)
SELECT sums.account_id,
    (strength + 100 * covered + 100.0 * COALESCE(filled, 0) / {len(REQUIRED_ROLES)}) / 3 AS value,
    rated_on AS measured_on,
    jsonb_build_object('strength', round(strength, 1), 'covered', round(covered, 4),
        'roles', COALESCE(filled, 0)) AS detail
FROM sums LEFT JOIN roles USING (account_id) WHERE strength IS NOT NULL
"""
_NO_CHAMPION = f"""
SELECT s.account_id, '{{}}'::jsonb AS detail
FROM health_scored s
LEFT JOIN accounts_tierassignment a ON a.account_id = s.account_id
    AND a.valid @> %(as_of)s::date
LEFT JOIN accounts_tieroverride o ON o.account_id = s.account_id AND o.valid @> %(as_of)s::date
JOIN accounts_tier t ON t.id = COALESCE(o.tier_id, a.tier_id) AND t.rank = 1
WHERE NOT EXISTS (
    SELECT 1 FROM health_below b JOIN accounts_position p ON p.account_id = b.node_id
    WHERE b.account_id = s.account_id AND p.valid @> %(as_of)s::date AND p.person_id IS NOT NULL
      AND p.roles && ARRAY['{DecisionRole.CHAMPION}', '{DecisionRole.SPONSOR}']::varchar[]
)
"""
_INSOLVENT = """
SELECT b.account_id,
    jsonb_build_object('since', min(a.insolvent_since), 'accounts', count(*),
        'itself', bool_or(a.id = b.account_id)) AS detail
FROM accounts_account a JOIN health_below b ON b.node_id = a.id
WHERE a.insolvent_since <= %(as_of)s GROUP BY b.account_id
"""


def _trend_told(detail: Mapping[str, Any]) -> str:
    change = Decimal(str(detail["change"]))
    words = _("Revenue %(change)s against the year before.")
    return words % {"change": formats.signed(formats.percent(change), change)}


def _relationships_told(detail: Mapping[str, Any]) -> str:
    words = _(
        "Strength %(strength)s of 100, %(covered)s of the influence covered, "
        "%(roles)s of %(all)s decision roles filled."
    )
    return words % {
        "strength": formats.number(Decimal(str(detail["strength"])), 0),
        "covered": formats.percent(Decimal(str(detail["covered"])), 0),
        "roles": formats.number(int(detail["roles"])),
        "all": formats.number(len(REQUIRED_ROLES)),
    }


def _no_champion_told(detail: Mapping[str, Any]) -> str:
    del detail
    return _("Nobody there is known as our champion or sponsor.")


def _insolvent_told(detail: Mapping[str, Any]) -> str:
    words = {
        "day": formats.date(date.fromisoformat(detail["since"])),
        "n": formats.number(int(detail["accounts"])),
    }
    if detail["itself"]:
        return _("Insolvent since %(day)s.") % words
    text = ngettext(
        "%(n)s account below it is insolvent, since %(day)s.",
        "%(n)s accounts below it are insolvent, the first since %(day)s.",
        int(detail["accounts"]),
    )
    return text % words


_LATER = gettext_lazy("Nothing measures this yet.")
_WAIT = gettext_lazy("It joins when the part of the system that knows it is in use.")

measures.register(
    HealthMeasure(
        key="commercial_trend",
        title=gettext_lazy("Commercial trend"),
        what=gettext_lazy(
            "Net revenue of the last 12 complete months against the 12 before: 100 points from "
            "+5 percent on, 85 from 0, 65 from −5, 45 from −10, 20 from −20, else 0."
        ),
        missing=gettext_lazy(
            "It bought in fewer than four months of the year before, or a rate is missing."
        ),
        mend=gettext_lazy("Import its sales, with exchange rates, for two years."),
        weight=Decimal(25),
        days=62,
        sql=_TREND,
        told=_trend_told,
        url="#panel-revenue",
        order=10,
    ),
    HealthMeasure(
        key="relationships",
        title=gettext_lazy("Relationships"),
        what=gettext_lazy(
            "The mean of three, each 0 to 100: strength of relationships weighted by influence, "
            "share of influence with strong relationships, required decision roles filled. "
            "Of the day from which half of the ratings are."
        ),
        missing=gettext_lazy("Nobody there is rated for influence and support."),
        mend=gettext_lazy("Enter the people and rate their influence and support."),
        weight=Decimal(25),
        days=180,
        sql=_RELATIONSHIPS,
        told=_relationships_told,
        url="#panel-people",
        order=20,
    ),
    HealthMeasure(
        key="payment",
        title=gettext_lazy("Payment behaviour"),
        what=_LATER,
        missing=_LATER,
        mend=_WAIT,
        weight=Decimal(15),
        days=45,
        order=30,
    ),
    HealthMeasure(
        key="plan_execution",
        title=gettext_lazy("Plan execution"),
        what=_LATER,
        missing=_LATER,
        mend=_WAIT,
        weight=Decimal(15),
        days=90,
        order=40,
    ),
    HealthMeasure(
        key="voice_of_customer",
        title=gettext_lazy("Voice of the customer"),
        what=_LATER,
        missing=_LATER,
        mend=_WAIT,
        weight=Decimal(10),
        days=365,
        order=50,
    ),
    HealthMeasure(
        key="service",
        title=gettext_lazy("Service and disputes"),
        what=_LATER,
        missing=_LATER,
        mend=_WAIT,
        weight=Decimal(10),
        days=62,
        order=60,
    ),
)
caps.register(
    HealthCap(
        key="insolvent",
        title=gettext_lazy("Insolvency"),
        what=gettext_lazy("The account, or one below it, is noted as insolvent."),
        limit=Decimal(40),
        sql=_INSOLVENT,
        told=_insolvent_told,
        url="#panel-overview",
        order=5,
    ),
    HealthCap(
        key="no_champion",
        title=gettext_lazy("No champion or sponsor"),
        what=gettext_lazy(
            "An account of the highest tier, of whose people none is our champion or sponsor."
        ),
        limit=Decimal(60),
        sql=_NO_CHAMPION,
        told=_no_champion_told,
        url="#panel-people",
        order=20,
    ),
)
