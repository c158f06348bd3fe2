"""Fees of purchases and of growth on statements: what they count, who charges them, who not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from accounts.models import RevenueEntry
from settlements.choices.terms import Preset
from settlements.models import AgreementVersion, SettlementTerm
from settlements.selectors.settling.recomputing import recompute, stored_lines
from settlements.services.settling.drafting import draft_due, draft_statement
from settlements.services.settling.posting import post_statement
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.settling import (
    AUGUST,
    JULY,
    World,
    confirmed,
    draft,
    make_fee,
    make_world,
    report_turnover,
)
from tests.factories.terms import make_agreement, make_term, move_on

pytestmark = pytest.mark.django_db
D = Decimal
BOUGHT: dict[str, Any] = {
    "name": "Logistics",
    "fee_type": "logistics",
    "calculation": "percent_of_purchases",
    "value": "2",
}


def claims(world: World, period: tuple[date, date] = JULY) -> dict[str, tuple[Decimal, Decimal]]:
    lines = draft(world, period).lines.filter(part="claim")
    return {line.label: (line.basis, -line.amount) for line in lines}


def test_a_fee_of_purchases_counts_what_was_bought_outright_and_never_itself() -> None:
    category = make_category()
    of_goods = {**BOUGHT, "name": "Toys", "category": category, "value": "5"}
    in_days = {**BOUGHT, "name": "First days",
               "valid": DateRange(date(2026, 7, 1), date(2026, 7, 11))}  # fmt: skip
    world = make_world(fees=[BOUGHT, of_goods, in_days])
    report_turnover(world, "113000")
    for amount, day, more in (
        (1000, 1, {"account": world.account}),
        (400, 31, {"account": world.store, "category": category}),
        (-100, 12, {"account": world.account}),
        (7000, 12, {"account": make_account()}),
        (7000, 12, {"account": world.account, "currency": "USD", "rate": "0.9"}),
    ):
        make_entry(amount=amount, booked_on=date(2026, 7, day), **more)
    make_entry(account=world.account, amount=9000, booked_on=date(2026, 8, 1))
    found = {"Logistics": (1300, 26), "Toys": (400, 20), "First days": (1000, 20)}
    statement = confirmed(world)
    lines = statement.lines.filter(part="claim")
    assert {one.label: (one.basis, -one.amount) for one in lines} == found
    assert statement.claimed == 66
    post_statement(statement=statement, posted_on=AUGUST[1], posted_by=None)
    assert RevenueEntry.objects.filter(source__code="settlement-statements").exists()
    assert recompute(statement) == stored_lines(statement)
    make_entry(account=world.account, amount=50, booked_on=JULY[0])
    assert recompute(statement) != stored_lines(statement)


def test_targets_and_growth_are_of_what_is_counted() -> None:
    def fee(name: str, value: str, due: str, target: str, **more: Any) -> dict[str, Any]:
        return {**BOUGHT, "name": name, "value": value, "conditionality": due,
                "target": D(target), **more}  # fmt: skip

    sales = {"calculation": "percent_of_turnover"}
    world = make_world(
        fees=[
            fee("Reached", "2", "target", "1000"),
            fee("Missed", "2", "target", "1001"),
            fee("Of the year", "2", "target", "1", cycle="yearly"),
            fee("Growth", "2", "growth", "400", cycle="monthly"),
            fee("Less", "2", "growth", "1000"),
            fee("More sold", "1", "growth", "100000", **sales),
            fee("A sum", "70", "growth", "100000", calculation="fixed"),
            fee("Yearly growth", "1", "growth", "1", cycle="yearly", **sales),
        ]
    )
    report_turnover(world, "113000")
    make_entry(account=world.account, amount=1000, booked_on=JULY[0])
    assert claims(world) == {
        "Reached": (1000, 20),
        "Growth": (600, 12),
        "More sold": (13_000, 130),
        "A sum": (70, 70),
    }


def test_with_several_terms_each_condition_is_charged_by_one(people: People) -> None:
    account = make_account(lead=people.owner)
    toys, books = make_category(), make_category()
    world = make_world(account=account)
    version = AgreementVersion.objects.create(
        agreement=make_agreement(account=account, company=world.company),
        version=1,
        valid=DateRange(date(2027, 1, 1), None),
    )
    terms: dict[str, SettlementTerm] = {
        name: make_term(version=version, preset=Preset.CONCESSION, category=category,
                        tax_rate=D(0), is_tax_inclusive=True)
        for name, category in (("all", None), ("toys", toys))
    }  # fmt: skip
    of_turnover = {**BOUGHT, "calculation": "percent_of_turnover", "value": "1"}
    for fee in (
        BOUGHT,
        {**BOUGHT, "name": "Toys bought", "category": toys},
        {**BOUGHT, "name": "Books bought", "category": books},
        {**BOUGHT, "name": "Invoices", "channel": "on_invoice"},
        {**BOUGHT, "name": "Group", "measured_at": "group"},
        {**BOUGHT, "name": "Rent", "calculation": "fixed", "value": "30"},
        {**of_turnover, "name": "Card"},
        {**of_turnover, "name": "Books sold", "category": books},
        {**of_turnover, "name": "Yearly growth", "conditionality": "growth", "target": D(5),
         "cycle": "yearly"},
    ):  # fmt: skip
        make_fee(version, **fee)
    move_on(version)
    july = (date(2027, 7, 1), date(2027, 8, 1))
    report_turnover(world, "1000", july, category=toys)
    report_turnover(world, "2000", july, category=books)
    for category, amount in ((toys, 100), (books, 200)):
        make_entry(account=account, amount=amount, booked_on=july[0], category=category)
    found = {}
    for name, term in terms.items():
        made = draft_statement(term=term, start=july[0], end=july[1], drafted_by=None)
        lines = made.lines.filter(part="claim")
        found[name] = {one.label: (one.basis, -one.amount) for one in lines}
    assert found == {
        "all": {
            "Logistics": (300, 6),
            "Books bought": (200, 4),
            "Rent": (30, 30),
            "Card": (2000, 20),
        },
        "toys": {"Toys bought": (100, 2), "Card": (1000, 10)},
    }
    text = client_of(people.owner).get(version.get_absolute_url()).content.decode()
    for words in (
        "it is taken off the invoices of the purchases",
        "it counts what the whole group buys",
        "these goods have no method of their own",
        "its target or growth is of other periods",
    ):
        assert text.count(words) == 1, words


def test_many_statements_read_purchases_at_once() -> None:
    def queries(many: int) -> int:
        for _n in range(many):
            world = make_world(fees=[BOUGHT])
            report_turnover(world, "113000")
            make_entry(account=world.account, amount=1000, booked_on=JULY[0])
        with CaptureQueriesContext(
            connection,
        ) as caught:
            made = draft_due(start=JULY[0], end=JULY[1], drafted_by=None)
        assert made.made == many
        return len([one for one in caught if "revenueentry" in one["sql"]])

    assert (queries(1), queries(3)) == (1, 1)
