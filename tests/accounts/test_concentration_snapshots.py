"""Snapshots: the same inputs give the same row, also twice and at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.analytics.concentration import FORMULA_VERSION
from accounts.models import (
    Account,
    ConcentrationAlert,
    ConcentrationSnapshot,
    ConcentrationThreshold,
)
from accounts.selectors.concentration.payload import payload
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.reading import live, stored
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.services.concentration import (
    compute_snapshot,
    compute_trend_point,
    recompute,
    remove_superseded,
)
from accounts.services.thresholds import ensure_default_thresholds, judge, set_threshold
from kam.core import jobs
from kam.core.choices import JobState
from kam.core.dates import Period
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from tests.factories.accounts import make_account, make_entry

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 6, 30)
TWELVE = Period(date(2025, 7, 1), date(2026, 7, 1))
QUERY = ConcentrationQuery(period=TWELVE)


def sell(*amounts: str, booked_on: date = date(2026, 1, 15)) -> None:
    for amount in amounts:
        make_entry(account=make_account(), amount=amount, booked_on=booked_on)


def test_same_inputs_give_the_same_row() -> None:
    sell("60", "40")
    first, again = compute_snapshot(query=QUERY), compute_snapshot(query=QUERY)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.snapshot.pk == again.snapshot.pk
    assert first.snapshot.formula_version == FORMULA_VERSION
    assert first.snapshot.amounts == [Decimal(60), Decimal(40)]
    assert first.snapshot.figures["hhi"] == "5200.000000000000"

    sell("100")
    later = compute_snapshot(query=QUERY)
    assert later.is_new
    assert later.snapshot.pk != first.snapshot.pk
    assert later.snapshot.watermark > first.snapshot.watermark


def test_a_snapshot_is_read_back_as_it_was_computed() -> None:
    sell("60", "-5")
    sell("30", booked_on=date(2025, 1, 15))
    make_entry(account=None, amount="7", booked_on=date(2026, 2, 1))
    make_entry(account=None, amount="2", booked_on=date(2025, 2, 1))
    compute_snapshot(query=QUERY)
    fresh, kept = live(QUERY), stored(QUERY)
    assert kept is not None
    assert kept.now == fresh.now
    assert kept.before == fresh.before
    assert kept.figures == fresh.figures
    assert kept.retention == fresh.retention
    assert kept.is_stale is False
    sell("1")
    kept = stored(QUERY)
    assert kept is not None
    assert kept.is_stale is True


def test_a_snapshot_cannot_be_changed() -> None:
    sell("1")
    snapshot = compute_snapshot(query=QUERY).snapshot
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ConcentrationSnapshot.objects.filter(pk=snapshot.pk).update(unassigned=1)


def test_a_query_for_a_currency_has_no_snapshot() -> None:
    with pytest.raises(ValueError, match="currency"):
        compute_snapshot(query=ConcentrationQuery(period=TWELVE, currency="USD"))


def test_trend_points_keep_figures_alone() -> None:
    sell("60", "40")
    point = compute_trend_point(query=QUERY)
    assert (point.snapshot.keys, point.snapshot.amounts) == ([], [])
    assert point.snapshot.figures["effective"] == "1.923076923077"
    assert stored(QUERY) is None
    assert compute_trend_point(query=QUERY).is_new is False


def test_recompute_writes_the_standard_scopes_and_the_trend() -> None:
    sell("60", "40")
    seen: list[tuple[int, int]] = []
    written = recompute(as_of=AS_OF, report=lambda done, total: seen.append((done, total)))
    scopes = [(one.snapshot.scope_key, str(Period(*_ends(one.snapshot)))) for one in written]
    assert scopes == [
        (level, period)
        for level in ("group", "account")
        for period in ("2025-07-01/2026-07-01", "2026-01-01/2026-07-01", "2025")
    ]
    assert seen == [(n, 54) for n in range(1, 55)]
    assert ConcentrationSnapshot.objects.filter(scope_key="trend|group").count() == 24
    assert ConcentrationSnapshot.objects.count() == 54
    again = recompute(as_of=AS_OF)
    assert [one.is_new for one in again] == [False] * 6
    assert ConcentrationSnapshot.objects.count() == 54


def test_without_revenue_there_is_nothing_to_keep() -> None:
    assert recompute(as_of=AS_OF) == []
    assert ConcentrationSnapshot.objects.count() == 0


def test_a_snapshot_outlives_its_accounts() -> None:
    entry = make_entry(account=make_account(name="Gone"), amount="5")
    compute_snapshot(query=QUERY)
    entry.delete()
    Account.objects.update(current_group=None)
    Account.objects.all().delete()
    kept = stored(QUERY)
    assert kept is not None
    assert [row["name"] for row in payload(kept)["top"]] == ["Removed account"]


def _ends(snapshot: ConcentrationSnapshot) -> tuple[date, date]:
    return snapshot.period.lower, snapshot.period.upper


def test_superseded_snapshots_go_but_one_a_day_and_those_of_alerts_stay() -> None:
    sell("60", "40")
    recompute(as_of=AS_OF)
    [alert] = ConcentrationAlert.objects.filter(threshold__measure="hhi")
    for _ in range(2):
        sell("5")
        recompute(as_of=AS_OF)
    assert ConcentrationSnapshot.objects.filter(scope_key="trend|group").count() == 24
    rolling = ConcentrationSnapshot.objects.filter(
        scope_key="group", period=(TWELVE.start, TWELVE.end)
    )
    assert rolling.count() == 2  # the alert's and the newest
    assert rolling.filter(pk=alert.opened_by_id).exists()
    assert remove_superseded() == 0


# Alerts


def test_default_thresholds_are_created_once() -> None:
    ensure_default_thresholds()
    ensure_default_thresholds()
    rows = ConcentrationThreshold.objects.values_list("measure", "watch", "alert")
    assert list(rows) == [
        ("cr1", Decimal("0.2000"), Decimal("0.3000")),
        ("hhi", Decimal(1000), Decimal(1800)),
    ]


def _open() -> list[tuple[str, str]]:
    rows = ConcentrationAlert.objects.filter(closed_at=None).order_by("threshold_id")
    return list(rows.values_list("threshold__measure", "level"))


def test_alerts_open_change_and_close() -> None:
    sell("25", *["7.5"] * 10)
    judge(snapshot=compute_snapshot(query=QUERY).snapshot)
    assert _open() == [("cr1", "watch"), ("hhi", "watch")]

    set_threshold(measure="cr1", watch=Decimal("0.1"), alert=Decimal("0.25"), is_active=True)
    judge(snapshot=compute_snapshot(query=QUERY).snapshot)  # 25 % is at the level
    assert _open() == [("cr1", "alert"), ("hhi", "watch")]
    closed = ConcentrationAlert.objects.get(closed_at__isnull=False)
    assert (closed.level, closed.closed_by) == ("watch", compute_snapshot(query=QUERY).snapshot)

    sell(*["10"] * 60)
    later = compute_snapshot(query=QUERY).snapshot
    judge(snapshot=later)
    assert _open() == []
    assert ConcentrationAlert.objects.filter(closed_by=later).count() == 2


def test_an_older_snapshot_changes_no_alert() -> None:
    sell("25", *["7.5"] * 10)
    old = compute_snapshot(query=QUERY).snapshot
    sell(*["10"] * 60)
    judge(snapshot=compute_snapshot(query=QUERY).snapshot)
    assert judge(snapshot=old) == []
    assert _open() == []


def test_an_uncomputable_measure_changes_no_alert() -> None:
    sell("25", *["7.5"] * 10)
    judge(snapshot=compute_snapshot(query=QUERY).snapshot)
    empty = compute_snapshot(query=QUERY.during(Period.year(2001))).snapshot
    judge(snapshot=empty)
    assert _open() == [("cr1", "watch"), ("hhi", "watch")]


def test_a_threshold_out_of_use_closes_its_alert() -> None:
    sell("25", *["7.5"] * 10)
    snapshot = compute_snapshot(query=QUERY).snapshot
    judge(snapshot=snapshot)
    set_threshold(measure="hhi", watch=None, alert=None, is_active=False)
    judge(snapshot=snapshot)
    assert _open() == [("cr1", "watch")]


def test_levels_out_of_order_are_refused() -> None:
    with pytest.raises(RefusedError, match="at or above the watch level"):
        set_threshold(measure="cr3", watch=Decimal(1), alert=Decimal("0.5"), is_active=True)
    with pytest.raises(RefusedError) as caught:
        set_threshold(measure="cr3", watch=Decimal(1), alert=None, is_active=True)
    assert caught.value.field == "alert"


# Twice and at once


@pytest.mark.django_db(transaction=True)
def test_two_recomputations_at_once() -> None:
    sell("60", "40")
    start = Barrier(2)

    def work() -> list[int]:
        try:
            start.wait(timeout=10)
            return [one.snapshot.pk for one in recompute(as_of=AS_OF)]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = [f.result(timeout=60) for f in [pool.submit(work), pool.submit(work)]]
    assert first == second
    assert ConcentrationSnapshot.objects.count() == 54
    assert _open() == [("cr1", "alert"), ("hhi", "alert")]


@pytest.mark.django_db(transaction=True)
def test_revenue_that_arrives_meanwhile_gives_two_rows_and_the_latest_judgement() -> None:
    sell("60", "40")
    start = Barrier(2)

    def work(more: bool) -> None:
        try:
            start.wait(timeout=10)
            if more:
                sell(*["10"] * 30)
            recompute(as_of=AS_OF)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work, True), pool.submit(work, False)]:
            future.result(timeout=60)
    recompute(as_of=AS_OF)
    latest = stored(QUERY)
    assert latest is not None
    assert latest.now == live(QUERY).now
    assert latest.is_stale is False
    assert _open() == []


# The job and the commands


@pytest.mark.django_db(transaction=True)
def test_the_job_writes_snapshots_and_its_outcome() -> None:
    sell("60", "40", booked_on=timezone.localdate() - timedelta(days=70))
    run = JobRun.objects.create(name="accounts.recompute_concentration")
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (JobState.SUCCEEDED, "")
    assert (run.done, run.total) == (54, 54)
    assert len(run.outcome["snapshots"]) == 6


def test_the_job_names_a_missing_rate() -> None:
    sell("60")
    make_entry(account=make_account(), amount="1", currency="USD", rate=None)
    run = JobRun.objects.create(name="accounts.recompute_concentration")
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert run.error == "There is no exchange rate from USD to EUR on 2026-01-15 (1 entry)."


def test_recompute_command(capsys: pytest.CaptureFixture[str]) -> None:
    sell("60", "40")
    call_command("recompute_concentration", "--as-of", "2026-06-30", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["as_of"] == "2026-06-30"
    assert len(answer["snapshots"]) == 6
    first = answer["snapshots"][0]
    assert (first["scope"], first["from"], first["to"]) == ("group", "2025-07-01", "2026-07-01")
    assert (first["customers"], first["is_new"]) == (2, True)
    assert 0 <= first["age_seconds"] < 60


def test_concentration_command(capsys: pytest.CaptureFixture[str]) -> None:
    big = make_account(name="Big", external_id="C-7")
    small = make_account(name="Small")
    back = make_account(name="Back")
    for account, amount in ((big, "75.005"), (small, "25"), (back, "-3"), (None, "10")):
        make_entry(account=account, amount=amount)
    call_command("concentration", "--from", "2026-01-01", "--to", "2027-01-01", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == [
        *("customers", "left_out", "total", "total_left_out", "unassigned", "cr1", "cr3", "cr5"),
        *("cr10", "top20pct", "to_80pct", "hhi", "effective", "gini", "at_least_10pct", "top"),
    ]
    assert (answer["customers"], answer["left_out"]) == (2, 1)
    assert (answer["total"], answer["total_left_out"]) == (100.01, -3.0)
    assert (answer["unassigned"], answer["to_80pct"]) == (10.0, 2)
    assert answer["at_least_10pct"] == 2
    assert answer["cr1"] == pytest.approx(0.750012499375)
    assert answer["top"][0] == {
        "account": "C-7",
        "name": "Big",
        "amount": 75.01,
        "share": pytest.approx(0.750012499375),
    }
    assert answer["top"][1]["account"] == str(small.pk)


def test_concentration_command_without_revenue_has_nulls(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("concentration", "--from", "2026-01-01", "--to", "2027-01-01", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["customers"], answer["total"], answer["unassigned"]) == (0, 0.0, 0.0)
    assert (answer["cr1"], answer["hhi"], answer["at_least_10pct"]) == (None, None, None)
    assert answer["top"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from", "2026-01-01", "--to", "2026-01-01"), "must end after it starts"),
        (("--from", "2026-01-01", "--to", "2027-01-01", "--category", "x"), "no product category"),
        (("--from", "2026-01-01", "--to", "2027-01-01", "--currency", "ZZZ"), "no currency"),
        (("--from", "2026-01-01", "--to", "2027-01-01"), "USD to EUR on 2026-01-15"),
    ],
)
def test_concentration_command_says_what_is_wrong(options: tuple[str, ...], message: str) -> None:
    make_entry(account=None, amount="1", currency="USD", rate=None)
    make_entry(account=None, amount="1")
    with pytest.raises(CommandError, match=message):
        call_command("concentration", *options)
    with pytest.raises(MissingRatesError):
        live(ConcentrationQuery(period=Period.year(2026)))


def test_only_one_alert_of_a_threshold_is_open() -> None:
    sell("25", *["7.5"] * 10)
    snapshot = compute_snapshot(query=QUERY).snapshot
    [alert, _other] = judge(snapshot=snapshot)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConcentrationAlert.objects.create(
            threshold=alert.threshold, level="watch", value=1, opened_by=snapshot
        )
