"""Ageing and statements over the API: the command line's figures, and only what is visible."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from kam.core.models import SellingCompany
from tests.api import Answer, Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.core import make_rate
from tests.factories.settlements import make_company, make_document

AGEING, ROWS = "receivables/ageing/", "receivables/ageing/rows/"
STATEMENT = "receivables/statement/"
DAY = "2026-03-31"
MONEY = {"open", "net", "overdue", "unapplied", "open_credits"}


@pytest.fixture
def company(db: None) -> SellingCompany:
    return make_company(code="FI01")


def ledger(people: People, company: SellingCompany) -> tuple[Account, Account]:
    """Kesko (the owner's) with a store below it, and Lidl (the stranger's)."""
    kesko = make_account(name="Kesko", lead=people.owner, external_id="C1")
    store = make_account(name="Store", kind="store", parent=kesko)
    lidl = make_account(name="Lidl", lead=people.stranger, external_id="C2")
    on = date(2026, 1, 1)
    for account, amount, due in (
        (kesko, "100.00", date(2026, 3, 31)),
        (kesko, "200.00", date(2026, 3, 30)),
        (store, "50.00", date(2026, 1, 31)),
        (lidl, "1000.00", date(2026, 2, 1)),
        (lidl, "7.00", None),
    ):
        make_document(account=account, amounts=[amount], due=[due], on=on, company=company)
    for kind, amount in (("receipt", "30.00"), ("credit_note", "20.00")):
        make_document(account=kesko, kind=kind, amounts=[amount], on=on, company=company)
    return kesko, lidl


def told(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("ageing", "--as-of", DAY, "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def as_numbers(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its money as the command line tells it."""
    buckets = {name: float(amount) for name, amount in answer["buckets"].items()}
    largest = [
        {**row, "open": float(row["open"]), "overdue": float(row["overdue"])}
        for row in answer["by_account"]
    ]
    money = {name: float(answer[name]) for name in MONEY}
    return {**answer, **money, "buckets": buckets, "by_account": largest}


def test_figures_and_keys_are_those_of_the_command_line(
    people: People, company: SellingCompany
) -> None:
    ledger(people, company)
    api = Api(people.auditor)
    answer = api.get(f"{AGEING}?as_of={DAY}").json()
    assert (answer["open"], answer["net"], answer["overdue"]) == ("1357.00", "1307.00", "1250.00")
    assert answer["buckets"] == {
        "not_due": "100.00",
        "1-30": "200.00",
        "31-60": "1050.00",
        "61-90": "0.00",
        "91+": "0.00",
        "no_due_date": "7.00",
    }
    assert answer["by_account"][0] == {
        "account": "C2",
        "name": "Lidl",
        "open": "1007.00",
        "overdue": "1000.00",
    }
    assert list(answer) == list(told())
    assert as_numbers(answer) == told()
    weeks = api.get(f"{AGEING}?as_of={DAY}&bands=7,14&external_id=C1&currency=EUR").json()
    assert as_numbers(weeks) == told("--bands", "7,14", "--account", "C1", "--currency", "EUR")
    assert (weeks["open"], list(weeks["buckets"])[1:4]) == ("350.00", ["1-7", "8-14", "15+"])


def test_a_limited_user_gets_the_ageing_of_the_own_accounts(
    people: People, company: SellingCompany
) -> None:
    kesko, lidl = ledger(people, company)
    for who in (people.owner, people.teammate):
        response = Api(who).get(f"{AGEING}?as_of={DAY}")
        answer = response.json()
        assert (answer["open"], answer["overdue"], answer["unapplied"]) == (
            "350.00",
            "250.00",
            "30.00",
        )
        assert [row["account"] for row in answer["by_account"]] == ["C1", str(kesko.pk + 1)]
        assert b"Lidl" not in response.content
        assert b"1357" not in response.content
    stranger = Api(people.stranger).get(f"{AGEING}?as_of={DAY}").json()
    assert stranger["open"] == "1007.00"
    nobody = Api(people.teammate)
    for name in ("account", "party"):
        foreign = nobody.get(f"{AGEING}?{name}={lidl.pk}")
        unknown = nobody.get(f"{AGEING}?{name}=999999")
        assert (foreign.status_code, errors_of(foreign)) == (400, [(name, "does_not_exist")])
        assert foreign.content == unknown.content
    assert errors_of(nobody.get(f"{AGEING}?external_id=C2")) == [("external_id", "does_not_exist")]
    assert Api().get(AGEING).status_code == 401


