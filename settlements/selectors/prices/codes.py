"""Which product is meant by a code: the account's own, a trade item number, or ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Account
from settlements.models import AccountProductCode


class CodeKind(StrEnum):
    """By what a product was recognised."""

    THEIRS = "theirs"
    THEIR_GTIN = "their_gtin"
    GTIN = "gtin"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class ProductMatch:
    """A product and the unit that the code stands for; empty is its base unit."""

    product_id: int
    unit: str
    kind: CodeKind


def codes_of(account: Account, *, day: date | None = None) -> QuerySet[AccountProductCode]:
    """Return the codes that hold for an account: its own and those of accounts above it.

    Of a day, or of all days.
    """
    rows = AccountProductCode.objects.filter(account__in=account.path)
    return rows if day is None else rows.at(day)


_SHORTEST = """CASE WHEN w.code !~ '^([0-9]{{8}}|[0-9]{{12,14}})$' THEN NULL
        WHEN lpad(w.code, 14, '0') LIKE '000000%%' THEN right(lpad(w.code, 14, '0'), 8)
        WHEN lpad(w.code, 14, '0') LIKE '0%%' THEN right(lpad(w.code, 14, '0'), 13)
        ELSE w.code END"""

CODE_MATCHES = f"""
SELECT w.account_id, w.code, w.day, m.product_id, m.unit, m.kind
FROM (SELECT *, {_SHORTEST} AS gtin FROM {{wanted}} AS w) AS w
JOIN accounts_account a ON a.id = w.account_id
JOIN LATERAL (
    SELECT c.product_id, c.unit, 'theirs' AS kind, 1 AS place,
        array_position(a.path, c.account_id) AS depth
    FROM settlements_accountproductcode c
    WHERE c.account_id = ANY(a.path) AND upper(c.code) = upper(w.code) AND c.valid @> w.day
    UNION ALL
    SELECT c.product_id, c.unit, 'their_gtin', 2, array_position(a.path, c.account_id)
    FROM settlements_accountproductcode c
    WHERE c.account_id = ANY(a.path) AND c.gtin <> '' AND c.gtin = w.gtin AND c.valid @> w.day
    UNION ALL
    SELECT u.product_id, CASE WHEN upper(u.code) = upper(COALESCE(NULLIF(p.unit, ''), 'piece'))
            THEN '' ELSE u.code END, 'gtin', 3, 0
    FROM settlements_productunit u JOIN accounts_product p ON p.id = u.product_id
    WHERE u.gtin <> '' AND u.gtin = w.gtin AND u.valid @> w.day
      AND (u.account_id IS NULL OR u.account_id = ANY(a.path))
    UNION ALL
    SELECT p.id, '', 'ours', 4, 0 FROM accounts_product p WHERE p.code = w.code
    ORDER BY place, depth DESC LIMIT 1
) AS m ON true
"""
"""For joining: the product of each row of a relation `wanted` (account_id, code, day as date)."""

_WANTED = """(SELECT %(account)s::bigint AS account_id, code, %(day)s::date AS day
    FROM unnest(%(codes)s::text[]) AS code)"""


def product_by_code(account: Account, code: str, *, day: date) -> ProductMatch | None:
    """Return the product that an account means by a code; None where nothing is known by it.

    Its own code, or of an account above it (the nearest), without regard to capitals; then the
    GTIN of such a code; then the GTIN of a product's unit; then our own code, written exactly.
    Leading zeros count, except those of a GTIN.
    """
    return products_by_code(account, [code], day=day).get(code.strip())


def products_by_code(
    account: Account, codes: Iterable[str], *, day: date
) -> dict[str, ProductMatch]:
    """Return the same for many codes, in one statement; what is not known is left out."""
    parameters: dict[str, Any] = {
        "account": account.pk,
        "day": day,
        "codes": sorted({code.strip() for code in codes}),
    }
    with connection.cursor() as cursor:
        cursor.execute(CODE_MATCHES.format(wanted=_WANTED), parameters)
        return {
            code: ProductMatch(product_id, unit, CodeKind(kind))
            for _account, code, _day, product_id, unit, kind in cursor.fetchall()
        }
