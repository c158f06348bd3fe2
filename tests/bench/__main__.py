"""`python -m tests.bench --size s|l`: measures against bare SQL in the same run, in a database of
its own on the embedded server (or the one that DATABASE_URL names), which it makes and drops."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg

from kam import embedded
from tests.bench.measure import Report, peak_mib, seconds

PARTS = (
    "concentration",
    "lists",
    "imports",
    "receivables",
    "rebates",
    "credit",
    "loss",
    "statements",
    "profitability",
    "tiers",
    "health",
    "touches",
    "timeline",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=["s", "l"], default="s")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part")
    options = parser.parse_args()
    server = os.environ.get("DATABASE_URL") or embedded.ensure_postgres()
    parts = urlsplit(server)
    name = f"bench_kam_{os.getpid()}"
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "kam.settings"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        return measure(options.size, options.only or PARTS)
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(size_name: str, parts: tuple[str, ...] | list[str]) -> int:
    """Fill the database and run the parts; 1 when a bound was missed."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench.generate import SIZES, fill

    call_command("migrate", verbosity=0)
    size, report = SIZES[size_name], Report()
    took = seconds(lambda: fill(size))
    report.note(f"{size.accounts:,} accounts and {size.entries:,} entries filled in {took:.0f} s")
    for part in parts:
        sys.stdout.write(f"\n{part}\n")
        importlib.import_module(f"tests.bench.{part}").run(report, size)
    report.judge("most memory of a Python process", peak_mib(), 500, " MiB")
    sys.stdout.write(f"\n{len(report.misses)} bounds missed {report.misses or ''}\n")
    return bool(report.misses)


if __name__ == "__main__":
    sys.exit(main())
