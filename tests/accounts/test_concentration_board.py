"""The board: one set of figures on page, export, command line and API, and nothing leaks."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.choices import ConcentrationLevel
from accounts.models import Account, ConcentrationAlert, ConcentrationThreshold, ParentLink
from accounts.selectors.concentration import periods
from accounts.selectors.concentration.payload import AMOUNTS, KEYS
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.reading import live
from accounts.services.concentration import compute_snapshot, recompute
from kam.core.choices import JobState
from kam.core.dates import Period, add_months, month_start
from kam.core.models import JobRun, Organisation
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.core import make_rate
from tests.factories.identity import make_user
from tests.files import file_rows

pytestmark = pytest.mark.django_db

URL = "/concentration/"
LAST_MONTH = add_months(month_start(timezone.localdate()), -1)
THIS = LAST_MONTH.replace(day=5)
BEFORE = add_months(THIS, -12)


def body(response: Any) -> str:
    return str(response.content.decode())


def company(people: People) -> dict[str, Account]:
    """The golden vector's first five, one customer in the red, unassigned revenue."""
    found = {}
    leads = [people.owner, people.teammate, people.stranger, people.stranger, people.stranger]
    for name, amount, lead in zip(
        ["Alpha", "Beta", "Gamma", "Delta", "Epsilon"],
        ["40", "20", "16", "14", "10"],
        leads,
        strict=True,
    ):
        found[name] = make_account(name=name, lead=lead, external_id=f"E-{name}")
        make_entry(account=found[name], amount=amount, booked_on=THIS)
        make_entry(account=found[name], amount="20", booked_on=BEFORE)
    found["Red"] = make_account(name="Red", lead=people.stranger)
    make_entry(account=found["Red"], amount="-3", booked_on=THIS)
    make_entry(account=None, amount="7", booked_on=THIS)
    return found


def query(**more: Any) -> ConcentrationQuery:
    return ConcentrationQuery(period=Period.whole_months(timezone.localdate()), **more)


def test_the_board_says_the_finding_and_adds_up(people: People) -> None:
    company(people)
    response = client_of(people.director).get(URL)
    page = body(response)
    assert response.status_code == 200
    assert response.context["finding"][0] == (
        "5 groups bring 100% of revenue; Alpha alone brings 40.0%."
    )
    assert response.context["finding"][1] == (
        "Concentration is very high (HHI 2,552), 552 points up on a year ago."
    )
    figures = response.context["figures"]
    assert (figures.total, figures.total_left_out, figures.unassigned, figures.net_total) == (
        Decimal(100),
        Decimal(-3),
        Decimal(7),
        Decimal(104),
    )
    assert [one["name"] for one in response.context["major"]] == [
        "Alpha",
        "Beta",
        "Gamma",
        "Delta",
        "Epsilon",
    ]
    assert [one["badge"].count("Watch") for one in response.context["major"]] == [0, 0, 0, 0, 1]
    assert "Computed just now" in page
    [unassigned] = re.findall(r'href="(/revenue/[^"]*unassigned=1)"', page)
    assert unassigned == (
        f"/revenue/?date_from={query().period.start}&amp;date_to={query().period.end}"
        "&amp;unassigned=1"
    )


