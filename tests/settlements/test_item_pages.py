"""Lists of items and of unapplied credits: whose, as of which day, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from kam.core.models import Currency, SellingCompany
from kam.identity.models import User
from settlements.analytics.ageing import Bands
from settlements.choices import DocumentKind
from settlements.models import Document, LedgerItem
from settlements.selectors.ageing import AgeingQuery, Basis, Level, ageing
from settlements.services.allocating import Match, allocate, reverse_allocation
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

D = Decimal
DAY = date(2026, 3, 31)


@contextmanager
def queries(expected: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [one["sql"] for one in captured]
    assert len(statements) == expected, "\n".join(sql[:160] for sql in statements)


@pytest.fixture
def company() -> SellingCompany:
    return make_company()


@pytest.fixture
def mine(people: People) -> Account:
    return make_account(name="Kaski Group", lead=people.owner)


@pytest.fixture
def store(mine: Account) -> Account:
    return make_account(name="Kaski Store", kind="store", parent=mine)


def listed(user: User, name: str = "item-list", **query: Any) -> Any:
    return client_of(user).get(reverse(f"settlements:{name}"), query)


def numbers(response: Any) -> list[str]:
    return [item.document.number for item in response.context["table"].page.rows]


def invoice(
    account: Account, company: SellingCompany, number: str, amount: str, due: date | None
) -> LedgerItem:
    document = make_document(
        account=account, company=company, number=number, amounts=[amount], due=[due],
        on=date(2026, 1, 1),
    )  # fmt: skip
    return document.items.get()


EDGES = {
    "today": DAY,
    "tomorrow": DAY + timedelta(days=1),
    "late-1": DAY - timedelta(days=1),
    "late-30": DAY - timedelta(days=30),
    "late-31": DAY - timedelta(days=31),
    "late-60": DAY - timedelta(days=60),
    "late-61": DAY - timedelta(days=61),
    "late-89": DAY - timedelta(days=89),
    "undated": None,
}


@pytest.fixture
def edges(mine: Account, store: Account, company: SellingCompany) -> None:
    """Items around every edge, below the group and in it, partly paid today and later."""
    for place, (number, due) in enumerate(EDGES.items(), 1):
        invoice(store if place % 2 else mine, company, number, f"{place}00.25", due)
    receipt = make_document(
        account=mine, company=company, kind=DocumentKind.RECEIPT, amounts=["500"], number="RC",
        on=date(2026, 2, 1), party=mine,
    )  # fmt: skip
    debit = LedgerItem.objects.get(document__number="late-30")
    credit = receipt.items.get()
    LedgerItem.objects.get(document__number="late-31")
    if debit.party_id == credit.party_id:
        allocate(matches=[Match(debit.pk, credit.pk, D("50"))], effective_date=DAY)
        allocate(
            matches=[Match(debit.pk, credit.pk, D("70"))],
            effective_date=DAY + timedelta(days=1),
        )


@pytest.mark.parametrize("bounds", [(30, 60, 90), (1, 30), (61,)])
@pytest.mark.parametrize("basis", [Basis.DUE_DATE, Basis.DOCUMENT_DATE])
@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=1), date(2026, 1, 31)])
@pytest.mark.usefixtures("edges")
def test_a_cell_of_the_ageing_is_the_sum_of_its_rows(
    bounds: tuple[int, ...], basis: Basis, day: date, mine: Account, people: People
) -> None:
    bands = Bands(bounds)
    query = AgeingQuery(as_of=day, bands=bands, basis=basis, account=mine.pk, level=Level.GROUP)
    cells = ageing(query).buckets
    asked: dict[str, Any] = {
        "account": mine.pk,
        "as_of": day.isoformat(),
        "basis": "due" if basis is Basis.DUE_DATE else "document",
        "bands": ",".join(map(str, bounds)),
        "currency": "EUR",
    }

    found = {}
    for bucket in cells:
        answer = listed(people.auditor, bucket=bucket, **asked)
        rows = answer.context["table"].page.rows
        found[bucket] = sum((row.open_amount for row in rows), D(0))
        (total,) = answer.context["sums"]() if rows else [None]
        assert (total.open if total else D(0)) == found[bucket]

    assert found == cells


@pytest.mark.usefixtures("edges")
def test_an_item_due_on_the_day_is_not_late_and_a_day_later_it_is(
    mine: Account, people: People
) -> None:
    def of(bucket: str, day: date) -> list[str]:
        return sorted(numbers(listed(people.owner, account=mine.pk, as_of=day, bucket=bucket)))

    assert of("not_due", DAY) == ["today", "tomorrow"]
    assert of("1-30", DAY) == ["late-1", "late-30"]
    assert of("31-60", DAY) == ["late-31", "late-60"]
    assert of("61-90", DAY) == ["late-61", "late-89"]
    assert of("91+", DAY) == []
    assert of("no_due_date", DAY) == ["undated"]
    assert of("1-30", DAY + timedelta(days=1)) == ["late-1", "today"]
    assert of("overdue", DAY) == [
        "late-1", "late-30", "late-31", "late-60", "late-61", "late-89",
    ]  # fmt: skip


def test_what_is_open_forgets_nothing_that_was_paid_later(
    mine: Account, company: SellingCompany, people: People
) -> None:
    debit = invoice(mine, company, "1", "100", date(2026, 1, 31))
    receipt = make_document(
        account=mine, company=company, kind=DocumentKind.RECEIPT, on=date(2026, 2, 10), number="R"
    )
    (row,) = allocate(matches=[Match(debit.pk, receipt.items.get().pk, D("100"))])
    reverse_allocation(allocation=row, effective_date=date(2026, 3, 1))

    def state(day: str, state: str) -> list[tuple[str, Decimal]]:
        rows = listed(people.owner, as_of=day, state=state).context["table"].page.rows
        return sorted((row.document.number, row.open_amount) for row in rows)

    assert state("2026-02-09", "open") == [("1", D("100"))]
    assert state("2026-02-10", "open") == []
    assert state("2026-02-10", "settled") == [("1", D("0")), ("R", D("0"))]
    assert state("2026-03-01", "open") == [("1", D("100")), ("R", D("100"))]
    assert state("2026-03-01", "overdue") == [("1", D("100"))]
    assert state("2026-02-09", "all") == [("1", D("100"))]


WHO = [
    ("owner", ["1"]),
    ("teammate", ["1"]),
    ("stranger", []),
    ("director", ["1"]),
    ("controller", ["1"]),
    ("administrator", ["1"]),
    ("auditor", ["1"]),
]


@pytest.mark.parametrize("name", ["item-list", "unapplied-list"])
@pytest.mark.parametrize(("who", "expected"), WHO)
def test_who_sees_which_items(
    name: str, who: str, expected: list[str], mine: Account, company: SellingCompany, people: People
) -> None:
    kind = DocumentKind.INVOICE if name == "item-list" else DocumentKind.RECEIPT
    make_document(account=mine, company=company, number="1", kind=kind)
    user = getattr(people, who)

    assert numbers(listed(user, name)) == expected
    exported = listed(user, name, export="csv").getvalue().decode().splitlines()[1:]
    assert [line.split(",")[0] for line in exported] == expected
    if not expected:
        refused = listed(user, name, account=mine.pk)
        assert numbers(refused) == []
        assert "There is no such account" in str(refused.context["table"].filters.form.errors)


def test_sums_are_per_currency_and_never_across(
    mine: Account, company: SellingCompany, people: People
) -> None:
    Currency.objects.get_or_create(code="KWD", defaults={"decimals": 3})
    make_document(account=mine, company=company, amounts=["100.10"])
    make_document(account=mine, company=company, amounts=["2.505"], currency="KWD")
    make_document(account=mine, company=company, kind=DocumentKind.CREDIT_NOTE, amounts=["10"])

    answer = listed(people.owner, account=mine.pk)

    sums = {one.currency: (one.items, one.open, one.credits) for one in answer.context["sums"]()}
    assert sums == {"EUR": (2, D("100.10"), D("10")), "KWD": (1, D("2.505"), D("0"))}
    assert "90.10" in answer.text
    assert "2.505" in answer.text


def test_the_whole_company_is_added_up_on_request(
    mine: Account, company: SellingCompany, people: People
) -> None:
    make_document(account=mine, company=company)

    assert "Add up per currency" in listed(people.owner).text
    assert "Add up per currency" not in listed(people.owner, totals="1").text


def test_the_sums_follow_a_filter_that_htmx_sets(
    mine: Account, company: SellingCompany, people: People
) -> None:
    make_document(account=mine, company=company, amounts=["5"], number="A-1")
    make_document(account=mine, company=company, amounts=["7"], number="B-1")
    headers = {"HX-Request": "true", "HX-Target": "table-items"}

    answer = client_of(people.owner).get(
        reverse("settlements:item-list"), {"q": "B-1"}, headers=headers
    )

    assert 'id="table-items-sums" class="ledger-sums" hx-swap-oob="true"' in answer.text
    assert "A-1" not in answer.text
    assert "7.00" in answer.text


FILTERS = [
    ({"q": "ink"}, ["INK-7"]),
    ({"q": "order 9"}, ["INK-7"]),
    ({"kind": "receipt"}, ["PAY"]),
    ({"currency": "USD"}, ["USD"]),
    ({"due_from": "2026-02-01", "due_to": "2026-02-02"}, ["INK-7"]),
    ({"date_from": "2026-03-01"}, ["PAY"]),
    ({"amount_from": "20", "amount_to": "30"}, ["USD"]),
    ({"state": "overdue", "as_of": "2026-02-02"}, ["INK-7"]),
    ({"bands": "30,10"}, []),
    ({"as_of": "nonsense"}, []),
    ({"bucket": "1-30", "as_of": "2026-02-02"}, ["INK-7"]),
    ({"bucket": "nonsense"}, []),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_filters(
    query: dict[str, str], expected: list[str], mine: Account, company: SellingCompany,
    people: People,
) -> None:  # fmt: skip
    make_document(
        account=mine, company=company, number="INK-7", amounts=["10"], reference="Order 9",
        due=[date(2026, 2, 1)],
    )  # fmt: skip
    make_document(account=mine, company=company, number="USD", amounts=["25"], currency="USD")
    make_document(
        account=mine, company=company, number="PAY", kind="receipt", amounts=["40"],
        on=date(2026, 3, 1),
    )  # fmt: skip

    assert numbers(listed(people.owner, **query)) == expected


def test_an_account_means_everything_below_it_on_the_day_or_itself_alone(
    mine: Account, store: Account, company: SellingCompany, people: People
) -> None:
    make_document(account=mine, company=company, number="top")
    make_document(account=store, company=company, number="below")

    assert sorted(numbers(listed(people.owner, account=mine.pk))) == ["below", "top"]
    assert numbers(listed(people.owner, account=mine.pk, own="true")) == ["top"]
    assert numbers(listed(people.owner, account=store.pk)) == ["below"]


def test_exports_hold_the_same_rows_and_signs(
    mine: Account, company: SellingCompany, people: People
) -> None:
    make_document(account=mine, company=company, number="1", amounts=["10"], due=[DAY])
    make_document(account=mine, company=company, number="2", amounts=["4"], kind="credit_note")

    answer = listed(people.owner, as_of="2026-04-02", export="csv")
    head, *lines = answer.getvalue().decode().splitlines()
    workbook = listed(people.owner, as_of="2026-04-02", export="xlsx")

    assert head.endswith("Currency,Amount,Open on Apr 2, 2026,Days late,Age") or (
        '"Open on Apr 2, 2026"' in head
    )
    assert lines == [
        "1,Invoice,Kaski Group,2026-01-10,2026-03-31,EUR,10.0000,10.0000,2,1–30 days",
        "2,Credit note,Kaski Group,2026-01-10,,EUR,-4.0000,-4.0000,,",
    ]
    assert workbook.status_code == 200
    assert workbook["Content-Type"].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_with_one_row_and_with_three(
    count: int, mine: Account, company: SellingCompany, people: People
) -> None:
    for place in range(count):
        account = make_account(name=f"Part {place}", parent=mine)
        make_document(account=account, company=company)
        make_document(account=account, company=company, kind="receipt")
    client = client_of(people.controller)

    with queries(ITEM_QUERIES):
        client.get(reverse("settlements:item-list"), {"account": mine.pk})
    with queries(UNAPPLIED_QUERIES):
        client.get(reverse("settlements:unapplied-list"))


ITEM_QUERIES, UNAPPLIED_QUERIES = 10, 9


def test_unapplied_credits_show_their_age_and_the_way_to_allocate_them(
    mine: Account, company: SellingCompany, people: People
) -> None:
    today = timezone.localdate()
    old = make_document(
        account=mine, company=company, kind="receipt", amounts=["30"], number="OLD",
        on=today - timedelta(days=40),
    )  # fmt: skip
    make_document(
        account=mine, company=company, kind="credit_note", amounts=["5"], number="NEW", on=today
    )
    debit = make_document(account=mine, company=company, amounts=["10"], on=date(2026, 1, 1))
    allocate(matches=[Match(debit.items.get().pk, old.items.get().pk, D("10"))])
    url = reverse("settlements:allocate", args=[old.items.get().pk])

    answer = listed(people.controller, "unapplied-list")
    rows = answer.context["table"].page.rows

    assert [(row.document.number, row.open_amount_now) for row in rows] == [
        ("OLD", D("20")),
        ("NEW", D("5")),
    ]
    lines = listed(people.controller, "unapplied-list", export="csv").getvalue().decode()
    assert "OLD,Receipt,Kaski Group" in lines
    assert ",40,,EUR,30.0000,20.0000" in lines
    assert url in answer.text
    assert url not in listed(people.owner, "unapplied-list").text


def test_a_reversal_says_so_and_documents_open_from_their_row(
    mine: Account, company: SellingCompany, people: People
) -> None:
    document: Document = make_document(account=mine, company=company, number="1")

    answer = listed(people.owner)

    item = document.items.get()
    link = f"{reverse('settlements:document-detail', args=[document.pk])}#item-{item.pk}"
    assert f'data-href="{link}"' in answer.text
