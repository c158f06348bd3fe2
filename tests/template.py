"""A database with all migrations applied, kept between runs: each run starts from a copy of it.

Its name holds a digest of every migration file, so a changed one makes another template.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection

PREFIX = "kam_template_"
KEPT = 4
_LOCK = 7_037_299


def ensure_template(cursor: Any) -> str:
    """Return the name of the template of the migrations as they stand; make it if it is missing.

    Two runs that start together make it once. Only the newest few are kept. `cursor` is one of
    the server's own database.
    """
    name = f"{PREFIX}{_digest()}"
    cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            _make(cursor, name)
            _forget_old(cursor, name)
    finally:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return name


def _digest() -> str:
    found = hashlib.sha256(django.__version__.encode())
    for config in sorted(apps.get_app_configs(), key=lambda one: one.name):
        for file in sorted((Path(config.path) / "migrations").glob("*.py")):
            found.update(f"{config.name}/{file.name}\n".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _make(cursor: Any, name: str) -> None:
    """Migrate a database of another name first: one that is half made is never a template."""
    draft = f"{PREFIX}new_{os.getpid()}"
    cursor.execute(f'DROP DATABASE IF EXISTS "{draft}"')
    cursor.execute(f'CREATE DATABASE "{draft}"')
    former = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = draft
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former
    cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def _forget_old(cursor: Any, name: str) -> None:
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s"
        " ORDER BY oid DESC OFFSET %s",
        [PREFIX, name, KEPT - 1],
    )
    for (old,) in cursor.fetchall():
        with suppress(OperationalError):  # somebody copies it just now: the next run's turn
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
