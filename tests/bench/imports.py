"""An import of a million sales rows against a bare COPY of the same rows."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from django.db import connection

from tests.bench.generate import Size, sales_rows
from tests.bench.measure import Report

ROWS = 1_000_000


def run(report: Report, size: Size) -> None:
    """Write the rows as a CSV file, COPY it into a bare table, import it from the command line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        _write(path, size)
        bare = min(_bare(path) for _ in range(2))
        took, peak, answer = _import(path)
    if answer["created"] != ROWS or answer["rejected"]:
        raise AssertionError(f"not all rows were imported: {answer}")
    for step, share in answer["timings"].items():
        report.note(f"{step}: {share:.1f} s")
    report.note(f"bare COPY {bare:.2f} s, import {took:.1f} s")
    report.judge("import of 1,000,000 sales rows", took / bare, 25, "× bare COPY")
    report.judge("most memory of the importing process", peak, 500, " MiB")


def _write(path: Path, size: Size) -> None:
    with connection.cursor() as cursor, path.open("wb") as file:
        select = sales_rows(ROWS, size.accounts)
        with cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                file.write(block)
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        cursor.execute(f"CREATE TABLE bench_bare AS {select} LIMIT 0")


def _bare(path: Path) -> float:
    """Seconds of a COPY of the file into an empty table without index or trigger."""
    with connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute("TRUNCATE bench_bare")
        started = time.perf_counter()
        with cursor.copy("COPY bench_bare FROM STDIN (FORMAT csv, HEADER)") as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        return time.perf_counter() - started


def _import(path: Path) -> tuple[float, float, dict[str, object]]:
    """Seconds, peak memory in MiB and the answer of `import_file` in a process of its own."""
    command = [sys.executable, "manage.py", "import_file", "sales", str(path), "--json"]
    started = time.perf_counter()
    with subprocess.Popen([*command, "--timings"], stdout=subprocess.PIPE, text=True) as process:
        watched, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.2)
        took = time.perf_counter() - started
        text = process.stdout.read() if process.stdout else ""
    return took, peak / 1024 / 1024, json.loads(text)
