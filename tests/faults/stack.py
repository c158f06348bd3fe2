"""A whole kam in a home of its own, started as a user starts it, to be killed piece by piece."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.db import connection
from psycopg.conninfo import make_conninfo

from kam import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
# Seconds: what moves a whole database, what only asks a program, and what asks PostgreSQL.
WHOLE, SHORT, QUESTION = 240, 60, 30

IMPORT_JOB = """
from pathlib import Path
from datetime import date
from django.core.files import File
from kam.imports.mapping import identity_mapping
from kam.imports.options import ControlTotals, Options
from kam.imports.registry import importer_for
from kam.imports.services import batches, files
with open({path!r}, "rb") as stream:
    batch = batches.receive_file(kind="sales", source_code={source!r},
        upload=File(stream, name="sales.csv"), user=None, as_of=date(2026, 1, 31))
from kam.imports.mapping import ColumnMapping
header = files.table_of(batch, ColumnMapping()).header
mapping = identity_mapping(header, importer_for("sales").visible_columns())
batches.set_up(batch_id=batch.pk, mapping=mapping, options=Options(create_accounts=True),
    control_totals=ControlTotals())
print(batches.ask_for_commit(batch_id=batch.pk, user=None, as_of=date(2026, 1, 31)).pk)
"""
RECOMPUTE_JOB = """
from kam.core.jobs import enqueue
print(enqueue("accounts.recompute_concentration").pk)
"""

# The first start then finds everything migrated.
RESTORE = """
import subprocess
from kam import embedded
psql = [embedded.postgres_program("psql"), "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1"]
address = embedded.ensure_postgres()
subprocess.run([*psql, "-f", {dump!r}, address],
    check=True, stdout=subprocess.DEVNULL, timeout={seconds})
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """`manage.py run` in `home`, with an empty database."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.log = home / "run.log"
        outside = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        self.environment = {k: v for k, v in os.environ.items() if k not in outside}
        self.environment |= {"KAM_HOME": str(home), "PORT": str(self.port), "KAM_DEMO": "0"}
        self.process: subprocess.Popen[bytes] | None = None

    def restore(self, dump: Path) -> None:
        """Fill the database before the first start, which then has nothing to migrate."""
        code = RESTORE.format(dump=str(dump), seconds=WHOLE)
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=self.environment,
            check=True,
            timeout=WHOLE + SHORT,
        )

    def start(self) -> None:
        """Start and wait until it says where it is."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait("kam to run", lambda: b"kam runs at" in self.log.read_bytes(), 120)

    def stop(self) -> None:
        """Ctrl-C, and wait for the end."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(40)

    def wait(self, what: str, answers: Callable[[], object], seconds: float = 60) -> None:
        """Ask until it is so; fail with the end of the log."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if answers():
                return
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}:\n{self.log.read_text()[-3000:]}")

    def manage(self, *arguments: str) -> str:
        """A management command beside the running stack; its standard output."""
        answer = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert answer.returncode == 0, answer.stderr[-3000:]
        return answer.stdout

    def shell(self, code: str) -> str:
        """Python inside the application."""
        return self.manage("shell", "--no-imports", "-v", "0", "-c", code)

    def json(self, *arguments: str) -> Any:
        """The JSON that a command answers."""
        return json.loads(self.manage(*arguments, "--json"))

    def ask(self, sql: str, *parameters: object) -> Any:
        """One value from the database, or None while it is away or does not answer."""
        import psycopg

        limit = f"-c statement_timeout={QUESTION * 1000:.0f}"
        try:
            with psycopg.connect(
                self.database_url(), connect_timeout=2, options=limit
            ) as connection:
                row = connection.execute(sql, list(parameters)).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    def database_url(self) -> str:
        """The address of this home's PostgreSQL."""
        if not hasattr(self, "_url"):
            code = "from kam import embedded; print(embedded.postgres_url())"
            self._url = subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=self.environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=SHORT,
            ).stdout.strip()
        return self._url

    def job_state(self, run: int) -> str | None:
        """The state of a job run."""
        state = self.ask("SELECT state FROM core_jobrun WHERE id = %s", run)
        return None if state is None else str(state)

    def child(self, *words: str) -> psutil.Process:
        """The process that the supervisor started with these words in its command line."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            line = " ".join(child.cmdline())
            if all(word in line for word in words):
                return child
        raise AssertionError(f"no child runs {words}")

    def kill(self, process: psutil.Process) -> None:
        """End a process and those below it without warning."""
        for victim in [*process.children(recursive=True), process]:
            victim.kill()

    def kill_postgres(self) -> None:
        """End the postmaster without warning; its children notice and leave."""
        pid = int((self.home / "pg" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

    def status(self, path: str) -> int:
        """What the web server answers to a GET; 0 when nobody answers."""
        try:
            url = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def dump_of(database: str, path: Path) -> Path:
    """A database of the tests' own server as SQL."""
    server = connection.get_connection_params()
    named = {key: server[key] for key in ("host", "port", "user", "password") if server.get(key)}
    address = make_conninfo(dbname=database, **named)
    program = embedded.postgres_program("pg_dump")
    subprocess.run(
        [program, "--no-owner", "-f", str(path), "-d", address], check=True, timeout=WHOLE
    )
    return path


@contextmanager
def running(dump: Path | None = None) -> Iterator[Stack]:
    """A stack in a folder that the database's system user may enter (pytest's are closed).

    With a dump of a migrated database it starts quickly; without one it begins from nothing.
    """
    home = Path(tempfile.mkdtemp(prefix="kam-stack-"))
    whole = Stack(home)
    try:
        if dump is not None:
            whole.restore(dump)
        whole.start()
        yield whole
    finally:
        whole.stop()
        shutil.rmtree(home, ignore_errors=True)
