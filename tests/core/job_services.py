"""A broker and workers of a test's own, to be stopped, emptied and killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from kam import embedded

ROOT = Path(__file__).resolve().parent.parent.parent


def wait_until(what: str, answers: Callable[[], Any], seconds: float = 60) -> None:
    """Ask until it is true; fail with words when the time is over."""
    until = time.monotonic() + seconds
    while not answers():
        assert time.monotonic() < until, f"{what}: not within {seconds} s"
        time.sleep(0.05)


def database_url() -> str:
    """The test database's address, for another process."""
    known = connection.get_connection_params()
    place = {key: str(known[key]) for key in ("host", "port", "password") if known.get(key)}
    return f"postgresql://{known.get('user', 'postgres')}@/{known['dbname']}?{urlencode(place)}"


@dataclass
class Broker:
    """A Valkey in a home of its own."""

    home: Path
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        former = os.environ.get("KAM_HOME")
        os.environ["KAM_HOME"] = str(self.home)
        try:
            command, self.url = embedded.valkey_command(), embedded.broker_url()
            silent = subprocess.DEVNULL
            self.process = subprocess.Popen(command, stdout=silent, stderr=silent)
            wait_until("the broker", embedded.broker_answers)
        finally:
            if former is None:
                del os.environ["KAM_HOME"]
            else:
                os.environ["KAM_HOME"] = former

    def stop(self, *, empty: bool = False) -> None:
        """Kill it; `empty` throws away what it had written down."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(10)
            self.process = None
        if empty:
            shutil.rmtree(self.home / "valkey")

    def pause(self) -> None:
        """Let it take connections and answer nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)


@dataclass
class Workers:
    """Celery workers on the test's database and broker."""

    broker: Broker
    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start one worker with one child."""
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.broker.url,
            "DJANGO_SETTINGS_MODULE": "kam.settings",
            "C_FORCE_ROOT": "1",
        }
        command = [sys.executable, "-m", "celery", "-A", "tests.core.probe_jobs", "worker"]
        command += ["-c", "1", "-l", "INFO", "--without-gossip", "--without-mingle", *options]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker with its children, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.processes.remove(process)

    def stop(self) -> None:
        """Kill what still runs."""
        for process in list(self.processes):
            self.kill(process)


@contextmanager
def job_services(home: Path) -> Iterator[tuple[Broker, Workers]]:
    """A running broker, and the means to start workers; everything is gone afterwards."""
    broker = Broker(home)
    workers = Workers(broker, home / "worker.log")
    home.mkdir(parents=True, exist_ok=True)
    try:
        broker.start()
        yield broker, workers
    finally:
        workers.stop()
        broker.stop()
