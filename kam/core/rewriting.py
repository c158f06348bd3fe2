"""The one way past what a trigger refuses: for merges, undone imports, clearing the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def rewriting(setting: str) -> Iterator[None]:
    """Inside a transaction: switch a trigger's refusal off by its setting, and on again after.

    Each setting has one named function that calls this; nothing else may.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [setting])
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT set_config(%s, 'off', true)", [setting])
