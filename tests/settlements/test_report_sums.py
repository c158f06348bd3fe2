"""Sums of accepted reports: they are those of the lines, and statements say the same by both."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam.core.jobs import JobError
from settlements.choices.reports import ReportState
from settlements.models import AccountMove, SalesReport, SalesReportLine, SalesReportSum
from settlements.selectors.settling.jobs import jobs_due, settled_terms
from settlements.selectors.settling.sources import Source, sources_of
from settlements.services.reports.sums import SumsCheck, check_sums
from settlements.tasks import check_report_sums
from tests.factories.accounts import make_account, make_product
from tests.factories.reports import add_line, make_report, take_in
from tests.factories.settling import JULY, make_world

pytestmark = pytest.mark.django_db
Sums = dict[tuple[Any, ...], tuple[Any, ...]]


def of_lines() -> Sums:
    """What the lines of reports that were once accepted add up to."""
    found: dict[tuple[Any, ...], list[SalesReportLine]] = defaultdict(list)
    decided = SalesReportLine.objects.exclude(report__state__in=["received", "validated"])
    for line in decided.exclude(report__state="rejected").select_related("report"):
        found[_key(line)].append(line)
    return {key: _added(lines) for key, lines in found.items()}


def _key(row: SalesReportLine | SalesReportSum) -> tuple[Any, ...]:
    of = (row.report_id, row.store_id, row.product_id, row.category_id)
    return (*of, row.tax_rate, row.payment_medium)


def _added(lines: list[SalesReportLine]) -> tuple[Any, ...]:
    days = [line.sold_on or line.report.last_day for line in lines]
    told = [line.gross_amount for line in lines if line.gross_amount is not None]
    above, below = [one for one in told if one > 0], [one for one in told if one < 0]
    return (
        min(days),
        max(days),
        sum(line.quantity_sold for line in lines),
        sum(line.quantity_returned for line in lines),
        sum(above) if above else None,
        sum(below) if below else None,
        len(lines) - len(told),
        *_coupons([line.coupon_amount for line in lines]),
    )


def _coupons(coupons: list[Decimal | None]) -> tuple[Decimal | None, int]:
    told = [one for one in coupons if one is not None]
    return sum(told, Decimal(0)) if told else None, len(coupons) - len(told)


def kept() -> Sums:
    found = {}
    for one in SalesReportSum.objects.all():
        assert _key(one) not in found
        found[_key(one)] = (
            one.first_day,
            one.last_day,
            one.sold,
            one.returned,
            one.sales,
            one.returns,
            one.without_amount,
            one.coupons,
            one.without_coupons,
        )
    return found


ROWS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(st.none(), st.integers(0, 30)),
        st.integers(0, 9),
        st.integers(0, 3),
        st.integers(-500, 500),
        st.sampled_from([None, Decimal(14), Decimal("25.5")]),
        st.sampled_from([None, Decimal(0), Decimal("0.5"), Decimal(1)]),
        st.sampled_from(["", "CARD"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS)
def test_sums_are_those_of_lines_and_of_accepted_reports_alone(
    rows: list[tuple[Any, ...]],
) -> None:
    account, product = make_account(), make_product()
    stores = [account, make_account(parent=account)]
    for state in (ReportState.RECEIVED, ReportState.ACCEPTED):
        report = make_report(account=account, kind="turnover")
        for store, day, sold, back, cents, rate, share, medium in rows:
            add_line(
                report,
                store=stores[store],
                product=product,
                sold_on=None if day is None else date(2026, 7, 1) + timedelta(days=day),
                quantity_sold=sold,
                quantity_returned=back,
                gross_amount=Decimal(cents) / 100,
                coupon_amount=None if share is None else share * Decimal(cents) / 100,
                payment_medium=medium,
                tax_rate=rate,
            )
        if state == ReportState.ACCEPTED:
            take_in(report)
    assert {key[0] for key in kept()} >= {report.pk}
    assert kept() == of_lines()


def test_nobody_else_changes_sums_and_a_merge_moves_them() -> None:
    account, other, product = make_account(), make_account(), make_product()
    report = make_report(account=account)
    add_line(report, store=account, product=product, quantity_sold=5)
    take_in(report)
    (row,) = SalesReportSum.objects.all()
    attempts = (
        lambda: SalesReportSum.objects.update(sold=6),
        lambda: SalesReportSum.objects.all().delete(),
        lambda: connection.cursor().execute(
            "SELECT settlements_sum_reports(ARRAY[%s]::bigint[])", [report.pk]
        ),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="alone make the sums"), transaction.atomic():
            attempt()
    take_in(report, ReportState.CANCELLED)
    AccountMove.objects.create(from_account=account, to_account=other)
    row.refresh_from_db()
    assert row.store_id == other.pk
    assert kept() == of_lines()


def test_what_was_bent_past_the_rules_is_found_told_and_made_anew() -> None:
    account, product = make_account(), make_product()
    reports = [make_report(account=account, their_number=f"R{n}") for n in range(3)]
    for report in reports:
        add_line(report, store=account, product=product, quantity_sold=5, gross_amount=Decimal(50))
        take_in(report)
    before = kept()
    progress: Any = SimpleNamespace(report=lambda *_said: None)
    assert check_report_sums(progress) == {"differences": 0}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for bend, report in zip(
            (
                "UPDATE settlements_salesreportsum SET sales = 51 WHERE report_id = %s",
                "DELETE FROM settlements_salesreportsum WHERE report_id = %s",
            ),
            reports[:2],
            strict=True,
        ):
            cursor.execute(bend, [report.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")

    first, second, _third = (one.pk for one in reports)
    assert check_sums() == SumsCheck((first, second), 2)
    with pytest.raises(JobError, match=f"2 kept sums .* 2 sales reports: {first}, {second}\\."):
        check_report_sums(progress)
    with pytest.raises(CommandError):
        call_command("check_report_sums")
    call_command("check_report_sums", "--rebuild")
    assert check_sums() == SumsCheck((), 0)
    assert kept() == before == of_lines()


def sources() -> list[Source]:
    return sources_of(jobs_due(settled_terms(), *JULY))


def test_days_beyond_the_period_are_left_out_by_their_lines() -> None:
    world = make_world()
    period = DateRange(date(2026, 6, 15), date(2026, 8, 15))
    values: dict[str, Any] = {"kind": "turnover", "selling_company": world.company}
    across = make_report(account=world.account, period=period, **values)
    within = make_report(account=world.account, **values)
    for report, days in ((across, ("06-30", "07-01", "07-31", "08-01")), (within, ("07-02",))):
        for day in days:
            add_line(
                report,
                store=world.account,
                category=world.category,
                sold_on=date.fromisoformat(f"2026-{day}"),
                gross_amount=Decimal(100),
                tax_rate=Decimal(24),
            )
        take_in(report)
    (source,) = sources()
    assert source.report_ids == {across.pk, within.pk}
    assert sum(one.sales for one in source.sold) == 300
    SalesReport.objects.filter(pk=across.pk).update(state=ReportState.SUPERSEDED)
    (source,) = sources()
    assert (source.report_ids, [one.sales for one in source.sold]) == ({within.pk}, [100])
