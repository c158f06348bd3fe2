"""A million contacts with their people, notes and words, written by sets; leads for the groups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from interactions.models import Interaction
from kam.identity.choices import Role
from kam.identity.models import User
from tests.bench.generate import NODES_PER_GROUP, Size

CONTACTS = {"s": 100_000, "l": 1_000_000}
LAST = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAYS = 730
MANAGERS = 50
COMMON, RARE = "delivery", "kaleidoscope"
TEXTS = 1_000
# Each text is some words of five languages; one in five says the common word, one all of them
# has the rare one. Twice as many words in the text as in the line.
_TEXTS = f"""
CREATE TEMP TABLE bench_texts ON COMMIT DROP AS
SELECT i, initcap(said.line) AS summary, said.text AS body,
    interactions_words(said.line, said.text) AS words
FROM (
    SELECT i, concat_ws(' ', CASE WHEN i %% 5 = 0 THEN '{COMMON}' END,
            CASE WHEN i = 7 THEN '{RARE}' END, pg_temp.said(i, 1, 4)) AS line,
        pg_temp.said(i, 5, 18) AS text
    FROM generate_series(0, {TEXTS - 1}) AS i
) AS said
"""
_TEXT = (
    "kaupan hyllyt toimitus hinta kampanja asiakkaan tilaus laatu sopimus ostaja pakkaus"
    " reklamaatio prices shelf campaign order quality contract buyer package complaint visit"
    " promotion margin preț raft livrare comandă calitate contractul cumpărător ambalaj"
    " reclamație vizită promoție đơn hàng giá kệ giao chất lượng hợp đồng khách bao bì khiếu nại"
    " 货架陈列 促销价签 年度合同 客户拜访 质量问题 订单确认 包装更换 价格谈判"
)
_WORDS = _TEXT.split()
_SAID = f"""
CREATE FUNCTION pg_temp.said(i int, first int, last int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(('{{{",".join(_WORDS)}}}'::text[])[
        1 + abs(hashint4(i * 64 + n)::bigint) %% {len(_WORDS)}], ' ' ORDER BY n)
    FROM generate_series(first, last) AS n
$$
"""
# Contact i lies i-th in time, its minutes say which text it has; accounts are drawn, those of low
# groups more often.
_CONTACTS = f"""
INSERT INTO interactions_interaction (account_id, kind, direction, occurred_at, occurred_on,
    minutes, summary, text, is_confidential, author_id, source, source_key, created_at, updated_at)
SELECT account, (ARRAY['call', 'visit', 'meeting', 'email'])[1 + drawn.i %% 4],
    (ARRAY['two_way', 'two_way', 'two_way', 'outbound'])[1 + drawn.i / 4 %% 4], at, at::date,
    1 + t.i,
    t.summary, t.body, drawn.i %% 50 = 0,
    (%(users)s::bigint[])[1 + account / {NODES_PER_GROUP} %% {MANAGERS}],
    'typed', '', at, at
FROM (SELECT i,
        %(last)s::timestamptz - interval '1 day' * {DAYS} * ((%(count)s - i)::float8 / %(count)s)
            AS at,
        10 + i %% 10 + {NODES_PER_GROUP} * ((%(groups)s * random() ^ 2)::int %% %(groups)s)
            AS account,
        (random() * 99991)::int %% {TEXTS} AS text
    FROM generate_series(1, %(count)s) AS i OFFSET 0) AS drawn
JOIN bench_texts t ON t.i = drawn.text
ORDER BY drawn.i
"""
_NOTES = """
INSERT INTO interactions_note (interaction_id, kind, text, created_at, updated_at)
SELECT id, 'market', summary, created_at, created_at FROM interactions_interaction
WHERE id %% 3 = 0
"""
_SEARCHED = """
INSERT INTO interactions_searchtext (kind, object_id, account_id, author_id, is_confidential,
    occurred_at, words)
SELECT 'contact', c.id, c.account_id, c.author_id, c.is_confidential, c.occurred_at, t.words
FROM interactions_interaction c JOIN bench_texts t ON t.i = c.minutes - 1
ORDER BY c.id
"""
# One buyer at every group and store; two thirds of the contacts are with the one at the account.
_PEOPLE = """
INSERT INTO accounts_person (name, name_key, email, phone, language, created_at, updated_at)
SELECT 'Buyer ' || id, 'buyer ' || id, '', '', '', now(), now() FROM accounts_account
ORDER BY id
"""
_POSITIONS = """
INSERT INTO accounts_position (account_id, person_id, title, function, roles, valid, created_at,
    updated_at)
SELECT a.id, p.id, '', (ARRAY['merchandising', 'operations', 'marketing'])[1 + a.id %% 3], '{}',
    daterange('2020-01-01', NULL), now(), now()
FROM accounts_account a JOIN accounts_person p ON p.name = 'Buyer ' || a.id
ORDER BY a.id
"""
_PARTICIPANTS = """
INSERT INTO interactions_participant (interaction_id, position_id)
SELECT c.id, p.id FROM interactions_interaction c
JOIN accounts_position p ON p.account_id = c.account_id WHERE c.id %% 3 > 0 ORDER BY c.id
"""
_LEADS = f"""
UPDATE accounts_account SET
    current_lead_id = (%(users)s::bigint[])[1 + id / {NODES_PER_GROUP} %% {MANAGERS}],
    lead_chain = ARRAY[(%(users)s::bigint[])[1 + id / {NODES_PER_GROUP} %% {MANAGERS}]]
"""
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes i
WHERE tablename = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM pg_constraint WHERE conname = i.indexname)
"""
TABLES = ("interactions_interaction", "interactions_searchtext", "interactions_participant")


def make_contacts(count: int, size: Size) -> list[User]:
    """Write as many contacts, once in a run; return the managers who lead the groups by turns."""
    users = _managers()
    if not Interaction.objects.exists():
        with transaction.atomic(), connection.cursor() as cursor:
            _write(cursor, count, size, users)
        with connection.cursor() as cursor:
            tables = "accounts_account, accounts_position, interactions_note"
            cursor.execute(f"VACUUM ANALYZE {tables}, {', '.join(TABLES)}")
    return users


def _write(cursor: Any, count: int, size: Size, users: list[User]) -> None:
    """Write past the triggers and without indexes, which are made again afterwards."""
    cursor.execute(_SAID % ())
    cursor.execute(_TEXTS % ())
    cursor.execute(_INDEXES, [list(TABLES)])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute("SET LOCAL session_replication_role = replica")
    facts = {
        "users": [user.pk for user in users],
        "last": LAST,
        "count": count,
        "groups": size.accounts // NODES_PER_GROUP,
    }
    for statement in (_LEADS, _PEOPLE, _POSITIONS, _CONTACTS, _NOTES, _SEARCHED, _PARTICIPANTS):
        cursor.execute(statement, facts)
        cursor.execute("ANALYZE bench_texts, accounts_person, accounts_position")
        cursor.execute("ANALYZE interactions_interaction")
    for _name, definition in indexes:
        cursor.execute(definition)


def _managers() -> list[User]:
    found = list(User.objects.filter(email__startswith="manager").order_by("pk"))
    return found or [
        User.objects.create_user(
            f"manager{number}@kam.test", "-", full_name=f"M {number}", roles=[Role.ACCOUNT_MANAGER]
        )
        for number in range(MANAGERS)
    ]
