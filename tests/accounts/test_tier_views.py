"""The pages of tiers: who may what, editing, trying out, publishing, rating, overriding."""

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

from accounts.models import (
    Account,
    Tier,
    TierAssignment,
    TierModel,
    TierOverride,
    TierRating,
)
from accounts.selectors.tiers.whatif import what_if
from accounts.services.tiers.drafts import draft_of
from accounts.services.tiers.overrides import set_override
from accounts.services.tiers.rescoring import rescore
from kam.core.models import JobRun
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.tiers import (
    criterion,
    make_assignment,
    make_model,
    make_published,
    make_rating,
    rated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


def form_data(**changes: Any) -> dict[str, Any]:
    """What the editor sends for one rated criterion and two tiers."""
    data: dict[str, Any] = {
        "name": "Ours",
        "note": "",
        "level": "group",
        "margin": "3",
        "criteria-TOTAL_FORMS": "2",
        "criteria-INITIAL_FORMS": "0",
        "criteria-0-measure": "strategic_fit",
        "criteria-0-weight": "60",
        "criteria-0-direction": "higher",
        "criteria-0-method": "minmax",
        "criteria-0-low": "1",
        "criteria-0-high": "5",
        "criteria-1-measure": "net_revenue",
        "criteria-1-weight": "40",
        "criteria-1-direction": "higher",
        "criteria-1-method": "bands",
        "criteria-1-bands": "0: 10\n100000: 80.5",
        "tiers-TOTAL_FORMS": "3",
        "tiers-INITIAL_FORMS": "0",
        "tiers-0-name": "Rest",
        "tiers-0-threshold": "0",
        "tiers-1-code": "top",
        "tiers-1-name": "Top",
        "tiers-1-threshold": "50",
        "tiers-1-visit_every_days": "14",
    }
    return {**data, **changes}


# Who may what

ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
SEES = dict.fromkeys(ROLES, 200)
MANAGES = {**dict.fromkeys(ROLES, 404), "director": 200, "administrator": 200}
READS_IT = {**SEES, "stranger": 404}
RATES = {**dict.fromkeys(ROLES, 404), "owner": 200, "director": 200, "administrator": 200}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tier-board", SEES),
        ("tier-model-list", SEES),
        ("tier-model-detail", SEES),
        ("tier-model-create", MANAGES),
        ("tier-model-edit", MANAGES),
        ("tier-model-what-if", MANAGES),
        ("tier-model-publish", MANAGES),
        ("tier-model-discard", MANAGES),
        ("panel-tier", READS_IT),
        ("tier-rate", RATES),
        ("tier-override", MANAGES),
    ],
)
def test_who_may_open_which_page(
    people: People, account: Account, today: date, name: str, expected: dict[str, int]
) -> None:
    make_published(effective_on=today)
    draft = make_model()
    args: dict[str, tuple[Any, ...]] = {
        "panel-tier": (account.pk,),
        "tier-rate": (account.pk, "strategic_fit"),
        "tier-override": (account.pk,),
        "tier-board": (),
        "tier-model-list": (),
        "tier-model-create": (),
    }

    found = {
        role: client_of(getattr(people, role)).get(url(name, *args.get(name, (draft.pk,))))
        for role in ROLES
    }

    assert {role: response.status_code for role, response in found.items()} == expected
    assert Client().get(url(name, *args.get(name, (draft.pk,)))).status_code in (302, 404)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", {"rate", "stage"}),
        ("teammate", set()),
        ("stranger", set()),
        ("controller", set()),
        ("auditor", set()),
        ("director", {"rate", "stage", "override", "publish", "discard", "recompute"}),
        ("administrator", {"rate", "stage", "override", "publish", "discard", "recompute"}),
    ],
)
def test_a_refusal_changes_nothing(
    people: People, account: Account, today: date, role: str, may: set[str]
) -> None:
    published = make_published(effective_on=today - timedelta(days=1))
    draft, gone = make_model(), make_model()
    tier = published.tiers.get(code="key")
    later = (today + timedelta(days=30)).isoformat()
    sent = {
        "rate": (
            url("tier-rate", account.pk, "standing"),
            {"value": "4", "evidence": "Seen", "rated_on": today.isoformat()},
        ),
        "stage": (url("tier-stage", account.pk), {"value": "2"}),
        "override": (
            url("tier-override", account.pk),
            {"tier": tier.pk, "reason": "Why", "until": later},
        ),
        "publish": (url("tier-model-publish", draft.pk), {"effective_on": later}),
        "discard": (url("tier-model-discard", gone.pk), {}),
        "recompute": (url("tier-recompute"), {}),
    }
    JobRun.objects.all().delete()  # the one that publishing asked for would answer again
    client = client_of(getattr(people, role))

    codes = {name: client.post(to, data).status_code for name, (to, data) in sent.items()}

    assert codes == {name: 302 if name in may else 404 for name in sent}
    draft.refresh_from_db()
    done = {
        *(["rate"] if TierRating.objects.filter(measure="standing").exists() else []),
        *(["stage"] if TierRating.objects.filter(measure="relationship_stage").exists() else []),
        *(["override"] if TierOverride.objects.exists() else []),
        *(["publish"] if not draft.is_draft else []),
        *(["discard"] if not TierModel.objects.filter(pk=gone.pk).exists() else []),
        *(["recompute"] if JobRun.objects.exists() else []),
    }
    assert done == may


