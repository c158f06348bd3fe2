"""What the credit score of every payer is made from: one statement over items and allocations.

The same figures as `analytics.payment_behaviour` of pieces: what an allocation paid of an item is
a piece with its day, what is open is one without. What a credit note or a reversal took off was
never owed and is no piece; a write-off counts as settled on its day. `paid_items` are items
settled in full. Items without a due date are left out.
Amounts of payers with one currency stay in it, others are in base currency at the rates of the
day; what has no rate is left out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from kam.core.selectors.rates import base_currency, rates_on
from settlements.analytics.payment_behaviour import RECENT_DAYS, SEVERE_DAYS, WINDOW_DAYS
from settlements.models import CreditSettings
from settlements.selectors.credit.exposure import parameters_of

MONTHS = 12

PIECES = f"""
WITH codes AS MATERIALIZED (
    SELECT i.party_id, CASE WHEN min(i.currency_id) = max(i.currency_id)
        THEN min(i.currency_id) ELSE %(base)s END AS code
    FROM settlements_ledgeritem i WHERE i.posting_date <= %(as_of)s GROUP BY 1
), rates AS (
    SELECT * FROM unnest(%(codes)s::text[], %(code_rates)s::numeric[]) AS given(code, rate)
), debits AS MATERIALIZED (
    SELECT i.id, i.party_id, i.kind, i.amount, i.document_date, i.due_date,
        CASE WHEN c.code = i.currency_id THEN 1 ELSE r.rate END AS rate
    FROM settlements_ledgeritem i JOIN codes c ON c.party_id = i.party_id
    LEFT JOIN rates r ON r.code = i.currency_id
    WHERE i.side = 1 AND i.kind IN ('invoice', 'debit_note', 'opening')
      AND i.due_date IS NOT NULL
      AND i.posting_date <= %(as_of)s AND i.document_date <= %(as_of)s
      AND (c.code = i.currency_id OR r.rate IS NOT NULL)
), paid AS MATERIALIZED (
    SELECT a.debit_item_id AS id, a.effective_date AS paid_on, a.amount,
        k.kind IN ('credit_note', 'invoice', 'debit_note') AS is_credited
    FROM settlements_allocation a JOIN settlements_ledgeritem k ON k.id = a.credit_item_id
    WHERE a.effective_date <= %(as_of)s AND a.amount > 0 AND NOT EXISTS (
        SELECT 1 FROM settlements_allocation b
        WHERE b.reversal_of_id = a.id AND b.effective_date <= %(as_of)s)
), taken AS MATERIALIZED (
    SELECT id, sum(amount) AS amount FROM paid GROUP BY id
), open AS MATERIALIZED (
    SELECT d.id, d.amount - COALESCE(t.amount, 0) AS amount
    FROM debits d LEFT JOIN taken t ON t.id = d.id
    WHERE d.amount > COALESCE(t.amount, 0)
), pieces AS MATERIALIZED (
    SELECT d.party_id, p.amount * d.rate AS amount, d.due_date, p.paid_on,
        p.paid_on - d.due_date AS late
    FROM paid p JOIN debits d ON d.id = p.id WHERE NOT p.is_credited
    UNION ALL
    SELECT d.party_id, o.amount * d.rate, d.due_date, NULL, %(as_of)s::date - d.due_date
    FROM open o JOIN debits d ON d.id = o.id
), behaviour AS MATERIALIZED (
    SELECT p.party_id,
        sum(amount * late) FILTER (WHERE counts) AS late_sum,
        sum(amount) FILTER (WHERE counts) AS whole,
        sum(amount * late) FILTER (WHERE counts AND recent) AS recent_sum,
        sum(amount) FILTER (WHERE counts AND recent) AS recent_whole,
        sum(amount) FILTER (WHERE counts AND late <= %(grace)s) AS in_time,
        max(amount * greatest(late, 0)) FILTER (WHERE counts) AS worst,
        sum(amount) FILTER (WHERE paid_on IS NULL) AS balance,
        sum(amount) FILTER (WHERE paid_on IS NULL AND late > {SEVERE_DAYS}) AS severe
    FROM (
        SELECT *, due_date <= %(as_of)s
                AND (due_date > %(as_of)s - {WINDOW_DAYS} OR paid_on IS NULL) AS counts,
            due_date > %(as_of)s - {RECENT_DAYS} OR paid_on IS NULL AS recent
        FROM pieces
    ) AS p GROUP BY 1
)"""
# Sales with tax of twelve whole months before the day's month, for how steady they are.
_TRADE = f"""
, months AS MATERIALIZED (
    SELECT i.party_id, date_trunc('month', i.document_date)::date AS month,
        sum(i.side * i.amount * CASE WHEN c.code = i.currency_id THEN 1 ELSE r.rate END) AS amount
    FROM settlements_ledgeritem i JOIN codes c ON c.party_id = i.party_id
    LEFT JOIN rates r ON r.code = i.currency_id
    WHERE i.kind IN ('invoice', 'debit_note', 'credit_note') AND i.posting_date <= %(as_of)s
      AND i.document_date >= date_trunc('month', %(as_of)s::date) - interval '{MONTHS} months'
      AND i.document_date < date_trunc('month', %(as_of)s::date)
    GROUP BY 1, 2
), steady AS MATERIALIZED (
    SELECT party_id, sum(amount) AS total, sum(amount * amount) AS squares
    FROM months GROUP BY 1
), trade AS MATERIALIZED (
    SELECT d.party_id, min(d.document_date) AS since,
        count(*) FILTER (WHERE o.id IS NULL) AS paid_items,
        sum(d.amount * d.rate) FILTER (WHERE in_window) AS gross,
        sum(d.amount * d.rate * (d.due_date - d.document_date)) FILTER (WHERE in_window) AS terms
    FROM (SELECT *, kind <> 'opening' AND document_date > %(as_of)s - {WINDOW_DAYS} AS in_window
        FROM debits) AS d
    LEFT JOIN open o ON o.id = d.id GROUP BY 1
), limited AS MATERIALIZED (
    SELECT p.party_id, max(p.utilisation) AS utilisation FROM settlements_creditposition p
    WHERE p.limit_amount > 0 AND p.exposure IS NOT NULL GROUP BY 1
), broken AS MATERIALIZED (
    SELECT k.party_id, count(DISTINCT k.as_of) AS days FROM settlements_creditcheck k
    WHERE k.as_of > %(as_of)s - {WINDOW_DAYS} AND k.as_of <= %(as_of)s
      AND k.reasons @> ARRAY['over_limit']::varchar[] GROUP BY 1
), rated AS MATERIALIZED (
    SELECT DISTINCT ON (a.party_id) a.party_id, a.rating_points FROM settlements_creditapplication a
    WHERE a.rating_points IS NOT NULL AND a.rated_on <= %(as_of)s AND a.rating_expires > %(as_of)s
      AND a.state IN ('approved', 'submitted') ORDER BY a.party_id, a.rated_on DESC, a.id DESC
)"""
_DIVIDED = """
, inputs AS MATERIALIZED (
    SELECT t.party_id, c.code,
        round(b.late_sum / NULLIF(b.whole, 0), 12) AS dbt,
        round(b.recent_sum / NULLIF(b.recent_whole, 0), 12) AS dbt_recent,
        round(COALESCE(b.in_time, 0) / NULLIF(b.whole, 0), 12) AS on_time,
        round(b.worst / NULLIF(b.whole, 0), 12) AS worst,
        CASE WHEN b.balance IS NULL THEN 0
            ELSE round(COALESCE(b.severe, 0) / NULLIF(b.balance, 0), 12) END AS severe_share,
        t.paid_items::int AS paid_items, %(as_of)s::date - t.since AS history_days,
        l.utilisation,
        CASE WHEN l.party_id IS NOT NULL OR k.days > 0 THEN COALESCE(k.days, 0)::int END
            AS breaches,
        round(t.gross, 4) AS billed,
        CASE WHEN %(as_of)s::date - t.since >= 365 AND s.total > 0 THEN
            round(sqrt(greatest(s.squares / 12 - (s.total / 12) * (s.total / 12), 0))
                / (s.total / 12), 6) END AS volume_variation,
        %(as_of)s::date - t.since AS relationship_days,
        r.rating_points AS external,
        COALESCE(a.insolvent_since <= %(as_of)s, false) AS is_insolvent,
        round(CASE WHEN %(as_of)s::date - t.since >= 365 THEN t.gross / 12
            ELSE t.gross * 30 / greatest(%(as_of)s::date - t.since, 30) END, 4)
            AS monthly_billing,
        round(t.terms / NULLIF(t.gross, 0))::int AS term_days
    FROM trade t JOIN codes c ON c.party_id = t.party_id
    JOIN accounts_account a ON a.id = t.party_id
    LEFT JOIN behaviour b ON b.party_id = t.party_id
    LEFT JOIN steady s ON s.party_id = t.party_id
    LEFT JOIN limited l ON l.party_id = t.party_id
    LEFT JOIN broken k ON k.party_id = t.party_id
    LEFT JOIN rated r ON r.party_id = t.party_id
)"""
INPUTS = PIECES + _TRADE + _DIVIDED
"""Common tables that end with `inputs`: a row for every payer with debits."""


def input_parameters(rules: CreditSettings, *, as_of: date) -> dict[str, Any]:
    """Return what the statement takes."""
    base = base_currency()
    rates = rates_on(base, as_of)
    return parameters_of(rules, as_of=as_of) | {
        "base": base,
        "codes": list(rates),
        "code_rates": list(rates.values()),
        "grace": rules.grace_days,
        "weight": rules.stock_weight,
    }