def test_rows_by_payer_account_and_group(people: People, company: SellingCompany) -> None:
    kesko, lidl = ledger(people, company)
    api = Api(people.auditor)

    def rows(query: str) -> list[tuple[str, str, str]]:
        found = api.get(f"{ROWS}?as_of={DAY}&{query}").json()["results"]
        return [(row["of"]["name"], row["open"], row["overdue"]) for row in found]

    assert rows("level=group") == [("Lidl", "1007.00", "1000.00"), ("Kesko", "350.00", "250.00")]
    assert rows("") == [
        ("Lidl", "1007.00", "1000.00"),
        ("Kesko", "300.00", "200.00"),
        ("Store", "50.00", "50.00"),
    ]
    assert rows("order=oldest")[0][0] == "Store"
    assert rows("order=open&level=party")[0][0] == "Lidl"
    assert rows(f"account={kesko.pk}") == rows("")[1:]
    assert rows(f"party={lidl.pk}") == rows("")[:1]
    assert rows("selling_company=FI01") == rows("")
    [first] = api.get(f"{ROWS}?as_of={DAY}&page_size=1").json()["results"]
    assert first == {
        "of": {"id": lidl.pk, "name": "Lidl"},
        "external_id": "C2",
        "currency": "EUR",
        "open": "1007.00",
        "net": "1007.00",
        "overdue": "1000.00",
        "buckets": {"not_due": "0.00", "1-30": "0.00", "31-60": "1000.00", "61-90": "0.00",
                    "91+": "0.00", "no_due_date": "7.00"},
        "unapplied": "0.00",
        "open_credits": "0.00",
        "open_items": 2,
        "overdue_items": 1,
        "oldest_due_on": "2026-02-01",
    }  # fmt: skip


def test_a_group_out_of_sight_is_not_named(people: People, company: SellingCompany) -> None:
    group = make_account(name="Secret Holding", lead=people.stranger)
    banner = make_account(name="Banner", kind="banner", parent=group, lead=people.owner)
    make_document(account=banner, company=company, party=group)
    for level in ("group", "party"):
        response = Api(people.owner).get(f"{ROWS}?level={level}")
        assert [(row["of"], row["open"]) for row in response.json()["results"]] == [
            (None, "100.00")
        ]
        assert b"Secret" not in response.content


def test_pages_hold_while_items_come(people: People, company: SellingCompany) -> None:
    for number in range(5):
        account = make_account(name=f"A{number}")
        make_document(account=account, company=company, amounts=[f"{500 - number}.00"])
    api = Api(people.auditor)
    page = api.get(f"{ROWS}?order=open&page_size=2").json()
    assert [row["of"]["name"] for row in page["results"]] == ["A0", "A1"]
    assert "known_at=" in page["next"]
    rest = [row["of"]["name"] for row in api.every_row(page["next"])]
    assert rest == ["A2", "A3", "A4"]
    assert errors_of(api.get(f"{ROWS}?cursor=WzEsMl0")) == [("cursor", "invalid_cursor")]
    assert errors_of(api.get(f"{ROWS}?cursor=x")) == [("cursor", "invalid_cursor")]


