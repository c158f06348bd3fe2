"""A real browser on a real server: pages that note every error, and axe-core."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pytest_django.live_server_helper import LiveServer

from kam.identity.models import User

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, PHONE = (1440, 900), (390, 844)


@dataclass
class Visit:
    """A page of the browser and what went wrong on it: script errors and policy violations."""

    page: Page
    base: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to an address of ours and wait until it rests."""
        self.page.goto(f"{self.base}{path}")
        self.page.wait_for_load_state("networkidle")

    def violations(self) -> list[str]:
        """What axe-core finds serious or critical on the page as it stands."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate("async () => (await axe.run()).violations")
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
        visit.page.on(
            "console",
            lambda said: visit.problems.append(said.text) if said.type == "error" else None,
        )
        visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
        visits.append(visit)
        return visit

    yield start
    for visit in visits:
        _settle(visit.page)
        visit.page.context.close()
    assert [problem for visit in visits for problem in visit.problems] == []
