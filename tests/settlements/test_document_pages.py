"""One document's page, posting new ones by hand, and reversing: whole, once, and by whom."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core.dates import Period
from kam.core.models import SellingCompany
from settlements.choices import DocumentKind
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.allocating import Match, allocate, reverse_allocation
from settlements.services.periods import close_period
from settlements.services.reversing import reverse_document
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

D = Decimal
JAN = date(2026, 1, 10)
CREATE = "settlements:document-create"


@pytest.fixture
def company() -> SellingCompany:
    return make_company()


@pytest.fixture
def mine(people: People) -> Account:
    return make_account(name="Kaski Group", lead=people.owner)


@pytest.fixture
def bill(mine: Account, company: SellingCompany) -> Document:
    return make_document(
        account=mine, company=company, number="4711", amounts=["60", "40"],
        due=[date(2026, 2, 1), date(2026, 3, 1)],
    )  # fmt: skip


@pytest.fixture
def receipt(mine: Account, company: SellingCompany) -> Document:
    return make_document(
        account=mine, company=company, kind="receipt", number="RC-9", amounts=["100"]
    )


def pay(bill: Document, receipt: Document, amount: str, **more: Any) -> Allocation:
    debit = bill.items.order_by("sequence").first()
    assert debit is not None
    match = Match(debit.pk, receipt.items.get().pk, D(amount))
    (row,) = allocate(matches=[match], **more)
    return row


def page(client: Client, document: Document) -> Any:
    return client.get(reverse("settlements:document-detail", args=[document.pk]))


def typed(payer: Account, company: SellingCompany, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a new document."""
    values = {
        "key": str(uuid4()),
        "kind": "invoice",
        "account": as_typed(payer),
        "selling_company": company.pk,
        "currency": "EUR",
        "amount": "100.00",
        "document_date": "2026-01-10",
        "due_days": "30",
        "instalments": "1",
        "interval": "30",
        "number": "",
        "reference": "",
    }
    return {**values, **changes}


# The page

WHO = {
    "owner": 200, "teammate": 200, "stranger": 404, "director": 200, "controller": 200,
    "administrator": 200, "auditor": 200,
}  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO.items())
def test_who_sees_a_document(who: str, status: int, bill: Document, people: People) -> None:
    assert page(client_of(getattr(people, who)), bill).status_code == status


def test_it_shows_what_settled_it_also_what_was_taken_back(
    bill: Document, receipt: Document, people: People
) -> None:
    first = pay(bill, receipt, "25", created_by=people.controller)
    reverse_allocation(
        allocation=first, effective_date=date(2026, 2, 2), created_by=people.administrator,
        note="Wrong invoice",
    )  # fmt: skip
    pay(bill, receipt, "10")

    answer = page(client_of(people.owner), bill)
    read = answer.context["read"]

    assert [(i.sequence, i.amount, i.open_amount_now) for i in read.items] == [
        (1, D("60"), D("50")),
        (2, D("40"), D("40")),
    ]
    assert [(line.allocation.amount, line.reversal is None) for line in read.settlements] == [
        (D("25"), False),
        (D("10"), True),
    ]
    assert (read.standing, read.open) == ("partial", D("90"))
    assert "<del><span" in answer.text
    assert "Wrong invoice" in answer.text
    assert "Admin" in answer.text
    kinds = sorted(event.kind for event in read.events)
    assert kinds == ["allocated", "allocated", "posted", "taken_back"]


def test_a_reversal_and_what_it_reverses_lead_to_each_other(bill: Document, people: People) -> None:
    reversal = reverse_document(document=bill, reversed_on=JAN, note="Typed twice")
    client = client_of(people.owner)

    original, opposite = page(client, bill), page(client, reversal)

    assert reverse("settlements:document-detail", args=[reversal.pk]) in original.text
    assert reverse("settlements:document-detail", args=[bill.pk]) in opposite.text
    assert "Typed twice" in original.text
    standings = original.context["read"].standing, opposite.context["read"].standing
    assert standings == ("reversed", "reversal")