def test_parameters_that_cannot_be(people: People, company: SellingCompany) -> None:
    api = Api(people.auditor)

    def wrong(query: str) -> Any:
        return errors_of(api.get(f"{AGEING}?{query}"))

    assert wrong("bands=30,30") == [("bands", "not_bands")]
    assert wrong("bands=0,30") == [("bands", "not_bands")]
    assert wrong("bands=90000") == [("bands", "not_bands")]
    assert wrong("as_of=9999-12-31") == [("as_of", "out_of_range")]
    assert wrong("basis=moon") == [("basis", "invalid_choice")]
    assert wrong("currency=XQX") == [("currency", "does_not_exist")]
    assert wrong("selling_company=XX") == [("selling_company", "does_not_exist")]
    assert wrong("level=group") == [("level", "unknown_parameter")]
    account = make_account()
    make_document(account=account, company=company, currency="USD")
    make_document(account=account, company=company)
    missing = api.get(AGEING)
    assert (missing.status_code, missing.json()["code"]) == (422, "missing_rates")
    assert "USD" in missing.json()["detail"]
    make_rate(currency="USD", rate="0.5")
    assert api.get(AGEING).json()["open"] == "150.00"


def test_known_at_leaves_out_what_came_later(people: People, company: SellingCompany) -> None:
    ledger(people, company)
    api = Api(people.auditor)
    before = api.get(f"{AGEING}?as_of={DAY}&known_at=2020-01-01T00:00:00Z").json()
    assert (before["open"], before["dso_simple_90"]) == ("0.00", None)


def _statement(api: Api, account: Account, more: str = "") -> Answer:
    return api.get(f"{STATEMENT}?account={account.pk}&from=2026-01-01&to=2026-04-01{more}")


def test_statement_of_account(people: People, company: SellingCompany) -> None:
    kesko, _lidl = ledger(people, company)
    dollars = make_document(account=kesko, company=company, currency="USD", on=date(2025, 12, 1))
    answer = _statement(Api(people.owner), kesko).json()
    assert (answer["from"], answer["to"], answer["account"]["name"]) == (
        "2026-01-01",
        "2026-04-01",
        "Kesko",
    )
    euro, usd = answer["currencies"]
    assert [(line["kind"], line["amount"], line["balance"]) for line in euro["lines"]] == [
        ("invoice", "100.00", "100.00"),
        ("invoice", "200.00", "300.00"),
        ("invoice", "50.00", "350.00"),
        ("receipt", "-30.00", "320.00"),
        ("credit_note", "-20.00", "300.00"),
    ]
    assert (euro["opening"], euro["closing"], euro["ageing"]["net"]) == ("0.00", "300.00", "300.00")
    assert euro["ageing"]["buckets"]["31-60"] == "50.00"
    assert (usd["currency"], usd["opening"], usd["closing"], usd["lines"]) == (
        "USD",
        "100.00",
        "100.00",
        [],
    )
    only = _statement(Api(people.owner), kesko, "&currency=USD").json()
    assert [one["currency"] for one in only["currencies"]] == ["USD"]
    assert dollars.pk not in [line["document"] for line in euro["lines"]]


def test_a_statement_is_for_who_sees_the_account(people: People, company: SellingCompany) -> None:
    kesko, _lidl = ledger(people, company)
    foreign = _statement(Api(people.stranger), kesko)
    assert (foreign.status_code, errors_of(foreign)) == (400, [("account", "does_not_exist")])
    assert b"Kesko" not in foreign.content
    reverse = f"{STATEMENT}?account={kesko.pk}&from=2026-04-01&to=2026-04-01"
    assert errors_of(Api(people.owner).get(reverse)) == [("to", "empty_period")]
    assert sorted(errors_of(Api(people.owner).get(STATEMENT))) == [
        ("account", "required"),
        ("from", "required"),
        ("to", "required"),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_reports_cost_the_same_at_any_length(
    people: People, company: SellingCompany, rows: int
) -> None:
    top = make_account(name="Top", lead=people.owner, external_id="T")
    make_rate(currency="USD", rate="0.5")
    for number in range(rows):
        account = make_account(parent=top, kind="store", external_id=f"S{number}")
        for currency in ("EUR", "USD"):
            make_document(
                account=account, company=company, currency=currency, due=[date(2026, 2, 1)]
            )
    api = Api(people.owner)
    wanted = {f"{AGEING}?as_of={DAY}": 14, f"{ROWS}?as_of={DAY}": 10,
              f"{STATEMENT}?account={top.pk}&from=2026-01-01&to=2026-04-01": 11}  # fmt: skip
    for path, statements in wanted.items():
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path).status_code == 200
        assert (path, len(queries)) == (path, statements)
