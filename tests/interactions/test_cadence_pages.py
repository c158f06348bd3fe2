"""Pages, panel, My day and API of cadence: what they show, to whom, and by how many queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, TierModel
from interactions.models import CadencePause, CadencePolicy
from interactions.views.cadence import lines
from tests.api import Api
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.cadence import make_pause, make_policy
from tests.factories.interactions import make_contact
from tests.factories.people import make_position
from tests.factories.tiers import make_assignment, make_published

pytestmark = pytest.mark.django_db
ALL = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


def today() -> date:
    return timezone.localdate()


def ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
def model(people: People) -> TierModel:
    make_policy(tier="key", function="merchandising", every=14)
    return make_published(by=people.director, effective_on=ago(400))


def late_account(model: TierModel, people: People, *, name: str = "", days: int = 20) -> Account:
    """An account of the owner whose buyer was last met so many days ago."""
    account = make_account(lead=people.owner, name=name)
    make_assignment(model=model, account=account, code="key", valid=(ago(300), None))
    buyer = make_position(account=account, name=f"Buyer of {account.name}")
    make_contact(
        account=account, on=ago(days), participants=[buyer], author=people.owner,
        now=timezone.now(),
    )  # fmt: skip
    return account


def test_who_may_open_and_change_what(people: People, model: TierModel) -> None:
    account = late_account(model, people, name="Zarnitsa")
    pause = make_pause(account=account, note="Rebuilding")
    body = {"reason": "season", "from_date": "2027-01-01", "until": "2027-02-01",
            "note": "Rebuilding"}  # fmt: skip
    table = {"keep": "1", "from_date": today().isoformat(), "key-marketing": "30"}
    may_see = {"owner", "teammate", "director", "controller", "administrator", "auditor"}
    may_change = {"director", "administrator"}
    for who in ALL:
        client = Client()
        client.force_login(getattr(people, who))
        page = client.get(reverse("interactions:cadence"), {"of": "all"})
        assert page.status_code == 200
        assert ("Zarnitsa" in page.content.decode()) == (who in may_see), who
        panel = client.get(reverse("interactions:panel-cadence", args=[account.pk]))
        assert panel.status_code == (200 if who in may_see else 404), who
        assert ("Rebuilding" in client.get(reverse("interactions:cadence-pause-list"))
                .content.decode()) == (who in may_see)  # fmt: skip
        for name, args, data in (
            ("cadence-pause-create", [], body),
            ("cadence-pause-edit", [pause.pk], body),
        ):
            answer = client.post(reverse(f"interactions:{name}", args=args), data)
            assert answer.status_code == (302 if who in may_change else 404), (who, name)
        kept = client.post(reverse("interactions:cadence-policy-list"), table)
        assert kept.status_code == (302 if who in may_change else 404), who
    assert CadencePause.objects.count() == 1 + len(may_change)
    assert {row.function for row in CadencePolicy.objects.all()} == {"marketing", "merchandising"}


def test_the_list_says_what_is_due_and_asks_the_same_for_three(
    client: Client, people: People, model: TierModel
) -> None:
    first = late_account(model, people, days=20)
    client.force_login(people.owner)
    url = reverse("interactions:cadence")
    client.get(url)
    counts = []
    for accounts in (1, 3):
        while Account.objects.count() < accounts:
            late_account(model, people, days=7)
        with CaptureQueriesContext(connection, ) as queries:  # fmt: skip
            page = client.get(url).content.decode()
        counts.append(len(queries))
        assert "6 days overdue" in page
    assert counts[0] == counts[1]
    assert "In 7 days" in page
    assert f"?account={first.pk}&amp;person=" in page
    only = client.get(url, {"state": "overdue"}).content.decode()
    assert "In 7 days" not in only
    people_page = client.get(url, {"level": "people"}).content.decode()
    assert f"Buyer of {first.name}" in people_page
    assert "In 7 days" not in client.get(url, {"function": "marketing"}).content.decode()
    file = client.get(url, {"export": "csv"})
    assert "Log contact" in page
    assert b"Log contact" not in b"".join(file.streaming_content)  # type: ignore[attr-defined]


def test_trying_rules_changes_nothing(client: Client, people: People, model: TierModel) -> None:
    late_account(model, people)
    client.force_login(people.director)
    url = reverse("interactions:cadence-policy-list")
    page = client.get(url, {"try": "1", "from_date": today().isoformat(),
                            "key-merchandising": "7"})  # fmt: skip
    assert "All leads together: 1.0 contacts a week instead of 0.5." in page.content.decode()
    posted = client.post(url, {"try": "1", "from_date": today().isoformat(), "key-all": "0"})
    assert posted.status_code == 422
    assert [row.every_days for row in CadencePolicy.objects.all()] == [14]


def test_a_pause_is_removed_after_a_question(client: Client, people: People) -> None:
    pause = make_pause()
    client.force_login(people.director)
    url = reverse("interactions:cadence-pause-delete", args=[pause.pk])
    assert "as if there had been no pause" in client.get(url).content.decode()
    assert CadencePause.objects.exists()
    client.post(url)
    assert not CadencePause.objects.exists()


def test_the_head_of_an_account_and_my_day(people: People, model: TierModel) -> None:
    account = late_account(model, people)
    answer = lines.answer(people.owner, account, today())
    assert answer is not None
    assert (answer.state, answer.detail) == ("danger", "Merchandising and buying: 6 days overdue")
    assert [one.title for one in answer.risks] == ["Merchandising and buying: no contact in time"]
    assert lines.answer(people.owner, make_account(), today()) is None

    for _ in range(6):
        late_account(model, people, days=8)
    todos = list(lines.touches_due(people.owner, today()))
    assert [(one.urgency, one.key) for one in todos[:1]] == [
        (0, f"touch-{account.pk}-merchandising")
    ]
    assert [one.title for one in todos[-1:]] == ["2 more contacts are due"]
    assert list(lines.touches_due(people.director, today())) == []


def test_the_api(people: People, model: TierModel) -> None:
    account, foreign = late_account(model, people), make_account(lead=people.stranger)
    api, director = Api(people.owner), Api(people.director)
    (row,) = api.get("touches/?overdue=true").json()["results"]
    assert (row["account"]["id"], row["function"], row["overdue_days"], row["state"]) == (
        account.pk,
        "merchandising",
        6,
        "overdue",
    )
    (person,) = api.get(f"touches/?by=person&within={account.pk}").json()["results"]
    assert person["position"]["name"] == f"Buyer of {account.name}"
    assert api.get(f"touches/?account={foreign.pk}").status_code in {400, 422}
    assert Api(people.stranger).get("touches/").json()["results"] == []

    body = {"tier": "key", "function": "merchandising", "every_days": 30}
    assert api.post("cadence-policies/", body).status_code == 404
    made = director.post("cadence-policies/", {**body, "from_date": ago(1).isoformat()})
    assert made.status_code == 201, made.content
    assert api.get("touches/?overdue=true").json()["results"] == []
    ended = director.call("DELETE", f"cadence-policies/{made.json()['id']}/",
                          headers={"If-Match": made["ETag"]})  # fmt: skip
    assert ended.status_code == 204
    assert director.post("cadence-policies/", {**body, "tier": "gold"}).status_code == 422

    paused = {"account": account.pk, "reason": "season", "from_date": "2027-01-01",
              "until": "2027-02-01"}  # fmt: skip
    assert api.post("cadence-pauses/", paused).status_code == 404
    pause = director.post("cadence-pauses/", paused)
    assert pause.status_code == 201, pause.content
    path = f"cadence-pauses/{pause.json()['id']}/"
    changed = director.patch(path, {"note": "Rebuilding"}, If_Match=pause["ETag"])
    assert changed.json()["note"] == "Rebuilding"
    assert Api(people.stranger).get(path).status_code == 404
    assert director.patch(path, {"until": "2026-01-01"},
                          If_Match=changed["ETag"]).status_code == 422  # fmt: skip
