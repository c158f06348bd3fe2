"""A newcomer's way through a whole kam with its own worker: from nothing to an exported figure,
and from open items to cash that is set against them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faults.stack import Stack, running
from tests.flows.conftest import WIDE, Visit

pytestmark = pytest.mark.flow
EMAIL, PASSWORD = "first@kam.test", "a long enough secret"
GROUPS = 25


@pytest.fixture(scope="module")
def stack(assets: None) -> Iterator[Stack]:
    with running() as whole:
        yield whole


def open_page(chromium: Browser, stack: Stack) -> Visit:
    width, height = WIDE
    context = chromium.new_context(
        viewport={"width": width, "height": height},
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


def write_open_items(path: Path) -> None:
    """Three invoices of one customer: two overdue in 2025, one due in 2099."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["Invoice no", "Customer", "Type", "Invoice date", "Due", "Amount", "Currency", "Text"]
        )
        writer.writerow(
            ["F-1", "Kauppa 1", "invoice", "2025-10-01", "2025-10-31", "700.00", "EUR", "PO 1"]
        )
        writer.writerow(
            ["F-2", "Kauppa 1", "invoice", "2025-11-01", "2025-12-01", "300.00", "EUR", "PO 2"]
        )
        writer.writerow(
            ["F-3", "Kauppa 1", "invoice", "2025-11-15", "2099-01-31", "50.00", "EUR", "PO 3"]
        )


# The lead of the customer, and somebody who has nothing to do with it.
PEOPLE = f"""
from datetime import date
from accounts.models import Account
from accounts.services.leads import set_lead
from kam.identity.models import User
for name in ("lead", "stranger"):
    user = User.objects.create_user(
        f"{{name}}@kam.test", "{PASSWORD}", full_name=name.title(), roles=["account_manager"])
    if name == "lead":
        account = Account.objects.get(name="Kauppa 1")
        set_lead(
            account=account, user=user, from_date=date(2025, 1, 1), as_of=date(2026, 1, 31))
        print(account.pk)
"""


def sign_in(page: Page, base: str, email: str = EMAIL) -> None:
    page.goto(f"{base}/sign-in/")
    page.get_by_label("E-mail").fill(email)
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


def import_open_items(visit: Visit, path: Path) -> None:
    page = visit.page
    visit.open("/imports/new/")
    page.locator("input[name=kind][value=open_items]").check()
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_label("Source").fill("ERP ledger")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import", exact=True).click(timeout=60_000)
    expect(page.get_by_text("The file is imported")).to_be_visible(timeout=60_000)


def test_from_open_items_to_cash_and_back(chromium: Browser, stack: Stack, tmp_path: Path) -> None:
    """As whoever keeps the ledger, as the customer's lead, and as a stranger."""
    account = int(stack.shell(PEOPLE))
    write_open_items(tmp_path / "open.csv")
    visit = open_page(chromium, stack)
    page = visit.page
    sign_in(page, visit.base)
    import_open_items(visit, tmp_path / "open.csv")

    visit.open("/receivables/")
    page.get_by_role("button", name="Flag overdue now").first.click()
    expect(page.get_by_text("items became overdue").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("1,000.00").first).to_be_visible()
    assert visit.violations() == []

    visit.open(f"/accounts/{account}/")
    expect(page.get_by_role("heading", name="Receivables")).to_be_visible()
    visit.open(f"/receivables/statements/{account}/?date_from=2025-10-01&date_to=2025-12-31")
    expect(page.get_by_text("1,050.00").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")

    visit.open(f"/receivables/receipts/new/?account={account}")
    page.get_by_label("Received on").fill("2026-01-15")
    page.get_by_label("Amount", exact=True).fill("900")
    page.get_by_label("Amount", exact=True).blur()
    expect(page.get_by_label("Amount for F-1")).to_have_value(re.compile("^700"))  # proposed
    page.get_by_label("Amount for F-2").fill("150")
    page.get_by_label("Amount for F-3").fill("")
    page.get_by_role("button", name="Post receipt").click()
    expect(page.get_by_text("Receipt").first).to_be_visible()
    receipt = page.url
    expect(page.get_by_role("link", name="Invoice F-2").first).to_be_visible()
    assert page.locator("dt:text-is('Open') + dd").first.inner_text().startswith("50.00")

    row = page.get_by_role("row").filter(has_text="F-1")
    row.get_by_role("link", name="Take back").click()
    page.get_by_label("Reason").or_(page.get_by_label("Note")).first.fill("Meant for another one")
    page.get_by_role("button", name="Take back").click()
    page.goto(receipt)
    expect(page.get_by_text("Meant for another one").first).to_be_visible()
    visit.open("/receivables/unapplied/")
    expect(page.get_by_text("750.00").first).to_be_visible()
    assert ledger_of(stack) == {"F-1": "700.00", "F-2": "150.00", "F-3": "50.00"}

    lead = open_page(chromium, stack)
    sign_in(lead.page, lead.base, "lead@kam.test")
    lead.open("/receivables/items/")
    expect(lead.page.get_by_role("link", name="F-1", exact=False).first).to_be_visible()
    lead.page.goto(receipt)
    expect(lead.page.get_by_role("link", name="Invoice F-2").first).to_be_visible()
    expect(lead.page.get_by_role("link", name="Take back")).to_have_count(0)
    assert status(lead, "/receivables/receipts/new/") == 404

    stranger = open_page(chromium, stack)
    sign_in(stranger.page, stranger.base, "stranger@kam.test")
    stranger.open("/receivables/items/")
    expect(stranger.page.get_by_text("F-1")).to_have_count(0)
    for path in (receipt.removeprefix(visit.base), f"/receivables/statements/{account}/"):
        assert status(stranger, path) == 404
    assert ledger_of(stack) == {"F-1": "700.00", "F-2": "150.00", "F-3": "50.00"}
    assert visit.problems == []


def status(visit: Visit, path: str) -> int:
    """What an address answers to a person."""
    answer = visit.page.goto(f"{visit.base}{path}")
    assert answer is not None
    return answer.status


def ledger_of(stack: Stack) -> dict[str, str]:
    """What is open of each invoice now."""
    found = stack.shell("""
import json
from settlements.models import LedgerItem
items = LedgerItem.objects.filter(document__kind="invoice").open_now().select_related("document")
print(json.dumps({i.document.number: f"{i.open_amount_now:.2f}" for i in items}))
""")
    answer: dict[str, str] = json.loads(found)
    return dict(sorted(answer.items()))


PAGES = [
    "/",
    "/accounts/",
    "/accounts/tree/",
    "/accounts/1/",
    "/accounts/new/",
    "/concentration/",
    "/receivables/",
    "/receivables/ageing/",
    "/receivables/work/",
    "/receivables/items/",
    "/receivables/unapplied/",
    "/receivables/statements/",
    "/receivables/statements/1/",
    "/receivables/expected/",
    "/receivables/controllers/",
    "/receivables/periods/",
    "/receivables/gaps/",
    "/receivables/receipts/new/",
    "/receivables/documents/new/",
    "/receivables/documents/1/",
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


def test_every_page_is_accessible_and_fits(chromium: Browser, stack: Stack) -> None:
    visit = open_page(chromium, stack)
    sign_in(visit.page, visit.base)
    assert visit.wrong(PAGES) == {}
    assert visit.problems == []
