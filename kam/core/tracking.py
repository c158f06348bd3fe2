"""History of business rows, kept by database triggers: what was made, changed and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory


def track(**options: Any) -> Callable[[type[Any]], type[Any]]:
    """Keep every version of a model's rows, the last one before a deletion too."""
    events = pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    decorator: Callable[[type[Any]], type[Any]] = pghistory.track(*events, **options)
    return decorator
