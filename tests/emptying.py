"""Emptying the database after a test with real commits: what has no rows is left alone.

Django truncates every table, of which there are some seven hundred with their history, and then
writes content types and permissions anew, which are rows about the code and the same for each test.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.test import TransactionTestCase

ABOUT_THE_CODE = {"django_content_type", "auth_permission"}


def empty_what_has_rows() -> None:
    """Patch Django's test case, once. A database user who may not pass over triggers keeps
    Django's own way."""
    whole = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW is_superuser")
            (may,) = cursor.fetchone()
        if may == "on":
            _empty()
        else:
            whole(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


def _empty() -> None:
    """Delete without asking triggers and keys: nothing is left that could miss anything.

    The lock waits for what threads of the test still write, as TRUNCATE would.
    """
    tables = set(connection.introspection.django_table_names()) - ABOUT_THE_CODE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)"
            " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0",
            [sorted(tables)],
        )
        names = [name for (name,) in cursor.fetchall()]
        if names:
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in names))
