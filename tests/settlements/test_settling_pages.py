"""Pages of settlement statements: who sees and does what, every act, constant queries."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from settlements.choices.settling import StatementDisputeReason
from settlements.models import Document, SettlementStatement
from settlements.selectors.settling.calendar import statements_due
from settlements.selectors.settling.unbilled import sold_not_stated
from settlements.services.settling.contests import Contest
from settlements.services.settling.issuing import dispute_statement, issue_statement
from settlements.services.settling.posting import limit_of
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settling import (
    FEES,
    JULY,
    confirmed,
    draft,
    make_statements,
    make_world,
    report_turnover,
    worked_consignment,
)

pytestmark = pytest.mark.django_db
D = Decimal
ACTS = ("redraft", "issue", "dispute", "stand", "correct", "confirm", "post", "take-back", "cancel")
NAMES = {"stand": "reject"}


def page(statement: SettlementStatement, act: str = "") -> str:
    return f"{reverse('settlements:settling-detail', args=[statement.pk])}{act and act + '/'}"


def test_who_may_what(people: People) -> None:
    world = make_world(lead=people.owner, fees=FEES)
    report_turnover(world, "113000")
    statement = confirmed(world)
    create = reverse("settlements:settling-create", args=[world.term.pk])
    table = {
        "owner": (200, 200, 404, 200),
        "teammate": (200, 200, 404, 200),
        "stranger": (404, 404, 404, 404),
        "director": (200, 200, 404, 200),
        "controller": (200, 200, 200, 200),
        "administrator": (200, 200, 200, 200),
        "auditor": (200, 404, 404, 404),
    }
    found = {}
    for name in table:
        client = client_of(getattr(people, name))
        found[name] = tuple(
            client.get(url).status_code
            for url in (page(statement), page(statement, "cancel"), page(statement, "post"), create)
        )
        day = {"day": "2026-08-05", "key": str(uuid.uuid4())}
        if table[name][2] == 404:
            assert client.post(page(statement, "post"), day).status_code == 404

    assert found == table
    assert Document.objects.count() == 0


def test_a_statement_goes_its_way_by_its_pages(people: People) -> None:
    world = make_world(lead=people.owner, fees=FEES)
    report_turnover(world, "113000")
    own, finance = client_of(people.owner), client_of(people.controller)
    values = {"start": "2026-07-01", "last": "2026-07-31"}
    own.post(reverse("settlements:settling-create", args=[world.term.pk]), values)
    statement = SettlementStatement.objects.get()
    own.post(page(statement, "redraft"))
    own.post(page(statement, "issue"), {"day": "2026-08-02"})
    line = statement.lines.get(label="Promotion")
    contest = {
        "line": line.pk,
        "amount": "2000",
        "reason": "unagreed_fee",
        "day": "2026-08-03",
        "note": "Not in the contract",
    }
    assert own.post(page(statement, "dispute"), {**contest, "amount": "2001"}).status_code == 422
    early = {"day": "2026-08-01"}
    for changes in ({"line": "", "amount": "113001"}, {"day": "2199-01-01"}, early):
        assert own.post(page(statement, "dispute"), {**contest, **changes}).status_code == 422
    own.post(page(statement, "dispute"), contest)
    assert own.post(page(statement, "correct"), early).status_code == 422
    own.post(page(statement, "correct"), {"day": "2026-08-04", f"line_{line.pk}": "1500"})
    again = own.get(page(statement, "correct"), follow=True)
    assert again.redirect_chain == [(page(statement), 302)]
    assert "The statement is cancelled." in again.content.decode()
    second = SettlementStatement.objects.get(version=2)
    assert "something else would come out" not in own.get(page(second)).content.decode()
    assert own.post(page(second, "confirm"), {"day": "2026-08-04"}).status_code == 422
    pdf = SimpleUploadedFile("signed.pdf", b"%PDF-1.4\n%%EOF")
    own.post(page(second, "confirm"), {"day": "2026-08-04", "file": pdf})
    second.refresh_from_db()
    assert (second.state, second.confirmation_name) == ("confirmed", "signed.pdf")
    assert own.get(page(second, "file")).getvalue().startswith(b"%PDF")
    assert "Post" in finance.get(page(second)).content.decode()
    ahead = finance.get(page(second, "post")).content.decode()
    assert "What is posted" in ahead
    assert "85,462.00" in ahead.replace("\N{NO-BREAK SPACE}", " ")
    day = {"day": "2026-08-05", "key": str(uuid.uuid4())}
    assert finance.post(page(second, "post"), {**day, "day": "2190-01-01"}).status_code == 422
    finance.post(page(second, "post"), day)

    assert [one.total for one in Document.objects.order_by("pk")] == [88_140, 678, 1500, 500]
    text = finance.get(page(second)).content.decode()
    assert "85,462.00" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert (
        finance.get(page(second, f"lines/{second.lines.get(kind='gross').pk}")).status_code == 200
    )
    answer: Any = finance.get(page(second) + "?export=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert {one["Belongs to"] for one in rows} == {
        "Payable", "Claimed beside it", "Contained in the amounts above",
    }  # fmt: skip
    assert sum(Decimal(one["Amount"]) for one in rows if one["Belongs to"] == "Payable") == 88_140
    assert "Store" in rows[0]
    finance.post(page(second, "take-back"), {"day": "2026-08-06"})
    second.refresh_from_db()
    assert second.taken_back_on == date(2026, 8, 6)


def test_a_correction_proposes_what_is_left_of_a_contested_fee(people: People) -> None:
    world = make_world(lead=people.owner, fees=FEES)
    report_turnover(world, "113000")
    statement = issue_statement(statement=draft(world), issued_on=date(2026, 8, 2), issued_by=None)
    line = statement.lines.get(label="Promotion")
    dispute_statement(
        statement=statement,
        contests=[Contest(D(500), StatementDisputeReason.UNAGREED_FEE, line.pk)],
        raised_on=date(2026, 8, 3),
        raised_by=None,
    )

    page_of = client_of(people.owner).get(page(statement, "correct"))
    form = page_of.context["form"]
    assert form[f"line_{line.pk}"].initial == 1500
    assert "of it contested: 500.00" in page_of.content.decode()
    other = statement.lines.get(label="Utilities")
    assert form[f"line_{other.pk}"].initial is None


def test_a_closed_day_and_a_missing_price_are_said_beside_the_form(people: People) -> None:
    world = make_world(lead=people.owner, tax_rate=None)
    url = reverse("settlements:settling-create", args=[world.term.pk])
    values = {"start": "2026-07-01", "last": "2026-07-31"}

    answer = client_of(people.owner).post(url, values)

    assert answer.status_code == 422
    assert "No accepted report" in answer.content.decode()


def test_due_statements_are_told_and_drafted_together(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2026, 8, 12))
    world = make_world(lead=people.owner, start=JULY[0])
    report_turnover(world, "113000")
    url = reverse("settlements:settling-due")

    assert "Late" in client_of(people.owner).get(url).content.decode()
    assert world.account.name not in client_of(people.stranger).get(url).content.decode()
    values = {"start": "2026-07-01", "last": "2026-07-31"}
    client_of(people.controller).post(reverse("settlements:settling-draft-all"), values)

    assert SettlementStatement.objects.get().payable == 88_140


def test_a_late_statement_of_long_ago_stays_in_the_calendar(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2027, 3, 12))
    world = make_world(lead=people.owner)
    other = make_world(lead=people.owner)
    report_turnover(world, "113000")
    confirmed(world)
    confirmed_months = {(2026, 8), (2026, 9), (2026, 10), (2026, 11)}
    url = reverse("settlements:settling-due")
    client = client_of(people.owner)

    found = statements_due(people.owner, as_of=date(2027, 3, 12))
    old = [one for one in found if one.is_old]
    assert {(one.start.year, one.start.month) for one in old} == confirmed_months
    assert {one.account_id for one in old} == {world.account.pk}, "no life before the first report"

    text = client.get(url).content.decode()
    assert "4 older statements were never made." in text
    assert "Aug 1, 2026" not in text
    text = client.get(url, {"older": 1}).content.decode()
    assert "Aug 1, 2026" in text
    assert other.account.name not in text
    panel = reverse("settlements:panel-settling", args=[world.account.pk])
    assert "4 older statements were never made." in client.get(panel).content.decode()
    only = client.get(url, {"older": 1, "account": world.account.pk}).content.decode()
    assert world.account.name in only
    for name, status in (("teammate", 200), ("stranger", 404)):
        answer = client_of(getattr(people, name)).get(url, {"account": world.account.pk})
        assert answer.status_code == status, name
    assert client.get(url, {"account": "x"}).status_code == 404


def test_a_statement_says_what_its_figures_can_be_checked_by(people: People) -> None:
    guarantee = {
        "basis": "sales",
        "amount": D(100_000),
        "test_period": "month",
        "excess_rate": D(18),
    }
    world = make_world(lead=people.owner, guarantee=guarantee)
    report_turnover(world, "113000")
    goods, _product = worked_consignment(lead=people.owner, start=JULY[0])
    client = client_of(people.owner)

    text = client.get(page(draft(world))).content.decode()
    assert "They keep 22% of the turnover." in text
    assert "They keep 18% of what is sold above it." in text
    assert 'class="is-num only-wide"' in text, "a phone shows amounts, not what they are of"
    assert "on average" in text, "22 % of 100,000 and 18 % of 13,000 are no single rate"
    text = client.get(page(draft(goods))).content.decode()
    assert "We bear shrink up to 1% of the units sold; they bear what is above." in text
    assert ">10.00<" in text.replace("\n", ""), "a price has the decimals of its currency"


def test_what_waits_is_told_though_nothing_falls_due(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2026, 8, 12))
    world = make_world(lead=people.owner, start=JULY[0], end=JULY[1])
    report_turnover(world, "113000")
    draft(world)
    panel = reverse("settlements:panel-settling", args=[world.account.pk])

    text = client_of(people.owner).get(panel).content.decode()
    assert "Sold and not posted yet" in text
    assert "88,140.00" in text


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_lists_and_pages_ask_as_much_for_three_as_for_one(people: People) -> None:
    account = make_account(lead=people.owner)
    first = make_statements(account, 1)
    client = client_of(people.owner)
    urls = [
        reverse("settlements:settling-list"),
        reverse("settlements:settling-due"),
        reverse("settlements:panel-settling", args=[account.pk]),
        page(first[0]),
    ]
    for url in urls:
        client.get(url)
    one = [queries_of(client, url) for url in urls]
    make_statements(make_account(lead=people.owner, parent=account), 2)

    assert [queries_of(client, url) for url in urls] == one


def test_what_was_sold_and_not_posted_stands_beside_the_ageing() -> None:
    world = make_world(start=JULY[0])
    report_turnover(world, "113000")
    goods, _product = worked_consignment(start=JULY[0])

    def told() -> dict[int, tuple[Decimal, Decimal]]:
        rows = sold_not_stated(as_of=date(2026, 8, 10))
        return {one.account_id: (one.in_statements, one.in_none) for one in rows}

    assert told() == {
        world.account.pk: (0, 88_140),
        goods.account.pk: (0, D("7299.80")),
    }
    issue_statement(statement=draft(world), issued_on=date(2026, 8, 5), issued_by=None)
    assert told()[world.account.pk] == (88_140, 0)


def test_limits_for_posting_are_a_setting(people: People) -> None:
    path = reverse("settlements:posting-limits")
    for name in ("owner", "director", "controller", "auditor"):
        assert client_of(getattr(people, name)).get(path).status_code == 404, name
    administrator = client_of(people.administrator)
    refused = administrator.post(path, {"credit_controller": "-1"})
    assert refused.status_code == 422
    assert administrator.post(path, {"credit_controller": "50000"}).status_code == 302
    assert limit_of(people.controller) == 50_000
    assert 'value="50000"' in administrator.get(path).content.decode()
    assert administrator.post(path, {"credit_controller": ""}).status_code == 302
    assert limit_of(people.controller) is None
