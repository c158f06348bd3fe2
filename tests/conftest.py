"""Fixtures of all tests: three people (owner, team-mate, stranger), the roles, and clients."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.utils import timezone, translation

from kam import embedded
from kam.identity.choices import Role
from kam.identity.models import User
from tests.base import stand_base_rows
from tests.emptying import empty_what_has_rows
from tests.factories.identity import make_team, make_user
from tests.sharing import scheduler, slow_first
from tests.template import ensure_template

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_configure() -> None:
    """Start the embedded PostgreSQL unless DATABASE_URL names another one."""
    if embedded.uses_embedded_postgres():
        embedded.ensure_postgres()
    empty_what_has_rows()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    slow_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together what shares something costly."""
    return scheduler(config, log)


def pytest_collection_finish() -> None:
    """Collect garbage rarely: beside all code and tests it took a seventh of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """Remove databases that killed test runs left; each run has one named by its process id,
    a copy of the template with all migrations."""
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_kam_%'")
        for (name,) in cursor.fetchall():
            pid = name.removeprefix("test_kam_")
            if pid.isdigit() and not _is_alive(int(pid)):
                with suppress(OperationalError):  # its last query still runs: the next run's turn
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.settings_dict["TEST"]["TEMPLATE"] = ensure_template(cursor)


def _is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """The ledger refuses TRUNCATE, which the flush after tests with real commits is."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE \"{name}\" SET kam.allow_truncate = 'on'")
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        connection.close()
    yield
    _hang_up(django_db_blocker, name)


def _hang_up(blocker: pytest_django.DjangoDbBlocker, name: str) -> None:
    """End what threads of a test left open: the database could not be dropped under them."""
    with blocker.unblock():
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [name],
            )


@pytest.fixture(scope="session", autouse=True)
def _media_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is written before a test begins, as a module's demo company, does not stay behind."""
    folder = tmp_path_factory.mktemp("media")
    storages: dict[str, Any] = dict(django_settings.STORAGES)
    storages["default"] = {**storages["default"], "OPTIONS": {"location": folder}}
    with override_settings(MEDIA_ROOT=folder, STORAGES=storages):
        yield


@pytest.fixture(autouse=True)
def _private_media(settings: object, tmp_path: Path) -> None:
    """Uploaded files of a test stay in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["default"] = {
        **storages["default"],
        "OPTIONS": {"location": tmp_path / "media", "file_permissions_mode": 0o600},
    }
    settings.STORAGES = storages  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _own_place() -> Iterator[None]:
    """A request puts a language and a time zone in force: the next test has neither."""
    yield
    timezone.deactivate()
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _base_rows(request: pytest.FixtureRequest) -> None:
    """Tests with real commits end in a flush: before each database test the base rows stand."""
    marker = request.node.get_closest_marker("django_db")
    names = set(request.fixturenames)
    if marker is None and not names & {"db", "transactional_db", "live_server"}:
        return
    live = bool(names & {"transactional_db", "live_server"})
    if live or (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")
    else:
        request.getfixturevalue("db")
    stand_base_rows()


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data sets; tests that need it are skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data sets are not here: {SHARED_DATA.name} is missing beside the code")
    return SHARED_DATA


@dataclass(frozen=True)
class People:
    """One user per position that permission tests need."""

    owner: User
    teammate: User
    stranger: User
    director: User
    controller: User
    administrator: User
    auditor: User


@pytest.fixture
def people(db: None) -> People:
    """Owner and team-mate share a team, the stranger has another; the rest see everything."""
    nordics, asia = make_team(name="Nordics"), make_team(name="Asia")
    return People(
        owner=make_user(email="owner@kam.test", team=nordics),
        teammate=make_user(email="teammate@kam.test", team=nordics),
        stranger=make_user(email="stranger@kam.test", team=asia),
        director=make_user(email="director@kam.test", roles=[Role.SALES_DIRECTOR]),
        controller=make_user(email="controller@kam.test", roles=[Role.CREDIT_CONTROLLER]),
        administrator=make_user(email="admin@kam.test", roles=[Role.ADMINISTRATOR]),
        auditor=make_user(email="auditor@kam.test", roles=[Role.AUDITOR]),
    )


def client_of(user: User) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client
