"""The measures that every installation knows, with their words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from plans.choices.work import Direction
from plans.selectors.metrics import readers
from plans.selectors.metrics.registry import Metric, Source, metrics, sources

ZERO = Decimal(0)
PART: dict[str, Any] = {"least": ZERO, "most": Decimal(1)}
"""A part of a whole."""
POINTS: dict[str, Any] = {"least": ZERO, "most": Decimal(100)}

SOURCES = (
    Source(key="period", read=readers.net_in_period),
    Source(key="year", read=readers.net_of_a_year),
    Source(key="bought", read=readers.bought),
    Source(key="profit", read=readers.profit),
    Source(key="wallet", read=readers.wallet),
    Source(key="concentration", read=readers.concentration),
    Source(key="health", read=readers.health),
    Source(key="owed", read=readers.owed),
    Source(key="payment", read=readers.payment),
    Source(key="people", read=readers.people),
    Source(key="contacts", read=readers.contacts),
    Source(key="shelves", read=readers.shelves),
    Source(key="voice", read=readers.voice),
)
METRICS = (
    Metric(
        key="net_revenue",
        title=_("Net revenue in the plan's period"),
        what=_("From the first day of the plan to the day, with all below the account."),
        kind="money",
        source="period",
        grows=True,
        capability="accounts.view",
        order=10,
    ),
    Metric(
        key="net_revenue_12m",
        title=_("Net revenue, 12 months"),
        what=_("Of the last 12 complete months, with all below the account."),
        kind="money",
        source="year",
        capability="accounts.view",
        order=20,
    ),
    Metric(
        key="contribution",
        title=_("Contribution, 12 months"),
        what=_("Net revenue less cost of goods, trade terms and cost to serve."),
        kind="money",
        source="profit",
        capability="profitability.view",
        order=30,
    ),
    Metric(
        key="gross_margin",
        title=_("Gross margin, 12 months"),
        what=_("Net revenue less cost of goods ÷ net revenue of which the cost is known."),
        kind="percent",
        source="profit",
        capability="profitability.view",
        order=40,
        most=Decimal(1),
    ),
    Metric(
        key="wallet_share",
        title=_("Share of wallet"),
        what=_("Our sales ÷ what the account buys, in the categories that were estimated."),
        kind="percent",
        source="wallet",
        capability="accounts.view",
        order=50,
        **PART,
    ),
    Metric(
        key="categories",
        title=_("Categories bought"),
        what=_("Categories with net revenue in the last 12 complete months."),
        kind="number",
        source="bought",
        capability="accounts.view",
        order=60,
        least=ZERO,
    ),
    Metric(
        key="revenue_share",
        title=_("Share of our net revenue"),
        what=_("Its share of the company's net revenue over the last 12 complete months."),
        kind="percent",
        source="concentration",
        direction=Direction.DOWN,
        capability="accounts.view",
        order=70,
        **PART,
    ),
    Metric(
        key="health",
        title=_("Health"),
        what=_("The health score of the account on the day, 0 to 100."),
        kind="points",
        source="health",
        capability="accounts.view",
        order=80,
        **POINTS,
    ),
    Metric(
        key="overdue",
        title=_("Overdue"),
        what=_("Open items past their due date, of payers at the account and below it."),
        kind="money",
        source="owed",
        direction=Direction.DOWN,
        capability="receivables.view",
        order=90,
        least=ZERO,
    ),
    Metric(
        key="overdue_share",
        title=_("Overdue share"),
        what=_("Overdue ÷ all that is open."),
        kind="percent",
        source="owed",
        direction=Direction.DOWN,
        capability="receivables.view",
        order=100,
        **PART,
    ),
    Metric(
        key="days_beyond_terms",
        title=_("Days beyond terms"),
        what=_("How late what was paid in the last six months came, weighed by amount."),
        kind="days",
        source="payment",
        direction=Direction.DOWN,
        capability="receivables.view",
        order=110,
    ),
    Metric(
        key="functions_covered",
        title=_("Required functions covered"),
        what=_("Required functions in which we know somebody ÷ all required ones."),
        kind="percent",
        source="people",
        capability="accounts.view",
        order=120,
        **PART,
    ),
    Metric(
        key="contacts",
        title=_("Two-way contacts in the plan's period"),
        what=_("From the first day of the plan to the day, with all below the account."),
        kind="number",
        source="contacts",
        grows=True,
        capability="interactions.view",
        order=130,
        least=ZERO,
    ),
    Metric(
        key="compliance",
        title=_("Agreed placements found in stores"),
        what=_("Found ÷ looked at in store checks since the plan began."),
        kind="percent",
        source="shelves",
        capability="placement.view",
        order=140,
        **PART,
    ),
    Metric(
        key="satisfaction",
        title=_("Satisfaction"),
        what=_("How the account rates us, 0 to 100, from ratings of the last year."),
        kind="points",
        source="voice",
        capability="interactions.view",
        order=150,
        **POINTS,
    ),
)


def register() -> None:
    """Offer them."""
    sources.register(*SOURCES)
    metrics.register(*METRICS)
