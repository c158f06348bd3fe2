"""One row of everything that stands for all tests of a module, made once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest_django
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from kam.identity.models import User
from tests.base import stand_base_rows
from tests.factories.everything import one_of_everything
from tests.factories.identity import make_user

ROLES = ("administrator", "sales_director", "credit_controller", "integration")


@contextmanager
def own_media(folder: Path) -> Iterator[Path]:
    """Files stay as long as the rows that name them."""
    storages: dict[str, Any] = dict(settings.STORAGES)
    storages["default"] = storages["default"] | {"OPTIONS": {"location": folder}}
    with override_settings(MEDIA_ROOT=folder, STORAGES=storages):
        yield folder


@contextmanager
def standing_rows(
    blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[tuple[User, dict[str, int | str]]]:
    """Somebody who may do everything and rows of theirs, in a transaction that is undone.

    Each test of the module runs in a savepoint of it.
    """
    with blocker.unblock(), transaction.atomic():
        stand_base_rows()
        caller = make_user(roles=list(ROLES))
        rows = one_of_everything(caller)
        with blocker.block():
            yield caller, rows
        transaction.set_rollback(True)
