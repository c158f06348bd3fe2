"""Base amounts that were waiting for a rate, and the nightly job's parts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import AccountFigure, GroupMonth, ParentLink, RevenueEntry, RevenueMonth
from accounts.selectors.accounts import windows
from accounts.services.revenue import fill_base_amounts
from kam.core import jobs
from kam.core.choices import JobState
from kam.core.dates import Period
from tests.factories.accounts import make_account, make_entry
from tests.factories.core import make_rate

pytestmark = pytest.mark.django_db


def test_entries_get_the_latest_rate_on_or_before_their_date() -> None:
    account = make_account()
    make_rate(currency="USD", rate="0.9", valid_on=date(2026, 1, 1))
    make_rate(currency="USD", rate="0.8", valid_on=date(2026, 2, 1))
    for day in (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 1)):
        make_entry(account=account, amount="10.0001", currency="USD", rate=None, booked_on=day)
    make_entry(account=None, amount="5", currency="USD", rate=None, booked_on=date(2026, 3, 1))
    make_entry(account=account, amount="7", currency="USD", rate="2", booked_on=date(2026, 3, 1))
    make_entry(account=account, amount="3", currency="EUR", rate=None, booked_on=date(2026, 3, 1))

    assert fill_base_amounts() == 4
    assert fill_base_amounts() == 0

    entries = RevenueEntry.objects.order_by("booked_on", "pk")
    assert list(entries.values_list("rate", "base_amount")) == [
        (None, None),
        (Decimal("0.9"), Decimal("9.0001")),
        (Decimal("0.8"), Decimal("8.0001")),
        (Decimal("0.8"), Decimal("4.0000")),
        (Decimal(2), Decimal("14.0000")),
        (Decimal(1), Decimal("3.0000")),
    ]
    months = RevenueMonth.objects.filter(account=account).order_by("month", "currency")
    assert list(months.values_list("base_amount", "unconverted")) == [
        (0, 1),
        (Decimal("9.0001"), 0),
        (Decimal("8.0001"), 0),
        (Decimal(3), 0),
        (Decimal(14), 0),
    ]
    assert GroupMonth.objects.get(group=None).base_amount == 4


def test_list_figures_compare_complete_months() -> None:
    assert windows(date(2026, 6, 15)).latest == Period(date(2025, 6, 1), date(2026, 6, 1))
    assert windows(date(2026, 6, 15)).before == Period(date(2024, 6, 1), date(2025, 6, 1))
    assert windows(date(2026, 6, 30)).latest == Period(date(2025, 7, 1), date(2026, 7, 1))


@pytest.mark.django_db(transaction=True)
def test_nightly_job_lets_planned_changes_take_effect_and_waits_for_no_rate() -> None:
    parent, child = make_account(), make_account()
    today = timezone.localdate()
    ParentLink.objects.create(account=child, parent=parent, valid=DateRange(today, None))
    make_entry(
        account=child, amount=5, currency="USD", rate=None, booked_on=today - timedelta(days=40)
    )
    make_rate(currency="USD", rate="2")

    for name in ("accounts.refresh_accounts", "accounts.fill_base_amounts"):
        for _time in ("once", "twice"):
            run = jobs.run_here(name)
            assert (run.state, run.error) == (JobState.SUCCEEDED, "")

    child.refresh_from_db()
    assert child.current_parent == parent
    assert AccountFigure.objects.get(account=child).net_12m == 10
