"""The rail and the palette show what exists and what the user may open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from kam.core import nav
from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels, panels_for
from kam.core.registry import Card, Registry, cards, cards_for
from tests.conftest import People

pytestmark = pytest.mark.django_db

ITEMS = [
    NavItem(key="t-search", title="Find", url_name="core:search", order=2, phone=True),
    NavItem(key="t-gallery", title="Gallery", url_name="core:gallery", order=1, keywords="samples"),
    NavItem(
        key="t-secret", title="Secret", url_name="core:search", capability="users.manage", order=3
    ),
    NavItem(key="t-gone", title="Gone", url_name="nowhere:at-all", order=4),
    NavItem(key="t-below", title="Below", url_name="core:preferences", parent="t-gallery"),
    NavItem(key="t-new", title="New thing", url_name="core:preferences", create=True),
]


@pytest.fixture(autouse=True)
def _own_items(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    kept = dict(navigation._items)
    navigation._items.clear()
    navigation.register(*ITEMS)
    yield
    navigation._items.clear()
    navigation._items.update(kept)


def request_of(user: object, path: str = "/_gallery/") -> object:
    request = RequestFactory().get(path)
    request.user = user  # type: ignore[assignment]
    return request


def test_the_rail_shows_what_exists_and_may_be_opened(people: People) -> None:
    rail = nav.rail(request_of(people.owner))  # type: ignore[arg-type]
    assert [entry.item.key for entry in rail] == ["t-gallery", "t-search"]
    assert [child.item.key for child in rail[0].children] == ["t-below"]
    assert (rail[0].active, rail[0].current, rail[1].active) == (True, True, False)
    assert [entry.item.key for entry in nav.phone_bar(rail)] == ["t-search"]


def test_a_capability_opens_an_entry(people: People) -> None:
    rail = nav.rail(request_of(people.administrator))  # type: ignore[arg-type]
    assert [entry.item.key for entry in rail] == ["t-gallery", "t-search", "t-secret"]


def test_the_entry_of_a_page_below_is_marked(people: People) -> None:
    rail = nav.rail(request_of(people.owner, "/_gallery/panel/"))  # type: ignore[arg-type]
    assert (rail[0].active, rail[0].current) == (True, False)


def test_nobody_sees_nothing() -> None:
    assert nav.rail(request_of(AnonymousUser())) == []  # type: ignore[arg-type]


def test_a_mistyped_capability_fails_loudly(people: People) -> None:
    navigation.register(
        NavItem(key="t-typo", title="Typo", url_name="core:search", capability="users.mangle")
    )
    with pytest.raises(KeyError):
        nav.visible(people.owner)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("GALL", ["t-gallery"]),
        ("samples", ["t-gallery"]),
        ("new", ["t-new"]),
        ("secret", []),
        ("zzz", []),
    ],
)
def test_pages_are_found_by_title_and_keyword(people: People, text: str, keys: list[str]) -> None:
    assert [entry.item.key for entry in nav.search(people.owner, text, 6)] == keys


def test_panels_and_cards_are_offered_by_capability(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_panel = Panel(key="t-b", slot="t", title="B", url_name="core:search", order=2)
    shut_panel = Panel(
        key="t-a", slot="t", title="A", url_name="core:search", capability="users.manage", order=1
    )
    card = Card(key="t-card", board="t", title="C", url_name="core:search")
    panels.register(open_panel, shut_panel)
    cards.register(card)
    try:
        assert panels_for("t", people.owner) == [open_panel]
        assert panels_for("t", people.administrator) == [shut_panel, open_panel]
        assert panels_for("other", people.owner) == []
        assert cards_for("t", people.owner) == [card]
    finally:
        panels.unregister("t-a")
        panels.unregister("t-b")
        cards.unregister("t-card")


def test_registering_a_key_again_replaces_it() -> None:
    registry: Registry[NavItem] = Registry()
    registry.register(NavItem(key="a", title="Old", url_name="x"))
    registry.register(NavItem(key="a", title="New", url_name="x"))
    assert [item.title for item in registry] == ["New"]
    assert len(registry) == 1
    assert registry.get("b") is None
