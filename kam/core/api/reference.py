"""The API's reference as data for a page: read off the API file, so that both say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

MAX_DEPTH = 3
NAMES = {"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}
EXAMPLES = {
    "name": "Kesko",
    "kind": "group",
    "code": "P-77",
    "system": "erp",
    "external_id": "C-1042",
    "value": "C-1042",
    "currency": "EUR",
    "rate": "0.92",
    "amount": "25000.00",
    "net_amount": "118.40",
    "month": "2026-03-01",
    "file": "@sales.csv",
    "mapping": {"columns": {"account": "Customer", "date": "Invoice date", "net_amount": "Net"}},
}
BY_FORMAT = {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z", "email": "anna@example.com"}


@cache
def schema() -> dict[str, Any]:
    """The API file as data, in English; made once per process."""
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped package
        return dict(json.loads(json.dumps(made, default=str)))


@dataclass(frozen=True)
class Field:
    """A field or parameter: how deep it stands, what it is, and what it says."""

    name: str
    type: str
    description: str
    required: bool = False
    place: str = ""
    depth: int = 0

    @property
    def steps(self) -> range:
        """How far to indent."""
        return range(self.depth)


@dataclass(frozen=True)
class Answer:
    """An answer with its status."""

    status: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Operation:
    """One method on one address."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[Answer, ...]
    problems: tuple[str, ...]
    curl: str


@dataclass(frozen=True)
class Chapter:
    """The operations of one resource."""

    name: str
    operations: tuple[Operation, ...]

    @property
    def title(self) -> str:
        """The name as words."""
        return self.name.replace("-", " ").capitalize()


def chapters() -> list[Chapter]:
    """All operations by resource, both in the order of the API file."""
    found: dict[str, list[Operation]] = {}
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    return [Chapter(name, tuple(operations)) for name, operations in found.items()]


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    media, body = _first(content)
    responses = operation["responses"]
    return Operation(
        id=operation["operationId"],
        method=NAMES[method],
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=tuple(_parameter(one) for one in operation.get("parameters", [])),
        body=tuple(_fields(body.get("schema", {}))),
        answers=tuple(_answer(k, v) for k, v in responses.items() if "$ref" not in v),
        problems=tuple(code for code, answer in responses.items() if "$ref" in answer),
        curl=_curl(path, method, operation, media, body.get("schema")),
    )


def _parameter(one: dict[str, Any]) -> Field:
    return Field(
        name=one["name"],
        type=_type(one.get("schema", {})),
        description=one.get("description", ""),
        required=one.get("required", False),
        place=one["in"],
    )


def _answer(status: str, response: dict[str, Any]) -> Answer:
    content = response.get("content", {})
    fields = _fields(_first(content)[1].get("schema", {}))
    return Answer(status, response.get("description", ""), tuple(fields))


def _first(content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The first media type with what it holds."""
    return next(iter(content.items()), ("", {}))


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference, or the one alternative that is not null, stands for."""
    for key in ("allOf", "oneOf", "anyOf"):
        real = [one for one in node.get(key, []) if one.get("type") != "null"]
        if len(real) == 1:
            return {**_resolved(real[0]), **{k: v for k, v in node.items() if k != key}}
    if "$ref" not in node:
        return node
    found = schema()["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]]
    return {**_resolved(found), **{k: v for k, v in node.items() if k != "$ref"}}


def _fields(node: dict[str, Any], depth: int = 0) -> Iterator[Field]:
    node = _resolved(node)
    if node.get("type") == "array":
        yield from _fields(node.get("items", {}), depth)
        return
    required = set(node.get("required", ()))
    for name, inner in node.get("properties", {}).items():
        shape = _resolved(inner)
        words = (
            shape.get("description", "") if "description" in inner or "$ref" not in inner else ""
        )
        yield Field(name, _type(inner), words, required=name in required, depth=depth)
        if depth < MAX_DEPTH:
            yield from _fields(inner, depth + 1)


def _type(node: dict[str, Any]) -> str:
    shape = _resolved(node)
    kinds = shape.get("type", "object")
    kinds = list(kinds) if isinstance(kinds, list) else [kinds]
    nullable = "null" in kinds or {"type": "null"} in node.get("oneOf", [])
    kind = next((one for one in kinds if one != "null"), "object")
    if kind == "array":
        kind = f"list of {_type(shape.get('items', {}))}"
    elif choices := [str(one) for one in shape.get("enum", []) if one is not None]:
        kind = " | ".join(choices) if len(choices) <= 12 else kind
    elif detail := shape.get("format"):
        kind = f"{kind} ({detail})"
    return f"{kind} or null" if nullable else kind


def example(node: dict[str, Any], name: str = "") -> Any:
    """A small value that fits: required fields, or the first one where none is."""
    shape = _resolved(node)
    kinds = shape.get("type", "object")
    kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "object")
    if name in EXAMPLES:
        return EXAMPLES[name]
    if kind == "object":
        fields = shape.get("properties", {})
        wanted = shape.get("required") or list(fields)[:1]
        return {key: example(fields[key], key) for key in fields if key in wanted}
    if kind == "array":
        return [example(shape.get("items", {}))]
    if shape.get("enum"):
        return shape["enum"][0]
    plain = {"integer": 1, "number": 0.1, "boolean": True}
    return plain.get(kind) or BY_FORMAT.get(shape.get("format", ""), "text")


def _curl(
    path: str, method: str, operation: dict[str, Any], media: str, body: dict[str, Any] | None
) -> str:
    address = "$KAM" + path.replace("{", "").replace("}", "")
    needed = [
        f"{one['name']}={example(one['schema'], one['name'])}"
        for one in operation.get("parameters", [])
        if one["in"] == "query" and one.get("required")
    ]
    lines = [f'curl "{address}{"?" + "&".join(needed) if needed else ""}"']
    if method != "get":
        lines[0] = lines[0].replace("curl ", f"curl -X {NAMES[method]} ", 1)
    lines.append('-H "Authorization: Bearer $KAM_TOKEN"')
    if method == "post":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if body is not None:
        lines += _content(media, example(body))
    return " \\\n  ".join(lines)


def _content(media: str, value: Any) -> list[str]:
    if media.startswith("multipart"):
        return [f"-F {name}={text}" for name, text in value.items()]
    return ['-H "Content-Type: application/json"', f"-d '{json.dumps(value, ensure_ascii=False)}'"]
