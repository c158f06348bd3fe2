"""The sales plan's figures: what is planned, expected and posted, and how amounts are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account, RevenueEntry
from kam.core.models import ExchangeRate
from kam.core.problems import RefusedError
from kam.core.selectors.rates import rate_on
from plans.analytics.streams import Streams
from plans.models import Plan, SalesLine, SalesMonth
from plans.selectors.sales.board import sales_board
from plans.selectors.sales.content import sales_content
from plans.selectors.sales.facts import monthly_rates
from plans.services.figures import OutsidePeriodError
from plans.services.sales import amounts, lines, range_steps
from plans.services.writing import NotDraftError
from plans.views.sales.common import month_reader
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry, make_product
from tests.factories.figures import make_range_step, make_sales_line
from tests.factories.plans import make_plan, take_plan

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 20)
JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def _booked(account: Account, amount: str, day: date, **facts: object) -> None:
    quantity = facts.pop("quantity", None)
    entry = make_entry(account=account, amount=amount, booked_on=day, **facts)  # type: ignore[arg-type]
    if quantity is not None:
        RevenueEntry.objects.filter(pk=entry.pk).update(quantity=quantity, unit="case")


def test_streams_by_category_and_month(plan: Plan, account: Account) -> None:
    oil, milk, rice = (make_category(name=name) for name in ("Oil", "Milk", "Rice"))
    shop = make_account(name="Shop", parent=account)
    make_sales_line(
        plan=plan, category=oil, unit="case", terms_percent=10,
        months={1: 100, 2: 100, 6: 300}, volumes={1: 50, 2: 50, 6: 150},
    )  # fmt: skip
    make_sales_line(plan=plan, category=milk, months={1: 50, 5: 80, 12: 60})
    _booked(account, "90", date(2026, 1, 31), category=oil, quantity=60)
    _booked(shop, "70", date(2026, 2, 3), category=oil, quantity=60)
    _booked(shop, "40", date(2026, 1, 3), category=milk)
    _booked(account, "9", date(2026, 5, 20), category=milk)
    _booked(account, "5", date(2026, 4, 2), category=rice)
    _booked(account, "1000", date(2026, 5, 21), category=oil)  # after the day
    _booked(account, "1000", date(2025, 12, 31), category=oil)  # before the plan
    board = sales_board(plan, as_of=MAY)
    assert board.months_over == 4
    of_oil, of_milk = board.lines
    assert of_oil.months[0] == Streams(Decimal(100), Decimal("120.0000"), Decimal("90.0000"))
    assert of_oil.months[5].forecast == Decimal("360.0000")
    assert of_oil.to_date == Streams(Decimal(200), Decimal(240), Decimal(160))
    assert of_oil.terms == Streams(Decimal(50), Decimal(60), None)
    assert of_milk.months[4] == Streams(Decimal(80), Decimal("64.0000"), Decimal("9.0000"))
    assert of_milk.months[11].forecast == Decimal("48.0000")
    assert board.unplanned is not None
    assert board.unplanned.to_date.actual == Decimal(5)
    assert board.to_date.actual == Decimal(205)
    assert board.total.plan == Decimal(690)
    assert board.to_date.variance_share == Decimal("-0.18")
    everything = make_sales_line(plan=plan, months={4: 10})
    again = sales_board(plan, as_of=MAY)
    assert again.unplanned is None
    assert again.lines[-1].line == everything
    assert again.lines[-1].to_date.actual == Decimal(5)


def test_amounts_in_the_plan_currency(people: People, account: Account) -> None:
    plan = make_plan(account=account, owner=people.owner, currency_id="USD", currency=None)
    make_sales_line(plan=plan, months={1: 100})
    for code, base, day, rate in (
        ("EUR", "USD", date(2025, 12, 1), "1.1"),
        ("USD", "EUR", date(2026, 2, 1), "0.8"),
    ):
        ExchangeRate.objects.create(currency_id=code, base_id=base, valid_on=day, rate=rate)
    _booked(account, "50", date(2026, 1, 5))
    _booked(account, "30", date(2026, 1, 6), currency="USD", rate="0.9")
    _booked(account, "7", date(2026, 1, 7), currency="SEK", rate=None)
    board = sales_board(plan, as_of=MAY)
    assert board.lines[0].months[0].actual == Decimal("85.0000")
    assert board.unconverted == 1
    found = monthly_rates("USD", [JAN, FEB])
    assert found == {JAN: rate_on("EUR", "USD", JAN), FEB: rate_on("EUR", "USD", FEB)}


def test_board_asks_the_same_at_any_size(
    plan: Plan, account: Account, django_assert_num_queries: object
) -> None:
    for size in (1, 3):
        for _ in range(size):
            category = make_category()
            make_sales_line(plan=plan, category=category, months={1: 10, 2: 20})
            _booked(account, "5", date(2026, 1, 5), category=category)
        with django_assert_num_queries(8):  # type: ignore[operator]
            sales_board(plan, as_of=MAY)


def test_typed_cells(plan: Plan, people: People) -> None:
    line = make_sales_line(plan=plan, category=make_category(), months={1: 100, 2: 50})
    other = make_sales_line(plan=make_plan(account=make_account(), owner=people.owner))
    cells = {
        (line.pk, JAN): Decimal("1.23456"),
        (line.pk, FEB): None,
        (line.pk, date(2026, 3, 1)): Decimal(7),
        (other.pk, JAN): Decimal(1),
    }
    assert amounts.save_cells(plan=plan, user=people.director, cells=cells) == 3
    found = dict(line.months.values_list("month__month", "amount"))
    assert found == {1: Decimal("1.2346"), 3: Decimal(7)}
    assert not other.months.exists()
    plan.refresh_from_db()
    assert people.director.pk in plan.writer_ids
    volumes = {(line.pk, JAN): Decimal(5)}
    amounts.save_cells(plan=plan, user=None, cells=volumes, measure="volume")
    assert line.months.get(month=JAN).volume == Decimal(5)
    with pytest.raises(RefusedError, match="amount before it has a volume"):
        amounts.save_cells(
            plan=plan, user=None, cells={(line.pk, FEB): Decimal(5)}, measure="volume"
        )
    with pytest.raises(OutsidePeriodError):
        amounts.save_cells(plan=plan, user=None, cells={(line.pk, date(2027, 1, 1)): Decimal(5)})


def test_pasted_blocks_come_whole_or_not_at_all(plan: Plan) -> None:
    oil, _milk = make_category(code="OIL", name="Oil"), make_category(name="Milk")
    make_sales_line(plan=plan, category=oil, months={1: 5})
    read = month_reader(_months())

    def paste(text: str) -> amounts.Pasted:
        return amounts.paste(plan=plan, user=None, text=text, sign=".", month_of=read)

    bad = "\tJan\tFeb 2026\nOil\t1\tmany\nBeer\t1\t2\nOIL\t1\t2"
    with pytest.raises(amounts.PasteError) as refused:
        paste(bad)
    assert refused.value.lines == [
        "Row 2, column 3: “many” is not a number.",
        "Row 3: there is no category “Beer”.",
        "Row 4: “OIL” comes twice.",
    ]
    assert list(SalesMonth.objects.values_list("amount", flat=True)) == [Decimal(5)]
    assert SalesLine.objects.count() == 1
    done = paste("\tJan\tFeb 2026\tTotal\noil\t1.000,50\t\t3\nMilk\t2,5\t3\nEverything else\t\t4")
    assert done == amounts.Pasted(cells=4, lines=2)
    rows = SalesMonth.objects.order_by("line__place", "month")
    assert [(str(one.line), one.month.month, one.amount) for one in rows] == [
        ("Oil", 1, Decimal("1000.5000")),
        ("Milk", 1, Decimal("2.5000")),
        ("Milk", 2, Decimal(3)),
        ("Everything else", 2, Decimal(4)),
    ]


def _months() -> list[date]:
    return [date(2026, month, 1) for month in range(1, 13)]


def test_prefill_is_last_year_grown(plan: Plan, account: Account) -> None:
    oil, milk = make_category(name="Oil"), make_category(name="Milk")
    make_sales_line(plan=plan, category=milk, months={1: 5})
    _booked(account, "100.40", date(2025, 1, 5), category=oil, quantity=10)
    _booked(account, "-3", date(2025, 2, 5), category=oil, quantity=-1)
    _booked(account, "50", date(2025, 1, 5), category=milk)
    _booked(account, "60", date(2025, 3, 5), category=milk)
    done = amounts.prefill(plan=plan, user=None, growth=Decimal(5), as_of=JAN)
    assert done == amounts.Pasted(cells=2, lines=1)
    rows = SalesMonth.objects.order_by("line__category__name", "month")
    assert [(str(one.line), one.month.month, one.amount, one.volume) for one in rows] == [
        ("Milk", 1, Decimal(5), None),
        ("Milk", 3, Decimal(63), None),
        ("Oil", 1, Decimal("105.42"), Decimal(11)),
    ]
    amounts.prefill(plan=plan, user=None, growth=Decimal(0), as_of=JAN, replace=True)
    assert SalesMonth.objects.get(line__category=milk, month=JAN).amount == Decimal(50)
    empty = make_plan(account=make_account(), owner=plan.owner)
    with pytest.raises(RefusedError, match="Nothing was sold"):
        amounts.prefill(plan=empty, user=None, growth=Decimal(0), as_of=JAN)


def test_months_that_are_not_over_are_taken_from_the_year_before(
    plan: Plan, account: Account
) -> None:
    oil = make_category(name="Oil")
    for day, amount in (
        (date(2024, 11, 5), "11"), (date(2024, 12, 5), "12"), (date(2025, 10, 5), "100"),
        (date(2025, 11, 5), "7"),
    ):  # fmt: skip
        _booked(account, amount, day, category=oil, quantity=int(amount))
    amounts.prefill(plan=plan, user=None, growth=Decimal(100), as_of=date(2025, 11, 23))
    rows = SalesMonth.objects.order_by("month")
    assert [(one.month.month, int(one.amount), int(one.volume or 0)) for one in rows] == [
        (10, 200, 200), (11, 22, 22), (12, 24, 24),
    ]  # fmt: skip


def test_what_was_planned_is_fixed_after_approval(plan: Plan) -> None:
    line = make_sales_line(plan=plan, category=make_category(), months={1: 5})
    step = make_range_step(plan=plan, stores=10)
    take_plan(plan=plan, to="active")
    for act in (
        lambda: lines.add_line(plan=plan, user=None),
        lambda: lines.change_line(line=line, user=None, note="x"),
        lambda: lines.remove_line(line=line, user=None),
        lambda: amounts.save_cells(plan=plan, user=None, cells={(line.pk, JAN): Decimal(1)}),
        lambda: range_steps.change_step(step=step, user=None, stores=5),
        lambda: range_steps.remove_step(step=step, user=None),
    ):
        with pytest.raises(NotDraftError):
            act()
    month = line.months.get()
    for sql in (
        lambda: SalesMonth.objects.filter(pk=month.pk).update(amount=1),
        lambda: SalesMonth.objects.filter(pk=month.pk).delete(),
        lambda: SalesLine.objects.filter(pk=line.pk).update(terms_percent=1),
        lambda: type(step).objects.filter(pk=step.pk).update(stores=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql()
    assert range_steps.move_step(
        step=step, user=None, state="listed", on=date(2026, 4, 1), stores=8
    )
    step.refresh_from_db()
    assert (step.state, step.reached_on, step.stores_reached) == ("listed", date(2026, 4, 1), 8)


def test_range_steps_fit_the_plan(plan: Plan, account: Account) -> None:
    shop, stranger = make_account(parent=account), make_account()
    product, category = make_product(), make_category()
    step = range_steps.add_step(plan=plan, user=None, product=product, account=shop)
    assert str(step) == product.name
    bad: list[dict[str, Any]] = [
        {"category": category, "account": stranger},
        {"category": category, "due_on": date(2027, 1, 1)},
        {"category": category, "product": product},
        {"category": category, "state": "listed"},
        {},
    ]
    codes = []
    for facts in bad:
        with pytest.raises(RefusedError) as refused:
            range_steps.add_step(plan=plan, user=None, **facts)
        codes.append(refused.value.code)
    assert codes == [
        "range_step_in_tree",
        "range_step_in_period",
        "range_step_product_or_category",
        "range_step_says_since_when",
        "range_step_product_or_category",
    ]


def test_lines_come_once_and_months_in_the_period(plan: Plan) -> None:
    lines.add_line(plan=plan, user=None)
    with pytest.raises(RefusedError, match="has a line for this category"):
        lines.add_line(plan=plan, user=None)
    line = plan.sales_lines.get()
    bad: list[dict[str, Any]] = [
        {"month": date(2027, 1, 1)}, {"month": date(2026, 1, 2)}, {"amount": -1}
    ]  # fmt: skip
    for facts in bad:
        row = {"month": JAN, "amount": 1} | facts
        with pytest.raises(IntegrityError), transaction.atomic():
            SalesMonth.objects.create(line=line, **row)


def test_document_says_it_all_to_who_sees_figures(plan: Plan, people: People) -> None:
    line = make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 5})
    step = make_range_step(plan=plan)
    found = sales_content(plan, None, MAY)
    assert found["total"]["plan"] == {"amount": Decimal(5), "currency": "EUR"}
    assert [one["id"] for one in found["lines"]] == [line.pk]
    assert [one["id"] for one in found["steps"]] == [step.pk]
    assert sales_content(plan, people.owner, MAY) == found
    assert sales_content(plan, people.stranger, MAY) == {}
