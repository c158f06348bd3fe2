"""A database made quickly is the one that Django makes as delivered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
_MAKE = """
import django
from django.core.management import call_command
from django.db import connection
import kam.core.migrating as quick
if {slow}:
    quick.render_only_what_changes = lambda: None
django.setup()
connection.settings_dict["NAME"] = "{name}"
call_command("migrate", verbosity=0, interactive=False)
"""
_CATALOGUE = (
    (
        "SELECT table_name, column_name, udt_name, is_nullable, column_default,"
        " character_maximum_length, numeric_precision, numeric_scale, generation_expression"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    ),
    (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
    ),
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    (
        "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE NOT tgisinternal"
    ),
    "SELECT app, name FROM django_migrations",
)


@contextmanager
def made(name: str, *, slow: bool) -> Iterator[set[tuple[Any, ...]]]:
    """What the catalogues say of a database of that name, made for this and dropped again."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            code = _MAKE.format(slow=slow, name=name)
            environment = {"DJANGO_SETTINGS_MODULE": "kam.settings"}
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env={**os.environ, **environment},
                check=True,
            )
            parameters = {**connection.get_connection_params(), "dbname": name}
            for key in ("cursor_factory", "context", "prepare_threshold"):
                parameters.pop(key, None)
            with psycopg.connect(**parameters) as other:
                yield {row for query in _CATALOGUE for row in other.execute(query).fetchall()}
        finally:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.soak
@pytest.mark.skipif("KAM_SOAK" not in os.environ, reason="minutes long: `make soak`")
@pytest.mark.django_db
def test_the_schema_is_the_one_that_django_makes() -> None:
    with made("kam_made_quick", slow=False) as quick, made("kam_made_slow", slow=True) as slow:
        assert quick == slow
        assert len(quick) > 1000
