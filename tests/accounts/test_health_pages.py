"""Health on pages and over the API: who may what, the board, the panel, the settings, My day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Account, HealthScore, HealthSettings
from accounts.selectors.health.rules import rules_in_force
from accounts.views.health import lines
from kam.core.models import JobRun
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.health import make_score

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TREND, TIES = "commercial_trend", "relationships"


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


def part(key: str, points: int, share: int | None) -> list[Any]:
    brought = None if share is None else points * share / 100
    return [key, points, share, brought, share is not None]


@pytest.fixture
def scored(account: Account, today: date) -> HealthScore:
    """It fell five days ago, and a cap holds it down since."""
    make_score(
        account=account,
        score=85,
        valid=(today - 60 * DAY, today - 5 * DAY),
        parts=[part(TREND, 100, 50), part(TIES, 70, 50)],
    )
    return make_score(
        account=account,
        score=40,
        uncapped=Decimal("57.5"),
        level="poor",
        valid=(today - 5 * DAY, None),
        parts=[part(TREND, 45, 50), part(TIES, 70, 50), part("payment", 90, None)],
        caps=[["late_items", 40]],
        details={
            TREND: {"change": -0.07, "measured_on": (today - 20 * DAY).isoformat()},
            TIES: {
                "strength": 60, "covered": 0.5, "roles": 2,
                "measured_on": (today - 90 * DAY).isoformat(),
            },
            "payment": {"days": 3, "share": 0, "measured_on": (today - 99 * DAY).isoformat()},
            "late_items": {"days": 83, "items": 2},
        },
    )  # fmt: skip


ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
SEES = dict.fromkeys(ROLES, 200)
READS_IT = {**SEES, "stranger": 404}
MANAGES = {**dict.fromkeys(ROLES, 404), "director": 200, "administrator": 200}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("health-board", SEES), ("health-settings", SEES), ("panel-health", READS_IT)],
)
def test_who_may_open_which_page(
    people: People, scored: HealthScore, name: str, expected: dict[str, int]
) -> None:
    args = (scored.account_id,) if name == "panel-health" else ()
    found = {
        role: client_of(getattr(people, role)).get(url(name, *args)).status_code for role in ROLES
    }
    assert found == expected


@pytest.mark.parametrize("name", ["health-recompute", "health-settings"])
def test_who_may_change_what(people: People, name: str) -> None:
    body = settings_body() if name == "health-settings" else {}
    found = {}
    for role in ROLES:
        answer = client_of(getattr(people, role)).post(url(name), body)
        found[role] = 200 if answer.status_code == 302 else answer.status_code
    assert found == MANAGES
    assert HealthSettings.objects.count() == (2 if name == "health-settings" else 0)
    assert JobRun.objects.filter(name="accounts.rescore_health").count() == 1


def test_the_board_shows_own_accounts_alone(people: People, scored: HealthScore) -> None:
    make_score(account=make_account(name="Tesco", lead=people.stranger))

    page = client_of(people.owner).get(url("health-board")).content.decode()

    assert "Kesko" in page
    assert "Tesco" not in page
    assert "0 of 1 account is in good health, 1 in poor." in page
    assert "1 is held down by a cap." in page
    assert "Voice of the customer, Service and disputes" not in page
    assert "Items more than 60 days overdue" in page
    assert "Commercial trend −27.5; Caps −17.5" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Kesko", "Tesco", "Zara"]),
        ("level=poor", ["Kesko"]),
        ("level=good&level=insufficient", ["Tesco", "Zara"]),
        ("country=GB", ["Tesco"]),
        ("q=zar", ["Zara"]),
        ("capped=on", ["Kesko"]),
        ("level=nonsense", []),
    ],
)
def test_filters(people: People, scored: HealthScore, query: str, names: list[str]) -> None:
    make_score(account=make_account(name="Tesco", country="GB"))
    make_score(account=make_account(name="Zara"), score=None, level="insufficient", confidence="0")
    answer: Any = client_of(people.director).get(f"{url('health-board')}?{query}&export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert sorted(line.split(",")[0].strip('"') for line in text.splitlines()[1:]) == names


def count_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_board_asks_as_often_for_three_as_for_one(
    people: People, scored: HealthScore, today: date
) -> None:
    client = client_of(people.director)
    client.get(url("health-board"))
    one = count_of(client, url("health-board"))
    for _n in range(2):
        other = make_account(lead=people.owner)
        make_score(account=other, score=20, level="poor", valid=(today - 50 * DAY, today - DAY))
        make_score(account=other, score=90, valid=(today - DAY, None))
    assert count_of(client, url("health-board")) == one


def test_the_panel_explains_everything(people: People, scored: HealthScore) -> None:
    answer = client_of(people.owner).get(url("panel-health", scored.account_id))
    page = strip_tags(answer.content.decode())

    assert "Poor" in page
    assert "2 items are more than 60 days overdue, the oldest 83 days." in page
    assert "the score is 40 at most." in page
    assert "Revenue −7% against the year before." in page.replace("−7.0%", "−7%")
    assert "Older than 45 days: it does not count." in page
    assert "Import its open items and receipts." in page
    assert "27.5" in page
    assert "17.5" in page
    assert "Health went from 85 to 40 points" in page
    assert "Plan execution" in page


def test_a_store_shows_the_health_of_its_group(people: People, scored: HealthScore) -> None:
    store = make_account(name="Shop 1", parent=scored.account, kind="store")
    page = client_of(people.owner).get(url("panel-health", store.pk)).content.decode()
    assert "as part of" in page
    assert "Kesko" in page


def test_an_account_without_scores_says_how_to_get_one(people: People, account: Account) -> None:
    page = client_of(people.owner).get(url("panel-health", account.pk)).content.decode()
    assert "Nothing is measured yet" in page
    assert "Enter the people, rate their influence and log your contacts." in page


def settings_body(**changes: Any) -> dict[str, Any]:
    rules = rules_in_force(timezone.localdate())
    body: dict[str, Any] = {"good_from": "75", "watch_from": "55", "insufficient_below": "50"}
    for one in rules.weights:
        body |= {f"weight-{one.measure.key}": "10", f"days-{one.measure.key}": "30"}
    body |= {
        "limit-late_items": "35",
        "limit-no_champion": "",
        "limit-insolvent": "",
        "note": "Spring review",
    }
    return {**body, **changes}


def test_settings_are_saved_as_a_version(people: People, today: date) -> None:
    client = client_of(people.director)
    answer = client.post(url("health-settings"), settings_body())
    assert answer.status_code == 302
    row = HealthSettings.objects.get()
    assert (row.author, row.effective_on, row.note) == (people.director, today, "Spring review")
    assert row.weights["payment"] == {"weight": "10", "days": 30}
    assert row.limits == {"late_items": "35", "no_champion": None, "insolvent": None}
    assert (row.good_from, row.insufficient_below) == (75, Decimal("0.5"))
    page = client.get(url("health-settings")).content.decode()
    assert "Spring review" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weight-payment": ""}, "This field is required."),
        ({"weight-payment": "-3"}, "A weight is 0 to 1,000"),
        ({"days-payment": "0"}, "greater than or equal to 1"),
        ({"limit-late_items": "400"}, "A cap is 0 to 100."),
        ({"good_from": "40"}, "Watch begins above 0, good above watch"),
        ({"insufficient_below": "0"}, "greater than or equal to 0.1"),
        (
            {f"weight-{key}": "0" for key in (
                TREND, TIES, "payment", "plan_execution", "voice_of_customer", "service")},
            "The weights sum to nothing",
        ),
    ],
)  # fmt: skip
def test_bad_settings_change_nothing(people: People, changes: dict[str, str], words: str) -> None:
    answer = client_of(people.director).post(url("health-settings"), settings_body(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not HealthSettings.objects.exists()
    assert not JobRun.objects.exists()


def test_the_head_of_the_account_answers(people: People, scored: HealthScore, today: date) -> None:
    found = lines.answer(people.owner, scored.account, today)
    assert (found.value, found.state) == ("Poor, 40", "danger")
    assert found.detail == "Items more than 60 days overdue"
    told = [(line.title, line.urgency) for line in found.risks]
    assert told == [
        ("Items more than 60 days overdue", 0),
        ("Commercial trend: 28 points of health lost", 1),
        ("Relationships: 15 points of health lost", 1),
    ]
    nothing = lines.answer(people.owner, make_account(), today)
    assert (nothing.value, nothing.detail) == ("–", "Not measured yet")


def test_my_day_names_own_accounts_that_fell(
    people: People, scored: HealthScore, today: date
) -> None:
    risen = make_account(lead=people.owner)
    make_score(account=risen, score=20, level="poor", valid=(today - 50 * DAY, today - DAY))
    make_score(account=risen, score=90, valid=(today - DAY, None))
    grey = make_account(lead=people.owner)
    make_score(account=grey, score=90, valid=(today - 50 * DAY, today - DAY))
    make_score(
        account=grey, score=None, level="insufficient", confidence="0", valid=(today - DAY, None)
    )

    (todo,) = lines.fell(people.owner, today)

    assert todo.title == "Kesko: health fell to Poor"
    assert todo.detail == "Commercial trend −27.5; Caps −17.5"
    assert list(lines.fell(people.director, today)) == []  # not their own


def test_scores_over_the_api(people: People, scored: HealthScore, today: date) -> None:
    api = Api(people.owner)
    make_score(account=make_account(lead=people.stranger))

    (now,) = api.rows(f"health-scores/?on={today}")
    assert (now["id"], now["score"], now["level"], now["until"]) == (scored.pk, 40.0, "poor", None)
    history = api.rows(f"health-scores/?account={scored.account_id}")
    assert [row["score"] for row in history] == [40.0, 85.0]
    detail = api.get(f"health-scores/{scored.pk}/").json()
    assert [(one["measure"], one["state"], one["lost"]) for one in detail["measures"]] == [
        (TREND, "fresh", 27.5),
        (TIES, "fresh", 15.0),
        ("payment", "stale", None),
        ("plan_execution", "missing", None),
        ("voice_of_customer", "missing", None),
        ("service", "missing", None),
    ]
    assert detail["caps"][0]["said"] == (
        "2 items are more than 60 days overdue, the oldest 83 days."
    )
    assert Api(people.stranger).get(f"health-scores/{scored.pk}/").status_code == 404


def test_rules_and_rescoring_over_the_api(people: People) -> None:
    rules = Api(people.owner).get("health/rules/").json()
    assert (rules["settings"], rules["good_from"], rules["insufficient_below"]) == (None, 70.0, 0.6)
    offered = [one["measure"] for one in rules["weights"] if one["is_offered"]]
    assert offered == [TREND, TIES, "payment", "plan_execution", "voice_of_customer", "service"]
    assert Api(people.owner).rows("health-settings/") == []
    assert Api(people.owner).post("health/rescore/").status_code in {403, 404}
    answer = Api(people.director).post("health/rescore/")
    assert (answer.status_code, answer.json()["name"]) == (202, "accounts.rescore_health")
