"""Accounting periods: looking before closing, closing, reopening with a reason, and by whom."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from kam.core.dates import Period
from kam.core.models import SellingCompany
from settlements.models import AccountingPeriod
from settlements.services.allocating import Match, allocate
from settlements.services.periods import close_period
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db

D = Decimal
CLOSED_AT = datetime(2026, 2, 5, 9, tzinfo=UTC)
LIST, CLOSE = "settlements:period-list", "settlements:period-close"


@pytest.fixture
def company() -> SellingCompany:
    return make_company()


@pytest.fixture
def account() -> Account:
    return make_account()


WHO = [
    ("owner", 404), ("teammate", 404), ("stranger", 404), ("director", 404), ("auditor", 404),
    ("controller", 200), ("administrator", 200),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO)
def test_who_looks_closes_and_reopens(
    who: str, status: int, company: SellingCompany, people: People
) -> None:
    row = close_period(period=Period.month(2026, 1), closed_at=CLOSED_AT, selling_company=company)
    client = client_of(getattr(people, who))
    query = f"?month=2026-02&company={company.pk}"
    reopen = reverse("settlements:period-reopen", args=[row.pk])
    history = reverse("settlements:period-history", args=[row.pk])

    for url in (reverse(LIST), reverse(CLOSE) + query, reopen, history):
        assert client.get(url).status_code == status
    done = status if status == 404 else 302
    assert client.post(reverse(CLOSE) + query, {"note": ""}).status_code == done
    assert client.post(reopen, {"note": "Late invoice"}).status_code == done

    row.refresh_from_db()
    assert row.is_closed == (status == 404)
    assert AccountingPeriod.objects.count() == (1 if status == 404 else 2)


def test_the_list_tells_each_companys_months(
    company: SellingCompany, account: Account, people: People
) -> None:
    other = make_company(code="other")
    today = timezone.localdate()
    month = Period.month(today.year, today.month)
    make_document(account=account, company=company, on=today)
    make_document(account=account, company=other, on=today)
    last = Period.whole_months(today, 1)
    close_period(period=month, closed_at=timezone.now(), selling_company=company, note="Done")
    close_period(period=last, closed_at=timezone.now(), closed_by=people.controller)
    client = client_of(people.controller)

    def rows(query: str) -> list[tuple[int, bool, bool]]:
        found = client.get(reverse(LIST) + query).context["rows"][:3]
        return [(row.documents, row.is_closed, row.closed_for_all is not None) for row in found]

    if last.end == month.start:
        expected = [(0, True, True), (0, False, False)]
        assert rows("") == [(2, False, False), (0, True, False), (0, False, False)]
        assert rows(f"?company={company.pk}") == [(1, True, False), *expected]
        assert rows(f"?company={other.pk}") == [(1, False, False), *expected]
    assert "Done" in client.get(reverse(LIST) + f"?company={company.pk}").text
    assert client.get(reverse(LIST) + "?company=999999").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_closed_month_and_with_three(
    count: int, company: SellingCompany, people: People
) -> None:
    today = timezone.localdate()
    for place in range(count):
        period = Period.whole_months(Period.rolling(today, place + 1).start, 1)
        close_period(
            period=period, closed_at=CLOSED_AT, selling_company=company,
            closed_by=people.controller,
        )  # fmt: skip
    client = client_of(people.controller)
    url = reverse(LIST) + f"?company={company.pk}"
    client.get(url)

    with CaptureQueriesContext(connection) as captured:
        client.get(url)

    assert len(captured) == 6, "\n".join(one["sql"][:120] for one in captured)


def test_before_closing_the_balance_is_held_against_movements_and_items(
    company: SellingCompany, account: Account, people: People
) -> None:
    other = make_company(code="other")
    make_document(account=account, company=company, amounts=["40"], on=date(2025, 12, 1))
    bill = make_document(account=account, company=company, amounts=["100"], on=date(2026, 1, 5))
    paid = make_document(
        account=account, company=company, kind="receipt", amounts=["130"], on=date(2026, 1, 20)
    )
    allocate(matches=[Match(bill.items.get().pk, paid.items.get().pk, D("90"))])
    make_document(account=account, company=company, amounts=["7"], on=date(2026, 2, 1))
    make_document(account=account, company=other, amounts=["999"], on=date(2026, 1, 5))

    answer = client_of(people.controller).get(
        f"{reverse(CLOSE)}?month=2026-01&company={company.pk}"
    )

    (line,) = answer.context["controls"]
    control = line.control
    assert (control.opening, control.closing, control.adds_up) == (D("40"), D("10"), True)
    assert dict(control.movements) == {"invoice": D("100"), "receipt": D("-130")}
    assert (control.aged.open, control.aged.unapplied) == (D("50"), D("40"))
    assert answer.context["open_before"] == ["Dec 2025"]
    assert not AccountingPeriod.objects.exists()


def test_a_closed_month_is_reopened_with_a_reason_that_stays(
    company: SellingCompany, people: People
) -> None:
    client = client_of(people.controller)
    client.post(reverse(CLOSE) + f"?month=2026-01&company={company.pk}", {"note": "Audited"})
    row = AccountingPeriod.objects.get()
    assert (row.closed_by, row.note) == (people.controller, "Audited")
    url = reverse("settlements:period-reopen", args=[row.pk])

    missing = client.post(url, {"note": ""})
    assert list(missing.context["form"].errors) == ["note"]
    assert AccountingPeriod.objects.closed().count() == 1

    client.post(url, {"note": "Late invoice"})
    assert AccountingPeriod.objects.closed().count() == 0
    history = client.get(reverse("settlements:period-history", args=[row.pk])).text
    assert "Late invoice" in history
    assert "Audited" in history
    assert client.post(url, {"note": "Again"}).status_code == 404


@pytest.mark.parametrize("month", ["", "2026", "2026-Q1", "2026-13", "x", "2026-01-05/2026-01-09"])
def test_only_a_month_is_closed_here(month: str, people: People) -> None:
    url = f"{reverse(CLOSE)}?month={month}"

    assert client_of(people.controller).post(url, {"note": ""}).status_code == 404
    assert not AccountingPeriod.objects.exists()


def test_a_period_over_some_of_the_days_is_refused_in_words(
    company: SellingCompany, people: People
) -> None:
    close_period(
        period=Period(date(2026, 1, 10), date(2026, 1, 20)), closed_at=CLOSED_AT,
        selling_company=company,
    )  # fmt: skip

    answer = client_of(people.controller).post(
        f"{reverse(CLOSE)}?month=2026-01&company={company.pk}", {"note": ""}
    )

    assert answer.status_code == 422
    assert "Another period covers some of these days." in answer.text
