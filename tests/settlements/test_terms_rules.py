"""What an agreement says on a day: the nearest up the tree, a category before all goods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlements.analytics.due_dates import BaseEvent, LineKind, Operation, OperationKind, TermLine
from settlements.analytics.rates import Band, Scheme
from settlements.choices.terms import Preset, SettlementBasis, VersionState
from settlements.selectors.terms.rules import (
    conditions_in_force,
    example_due_dates,
    instalments_for,
    rules_in_force,
    term_in_force,
    versions_in_force,
)
from settlements.services.terms.calendars import DayDraft, save_calendar
from tests.factories.accounts import make_account, make_category
from tests.factories.settlements import make_company
from tests.factories.terms import (
    make_active,
    make_agreement,
    make_condition,
    make_schedule,
    make_term,
    make_version,
    move_on,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def test_the_nearest_agreement_decides_and_a_category_goes_before_all_goods() -> None:
    group = make_account()
    store = make_account(parent=group)
    fruit, meat = make_category(), make_category()
    company, other = make_company(), make_company()
    above = make_version(agreement=make_agreement(account=group, company=company), preset=None)
    every = make_term(version=above, days=30)
    some = make_term(version=above, days=10, category=fruit)
    move_on(above)
    assert term_in_force(store, date(2025, 12, 31)) is None
    found = term_in_force(store, DAY, category=fruit)
    assert found is not None
    assert (found.term_id, found.account_id) == (some.pk, group.pk)
    for asked in (meat, None):
        rules = term_in_force(store, DAY, category=asked)
        assert rules is not None
        assert rules.term_id == every.pk
    assert term_in_force(store, DAY, selling_company=other) is None
    assert term_in_force(store, DAY, basis=SettlementBasis.TURNOVER_NET) is None
    own = make_active(account=store, preset=Preset.CONSIGNMENT, company=company)
    far = make_active(account=group, company=other)
    nearest = term_in_force(store, DAY)
    assert nearest is not None
    assert nearest.version_id == own.pk
    assert [one.pk for one in versions_in_force([store, group], DAY)[store.pk]] == [own.pk, far.pk]
    assert {one.pk for one in versions_in_force([group], DAY)[group.pk]} == {above.pk, far.pk}


def test_drafts_never_hold_and_ended_ones_hold_for_the_days_they_covered() -> None:
    account = make_account()
    agreement = make_agreement(account=account)
    past = make_version(
        agreement=agreement,
        state=VersionState.SUPERSEDED,
        start=date(2025, 1, 1),
        end=date(2026, 1, 1),
    )
    make_version(agreement=agreement, start=date(2026, 1, 1))
    found = term_in_force(account, date(2025, 12, 31))
    assert found is not None
    assert found.version_id == past.pk
    assert term_in_force(account, DAY) is None


def test_rules_carry_everything_that_is_computed_with() -> None:
    account = make_account()
    guarantee = {"basis": "sales", "amount": Decimal(150000), "test_period": "cumulative"}
    make_active(
        account=account,
        preset=Preset.CONCESSION,
        bands=[("0", "100000", "25"), ("100000", "200000", "22"), ("200000", None, "20")],
        guarantee=guarantee,
        tax_rate=Decimal(13),
        is_tax_inclusive=True,
    )
    rules = term_in_force(account, DAY)
    assert rules is not None
    assert rules.scheme is Scheme.TIERED_INCREMENTAL
    assert rules.bands[1:] == (
        Band(Decimal(100000), Decimal(200000), Decimal(22)),
        Band(Decimal(200000), None, Decimal(20)),
    )
    assert rules.guarantee is not None
    assert (rules.guarantee.amount, rules.guarantee.test_period) == (Decimal(150000), "cumulative")
    assert rules.base_event is BaseEvent.STATEMENT_CONFIRMED
    steps = (Operation(OperationKind.DAYS, 30),)
    assert rules.lines == (TermLine(LineKind.REMAINDER, None, steps),)
    parts = instalments_for(rules, Decimal("100.00"), date(2026, 1, 31), 2)
    assert [(one.amount, one.due_date) for one in parts] == [(Decimal("100.00"), date(2026, 3, 2))]
    assert instalments_for(rules, Decimal("100.00"), None, 2)[0].due_date is None
    assert example_due_dates(rules, [date(2026, 1, 31)])[0].due == (date(2026, 3, 2),)


def test_conditions_hold_in_their_own_period() -> None:
    version = make_version(account=make_account())
    bands = [("0", "1000000", "0"), ("1000000", None, "2")]
    make_condition(
        version=version,
        name="Turnover bonus",
        calculation="schedule",
        value=None,
        scheme="tiered_retroactive",
        schedule=make_schedule(version=version, bands=bands),
    )
    make_condition(version=version, name="Spring", valid=(date(2026, 3, 1), date(2026, 6, 1)))
    move_on(version)
    assert [one.name for one in conditions_in_force(version.pk, DAY)] == ["Turnover bonus"]
    bonus, spring = conditions_in_force(version.pk, date(2026, 5, 31), "rebate")
    assert (bonus.scheme, bonus.bands[1].rate) == (Scheme.TIERED_RETROACTIVE, Decimal(2))
    assert (spring.scheme, spring.bands) == (
        Scheme.PERCENT,
        (Band(Decimal(0), None, Decimal(2)),),
    )
    assert (spring.start, spring.end) == (date(2026, 3, 1), date(2026, 6, 1))


@pytest.mark.parametrize("count", [1, 3])
def test_rules_of_many_accounts_take_a_constant_number_of_queries(count: int) -> None:
    accounts = [make_account() for _ in range(count)]
    for account in accounts:
        make_active(account=account, preset=Preset.CONCESSION, bands=[("0", None, "20")])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rules_in_force(accounts, DAY)
    assert len(queries) == 6


def test_worked_examples_of_payment_terms_come_out_of_what_was_written() -> None:
    days, months = ("days", 45), ("months", 1)
    cases: list[tuple[list[tuple[str, int | None]], date, date]] = [
        ([("end_of_month", None), days], date(2018, 11, 27), date(2019, 1, 14)),
        ([days, ("end_of_month", None)], date(2018, 11, 27), date(2019, 1, 31)),
        ([("days", 30)], date(2026, 1, 31), date(2026, 3, 2)),
        ([months], date(2026, 1, 31), date(2026, 2, 28)),
        ([("end_of_month", None), ("days", 30)], date(2026, 7, 1), date(2026, 8, 30)),
        ([("days", 60), ("day_of_month", 31)], date(2026, 4, 1), date(2026, 5, 31)),
        ([("days", 30), ("next_weekday", 4)], date(2026, 6, 1), date(2026, 7, 3)),
    ]
    for steps, base, due in cases:
        account = make_account()
        version = make_version(account=account, preset=None)
        line = make_term(version=version, days=None).payment_lines.get()
        for place, (kind, value) in enumerate(steps, 1):
            line.operations.create(sequence=place, kind=kind, value=value)
        move_on(version)
        rules = term_in_force(account, DAY)
        assert rules is not None
        assert example_due_dates(rules, [base])[0].due == (due,), steps


def test_days_off_of_the_calendar_are_rolled_over() -> None:
    calendar = save_calendar(
        code="cn",
        name="中国",
        days=[
            DayDraft(day=date(2026, 5, 1)),
            DayDraft(day=date(2026, 5, 4)),
            DayDraft(day=date(2026, 5, 9), is_working=True),
        ],
    )
    account = make_account()
    version = make_version(account=account, preset=None)
    term = make_term(
        version=version, calendar=calendar, discount_percent=Decimal(2), discount_days=10
    )
    line = term.payment_lines.get()
    line.operations.create(sequence=2, kind="business_day", roll="following")
    move_on(version)
    rules = term_in_force(account, DAY)
    assert rules is not None
    friday_off, weekend_worked = example_due_dates(rules, [date(2026, 4, 1), date(2026, 4, 9)])
    assert (friday_off.due, friday_off.discount_until) == ((date(2026, 5, 5),), date(2026, 4, 11))
    assert weekend_worked.due == (date(2026, 5, 9),)
