"""The frame: search, preferences, the gallery, error pages."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from kam.core.context import Frame
from kam.core.nav import NavItem, navigation
from kam.core.registry import SearchHit, SearchProvider, search_providers
from tests.conftest import People, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _things() -> Iterator[None]:
    def find(user: object, text: str, limit: int) -> list[SearchHit]:
        return [SearchHit(title=f"Thing <{text}>", url="/thing/", detail=str(limit))]

    search_providers.register(
        SearchProvider(key="t-things", title="Things", search=find, order=1),
        SearchProvider(
            key="t-secret", title="Secrets", search=find, capability="users.manage", order=2
        ),
    )
    navigation.register(NavItem(key="t-nav", title="Zebra page", url_name="core:search"))
    yield
    search_providers.unregister("t-things")
    search_providers.unregister("t-secret")
    navigation.unregister("t-nav")


def test_search_asks_the_providers_that_the_user_may_use(people: People) -> None:
    response = client_of(people.owner).get("/search/", {"q": "zebra"})
    html = response.content.decode()
    assert "Thing &lt;zebra&gt;" in html
    assert "Secrets" not in html
    assert "Zebra page" in html
    assert "Secrets" in client_of(people.administrator).get("/search/?q=x").content.decode()


def test_the_palette_gets_the_results_alone(people: People) -> None:
    response = client_of(people.owner).get("/search/?q=zebra", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert html.strip().startswith('<div role="group"')
    assert "<html" not in html
    assert response["Vary"].split(", ")[0] == "HX-Request"


def test_an_empty_search_offers_pages_and_asks_nobody(people: People) -> None:
    html = client_of(people.owner).get("/search/").content.decode()
    assert "Thing" not in html
    assert "Zebra page" in html


def test_strangers_cannot_search() -> None:
    assert Client().get("/search/").status_code == 302


def test_preferences_are_kept_in_cookies_and_rendered(people: People) -> None:
    client = client_of(people.owner)
    response = client.post(
        "/preferences/",
        {"theme": "dark", "density": "compact", "rail": "folded", "next": "/search/"},
    )
    assert (response.status_code, response["Location"]) == (302, "/search/")
    assert {name: response.cookies[name].value for name in ("theme", "density", "rail")} == {
        "theme": "dark",
        "density": "compact",
        "rail": "folded",
    }
    html = client.get("/search/").content.decode()
    assert (
        'data-theme="dark" data-bs-theme="dark" data-density="compact" data-rail="folded"' in html
    )


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:1", ""])
def test_preferences_lead_nowhere_else(people: People, target: str) -> None:
    response = client_of(people.owner).post("/preferences/", {"theme": "nonsense", "next": target})
    assert response["Location"] == "/"
    assert "theme" not in response.cookies


def test_a_wild_cookie_is_not_rendered() -> None:
    request = RequestFactory().get("/")
    request.COOKIES = {"theme": '"><script>', "density": "x", "rail": "y"}
    frame = Frame(request)
    assert (frame.theme, frame.density, frame.folded) == ("auto", "normal", False)


def test_languages_are_named_in_themselves() -> None:
    frame = Frame(RequestFactory().get("/"))
    assert [normalize("NFC", language["name"]) for language in frame.languages] == [
        "English",
        "Suomi",
        "Română",
        "简体中文",
        normalize("NFC", "Tiếng Việt"),
    ]
    assert [language["current"] for language in frame.languages] == [True] + [False] * 4


def test_the_gallery_is_there_only_in_debug_mode(people: People, settings: Settings) -> None:
    client = client_of(people.owner)
    settings.KAM_GALLERY = False
    for url in ("/_gallery/", "/_gallery/confirm/"):
        assert client.get(url).status_code == 404
    settings.KAM_GALLERY = True
    html = client.get("/_gallery/").content.decode()
    for sign in (
        "data-chart",
        "data-table",
        "stat-value",
        "field-help",
        "<progress",
        "data-confirm",
    ):
        assert sign in html, sign
    assert client.get("/_gallery/?chart=hhi").getvalue().startswith(b"\xef\xbb\xbfMonth,HHI")
    assert client.get("/_gallery/unheard-of/").status_code == 404


def test_the_confirm_page_is_a_page_and_a_dialog(people: People, settings: Settings) -> None:
    settings.KAM_GALLERY = True
    client = client_of(people.owner)
    url = reverse("core:gallery-part", args=["confirm"])
    assert "<html" in client.get(url).content.decode()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "This will go" in part
    done = client.post(url, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, "/_gallery/")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_error_pages_need_neither_user_nor_database(
    name: str, django_assert_num_queries: object
) -> None:
    html = render_to_string(f"{name}.html")
    assert "<h1>" in html
    assert "btn btn-primary" in html
    assert "<script" in html
    assert "Nothing was" in html or "safe" in html