def test_a_document_of_an_account_out_of_sight_is_not_named(
    mine: Account, company: SellingCompany, people: People
) -> None:
    other = make_account(name="Secret Store", lead=people.stranger)
    bill = make_document(account=other, party=mine, company=company, number="SECRET-1")
    receipt = make_document(account=mine, company=company, kind="receipt", number="R")
    pay(bill, receipt, "10")

    answer = page(client_of(people.owner), receipt)

    assert answer.status_code == 200
    assert "SECRET-1" not in answer.text
    assert "Secret Store" not in answer.text
    assert "A document of another account" in answer.text
    assert "SECRET-1" in page(client_of(people.controller), receipt).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_one_payment_and_with_three(
    count: int, bill: Document, mine: Account, company: SellingCompany, people: People
) -> None:
    for _place in range(count):
        paid = make_document(account=mine, company=company, kind="receipt")
        reverse_allocation(allocation=pay(bill, paid, "5"), effective_date=date(2026, 2, 2))
        pay(bill, paid, "5")
    client = client_of(people.controller)
    page(client, bill)

    with CaptureQueriesContext(connection) as captured:
        page(client, bill)

    assert len(captured) == DETAIL_QUERIES, "\n".join(one["sql"][:120] for one in captured)


DETAIL_QUERIES = 9

BUTTONS = {
    "owner": [],
    "auditor": [],
    "director": [],
    "controller": ["allocate", "item-refund", "item-write-off", "document-reverse"],
}


@pytest.mark.parametrize(("who", "expected"), BUTTONS.items())
def test_buttons_by_what_one_may_do(
    who: str, expected: list[str], receipt: Document, people: People
) -> None:
    text = page(client_of(getattr(people, who)), receipt).text
    item = receipt.items.get()
    urls = {
        "allocate": reverse("settlements:allocate", args=[item.pk]),
        "item-refund": reverse("settlements:item-refund", args=[item.pk]),
        "item-write-off": reverse("settlements:item-write-off", args=[item.pk]),
        "document-reverse": reverse("settlements:document-reverse", args=[receipt.pk]),
    }
    assert [name for name, url in urls.items() if url in text] == expected


# New documents


def test_an_invoice_is_posted_with_equal_instalments(
    mine: Account, company: SellingCompany, people: People
) -> None:
    data = typed(mine, company, instalments="3", due_days="10", interval="20", number=" 8 ")

    answer = client_of(people.controller).post(reverse(CREATE), data)

    document = Document.objects.get()
    assert answer["Location"] == reverse("settlements:document-detail", args=[document.pk])
    assert (document.number, document.created_by) == ("8", people.controller)
    rows = document.items.order_by("sequence").values_list("amount", "due_date")
    assert list(rows) == [
        (D("33.34"), date(2026, 1, 20)),
        (D("33.33"), date(2026, 2, 9)),
        (D("33.33"), date(2026, 3, 1)),
    ]


def test_an_invoice_is_posted_with_instalments_written_one_by_one(
    mine: Account, company: SellingCompany, people: People
) -> None:
    rows = {"due_1": "2026-02-01", "part_1": "70", "part_2": "30"}

    client_of(people.controller).post(reverse(CREATE), typed(mine, company, **rows))

    found = LedgerItem.objects.order_by("sequence").values_list("amount", "due_date")
    assert list(found) == [(D("70"), date(2026, 2, 1)), (D("30"), None)]


def test_a_credit_note_has_no_due_date_and_names_what_it_corrects(
    mine: Account, company: SellingCompany, bill: Document, people: People
) -> None:
    url = reverse(CREATE)
    client = client_of(people.controller)
    form = client.get(f"{url}?kind=credit_note&corrects={bill.pk}").context["form"]
    assert (form["kind"].value(), form["corrects"].value()) == ("credit_note", "4711")
    assert form["account"].value() == as_typed(mine)

    client.post(url, typed(mine, company, kind="credit_note", corrects="4711"))

    note = Document.objects.get(kind="credit_note")
    assert (note.corrects, note.items.get().due_date) == (bill, None)


