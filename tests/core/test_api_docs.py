"""The API's file and reference, and what the file promises about every operation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kam.core.api.base import Resource, StrictView
from kam.core.api.reference import chapters, schema
from kam.core.api.views import Shared
from kam.identity.permissions import CAPABILITIES
from tests.api import Api
from tests.conftest import People, client_of

ROOT = Path(__file__).resolve().parent.parent.parent
OPEN = {"NotFoundView"}
SHARED = {  # rows that everybody sees who may sign in, and why
    "CurrencyViewSet": "ISO 4217 has no secrets",
    "RateViewSet": "rates are public figures",
}


def _read(text: bytes) -> Any:
    """YAML by the safe loader that is written in C: the file is large, the other takes ten times
    as long."""
    return yaml.load(text, yaml.CSafeLoader)


def test_the_committed_file_is_what_the_code_says() -> None:
    committed = _read((ROOT / "docs" / "openapi.yaml").read_bytes())
    assert committed["openapi"] == "3.1.0"
    assert committed["paths"].keys() == schema()["paths"].keys()
    assert committed == schema()


def test_every_operation_is_named_described_and_guarded() -> None:
    operations = [one for methods in schema()["paths"].values() for one in methods.values()]
    assert len(operations) > 45
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["summary"], one["operationId"]
        assert {"401", "404"} <= one["responses"].keys(), one["operationId"]
        assert one["security"] == [{"token": []}, {"cookieAuth": []}], one["operationId"]


def test_the_page_shows_every_operation_without_inline_code(people: People) -> None:
    response = client_of(people.owner).get("/api/v1/docs/")
    text = response.content.decode()
    assert response.status_code == 200
    for chapter in chapters():
        for operation in chapter.operations:
            assert f'id="{operation.id}"' in text
    assert "<style" not in text
    assert " style=" not in text
    assert "Idempotency-Key" in text
    assert Client().get("/api/v1/docs/").status_code == 302


def test_examples_fit_their_operation() -> None:
    found = {one.id: one for chapter in chapters() for one in chapter.operations}
    create = found["accounts_create"].curl
    assert create.splitlines()[0] == 'curl -X POST "$KAM/api/v1/accounts/" \\'
    assert '-d \'{"name": "Kesko", "kind": "group"}\'' in create
    assert "?from=2026-01-01&to=2026-01-01" in found["concentration_retrieve"].curl
    assert "-F file=@sales.csv" in found["imports_create"].curl


def test_the_file_is_served_to_who_signs_in(people: People) -> None:
    served = Api(people.owner).get("openapi.yaml", Accept="text/html")
    assert _read(served.content) == schema()
    assert Api(people.owner).get("openapi.json").json() == schema()
    assert Api().get("openapi.yaml").status_code == 401


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[type[Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif view := getattr(pattern.callback, "cls", None):
            yield view


def _api_views() -> list[type[Any]]:
    return sorted({*_views(get_resolver().url_patterns)}, key=lambda view: view.__name__)


@pytest.mark.parametrize("view", _api_views(), ids=lambda view: view.__name__)
def test_every_view_demands_a_capability_and_pages_in_a_total_order(view: type[Any]) -> None:
    if view.__name__ in OPEN:
        return
    assert issubclass(view, StrictView)
    wanted = {view.capability, view.change_capability or view.capability}
    assert {*wanted, *view.capabilities.values()} <= CAPABILITIES.keys()
    if issubclass(view, Resource):
        scoped = hasattr(view.model._default_manager.all(), "visible_to")
        assert scoped or view.__name__ in SHARED
        assert issubclass(view, Shared) == (view.__name__ in SHARED)
        for column in view.orderings.values():
            rows = view.model._default_manager.order_by(column, "pk")
            assert rows.totally_ordered
            assert column == "pk" or not view.model._meta.get_field(column).null
