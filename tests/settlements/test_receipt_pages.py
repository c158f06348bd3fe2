"""Receipts on one page: proposed, changed by hand, saved once; allocating later, taking back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import AccountKind
from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core.dates import Period
from kam.core.models import SellingCompany
from kam.identity.choices import Role
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.periods import close_period
from tests.base import stand_base_rows
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.settlements import make_company, make_document

D = Decimal
URL = "settlements:receipt-create"


@pytest.fixture
def company(db: None) -> SellingCompany:
    return make_company()


@pytest.fixture
def payer(people: People) -> Account:
    return make_account(name="Kaski Oy", kind=AccountKind.LEGAL_ENTITY, lead=people.owner)


@pytest.fixture
def bills(payer: Account, company: SellingCompany) -> dict[str, LedgerItem]:
    """Three open invoices, the oldest due first; the last one of a store below the payer."""
    store = make_account(name="Kaski Store", kind="store", parent=payer)
    return {
        number: make_document(
            account=account, party=payer, company=company, number=number, amounts=[amount],
            due=[due], on=date(2026, 1, 10),
        ).items.get()
        for number, amount, due, account in [
            ("INV-1001", "100", date(2026, 2, 1), payer),
            ("INV-1002", "250", date(2026, 3, 1), payer),
            ("INV-1003", "75.50", None, store),
        ]
    }  # fmt: skip


def typed(payer: Account, company: SellingCompany, **changes: Any) -> dict[str, Any]:
    values = {
        "key": str(uuid4()),
        "account": as_typed(payer),
        "selling_company": company.pk,
        "currency": "EUR",
        "amount": "150",
        "received_on": "2026-02-10",
        "reference": "",
        "number": "RC-1",
    }
    return {**values, **changes}


def proposed(answer: Any) -> dict[str, tuple[Any, str]]:
    """The amount and the reason that stand beside each item."""
    return {
        row.item.document.number: (row.field.value(), str(row.reason))
        for row in answer.context["shares"].form.rows()
    }


def left(bills: dict[str, LedgerItem]) -> dict[str, Decimal]:
    rows = LedgerItem.objects.filter(pk__in=[item.pk for item in bills.values()])
    return {row.document.number: row.open_amount_now for row in rows.select_related("document")}


PROPOSALS = [
    (
        {"amount": "150"},
        {"INV-1001": ("100.00", "oldest due"), "INV-1002": ("50.00", "oldest due")},
    ),
    ({"amount": "250"}, {"INV-1002": ("250.00", "exactly this amount")}),
    (
        {"amount": "90", "reference": "pays inv 1003 / INV-1003"},
        {
            "INV-1003": ("75.50", "named in the reference"),
            "INV-1001": ("14.50", "oldest due"),
        },
    ),
]


@pytest.mark.parametrize(("changes", "expected"), PROPOSALS)
def test_what_a_payment_pays_is_proposed_and_nothing_is_saved(
    changes: dict[str, str], expected: dict[str, Any], payer: Account, company: SellingCompany,
    bills: dict[str, LedgerItem], people: People,
) -> None:  # fmt: skip
    data = typed(payer, company, propose="1", **changes)

    answer = client_of(people.controller).post(reverse(URL), data)

    assert answer.status_code == 200
    shown = proposed(answer)
    assert {number: pair for number, pair in shown.items() if pair[0]} == expected
    assert list(shown) == ["INV-1001", "INV-1002", "INV-1003"]
    assert answer.context["form"]["key"].value() == data["key"]
    assert Document.objects.filter(kind="receipt").count() == 0


def test_htmx_gets_the_table_alone_also_while_the_form_is_not_complete(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    client = client_of(people.controller)
    headers = {"HX-Request": "true"}
    data = typed(payer, company, propose="1")

    known = client.post(reverse(URL), data, headers=headers)
    unknown = client.post(reverse(URL), {**data, "account": ""}, headers=headers)
    without = client.post(reverse(URL), {**data, "amount": ""}, headers=headers)

    assert (known.status_code, unknown.status_code, without.status_code) == (200, 200, 200)
    assert known.text.strip().startswith('<div id="shares"')
    assert "Choose the payer and the currency" in unknown.text
    assert "INV-1001" in without.text
    assert "Enter the amount received" in without.text


def test_one_payment_pays_many_items_and_the_rest_stays_unapplied(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    shares = {f"pay-{bills['INV-1001'].pk}": "98.50", f"pay-{bills['INV-1003'].pk}": "40"}

    answer = client_of(people.controller).post(reverse(URL), typed(payer, company, **shares))

    receipt = Document.objects.get(kind="receipt")
    assert answer["Location"] == reverse("settlements:document-detail", args=[receipt.pk])
    assert left(bills) == {"INV-1001": D("1.5"), "INV-1002": D("250"), "INV-1003": D("35.5")}
    assert receipt.items.get().open_amount_now == D("11.5")
    made = Allocation.objects.order_by().values_list("created_by", "effective_date").distinct()
    assert list(made) == [(people.controller.pk, date(2026, 2, 10))]


def test_without_shares_all_of_it_is_unapplied_cash(
    payer: Account, company: SellingCompany, people: People
) -> None:
    client_of(people.controller).post(reverse(URL), typed(payer, company))

    assert Document.objects.get().items.get().open_amount_now == D("150")


def test_a_store_pays_through_its_legal_entity(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    store = Account.objects.get(name="Kaski Store")

    answer = client_of(people.controller).post(
        reverse(URL), typed(store, company, propose="1", amount="400")
    )

    assert list(proposed(answer)) == ["INV-1001", "INV-1002", "INV-1003"]


def test_what_is_open_elsewhere_is_offered_at_one_press(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    other = make_company(code="zz", currency="USD")
    client = client_of(people.controller)
    data = typed(payer, other, currency="USD", propose="1")

    elsewhere = client.post(reverse(URL), data)
    (place,) = elsewhere.context["places"]
    assert (place.company, place.currency, place.items) == (company.pk, "EUR", 3)
    assert f'value="{company.pk}-EUR"' in elsewhere.text

    del data["propose"]
    chosen = client.post(reverse(URL), {**data, "use": f"{company.pk}-EUR"})
    assert proposed(chosen)["INV-1001"] == ("100.00", "oldest due")
    assert str(chosen.context["form"]["selling_company"].value()) == str(company.pk)
    assert chosen.context["form"]["amount"].value() == "150"
    assert not Document.objects.filter(kind="receipt").exists()


BAD = [
    ({"pay-INV-1001": "100.01"}, "pay-INV-1001", "This is more than is open."),
    ({"pay-INV-1001": "-1"}, "pay-INV-1001", None),
    (
        {"pay-INV-1001": "100", "pay-INV-1002": "50.01"},
        "__all__",
        "The items get more than there is to allocate.",
    ),
]


@pytest.mark.parametrize(("shares", "field", "words"), BAD)
def test_too_much_is_refused_beside_the_item_and_nothing_is_posted(
    shares: dict[str, str], field: str, words: str | None, payer: Account,
    company: SellingCompany, bills: dict[str, LedgerItem], people: People,
) -> None:  # fmt: skip
    def named(name: str) -> str:
        number = name.removeprefix("pay-")
        return f"pay-{bills[number].pk}" if number in bills else name

    sent = {named(name): value for name, value in shares.items()}
    answer = client_of(people.controller).post(reverse(URL), typed(payer, company, **sent))

    errors = answer.context["shares"].form.errors
    assert (answer.status_code, list(errors)) == (422, [named(field)])
    if words:
        assert errors[named(field)] == [words]
    assert answer.context["form"]["amount"].value() == "150"
    assert proposed(answer)["INV-1001"][0] == next(iter(shares.values()))
    assert not Document.objects.filter(kind="receipt").exists()


REFUSED = [
    ({"amount": "0"}, "amount"),
    ({"amount": "1.234"}, "amount"),
    ({"received_on": ""}, "received_on"),
    ({"received_on": "0226-02-10"}, "received_on"),
    ({"received_on": "9999-12-31"}, "received_on"),
    ({"amount": "10.50", "currency": "VND"}, "amount"),
    ({"currency": "ZZZ"}, "currency"),
    ({"account": "Nobody at all"}, "account"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_bad_input_is_refused_beside_its_field(
    changes: dict[str, str], field: str, payer: Account, company: SellingCompany, people: People
) -> None:
    answer = client_of(people.controller).post(reverse(URL), {**typed(payer, company), **changes})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Document.objects.exists()


def test_an_item_that_was_settled_meanwhile_is_told_and_not_passed_over(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    client = client_of(people.controller)
    paid = f"pay-{bills['INV-1001'].pk}"
    first = typed(payer, company, number="RC-0", amount="100", **{paid: "100"})
    assert client.post(reverse(URL), first).status_code == 302

    both = {paid: "100", f"pay-{bills['INV-1002'].pk}": "50"}
    answer = client.post(reverse(URL), typed(payer, company, **both))
    words = "You entered an amount for an item that is not open here now. Check."
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert proposed(answer) == {"INV-1002": ("50", ""), "INV-1003": (None, "")}
    assert Document.objects.filter(kind="receipt").count() == 1


def test_a_digit_that_is_no_number_is_no_item_and_no_account(
    payer: Account, company: SellingCompany, people: People
) -> None:
    client = client_of(people.controller)
    assert client.get(reverse(URL), {"account": "²"}).status_code == 200
    for name in ("account", "corrects"):
        answer = client.get(reverse("settlements:document-create"), {name: "²"})
        assert answer.status_code == 200
    assert client.post(reverse(URL), typed(payer, company, **{"pay-²": "5"})).status_code == 302
    assert client.get(reverse("settlements:period-list"), {"company": "²"}).status_code == 404


def test_amounts_are_proposed_with_the_decimals_of_their_currency(
    payer: Account, company: SellingCompany, people: People
) -> None:
    make_document(account=payer, company=company, currency="VND", amounts=["1500"], due=[None])

    answer = client_of(people.controller).post(
        reverse(URL), typed(payer, company, currency="VND", amount="1500", propose="1")
    )

    assert [shown for shown, _why in proposed(answer).values()] == ["1500"]


def test_a_closed_day_is_refused_and_the_first_open_one_named(
    payer: Account, company: SellingCompany, people: People
) -> None:
    close_period(period=Period.month(2026, 2), closed_at=datetime(2026, 3, 5, tzinfo=UTC))

    answer = client_of(people.controller).post(reverse(URL), typed(payer, company))

    words = "This date lies in a closed period. The first open day is Mar 1, 2026."
    assert answer.context["form"].errors == {"received_on": [words]}


def test_sending_a_receipt_twice_saves_it_once(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    data = typed(payer, company, **{f"pay-{bills['INV-1001'].pk}": "100"})
    client = client_of(people.controller)

    urls = {client.post(reverse(URL), data)["Location"] for _turn in range(2)}

    assert len(urls) == 1
    assert Document.objects.filter(kind="receipt").count() == 1
    assert Allocation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_browsers_at_once_save_a_receipt_once() -> None:
    stand_base_rows()
    controller = make_user(roles=[Role.CREDIT_CONTROLLER])
    payer, company = make_account(), make_company()
    bill = make_document(account=payer, company=company, amounts=["100"]).items.get()
    data = typed(payer, company, amount="100", **{f"pay-{bill.pk}": "100"})
    gate = threading.Barrier(4)
    clients = [client_of(controller) for _turn in range(4)]

    def send(place: int) -> str:
        try:
            gate.wait(30)
            answer: Any = clients[place].post(reverse(URL), data)
            return f"{answer.status_code} {answer.url}"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))

    receipt = Document.objects.get(kind="receipt")
    page = reverse("settlements:document-detail", args=[receipt.pk])
    assert answers == {f"302 {page}"}
    assert Allocation.objects.count() == 1


# Who may

NOT_THEM = ["owner", "teammate", "stranger", "director", "auditor"]


@pytest.mark.parametrize("who", NOT_THEM)
def test_nobody_else_enters_allocates_or_takes_back(
    who: str, payer: Account, company: SellingCompany, bills: dict[str, LedgerItem],
    people: People,
) -> None:  # fmt: skip
    receipt = make_document(account=payer, company=company, kind="receipt").items.get()
    controller = client_of(people.controller)
    allocate_url = reverse("settlements:allocate", args=[receipt.pk])
    shares = {f"pay-{bills['INV-1001'].pk}": "10"}
    data = {"key": str(uuid4()), "effective_date": "2026-02-01", "note": "x"}
    controller.post(allocate_url, {**data, **shares})
    row = Allocation.objects.get()
    take_back = reverse("settlements:allocation-reverse", args=[row.pk])
    client = client_of(getattr(people, who))

    for url, sent in [
        (reverse(URL), typed(payer, company)),
        (allocate_url, {**data, **shares, "key": str(uuid4())}),
        (take_back, {**data, "key": str(uuid4())}),
    ]:
        assert (client.get(url).status_code, client.post(url, sent).status_code) == (404, 404)
    assert Document.objects.filter(kind="receipt").count() == 1
    assert Allocation.objects.count() == 1


def test_an_account_in_the_address_is_offered_only_to_who_may_see_it(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    answer = client_of(people.controller).get(reverse(URL), {"account": payer.pk})

    assert answer.context["form"]["account"].value() == as_typed(payer)
    assert list(proposed(answer)) == ["INV-1001", "INV-1002", "INV-1003"]


# Allocating later


def allocating(item: LedgerItem, **changes: Any) -> tuple[str, dict[str, Any]]:
    data = {"key": str(uuid4()), "effective_date": "2026-03-05", "text": "", "note": ""}
    return reverse("settlements:allocate", args=[item.pk]), {**data, **changes}


def test_a_waiting_credit_is_proposed_allocated_and_allocated_anew(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    credit = make_document(
        account=payer, company=company, kind="receipt", amounts=["260"], reference="INV-1002"
    ).items.get()
    client = client_of(people.controller)
    url, data = allocating(credit)

    shown = proposed(client.get(url))
    assert shown["INV-1002"] == ("250.00", "named in the reference")
    assert shown["INV-1001"] == ("10.00", "oldest due")
    again = client.post(url, {**data, "text": "INV-1003", "propose": "1"})
    assert proposed(again)["INV-1003"] == ("75.50", "named in the reference")
    assert not Allocation.objects.exists()

    for _turn in range(2):
        client.post(url, {**data, f"pay-{bills['INV-1002'].pk}": "200"})
    row = Allocation.objects.get()
    assert (row.amount, row.effective_date) == (D("200"), date(2026, 3, 5))

    take_back = reverse("settlements:allocation-reverse", args=[row.pk])
    question = client.get(take_back)
    assert question.context["text"].replace("\xa0", " ") == (
        f"Afterwards Invoice INV-1002 and Receipt {credit.document.number} "
        "each have 200.00 EUR more open."
    )
    reason = {"key": str(uuid4()), "effective_date": "2026-03-06", "note": "Wrong invoice"}
    missing = client.post(take_back, {**reason, "note": ""})
    early = client.post(take_back, {**reason, "effective_date": "2026-03-04"})
    assert list(missing.context["form"].errors) == ["note"]
    assert early.context["form"].errors == {
        "effective_date": ["A reversal cannot be before what it takes back."]
    }
    answer = client.post(take_back, reason)
    assert answer["Location"] == url
    assert left(bills)["INV-1002"] == D("250")
    client.post(take_back, {**reason, "key": str(uuid4())})
    assert Allocation.objects.count() == 2


ALLOCATING = [
    ({}, "__all__", "Enter an amount for at least one item."),
    ({"effective_date": "2026-01-09", "pay": "5"}, "effective_date", None),
    ({"effective_date": "2025-12-31", "pay": "5"}, "effective_date", None),
    ({"pay": "101"}, "pay", "This is more than is open."),
]


@pytest.mark.parametrize(("changes", "field", "words"), ALLOCATING)
def test_what_cannot_be_allocated_is_refused_beside_its_field(
    changes: dict[str, str], field: str, words: str | None, payer: Account,
    company: SellingCompany, bills: dict[str, LedgerItem], people: People,
) -> None:  # fmt: skip
    credit = make_document(
        account=payer, company=company, kind="receipt", amounts=["300"]
    ).items.get()
    name = f"pay-{bills['INV-1001'].pk}"
    url, data = allocating(credit, **changes)
    if "pay" in data:
        data[name] = data.pop("pay")

    answer = client_of(people.controller).post(url, data)

    errors = {**answer.context["form"].errors, **answer.context["shares"].form.errors}
    assert (answer.status_code, list(errors)) == (422, [name if field == "pay" else field])
    if words:
        assert next(iter(errors.values())) == [words]
    assert not Allocation.objects.exists()


def test_a_payers_items_past_a_hundred_are_found_by_number(
    payer: Account, company: SellingCompany, bills: dict[str, LedgerItem], people: People
) -> None:
    for place in range(105):
        make_document(
            account=payer, company=company, number=f"BULK-{place:03}", amounts=["1"],
            due=[date(2026, 5, 1)],
        )  # fmt: skip
    credit = make_document(account=payer, company=company, kind="receipt").items.get()
    client = client_of(people.controller)
    url, data = allocating(credit)

    shares = client.get(url).context["shares"]
    assert (len(shares.form.items), shares.others) == (100, 8)

    found = client.post(url, {**data, "find": "bulk-104", "propose": "1"})
    numbers = [item.document.number for item in found.context["shares"].form.items]
    assert numbers == ["INV-1001", "BULK-104"]
    last = found.context["shares"].form.items[-1]
    client.post(url, {**data, f"pay-{last.pk}": "1"})
    assert Allocation.objects.get().debit_item_id == last.pk


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_with_one_open_item_and_with_three(
    count: int, payer: Account, company: SellingCompany, people: People
) -> None:
    for _place in range(count):
        make_document(account=payer, company=company)
    credit = make_document(account=payer, company=company, kind="receipt").items.get()
    client = client_of(people.controller)
    url, _data = allocating(credit)
    client.get(url)

    with CaptureQueriesContext(connection) as allocating_page:
        client.get(url)
    with CaptureQueriesContext(connection) as receipt_page:
        client.post(reverse(URL), typed(payer, company, propose="1"))

    assert (len(allocating_page), len(receipt_page)) == (4, 12), "\n".join(
        one["sql"][:120] for one in [*allocating_page, *receipt_page]
    )
