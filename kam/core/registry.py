"""Lists that apps add to from `AppConfig.ready`: a page shows several apps unimported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from kam.core.formats import Text


class Keyed(Protocol):
    """What a registry can hold: a key that names it once and an order to stand in."""

    @property
    def key(self) -> str: ...
    @property
    def order(self) -> int: ...


class Registry[T: Keyed]:
    """Items by key; the same key registered again replaces the former item."""

    def __init__(self) -> None:
        self._items: dict[str, T] = {}

    def register(self, *items: T) -> None:
        """Add items, usually from `AppConfig.ready`."""
        for item in items:
            self._items[item.key] = item

    def unregister(self, key: str) -> None:
        """Take an item out again (tests do)."""
        self._items.pop(key, None)

    def get(self, key: str) -> T | None:
        """The item with this key, if any app brought one."""
        return self._items.get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._items.values(), key=lambda item: (item.order, item.key)))

    def __len__(self) -> int:
        return len(self._items)


def may(user: Any, capability: str) -> bool:
    """Whether the user is signed in and holds the capability (none named: signed in is enough)."""
    if not getattr(user, "is_authenticated", False):
        return False
    return not capability or bool(user.can(capability))


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """One line of the palette."""

    title: Text
    url: str
    icon: str = "file"
    detail: Text = ""


@dataclass(frozen=True, kw_only=True)
class SearchProvider:
    """An app's answer to what is typed: `search(user, text, limit)`, scoped by the app itself."""

    key: str
    title: Text
    search: Callable[[Any, str, int], Sequence[SearchHit]]
    capability: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Card:
    """A card of a dashboard, loaded from its own address."""

    key: str
    board: str
    title: Text
    url_name: str
    capability: str = ""
    order: int = 100
    wide: bool = False
    options: dict[str, Any] = field(default_factory=dict)


search_providers: Registry[SearchProvider] = Registry()
cards: Registry[Card] = Registry()


def cards_for(board: str, user: Any) -> list[Card]:
    """The cards of a board that the user may see, in order."""
    return [card for card in cards if card.board == board and may(user, card.capability)]
