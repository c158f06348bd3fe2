"""The order of the sections in the document."""

from __future__ import annotations

from plans.choices.plan import SectionKind

_PLACES = {kind: place for place, kind in enumerate(SectionKind.values)}


def place_of(kind: str) -> int:
    """Return where a section stands in the document, from 0."""
    return _PLACES[kind]
