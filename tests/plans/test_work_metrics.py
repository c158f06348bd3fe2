"""Measures of the system in plans: one definition each, missing never zero, for whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Account
from kam.core.models import Currency
from plans.models import Plan
from plans.selectors.kpis import ask_about, lines_of
from plans.selectors.metrics.registry import actuals, metrics, title_of
from plans.selectors.work import content_of_kpis
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.core import make_rate
from tests.factories.health import make_score
from tests.factories.interactions import make_contact, make_feedback
from tests.factories.plans import make_kpi, make_plan_member
from tests.factories.settlements import make_document
from tests.factories.team import make_member

D = Decimal
DAY = date(2026, 6, 15)
KEYS = [one.key for one in metrics]


def _business(account: Account) -> None:
    """Entries in and before the plan's period, here and below, and what the ledger knows."""
    store = make_account(parent=account, kind="store")
    dairy, oats = make_category(), make_category()
    make_entry(account=account, amount="500", booked_on=date(2025, 12, 31), category=oats)
    make_entry(account=account, amount="100", booked_on=date(2026, 1, 1), category=dairy, cost="60")
    make_entry(account=store, amount="200", booked_on=date(2026, 5, 31), category=dairy, cost="120")
    make_entry(account=store, amount="40", booked_on=DAY, category=dairy)
    make_entry(account=store, amount="7", booked_on=date(2026, 6, 16), category=dairy)
    make_document(account=account, amounts=("90",), due=(date(2026, 6, 1),), on=date(2026, 5, 1))
    make_document(account=account, amounts=("10",), due=(date(2026, 7, 1),), on=date(2026, 6, 1))
    make_score(account=account, score=72, valid=(date(2026, 6, 1), None))
    make_contact(account=store, on=date(2026, 3, 1))
    make_contact(account=account, on=date(2025, 12, 31))
    make_contact(account=account, on=date(2026, 4, 1), direction="outbound")
    make_feedback(account=account, value="4", on=date(2026, 6, 1))


@pytest.mark.django_db
def test_actuals_of_a_plan(plan: Plan, people: People) -> None:
    _business(plan.account)
    found = actuals(KEYS, ask_about(plan, people.owner, DAY))
    known = {key: one.value for key, one in found.items()}
    assert known == {
        "net_revenue": D(340),  # to the day, not beyond it, with all below
        "net_revenue_12m": D(800),  # twelve complete months
        "contribution": D(120),
        "gross_margin": D("0.4"),
        "wallet_share": None,
        "categories": D(2),
        "revenue_share": None,  # says something of the company
        "health": D(72),
        "overdue": D(90),
        "overdue_share": D("0.9"),
        "days_beyond_terms": None,  # nothing was paid
        "functions_covered": known["functions_covered"],
        "contacts": D(1),
        "compliance": None,
        "satisfaction": D(75),
    }
    assert known["functions_covered"] in (None, D(0))
    assert found["net_revenue"].on == DAY
    assert found["net_revenue_12m"].on == date(2026, 5, 31)
    assert all(
        found[key].why
        for key, value in known.items()
        if value is None and key != "functions_covered"
    )


@pytest.mark.django_db
def test_nothing_known_is_never_zero(plan: Plan, people: People) -> None:
    found = actuals(KEYS, ask_about(plan, people.owner, date(2025, 12, 31)))
    unknown = {key for key, one in found.items() if one.value is None}
    assert {"net_revenue", "contacts", "health", "overdue", "overdue_share", "contribution",
            "gross_margin", "satisfaction", "compliance", "wallet_share"} <= unknown  # fmt: skip


@pytest.mark.django_db
def test_money_is_in_the_plans_currency(plan: Plan, people: People) -> None:
    """Without a rate the amount is not known."""
    make_entry(account=plan.account, amount="100", booked_on=date(2026, 2, 1))
    Plan.objects.filter(pk=plan.pk).update(currency=Currency.objects.get(pk="VND"))
    plan.refresh_from_db()
    ask = ask_about(plan, people.owner, DAY)
    (found,) = actuals(["net_revenue"], ask).values()
    assert found.value is None
    assert "VND" in str(found.why)
    make_rate(currency="EUR", base="VND", rate="27000", valid_on=date(2026, 1, 1))
    (found,) = actuals(["net_revenue"], ask).values()
    assert found.value == D(2_700_000)


@pytest.mark.django_db
def test_entries_without_a_rate_leave_revenue_unknown(plan: Plan, people: People) -> None:
    make_entry(account=plan.account, amount="9", currency="SEK", rate=None, booked_on=DAY)
    ask = ask_about(plan, people.owner, DAY)
    assert actuals(["net_revenue"], ask)["net_revenue"].value is None


@pytest.mark.django_db
def test_all_targets_are_read_together(plan: Plan, people: People) -> None:
    _business(plan.account)
    make_kpi(plan=plan, metric="overdue", target=D(50), baseline=D(130), direction="down")

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            lines_of(plan, people.owner, as_of=DAY)
        return len(asked)

    count()  # what is asked once a run is asked
    one = count()
    for number in range(3):
        make_kpi(plan=plan, title=f"Own {number}", target=D(5), typed_actual=D(2), typed_on=DAY)
    make_kpi(plan=plan, metric="overdue_share", target=D("0.5"), direction="down")
    assert count() == one
    lines = {
        line.row.metric or line.row.title: line for line in lines_of(plan, people.owner, as_of=DAY)
    }
    assert lines["overdue"].reading.share == D("0.5")
    assert lines["overdue"].reading.standing == "on_track"
    assert lines["Own 0"].actual.value == D(2)


@pytest.mark.django_db
def test_figures_are_for_who_sees_the_account(plan: Plan, people: People) -> None:
    """A supporting member and somebody named in the plan read it, without figures."""
    _business(plan.account)
    make_kpi(plan=plan, metric="overdue", target=D(50), direction="down")
    make_kpi(plan=plan, title="Depots", target=D(5), typed_actual=D(2), typed_on=DAY)
    make_plan_member(plan=plan, user=people.stranger)
    make_member(account=plan.account, user=people.teammate)
    expected = {"owner": D(90), "director": D(90), "stranger": None, "teammate": None}
    for name, value in expected.items():
        user = getattr(people, name)
        if name == "teammate" and Account.objects.visible_to(user).exists():
            continue  # a team-mate of the lead sees the account by scope
        overdue, depots = lines_of(plan, user, as_of=DAY)
        assert (overdue.actual.value, overdue.is_hidden) == (value, value is None), name
        assert depots.actual.value == D(2)
    frozen = content_of_kpis(plan, None, DAY)["kpis"]
    assert frozen[0]["actual"] == {"amount": D(90), "currency": "EUR"}


def test_a_measure_speaks_the_readers_language_unless_somebody_named_it() -> None:
    with translation.override("fi"):
        theirs = str(metrics.get("health").title)  # type: ignore[union-attr]
        assert title_of("health", "Health") == theirs
    assert title_of("health", theirs) == "Health"
    assert title_of("health", "How they feel") == "How they feel"
    assert title_of("", "Stores") == "Stores"
