"""A sales file of a million lines in, against a bare COPY of the same lines into one bare table."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.bench.generate import Size, sales_rows
from tests.bench.measure import Report, best, seconds

LINES = 1_000_000
BOUND = 25
_BARE = """
CREATE TABLE bench_bare (source_key text, account text, date date, product text, category text,
    quantity numeric, unit text, net_amount numeric, currency text)
"""
_COLUMNS = "source_key, account, date, product, category, quantity, unit, net_amount, currency"
MAPPING = {"source": "bench import", "columns": {name: name for name in _COLUMNS.split(", ")}}


def run(report: Report, size: Size) -> None:
    """Import once, say where the time goes, and once more, which must change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        _write(path, size)
        report.note(f"{LINES:,} lines, {path.stat().st_size / 2**20:,.0f} MiB")
        bare = best(lambda: _bare_copy(path))
        report.note(f"bare COPY into an unindexed table: {bare:.2f} s")
        mapping = Path(folder) / "mapping.json"
        mapping.write_text(json.dumps(MAPPING), encoding="utf-8")
        first = _timed(report, path, mapping)
        report.judge(
            "import of sales ÷ bare COPY", first["seconds"] / bare, BOUND, " × a bare COPY"
        )
        assert first["created"] == LINES
        again = _timed(report, path, mapping)
        assert again["unchanged"] == LINES
        report.note(f"the same file again, nothing to do: {again['seconds'] / bare:.1f} × bare")
        report.judge("memory of an import", _memory(path), 500, " MiB")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare")


def _write(path: Path, size: Size) -> None:
    with connection.cursor() as cursor, path.open("wb") as file:
        rows = sales_rows(LINES, size.accounts)
        with cursor.copy(f"COPY ({rows}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                file.write(block)


def _bare_copy(path: Path) -> None:
    """Fill a table without any index; the file is not even looked at."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        cursor.execute(_BARE)
        with (
            path.open("rb") as file,
            cursor.copy(f"COPY bench_bare ({_COLUMNS}) FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)


def _timed(report: Report, path: Path, mapping: Path) -> dict[str, Any]:
    out = io.StringIO()

    def command() -> None:
        with redirect_stdout(out):
            call_command(
                "import_file", "sales", str(path), "--mapping", str(mapping), "--json", "--timings"
            )

    took = seconds(command)
    answer: dict[str, Any] = json.loads(out.getvalue())
    steps = ", ".join(f"{name} {value:.1f}" for name, value in answer["timings"].items())
    report.note(f"imported in {took:.1f} s: {steps}")
    return {**answer, "seconds": took}


def _memory(path: Path) -> float:
    """Peak memory of a process that reads and shapes the whole file, in MiB."""
    code = f"""
import resource, sys
import django; django.setup()
from pathlib import Path
from accounts.importers.sales import SalesImporter
from kam.imports.mapping import ColumnMapping
from kam.imports.reading import open_table
from kam.imports.shaping import Shaper
table = open_table(Path({str(path)!r}))
shaper = Shaper(SalesImporter().columns, ColumnMapping.from_json({MAPPING!r}), table.header)
assert sum(count for _block, count in shaper.blocks(table.rows())) == {LINES}
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
"""
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return float(answer.stdout)
