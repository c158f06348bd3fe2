"""The API keeps its word: answers fit the API file, and nothing hostile makes it stumble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_django
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs here

from kam.core.api.reference import example, schema
from kam.identity.models import User
from tests.api import Answer, Api
from tests.standing import own_media, standing_rows

PREFIX = "/api/v1/"
HOSTILE = ("", "x", "\0", "-1", "1.5", "9" * 30, "nul\0l", "'; --", "%", "🦊" * 300, "null", "[]")
BODIES: tuple[Any, ...] = (None, [], "x", 1, True, {"rows": {}}, {"rows": [None]}, {"": None})
VALUES: tuple[Any, ...] = (
    None,
    "",
    "\0",
    "\ud800",
    -1,
    10**40,
    1e308,
    [],
    {},
    [[]],
    "x" * 5000,
    True,
)
PERIOD = "?from=2026-01-01&to=2027-01-01"
QUERIES = {
    "loss-scenarios/compare/": "?scenarios={loss-scenarios}",
    "plan-sales/": "?plan={plans}",
    "concentration/": PERIOD,
    "profitability/": PERIOD,
    "accounts/{id}/profitability/": PERIOD,
    "timeline/search/": "?q=crates",
    "price-at/": "?account={accounts}&code={product_code}&quantity=1",
    "sales-report-lines/": "?report={sales-reports}",
    "receivables/statement/": PERIOD + "&account={accounts}",
}


@pytest.fixture(scope="module")
def _media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with own_media(tmp_path_factory.mktemp("media")) as folder:
        yield folder


@pytest.fixture(autouse=True)
def _private_media(_media: Path) -> None:
    """Files stay as long as the rows that name them: for all tests of this module."""


@pytest.fixture(scope="module", autouse=True)
def _standing(
    _media: Path, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[tuple[User, dict[str, int | str]]]:
    with standing_rows(django_db_blocker) as found:
        yield found


@pytest.fixture
def caller(db: None, _standing: tuple[User, dict[str, int | str]]) -> User:
    """Someone who may do everything."""
    return User.objects.get(pk=_standing[0].pk)


@pytest.fixture
def rows(caller: User, _standing: tuple[User, dict[str, int | str]]) -> dict[str, int | str]:
    """One row of everything, by the resource's name."""
    return _standing[1]


def _operations(*methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in schema()["paths"].items():
        for method, operation in found.items():
            if method in methods:
                yield path, method, operation


def _ids(case: tuple[str, str, dict[str, Any]]) -> str:
    return str(case[2]["operationId"])


def _filled(path: str, rows: dict[str, int | str]) -> str:
    name = path.removeprefix(PREFIX).split("/{")[0]
    key = rows.get(name, rows.get(name.split("/")[0], 1))
    return path.replace("{id}", str(key)).replace("{code}", str(key))


def _fits(response: Answer, operation: dict[str, Any]) -> list[str]:
    """What of an answer does not fit what the file says about it."""
    if response.streaming:  # read to its end, so that its file is closed
        b"".join(response.streaming_content)
    described = operation["responses"].get(str(response.status_code))
    if described is None:
        return [f"{response.status_code} is not described: {response.content[:300]!r}"]
    if "$ref" in described:
        described = schema()["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    kind = response["Content-Type"].split(";")[0] if "Content-Type" in response else ""
    content = described.get("content", {})
    if not content:
        return []
    if kind not in content:
        return [f"{kind} is not described"]
    if not kind.endswith("json"):
        return []
    shape = {**content[kind]["schema"], "components": schema()["components"]}
    errors = Draft202012Validator(shape).iter_errors(json.loads(response.content))
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in errors]


@pytest.mark.parametrize("case", list(_operations("get")), ids=_ids)
def test_what_is_read_fits_the_file(
    case: tuple[str, str, dict[str, Any]], caller: User, rows: dict[str, int | str]
) -> None:
    path, _method, operation = case
    query = QUERIES.get(path.removeprefix(PREFIX), "")
    url = _filled(path, rows) + query.format(**rows)
    response = Api(caller).get(url)
    assert response.status_code == 200, response.content
    assert _fits(response, operation) == []


@pytest.mark.parametrize("case", list(_operations("get")), ids=_ids)
def test_hostile_parameters_are_problems(
    case: tuple[str, str, dict[str, Any]], caller: User, rows: dict[str, int | str]
) -> None:
    path, _method, operation = case
    api, url = Api(caller), _filled(path, rows)
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    for name in names:
        for value in HOSTILE:
            response = api.get(f"{url}?{quote(name)}={quote(value)}")
            assert response.status_code in {200, 400}, (name, value)
            assert _fits(response, operation) == [], (name, value)
    broken = api.get(f"{url}?{names[0] if names else 'x'}=%ED%A0%80%FF")
    assert broken.status_code in {200, 400}


@pytest.mark.parametrize("case", list(_operations("post", "patch", "put")), ids=_ids)
def test_hostile_bodies_are_problems(
    case: tuple[str, str, dict[str, Any]], caller: User, rows: dict[str, int | str]
) -> None:
    path, method, operation = case
    api, url = Api(caller), _filled(path, rows)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    sends = content is not None
    for body in BODIES:
        response = api.call(method.upper(), url, body)
        assert response.status_code < 500, body
        assert _fits(response, operation) == [], body
    if not sends:
        return
    fitting = example(content["schema"])
    for name in fitting:
        for value in VALUES:
            response = api.call(method.upper(), url, {**fitting, name: value})
            assert response.status_code < 500, (name, value)
            assert _fits(response, operation) == [], (name, value)


def test_bodies_that_are_no_json_are_problems(caller: User) -> None:
    api = Api(caller)
    for text in ("{", '{"name": NaN}', "\xff", '{"a": ' * 3000):
        response = api.raw("POST", "accounts/", text.encode("latin-1"))
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    response = api.raw("POST", "accounts/", b"name=x", kind="application/x-www-form-urlencoded")
    assert response.status_code == 415
