"""A newcomer's way through a whole kam with its own worker: from nothing to an exported figure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faults.stack import Stack, running
from tests.flows.conftest import PHONE, WIDE, Visit

pytestmark = pytest.mark.flow
EMAIL, PASSWORD = "first@kam.test", "a long enough secret"
GROUPS = 25


@pytest.fixture(scope="module")
def stack(assets: None) -> Iterator[Stack]:
    with running() as whole:
        yield whole


def open_page(chromium: Browser, stack: Stack, *, dark: bool = False, phone: bool = False) -> Visit:
    width, height = PHONE if phone else WIDE
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page(), f"http://127.0.0.1:{stack.port}")
    visit.page.on(
        "console",
        lambda said: visit.problems.append(said.text) if said.type == "error" else None,
    )
    visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
    return visit


def write_sales(path: Path) -> Decimal:
    """Two years of monthly sales: customer n sells a share that falls with n; the 2025 total."""
    total = Decimal(0)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Invoice line", "Customer", "Date", "Category", "Net amount", "Currency"])
        for year in (2024, 2025):
            for number in range(GROUPS * 12):
                customer, month = divmod(number, 12)
                amount = Decimal(90_000) / (customer + 1) + year % 7 + month
                amount = amount.quantize(Decimal("0.01"))
                total += amount if year == 2025 else 0
                row = [f"{year}-{number}", f"Kauppa {customer + 1}", f"{year}-{month + 1:02}-10"]
                writer.writerow([*row, "Dairy", amount, "EUR"])
    return total


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{base}/")


def test_from_nothing_to_an_exported_figure(
    chromium: Browser, stack: Stack, tmp_path: Path
) -> None:
    total = write_sales(tmp_path / "sales 2024-2025.csv")
    visit = open_page(chromium, stack)
    page = visit.page

    visit.open("/")  # nobody can sign in yet
    page.get_by_label("Your name").fill("Aino Ensimmäinen")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Create administrator and sign in").click()
    expect(page.get_by_role("heading", name="From empty to the first figures")).to_be_visible()

    visit.open("/imports/new/")
    page.locator("input[name=kind][value=sales]").check()
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "sales 2024-2025.csv")
    page.get_by_label("Source").fill("ERP")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    page.get_by_label("Create accounts that are not known yet").check()
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import", exact=True).click(timeout=60_000)
    expect(page.get_by_text("The file is imported")).to_be_visible(timeout=60_000)
    assert visit.violations() == []

    visit.open("/concentration/?period=custom&date_from=2025-01-01&date_to=2026-01-01")
    expect(page.get_by_role("link", name="Kauppa 1", exact=True).first).to_be_visible()
    with page.expect_download() as download:
        page.goto(f"{visit.base}/revenue/?date_from=2025-01-01&date_to=2026-01-01")
        page.get_by_role("button", name="Export").first.click()
        page.get_by_role("link", name="CSV").first.click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    amounts = [next(v for k, v in row.items() if "mount" in k) for row in rows]
    assert len(rows) == GROUPS * 12
    assert sum(map(Decimal, amounts)) == total
    answer = stack.json("concentration", "--from", "2025-01-01", "--to", "2026-01-01")
    assert Decimal(str(answer["total"])) == total
    assert answer["customers"] == GROUPS
    assert visit.problems == []


PAGES = [
    "/",
    "/accounts/",
    "/accounts/tree/",
    "/accounts/1/",
    "/accounts/new/",
    "/concentration/",
    "/revenue/",
    "/products/",
    "/targets/",
    "/imports/",
    "/imports/new/",
    "/imports/sources/",
    "/jobs/",
    "/settings/",
    "/settings/users/",
    "/profile/",
]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_accessible_and_fits(
    chromium: Browser, stack: Stack, dark: bool, phone: bool
) -> None:
    visit = open_page(chromium, stack, dark=dark, phone=phone)
    sign_in(visit.page, visit.base)
    found = {}
    for path in PAGES:
        visit.open(path)
        wrong = visit.violations() + ([f"{visit.overflow()} px wide"] if visit.overflow() else [])
        if wrong:
            found[path] = wrong
    assert found == {}
    assert visit.problems == []
