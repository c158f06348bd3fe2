"""My day: what waits, how fresh the data is, the cards, and the way from empty to first figures."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Target
from accounts.selectors.portfolio import monthly_revenue, own_scope
from accounts.services.concentration import recompute
from accounts.views.cards import complete_months
from kam.core.choices import JobState
from kam.core.dates import Period, add_months, month_start
from kam.core.models import JobRun, Organisation
from kam.core.todos import Meeting, MeetingProvider, meetings
from kam.imports.choices import BatchState
from kam.imports.models import DataSource, ImportBatch
from kam.notifications.models import Notification, TodoSnooze
from kam.notifications.services import notify
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry, make_source
from tests.factories.team import make_promise

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LAST_MONTH = add_months(month_start(TODAY), -1)


def body(response: Any) -> str:
    return str(response.content.decode())


def sell(people: People) -> None:
    for lead, amount in ((people.owner, "60"), (people.stranger, "40")):
        account = make_account(name=f"Of {lead}", lead=lead)
        make_entry(account=account, amount=amount, booked_on=LAST_MONTH)
        make_entry(account=account, amount="50", booked_on=add_months(LAST_MONTH, -12))


def test_it_needs_a_sign_in(db: None) -> None:
    assert Client().get("/").status_code == 302


def test_an_empty_installation_is_led_to_its_first_figures(people: People) -> None:
    response = client_of(people.administrator).get("/")
    steps = response.context["steps"]
    assert [(step.is_done, bool(step.url)) for step in steps] == [
        (False, True),
        (True, True),
        (False, True),
        (False, True),
        (False, True),
    ]
    assert response.context["next_step"] is steps[0]
    assert response.context["cards"] == []
    Organisation.objects.update(name="Revonniitty Foods")
    make_account()
    steps = client_of(people.administrator).get("/").context["steps"]
    assert [step.is_done for step in steps] == [True, True, True, False, False]


def test_who_may_not_set_up_is_told_who_does(people: People) -> None:
    response = client_of(people.owner).get("/")
    assert [bool(step.url) for step in response.context["steps"]] == [
        False,
        False,
        False,
        False,
        True,
    ]
    assert "An administrator does this" in body(response)


def test_the_steps_are_gone_once_there_is_revenue(people: People) -> None:
    sell(people)
    response = client_of(people.director).get("/")
    assert response.context["steps"] == []
    assert [key for key, _title, _url in response.context["cards"]] == [
        "revenue",
        "overdue",
        "concentration",
        "movers",
    ]
    cards = client_of(people.owner).get("/").context["cards"]
    assert [key for key, _title, _url in cards] == ["revenue", "overdue", "movers"]


def test_the_demo_says_that_it_is_one(people: People) -> None:
    Organisation.objects.update(is_demo=True, name="Revonniitty Foods")
    page = body(client_of(people.administrator).get("/"))
    assert "This is Revonniitty Foods, an invented food supplier" in page
    assert "clear the demo" in page
    assert "clear the demo" not in body(client_of(people.owner).get("/"))


def test_late_feeds_are_named_with_the_days(people: People) -> None:
    on_time, late = make_source(code="on-time"), make_source(code="late")
    make_source(code="expects nothing")
    for source, days in ((on_time, 1), (late, 5)):
        DataSource.objects.filter(pk=source.pk).update(
            expected_every_days=1, data_as_of=TODAY - timedelta(days=days)
        )
    response = client_of(people.director).get("/")
    assert [(todo.title, todo.urgency) for todo in response.context["todos"]] == [
        ("late is 4 days late", 0)
    ]
    assert [(feed.source.code, bool(feed.late_by)) for feed in response.context["feeds"]] == [
        ("late", True),
        ("on-time", False),
    ]
    owner = client_of(people.owner).get("/")
    assert owner.context["todos"] == []
    assert len(owner.context["feeds"]) == 2


def test_a_feed_with_data_of_its_interval_is_not_late(people: People) -> None:
    source = make_source(code="erp")
    DataSource.objects.filter(pk=source.pk).update(
        expected_every_days=7, data_as_of=TODAY - timedelta(days=7)
    )
    [feed] = client_of(people.owner).get("/").context["feeds"]
    assert feed.late_by == 0
    DataSource.objects.filter(pk=source.pk).update(data_as_of=TODAY - timedelta(days=8))
    [feed] = client_of(people.owner).get("/").context["feeds"]
    assert feed.late_by == 1


def test_failed_imports_and_jobs_wait(people: People) -> None:
    source = make_source()
    ImportBatch.objects.create(
        kind="sales", source=source, file_name="may.csv", state=BatchState.FAILED, error="Torn.\nX"
    )
    ImportBatch.objects.create(
        kind="sales",
        source=source,
        file_name="june.csv",
        state=BatchState.PREVIEWED,
        created_by=people.controller,
    )
    for name, state in (
        ("core.a", JobState.FAILED),
        ("core.a", JobState.SUCCEEDED),
        ("core.b", JobState.FAILED),
    ):
        JobRun.objects.create(
            name=name,
            state=state,
            error="It rained." if state == JobState.FAILED else "",
            requested_by=people.controller,
            finished_at=timezone.now(),
        )
    todos = client_of(people.controller).get("/").context["todos"]
    assert [(todo.title, todo.detail) for todo in todos] == [
        ("Import may.csv failed", "Torn."),
        ("B failed", "It rained."),
        ("Import june.csv is checked", "It changes nothing until you commit it."),
    ]
    assert client_of(people.owner).get("/").context["todos"] == []


def test_open_alerts_wait_and_lead_to_what_moved(people: People) -> None:
    sell(people)
    todos = client_of(people.director).get("/").context["todos"]
    assert [todo.title for todo in todos] == ["Compute the concentration figures"]
    recompute(as_of=TODAY)
    todos = client_of(people.director).get("/").context["todos"]
    assert sorted(todo.title for todo in todos) == [
        "HHI: 5,200",
        "Share of the largest customer: 60.0%",
    ]
    assert {todo.url.split("?")[0] for todo in todos} == {"/concentration/"}
    assert client_of(people.owner).get("/").context["todos"] == []


def test_revenue_card_covers_ones_own_accounts(people: People) -> None:
    sell(people)
    Target.objects.create(
        manager=people.owner, month=LAST_MONTH, amount=Decimal(120), currency_id="EUR"
    )
    year, month = client_of(people.owner).get("/cards/revenue/").context["stats"]
    assert year.value == Decimal(60)
    assert month.value == Decimal(60)  # the data ends with the last month
    assert month.reference == "50% of target"
    assert "so far" not in month.title
    if LAST_MONTH.year == TODAY.year:
        assert year.delta == Decimal("0.2")
        assert year.reference == "vs last year, 50% of target"
    year, _month = client_of(people.director).get("/cards/revenue/").context["stats"]
    assert year.value == Decimal(100)
    make_entry(account=make_account(), amount="1", booked_on=TODAY)
    _year, month = client_of(people.director).get("/cards/revenue/").context["stats"]
    assert (month.value, month.reference) == (Decimal(1), "no target set")


def test_movers_card_shows_who_won_and_lost(people: People) -> None:
    sell(people)
    context = client_of(people.director).get("/cards/movers/").context
    assert [(one.name, one.change) for one in context["down"]] == [("Of Stranger", Decimal(-10))]
    assert [(one.name, one.change, one.growth_text) for one in context["up"]] == [
        ("Of Owner", Decimal(10), "+20%")
    ]
    own = client_of(people.owner).get("/cards/movers/").context
    assert [one.name for one in (*own["down"], *own["up"])] == ["Of Owner"]


def test_concentration_card_is_for_who_sees_the_company(people: People) -> None:
    sell(people)
    assert client_of(people.owner).get("/cards/concentration/").status_code == 404
    page = body(client_of(people.director).get("/cards/concentration/"))
    assert "2 groups bring 100% of revenue; Of Owner alone brings 60.0%." in page


def test_a_card_is_a_part_for_htmx_and_a_page_without(people: People) -> None:
    sell(people)
    client = client_of(people.owner)
    part = body(client.get("/cards/movers/", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "<html" in body(client.get("/cards/movers/"))


def test_complete_months_of_the_year() -> None:
    assert str(complete_months(date(2026, 11, 22))) == "2026-01-01/2026-11-01"
    assert str(complete_months(date(2026, 2, 1))) == "2026-01"
    assert str(complete_months(date(2026, 1, 15))) == "2025"
    assert str(complete_months(date(2025, 12, 31))) == "2025"


def test_monthly_revenue_never_hides_a_missing_rate(people: People) -> None:
    period = Period(LAST_MONTH, month_start(TODAY))
    account = make_account(lead=people.owner)
    make_entry(account=account, amount="5", booked_on=LAST_MONTH, currency="USD", rate=None)
    found = monthly_revenue(own_scope(people.owner), period)
    assert (found.currency, found.total(period)) == ("USD", Decimal(5))
    make_entry(account=account, amount="5", booked_on=LAST_MONTH)
    found = monthly_revenue(own_scope(people.owner), period)
    assert (found.currency, found.total(period), found.unconverted) == ("EUR", None, 1)
    stats = client_of(people.owner).get("/cards/revenue/").context["stats"]
    assert stats[0].value is None


def test_query_count_does_not_grow(people: People, django_assert_num_queries: Any) -> None:
    client = client_of(people.director)
    for count in (1, 2):
        for _ in range(count):
            sell(people)
            source = make_source()
            DataSource.objects.filter(pk=source.pk).update(
                expected_every_days=1, data_as_of=TODAY - timedelta(days=4)
            )
        with django_assert_num_queries(42):
            client.get("/")


def test_a_line_is_finished_by_one_tap(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    promise = make_promise(
        account=account, user=people.owner, made_on=TODAY - timedelta(days=3), due_on=TODAY
    )
    client = client_of(people.owner)
    [todo] = client.get("/").context["todos"]
    assert f'action="{todo.finish_url}"' in body(client.get("/"))
    answer = client.post(todo.finish_url, {**dict(todo.finish_fields), "next": "/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    promise.refresh_from_db()
    assert promise.outcome == "kept"
    assert client.get("/").context["todos"] == []


def test_a_line_is_put_off_by_its_reader_alone_and_comes_back(people: People) -> None:
    source = make_source(code="late")
    DataSource.objects.filter(pk=source.pk).update(
        expected_every_days=1, data_as_of=TODAY - timedelta(days=5)
    )
    client, other = client_of(people.director), client_of(people.controller)
    [todo] = client.get("/").context["todos"]
    for until in ("0", "x", TODAY.isoformat(), (TODAY + timedelta(days=93)).isoformat()):
        client.post("/my-day/put-off/", {"key": todo.key, "until": until})
    assert len(client.get("/").context["todos"]) == 1
    answer = client.post("/my-day/put-off/", {"key": todo.key, "until": "3", "next": "//evil"})
    assert answer.headers["Location"] == "/"
    assert (TodoSnooze.objects.get().until - TODAY).days == 3
    page = client.get("/")
    assert (page.context["todos"], page.context["put_off"]) == ([], 1)
    assert "1 line is put off." in body(page)
    assert len(other.get("/").context["todos"]) == 1
    TodoSnooze.objects.update(until=TODAY)
    assert len(client.get("/").context["todos"]) == 1
    client.post("/my-day/put-off/", {"key": todo.key, "until": "1"})
    client.post("/my-day/bring-back/")
    assert len(client.get("/").context["todos"]) == 1


def test_meetings_of_the_day_and_what_is_new(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    client = client_of(people.owner)
    assert "Nothing new about your accounts." in body(client.get("/"))
    notify(
        kind="accounts.health_fell",
        users=[people.owner, people.stranger],
        params={"account": "Kesko", "level": "watch", "before": "good"},
        subject_id=account.pk,
        url=account.get_absolute_url(),
        dedupe="a",
        occurred_at=timezone.now(),
    )
    page = body(client.get("/"))
    assert "Kesko: health fell to Watch" in page
    assert "Kesko" not in body(client_of(people.stranger).get("/"))
    Notification.objects.update(occurred_at=timezone.now() - timedelta(days=2))
    assert "health fell" not in body(client.get("/"))
    at = timezone.localtime().replace(hour=9, minute=30)
    found = [
        Meeting(starts_at=at, title="Range review", url="/r/", prepare_url="/brief/"),
        Meeting(starts_at=at.replace(hour=14), title="Trade fair", url="/f/", all_day=True),
    ]
    was = meetings.get("test")
    meetings.register(MeetingProvider(key="test", find=lambda user, day: found))
    try:
        answer = client.get("/")
    finally:
        meetings.unregister("test")
    assert was is None
    assert [one.title for one in answer.context["meetings"]] == ["Trade fair", "Range review"]
    assert "09:30" in body(answer)
    assert 'href="/brief/"' in body(answer)


def test_the_page_holds_no_inline_code(people: People) -> None:
    page = body(client_of(people.director).get("/"))
    assert re.findall(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src)", page) == []
