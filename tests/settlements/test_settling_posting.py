"""Posting statements: documents, set-offs and revenue, once, and what refuses it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import RevenueEntry
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.choices import Side
from settlements.models import (
    AccountingPeriod,
    Allocation,
    Document,
    LedgerItem,
    PostingLimit,
    SettlementStatement,
    StatementLine,
)
from settlements.selectors.settling.reads import left_open
from settlements.services.problems import OfStatementError
from settlements.services.reversing import reverse_document
from settlements.services.settling.drafting import draft_true_up
from settlements.services.settling.issuing import confirm_statement, issue_statement
from settlements.services.settling.posting import post_statement, take_back_statement
from tests.conftest import People, client_of
from tests.factories.identity import make_user
from tests.factories.settling import (
    AUGUST,
    FEES,
    JULY,
    SEPTEMBER,
    confirmed,
    make_world,
    report_turnover,
    worked_consignment,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 8, 5)


def post(
    statement: SettlementStatement, on: date = DAY, by: User | None = None, key: str | None = None
) -> SettlementStatement:
    return post_statement(statement=statement, posted_on=on, posted_by=by, idempotency_key=key)


def ledger() -> list[tuple[str, Decimal, Decimal, date | None]]:
    return [
        (document.kind, item.amount, item.open_amount_now, item.due_date)
        for document in Document.objects.order_by("pk")
        for item in document.items.order_by("sequence")
    ]


def revenue() -> list[tuple[int | None, Decimal, date]]:
    rows = RevenueEntry.objects.order_by("pk")
    return list(rows.values_list("category_id", "net_amount", "booked_on"))


def test_consignment_becomes_an_invoice_with_the_terms_due_date() -> None:
    world, _product = worked_consignment()

    done = post(confirmed(world))

    # Confirmed on 1 August, 30 days.
    assert ledger() == [("invoice", D("7299.80"), D("7299.80"), date(2026, 8, 31))]
    assert (done.state, done.due_on) == ("posted", date(2026, 8, 31))
    assert revenue() == [(world.category.pk, D(6460), date(2026, 7, 31))]


def test_concession_becomes_a_receivable_and_claims_that_are_set_off() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")

    post(confirmed(world))

    assert ledger() == [
        ("invoice", D(88_140), D(84_962), date(2026, 8, 31)),
        ("claim", D(678), D(0), None),
        ("claim", D(2000), D(0), None),
        ("claim", D(500), D(0), None),
    ]
    assert Allocation.objects.count() == 3
    assert {item.side for item in LedgerItem.objects.filter(kind="claim")} == {Side.CREDIT}
    assert revenue() == [(world.category.pk, D(78_000), date(2026, 7, 31))]
    assert RevenueEntry.objects.get().base_amount == 78_000
    world.account.refresh_from_db()


def test_what_was_carried_forward_is_set_off_by_the_next_statement() -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": "month"}
    world = make_world(guarantee=guarantee)
    report_turnover(world, "20000", JULY)
    report_turnover(world, "113000", AUGUST)
    first = confirmed(world, JULY)
    second = confirmed(world, AUGUST)

    with pytest.raises(RefusedError, match="not posted"):
        post(second, date(2026, 9, 5))
    post(first)
    post(second, date(2026, 9, 5))

    assert ledger() == [
        ("claim", D(13_000), D(0), None),
        ("invoice", D(80_000), D(67_000), date(2026, 10, 1)),
    ]


def test_what_was_carried_goes_before_claims_and_what_they_exceed_is_told(people: People) -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": "month"}
    fees = [{"name": "Promotion", "fee_type": "flyer", "calculation": "fixed", "value": "4000"}]
    world = make_world(guarantee=guarantee, fees=fees)
    report_turnover(world, "20000", JULY)
    report_turnover(world, "48000", AUGUST)
    first, second = confirmed(world, JULY), confirmed(world, AUGUST)
    client = client_of(people.controller)

    def told(statement: SettlementStatement, amount: str) -> None:
        path = reverse("settlements:settling-detail", args=[statement.pk])
        for url in (path, f"{path}post/"):
            text = client.get(url).content.decode()
            assert f"exceed what is payable by {amount}" in text, url
            assert "Remains in their favour" in text, url

    # 20,000 less 33,000: carried; nothing is there to set the 4,000 off against.
    assert (first.carried_forward, left_open(first)) == (-13_000, 4000)
    told(first, "4,000.00")
    post(first)
    # 48,000 less 33,000 less 13,000 carried: 2,000 for the 4,000 that they claim.
    assert (second.carried_forward, second.remains, left_open(second)) == (0, -2000, 2000)
    told(second, "2,000.00")
    post(second, date(2026, 9, 5))

    assert [row[:3] for row in ledger()] == [
        ("claim", D(13_000), D(0)),
        ("claim", D(4000), D(4000)),
        ("invoice", D(15_000), D(0)),
        ("claim", D(4000), D(2000)),
    ]


def test_a_true_up_refunds_what_the_months_took_too_much() -> None:
    guarantee = {"basis": "sales", "amount": D(150_000), "test_period": "cumulative"}
    world = make_world(guarantee=guarantee, start=JULY[0], end=SEPTEMBER[1])
    for period, amount in {JULY: "113000", AUGUST: "150000", SEPTEMBER: "180000"}.items():
        report_turnover(world, amount, period)
        post(confirmed(world, period), period[1])
    true_up = draft_true_up(term=world.term, start=JULY[0], end=SEPTEMBER[1], drafted_by=None)
    issue_statement(statement=true_up, issued_on=SEPTEMBER[1], issued_by=None)
    confirm_statement(statement=true_up, confirmed_on=SEPTEMBER[1], confirmed_by="Ms Li")

    post(true_up, SEPTEMBER[1])

    assert [row[:2] for row in ledger()] == [
        ("invoice", 80_000),
        ("invoice", 117_000),
        ("invoice", 140_400),
        ("invoice", 6600),
    ]


def test_posting_again_with_the_key_changes_nothing_and_without_is_refused() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    statement = confirmed(world)
    post(statement, key="once")
    before = (ledger(), revenue())

    post(statement, key="once")
    with pytest.raises(RefusedError, match="posted already"):
        post(statement)

    assert (ledger(), revenue()) == before


def test_taking_back_leaves_nothing_open_and_no_revenue_and_frees_the_period() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    statement = post(confirmed(world))

    take_back_statement(statement=statement, taken_back_on=date(2026, 8, 9), taken_back_by=None)

    assert {row[2] for row in ledger()} == {0}
    assert sum(net for _category, net, _day in revenue()) == 0
    with pytest.raises(RefusedError, match="once"):
        take_back_statement(statement=statement, taken_back_on=DAY, taken_back_by=None)
    post(confirmed(world))
    assert sum(net for _category, net, _day in revenue()) == 78_000


def test_what_refuses_posting(people: People) -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    statement = confirmed(world)
    PostingLimit.objects.create(role="credit_controller", amount=D(88_139))
    with pytest.raises(RefusedError, match="above"):
        post(statement, by=people.controller)
    both = make_user(roles=["credit_controller", "administrator"])
    AccountingPeriod.objects.create(
        valid=(date(2026, 8, 1), date(2026, 9, 1)), closed_at="2026-09-02T00:00Z"
    )
    with pytest.raises(RefusedError, match="closed period"):
        post(statement, by=both)
    assert (ledger(), revenue()) == ([], [])

    post(statement, date(2026, 9, 1), by=both)

    assert RevenueEntry.objects.get().booked_on == date(2026, 7, 31)
    AccountingPeriod.objects.create(
        valid=(date(2026, 9, 1), date(2026, 10, 1)), closed_at="2026-10-02T00:00Z"
    )
    take_back_statement(statement=statement, taken_back_on=date(2026, 9, 9), taken_back_by=None)
    statement.refresh_from_db()
    assert statement.taken_back_on == date(2026, 10, 1)  # as the documents that take it back
    assert Document.objects.filter(posting_date=date(2026, 9, 1)).count() == 4


FORBIDDEN = {
    "amounts of an issued one": "UPDATE settlements_settlementstatement SET payable = 1, net = 1",
    "an issued one removed": "DELETE FROM settlements_settlementstatement",
    "back to draft": "UPDATE settlements_settlementstatement SET state = 'draft'",
    "a line changed": "UPDATE settlements_statementline SET amount = 1",
    "a line removed": "DELETE FROM settlements_statementline",
    "a line more": "INSERT INTO settlements_statementline (statement_id, sequence, kind, part,"
    " label, basis, amount) SELECT id, 99, 'gross', 'payable', '', 0, 0"
    " FROM settlements_settlementstatement",
    "another version": "UPDATE settlements_settlementstatement SET agreement_version_id = 0",
}


def test_the_database_refuses_what_services_do_not_do() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    statement = confirmed(world)
    assert statement.state == "confirmed"
    taken = []
    for what, sql in FORBIDDEN.items():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        except IntegrityError:
            continue
        taken.append(what)
    assert taken == []
    assert StatementLine.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_concurrent_posting_of_one_statement_has_one_effect() -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    statement = confirmed(world)

    same = at_once(*[lambda: post(statement, key="k")] * 3)
    other = at_once(lambda: post(statement), lambda: post(statement, key="another"))

    assert same == [None, None, None]
    assert [type(one).__name__ for one in other] == ["StateError", "StateError"]
    assert [row[:2] for row in ledger()] == [
        ("invoice", 88_140),
        ("claim", 678),
        ("claim", 2000),
        ("claim", 500),
    ]
    assert [net for _category, net, _day in revenue()] == [78_000]


def test_the_carrier_of_a_statements_revenue_is_no_import_to_undo(people: People) -> None:
    world = make_world()
    report_turnover(world, "113000")
    done = post(confirmed(world))
    batch = RevenueEntry.objects.get().batch
    admin = client_of(people.administrator)

    page = admin.get(reverse("imports:batch-detail", args=[batch.pk])).content.decode()
    assert f"{done} booked 1 row. No file was imported" in page
    assert "settlement_statements" not in page
    assert "Undo import" not in page
    listed = admin.get(reverse("imports:batch-list")).content.decode()
    assert str(done) not in listed
    answer = admin.post(reverse("imports:batch-undo", args=[batch.pk]), follow=True)
    assert "taken back where it was booked" in answer.content.decode()
    api = admin.post(f"/api/v1/imports/{batch.pk}/undo/")
    assert (api.status_code, api.json()["code"]) == (422, "batch_state")
    assert revenue() == [(world.category.pk, D(78_000), date(2026, 7, 31))]


def test_a_statements_documents_go_with_it_alone(people: People) -> None:
    world = make_world(fees=FEES)
    report_turnover(world, "113000")
    done = post(confirmed(world))
    before = (ledger(), revenue())
    finance = client_of(people.controller)

    for made in done.documents.select_related("document"):
        with pytest.raises(OfStatementError, match="Take the statement back"):
            reverse_document(document=made.document, reversed_on=DAY)
        url = reverse("settlements:document-detail", args=[made.document_id])
        page = finance.get(url).content.decode()
        assert done.get_absolute_url() in page
        reversing = reverse("settlements:document-reverse", args=[made.document_id])
        assert reversing not in page
        body = {"effective_date": "2026-08-06", "note": "by mistake", "key": "a"}
        assert finance.post(reversing, body).status_code in (404, 422)
    assert (ledger(), revenue()) == before
    take_back_statement(statement=done, taken_back_on=DAY, taken_back_by=None)
    assert sum(row[1] for row in revenue()) == 0