# The editor


def test_a_draft_is_written_and_its_tiers_stand_by_threshold(people: People) -> None:
    client = client_of(people.director)

    response = client.post(url("tier-model-create"), form_data())

    model = TierModel.objects.get(name="Ours")
    assert (response.status_code, response["Location"]) == (302, model.get_absolute_url())
    draft = draft_of(model)
    assert [(one.code, one.threshold, one.visit_every_days) for one in draft.tiers] == [
        ("top", 50, 14),
        ("rest", 0, None),
    ]
    assert [(one.measure, one.weight) for one in draft.criteria] == [
        ("strategic_fit", 60),
        ("net_revenue", 40),
    ]
    assert draft.criteria[1].bands == [
        (Decimal(0), Decimal(10)),
        (Decimal(100000), Decimal("80.5")),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"criteria-0-weight": "0", "criteria-1-weight": "0"},
            "The weights sum to nothing, so there is no score. Give at least one a weight.",
        ),
        (
            {"tiers-0-threshold": "5"},
            "Scores below 5 have no tier. Let the lowest tier begin at 0.",
        ),
        (
            {"tiers-0-threshold": "50"},
            "This has to be below the threshold of the tier above it.",
        ),
        ({"criteria-1-measure": "strategic_fit"}, "This measure is in the model already."),
        ({"criteria-0-high": "1"}, "This has to be above the value of 0 points."),
        (
            {"criteria-1-bands": "lots: of points"},
            "“lots: of points” is not a value and its points. Write it as 1000: 50.",
        ),
        ({"name": ""}, "This field is required."),
        ({"tiers-1-threshold": ""}, "Say from which score on; 0 for the lowest tier."),
    ],
)
def test_what_needs_mending_is_said_beside_its_field_and_nothing_typed_is_lost(
    people: People, changes: dict[str, str], words: str
) -> None:
    before = TierModel.objects.count()

    response = client_of(people.director).post(
        url("tier-model-create"), form_data(**changes, note="My note")
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "My note" in page
    assert TierModel.objects.count() == before


def test_a_published_model_has_no_editor_but_a_new_version(people: People, today: date) -> None:
    model = make_published(effective_on=today)
    client = client_of(people.director)

    for name in ("tier-model-edit", "tier-model-publish", "tier-model-discard"):
        assert client.get(url(name, model.pk)).status_code == 404
        assert client.post(url(name, model.pk), form_data()).status_code == 404
    page = client.get(f"{url('tier-model-create')}?from={model.pk}")

    assert page.status_code == 200
    assert 'value="strategic_fit" selected' in page.content.decode()


def test_editing_a_draft_writes_over_it(people: People) -> None:
    model = make_model()

    response = client_of(people.director).post(
        url("tier-model-edit", model.pk), form_data(**{"try": "1"})
    )

    assert response["Location"] == url("tier-model-what-if", model.pk)
    model.refresh_from_db()
    assert (model.name, model.tiers.count(), model.criteria.count()) == ("Ours", 2, 2)


# What if, and publishing


def test_what_if_is_what_the_rescoring_then_does(people: People, today: date) -> None:
    values = {"up": (2, 5), "down": (5, 1), "same": (3, 3)}
    accounts = {name: make_account(name=name) for name in values}
    for name, (fit, standing) in values.items():
        make_rating(account=accounts[name], value=fit)
        make_rating(account=accounts[name], value=standing, measure="standing")
    now = make_published(rated(), effective_on=today - timedelta(days=1))
    rescore(model=now, as_of=today - timedelta(days=1))
    new = make_model(rated("standing"), name="New")

    preview = what_if(new, as_of=today, user=people.director)

    moves = {
        move.account.name: (move.before.code, move.after.code)
        for move in preview.moves
        if move.before and move.after
    }
    assert moves == {"up": ("maintain", "strategic"), "down": ("strategic", "maintain")}
    assert TierAssignment.objects.count() == 3
    reasons = {move.account.name: move.reasons for move in preview.moves}["up"]
    assert [(str(r.title), r.before, r.after) for r in reasons] == [
        ("National or international standing", None, 100),
        ("Strategic fit", 25, None),
    ]
    client = client_of(people.director)
    client.post(url("tier-model-publish", new.pk), {"effective_on": today.isoformat()})
    new.refresh_from_db()
    rescore(model=new, as_of=today)
    after = TierAssignment.objects.filter(valid__contains=today)
    assert {row.account.name: row.tier.code for row in after} == {
        "up": "strategic",
        "down": "maintain",
        "same": "growth",
    }


def test_the_what_if_page_lists_who_moves_and_exports_it(people: People, today: date) -> None:
    moving, staying = make_account(name="Moving"), make_account(name="Staying")
    for one, value in ((moving, 2), (staying, 5)):
        make_rating(account=one, value=value)
        make_rating(account=one, value=5, measure="standing")
    model = make_published(rated(), effective_on=today)
    rescore(model=model, as_of=today)
    new = make_model(rated("standing"))
    client = client_of(people.director)

    page = client.get(url("tier-model-what-if", new.pk)).content.decode()
    csv = client.get(f"{url('tier-model-what-if', new.pk)}?export=csv")

    assert "1 account would move" in page
    assert "Moving" in page
    assert "Staying" not in page
    text = b"".join(csv.streaming_content).decode() if csv.streaming else csv.content.decode()  # type: ignore[attr-defined]
    assert "National or international standing +100" in text


def test_what_if_shows_only_accounts_in_scope(people: People, today: date) -> None:
    for lead in (people.owner, people.stranger):
        make_rating(account=make_account(lead=lead), value=5)

    preview = what_if(make_model(), as_of=today, user=people.owner)

    assert (preview.scored, len(preview.moves)) == (2, 1)


# The board


def test_the_board_before_and_after_a_model(people: People, today: date, account: Account) -> None:
    client = client_of(people.director)
    assert "No tier model is in force" in client.get(url("tier-board")).content.decode()
    make_rating(account=account, value=5)
    make_rating(account=account, value=4, measure="relationship_stage")
    rescore(model=make_published(effective_on=today), as_of=today)

    page = client.get(url("tier-board")).content.decode()

    assert "1 of 1 account is Strategic." in page
    assert f'id="chip-{account.pk}"' in page
    assert 'data-at="4"' in page
    stranger = client_of(people.stranger).get(url("tier-board")).content.decode()
    assert "Kesko" not in stranger


def test_the_board_asks_as_much_for_three_accounts_as_for_one(people: People, today: date) -> None:
    client = client_of(people.director)
    model = make_published(effective_on=today)

    def count(accounts: int) -> int:
        for _ in range(accounts):
            one = make_account(lead=people.owner)
            make_assignment(model=model, account=one, valid=(today, None))
            make_rating(account=one, value=3, measure="relationship_stage")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url("tier-board")).status_code == 200
        return len(queries)

    assert [count(1), count(2)] == [BOARD_QUERIES, BOARD_QUERIES]


