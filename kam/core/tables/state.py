"""What the address says about a table, and the addresses of its other states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

PAGING = ("after", "before")
TRANSIENT = (*PAGING, "export", "totals")


@dataclass(frozen=True)
class State:
    """The query string seen from one table; `prefix` keeps two tables on a page apart."""

    path: str
    query: QueryDict
    prefix: str = ""

    @classmethod
    def of(cls, request: HttpRequest, prefix: str = "") -> State:
        """The state that the request carries."""
        return cls(request.path, request.GET, prefix)

    def key(self, name: str) -> str:
        """The query parameter's full name."""
        return f"{self.prefix}{name}"

    def get(self, name: str) -> str:
        """A parameter of this table, or nothing."""
        return self.query.get(self.key(name)) or ""

    def chosen(self, name: str) -> list[str]:
        """A parameter that may stand several times or hold a list with commas."""
        return [
            part for item in self.query.getlist(self.key(name)) for part in item.split(",") if part
        ]

    def without(self, keys: Iterable[str]) -> State:
        """The state with some query parameters (full names) taken out."""
        query = self.query.copy()
        for key in keys:
            query.pop(key, None)
        return State(self.path, query, self.prefix)

    def url(self, **changes: str | list[str] | None) -> str:
        """The same page with some of this table's parameters changed (None takes one out)."""
        query = self._without(TRANSIENT)
        for name, value in changes.items():
            key = self.key(name)
            if value is None:
                query.pop(key, None)
            else:
                query.setlist(key, value if isinstance(value, list) else [value])
        encoded = query.urlencode()
        return f"{self.path}?{encoded}" if encoded else self.path

    def url_without_value(self, key: str, value: str | None = None) -> str:
        """The same page with a filter taken out, or one value of a filter with several."""
        query = self._without(TRANSIENT)
        left = [v for v in query.getlist(key) if value is not None and v != value]
        query.setlist(key, left) if left else query.pop(key, None)
        encoded = query.urlencode()
        return f"{self.path}?{encoded}" if encoded else self.path

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """The parameters that a form must carry along as hidden fields."""
        query = self._without(TRANSIENT)
        return [(k, v) for k in query if k not in without for v in query.getlist(k)]

    def _without(self, names: tuple[str, ...]) -> QueryDict:
        query = self.query.copy()
        for name in names:
            query.pop(self.key(name), None)
        return query