REFUSED = [
    ({"amount": "0"}, "amount", "An amount must be above zero."),
    ({"amount": "-5"}, "amount", "An amount must be above zero."),
    (
        {"amount": "10.0051"},
        "amount",
        "10.0051 has more decimals than EUR, which has 2.",
    ),
    ({"number": "4711"}, "number", "There is a document with this number already."),
    ({"currency": "ZZZ"}, "currency", None),
    ({"account": "Nobody"}, "account", None),
    ({"document_date": ""}, "document_date", None),
    (
        {"document_date": "2190-01-01"},
        "document_date",
        "This day lies more than ten years ahead.",
    ),
    ({"corrects": "none"}, "corrects", "There is no document with this number."),
    (
        {"due_1": "2026-01-01", "part_1": "100"},
        "due_1",
        "The due date is before the document's date.",
    ),
    ({"due_1": "2026-02-01"}, "part_1", "Say how much is due on this day."),
    ({"part_1": "99"}, "amount", "The instalments add up to 99, not to this amount."),
    (
        {"kind": "credit_note", "due_1": "2026-02-01", "part_1": "100"},
        "due_1",
        "What is in the customer's favour has no due date.",
    ),
]


@pytest.mark.parametrize(("changes", "field", "words"), REFUSED)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_posted(
    changes: dict[str, str], field: str, words: str | None, mine: Account,
    company: SellingCompany, bill: Document, people: People,
) -> None:  # fmt: skip
    answer = client_of(people.controller).post(reverse(CREATE), typed(mine, company, **changes))

    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    if words:
        assert errors[field] == [words]
    assert list(Document.objects.all()) == [bill]


def test_a_closed_period_is_refused_and_the_first_open_day_named(
    mine: Account, company: SellingCompany, people: People
) -> None:
    close_period(period=Period.month(2026, 1), closed_at=datetime(2026, 2, 5, tzinfo=UTC))
    client = client_of(people.controller)
    words = "This date lies in a closed period. The first open day is Feb 1, 2026."

    plain = client.post(reverse(CREATE), typed(mine, company))
    dated = client.post(reverse(CREATE), typed(mine, company, posting_date="2026-01-31"))
    assert plain.context["form"].errors == {"document_date": [words]}
    assert dated.context["form"].errors == {"posting_date": [words]}
    assert not Document.objects.exists()

    client.post(reverse(CREATE), typed(mine, company, posting_date="2026-02-01"))
    document = Document.objects.get()
    assert (document.document_date, document.posting_date) == (JAN, date(2026, 2, 1))


def test_sending_a_form_twice_posts_once_and_a_used_key_says_so(
    mine: Account, company: SellingCompany, people: People
) -> None:
    data = typed(mine, company)
    client = client_of(people.controller)

    answers = [client.post(reverse(CREATE), data)["Location"] for _turn in range(2)]
    assert answers[0] == answers[1]
    assert Document.objects.count() == 1

    other = client.post(reverse(CREATE), {**data, "amount": "7"})
    assert other.status_code == 422
    assert "This idempotency key was used for something else." in other.text
    assert Document.objects.count() == 1


# Who may act

ACTS = ["document-create", "document-reverse", "item-refund", "item-write-off"]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "director", "auditor"])
def test_nobody_else_posts_reverses_refunds_or_writes_off(
    name: str, who: str, receipt: Document, mine: Account, company: SellingCompany, people: People
) -> None:
    place = {"document-create": [], "document-reverse": [receipt.pk]}
    url = reverse(f"settlements:{name}", args=place.get(name, [receipt.items.get().pk]))
    client = client_of(getattr(people, who))
    data = {**typed(mine, company), "effective_date": "2026-02-01", "note": "x"}

    assert (client.get(url).status_code, client.post(url, data).status_code) == (404, 404)
    assert (Document.objects.count(), Allocation.objects.count()) == (1, 0)


# Reversing


