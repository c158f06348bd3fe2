"""Files of sales plans: what goes in, what is refused by line, undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kam.imports.models import ImportBatch, ImportReject
from kam.imports.services import running, undoing
from plans.models import Plan, SalesMonth
from tests.conftest import People
from tests.factories.accounts import make_account, make_category
from tests.factories.figures import make_sales_line
from tests.factories.imports import TODAY, csv_text, ready_batch, send
from tests.factories.plans import make_plan, make_plan_member, take_plan

pytestmark = pytest.mark.django_db
HEAD = ("account", "category", "month", "amount", "volume", "currency")


@pytest.fixture
def planned(people: People) -> Plan:
    """The draft of C-1 for 2026."""
    account = make_account(name="Kesko", lead=people.owner, external_id="C-1")
    return make_plan(account=account, owner=people.owner)


def _rows(*rows: tuple[Any, ...]) -> str:
    return csv_text(HEAD, *(("C-1", *row) for row in rows))


def _months() -> list[tuple[str, int, Decimal, Decimal | None]]:
    rows = SalesMonth.objects.order_by("line__place", "month").select_related("line__category")
    return [(str(one.line), one.month.month, one.amount, one.volume) for one in rows]


def test_months_go_in_change_and_are_undone(planned: Plan) -> None:
    oil = make_category(name="Oil")
    make_sales_line(plan=planned, category=oil, place=1, months={1: 5}, volumes={1: 3})
    text = _rows(
        ("Oil", "2026-01", "100", "", "EUR"),
        ("oil-none", "2026-01", "1", "", ""),
        ("Oil", "2026-02", "200", "20", ""),
        ("", "2026-02", "7", "", ""),
    )
    batch = ready_batch("sales_plan", text)
    running.preview(batch_id=batch.pk, as_of=TODAY)
    assert list(ImportReject.objects.filter(batch=batch).values_list("message", flat=True)) == [
        "unknown category (category: oil-none)"
    ]
    good = _rows(
        ("Oil", "2026-01", "100", "", "EUR"),
        ("Oil", "2026-02", "200", "20", ""),
        ("", "2026-02", "7", "", ""),
    )
    done = send("sales_plan", good)
    assert done.counts == (2, 1, 0, 0)
    assert _months() == [
        ("Oil", 1, Decimal(100), Decimal(3)),
        ("Oil", 2, Decimal(200), Decimal(20)),
        ("Everything else", 2, Decimal(7), None),
    ]
    assert send("sales_plan", good, source="again").counts == (0, 0, 3, 0)
    undoing.undo(batch_id=done.batch.pk, as_of=TODAY)
    assert _months() == [("Oil", 1, Decimal(5), Decimal(3))]
    assert planned.sales_lines.count() == 1


def test_what_is_refused_is_named(planned: Plan) -> None:
    make_category(name="Oil")
    text = _rows(
        ("Oil", "2027-01", "1", "", ""),
        ("Oil", "2026-01", "-1", "", ""),
        ("Oil", "2026-02", "1", "", "USD"),
        ("Oil", "2026-03", "much", "", ""),
    )
    batch = ready_batch("sales_plan", text)
    running.preview(batch_id=batch.pk, as_of=TODAY)
    found = ImportReject.objects.filter(batch=batch).order_by("line")
    assert [one.reason for one in found] == [
        "month outside the plan",
        "negative sales",
        "other currency than the plan",
        "not a number: amount",
    ]
    take_plan(plan=planned, to="active")
    batch = ready_batch("sales_plan", _rows(("Oil", "2026-01", "1", "", "")))
    running.preview(batch_id=batch.pk, as_of=TODAY)
    assert ImportReject.objects.get(batch=batch).reason == "sales plan not a draft"
    assert not SalesMonth.objects.exists()


def test_figures_are_for_who_sees_the_account(people: People, planned: Plan) -> None:
    """A writer of the plan from another team writes its texts, never its figures."""
    make_category(name="Oil")
    make_plan_member(plan=planned, user=people.stranger, role="writer")
    text = _rows(("Oil", "2026-01", "100", "", ""))
    for user, refused in ((people.stranger, ["unknown plan"]), (people.owner, [])):
        batch = ready_batch("sales_plan", text)
        ImportBatch.objects.filter(pk=batch.pk).update(created_by=user)
        running.preview(batch_id=batch.pk, as_of=TODAY)
        rejects = ImportReject.objects.filter(batch=batch)
        assert list(rejects.values_list("reason", flat=True)) == refused


def test_a_plan_that_was_approved_since_is_not_undone(planned: Plan) -> None:
    make_category(name="Oil")
    done = send("sales_plan", _rows(("Oil", "2026-01", "1", "", "")))
    take_plan(plan=planned, to="approved")
    with pytest.raises(Exception, match="fixed once it is submitted"):
        undoing.undo(batch_id=done.batch.pk, as_of=TODAY)
    assert SalesMonth.objects.get().month == date(2026, 1, 1)
