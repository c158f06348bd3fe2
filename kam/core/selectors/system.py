"""What the installation is made of, and how fresh its data is."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import celery
import django
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from kam.core.access import Viewer
from kam.core.formats import Text


@dataclass(frozen=True)
class Part:
    """A component of the installation and its version."""

    name: Text
    version: str


@dataclass(frozen=True)
class Freshness:
    """Until when a source of data is known to be complete; None where nothing came yet."""

    source: str
    as_of: date | None
    is_late: bool = False


type FreshnessProvider = Callable[[Any, date], Sequence[Freshness]]
_freshness_providers: list[FreshnessProvider] = []


def register_freshness(provider: FreshnessProvider) -> None:
    """Let an app tell how fresh its data is; apps register when they start."""
    if provider not in _freshness_providers:
        _freshness_providers.append(provider)


def freshness(user: Viewer, as_of: date) -> list[Freshness]:
    """What every app tells about the sources that the user may see, in their order."""
    return [line for provider in _freshness_providers for line in provider(user, as_of)]


def parts() -> list[Part]:
    """The versions that somebody who helps will ask for."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = str(cursor.fetchone()[0])
    return [
        Part("kam", settings.KAM_VERSION),
        Part("Python", platform.python_version()),
        Part("Django", django.get_version()),
        Part("PostgreSQL", server),
        Part("Celery", celery.__version__),
        Part(_("Operating system"), f"{platform.system()} {platform.release()}"),
    ]
