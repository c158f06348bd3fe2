"""Movements, counts and reports by their services: golden example, replacements, refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Product
from kam.core.models import SellingCompany
from kam.core.problems import RefusedError
from settlements.analytics.consignment import Bearer, ShrinkRule, billable_shrink
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportFunction, ReportKind, ReportState
from settlements.models import ConsignedStock, ConsignmentMovement, SalesReport
from settlements.selectors.consignment import periods, slow_movers, stock_as_of
from settlements.services.consignment.counting import count_anew, record_count
from settlements.services.consignment.moving import Goods, record_movements, take_back, transfer
from settlements.services.consignment.problems import ShortStockError
from settlements.services.reports.deciding import accept_report, reject_report, validate_report
from settlements.services.reports.receiving import Line, receive_report
from tests.factories.accounts import make_account, make_product
from tests.factories.settlements import make_company
from tests.races import at_once

FIRST, LAST = date(2026, 7, 1), date(2026, 7, 31)
D = Decimal


@dataclass(frozen=True)
class Shop:
    """A group with two stores and a product."""

    group: Account
    store: Account
    other: Account
    product: Product
    company: SellingCompany

    def move(self, kind: str, quantity: str | Decimal, **more: Any) -> list[ConsignmentMovement]:
        values: dict[str, Any] = {"store": self.store, "moved_on": FIRST} | more
        return record_movements(
            kind=MovementKind(kind),
            selling_company=self.company,
            goods=[Goods(self.product, D(quantity))],
            **values,
        )

    def report(self, sold: Any, returned: Any = 0, **more: Any) -> SalesReport:
        values: dict[str, Any] = {"their_number": "S1", "first_day": FIRST, "last_day": LAST} | more
        empty = values.get("function") == ReportFunction.CANCEL
        line = Line(
            store=self.store,
            product=self.product,
            quantity_sold=D(sold),
            quantity_returned=D(returned),
        )
        return receive_report(
            account=self.group,
            selling_company=self.company,
            kind=ReportKind.SELL_THROUGH,
            currency="EUR",
            lines=[] if empty else [line],
            **values,
        )

    def stock(self, store: Account | None = None) -> Decimal:
        return ConsignedStock.objects.get(store=store or self.store).quantity


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop()


def make_shop() -> Shop:
    group = make_account()
    stores = [make_account(name=f"Store {n}", parent=group, kind="store") for n in (1, 2)]
    return Shop(group, stores[0], stores[1], make_product(), make_company())


def test_golden_consignment(shop: Shop) -> None:
    """Section 1.2: 1,000 in, 640 sold, 60 back, 288 counted: 12 missing, 6 of them billed."""
    shop.move("fill_up", "1000")
    accept_report(report=shop.report(650, 10), decided_by=None)
    shop.move("pick_up", "60", moved_on=date(2026, 7, 20))
    count = record_count(
        selling_company=shop.company,
        store=shop.store,
        counted_on=LAST,
        goods=[Goods(shop.product, D(288))],
    )
    assert (count.lines.get().book, count.lines.get().difference) == (D(300), D(-12))
    (row,) = periods([shop.store.pk], first=FIRST, last=LAST)
    assert (row.opening, row.fill_up, row.sold_net, row.picked_up, row.shrink, row.closing) == (
        0, 1000, 640, 60, 12, 288,
    )  # fmt: skip
    assert row.as_period().closing == shop.stock() == D(288)
    rule = ShrinkRule(Bearer.SHARED, D(1))
    assert billable_shrink(row.shrink, row.sold_net, rule).theirs == D(6)
    assert stock_as_of([shop.store.pk], date(2026, 7, 19)) == {
        (shop.store.pk, shop.product.pk): D(1000)
    }


def test_a_replaced_report_never_doubles(shop: Shop) -> None:
    shop.move("fill_up", "100")
    first = accept_report(report=shop.report(30), decided_by=None)
    accept_report(report=first, decided_by=None)
    assert shop.stock() == 70
    again = shop.report(40, function=ReportFunction.REPLACE)
    assert (again.version, again.supersedes_id) == (2, first.pk)
    accept_report(report=again, decided_by=None)
    assert shop.stock() == 60
    accept_report(report=shop.report(5, function=ReportFunction.ADDITION), decided_by=None)
    assert shop.stock() == 55
    accept_report(report=shop.report(20, function=ReportFunction.REPLACE), decided_by=None)
    assert shop.stock() == 80
    accept_report(report=shop.report(0, function=ReportFunction.CANCEL), decided_by=None)
    assert shop.stock() == 100
    assert list(SalesReport.objects.order_by("version").values_list("state", flat=True)) == [
        "superseded", "superseded", "superseded", "cancelled", "accepted",
    ]  # fmt: skip
    accept_report(report=shop.report(1), decided_by=None)
    assert shop.stock() == 99


def test_refusals_say_why_and_change_nothing(shop: Shop) -> None:
    shop.move("fill_up", "10")
    accept_report(report=shop.report(2), decided_by=None)
    waiting = shop.report(50, their_number="S2")
    elsewhere = make_account()
    table: list[tuple[Callable[[], Any], str]] = [
        (lambda: accept_report(report=waiting, decided_by=None), "In Store 1 there are 8 of"),
        (lambda: shop.move("pick_up", "9"), "In Store 1 there are 8 of"),
        (lambda: shop.move("pick_up", "0"), "above zero"),
        (lambda: shop.move("fill_up", "0.00001"), "four decimals"),
        (lambda: shop.move("issue", "1"), "by a sales report"),
        (lambda: shop.move("fill_up", "1", account=elsewhere), "does not belong"),
        (lambda: shop.report(1), "already"),
        (lambda: shop.report(1, their_number="S3", function=ReportFunction.REPLACE), "no report"),
        (lambda: shop.report(1, their_number="S3", control_quantity=D(2)) and validate_report(
            report=SalesReport.objects.get(their_number="S3")), "says 2; its lines add up to 1"),
        (lambda: take_back(movement=ConsignmentMovement.objects.get(kind="issue")), "cancellation"),
        (lambda: reject_report(report=SalesReport.objects.get(their_number="S1"),
                               decided_by=None), "cancellation"),
    ]  # fmt: skip
    for act, words in table:
        with pytest.raises(RefusedError, match=words):
            act()
    assert shop.stock() == 8
    accept_report(report=waiting, decided_by=None, allow_below_zero=True)
    assert (shop.stock(), ConsignedStock.objects.get().is_flagged) == (-42, True)


def test_transfers_keys_and_taking_back(shop: Shop) -> None:
    filled = shop.move("fill_up", "10", idempotency_key="k1")
    assert shop.move("fill_up", "10", idempotency_key="k1") == filled
    with pytest.raises(RefusedError):
        shop.move("pick_up", "10", idempotency_key="k1")
    legs = transfer(
        selling_company=shop.company,
        from_store=shop.store,
        to_store=shop.other,
        moved_on=LAST,
        goods=[Goods(shop.product, D(4))],
    )
    assert (shop.stock(), shop.stock(shop.other)) == (6, 4)
    take_back(movement=legs[1])
    assert (shop.stock(), shop.stock(shop.other)) == (10, 0)
    with pytest.raises(RefusedError):
        take_back(movement=legs[0])
    assert {row.closing for row in periods(
        [shop.store.pk, shop.other.pk], first=LAST, last=LAST)} == {D(10), D(0)}  # fmt: skip


def test_a_count_is_taken_anew_when_sales_come_late(shop: Shop) -> None:
    shop.move("fill_up", "100")
    count = record_count(
        selling_company=shop.company,
        store=shop.store,
        counted_on=LAST,
        goods=[Goods(shop.product, D(68))],
    )
    accept_report(report=shop.report(30), decided_by=None)
    assert shop.stock() == 38
    fresh = count_anew(count=count)
    assert (shop.stock(), fresh.lines.get().difference) == (68, -2)
    with pytest.raises(RefusedError):
        count_anew(count=count)


def test_goods_that_lie_long(shop: Shop) -> None:
    shop.move("fill_up", "10", moved_on=date(2026, 3, 1))
    accept_report(report=shop.report(1, first_day=date(2026, 4, 1), last_day=date(2026, 4, 30)),
                  decided_by=None)  # fmt: skip
    (one,) = slow_movers([shop.store.pk], as_of=LAST)
    assert (one.quantity, one.last_sold, one.since) == (9, date(2026, 4, 30), date(2026, 4, 30))
    assert slow_movers([shop.store.pk], as_of=date(2026, 5, 30)) == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["fill_up", "pick_up", "transfer", "adjust", "shrink", "report", "replace", "addition",
             "cancel", "back", "count"]
        ),
        st.integers(1, 12),
        st.integers(0, 40),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_identity_and_conservation(db: None, acts: list[tuple[str, int, int]]) -> None:
    """Invariant 12: whatever happens, the identity holds, stock is its sum, no stock below zero."""
    from django.db import transaction

    with transaction.atomic():
        shop = make_shop()
        for place, (name, quantity, day) in enumerate(acts):
            try:
                _act(shop, name, quantity, date.fromordinal(FIRST.toordinal() + day % 31), place)
            except RefusedError:
                continue
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        middle = date(2026, 7, 15)
        ids = [shop.store.pk, shop.other.pk]
        whole = {row.store_id: row for row in periods(ids, first=FIRST, last=LAST)}
        early = {row.store_id: row for row in periods(ids, first=FIRST, last=middle)}
        late = {row.store_id: row for row in periods(ids, first=date(2026, 7, 16), last=LAST)}
        for store, row in whole.items():
            assert row.closing == row.as_period().closing
            assert row.closing == ConsignedStock.objects.get(store_id=store).quantity >= 0
            assert late[store].opening == (early[store].closing if store in early else 0)
        assert sum(row.transferred for row in whole.values()) == 0
        in_force = SalesReport.objects.filter(state=ReportState.ACCEPTED)
        sold = sum(report.quantity_sold for report in in_force)
        assert sum(row.sold for row in whole.values()) == sold
        transaction.set_rollback(True)


def _act(shop: Shop, name: str, quantity: int, day: date, place: int) -> None:
    if name in ("fill_up", "pick_up", "shrink"):
        shop.move(name, D(quantity), moved_on=day)
    elif name == "adjust":
        shop.move("count_adjustment", D(quantity - 6), moved_on=day)
    elif name == "transfer":
        transfer(selling_company=shop.company, from_store=shop.store, to_store=shop.other,
                 moved_on=day, goods=[Goods(shop.product, D(quantity))])  # fmt: skip
    elif name == "back":
        rows = list(ConsignmentMovement.objects.order_by("pk"))
        take_back(movement=rows[quantity % len(rows)]) if rows else None
    elif name == "count":
        record_count(selling_company=shop.company, store=shop.store, counted_on=LAST,
                     goods=[Goods(shop.product, D(quantity))])  # fmt: skip
    else:
        function = ReportFunction.ORIGINAL if name == "report" else ReportFunction(name)
        number = f"S{quantity % 2}"
        accept_report(
            report=shop.report(quantity, quantity // 3, function=function, their_number=number),
            decided_by=None,
        )


@pytest.mark.django_db(transaction=True)
def test_racing_for_the_same_report_and_the_last_pieces() -> None:
    shop = make_shop()
    shop.move("fill_up", "10")
    report = shop.report(4)
    outcomes = race(lambda: accept_report(report=report, decided_by=None))
    assert [type(one) for one in outcomes] == [SalesReport, SalesReport]
    assert shop.stock() == 6
    outcomes = race(lambda: shop.move("pick_up", "6"))
    assert sorted(type(one).__name__ for one in outcomes) == ["ShortStockError", "list"]
    assert shop.stock() == 0
    assert ShortStockError in {type(one) for one in outcomes}


def race(act: Callable[[], Any]) -> list[Any]:
    """Do it twice at once and return both outcomes."""
    outcomes: list[Any] = []

    def once() -> None:
        try:
            outcomes.append(act())
        except RefusedError as error:
            outcomes.append(error)

    assert at_once(once, once) == [None, None]
    return outcomes
