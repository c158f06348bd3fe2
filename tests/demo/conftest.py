"""The demo company, loaded once by its command for all tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

import pytest
import pytest_django
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from accounts.demo.company import DEFAULT_SEED
from accounts.demo.people import PASSWORD
from accounts.models import RevenueEntry
from kam.core.demo import DemoPart, DemoRequest, demo_parts
from tests.base import stand_base_rows
from tests.factories.identity import make_user

AS_OF = date(2026, 11, 22)
REQUEST = DemoRequest(as_of=AS_OF, seed=DEFAULT_SEED, password=PASSWORD)
REAL = "first@kam.test"


@dataclass(frozen=True)
class Loaded:
    """What stood before the demo, what the command answered, and what a later part was asked."""

    before: dict[str, int]
    answer: dict[str, Any]
    calls: list[str]


@pytest.fixture(scope="package", autouse=True)
def loaded(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Loaded]:
    """One load beside a user who stood before; each test runs in a savepoint of it."""
    calls, out = list[str](), StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        stand_base_rows()
        make_user(email=REAL)
        before = business_rows()
        with later_part(calls):
            call_command("seed_demo", as_of=AS_OF, json=True, stdout=out)
        with django_db_blocker.block():
            yield Loaded(before, json.loads(out.getvalue()), calls)
        transaction.set_rollback(True)


@contextmanager
def later_part(calls: list[str]) -> Iterator[None]:
    """A part of another app, which comes after the accounts and goes before them."""

    def load(request: DemoRequest) -> dict[str, int]:
        calls.append(f"load with {RevenueEntry.objects.exists()}")
        return {"letters": 2}

    def clear(keep_user_id: int | None) -> dict[str, int]:
        calls.append(f"clear with {RevenueEntry.objects.exists()}")
        return {"letters": 2}

    part = DemoPart(key="later", load=load, clear=clear, present=dict, added=dict, order=900)
    demo_parts.register(part)
    try:
        yield
    finally:
        demo_parts.unregister("later")


def business_rows() -> dict[str, int]:
    """Count the rows of every table of ours, history and the watermark's single row aside."""
    labels = {"core", "identity", "imports", "accounts", "interactions", "settlements", "plans"}
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in labels
        and not model.__name__.endswith("Event")
        and model.__name__ != "RevenueWatermark"
    }
