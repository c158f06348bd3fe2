"""What was sold and is not in the ledger yet, as components of exposure.

Statements that wait count with what they say. Accepted reports that no statement rests on yet count
with an estimate that is not below what their statement will say, but for a higher volume price:
consigned goods at the price of the last day with tax, a turnover less the lowest rate of its
deduction, or that of its payment medium, and less the coupons that we pay; fees, shrink and
guarantees are left out, as are goods that have no price and sales that no terms in force settle.
"""

from __future__ import annotations

from settlements.querysets.terms import APPROVED
from settlements.selectors.credit.components import Source, exposure_components
from settlements.selectors.prices import BREAK_REACHED, LINE_AMOUNT, price_ctes
from settlements.selectors.settling.jobs import OUR_COUPONS

_PAYER = """COALESCE((
        SELECT e.id FROM accounts_account e
        WHERE e.id = ANY(a.path) AND e.kind = 'legal_entity'
        ORDER BY array_position(a.path, e.id) DESC LIMIT 1
    ), a.id)"""
_COMPONENT = "CASE {} WHEN 'sell_through' THEN 'sold_not_stated' ELSE 'held_by_retailer' END"
_WAITING = f"""
SELECT {_PAYER}, s.currency_id, {_COMPONENT.format("s.kind")}, s.payable
FROM settlements_settlementstatement s
JOIN accounts_account a ON a.id = COALESCE(s.store_id, s.account_id)
WHERE s.state <> 'cancelled' AND s.taken_back_on IS NULL
  AND lower(s.period) <= %(as_of)s
  AND (s.posted_on IS NULL OR s.posted_on > %(as_of)s) {{only}}
"""
_KNOWN = f"""
SELECT DISTINCT {_COMPONENT.format("s.kind")}
FROM settlements_settlementstatement s WHERE lower(s.period) <= %(as_of)s
"""
_OURS = " ".join(f"WHEN '{bearer}' THEN {share}" for bearer, share in OUR_COUPONS.items())
# Sums of reports of the last year that no statement rests on, by the term that will settle them.
_UNSTATED = f"""
unstated AS MATERIALIZED (
    SELECT k.id, k.store_id, k.product_id, k.currency_id, k.last_day, k.sold - k.returned AS pieces,
        COALESCE(k.sales, 0) + COALESCE(k.returns, 0) AS turnover, t.settlement_basis AS basis,
        1 + COALESCE(k.tax_rate, t.tax_rate, 0) / 100 AS with_tax,
        COALESCE(k.coupons, 0) AS coupons, t.is_after_coupons,
        CASE t.coupon_bearer {_OURS} END / 100.0 AS ours,
        CASE WHEN m.id IS NOT NULL THEN COALESCE(m.percent, 0) ELSE COALESCE(LEAST(
            (SELECT min(b.rate) FROM settlements_rateband b
                WHERE b.schedule_id = t.deduction_schedule_id), t.deduction_percent,
            (SELECT g.excess_rate FROM settlements_minimumguarantee g WHERE g.term_id = t.id)
        ), 0) END / 100 AS deducted
    FROM settlements_salesreportsum k
    JOIN settlements_salesreport r ON r.id = k.report_id AND r.state = 'accepted'
    JOIN accounts_account a ON a.id = k.store_id
    LEFT JOIN accounts_product p ON p.id = k.product_id
    JOIN LATERAL (
        SELECT t.* FROM settlements_settlementterm t
        JOIN settlements_agreementversion v ON v.id = t.version_id
        JOIN settlements_tradingagreement g ON g.id = v.agreement_id
        WHERE g.account_id = ANY(a.path) AND g.selling_company_id = r.selling_company_id
          AND v.state IN ({", ".join(f"'{state.value}'" for state in APPROVED)})
          AND v.valid @> k.last_day
          AND t.settlement_basis = CASE r.kind WHEN 'sell_through' THEN 'sold_net'
              ELSE 'turnover_net' END
          AND (t.category_id IS NULL OR t.category_id = COALESCE(k.category_id, p.category_id))
        ORDER BY array_position(a.path, g.account_id) DESC, t.category_id NULLS LAST LIMIT 1
    ) AS t ON true
    LEFT JOIN settlements_mediumrule m ON m.term_id = t.id AND m.medium = k.payment_medium
    WHERE k.last_day <= %(as_of)s AND k.last_day > %(as_of)s::date - 366 {{only}}
      AND NOT EXISTS (
        SELECT 1 FROM settlements_statementreport x
        JOIN settlements_settlementstatement s ON s.id = x.statement_id
        JOIN settlements_settlementterm o ON o.id = s.term_id
        WHERE x.report_id = k.report_id AND s.state <> 'cancelled' AND s.taken_back_on IS NULL
          AND s.period @> k.last_day AND o.category_id IS NOT DISTINCT FROM t.category_id
          AND (s.store_id IS NULL OR s.store_id = ANY(a.path)))
)"""
_PRICES = price_ctes(
    accounts="SELECT store_id FROM unstated WHERE basis = 'sold_net'",
    products="SELECT product_id FROM unstated WHERE basis = 'sold_net'",
).replace("%(price_span)s", "daterange(NULL, %(as_of)s, '[]')")
_AMOUNT = LINE_AMOUNT.format(prices="p", quantity="u.pieces")
_REPORTED = f"""
WITH {_UNSTATED}, {_PRICES.replace("{", "{{").replace("}", "}}")}
SELECT {_PAYER}, u.currency_id,
    CASE u.basis WHEN 'sold_net' THEN 'sold_not_stated' ELSE 'held_by_retailer' END,
    round(COALESCE(CASE u.basis WHEN 'sold_net' THEN {_AMOUNT} * u.with_tax
        ELSE u.turnover - u.ours * u.coupons - u.deducted
            * (u.turnover - CASE WHEN u.is_after_coupons THEN u.coupons ELSE 0 END) END, 0), 4)
FROM unstated u JOIN accounts_account a ON a.id = u.store_id
LEFT JOIN prices p ON u.basis = 'sold_net' AND p.account_id = u.store_id
    AND p.product_id = u.product_id AND p.currency_id = u.currency_id AND p.valid @> u.last_day
    AND {BREAK_REACHED.format(prices="p", quantity="u.pieces")}
"""
_REPORTS_KNOWN = f"""
SELECT DISTINCT {_COMPONENT.format("r.kind")} FROM settlements_salesreport r
WHERE r.state = 'accepted' AND lower(r.period) <= %(as_of)s
"""


def register() -> None:
    """Register what statements and reports say that is in no document yet."""
    exposure_components.register(
        Source(
            key="settlement-statements",
            sql=_WAITING,
            column="COALESCE(s.store_id, s.account_id)",
            known=_KNOWN,
            order=45,
        ),
        Source(
            key="sales-reports",
            sql=_REPORTED,
            column="k.store_id",
            known=_REPORTS_KNOWN,
            order=46,
        ),
    )