def test_reversing_says_what_reopens_and_asks_for_the_reason(
    bill: Document, receipt: Document, people: People
) -> None:
    pay(bill, receipt, "60")
    url = reverse("settlements:document-reverse", args=[bill.pk])
    client = client_of(people.controller)

    question = client.get(url)
    assert "Reverse Invoice 4711?" in question.text
    goes = [str(line).replace("\xa0", " ") for line in question.context["goes"]]
    assert goes == [
        "40.00 EUR that is still open of it",
        "its allocation to Receipt RC-9: there 60.00 EUR is open again",
    ]
    nothing = client.post(url, {"key": str(uuid4()), "effective_date": "2026-02-01", "note": ""})
    assert nothing.context["form"].errors == {"note": ["This field is required."]}
    assert Document.objects.count() == 2

    data = {"key": str(uuid4()), "effective_date": "2026-02-01", "note": "Typed twice"}
    answers = {client.post(url, data)["Location"] for _turn in range(2)}
    reversal = Document.objects.get(reverses=bill)
    assert reverse("settlements:document-detail", args=[reversal.pk]) in answers
    assert (reversal.note, reversal.created_by) == ("Typed twice", people.controller)
    assert receipt.items.get().open_amount_now == D("100")


def test_a_reversal_in_a_closed_period_says_where_it_lands(bill: Document, people: People) -> None:
    today = timezone.localdate()
    month = Period.month(today.year, today.month)
    close_period(period=month, closed_at=timezone.now())
    url = reverse("settlements:document-reverse", args=[bill.pk])
    client = client_of(people.controller)

    question = client.get(url)
    assert "the first day that the ledger allows" in question.text

    client.post(
        url, {"key": str(uuid4()), "effective_date": today.isoformat(), "note": "Late news"}
    )
    assert Document.objects.get(reverses=bill).posting_date == month.end


# Refunds and write-offs


@pytest.mark.parametrize(
    ("name", "kind"), [("item-refund", "refund"), ("item-write-off", "write_off")]
)
def test_what_is_open_is_paid_back_or_given_up_once_with_a_reason(
    name: str, kind: str, receipt: Document, people: People
) -> None:
    item = receipt.items.get()
    url = reverse(f"settlements:{name}", args=[item.pk])
    client = client_of(people.controller)
    question = client.get(url)
    assert question.context["form"]["amount"].value() == "100.00"

    data = {"key": str(uuid4()), "effective_date": "2026-02-01", "amount": "30", "note": "Asked"}
    missing = client.post(url, {**data, "note": ""})
    too_much = client.post(url, {**data, "amount": "100.01"})
    assert list(missing.context["form"].errors) == ["note"]
    assert list(too_much.context["form"].errors) == ["amount"]
    assert Document.objects.count() == 1

    for _turn in range(2):
        client.post(url, data)
    document = Document.objects.get(kind=kind)
    assert (document.total, document.note, document.created_by) == (
        D("30"), "Asked", people.controller,
    )  # fmt: skip
    item.refresh_from_db()
    assert item.open_amount_now == D("70")


def test_a_write_off_of_a_debit_takes_what_is_open(bill: Document, people: People) -> None:
    item = bill.items.get(sequence=2)
    url = reverse("settlements:item-write-off", args=[item.pk])

    client_of(people.controller).post(
        url,
        {"key": str(uuid4()), "effective_date": "2026-03-01", "amount": "40", "note": "Gone"},
    )

    item.refresh_from_db()
    assert item.open_amount_now == D("0")
    assert Document.objects.get(kind=DocumentKind.WRITE_OFF).items.get().side == -1


@pytest.mark.parametrize("day", ["0206-11-20", "9999-12-31"])
def test_a_slip_in_the_year_is_refused_before_it_stands_for_good(
    day: str, mine: Account, company: SellingCompany, people: People
) -> None:
    client = client_of(people.controller)

    answer = client.post(reverse(CREATE), typed(mine, company, document_date=day))

    words = "Choose a day from 1900 on and before 2200."
    assert (answer.status_code, answer.context["form"].errors) == (422, {"document_date": [words]})
    assert not Document.objects.exists()


def test_the_company_that_sells_in_the_base_currency_is_offered_first(people: People) -> None:
    make_company(code="A1", currency="CNY")
    own = make_company(code="B1", currency="EUR")

    form = client_of(people.controller).get(reverse(CREATE)).context["form"]

    assert (form["selling_company"].value(), form["currency"].value()) == (own.pk, "EUR")
