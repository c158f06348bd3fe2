"""Statements on screen, on paper and in files: the same lines, and nobody else's."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import Account
from kam.core.dates import Period
from settlements.models import Allocation
from settlements.selectors.statement import statement
from settlements.services.overdue import flag_overdue
from settlements.views import statements
from settlements.views.statements_pdf import Sheet, statement_pdf
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document
from tests.files import book_rows, file_rows

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MARCH = "?date_from=2026-03-01&date_to=2026-03-31"
ROLES = [
    ("owner", 200),
    ("teammate", 200),
    ("stranger", 404),
    ("director", 200),
    ("controller", 200),
    ("administrator", 200),
    ("auditor", 200),
]


def url(pk: int, rest: str = "") -> str:
    return f"/receivables/statements/{pk}/{rest}"


def body(response: Any) -> str:
    return str(response.content.decode())


def members(response: Any) -> list[str]:
    file = io.BytesIO(b"".join(response.streaming_content))
    with zipfile.ZipFile(file) as found:
        assert found.testzip() is None
        assert all(found.read(name).startswith(b"%PDF-") for name in found.namelist())
        return sorted(found.namelist())


def payer(people: People, name: str = "Payer Oy") -> Account:
    """100 in January of which 60 were paid in March, 50 in March, 999 later."""
    account, company = make_account(name=name, lead=people.owner), make_company()
    shop = make_account(name="Shop", parent=account)
    old = make_document(
        account=shop, party=account, company=company, on=date(2026, 1, 10), amounts=["100.00"],
        due=[date(2026, 2, 9)],
    )  # fmt: skip
    make_document(
        account=account, company=company, on=date(2026, 3, 5), amounts=["50.00"],
        due=[date(2026, 4, 4)], reference="PO 7",
    )  # fmt: skip
    receipt = make_document(
        account=account, company=company, kind="receipt", on=date(2026, 3, 20), amounts=["60.00"]
    )
    Allocation.objects.create(
        debit_item=old.items.get(), credit_item=receipt.items.get(), party=account,
        currency_id="EUR", amount=Decimal(60), effective_date=date(2026, 3, 20),
    )  # fmt: skip
    make_document(
        account=account, company=company, on=date(2026, 4, 1), amounts=["999.00"],
        due=[date(2026, 5, 1)],
    )  # fmt: skip
    return account


def test_it_rolls_forward_and_ages(people: People) -> None:
    account = payer(people)
    response = client_of(people.owner).get(url(account.pk, MARCH))
    page = body(response)
    [block] = response.context["blocks"]
    assert (block["one"].opening, block["one"].closing) == (100, 90)
    assert [(item["line"].debit, item["line"].credit, item["line"].balance)
            for item in block["lines"]] == [(50, None, 150), (None, 60, 90)]  # fmt: skip
    assert [band["amount"] for band in block["bands"]] == [50, 0, 40, 0, 0, 0]
    assert block["one"].aged.net == block["one"].closing
    assert "PO 7" in page
    assert "999" not in page


def test_files_say_what_the_page_says(people: People) -> None:
    account = payer(people)
    client = client_of(people.owner)
    rows = file_rows(client.get(url(account.pk, f"{MARCH}&export=csv")))
    assert rows[0] == ["Currency", "Date", "Document", "Reference", "Due", "Debit", "Credit",
                       "Balance"]  # fmt: skip
    assert [(row[1], row[3], row[5], row[6], row[7]) for row in rows[1:]] == [
        ("2026-03-01", "", "", "", "100.0000"),
        ("2026-03-05", "PO 7", "50.0000", "", "150.0000"),
        ("2026-03-20", "", "", "60.0000", "90.0000"),
        ("2026-03-31", "", "", "", "90.0000"),
    ]
    response = client.get(url(account.pk, f"{MARCH}&export=xlsx"))
    assert [row[7] for row in book_rows(response)] == [
        100, 150, 90, 90,
    ]  # fmt: skip
    pdf = client.get(url(account.pk, f"pdf/{MARCH}"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == (
        f'attachment; filename="statement-{account.pk}-payer-oy-2026-03-31.pdf"'
    )
    assert pdf.content.startswith(b"%PDF-")


def test_a_broken_period_is_told_and_the_usual_one_shown(people: People) -> None:
    account = payer(people)
    response = client_of(people.owner).get(
        url(account.pk, "?date_from=2026-03-31&date_to=2026-03-01")
    )
    assert "The period ends before it begins." in body(response)
    assert response.context["statement"].period.last_day == TODAY
    for query in ("?date_to=9999-12-31", "?date_from=0001-01-01", "?date_to=x"):
        assert client_of(people.owner).get(url(account.pk, query)).status_code == 200


def test_nothing_to_state(people: People) -> None:
    account = make_account(lead=people.owner)
    client = client_of(people.owner)
    assert "There is nothing to state" in body(client.get(url(account.pk)))
    assert client.get(url(account.pk, "pdf/")).content.startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["en", "fi", "ro", "vi", "zh-hans"])
def test_paper_in_every_language_with_names_of_any_script(people: People, language: str) -> None:
    payer(people)
    name = '家乐福 & <img src="http://evil.example/x.png"> Đặng Ñ'
    account = Account.objects.get(name="Payer Oy")
    found = statement(Period.month(2026, 3), account=account.pk)
    sheet = Sheet(account=name, issuer="Revonniitty Oy", printed_on=date(2026, 4, 1))
    with translation.override(language):
        first = statement_pdf(found, sheet)
        assert first == statement_pdf(found, sheet)
    assert first.startswith(b"%PDF-")
    assert b"evil.example" not in first
    assert b"/URI" not in first


def test_long_statements_run_over_pages(people: People) -> None:
    account, company = make_account(lead=people.owner), make_company()
    for number in range(90):
        make_document(
            account=account, company=company, on=date(2026, 3, 1 + number % 28),
            amounts=["1.00"], reference="a reference that needs more than one line of its cell",
        )  # fmt: skip
    response = client_of(people.owner).get(url(account.pk, f"pdf/{MARCH}"))
    assert response.content.count(b"/Type /Page\n") + response.content.count(
        b"/Type /Page /"
    ) + response.content.count(b"/Type /Page>") >= 3  # fmt: skip


@pytest.mark.parametrize(("who", "status"), ROLES)
def test_every_way_to_a_statement_is_scoped(people: People, who: str, status: int) -> None:
    account = payer(people)
    flag_overdue(as_of=TODAY)
    client = client_of(getattr(people, who))
    for rest in ("", "pdf/", "?export=csv", "?export=xlsx"):
        assert client.get(url(account.pk, rest)).status_code == status, rest
    listed = client.get("/receivables/statements/")
    assert (account.name in body(listed)) == (status == 200)
    many = client.post("/receivables/statements/zip/", {"ids": [account.pk]})
    assert many.status_code == (200 if status == 200 else 302)
    every = client.get("/receivables/statements/zip/")
    assert every.status_code == (200 if status == 200 else 302)


def test_a_zip_holds_those_that_one_may_see(people: People) -> None:
    mine, other = payer(people, "Mine"), payer(people, "Other")
    other.lead_assignments.all().delete()
    Account.objects.filter(pk=other.pk).update(lead_chain=[people.stranger.pk])
    flag_overdue(as_of=TODAY)
    client = client_of(people.owner)
    chosen = client.post(
        "/receivables/statements/zip/", {"ids": [mine.pk, other.pk, "x", "999999"]}
    )
    assert members(chosen) == [f"statement-{mine.pk}-mine-{TODAY}.pdf"]
    found = client_of(people.director).get("/receivables/statements/zip/?q=other")
    assert members(found) == [f"statement-{other.pk}-other-{TODAY}.pdf"]


def test_more_than_fit_one_zip_are_refused(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 1)
    accounts = [payer(people, name) for name in ("A", "B")]
    flag_overdue(as_of=TODAY)
    client = client_of(people.director)
    response = client.post(
        "/receivables/statements/zip/", {"ids": [one.pk for one in accounts]}, follow=True
    )
    assert "One file holds at most" in body(response)
    nothing = client.post("/receivables/statements/zip/", {}, follow=True)
    assert "Choose at least one account." in body(nothing)


def test_the_list_takes_as_many_statements_for_three_as_for_one(
    people: People, django_assert_num_queries: Any
) -> None:
    client = client_of(people.controller)
    payer(people, "One")
    flag_overdue(as_of=TODAY)
    client.get("/receivables/statements/")
    with django_assert_num_queries(6):
        client.get("/receivables/statements/")
    for name in ("Two", "Three"):
        payer(people, name)
    flag_overdue(as_of=TODAY + timedelta(days=1))
    with django_assert_num_queries(6):
        response = client.get("/receivables/statements/")
    assert len(response.context["table"].rows) == 3
    assert len(file_rows(client.get("/receivables/statements/?export=csv"))) == 4
