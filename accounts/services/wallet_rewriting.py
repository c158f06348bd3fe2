"""The one way past the database's refusal to change wallet estimates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from accounts.models.wallet_triggers import REWRITE_SETTING


@contextmanager
def rewriting_wallets() -> Iterator[None]:
    """Inside a transaction: let estimates follow what was merged, or go with their import.

    Nothing else may use it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [REWRITE_SETTING])
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT set_config(%s, 'off', true)", [REWRITE_SETTING])
