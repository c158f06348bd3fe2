"""A real browser on a real server: pages that note every error, and axe-core."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pytest_django.live_server_helper import LiveServer

from kam.identity.models import User

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TURN_MS, QUIET_TURNS, PATIENCE, CHARTS = 40, 3, 20.0, 2.0
WIDE, PHONE = (1440, 900), (390, 844)
LOOKS: tuple[tuple[Literal["light", "dark"], tuple[int, int]], ...] = (
    ("light", WIDE),
    ("dark", PHONE),
)
# What htmx says of a request that was given up because its page was left or typed on. One that
# failed says htmx:sendError or htmx:timeout beside it, and is a problem.
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")
# Two frames; a browser that draws nothing at all is not waited for.
_SETTLED = """() => Promise.race([
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  new Promise((done) => setTimeout(done, 2000)),
])"""
# Only what is wrong is asked for: telling apart what is right takes axe most of its time.
_WRONG = """async () => (await axe.run(document, {
  resultTypes: ["violations"], preload: false,
})).violations"""


@dataclass
class Visit:
    """A page of the browser and what went wrong on it: script errors and policy violations."""

    page: Page
    base: str
    problems: list[str] = field(default_factory=list)
    waiting: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", lambda asked: self.waiting.add(asked))
        self.page.on("requestfinished", lambda asked: self.waiting.discard(asked))
        self.page.on("requestfailed", lambda asked: self.waiting.discard(asked))

    def hear(self, said: ConsoleMessage) -> None:
        """Keep what the console calls an error."""
        if said.type == "error" and not said.text.startswith(GIVEN_UP):
            self.problems.append(said.text)

    def open(self, path: str) -> None:
        """Go to an address of ours and wait until it rests: nothing was on its way for a while."""
        self.waiting.clear()
        self.page.goto(f"{self.base}{path}")
        latest, quiet = time.monotonic() + PATIENCE, 0
        while quiet < QUIET_TURNS and time.monotonic() < latest:
            self.page.wait_for_timeout(TURN_MS)
            quiet = 0 if self.waiting else quiet + 1

    def violations(self) -> list[str]:
        """What axe-core finds serious or critical on the page as it stands."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(_WRONG)
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def wrong(self, paths: Iterable[str]) -> dict[str, list[str]]:
        """What is wrong with pages, by their address: each is opened once, read by axe and
        measured in light on a desktop and in dark on a phone."""
        found = {path: self._wrong(path) for path in paths}
        return {path: wrong for path, wrong in found.items() if wrong}

    def _wrong(self, path: str) -> list[str]:
        self.look(*LOOKS[0])
        self.open(path)
        wrong: list[str] = []
        for scheme, size in LOOKS:
            self.look(scheme, size)
            wrong += [f"{scheme}: {one}" for one in self.violations()]
            if wide := self._lasting_overflow():
                wrong.append(f"{size[0]}: {wide} px too wide")
        return wrong

    def _lasting_overflow(self) -> int:
        """The overflow once charts have followed the window."""
        latest = time.monotonic() + CHARTS
        while (wide := self.overflow()) and time.monotonic() < latest:
            self.page.wait_for_timeout(TURN_MS)
        return wide

    def look(self, scheme: Literal["light", "dark"], size: tuple[int, int]) -> None:
        """Wear a colour scheme and a size of window, and wait until the page has drawn itself."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate(_SETTLED)


type Browse = Callable[..., Visit]


def _executable() -> str | None:
    """The installed Chromium; None lets Playwright look for its own."""
    found = os.environ.get("KAM_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


@pytest.fixture(scope="session")
def assets() -> None:
    """The built scripts and styles."""
    if not (ROOT / "static" / "dist" / "main.js").exists():
        subprocess.run(["node", "static/build.mjs"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def chromium(assets: None) -> Iterator[Browser]:
    """One browser for the whole run. Its event loop would make Django refuse the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_executable(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def _sign_in(context: BrowserContext, base: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


def _settle(page: Page) -> None:
    """Wait for what the page still loads by itself, so that the database can be emptied."""
    with suppress(PlaywrightTimeout):
        page.wait_for_load_state("networkidle", timeout=5_000)


@pytest.fixture
def browse(chromium: Browser, live_server: LiveServer) -> Iterator[Browse]:
    """Open the browser as somebody: `browse(user, dark=True, phone=True)`.

    Errors of scripts and violations of the content security policy fail the test at its end."""
    visits: list[Visit] = []

    def start(user: User | None = None, *, dark: bool = False, phone: bool = False) -> Visit:
        width, height = PHONE if phone else WIDE
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        if user is not None:
            _sign_in(context, live_server.url, user)
        visit = Visit(context.new_page(), live_server.url)
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
        visits.append(visit)
        return visit

    yield start
    for visit in visits:
        _settle(visit.page)
        visit.page.context.close()
    assert [problem for visit in visits for problem in visit.problems] == []
