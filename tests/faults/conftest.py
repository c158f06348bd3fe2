"""A whole kam to kill: it starts with a database that is migrated already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django
from django.db import connection

from tests.faults.stack import Stack, dump_of, running
from tests.template import ensure_template


@pytest.fixture(scope="session")
def migrated(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Path:
    """SQL of a database with all migrations applied; from nothing starts `test_journey`."""
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        template = ensure_template(cursor)
    return dump_of(template, tmp_path_factory.mktemp("stack") / "migrated.sql")


@pytest.fixture(scope="package")
def stack(migrated: Path) -> Iterator[Stack]:
    """One for all tests of the package: each leaves it as whole as it was."""
    with running(migrated) as whole:
        yield whole