def test_page_export_command_line_and_api_give_the_same(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    company(people)
    client = client_of(people.director)
    period = query().period
    dates = ("--from", period.start.isoformat(), "--to", period.end.isoformat())
    call_command("concentration", *dates, "--json")
    cli = json.loads(capsys.readouterr().out)
    assert json.loads(client.get(f"{URL}figures/?format=json").content) == cli

    api = client.get(f"/api/v1/concentration/?from={period.start}&to={period.end}").json()
    for name, value in cli.items():
        if name != "top":
            assert (name, value) == (name, float(api[name])), name
    assert [(row["account"], row["name"], row["amount"]) for row in cli["top"]] == [
        (row["account"], row["name"], float(row["amount"])) for row in api["top"]
    ]

    exported = dict(file_rows(client.get(f"{URL}figures/"))[1:])
    exact = {name: api[name] if name in AMOUNTS else str(cli[name]) for name in KEYS}
    assert exported == exact
    rows = file_rows(client.get(f"{URL}?export=csv"))
    assert rows[0] == [
        "Rank",
        "Group",
        "Net revenue (EUR)",
        "Share",
        "Cumulative",
        "Change",
        "Lead",
    ]
    assert [(row[1], float(row[2]), float(row[3])) for row in rows[1:]] == [
        (row["name"], row["amount"], row["share"]) for row in cli["top"]
    ]
    page = client.get(URL)
    assert page.context["figures"] == live(query()).figures
    shown = [line.amount for line in page.context["customers"].page.rows]
    assert shown == [Decimal(row[2]) for row in rows[1:]]


def test_export_is_a_workbook_too(people: People) -> None:
    company(people)
    response = client_of(people.director).get(f"{URL}?export=xlsx")
    data = io.BytesIO(response.getvalue())
    sheet = load_workbook(data).active
    assert sheet is not None
    assert [cell.value for cell in next(iter(sheet.iter_rows(min_row=2, max_row=2)))][:4] == [
        1,
        "Alpha",
        40,
        0.4,
    ]


def test_charts_export_their_tables(people: People) -> None:
    company(people)
    rows = file_rows(client_of(people.director).get(f"{URL}?chart=pareto"))
    assert rows[1] == ["1", "Alpha", "40.0000", "0.4", "0.4"]
    recompute(as_of=timezone.localdate())
    rows = file_rows(client_of(people.director).get(f"{URL}?chart=hhi"))
    assert len(rows) == 25
    assert Decimal(rows[-1][1]) == Decimal(2552)


def test_a_stored_snapshot_shows_its_age_and_what_changed(people: People) -> None:
    found = company(people)
    compute_snapshot(query=query())
    client = client_of(people.director)
    page = body(client.get(URL))
    assert "Stored figures of" in page
    assert "Nothing changed since" in page
    make_entry(account=found["Epsilon"], amount="1000", booked_on=THIS)
    response = client.get(URL)
    assert "Data changed since" in body(response)
    assert response.context["figures"].ranked[0].amount == Decimal(40)


# Scope


SECRETS = ("Gamma", "Delta", "Epsilon", "104", "100.00", "40.0%", "2,552", "E-Gamma")


@pytest.mark.parametrize(
    "path",
    [
        URL,
        f"{URL}?level=account",
        f"{URL}?export=csv",
        f"{URL}?m-export=csv",
        f"{URL}?l-export=csv",
        f"{URL}?chart=pareto",
        f"{URL}?chart=retention",
        f"{URL}?chart=hhi",
        f"{URL}trend/",
        f"{URL}trend/?chart=hhi",
        f"{URL}figures/",
        f"{URL}figures/?format=json",
        f"{URL}alerts/",
        "/api/v1/concentration/?from=2020-01-01&to=2030-01-01",
        "/api/v1/concentration/?from=2020-01-01&to=2030-01-01&level=account&top=100",
        "/api/v1/concentration/snapshots/",
        "/cards/movers/",
        "/cards/revenue/",
        "/",
    ],
)
def test_the_company_does_not_leak_to_who_sees_only_own_accounts(people: People, path: str) -> None:
    company(people)
    recompute(as_of=timezone.localdate())
    response = client_of(people.owner).get(path)
    assert response.status_code == 200
    text = response.getvalue().decode() if response.streaming else body(response)
    words = re.sub(r"<[^>]*>", " ", text)
    assert [secret for secret in SECRETS if secret in words] == []


def test_own_customers_have_ranks_and_amounts_but_no_shares(people: People) -> None:
    company(people)
    client = client_of(people.owner)
    rows = file_rows(client.get(f"{URL}?export=csv"))
    assert rows == [
        ["Rank", "Group", "Net revenue (EUR)", "Change", "Lead"],
        ["1", "Alpha", "40.0000", "1.000000000000", "Owner"],
        ["2", "Beta", "20.0000", "0.000000000000", "Teammate"],
    ]
    answer = json.loads(client.get(f"{URL}figures/?format=json").content)
    assert {value for name, value in answer.items() if name != "top"} == {None}
    assert [(row["name"], row["amount"], row["share"]) for row in answer["top"]] == [
        ("Alpha", 40.0, None),
        ("Beta", 20.0, None),
    ]


def test_a_group_above_own_accounts_is_named_but_leads_nowhere(people: People) -> None:
    group = make_account(name="Umbrella", lead=people.stranger)
    make_entry(account=group, amount="900", booked_on=THIS)
    branch = make_account(name="Branch", kind="banner", parent=group, lead=people.owner)
    make_entry(account=branch, amount="5", booked_on=THIS)
    response = client_of(people.owner).get(URL)
    [line] = response.context["customers"].page.rows
    assert line.amount == Decimal(5)
    page = body(response)
    assert "Umbrella" in page
    assert f"/accounts/{group.pk}/" not in page
    assert f"group={group.pk}" not in page


def test_alerts_are_of_the_whole_company(people: People) -> None:
    company(people)
    recompute(as_of=timezone.localdate())
    path = f"{URL}alerts/"
    shown = client_of(people.director).get(path).context["table"].page.rows
    assert [alert.threshold.measure for alert in shown] == ["hhi", "cr1"]
    assert list(client_of(people.owner).get(path).context["table"].page.rows) == []


# Recomputing


def test_recompute_now_starts_a_job_and_follows_it(people: People) -> None:
    company(people)
    client = client_of(people.director)
    response = client.post(f"{URL}recompute/")
    run = JobRun.objects.get()
    assert (run.name, run.requested_by) == ("accounts.recompute_concentration", people.director)
    assert response["Location"] == f"{URL}?job={run.pk}"
    assert "Waiting for a worker" in body(client.get(response["Location"]))
    assert client.post(f"{URL}recompute/")["Location"] == f"{URL}?job={run.pk}"

    poll = f"{URL}recompute/{run.pk}/"
    assert f'hx-get="{poll}"' in body(client.get(poll, headers={"HX-Request": "true"}))
    JobRun.objects.update(state=JobState.SUCCEEDED)
    done = client.get(poll, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, f"{URL}?job={run.pk}")
    assert "The figures are up to date." in body(client.get(done["HX-Redirect"]))
    JobRun.objects.update(state=JobState.FAILED, error="It rained.")
    assert "It rained." in body(client.get(f"{URL}?job={run.pk}"))


def test_who_may_not_recompute_gets_nothing(people: People) -> None:
    assert client_of(people.owner).post(f"{URL}recompute/").status_code == 404
    assert client_of(people.auditor).post(f"{URL}recompute/").status_code == 404
    assert JobRun.objects.count() == 0
    run = JobRun.objects.create(name="core.something")
    assert client_of(people.director).get(f"{URL}recompute/{run.pk}/").status_code == 404
    assert Client().get(URL).status_code == 302


# Filters and periods


def test_filters_narrow_and_show_as_chips(people: People) -> None:
    fish = make_category(code="fish", name="Fish")
    shop = make_account(name="Shop", country="RO", channel="discount", lead=people.owner)
    make_entry(account=shop, amount="5", booked_on=THIS, category=fish)
    make_entry(account=make_account(name="Other"), amount="50", booked_on=THIS)
    client = client_of(people.director)
    filters = f"country=RO&channel=modern&category={fish.pk}&lead={people.owner.pk}&level=account"
    response = client.get(f"{URL}?{filters}")
    assert [line.key for line in response.context["customers"].page.rows] == [shop.pk]
    chips = [(chip.label, chip.value) for chip in response.context["chips"]]
    assert chips == [
        ("Country", "Romania"),
        ("Sales channel", "Modern trade, all formats"),
        ("Category", "Fish"),
        ("Lead", "Owner"),
    ]
    assert response.context["trend_url"] == f"{URL}trend/?{filters}"
    trend = client.get(response.context["trend_url"], headers={"HX-Request": "true"})
    assert body(trend).count("<figure") == 2


def test_a_filter_that_cannot_be_used_is_said_and_left_out(people: People) -> None:
    company(people)
    response = client_of(people.director).get(
        f"{URL}?country=Narnia&period=custom&date_from=2026-05-01&date_to=2026-01-01"
    )
    page = body(response)
    assert "Some of the filters could not be used" in page
    assert "The period ends before it begins." in page
    assert response.context["query"] == query()


@pytest.mark.parametrize(
    "bad",
    [
        "after=x",
        "after=-1",
        "job=abc",
        "job=99999999999999999999",
        "movement=up",
        "period=never",
        "level=planet",
        "lead=0",
    ],
)
def test_odd_addresses_show_the_board(people: People, bad: str) -> None:
    company(people)
    assert client_of(people.director).get(f"{URL}?{bad}").status_code == 200


def test_custom_period_is_half_open(people: People) -> None:
    account = make_account(name="A")
    make_entry(account=account, amount="1", booked_on=date(2025, 3, 31))
    make_entry(account=account, amount="2", booked_on=date(2025, 4, 1))
    make_entry(account=account, amount="4", booked_on=date(2025, 4, 30))
    response = client_of(people.director).get(f"{URL}?date_from=2025-04-01&date_to=2025-04-30")
    assert response.context["figures"].total == Decimal(2)
    assert response.context["period"] == "Apr 1, 2025 – Apr 29, 2025"


def test_named_periods() -> None:
    as_of = date(2026, 11, 22)
    names = [*periods.presets(4)]
    assert {name: str(periods.named_period(name, as_of, 4)) for name in names} == {
        "12m": "2025-11-01/2026-11-01",
        "ytd": "2026-01-01/2026-11-23",
        "last-year": "2025",
        "fiscal": "2026-04-01/2026-11-23",
        "last-fiscal": "2025-04-01/2026-04-01",
        "quarter": "2026-Q3",
    }
    assert [*periods.presets(1)] == ["12m", "ytd", "last-year", "quarter"]
    assert str(periods.named_period("12m", date(2026, 11, 30), 1)) == "2025-12-01/2026-12-01"
    assert str(periods.last_quarter(date(2026, 12, 31))) == "2026-Q4"
    assert len(periods.trend(as_of)) == 24
    assert str(periods.trend(as_of)[0]) == "2023-12-01/2024-12-01"


def test_fiscal_periods_are_offered_where_they_differ(people: People) -> None:
    company(people)
    client = client_of(people.director)
    assert "Fiscal year" not in body(client.get(URL))
    Organisation.objects.update(fiscal_year_start=4)
    assert "Fiscal year" in body(client.get(URL))


def test_missing_rates_are_named_on_the_page(people: People) -> None:
    make_entry(account=make_account(), amount="5", booked_on=THIS)
    make_entry(account=make_account(), amount="9", booked_on=THIS, currency="USD", rate=None)
    client = client_of(people.director)
    page = body(client.get(URL))
    assert "Exchange rates are missing" in page
    assert "USD in EUR" in page
    assert "1 entry waits" in page
    assert client.get(f"{URL}figures/").status_code == 302
    assert client.get(f"{URL}trend/").status_code == 200
    assert client.get("/cards/movers/").status_code == 200
    assert client.get("/cards/concentration/").status_code == 200


def test_figures_in_a_currency_asked_for(people: People) -> None:
    make_rate(currency="USD", rate="0.5")
    make_entry(account=make_account(), amount="5", booked_on=THIS)
    response = client_of(people.director).get(f"{URL}?currency=USD")
    assert response.context["reading"].now.currency == "USD"
    assert response.context["figures"].total == Decimal(10)


def test_an_empty_installation_says_what_to_do(people: People) -> None:
    assert "Import sales" in body(client_of(people.director).get(URL))
    page = body(client_of(people.owner).get(URL))
    assert "No revenue yet" in page
    assert "Import sales" not in page


def test_movements_filter_their_table(people: People) -> None:
    company(people)
    response = client_of(people.director).get(f"{URL}?movement=shrank")
    moved = [row.row.movement.value for row in response.context["moved"].page.rows]
    assert moved == ["shrank"] * 3
    counts = {str(one["badge"]): one["total"].customers for one in response.context["movements"]}
    assert counts == {"Same": 1, "Grew": 1, "Shrank": 3, "Only credit notes": 1}


def test_query_count_does_not_grow(people: People, django_assert_num_queries: Any) -> None:
    def sell(count: int) -> None:
        for _ in range(count):
            make_entry(account=make_account(lead=people.owner), amount="5", booked_on=THIS)

    sell(1)
    client = client_of(people.director)
    for more in (0, 2, 10):
        sell(more)
        with django_assert_num_queries(17):
            client.get(URL)


# Levels


def test_levels_are_set_by_who_may(people: People) -> None:
    path = f"{URL}levels/"
    levels = {"cr1-watch": "15", "cr1-alert": "25.5", "cr1-is_active": "on"}
    assert client_of(people.owner).post(path, levels).status_code == 404
    assert client_of(people.director).post(path, levels).status_code == 302
    [threshold] = ConcentrationThreshold.objects.all()
    assert (threshold.watch, threshold.alert) == (Decimal("0.1500"), Decimal("0.2550"))
    page = body(client_of(people.director).get(path))
    assert 'value="15"' in page
    assert 'value="25.5"' in page
    assert "borrowed conventions" in page
    assert "25.5" in body(client_of(people.owner).get(path))


def test_levels_out_of_order_are_explained(people: People) -> None:
    response = client_of(people.director).post(
        f"{URL}levels/", {"hhi-watch": "2000", "hhi-alert": "1000", "hhi-is_active": "on"}
    )
    assert response.status_code == 422
    assert "The alert level is at or above the watch level." in body(response)
    assert ConcentrationThreshold.objects.count() == 0


def test_an_alert_leads_to_what_moved(people: People) -> None:
    company(people)
    recompute(as_of=timezone.localdate())
    client = client_of(people.director)
    page = body(client.get(f"{URL}alerts/"))
    alert = ConcentrationAlert.objects.order_by("pk")[0]
    span = alert.opened_by.period
    link = f"{URL}?period=custom&amp;date_from={span.lower}&amp;date_to={span.upper}#moved"
    assert link in page
    response = client.get(link.replace("&amp;", "&"))
    assert response.context["query"] == query()


def test_levels_of_one_customer_are_groups_or_accounts(people: People) -> None:
    make_user()
    parent = make_account(name="Parent")
    child = make_account(name="Child", kind="store", parent=parent)
    make_entry(account=child, amount="5", booked_on=THIS)
    client = client_of(people.director)
    by_level = {
        str(level): client.get(f"{URL}?level={level}").context["customers"].page.rows[0].key
        for level in ConcentrationLevel.values
    }
    assert by_level == {"group": parent.pk, "account": child.pk}


# Drill-down


def test_every_amount_leads_to_the_entries_that_make_it(people: People) -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    chain = make_account(name="Chain", kind="banner", country="RO", channel="discount")
    ParentLink.objects.create(account=chain, parent=old, valid=DateRange(None, THIS))
    ParentLink.objects.create(account=chain, parent=new, valid=DateRange(THIS, None))
    for amount, day in (("10", THIS - timedelta(days=1)), ("7", THIS), ("2", THIS)):
        make_entry(account=chain, amount=amount, booked_on=day)
    make_entry(account=new, amount="1", booked_on=THIS)
    make_entry(account=None, amount="5", booked_on=THIS)
    client = client_of(people.director)
    for filters in ("", "?level=account", "?country=RO&channel=modern"):
        page = body(client.get(f"{URL}{filters}"))
        table = page.split('id="table-concentration"')[1].split("</table>")[0]
        links = re.findall(r'href="(/revenue/[^"]*)">([^<]*)<', table)
        amounts = [Decimal(text) for _url, text in links]
        found = [_entries_total(client, url) for url, _text in links]
        assert found == amounts
        assert len(found) == len(client.get(f"{URL}{filters}").context["customers"].page.rows)
    [everything] = set(re.findall(r'<tfoot>.*?href="([^"]*)"', body(client.get(URL)), re.DOTALL))
    assert _entries_total(client, everything) == Decimal(25)


def _entries_total(client: Client, url: str) -> Decimal:
    rows = client.get(url.replace("&amp;", "&")).context["table"].source
    return sum((row.net_amount for row in rows), Decimal(0))
