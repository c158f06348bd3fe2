"""What each app offers to a page of another app: the page loads a panel when it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kam.core.formats import Text
from kam.core.registry import Registry, may


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A panel of a page; `url_name` is reversed with the primary key of the page's object."""

    key: str
    slot: str
    title: Text
    url_name: str
    icon: str = "layout-list"
    capability: str = ""
    order: int = 100
    open: bool = False


panels: Registry[Panel] = Registry()


def panels_for(slot: str, user: Any) -> list[Panel]:
    """The panels of a slot that the user may see, in order."""
    return [panel for panel in panels if panel.slot == slot and may(user, panel.capability)]
