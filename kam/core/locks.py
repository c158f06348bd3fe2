"""Locks by name, for what no row stands for: PostgreSQL's advisory locks."""

from __future__ import annotations

from django.db import connection

LOCK_SPACE = 0x6B616D  # "kam": keeps our advisory locks apart from others' in the database
_NAMES_SPACE = LOCK_SPACE + 1  # names apart from the numbers of job runs


def lock_names(*names: str, shared: bool = False) -> None:
    """Hold a lock on each name until the transaction ends, taken in one order by everybody.

    Shared, it keeps away only who wants the name alone. Names that share a hash share a lock,
    which costs only time.
    """
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {lock}(%s, key) FROM ("
            " SELECT DISTINCT hashtext(name) AS key FROM unnest(%s::text[]) AS name ORDER BY 1"
            ") AS keys",
            [_NAMES_SPACE, list(names)],
        )