BOARD_QUERIES = 11


def test_a_drop_rates_the_stage_and_answers_the_matrix(people: People, today: date) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    make_assignment(model=make_published(effective_on=today), account=account, valid=(today, None))
    client = client_of(people.owner)

    response = client.post(
        url("tier-stage", account.pk), {"value": "3"}, headers={"HX-Request": "true"}
    )

    rating = TierRating.objects.get()
    assert (rating.value, rating.author, rating.rated_on) == (3, people.owner, today)
    assert 'data-at="3"' in response.content.decode()
    assert "Kesko was placed." in response["HX-Trigger"]
    bad = client.post(url("tier-stage", account.pk), {"value": "9"}, headers={"HX-Request": "true"})
    assert "A rating is 1 to 5." in bad["HX-Trigger"]
    assert TierRating.objects.count() == 1


def test_movers_are_those_whose_tier_changed(people: People, today: date, account: Account) -> None:
    model = make_published(effective_on=today - timedelta(days=200))
    change = today - timedelta(days=20)
    make_assignment(
        model=model,
        account=account,
        code="growth",
        score=40,
        valid=(today - timedelta(days=150), change),
    )
    make_assignment(model=model, account=account, code="key", score=60, valid=(change, None))

    page = client_of(people.director).get(url("tier-board")).content.decode()

    assert "Nobody moved in the last 90 days" not in page
    assert "1 row" in page


