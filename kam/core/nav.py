"""The rail: apps register their entries, each user sees those that exist and that they may open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from kam.core.formats import Text
from kam.core.registry import Registry, may


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """An entry of the rail. `parent` names the key of the entry it stands under; `phone` puts it
    in the bottom bar; `create` is offered only by the palette ("New account"); a shortcut is
    followed by the key `press` from anywhere."""

    key: str
    title: Text
    url_name: str
    icon: str = "point"
    capability: str = ""
    order: int = 100
    parent: str = ""
    phone: bool = False
    create: bool = False
    keywords: Text = ""
    press: str = ""


@dataclass(frozen=True)
class NavEntry:
    """An entry as the user sees it."""

    item: NavItem
    url: str
    active: bool = False
    current: bool = False
    children: tuple[NavEntry, ...] = ()


@dataclass(frozen=True)
class Tab:
    """A tab of a page: a link, the current one marked."""

    title: Text
    url: str
    active: bool = False
    count: int | None = None


navigation: Registry[NavItem] = Registry()
user_menu: Registry[NavItem] = Registry()
topbar: Registry[NavItem] = Registry()
# What is begun from any page: a button of the top bar, with a key; on a phone in the bottom bar.
shortcuts: Registry[NavItem] = Registry()


def _url(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def visible(user: Any, items: Registry[NavItem] = navigation) -> list[NavEntry]:
    """Every entry that exists and that the user may open, in order and not nested."""
    found = [NavEntry(item, _url(item)) for item in items if may(user, item.capability)]
    return [entry for entry in found if entry.url]


def _match(path: str, entries: list[NavEntry]) -> str:
    """The key of the entry whose address is the longest start of the path."""
    best = ("", "")
    for entry in entries:
        exact = path == entry.url
        if exact or (entry.url != "/" and path.startswith(entry.url)):
            best = max(best, (entry.url, entry.item.key))
    return best[1]


def rail(request: HttpRequest) -> list[NavEntry]:
    """The rail for this request: nested, with the entry of the current page marked."""
    entries = [e for e in visible(getattr(request, "user", None)) if not e.item.create]
    here = _match(request.path, entries)
    keys = {entry.item.key for entry in entries}
    tree = []
    for entry in entries:
        if entry.item.parent in keys:
            continue
        below = tuple(
            replace(child, active=child.item.key == here, current=child.url == request.path)
            for child in entries
            if child.item.parent == entry.item.key
        )
        active = entry.item.key == here or any(child.active for child in below)
        tree.append(
            replace(entry, active=active, current=entry.url == request.path, children=below)
        )
    return tree


def phone_bar(entries: list[NavEntry]) -> list[NavEntry]:
    """The entries of the rail that stand in the phone's bottom bar."""
    return [entry for entry in entries if entry.item.phone]


def search(user: Any, text: str, limit: int) -> list[NavEntry]:
    """Pages whose title or keywords contain what was typed."""
    needle = text.casefold().strip()
    return [
        entry
        for entry in (*visible(user, shortcuts), *visible(user))
        if needle in f"{entry.item.title} {entry.item.keywords}".casefold()
    ][:limit]
