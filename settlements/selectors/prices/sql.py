"""Prices for joining in SQL of volume: whose price holds when, in which unit, from how many on."""

from __future__ import annotations

_CANDIDATES = """
price_candidates AS MATERIALIZED (
    SELECT a.id AS account_id, p.id AS price_id, p.account_id AS of_account_id, p.product_id,
        p.currency_id, p.unit, p.valid * %(price_span)s::daterange AS valid,
        rank() OVER (PARTITION BY a.id, p.product_id, p.currency_id
            ORDER BY array_position(a.path, p.account_id) DESC, p.unit <> '', p.unit) AS place
    FROM accounts_account a JOIN settlements_accountprice p ON p.account_id = ANY(a.path)
    WHERE a.id IN ({accounts}) AND p.product_id IN ({products})
      AND p.valid && %(price_span)s::daterange
)"""
# From each candidate the days are taken on which a nearer one holds.
_NEAREST = """
price_nearest AS (
    SELECT account_id, price_id, of_account_id, product_id, currency_id, unit,
        unnest(datemultirange(valid) - COALESCE(range_agg(valid) OVER (
            PARTITION BY account_id, product_id, currency_id ORDER BY place
            GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), '{{}}'::datemultirange)) AS valid
    FROM price_candidates
)"""
# The units as the account means them with whom the price was agreed.
_UNITS = """
price_units AS MATERIALIZED (
    SELECT w.of_account_id, u.product_id, u.code, u.numerator, u.denominator,
        unnest(datemultirange(u.valid) - COALESCE(range_agg(u.valid) OVER (
            PARTITION BY w.of_account_id, u.product_id, u.code
            ORDER BY COALESCE(array_position(a.path, u.account_id), 0) DESC
            GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), '{{}}'::datemultirange)) AS valid
    FROM (SELECT DISTINCT of_account_id, product_id, unit FROM price_candidates
          WHERE unit <> '') AS w
    JOIN accounts_account a ON a.id = w.of_account_id
    JOIN settlements_productunit u ON u.product_id = w.product_id AND u.code = w.unit
        AND (u.account_id IS NULL OR u.account_id = ANY(a.path))
)"""
_BREAKS = """
price_steps AS (
    SELECT b.price_id, b.from_quantity, b.amount,
        lead(b.from_quantity) OVER (PARTITION BY b.price_id ORDER BY b.from_quantity)
            AS to_quantity
    FROM settlements_pricebreak b WHERE b.price_id IN (SELECT price_id FROM price_candidates)
)"""
_PRICES = """
prices AS (
    SELECT n.account_id, n.product_id, n.currency_id, n.price_id, n.of_account_id, n.unit,
        COALESCE(u.numerator, 1) AS numerator, COALESCE(u.denominator, 1) AS denominator,
        CASE WHEN n.unit = '' THEN n.valid ELSE n.valid * u.valid END AS valid,
        s.from_quantity, s.to_quantity, s.amount
    FROM price_nearest n JOIN price_steps s ON s.price_id = n.price_id
    LEFT JOIN price_units u ON u.of_account_id = n.of_account_id
        AND u.product_id = n.product_id AND u.code = n.unit AND u.valid && n.valid
    WHERE n.unit = '' OR u.code IS NOT NULL
)"""

BREAK_REACHED = """
    abs({quantity}) * {prices}.denominator >= {prices}.from_quantity * {prices}.numerator
    AND ({prices}.to_quantity IS NULL
         OR abs({quantity}) * {prices}.denominator < {prices}.to_quantity * {prices}.numerator)"""
"""Whether a quantity of base units has the price of a row of `prices`; fill in both names."""

LINE_AMOUNT = "round({prices}.amount * {quantity} * {prices}.denominator / {prices}.numerator, 4)"
"""What that many base units cost by a row of `prices`."""


def price_ctes(*, accounts: str, products: str) -> str:
    """Return common table expressions that end in `prices`, to stand after WITH.

    `accounts` and `products` are subqueries (or lists) of ids; the parameter `price_span` is the
    period, as a date range. A row of `prices` is one break of the price that holds for an account
    and a product in a currency on the days `valid`: the nearest up today's path; of several units
    at one account that of the base unit, else the first by name. Rows of one account, product and
    currency never share a day and a quantity, so that a join on them doubles nothing::

        WITH {price_ctes(accounts="SELECT account_id FROM lines",
                         products="SELECT product_id FROM lines")}
        SELECT … FROM lines l LEFT JOIN prices p ON p.account_id = l.account_id
            AND p.product_id = l.product_id AND p.currency_id = l.currency_id
            AND p.valid @> l.day AND {BREAK_REACHED.format(prices="p", quantity="l.quantity")}
    """
    parts = (_CANDIDATES, _NEAREST, _UNITS, _BREAKS, _PRICES)
    return ",".join(parts).format(accounts=accounts, products=products)
