"""What accounts are scored by: each measure is one set-based query over all scored accounts.

A query answers (account_id, value) and may name %(as_of)s, %(start)s and %(end)s (the last 12
complete months) and the tables that `scoring` prepares: tier_scored (account_id), tier_revenue
for measures that say `revenue`, and tier_spent for those that say `costs`. An account without a
row, or with NULL, is missing: it is never 0 for want of data. Apps register more in
`AppConfig.ready`; the same key replaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from accounts.choices import RatedMeasure, TierDirection, TierMethod
from accounts.selectors.wallet.sql import GROWTH_POTENTIAL
from kam.core.formats import Text
from kam.core.registry import Registry

type Kind = Literal["money", "percent", "number", "rating"]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measure: what it is, its unit, its query, and why it may be missing.

    `kind` "percent" is a fraction (0.25 is 25 %), "money" the organisation's base currency. Without
    a query it is missing for everybody until an app brings one.
    """

    key: str
    title: Text
    what: Text
    kind: Kind
    missing: Text
    sql: str = ""
    revenue: bool = False
    costs: bool = False
    direction: TierDirection = TierDirection.HIGHER
    method: TierMethod = TierMethod.PERCENTILE
    order: int = 100

    @property
    def is_rated(self) -> bool:
        """Whether people rate it, 1 to 5."""
        return self.kind == "rating"


measures: Registry[Measure] = Registry()

_NET = """
SELECT s.account_id, CASE WHEN COALESCE(r.unconverted, 0) = 0 THEN COALESCE(r.net, 0) END AS value
FROM tier_scored s LEFT JOIN tier_revenue r USING (account_id)
WHERE EXISTS (
    SELECT 1 FROM accounts_groupmonth m
    WHERE m.month >= %(start)s AND m.month < %(end)s AND m.entries > 0
)
"""
_SHARE = f"""
SELECT net.account_id, net.value / company.total AS value
FROM ({_NET}) AS net CROSS JOIN (
    SELECT sum(m.base_amount) AS total FROM accounts_groupmonth m
    WHERE m.month >= %(start)s AND m.month < %(end)s
) AS company
WHERE company.total > 0
"""
_PROFITABILITY = """
SELECT r.account_id, (r.profit - COALESCE(spent.cost, 0)) / r.net AS value
FROM tier_revenue r LEFT JOIN tier_spent spent USING (account_id)
WHERE r.unconverted = 0 AND r.is_costed AND r.net > 0 AND COALESCE(spent.gaps, 0) = 0
"""
_COST_TO_SERVE = """
SELECT r.account_id, spent.serve / r.net AS value
FROM tier_revenue r JOIN tier_spent spent USING (account_id)
WHERE r.unconverted = 0 AND r.net > 0 AND spent.gaps = 0 AND spent.serve IS NOT NULL
"""
_LOYALTY = """
SELECT r.account_id, 100.0 / 3 * (
    least(months_between.since_first, 60) / 60.0
    + greatest(12 - months_between.since_last, 0) / 12.0
    + r.active_months / 12.0
) AS value
FROM tier_revenue r CROSS JOIN LATERAL (
    SELECT 12 * date_part('year', first_age)::integer + date_part('month', first_age)::integer
            AS since_first,
        12 * date_part('year', last_age)::integer + date_part('month', last_age)::integer - 1
            AS since_last
    FROM (SELECT age(%(end)s, r.first_month) AS first_age, age(%(end)s, r.last_month) AS last_age)
) AS months_between
WHERE r.first_month IS NOT NULL
"""
_RATED = """
SELECT DISTINCT ON (r.account_id) r.account_id, r.value::numeric AS value
FROM accounts_tierrating r
WHERE r.measure = '{key}' AND r.rated_on <= %(as_of)s
ORDER BY r.account_id, r.rated_on DESC, r.id DESC
"""

_NO_RATE = _("Some of its revenue has no exchange rate, or nobody has any revenue.")
BUILT_IN = (
    Measure(
        key="net_revenue",
        title=_("Net revenue, 12 months"),
        what=_("Net revenue of the last 12 complete months with all below the account."),
        kind="money",
        missing=_NO_RATE,
        sql=_NET,
        revenue=True,
        order=10,
    ),
    Measure(
        key="revenue_share",
        title=_("Share of our net revenue"),
        what=_("Its net revenue of the last 12 complete months ÷ that of the company."),
        kind="percent",
        missing=_NO_RATE,
        sql=_SHARE,
        revenue=True,
        order=20,
    ),
    Measure(
        key="profitability",
        title=_("Profitability"),
        what=_(
            "Net revenue less cost of goods, trade terms and cost to serve ÷ net revenue, last 12 "
            "complete months. Months are converted at the average rate of their entries. Where no "
            "costs to serve are kept, it is after cost of goods."
        ),
        kind="percent",
        missing=_("The cost of goods is not known for all of its revenue, or a rate is missing."),
        sql=_PROFITABILITY,
        revenue=True,
        costs=True,
        order=30,
    ),
    Measure(
        key="growth_potential",
        title=_("Growth potential"),
        what=_(
            "Whitespace: the wallet of each category that was estimated last less our sales of "
            "the same length, with all below the account."
        ),
        kind="money",
        missing=_(
            "Nobody has estimated what the account could buy, or no estimate can be computed."
        ),
        sql=GROWTH_POTENTIAL,
        order=40,
    ),
    Measure(
        key="loyalty",
        title=_("Loyalty"),
        what=_(
            "0 to 100, the mean of three: how long it has bought (full at 5 years), how lately "
            "(0 after a year of silence), in how many of the last 12 months."
        ),
        kind="number",
        missing=_("It never bought anything."),
        sql=_LOYALTY,
        revenue=True,
        order=50,
    ),
    Measure(
        key="cost_to_serve",
        title=_("Cost to serve"),
        what=_("Cost to serve ÷ net revenue, last 12 complete months."),
        kind="percent",
        missing=_("No cost to serve is kept for it, or a rate is missing."),
        sql=_COST_TO_SERVE,
        revenue=True,
        costs=True,
        direction=TierDirection.LOWER,
        order=60,
    ),
)
_RATED_WHAT = {
    RatedMeasure.STRATEGIC_FIT: _("How well its plans and ours fit, rated with evidence."),
    RatedMeasure.PARTNERSHIP: _("How willing it is to plan and share with us."),
    RatedMeasure.PROXIMITY: _("How near its buying and its depots are to us."),
    RatedMeasure.STANDING: _("How well known it is, so that others follow."),
    RatedMeasure.PRICE_SENSITIVITY: _("How much the price alone decides."),
    RatedMeasure.RELATIONSHIP_STAGE: _(
        "From 1, exploratory, over basic, cooperative and interdependent to 5, integrated."
    ),
}


def rated(measure: RatedMeasure, order: int) -> Measure:
    """Return the measure that people rate from 1 to 5; the last rating up to the day counts."""
    sensitive = measure is RatedMeasure.PRICE_SENSITIVITY
    return Measure(
        key=measure.value,
        title=measure.label,
        what=_RATED_WHAT[measure],
        kind="rating",
        missing=_("Nobody has rated it."),
        sql=_RATED.format(key=measure.value),
        direction=TierDirection.INFORMATION if sensitive else TierDirection.HIGHER,
        method=TierMethod.MINMAX,
        order=order,
    )


measures.register(*BUILT_IN, *(rated(one, 70 + n) for n, one in enumerate(RatedMeasure)))
