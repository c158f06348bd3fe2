"""Rebates accrue, catch up, give back and are settled once, by services on real books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import Account
from accounts.services.merging import merge_accounts
from kam.core.dates import Period
from kam.core.problems import RefusedError
from settlements.analytics.rates import Band, Scheme, applied
from settlements.choices.terms import Deduction
from settlements.models import (
    Document,
    RebateAccrual,
    RebateExpectation,
    RebateRun,
    RebateSettlement,
    TradeCondition,
)
from settlements.services.periods import close_period
from settlements.services.problems import ClosedPeriodError, KeyReusedError
from settlements.services.rebates import accrue_rebates, expect, settle
from settlements.services.rebates.problems import (
    ClaimError,
    ExpectationError,
    NoPeriodError,
    NotApprovedError,
    PeriodRunningError,
    RunAheadError,
    RunTwiceError,
    SettledError,
)
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.rebates import make_rebate, run_rebates

pytestmark = pytest.mark.django_db

MID, LATER, NEXT_YEAR = date(2026, 6, 30), date(2026, 7, 31), date(2027, 1, 5)
YEAR = date(2026, 1, 1)
D = Decimal


def latest(condition: TradeCondition) -> RebateAccrual:
    found: RebateAccrual = RebateAccrual.objects.filter(condition=condition).order_by("-pk")[0]
    return found


TABLE = [
    ("999999.00", "0.00", "0.00"),
    ("1000000.00", "0.00", "20000.00"),
    ("1999999.99", "20000.00", "40000.00"),
    ("2000000.00", "20000.00", "60000.00"),
    ("2400000.00", "32000.00", "72000.00"),
]


def test_the_table_of_the_domain_end_to_end() -> None:
    rebates = []
    for amount, *_paid in TABLE:
        for scheme in (Deduction.TIERED_INCREMENTAL, Deduction.TIERED_RETROACTIVE):
            account = make_account()
            make_entry(account=account, amount=amount)
            rebates.append(make_rebate(account=account, scheme=scheme))
    run = run_rebates(MID)
    assert (run.conditions, run.left_out) == (10, 0)
    run_rebates(NEXT_YEAR)
    given = [
        settle(condition=one, period_start=YEAR, settled_on=NEXT_YEAR).amount for one in rebates
    ]
    assert given == [D(paid) for _amount, *both in TABLE for paid in both]
    documents = Document.objects.filter(kind="credit_note").order_by("pk")
    assert [one.total for one in documents] == [paid for paid in given if paid]


def test_a_cent_below_a_cliff_is_visible_both_ways() -> None:
    account = make_account()
    rebate = make_rebate(account=account)
    make_entry(account=account, amount="987600.00")
    run_rebates(date(2026, 3, 31))
    row = latest(rebate)
    assert (row.to_next, row.gain, row.rate) == (D(12_400), D(20_000), D(0))
    make_entry(account=account, amount="12399.99")
    run_rebates(date(2026, 4, 30))
    assert (latest(rebate).to_next, latest(rebate).gain) == (D("0.01"), D(20_000))
    make_entry(account=account, amount="0.01")
    run_rebates(date(2026, 5, 31))
    row = latest(rebate)
    assert (row.earned_to_date, row.catch_up, row.rate) == (D(20_000), D(20_000), D(2))


def test_an_expectation_that_changes_is_caught_up_and_returns_give_back() -> None:
    """480 a unit, 432 beyond 600 a year: 75 units are accrued at nothing, then 300 at 10 %."""
    account = make_account()
    bands = (("0", "288000", "0"), ("288000", None, "10"))
    rebate = make_rebate(account=account, bands=bands)
    make_entry(account=account, amount=str(75 * 480), booked_on=date(2026, 2, 1))
    expect(condition=rebate, total=D(200_000), as_of=date(2026, 3, 1))
    run_rebates(date(2026, 3, 31))
    assert latest(rebate).accrued == 0
    make_entry(account=account, amount=str(225 * 480), booked_on=date(2026, 5, 1))
    expect(condition=rebate, total=D(300_000), as_of=date(2026, 5, 2), note="New store")
    run_rebates(MID)
    row = latest(rebate)
    revenue = 225 * 480 - row.catch_up
    assert (row.catch_up, revenue) == (D(14_400), D(93_600))
    assert (row.earned_to_date, row.expected_total, row.rate) == (D(0), D(300_000), D(10))
    make_entry(account=account, amount="-48000", booked_on=date(2026, 7, 10))
    run_rebates(LATER)
    row = latest(rebate)
    assert (row.basis_amount, row.accrued, row.catch_up) == (D(96_000), D(9_600), D(-4_800))
    everything = RebateAccrual.objects.filter(condition=rebate)
    assert sum(one.catch_up for one in everything) == row.accrued


def test_a_full_band_counts_what_is_in_it_alone() -> None:
    """A known engine gives 1,120.00 here: it credits a full band as its upper bound."""
    account = make_account()
    bands = (("0", "100", "10"), ("100", "300", "20"), ("300", None, "30"))
    rebate = make_rebate(account=account, bands=bands, scheme=Deduction.TIERED_INCREMENTAL)
    make_entry(account=account, amount="3800")
    run_rebates(MID)
    assert latest(rebate).earned_to_date == D("1100.00")


def test_incremental_rebates_are_continuous_and_retroactive_ones_never_less() -> None:
    bands = [
        Band(D(0), D(1_000_000), D(0)),
        Band(D(1_000_000), D(2_000_000), D(2)),
        Band(D(2_000_000), None, D(3)),
    ]
    cent, before = D("0.01"), D(0)
    for amount in range(0, 3_000_001, 125_000):
        low = applied(D(amount), bands, Scheme.TIERED_INCREMENTAL)
        step = applied(D(amount) + cent, bands, Scheme.TIERED_INCREMENTAL) - low
        assert 0 <= step <= cent * 3 / 100
        assert before <= low <= applied(D(amount), bands, Scheme.TIERED_RETROACTIVE)
        before = low


def test_what_counts() -> None:
    group = make_account(name="Group")
    chain = make_account(name="Chain", parent=group)
    store = make_account(name="Store", parent=chain)
    sister = make_account(name="Sister", parent=group)
    tea, coffee = make_category(), make_category()
    flat: dict[str, Any] = {"bands": (), "value": D(10)}
    of_all = make_rebate(account=chain, **flat)
    of_tea = make_rebate(account=chain, category=tea, **flat)
    of_group = make_rebate(account=store, measured_at="group", **flat)
    quarter = make_rebate(account=chain, cycle="quarterly", **flat)
    late = make_rebate(account=chain, start=date(2026, 5, 10), **flat)
    units = make_rebate(account=chain, bands=(), calculation="per_unit", value=D("0.5"),
                        basis="units")  # fmt: skip
    by_store = make_rebate(account=chain, bands=(), calculation="per_store", value=D(5))
    make_rebate(account=chain, state="draft", **flat)
    may = date(2026, 5, 5)
    make_entry(account=chain, amount=100, category=tea, booked_on=YEAR)
    make_entry(account=store, amount=40, category=coffee, booked_on=may)
    make_entry(account=store, amount=7, category=tea, booked_on=date(2026, 7, 1))  # after the run
    make_entry(account=store, amount=7, booked_on=date(2025, 12, 31))
    make_entry(account=store, amount=999, currency="SEK", rate="0.1", booked_on=may)
    make_entry(account=sister, amount=1000, booked_on=may)
    entry = make_entry(account=store, amount=-8, booked_on=date(2026, 5, 10))
    type(entry).objects.filter(pk=entry.pk).update(quantity=D(12))
    run = run_rebates(MID)
    found = {
        (row.condition_id, row.period.lower): (row.basis_amount, row.accrued)
        for row in run.accruals.all()
    }
    assert found == {
        (of_all.pk, YEAR): (D(132), D("13.20")),
        (of_tea.pk, YEAR): (D(100), D("10.00")),
        (of_group.pk, YEAR): (D(1132), D("113.20")),
        (quarter.pk, YEAR): (D(100), D("10.00")),
        (quarter.pk, date(2026, 4, 1)): (D(32), D("3.20")),
        (late.pk, date(2026, 5, 10)): (D(-8), D("-0.80")),
        (units.pk, YEAR): (D(12), D("6.00")),
    }
    assert run.left_out == 1
    assert not RebateAccrual.objects.filter(condition=by_store).exists()


def test_a_run_is_made_once_and_forward() -> None:
    account = make_account()
    make_rebate(account=account)
    run_rebates(MID)
    with pytest.raises(RunTwiceError):
        run_rebates(MID)
    with pytest.raises(RunTwiceError):
        accrue_rebates(through=YEAR, as_of=MID)
    with pytest.raises(RunAheadError):
        accrue_rebates(through=LATER, as_of=MID)
    close_period(period=Period(LATER, date(2026, 8, 1)), closed_at=timezone.now())
    with pytest.raises(ClosedPeriodError):
        run_rebates(LATER)
    assert (RebateRun.objects.count(), RebateAccrual.objects.count()) == (1, 1)


def test_settling_is_for_periods_that_are_over_and_happens_once() -> None:
    account = make_account()
    rebate = make_rebate(account=account)
    make_entry(account=account, amount="1500000")
    with pytest.raises(NoPeriodError):
        settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR)
    run_rebates(MID)
    with pytest.raises(PeriodRunningError):
        settle(condition=rebate, period_start=YEAR, settled_on=date(2026, 12, 31))
    make_entry(account=account, amount="-500000.01", booked_on=date(2026, 12, 30))
    make_entry(account=account, amount="0.01", booked_on=date(2026, 12, 31))
    made = settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR, idempotency_key="k")
    again = settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR, idempotency_key="k")
    assert (made, made.amount, made.basis_amount) == (again, D(20_000), D(1_000_000))
    document = made.document
    assert document is not None
    assert (document.kind, document.total, document.account) == ("credit_note", 20_000, account)
    row = latest(rebate)
    assert (row.run, row.accrued, row.catch_up) == (None, D(20_000), D(-10_000))
    with pytest.raises(KeyReusedError):
        settle(condition=rebate, period_start=MID, settled_on=NEXT_YEAR, idempotency_key="k")
    with pytest.raises(SettledError):
        settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR)
    run = run_rebates(NEXT_YEAR)
    assert [one.period.lower for one in run.accruals.all()] == [date(2027, 1, 1)]
    assert Document.objects.count() == 1


def test_a_claim_is_granted_up_to_what_was_earned_and_nothing_needs_no_document() -> None:
    account, other = make_account(), make_account()
    claimed = make_rebate(account=account, payout="claim")
    nothing = make_rebate(account=other)
    make_entry(account=account, amount="1000000")
    make_entry(account=other, amount="999999.99")
    run_rebates(MID)
    tries: list[dict[str, Any]] = [{}, {"claimed": D(5)}, {"reference": "R"}]
    for facts in tries:
        with pytest.raises(ClaimError):
            settle(condition=claimed, period_start=YEAR, settled_on=NEXT_YEAR, **facts)
    made = settle(condition=claimed, period_start=YEAR, settled_on=NEXT_YEAR,
                  claimed=D("21500.00"), reference="DN-77")  # fmt: skip
    assert (made.amount, made.claimed, made.earned) == (D(20_000), D(21_500), D(20_000))
    assert made.document is not None
    assert (made.document.kind, made.document.reference) == ("claim", "DN-77")
    empty = settle(condition=nothing, period_start=YEAR, settled_on=NEXT_YEAR)
    assert (empty.amount, empty.document) == (D(0), None)


def test_nothing_is_posted_into_closed_books() -> None:
    account = make_account()
    rebate = make_rebate(account=account)
    make_entry(account=account, amount="1000000")
    run_rebates(MID)
    january = Period(date(2027, 1, 1), date(2027, 2, 1))
    close_period(period=january, closed_at=timezone.now())
    with pytest.raises(ClosedPeriodError):
        settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR)
    assert not RebateSettlement.objects.exists()
    assert RebateAccrual.objects.count() == 1


def test_expectations_are_refused_where_they_make_no_sense() -> None:
    account = make_account()
    rebate = make_rebate(account=account, end=date(2026, 7, 1))
    draft = make_rebate(account=account, state="draft")
    for total in (D(-1), D("NaN"), D("1e17")):
        with pytest.raises(ExpectationError):
            expect(condition=rebate, total=total, as_of=MID)
    with pytest.raises(NotApprovedError):
        expect(condition=rebate, total=D(1), as_of=LATER)
    with pytest.raises(NotApprovedError):
        expect(condition=draft, total=D(1), as_of=MID)
    assert not RebateExpectation.objects.exists()


def test_the_database_refuses_what_the_services_do() -> None:
    account: Account = make_account()
    rebate = make_rebate(account=account)
    draft = make_rebate(account=account, state="draft")
    make_entry(account=account, amount="1000000")
    run_rebates(MID)
    settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR)
    row = latest(rebate)
    period = DateRange(YEAR, date(2027, 1, 1))

    def accrual(condition: TradeCondition) -> None:
        RebateAccrual.objects.create(
            condition=condition, period=period, through=MID, basis_amount=1, earned_to_date=1,
            accrued=1, catch_up=1, rate=1, currency_id="EUR",
        )  # fmt: skip

    def settlement(**fields: object) -> None:
        values = {"condition": draft, "period": period, "basis_amount": 1, "earned": 1,
                  "amount": 0, "currency_id": "EUR", "payout": "credit_note",
                  "settled_on": NEXT_YEAR, **fields}  # fmt: skip
        RebateSettlement.objects.create(**values)

    attempts = {
        "change": lambda: RebateAccrual.objects.filter(pk=row.pk).update(accrued=1),
        "remove": lambda: _sql("DELETE FROM settlements_rebateaccrual"),
        "change a settlement": lambda: _sql("UPDATE settlements_rebatesettlement SET amount = 1"),
        "change a run": lambda: _sql("UPDATE settlements_rebaterun SET conditions = 9"),
        "run back": lambda: RebateRun.objects.create(through=YEAR, conditions=0, left_out=0),
        "run again": lambda: RebateRun.objects.create(through=MID, conditions=0, left_out=0),
        "accrue after settling": lambda: accrual(rebate),
        "accrue a draft": lambda: accrual(draft),
        "settle again": lambda: settlement(condition=rebate),
        "give without a document": lambda: settlement(amount=5),
        "claim without a number": lambda: settlement(payout="claim", claimed=5),
        "expect less than nothing": lambda: RebateExpectation.objects.create(
            condition=rebate, period=period, total=-1, expected_on=MID
        ),
    }
    refused = {name for name, attempt in attempts.items() if _is_refused(attempt)}
    assert refused == set(attempts)


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            attempt()
    except IntegrityError:
        return True
    return False


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_refusals_have_codes_and_fields() -> None:
    kinds = [RunTwiceError, RunAheadError, PeriodRunningError, SettledError, ClaimError]
    assert all(issubclass(one, RefusedError) and one.field and one.code for one in kinds)


def test_rebates_go_with_their_agreement_when_accounts_are_merged() -> None:
    keep, drop = make_account(), make_account()
    rebate = make_rebate(account=drop)
    make_entry(account=drop, amount="1000000")
    run_rebates(MID)
    merge_accounts(keep=keep, drop=drop, as_of=MID)
    make_entry(account=keep, amount="1000000")
    run_rebates(LATER)
    assert latest(rebate).basis_amount == 2_000_000
    made = settle(condition=rebate, period_start=YEAR, settled_on=NEXT_YEAR)
    assert (made.amount, made.document and made.document.account) == (D(60_000), keep)
