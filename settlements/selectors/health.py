"""What the ledger says of an account's health: how it pays, and what lies open far too long."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors.health.measures import HealthCap, HealthMeasure, caps, measures
from kam.core import formats

PAID_WITHIN = 180
TOO_LATE_AFTER = 60
PER_DAY, PER_SHARE = Decimal("2.5"), Decimal(200)

# Amounts weigh within a currency, currencies by their number of items: no rate is needed.
_PAYMENT = f"""
WITH nodes AS (
    SELECT account_id, node_id FROM health_below
), paid AS (
    SELECT account_id, sum(days * items) / sum(items) AS days, max(last_on) AS last_on FROM (
        SELECT n.account_id, a.currency_id, count(DISTINCT d.id) AS items,
            max(a.effective_date) AS last_on,
            CASE WHEN sum(a.amount) > 0 THEN
                sum(a.amount * (a.effective_date - d.due_date)) / sum(a.amount) END AS days
        FROM settlements_allocation a
        JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
        JOIN settlements_ledgeritem c ON c.id = a.credit_item_id
        JOIN nodes n ON n.node_id = d.party_id
        WHERE a.effective_date <= %(as_of)s AND a.effective_date > %(as_of)s - {PAID_WITHIN}
          AND d.due_date IS NOT NULL AND c.kind = 'receipt' AND d.kind <> 'receipt'
        GROUP BY n.account_id, a.currency_id
    ) AS by_currency WHERE days IS NOT NULL GROUP BY account_id
), open AS (
    SELECT account_id, sum(share * items) / sum(items) AS share FROM (
        SELECT n.account_id, o.currency_id, count(*) AS items,
            COALESCE(sum(o.open_amount) FILTER (WHERE o.due_date < %(as_of)s), 0)
                / sum(o.open_amount) AS share
        FROM settlements_open_items(%(as_of)s) o JOIN nodes n ON n.node_id = o.party_id
        WHERE o.side = 1 GROUP BY n.account_id, o.currency_id
    ) AS by_currency GROUP BY account_id
), ledger AS (
    SELECT greatest(
        (SELECT max(posting_date) FROM settlements_ledgeritem WHERE posting_date <= %(as_of)s),
        (SELECT max(effective_date) FROM settlements_allocation
         WHERE effective_date <= %(as_of)s)) AS day
), points AS (
    SELECT account_id, paid.days, paid.last_on, open.share,
        CASE WHEN paid.days IS NOT NULL
            THEN least(greatest(100 - {PER_DAY} * paid.days, 0), 100) END AS for_days,
        CASE WHEN open.share IS NOT NULL
            THEN greatest(100 - {PER_SHARE} * open.share, 0) END AS for_share
    FROM paid FULL JOIN open USING (account_id)
)
SELECT account_id,
    (COALESCE(for_days, 0) + COALESCE(for_share, 0)) / num_nonnulls(for_days, for_share) AS value,
    CASE WHEN share IS NULL THEN last_on ELSE ledger.day END AS measured_on,
    jsonb_build_object('days', round(days, 1), 'share', round(share, 4)) AS detail
FROM points CROSS JOIN ledger
"""
_TOO_LATE = f"""
SELECT b.account_id,
    jsonb_build_object('days', max(%(as_of)s - o.due_date), 'items', count(*)) AS detail
FROM settlements_open_items(%(as_of)s) o JOIN health_below b ON b.node_id = o.party_id
WHERE o.side = 1 AND o.due_date < %(as_of)s::date - {TOO_LATE_AFTER}
GROUP BY b.account_id
"""


def _payment_told(detail: Mapping[str, Any]) -> str:
    parts = []
    if (days := detail.get("days")) is not None:
        words = ngettext(
            "Pays %(days)s day after the due date on average.",
            "Pays %(days)s days after the due date on average.",
            round(Decimal(str(days))),
        )
        if Decimal(str(days)) <= 0:
            words = _("Pays on time on average.")
        parts.append(words % {"days": formats.number(Decimal(str(days)), 0)})
    if (share := detail.get("share")) is not None:
        words = _("%(share)s of what is open is overdue.")
        parts.append(words % {"share": formats.percent(Decimal(str(share)), 0)})
    return " ".join(parts)


def _too_late_told(detail: Mapping[str, Any]) -> str:
    items = int(detail["items"])
    words = ngettext(
        "%(n)s item is more than 60 days overdue, the oldest %(days)s days.",
        "%(n)s items are more than 60 days overdue, the oldest %(days)s days.",
        items,
    )
    return words % {"n": formats.number(items), "days": formats.number(int(detail["days"]))}


def register() -> None:
    """Offer the measure and the cap."""
    measures.register(
        HealthMeasure(
            key="payment",
            title=gettext_lazy("Payment behaviour"),
            what=gettext_lazy(
                "The mean of two, each from 100 down to 0: days paid after the due date in the "
                "last 180 days (0 points at 40 days), overdue share of what is open (0 points at "
                "half). With everybody below the account who pays."
            ),
            missing=gettext_lazy("Nothing is open and nothing was paid in the last 180 days."),
            mend=gettext_lazy("Import its open items and receipts."),
            weight=Decimal(15),
            days=45,
            sql=_PAYMENT,
            told=_payment_told,
            url="#panel-receivables",
            order=30,
        )
    )
    caps.register(
        HealthCap(
            key="late_items",
            title=gettext_lazy("Items more than 60 days overdue"),
            what=gettext_lazy(
                "Any open item more than 60 days past its due date. Disputes are not kept yet: "
                "every item counts as undisputed."
            ),
            limit=Decimal(40),
            sql=_TOO_LATE,
            told=_too_late_told,
            url="#panel-receivables",
            order=10,
        )
    )
