"""Starts kam's processes here, shows their logs, restarts what dies, stops what it started."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

from kam import embedded

COLOURS = {"web": 36, "worker": 33, "beat": 35, "valkey": 32, "postgres": 34, "kam": 1}
FIRST_PORT = 8000
NOISE = ("Memory overcommit must be enabled",)  # advice on a setting that only root may change


class StartError(Exception):
    """A step failed; the message says which, why and what to do."""


@dataclass
class Child:
    """A process that the supervisor started in a session of its own."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    restarts: int = 0
    started_at: float = 0.0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            list(self.command),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._copy_output, daemon=True).start()

    def _copy_output(self) -> None:
        process = self.process
        if process is None or process.stdout is None:
            return
        for line in process.stdout:
            if line.strip() and not any(noise in line for noise in NOISE):
                say(self.name, line.rstrip())

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float) -> None:
        """Ask the process to end, then end its whole session."""
        if self.process is None:
            return
        if self.is_running():
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def say(name: str, text: str) -> None:
    """One line of output with the name of who says it."""
    if sys.stdout.isatty():
        prefix = f"\x1b[{COLOURS.get(name, 0)}m{name:>8}\x1b[0m"
    else:
        prefix = f"{name:>8}"
    print(f"{prefix} │ {text}", flush=True)


def choose_port() -> int:
    """`PORT` where it is set, else the first free port from 8000; says so when 8000 is busy."""
    if wanted := os.environ.get("PORT"):
        if not _is_free(int(wanted)):
            raise StartError(f"Port {wanted} is busy. Choose another: make run PORT=8123")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if _is_free(port):
            if port != FIRST_PORT:
                say("kam", f"Port {FIRST_PORT} is busy, so kam uses {port}.")
            return port
    raise StartError("Ports 8000 to 8099 are all busy. Choose one: make run PORT=9000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def hold_home() -> IO[str]:
    """Refuse a second supervisor of the same home."""
    file = (embedded.home() / "run.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        address = file.read().strip() or "an address it has printed"
        raise StartError(
            f"kam runs from this folder already, at {address}. "
            "Stop it there with Ctrl-C, or set KAM_HOME to a folder of its own."
        ) from None
    return file


class Supervisor:
    """Web server, worker and beat, and Valkey unless REDIS_URL names another broker."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://localhost:{port}/"
        self._stopping = threading.Event()
        self.children = [
            Child(name, command, self._environment(name))
            for name, command in self._commands().items()
        ]

    def _commands(self) -> dict[str, list[str]]:
        python, celery = sys.executable, [sys.executable, "-m", "celery", "-q", "-A", "kam"]
        commands = {}
        if embedded.uses_embedded_broker():
            commands["valkey"] = embedded.valkey_command()
        commands["web"] = [
            python, "-m", "granian", "--interface", "wsgi", "kam.wsgi:application",
            "--host", "127.0.0.1", "--port", str(self.port), "--workers", "2",
            "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning",
        ]  # fmt: skip
        commands["worker"] = [
            *celery, "worker", "--concurrency", "2", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle", "--max-memory-per-child", "450000",
        ]  # fmt: skip
        commands["beat"] = [*celery, "beat", "--loglevel", "WARNING"]
        return commands

    def _environment(self, name: str) -> dict[str, str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
        environment["C_FORCE_ROOT"] = "1"  # root at home is root: no privilege is given away
        environment.setdefault("KAM_PUBLIC_URL", f"http://localhost:{self.port}")
        if name == "web":
            environment["KAM_DB_POOL"] = "1"
        return environment

    def start(self) -> None:
        """Start everything and wait until the broker and the web server answer.

        Raises StartError when one of them does not. From then on Ctrl-C and SIGTERM end `watch`,
        also when they come before it.
        """
        for child in self.children:
            child.start()
            if child.name == "valkey":
                self._await(child, embedded.broker_answers, "the job broker")
        web = next(child for child in self.children if child.name == "web")
        self._await(web, self._web_answers, "the web server")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())

    def _await(self, child: Child, answers: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if answers():
                return
            if not child.is_running():
                raise StartError(f"{what.capitalize()} ended at once; its last words are above.")
            time.sleep(0.1)
        raise StartError(f"{what.capitalize()} did not answer within a minute; see its log above.")

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}healthz", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except OSError:
            return False

    def watch(self) -> None:
        """Until asked to stop: start again what died, PostgreSQL included."""
        while not self._stopping.wait(0.5):
            self._revive_postgres()
            for child in self.children:
                self._revive(child)

    def _revive_postgres(self) -> None:
        if embedded.uses_embedded_postgres() and not embedded.postgres_is_running():
            say("postgres", "stopped; starting it again")
            with contextlib.suppress(subprocess.CalledProcessError):
                embedded.start_postgres()

    def _revive(self, child: Child) -> None:
        if child.is_running():
            return
        if time.monotonic() - child.started_at > 60:
            child.restarts = 0
        wait = min(2**child.restarts, 30) - 1
        if time.monotonic() - child.started_at < wait:
            return
        child.stop(0)
        child.restarts += 1
        say(child.name, "stopped; starting it again")
        child.start()

    def stop(self) -> None:
        """Stop what was started, in the reverse order."""
        for child in reversed(self.children):
            child.stop(10)
