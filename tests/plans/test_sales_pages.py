"""Pages of the sales plan: who sees and writes, what is typed and pasted, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from plans.models import Plan, RangeStep, SalesMonth
from tests.conftest import People
from tests.factories.accounts import make_category
from tests.factories.figures import make_range_step, make_sales_line
from tests.factories.plans import make_plan_member, take_plan

pytestmark = pytest.mark.django_db


def _url(name: str, *args: Any) -> str:
    return reverse(f"plans:{name}", args=args)


def test_who_sees_and_writes(client: Client, people: People, plan: Plan) -> None:
    line = make_sales_line(plan=plan, category=make_category(), months={1: 5})
    make_plan_member(plan=plan, user=people.stranger, role="writer")
    table = {
        # who: sees the figures, writes them
        "owner": (True, True),
        "teammate": (True, False),
        "stranger": (False, False),
        "director": (True, True),
        "controller": (True, False),
        "administrator": (True, True),
        "auditor": (True, False),
    }
    grid = _url("sales-grid", plan.pk)
    for who, (sees, writes) in table.items():
        client.force_login(getattr(people, who))
        for name in ("sales-plan", "sales-months"):
            assert client.get(_url(name, plan.pk)).status_code == (200 if sees else 404), who
        assert client.get(grid).status_code == (200 if writes else 404), who
        sent = client.post(grid, {f"c-{line.pk}-2026-01": "9", "save": "1"})
        assert sent.status_code == (302 if writes else 404), who
        amount = SalesMonth.objects.get(line=line).amount
        assert amount == Decimal(9 if writes else 5), who
        SalesMonth.objects.filter(line=line).update(amount=5)


def test_a_named_reader_reads_the_plan_without_its_figures(
    client: Client, people: People, plan: Plan
) -> None:
    make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 54321})
    make_plan_member(plan=plan, user=people.stranger)
    client.force_login(people.stranger)
    page = client.get(_url("section", plan.pk, "sales")).content.decode()
    assert "54,321" not in page
    assert "These figures are for those who lead the account" in page
    client.force_login(people.owner)
    assert "54,321" in client.get(_url("section", plan.pk, "sales")).content.decode()


def test_text_in_a_number_column_is_named_and_nothing_is_lost(
    client: Client, people: People, plan: Plan
) -> None:
    line = make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 5})
    client.force_login(people.owner)
    grid = _url("sales-grid", plan.pk)
    answer = client.post(
        grid,
        {f"c-{line.pk}-2026-01": "7,5", f"c-{line.pk}-2026-02": "about 3", "save": "1"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Oil, Feb 2026: Row 1, column 3: “about 3” is not a number." in page
    assert 'value="7,5"' in page
    assert SalesMonth.objects.get().amount == Decimal(5)
    block = "Oil\t1\t2\nMilk\t3"
    answer = client.post(grid, {"block": block, "paste": "1"})
    assert answer.status_code == 422
    assert "Row 2: there is no category “Milk”." in answer.content.decode()
    assert block in answer.content.decode()
    assert client.post(grid, {"block": "Oil\t1.234,50\t2", "paste": "1"}).status_code == 302
    assert list(SalesMonth.objects.values_list("amount", flat=True)) == [
        Decimal("1234.5000"),
        Decimal(2),
    ]


def test_numbers_are_written_and_read_in_the_users_language(
    client: Client, people: People, plan: Plan
) -> None:
    line = make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: "1234.5"})
    client.force_login(people.owner)
    grid = _url("sales-grid", plan.pk)
    page = client.get(grid, headers={"Accept-Language": "fi"}).content.decode()
    assert "1\N{NO-BREAK SPACE}234,50" in page
    client.post(
        grid,
        {f"c-{line.pk}-2026-01": "1\N{NO-BREAK SPACE}234,50", f"c-{line.pk}-2026-02": "1,250"},
        headers={"Accept-Language": "fi"},
    )
    found = dict(line.months.values_list("month__month", "amount"))
    assert found == {1: Decimal("1234.5"), 2: Decimal("1.25")}
    client.post(grid, {"block": "Oil\t\t\t1,250", "paste": "1"})
    found = dict(line.months.values_list("month__month", "amount"))
    assert found == {3: Decimal(1250)}  # an empty cell empties
    heads = "\ttammi 2026\nOil\t7"
    client.post(grid, {"block": heads, "paste": "1"}, headers={"Accept-Language": "fi"})
    assert line.months.get(month=date(2026, 1, 1)).amount == Decimal(7)


def test_how_one_number_is_typed_says_nothing_about_those_that_stand(
    client: Client, people: People, plan: Plan
) -> None:
    line = make_sales_line(plan=plan, category=make_category(), months={1: 1234, 2: 2500})
    client.force_login(people.owner)
    grid = _url("sales-grid", plan.pk)
    shown = client.get(grid).content.decode()
    assert 'value="1,234"' in shown
    sent = {"01": "1,234", "02": "2,500", "03": "12,5"}
    client.post(grid, {f"c-{line.pk}-2026-{month}": text for month, text in sent.items()})
    found = dict(line.months.values_list("month__month", "amount"))
    assert found == {1: 1234, 2: 2500, 3: Decimal("12.5")}


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_unseen(
    client: Client, people: People, plan: Plan
) -> None:
    line = make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: 5, 2: 6})
    client.force_login(people.owner)
    grid, names = _url("sales-grid", plan.pk), [f"c-{line.pk}-2026-0{one}" for one in (1, 2, 3)]
    shown = client.get(grid).context["grid"].shown
    first = dict(zip(names, ["7", "6", ""], strict=True)) | {"shown": shown, "save": "1"}
    assert client.post(grid, first).status_code == 302
    # The other page still shows 5 in January: what it leaves alone stays, what it changes asks.
    late = dict(zip(names, ["5", "6", "8"], strict=True)) | {"shown": shown, "save": "1"}
    assert client.post(grid, late).status_code == 302
    assert [int(one.amount) for one in SalesMonth.objects.order_by("month")] == [7, 6, 8]
    asked = client.post(grid, late | {names[0]: "9"})
    assert asked.status_code == 422
    assert "somebody else wrote “7” meanwhile" in asked.content.decode()
    again = late | {names[0]: "9", "shown": asked.context["grid"].shown}
    assert client.post(grid, again).status_code == 302
    assert [int(one.amount) for one in SalesMonth.objects.order_by("month")] == [9, 6, 8]
    wide = {f"c-0-{number}": "" for number in range(1500)}  # five years of 25 categories
    assert client.post(grid, again | wide).status_code == 302


def test_the_grid_sums_rows_and_months(client: Client, people: People, plan: Plan) -> None:
    oil = make_sales_line(
        plan=plan, category=make_category(name="Oil"), months={1: 1000, 2: "2000.4"}
    )
    milk = make_sales_line(plan=plan, category=make_category(name="Milk"), months={1: 500})
    client.force_login(people.owner)
    answer = client.get(_url("sales-grid", plan.pk))
    grid, empty = answer.context["grid"], [None] * 10
    assert {str(row.line): row.total for row in grid.rows} == {
        str(oil): Decimal("3000.4"), str(milk): Decimal(500),
    }  # fmt: skip
    assert grid.sums == [Decimal(1500), Decimal("2000.4"), *empty, Decimal("3500.4")]
    page = answer.content.decode()
    assert "3,500" in page.rpartition("data-grid-month")[2]
    oil.unit, milk.unit = "case", "kg"
    for line in (oil, milk):
        line.save()
    volumes = client.get(_url("sales-grid", plan.pk), {"measure": "volume"})
    assert volumes.context["grid"].sums == []  # cases and kilograms have no sum
    assert "data-grid-month" not in volumes.content.decode()


def test_range_steps_go_on_in_an_active_plan(client: Client, people: People, plan: Plan) -> None:
    client.force_login(people.owner)
    category = make_category(name="Oil")
    new = {"category": category.pk, "stores": 12, "due_on": "2026-06-01"}
    assert (
        client.post(_url("range-create", plan.pk), new | {"due_on": "2028-01-01"}).status_code
        == 422
    )
    assert client.post(_url("range-create", plan.pk), new).status_code == 302
    step = RangeStep.objects.get()
    assert (step.state, step.stores) == ("planned", 12)
    take_plan(plan=plan, to="active")
    edit = _url("range-edit", step.pk)
    assert "stores_reached" in client.get(edit).content.decode()
    assert client.post(edit, {"state": "listed", "stores": 99}).status_code == 422
    sent = {"state": "listed", "reached_on": "2026-05-04", "stores_reached": 7, "stores": 99}
    assert client.post(edit, sent).status_code == 302
    step.refresh_from_db()
    assert (step.state, step.stores, step.stores_reached) == ("listed", 12, 7)
    assert client.get(_url("range-remove", step.pk)).status_code == 404
    assert client.get(_url("sales-grid", plan.pk)).status_code == 404


def test_lines_are_added_changed_taken_out_and_filled_from_last_year(
    client: Client, people: People, plan: Plan, account: Account
) -> None:
    client.force_login(people.owner)
    category = make_category(name="Oil")
    assert (
        client.post(_url("sales-line-create", plan.pk), {"category": category.pk}).status_code
        == 302
    )
    line = plan.sales_lines.get()
    edit = {"unit": "case", "terms_percent": "7.5", "note": "growing"}
    assert client.post(_url("sales-line-edit", line.pk), edit).status_code == 302
    line.refresh_from_db()
    assert (line.unit, line.terms_percent, line.note) == ("case", Decimal("7.50"), "growing")
    assert client.post(_url("sales-prefill", plan.pk), {"growth": "5"}).status_code == 422
    assert "Oil" in client.get(_url("sales-line-remove", line.pk)).content.decode()
    assert client.post(_url("sales-line-remove", line.pk)).status_code == 302
    assert not plan.sales_lines.exists()


def test_lists_ask_the_same_with_one_and_three_rows(
    client: Client, people: People, plan: Plan, django_assert_num_queries: Any
) -> None:
    client.force_login(people.owner)
    for size in (1, 3):
        while plan.sales_lines.count() < size:
            make_sales_line(plan=plan, category=make_category(), months={1: 10, 6: 20})
            make_range_step(plan=plan)
        with django_assert_num_queries(15):
            client.get(_url("sales-plan", plan.pk))
        with django_assert_num_queries(8):
            client.get(_url("sales-grid", plan.pk))


def test_files(client: Client, people: People, plan: Plan) -> None:
    make_sales_line(plan=plan, category=make_category(name="Oil"), months={1: "1234.5"})
    client.force_login(people.owner)
    found = client.get(_url("sales-months", plan.pk), {"export": "csv"})
    lines = b"".join(found).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Oil,2026-01,1234.5000,,")
    chart = client.get(_url("sales-plan", plan.pk), {"chart": "sales-categories"})
    assert "Oil" in b"".join(chart).decode()
