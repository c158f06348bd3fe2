"""A pytest plugin that starts the embedded PostgreSQL for the run, in a home of the tests' own."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("KAM_HOME", str(ROOT / ".kam" / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")


def pytest_load_initial_conftests() -> None:
    from kam import embedded

    if embedded.uses_embedded_postgres():
        embedded.ensure_postgres()
