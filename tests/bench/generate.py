"""Fills PostgreSQL with as much as a large user has: a tree, products and revenue entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

FIRST_DAY = date(2023, 1, 1)
DAYS = 1096  # three years
NODES_PER_GROUP = 10  # a group, a banner, a legal entity and seven stores
CATEGORIES = 8


@dataclass(frozen=True)
class Size:
    """How many rows a run is about."""

    name: str
    accounts: int
    entries: int


SIZES = {"s": Size("s", 1_000, 1_000_000), "l": Size("l", 100_000, 10_000_000)}

_SOURCE = """
INSERT INTO imports_datasource (code, name, mappings, created_at, updated_at)
VALUES ('bench', 'bench', '{}', now(), now()) RETURNING id
"""
_BATCH = """
INSERT INTO imports_importbatch (kind, source_id, file, file_name, file_size, sha256, mapping,
    options, control_totals, state, summary, error, created_at)
VALUES ('sales', %s, '', '', 0, '', '{}', '{}', '{}', 'committed', '{}', '', now()) RETURNING id
"""
_CATEGORIES = """
INSERT INTO accounts_productcategory (code, name, created_at, updated_at)
SELECT 'C' || i, 'Category ' || i, now(), now() FROM generate_series(1, %s) AS i
"""
# Node i stands in group i / 10: 0 is the group, 1 its banner, 2 its legal entity, 3 to 9 stores.
_ACCOUNTS = """
INSERT INTO accounts_account (id, name, name_key, kind, status, country, region, channel, industry,
    path, lead_chain, current_group_id, current_parent_id, created_at, updated_at)
SELECT i, 'Account ' || i, 'account ' || i,
    (ARRAY['group', 'banner', 'legal_entity', 'store'])[least(i %% 10, 3) + 1], 'active',
    (ARRAY['FI', 'RO', 'CN', 'VN', 'SE', 'PL'])[(i / 10) %% 6 + 1], '',
    (ARRAY['hypermarket', 'supermarket', 'convenience', 'distributor'])[(i / 10) %% 4 + 1], '',
    CASE least(i %% 10, 3) WHEN 0 THEN ARRAY[g] WHEN 1 THEN ARRAY[g, g + 1]
        WHEN 2 THEN ARRAY[g, g + 1, g + 2] ELSE ARRAY[g, g + 1, g + 2, i] END,
    ARRAY[]::bigint[], g, CASE least(i %% 10, 3) WHEN 0 THEN NULL WHEN 1 THEN g
        WHEN 2 THEN g + 1 ELSE g + 2 END, now(), now()
FROM (SELECT i::bigint, (i / 10 * 10)::bigint AS g FROM generate_series(10, %s + 9) AS i) AS n
ORDER BY i
"""
_LINKS = """
INSERT INTO accounts_parentlink (account_id, parent_id, valid, created_at, updated_at)
SELECT id, current_parent_id, daterange(NULL, NULL), now(), now()
FROM accounts_account WHERE current_parent_id IS NOT NULL
"""
_IDENTIFIERS = """
INSERT INTO accounts_accountidentifier (account_id, system, value, created_at, updated_at)
SELECT id, 'bench', 'A' || id, now(), now() FROM accounts_account
"""
# Stores of low groups sell much more than those of high ones: a few customers bring the most.
_ENTRIES = """
INSERT INTO accounts_revenueentry (source_id, source_key, batch_id, account_id, booked_on,
    category_id, quantity, unit, net_amount, cost, currency_id, rate, base_amount)
SELECT %(source)s, 'k' || lpad(i::text, 9, '0'), %(batch)s, %(first)s + 10 * group_no + 3 + i %% 7,
    %(day)s::date + (random() * %(days)s)::int %% %(days)s,
    %(category)s + (random() * 97)::int %% %(categories)s, 1 + i %% 40, 'pcs',
    amount, round(amount * (0.5 + (i %% 40) / 100.0), 4), 'EUR', 1, amount
FROM (SELECT i, group_no, round((random() * 2000 / (1 + group_no %% 997))::numeric, 4) AS amount
      FROM (SELECT i, (%(groups)s * random() ^ 2)::int %% %(groups)s AS group_no
            FROM generate_series(%(from)s, %(to)s) AS i) AS drawn) AS line
"""


def fill(size: Size) -> None:
    """Write accounts and entries past the triggers, then let the database derive the rest."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_SOURCE)
        source = cursor.fetchone()[0]
        cursor.execute(_BATCH, [source])
        batch = cursor.fetchone()[0]
        cursor.execute(_CATEGORIES, [CATEGORIES])
        cursor.execute(_ACCOUNTS, [size.accounts])
        cursor.execute("SELECT setval('accounts_account_id_seq', max(id)) FROM accounts_account")
        cursor.execute(_LINKS)
        cursor.execute(_IDENTIFIERS)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(
            "INSERT INTO accounts_groupperiod (account_id, group_id, valid) SELECT * FROM"
            " accounts_group_periods((SELECT array_agg(id) FROM accounts_account))"
        )
    write_entries(size, source=source, batch=batch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_roll_up(NULL)")
        cursor.execute("VACUUM ANALYZE")


def write_entries(size: Size, *, source: int, batch: int) -> None:
    """Write entries without their indexes, which are made again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'accounts_revenueentry' AND indexname LIKE 'revenue_entry_account%'"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT min(id) FROM accounts_productcategory")
        category = cursor.fetchone()[0]
        parameters = {
            "source": source,
            "batch": batch,
            "first": 10,
            "day": FIRST_DAY,
            "days": DAYS,
            "category": category,
            "categories": CATEGORIES,
            "groups": size.accounts // NODES_PER_GROUP,
            "from": 1,
            "to": size.entries,
        }
        cursor.execute(_ENTRIES, parameters)
        cursor.execute("SET session_replication_role = origin")
        for _name, definition in indexes:
            cursor.execute(definition)


def sales_rows(rows: int, accounts: int) -> str:
    """SQL of a sales file's rows, as the import benchmark writes and bare COPY loads them."""
    groups = accounts // NODES_PER_GROUP
    return f"""
        SELECT 'N' || i AS source_key, 'A' || (10 + 10 * (i % {groups}) + 3 + i % 7) AS account,
            date '2026-01-01' + i % 300 AS date, 'P' || i % 400 AS product,
            'Category ' || i % 8 AS category, 1 + i % 40 AS quantity, 'pcs' AS unit,
            round((i % 100000)::numeric / 7, 2) AS net_amount, 'EUR' AS currency
        FROM generate_series(1, {rows}) AS i
    """
