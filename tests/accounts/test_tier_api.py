"""Tier models, computed tiers, ratings, overrides and rescoring over the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, TierModel, TierOverride, TierRating
from accounts.services.tiers.rescoring import rescore
from kam.core.models import JobRun
from tests.api import Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.tiers import make_assignment, make_model, make_published, make_rating, rated

pytestmark = pytest.mark.django_db

BODY: dict[str, Any] = {
    "name": "Ours",
    "criteria": [
        {"measure": "strategic_fit", "weight": "60", "method": "minmax", "low": "1", "high": "5"},
        {
            "measure": "net_revenue",
            "weight": "40",
            "method": "bands",
            "bands": [{"start": "0", "points": "10"}, {"start": "1000", "points": "90"}],
        },
    ],
    "tiers": [
        {"code": "rest", "name": "Rest", "threshold": "0"},
        {"code": "top", "name": "Top", "threshold": "50", "visit_every_days": 14},
    ],
}


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def test_a_model_from_draft_to_force(people: People, today: date) -> None:
    api = Api(people.director)
    made = api.post("tier-models/", BODY)
    assert made.status_code == 201, made.content
    model = made.json()
    assert (model["status"], model["version"], model["margin"]) == ("draft", None, 3.0)
    assert [(t["code"], t["rank"], t["visit_every_days"]) for t in model["tiers"]] == [
        ("top", 1, 14),
        ("rest", 2, None),
    ]
    assert model["criteria"][1]["bands"] == [
        {"start": 0.0, "points": 10.0},
        {"start": 1000.0, "points": 90.0},
    ]
    path = f"tier-models/{model['id']}/"

    changed = api.call("PUT", path, {**BODY, "name": "Theirs"}, headers={"If-Match": made["ETag"]})
    assert changed.json()["name"] == "Theirs"
    assert api.call("PUT", path, BODY, headers={"If-Match": made["ETag"]}).status_code == 412
    published = api.post(f"{path}publish/", {"effective_on": today.isoformat()})

    assert published.status_code == 200, published.content
    assert (published.json()["version"], published.json()["status"]) == (1, "published")
    assert published.json()["published_by"]["id"] == people.director.pk
    for refused in (api.call("PUT", path, BODY), api.delete(path), api.post(f"{path}withdraw/")):
        assert refused.status_code == 422
    assert api.rows("tier-models/?status=published")[0]["id"] == model["id"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"criteria": [{**BODY["criteria"][0], "weight": "0"}]}, 422, "weights_sum_to_nothing"),
        ({"tiers": [{**BODY["tiers"][0], "threshold": "5"}, BODY["tiers"][1]]}, 422, "gap"),
        ({"criteria": [{**BODY["criteria"][0], "measure": "luck"}]}, 422, "unknown_measure"),
        ({"margin": "50"}, 422, "bad_margin"),
        ({"surprise": 1}, 400, "invalid"),
        ({"tiers": "none"}, 400, "invalid"),
    ],
)
def test_a_model_that_cannot_be_is_refused(
    people: People, change: dict[str, Any], status: int, code: str
) -> None:
    before = TierModel.objects.count()

    response = Api(people.director).post("tier-models/", {**BODY, **change})

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert TierModel.objects.count() == before


def test_drafts_go_and_planned_models_are_withdrawn(people: People, today: date) -> None:
    api = Api(people.director)
    draft, planned = make_model(), make_model()
    later = (today + timedelta(days=10)).isoformat()

    assert api.delete(f"tier-models/{draft.pk}/").status_code == 204
    api.post(f"tier-models/{planned.pk}/publish/", {"effective_on": later})
    withdrawn = api.post(f"tier-models/{planned.pk}/withdraw/")

    assert withdrawn.json()["status"] == "retired"
    past = api.post(
        f"tier-models/{make_model().pk}/publish/",
        {"effective_on": (today - timedelta(days=1)).isoformat()},
    )
    assert (past.status_code, past.json()["code"]) == (422, "in_the_past")


def test_what_if_names_the_movers_and_why(people: People, account: Account, today: date) -> None:
    make_rating(account=account, value=2)
    make_rating(account=account, value=5, measure="standing")
    rescore(model=make_published(effective_on=today), as_of=today)
    new = make_model(rated("standing"))

    answer = Api(people.director).get(f"tier-models/{new.pk}/what-if/").json()

    assert answer["scored"] == 1
    assert {c["tier"]: c["accounts"] for c in answer["counts"]}["strategic"] == 1
    assert answer["moves"] == [
        {
            "account": {"id": account.pk, "name": "Kesko"},
            "kind": "moves",
            "before": {"code": "maintain", "name": "Maintain", "rank": 4},
            "after": {"code": "strategic", "name": "Strategic", "rank": 1},
            "score_before": 25.0,
            "score_after": 100.0,
            "confidence": 1.0,
            "reasons": [
                {"criterion": "National or international standing", "before": None, "after": 100.0},
                {"criterion": "Strategic fit", "before": 25.0, "after": None},
            ],
        }
    ]


def test_computed_tiers_with_their_explanation(
    people: People, account: Account, today: date
) -> None:
    make_rating(account=account, value=4)
    model = make_published(rated(weight=60), rated("standing", 40), effective_on=today)
    rescore(model=model, as_of=today)
    api = Api(people.owner)

    row = api.rows(f"tier-assignments/?on={today}&tier=strategic")[0]
    one = api.get(f"tier-assignments/{row['id']}/").json()

    assert (row["score"], row["confidence"], row["is_provisional"]) == (75.0, 0.6, False)
    assert (row["from"], row["until"]) == (today.isoformat(), None)
    assert "explanation" not in row
    assert one["explanation"] == [
        {
            "measure": "strategic_fit",
            "value": 4.0,
            "points": 75.0,
            "weight": 100.0,
            "brought": 75.0,
        },
        {"measure": "standing", "value": None, "points": None, "weight": None, "brought": None},
    ]
    assert Api(people.stranger).rows("tier-assignments/") == []
    assert Api(people.stranger).get(f"tier-assignments/{row['id']}/").status_code == 404


def test_ratings_are_given_in_ones_own_name(people: People, account: Account, today: date) -> None:
    api = Api(people.owner)
    body = {"account": account.pk, "measure": "standing", "value": 4, "evidence": "Press"}

    made = api.post("tier-ratings/", body)

    assert made.status_code == 201, made.content
    assert made.json()["author"]["id"] == people.owner.pk
    assert made.json()["rated_on"] == today.isoformat()
    assert errors_of(api.post("tier-ratings/", {**body, "value": 6})) == [("value", "max_value")]
    assert errors_of(api.post("tier-ratings/", {**body, "measure": "luck"})) == [
        ("measure", "invalid_choice")
    ]
    later = (today + timedelta(days=1)).isoformat()
    assert api.post("tier-ratings/", {**body, "rated_on": later}).json()["code"] == "in_the_future"
    foreign = errors_of(Api(people.stranger).post("tier-ratings/", body))
    unknown = errors_of(Api(people.stranger).post("tier-ratings/", {**body, "account": 10**9}))
    assert foreign == unknown == [("account", "does_not_exist")]
    assert TierRating.objects.count() == 1


def test_overrides_begin_and_end(people: People, account: Account, today: date) -> None:
    make_published(effective_on=today)
    api = Api(people.director)
    body = {
        "account": account.pk,
        "tier": "key",
        "reason": "Opens 40 stores",
        "until": (today + timedelta(days=30)).isoformat(),
    }

    made = api.post("tier-overrides/", body)

    assert made.status_code == 201, made.content
    assert (made.json()["from"], made.json()["approver"]["id"]) == (
        today.isoformat(),
        people.director.pk,
    )
    assert api.post("tier-overrides/", body).json()["code"] == "tier_override_one_at_a_date"
    assert errors_of(api.post("tier-overrides/", {**body, "tier": "gold"})) == [
        ("tier", "does_not_exist")
    ]
    assert api.post(f"tier-overrides/{made.json()['id']}/end/").status_code == 204
    assert not TierOverride.objects.exists()


def test_rescoring_is_a_job(people: People) -> None:
    answer = Api(people.director).post("tiers/rescore/")

    assert (answer.status_code, answer.json()["name"]) == (202, "accounts.rescore_tiers")
    again = Api(people.administrator).post("tiers/rescore/")
    assert again.json()["id"] == answer.json()["id"]
    assert JobRun.objects.count() == 1


@pytest.mark.parametrize("role", ["owner", "teammate", "stranger", "controller", "auditor"])
def test_who_may_not_manage_tiers_changes_nothing(
    people: People, account: Account, today: date, role: str
) -> None:
    model, draft = make_published(effective_on=today), make_model()
    JobRun.objects.all().delete()
    api = Api(getattr(people, role))
    path = f"tier-models/{draft.pk}/"
    until = (today + timedelta(days=3)).isoformat()

    answers = [
        api.post("tier-models/", BODY),
        api.call("PUT", path, BODY),
        api.delete(path),
        api.post(f"{path}publish/", {"effective_on": until}),
        api.get(f"{path}what-if/"),
        api.post(
            "tier-overrides/",
            {"account": account.pk, "tier": "key", "reason": "x", "until": until},
        ),
        api.post("tiers/rescore/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    draft.refresh_from_db()
    assert (draft.name, draft.status) == ("Model", "draft")
    assert not TierOverride.objects.exists()
    assert not JobRun.objects.exists()
    assert api.get(f"tier-models/{model.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("path", "queries"),
    [("tier-models/", 5), ("tier-assignments/", 3), ("tier-ratings/", 3), ("tier-overrides/", 3)],
)
def test_a_list_asks_as_much_for_three_rows_as_for_one(
    people: People, today: date, path: str, queries: int
) -> None:
    TierModel.objects.all().delete()
    model = make_published(effective_on=today)
    api = Api(people.director)

    def count(rows: int) -> int:
        for _ in range(rows):
            account = make_account()
            make_assignment(model=model, account=account, valid=(today, None))
            make_rating(account=account, value=3)
            make_model()
            TierOverride.objects.create(
                account=account,
                tier=model.tiers.get(code="key"),
                reason="x",
                approver=people.director,
                valid=(today, today + timedelta(days=1)),
            )
        with CaptureQueriesContext(connection) as asked:
            assert len(api.rows(path)) >= rows
        return len(asked)

    assert [count(1), count(2)] == [queries, queries]