# The account


def test_the_panel_explains_the_tier_criterion_by_criterion(
    people: People, today: date, account: Account
) -> None:
    make_rating(account=account, value=4)
    model = make_published(
        rated(weight=40),
        rated("standing", 35),
        criterion("growth_potential", 25),
        effective_on=today,
    )
    rescore(model=model, as_of=today)

    page = client_of(people.owner).get(url("panel-tier", account.pk)).content.decode()

    for words in (
        "Strategic fit",
        "4 of 5",
        "75.0",
        "Nobody has rated it.",
        "Nobody has estimated what the account could buy, or no estimate can be computed.",
        "Provisional",
        "Confidence",
        "40%",
    ):
        assert words in page
    below = make_account(parent=account, kind="banner", lead=people.owner)
    panel = client_of(people.owner).get(url("panel-tier", below.pk)).content.decode()
    assert "as part of" in panel


def test_an_override_stands_beside_the_computed_tier_and_ends(
    people: People, today: date, account: Account
) -> None:
    make_rating(account=account, value=1)
    model = make_published(effective_on=today)
    rescore(model=model, as_of=today)
    client = client_of(people.director)
    tier = Tier.objects.get(model=model, code="strategic")
    until = (today + timedelta(days=90)).isoformat()

    client.post(
        url("tier-override", account.pk), {"tier": tier.pk, "reason": "Opens 40", "until": until}
    )

    override = TierOverride.objects.get()
    assert (override.approver, override.valid.lower) == (people.director, today)
    page = client.get(url("panel-tier", account.pk)).content.decode()
    for words in ("Opens 40", "By its score:", "Maintain", "End the override"):
        assert words in page
    listed = client.get(url("account-list")).content.decode()
    assert "Strategic" in listed
    assert client.get(url("tier-override-end", account.pk, override.pk)).status_code == 200
    client.post(url("tier-override-end", account.pk, override.pk))
    assert not TierOverride.objects.exists()


def test_an_override_below_a_scored_group_is_refused(people: People, today: date) -> None:
    group = make_account(lead=people.owner)
    banner = make_account(parent=group, kind="banner")
    model = make_published(effective_on=today)
    tier = model.tiers.get(code="key")
    until = (today + timedelta(days=90)).isoformat()

    response = client_of(people.director).post(
        url("tier-override", banner.pk), {"tier": tier.pk, "reason": "x", "until": until}
    )

    assert response.status_code == 422
    assert "override the tier of the group" in response.content.decode()


def test_the_list_shows_and_filters_by_the_tier_that_holds(people: People, today: date) -> None:
    model = make_published(effective_on=today)
    computed, decided, without = (make_account(name=n) for n in ("Alpha", "Beta", "Gamma"))
    below = make_account(name="Delta", parent=computed)
    for one in (computed, decided):
        make_assignment(model=model, account=one, code="growth", valid=(today, None))
    set_override(
        account=decided,
        tier=model.tiers.get(code="strategic"),
        reason="x",
        approver=people.director,
        from_date=today,
        until=today + timedelta(days=1),
        as_of=today,
    )
    client = client_of(people.director)

    def names(query: str) -> set[str]:
        page = client.get(f"{url('account-list')}?{query}").content.decode()
        every = (computed, decided, without, below)
        return {one.name for one in every if f'title="{one.name}"' in page}

    assert names("tier=growth") == {"Alpha", "Delta"}
    assert names("tier=strategic") == {"Beta"}
    assert names("tier=growth&tier=strategic") == {"Alpha", "Beta", "Delta"}
    assert names("") == {"Alpha", "Beta", "Gamma", "Delta"}


def test_the_history_of_an_account_tells_who_decided_its_tier(
    people: People, today: date, account: Account
) -> None:
    model = make_published(effective_on=today)
    set_override(
        account=account,
        tier=model.tiers.get(code="strategic"),
        reason="Opens 40 stores",
        approver=people.director,
        from_date=today,
        until=today + timedelta(days=9),
        as_of=today,
    )

    page = client_of(people.owner).get(url("panel-history", account.pk)).content.decode()

    assert "Tier override" in page
    assert "Opens 40 stores" in page


def test_odd_digits_in_an_address_are_no_error(people: People, account: Account) -> None:
    client = client_of(people.director)

    assert client.get(f"{url('tier-model-create')}?from=²").status_code == 200
    client.post(url("tier-stage", account.pk), {"value": "²"})
    assert not TierRating.objects.exists()
