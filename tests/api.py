"""How tests speak to the API: a client with a token, and problems read back."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.utils import timezone

from kam.identity.choices import TokenScope
from kam.identity.models import User
from kam.identity.services.tokens import create_token

ROOT = "/api/v1/"

type Answer = Any
"""A response of Django's test client, which adds `json()` to it at run time."""


class Api:
    """A caller: signed in by a token of a user, or anonymous."""

    def __init__(self, user: User | None = None, *, scope: str = TokenScope.WRITE) -> None:
        self.headers: dict[str, str] = {}
        if user is not None:
            made = create_token(user=user, by=user, name="test", scope=scope, now=timezone.now())
            self.headers["Authorization"] = f"Bearer {made.key}"

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request; the path is below the root unless it is a whole address."""
        url = path if path.startswith(("http", "/")) else ROOT + path
        data = b"" if body is None else json.dumps(body).encode()
        sent = {**self.headers, **(headers or {})}
        return Client().generic(method, url, data, "application/json", headers=sent)

    def raw(self, method: str, path: str, data: bytes, kind: str = "application/json") -> Answer:
        """Send bytes as they are."""
        return Client().generic(method, ROOT + path, data, kind, headers=self.headers)

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self.call("GET", path, headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Create or do."""
        return self.call("POST", path, {} if body is None else body, headers=_named(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        """Change."""
        return self.call("PATCH", path, body, headers=_named(headers))

    def delete(self, path: str, **headers: str) -> Answer:
        """Remove."""
        return self.call("DELETE", path, headers=_named(headers))

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a list's first page."""
        response = self.get(path)
        assert response.status_code == 200, response.content
        return list(response.json()["results"])

    def every_row(self, path: str) -> list[dict[str, Any]]:
        """The rows of all pages."""
        rows: list[dict[str, Any]] = []
        url: str | None = path
        while url:
            page = self.get(url).json()
            rows += page["results"]
            url = page["next"]
        return rows


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def errors_of(response: Answer) -> list[tuple[str, str]]:
    """The fields that a problem names, each with its code."""
    return [(entry["field"], entry["code"]) for entry in response.json()["errors"]]
