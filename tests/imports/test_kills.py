"""An import whose process is killed at any moment has happened as a whole or not at all."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from accounts.models import Account, GroupMonth, RevenueEntry, RevenueMonth
from kam.imports.choices import BatchState
from kam.imports.models import ImportBatch
from tests.factories.accounts import make_account

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = 20_000
KILLS = 100 if os.environ.get("KAM_SOAK") else 4


def database_url() -> str:
    """The test database, for another process."""
    whole = urlsplit(settings.DATABASE_URL)
    return urlunsplit(whole._replace(path=f"/{connection.settings_dict['NAME']}"))


def start(path: Path, media: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": database_url(), "KAM_MEDIA": str(media)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_file", "sales", str(path), "--create-accounts"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def write_sales(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("account,date,product,category,net_amount\n")
        for number in range(ROWS):
            file.write(f"C{number % 50},2026-{number % 12 + 1:02}-05,P{number % 9},Dairy,1.25\n")


def rolled_up(model: Any) -> Any:
    return model.objects.aggregate(total=Sum("net_amount"))["total"] or 0


def test_killed_imports_leave_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    write_sales(path)
    make_account(name="C0")
    chance = random.Random(1)
    for _kill in range(KILLS):
        process = start(path, tmp_path / "media")
        time.sleep(chance.uniform(2.0, 6.0))
        process.kill()
        process.wait(30)
        lines = RevenueEntry.objects.count()
        assert lines in {0, ROWS}
        assert Account.objects.count() == (50 if lines else 1)
        assert rolled_up(RevenueMonth) == rolled_up(GroupMonth) == lines * 5 // 4
    finished = start(path, tmp_path / "media")
    assert finished.wait(120) == 0
    assert (RevenueEntry.objects.count(), Account.objects.count()) == (ROWS, 50)
    committed = ImportBatch.objects.filter(state=BatchState.COMMITTED)
    assert [batch.created for batch in committed.order_by("pk") if batch.created] == [ROWS]
