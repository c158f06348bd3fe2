"""What is said about a file beside its rejected rows: a code with details, worded when shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text

_texts: dict[str, Text] = {}


@dataclass(frozen=True, slots=True)
class Notice:
    """A code that some app gave words to, and what fills their gaps."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(str(data.get("code", "")), dict(data.get("details") or {}))

    def to_json(self) -> dict[str, Any]:
        """Return the notice as JSON."""
        return {"code": self.code, "details": dict(self.details)}

    def __str__(self) -> str:
        text: Any = _texts.get(self.code)
        return self.code if text is None else str(text % self.details)


def register_notices(texts: Mapping[str, Text]) -> None:
    """Give words to codes; `%(name)s` stands for a detail.

    A text that counts is an `ngettext_lazy` with the name of the detail that it goes by.
    """
    _texts.update(texts)


# Reasons: a fixed text, or a kind of problem with the column it is about.
_reasons: dict[str, Text] = {
    "two ends": _("It has a last day, and a day after the last that does not follow it"),
}
_column_reasons: dict[str, Text] = {
    "missing": _("%(column)s is missing"),
    "not a number": _("%(column)s is not a number"),
    "not a fraction": _("%(column)s is not a fraction"),
    "not a date": _("%(column)s is not a date"),
    "not a month": _("%(column)s is not a month"),
    "too long": _("%(column)s is too long"),
    "unknown": _("%(column)s is unknown"),
}


def register_reasons(texts: Mapping[str, Text]) -> None:
    """Give words to the reasons for which an importer rejects rows."""
    _reasons.update(texts)


def reason_text(reason: str) -> str:
    """Return a reason in the reader's language; one without words is shown as it is.

    Of a column, the words of its importer go before those of all columns.
    """
    kind, colon, column = reason.partition(": ")
    if reason not in _reasons and colon and kind in _column_reasons:
        return str(_column_reasons[kind]) % {"column": column}
    return str(_reasons.get(reason, reason))


# What an import did or found beside its rows: a title, and the page of it with who may open it.
@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """A count of the report: its title and, where there is one, the page that shows the rows."""

    title: Text
    url_name: str = ""
    capability: str = ""


_also: dict[str, Also] = {
    "accounts": Also(title=_("Accounts created")),
    "products": Also(title=_("Products created")),
    "categories": Also(title=_("Categories created")),
    "competitors": Also(title=_("Competitors created")),
    "categorised entries": Also(title=_("Revenue lines that got a category")),
    "converted entries": Also(title=_("Revenue lines converted to base currency")),
}
_conflicts: set[str] = set()


def register_also(found: Mapping[str, Also]) -> None:
    """Give titles to what importers count in `run.also`."""
    _also.update(found)


def also_of(code: str) -> Also:
    """Return what a count is called; one without words is shown as it is."""
    return _also.get(code, Also(title=code))


def register_conflicts(reasons: Iterable[str]) -> None:
    """Name the reasons that say: the file differs from what stands, and nothing is overwritten."""
    _conflicts.update(reasons)


def is_conflict(reason: str) -> bool:
    """Whether a row was rejected because it differs from what stands."""
    return reason in _conflicts
