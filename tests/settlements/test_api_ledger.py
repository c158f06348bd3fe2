"""The ledger over the API: who posts what, that it happens once, and what is told of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.choices import AccountKind
from accounts.models import Account
from accounts.services.merging import merge_accounts
from kam.core.models import IdempotencyKey, SellingCompany
from kam.identity.choices import Role, TokenScope
from settlements.models import Allocation, Document, LedgerItem
from tests.api import Answer, Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.settlements import make_company, make_document, make_receivables

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)
ROOT = "receivables"


@pytest.fixture
def company(db: None) -> SellingCompany:
    return make_company(code="FI01")


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner, external_id="C1")


def invoice_of(account: Account, **more: Any) -> dict[str, Any]:
    return {
        "kind": "invoice",
        "account": account.pk,
        "currency": "EUR",
        "document_date": "2026-01-10",
        "instalments": [
            {"amount": "60.00", "due_date": "2026-02-01"},
            {"amount": "40.00", "due_date": "2026-03-01"},
        ],
        **more,
    }


def receipt_of(account: Account, **more: Any) -> dict[str, Any]:
    return {
        "account": account.pk,
        "currency": "EUR",
        "amount": "75.00",
        "received_on": "2026-02-10",
        **more,
    }


def made(response: Answer) -> dict[str, Any]:
    assert response.status_code == 201, response.content
    return dict(response.json())


def test_an_invoice_with_instalments(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    response = api.post(f"{ROOT}/documents/", invoice_of(account, number="4711", reference="PO 1"))
    answer = made(response)
    path = f"{ROOT}/documents/{answer['id']}/"
    assert response["Location"].endswith(f"/api/v1/{path}")
    assert (answer["number"], answer["total"], answer["open"]) == ("4711", "100.00", "100.00")
    assert (answer["party"], answer["account"]) == ({"id": account.pk, "name": "Kesko"},) * 2
    assert (answer["selling_company"], answer["created_by"]["email"]) == (
        "FI01",
        "controller@kam.test",
    )
    keys = ("sequence", "side", "amount", "due_date")
    assert [tuple(one[key] for key in keys) for one in answer["items"]] == [
        (1, "debit", "60.00", "2026-02-01"),
        (2, "debit", "40.00", "2026-03-01"),
    ]  # fmt: skip
    read = api.get(path)
    assert (read.json(), read["ETag"]) == (answer, response["ETag"])
    assert api.get(path, If_None_Match=read["ETag"]).status_code == 304
    assert api.patch(path, {"number": "1"}).status_code == 405
    assert api.delete(path).status_code == 405


def test_the_payer_is_the_legal_entity_and_money_has_the_decimals_of_its_currency(
    people: People, company: SellingCompany
) -> None:
    entity = make_account(name="Kesko Oyj", kind=AccountKind.LEGAL_ENTITY)
    store = make_account(name="Store", kind="store", parent=entity, lead=people.owner)
    dong = invoice_of(store, currency="VND", instalments=[{"amount": "5000"}])
    answer = made(Api(people.administrator).post(f"{ROOT}/documents/", dong))
    assert (answer["party"]["name"], answer["total"]) == ("Kesko Oyj", "5000")
    assert answer["items"][0]["due_date"] is None
    seen = Api(people.owner).get(f"{ROOT}/documents/{answer['id']}/").json()
    assert (seen["party"], seen["account"]["name"]) == (None, "Store")  # the payer is not theirs


def test_notes_correct_a_document(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    invoice = made(api.post(f"{ROOT}/documents/", invoice_of(account)))
    note = invoice_of(
        account, kind="credit_note", corrects=invoice["id"], instalments=[{"amount": "10"}]
    )
    credit = made(api.post(f"{ROOT}/documents/", note))
    assert (credit["items"][0]["side"], credit["corrects"]) == ("credit", invoice["id"])
    debit = made(api.post(f"{ROOT}/documents/", {**note, "kind": "debit_note"}))
    assert (debit["items"][0]["side"], debit["number"][:3]) == ("debit", "DN-")
    found = api.rows(f"{ROOT}/documents/?corrects={invoice['id']}&ordering=id")
    assert [row["id"] for row in found] == [credit["id"], debit["id"]]
    assert errors_of(api.post(f"{ROOT}/documents/", {**note, "corrects": 999999})) == [
        ("corrects", "does_not_exist")
    ]


def test_a_receipt_with_what_it_pays_in_one_request(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    first, second = made(api.post(f"{ROOT}/documents/", invoice_of(account)))["items"]
    pays = [
        {"item": first["id"], "amount": "60.00"},
        {"item": second["id"], "amount": "10.00"},
    ]
    answer = made(api.post(f"{ROOT}/receipts/", receipt_of(account, allocations=pays)))
    assert (answer["kind"], answer["total"], answer["open"]) == ("receipt", "75.00", "5.00")
    assert [row["id"] for row in api.rows(f"{ROOT}/receipts/?unapplied=true")] == [answer["id"]]
    assert api.rows(f"{ROOT}/receipts/?unapplied=false") == []
    assert api.get(f"{ROOT}/receipts/{first['id'] + 999}/").status_code == 404
    item = api.get(f"{ROOT}/items/{second['id']}/").json()
    assert (item["amount"], item["open"]) == ("40.00", "30.00")
    assert [(one["amount"], one["effective_date"]) for one in item["allocations"]] == [
        ("10.00", "2026-02-10")
    ]
    assert item["allocations"][0]["credit_item"]["document"]["id"] == answer["id"]


def test_propose_allocate_and_take_back(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    first, second = made(api.post(f"{ROOT}/documents/", invoice_of(account, number="4711")))[
        "items"
    ]
    receipt = made(api.post(f"{ROOT}/receipts/", receipt_of(account)))
    told = api.get(f"{ROOT}/receipts/{receipt['id']}/proposal/?text=pays 4711").json()
    assert (told["available"], told["left"]) == ("75.00", "0.00")
    assert [(one["item"], one["amount"], one["reason"]) for one in told["proposed"]] == [
        (first["id"], "60.00", "reference"),
        (second["id"], "15.00", "reference"),
    ]
    assert not Allocation.objects.exists()
    rows = [
        {"debit_item": one["item"], "credit_item": told["credit_item"], "amount": one["amount"]}
        for one in told["proposed"]
    ]
    results = made(api.post(f"{ROOT}/allocations/", {"rows": rows, "note": "by hand"}))["results"]
    assert [one["amount"] for one in results] == ["60.00", "15.00"]
    assert len({one["match_group"] for one in results}) == 1
    path = f"{ROOT}/allocations/{results[0]['id']}/"
    back = made(api.post(f"{path}reverse/", {"effective_date": "2026-03-01", "note": "wrong one"}))
    assert (back["amount"], back["reversal_of"]) == ("-60.00", results[0]["id"])
    assert api.get(path).json()["reversed_by"] == back["id"]
    again = api.post(f"{path}reverse/", {"effective_date": "2026-03-01"})
    assert (again.status_code, again.json()["code"]) == (422, "reversal")
    standing = api.rows(f"{ROOT}/allocations/?standing=true")
    assert [row["id"] for row in standing] == [results[1]["id"]]
    assert len(api.rows(f"{ROOT}/allocations/?item={first['id']}")) == 2
    assert len(api.rows(f"{ROOT}/allocations/?document={receipt['id']}")) == 3


def test_reversing_a_receipt_opens_what_it_paid(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    first, _second = made(api.post(f"{ROOT}/documents/", invoice_of(account)))["items"]
    pays = [{"item": first["id"], "amount": "60.00"}]
    receipt = made(api.post(f"{ROOT}/receipts/", receipt_of(account, allocations=pays)))
    path = f"{ROOT}/receipts/{receipt['id']}/"
    reversal = made(api.post(f"{path}reverse/", {"reversed_on": "2026-03-01", "note": "bounced"}))
    assert (reversal["reverses"], reversal["note"]) == (receipt["id"], "bounced")
    assert api.get(path).json()["reversed_by"] == reversal["id"]
    days = {"2026-01-31": "60.00", "2026-02-28": "0.00", "2026-03-01": "60.00"}
    for day, left in days.items():
        rows = api.rows(f"{ROOT}/items/?as_of={day}&kind=invoice&due_before=2026-02-02")
        assert [row["open"] for row in rows] == [left], day
    twice = api.post(f"{path}reverse/", {})
    assert (twice.status_code, errors_of(twice)) == (422, [("document", "reversal")])
    assert api.rows(f"{ROOT}/documents/?reversed=true") == [api.get(path).json()]


def test_refund_and_write_off(people: People, account: Account, company: SellingCompany) -> None:
    api = Api(people.controller)
    item = made(api.post(f"{ROOT}/documents/", invoice_of(account)))["items"][0]
    credit = made(api.post(f"{ROOT}/receipts/", receipt_of(account)))["items"][0]
    gone = made(
        api.post(f"{ROOT}/items/{item['id']}/write-off/", {"amount": "60", "on": "2026-02-01"})
    )
    assert (gone["kind"], gone["items"][0]["side"], gone["open"]) == ("write_off", "credit", "0.00")
    paid = made(
        api.post(f"{ROOT}/items/{credit['id']}/refund/", {"amount": "75", "on": "2026-02-11"})
    )
    assert (paid["kind"], paid["open"]) == ("refund", "0.00")
    wrong = api.post(f"{ROOT}/items/{item['id']}/refund/", {"amount": "1"})
    assert wrong.status_code == 422
    assert [row["id"] for row in api.rows(f"{ROOT}/items/?open=true")] == [
        LedgerItem.objects.get(sequence=2).pk
    ]


MAY_POST = [
    ("owner", 404), ("teammate", 404), ("stranger", 404), ("director", 404),
    ("controller", 201), ("administrator", 201), ("auditor", 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), MAY_POST)
def test_who_may_post(
    people: People, account: Account, company: SellingCompany, who: str, status: int
) -> None:
    invoice = make_document(account=account, company=company, amounts=["60.00"])
    receipt = make_document(account=account, company=company, kind="receipt")
    debit, credit = invoice.items.get().pk, receipt.items.get().pk
    row = {"debit_item": debit, "credit_item": credit, "amount": "1"}
    api, state = Api(getattr(people, who)), _state()
    asked = [
        (f"{ROOT}/documents/", invoice_of(account)),
        (f"{ROOT}/receipts/", receipt_of(account)),
        (f"{ROOT}/allocations/", {"rows": [row]}),
        (f"{ROOT}/items/{debit}/write-off/", {"amount": "1"}),
        (f"{ROOT}/documents/{invoice.pk}/reverse/", {}),
        (f"{ROOT}/receipts/{receipt.pk}/reverse/", {}),
    ]
    assert [api.post(path, body).status_code for path, body in asked] == [status] * len(asked)
    assert (_state() == state) is (status == 404)
    proposal = api.get(f"{ROOT}/receipts/{receipt.pk}/proposal/").status_code
    assert proposal == (200 if status == 201 else 404)


def _state() -> tuple[int, int]:
    return Document.objects.count(), Allocation.objects.count()


def test_a_read_only_token_posts_nothing(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller, scope=TokenScope.READ)
    assert api.post(f"{ROOT}/documents/", invoice_of(account)).status_code == 403
    assert api.post(f"{ROOT}/receipts/", receipt_of(account)).status_code == 403
    assert api.rows(f"{ROOT}/documents/") == []
    assert _state() == (0, 0)


def test_each_sees_the_receivables_of_the_own_accounts_in_full(
    people: People, account: Account
) -> None:
    ids = make_receivables(account)
    other = make_receivables(make_account(name="S Group", lead=people.stranger))
    for resource in ("documents", "items", "receipts", "allocations", "positions", "worklist"):
        mine, theirs = ids[f"{ROOT}/{resource}"], other[f"{ROOT}/{resource}"]
        for who in (people.owner, people.teammate):
            found = {row["id"] for row in Api(who).rows(f"{ROOT}/{resource}/")}
            assert mine in found
            assert theirs not in found
        api = Api(people.owner)
        foreign = api.get(f"{ROOT}/{resource}/{theirs}/")
        unknown = api.get(f"{ROOT}/{resource}/999999/")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)
        assert b"S Group" not in api.get(f"{ROOT}/{resource}/").content
        everything = {row["id"] for row in Api(people.auditor).rows(f"{ROOT}/{resource}/")}
        assert {mine, theirs} <= everything


def test_filters_by_foreign_ids_answer_like_unknown_ones(people: People, account: Account) -> None:
    make_receivables(account)
    holding = make_account(name="Holding", lead=people.stranger)
    below = make_account(name="Own banner", parent=holding, kind="banner", lead=people.owner)
    make_document(account=below, party=holding)
    other = make_receivables(holding)
    api = Api(people.owner)

    def answers(resource: str, name: str, pk: int) -> list[Any]:
        return api.rows(f"{ROOT}/{resource}/?{name}={pk}")

    assert len(api.rows(f"{ROOT}/documents/?within={below.pk}")) == 1
    for resource in ("documents", "items"):
        for name in ("account", "within", "party"):
            assert answers(resource, name, holding.pk) == []
            assert answers(resource, name, 999999) == []
    assert answers("allocations", "item", other["receivables/items"]) == []
    assert answers("allocations", "document", other["receivables/documents"]) == []
    assert answers("allocations", "party", holding.pk) == []
    assert answers("positions", "within", holding.pk) == []
    assert answers("worklist", "party", holding.pk) == []


def test_the_other_side_of_an_allocation_is_hidden_where_it_is_not_theirs(
    people: People, company: SellingCompany
) -> None:
    entity = make_account(name="Secret Entity", lead=people.stranger, kind="legal_entity")
    store = make_account(name="Store", kind="store", parent=entity, lead=people.owner)
    debit = make_document(account=store, party=entity, company=company, number="SEEN-1")
    credit = make_document(account=entity, company=company, kind="receipt", number="HIDDEN-1")
    row = {"debit_item": debit.items.get().pk, "credit_item": credit.items.get().pk, "amount": "7"}
    made(Api(people.controller).post(f"{ROOT}/allocations/", {"rows": [row]}))
    response = Api(people.owner).get(f"{ROOT}/allocations/")
    [seen] = response.json()["results"]
    assert (seen["debit_item"]["document"]["number"], seen["credit_item"]) == ("SEEN-1", None)
    assert seen["amount"] == "7.00"
    detail = Api(people.owner).get(f"{ROOT}/items/{debit.items.get().pk}/")
    for content in (response.content, detail.content):
        assert b"HIDDEN" not in content
        assert b"Secret" not in content
    assert Api(people.owner).rows(f"{ROOT}/allocations/?document={credit.pk}") == []


def test_filters_of_items(people: People, account: Account, company: SellingCompany) -> None:
    late = make_document(account=account, company=company, due=[FEB], number="late")
    soon = make_document(account=account, company=company, due=[date(2026, 5, 1)], number="soon")
    undated = make_document(account=account, company=company, number="undated")
    paid = make_document(account=account, company=company, due=[FEB], number="paid")
    dollars = make_document(account=account, company=company, currency="USD", number="usd")
    receipt = make_document(account=account, company=company, kind="receipt", on=MAR, number="r")
    api = Api(people.controller)
    row = {"debit_item": paid.items.get().pk, "credit_item": receipt.items.get().pk}
    made(api.post(f"{ROOT}/allocations/", {"rows": [{**row, "amount": "100"}]}))

    def found(query: str) -> list[str]:
        rows = api.rows(f"{ROOT}/items/?ordering=id&{query}")
        return [row["document"]["number"] for row in rows]

    everything = [one.number for one in (late, soon, undated, paid, dollars, receipt)]
    assert found("") == everything
    assert found("as_of=2026-02-28") == everything[:-1]
    assert found("as_of=2026-02-28&open=true") == everything[:-1]
    assert found("as_of=2026-03-01&open=true") == ["late", "soon", "undated", "usd"]
    assert found("as_of=2026-03-01&open=false") == ["paid", "r"]
    assert found("as_of=2026-02-01&overdue=true") == []  # due today is not overdue
    assert found("as_of=2026-02-02&overdue=true") == ["late", "paid"]
    assert found("as_of=2026-03-31&overdue=true") == ["late"]
    assert found("as_of=2026-03-31&overdue=false") == everything[1:]
    assert found("due_from=2026-02-01&due_before=2026-05-01") == ["late", "paid"]
    assert found("has_due_date=false&side=debit") == ["undated", "usd"]
    assert found("kind=receipt") == found("side=credit") == ["r"]
    assert found("currency=USD") == ["usd"]
    assert found("number=soon,late") == ["late", "soon"]
    assert found(f"document={soon.pk}") == ["soon"]
    assert found("posted_from=2026-03-01") == ["r"]
    assert found("posted_before=2026-03-01&selling_company=FI01") == everything[:-1]
    assert found("selling_company=nobody") == []
    [row] = api.rows(f"{ROOT}/items/?as_of=2026-02-11&number=late")
    assert row["days_overdue"] == 10
    assert errors_of(api.get(f"{ROOT}/items/?overdue_only=1")) == [
        ("overdue_only", "unknown_parameter")
    ]
    assert errors_of(api.get(f"{ROOT}/items/?as_of=tomorrow"))[0][0] == "as_of"


def test_keeping_a_copy_up_to_date(
    people: People, account: Account, company: SellingCompany
) -> None:
    first = make_document(account=account, company=company, amounts=["60.00"])
    receipt = make_document(account=account, company=company, kind="receipt")
    api = Api(people.controller)
    moment = timezone.now().isoformat().replace("+", "%2B")
    assert api.rows(f"{ROOT}/documents/?updated_since={moment}") == []
    assert api.rows(f"{ROOT}/items/?updated_since={moment}") == []
    debit, credit = first.items.get().pk, receipt.items.get().pk
    since = Document.objects.earliest("recorded_at").recorded_at
    text = since.isoformat().replace("+", "%2B")
    found = api.rows(f"{ROOT}/documents/?updated_since={text}")
    assert [row["id"] for row in found] == [first.pk, receipt.pk]
    assert found[0]["updated_at"] == api.get(f"{ROOT}/documents/{first.pk}/").json()["updated_at"]
    assert {row["id"] for row in api.rows(f"{ROOT}/items/?updated_since={text}")} == {debit, credit}


def test_a_merge_takes_the_ledger_along(people: People, account: Account) -> None:
    drop = make_account(name="KESKO OY", lead=people.owner)
    document = make_document(account=drop)
    api = Api(people.owner)
    merge_accounts(keep=account, drop=drop, as_of=MAR)
    [row] = api.rows(f"{ROOT}/documents/?account={account.pk}")
    assert (row["id"], row["account"]["name"]) == (document.pk, "Kesko")
    refused = Api(people.controller).post(f"{ROOT}/documents/", invoice_of(drop))
    assert refused.status_code in {400, 422}


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_at_any_length(people: People, rows: int) -> None:
    make_receivables(make_account(name="Elsewhere", lead=people.stranger))
    for number in range(rows):
        make_receivables(make_account(name=f"Customer {number}", lead=people.owner))
    api = Api(people.owner)
    wanted = {"documents": (2 * rows, 6), "items": (3 * rows, 4), "receipts": (rows, 6),
              "allocations": (rows, 5), "positions": (rows, 4), "worklist": (2 * rows, 4),
              "controllers": (rows, 4), "items/?as_of=2026-03-31&open=true": (3 * rows, 4),
              }  # fmt: skip
    for path, (length, statements) in wanted.items():
        with CaptureQueriesContext(connection) as queries:
            found = api.rows(f"{ROOT}/{path}{'' if '?' in path else '/'}")
        assert (path, len(found), len(queries)) == (path, length, statements)


@pytest.mark.parametrize("rows", [1, 3])
def test_posting_costs_the_same_for_any_number_of_rows(
    people: People, account: Account, company: SellingCompany, rows: int
) -> None:
    debits = [make_document(account=account, company=company).items.get() for _ in range(3)]
    credit = make_document(account=account, company=company, kind="receipt").items.get()
    api = Api(people.controller)
    body = [
        {"debit_item": debit.pk, "credit_item": credit.pk, "amount": "1.00"}
        for debit in debits[:rows]
    ]
    with CaptureQueriesContext(connection) as queries:
        made(api.post(f"{ROOT}/allocations/", {"rows": body}))
    assert len(queries) == 11


def test_the_same_key_is_the_same_posting(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    body = receipt_of(account, number="R-1")
    first = api.post(f"{ROOT}/receipts/", body, Idempotency_Key="k-1")
    again = api.post(f"{ROOT}/receipts/", body, Idempotency_Key="k-1")
    assert (again.status_code, again.json()) == (201, made(first))
    assert (again["Idempotency-Replayed"], again["Location"]) == ("true", first["Location"])
    other = api.post(f"{ROOT}/receipts/", {**body, "amount": "76"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    taken = api.post(f"{ROOT}/receipts/", body, Idempotency_Key="k-2")
    assert (taken.status_code, errors_of(taken)) == (422, [("number", "document_number_once")])
    mended = api.post(f"{ROOT}/receipts/", {**body, "number": "R-2"}, Idempotency_Key="k-2")
    assert made(mended)["number"] == "R-2"  # a refusal leaves its key unused
    assert _state() == (2, 0)


def test_the_ledger_keeps_keys_for_ever(
    people: People, account: Account, company: SellingCompany
) -> None:
    api = Api(people.controller)
    first = made(api.post(f"{ROOT}/receipts/", receipt_of(account), Idempotency_Key="k-1"))
    IdempotencyKey.objects.all().delete()  # as the nightly tidying does after three days
    late = api.post(f"{ROOT}/receipts/", receipt_of(account), Idempotency_Key="k-1")
    assert made(late)["id"] == first["id"]
    IdempotencyKey.objects.all().delete()
    other = receipt_of(account, amount="76")
    refused = api.post(f"{ROOT}/receipts/", other, Idempotency_Key="k-1")
    assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    assert _state() == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_copies_sent_at_once_have_one_effect() -> None:
    user = make_user(roles=[Role.CREDIT_CONTROLLER])
    account = make_account(name="Kesko")
    company = make_company()
    debit = make_document(account=account, company=company).items.get()
    body = receipt_of(account, allocations=[{"item": debit.pk, "amount": "75.00"}])
    api = Api(user)

    def send(_number: int) -> tuple[int, bytes]:
        try:
            response = api.post(f"{ROOT}/receipts/", body, Idempotency_Key="once")
            return int(response.status_code), bytes(response.content)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    debit.refresh_from_db()
    assert (_state(), debit.allocated) == ((2, 1), 75)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_last_open_amount_one_gets_it() -> None:
    user = make_user(roles=[Role.CREDIT_CONTROLLER])
    account, company = make_account(name="Kesko"), make_company()
    debit = make_document(account=account, company=company).items.get()
    receipts = [
        make_document(account=account, company=company, kind="receipt").items.get().pk
        for _ in range(2)
    ]
    api = Api(user)

    def send(credit: int) -> tuple[int, str]:
        try:
            row = {"debit_item": debit.pk, "credit_item": credit, "amount": "100.00"}
            response = api.post(f"{ROOT}/allocations/", {"rows": [row]})
            return int(response.status_code), str(response.json().get("code"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(send, receipts))
    assert answers == [(201, "None"), (422, "over_allocated")]
    assert Allocation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_allocation_counts_as_a_change_of_its_items() -> None:
    user = make_user(roles=[Role.CREDIT_CONTROLLER])
    account, company = make_account(name="Kesko"), make_company()
    debit = make_document(account=account, company=company).items.get()
    credit = make_document(account=account, company=company, kind="receipt").items.get()
    make_document(account=account, company=company)
    api = Api(user)
    moment = timezone.now().isoformat().replace("+", "%2B")
    assert api.rows(f"{ROOT}/items/?updated_since={moment}") == []
    row = {"debit_item": debit.pk, "credit_item": credit.pk, "amount": "1.00"}
    made(api.post(f"{ROOT}/allocations/", {"rows": [row]}))
    found = api.rows(f"{ROOT}/items/?updated_since={moment}")
    assert {one["id"] for one in found} == {debit.pk, credit.pk}
    assert len(api.rows(f"{ROOT}/allocations/?updated_since={moment}")) == 1
    assert api.rows(f"{ROOT}/documents/?updated_since={moment}") == []
