"""Emptying the database after a test with real commits: what has no rows is left alone.

Django truncates every table, of which there are some seven hundred with their history, and then
writes content types and permissions anew, which are rows about the code and the same for each test.
"""

from __future__ import annotations

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

ABOUT_THE_CODE = {"django_content_type", "auth_permission"}
PATIENCE = 60.0
HOLDERS = """
SELECT pid, state, left(query, 200) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


class LeakedTransactionError(Exception):
    """A test has ended, and a transaction that it began has not."""


def empty_what_has_rows() -> None:
    """Patch Django's test case, once. A database user who may not pass over triggers keeps
    Django's own way."""
    whole = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW is_superuser")
            (may,) = cursor.fetchone()
        if may == "on":
            empty()
        else:
            whole(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


def empty(patience: float = PATIENCE) -> None:
    """Delete without asking triggers and keys: nothing is left that could miss anything.

    The lock waits for what threads of the test still write, as TRUNCATE would; after so many
    seconds it raises LeakedTransactionError, which says what the others did last.
    """
    try:
        _delete(patience)
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        raise LeakedTransactionError(
            f"Tables are still locked after {patience:g} seconds by one of: {_holders()}"
        ) from error


def _holders() -> str:
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS)
        return "; ".join(f"{pid} ({state}) {query}" for pid, state, query in cursor.fetchall())


def _delete(patience: float) -> None:
    tables = set(connection.introspection.django_table_names()) - ABOUT_THE_CODE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"SET LOCAL lock_timeout = '{patience * 1000:.0f}ms'")
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)"
            " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0",
            [sorted(tables)],
        )
        names = [name for (name,) in cursor.fetchall()]
        if names:
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in names))
