"""Scoring everybody: SQL against plain Python, dated spells, hysteresis, twice and at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import tasks
from accounts.analytics import tiering
from accounts.choices import AccountStatus, TierDirection, TierLevel, TierMethod
from accounts.models import Account, TierAssignment, TierModel, TierOverride
from accounts.selectors.tiers.measures import measures
from accounts.selectors.tiers.scoring import as_plain, compute, ladder
from accounts.services.merging import merge_accounts
from accounts.services.tiers.overrides import set_override
from accounts.services.tiers.rescoring import rescore, rescore_today
from accounts.services.tree import move_account
from kam.core.jobs import run_here
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account, make_entry
from tests.factories.tiers import (
    TODAY,
    criterion,
    make_assignment,
    make_model,
    make_published,
    make_rating,
    rated,
)
from tests.races import at_once

D = Decimal
TOMORROW = TODAY + timedelta(days=1)


def spells(account: Account) -> list[tuple[str, date, date | None, Decimal]]:
    rows = TierAssignment.objects.filter(account=account).order_by("valid")
    return [(r.tier.code, r.valid.lower, r.valid.upper, r.score) for r in rows]


def points_of(model: TierModel, as_of: date = TODAY) -> dict[tuple[int, str], tuple[Any, ...]]:
    """What SQL worked out: (account, measure) to value and points."""
    compute(model, as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.account_id, c.measure, p.value, p.points FROM tier_points p"
            " JOIN accounts_tiercriterion c ON c.id = p.criterion_id"
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}


@pytest.mark.django_db
def test_measures_of_revenue_by_hand() -> None:
    big, small, prospect, unclear = (make_account(name=n) for n in ("big", "small", "new", "fog"))
    banner = make_account(parent=big, kind="banner")
    for month in (5, 4, 3):
        make_entry(account=banner, amount=300, booked_on=date(2026, month, 10), cost="210")
    make_entry(account=big, amount=100, booked_on=date(2022, 6, 10))
    make_entry(account=small, amount=100, booked_on=date(2025, 12, 10))
    make_entry(account=unclear, amount=50, booked_on=date(2026, 1, 10), rate=None, currency="USD")
    make_entry(account=unclear, amount=50, booked_on=date(2026, 1, 11))
    names = ("net_revenue", "revenue_share", "profitability", "loyalty", "growth_potential")

    found = points_of(make_model(*(criterion(name, 20) for name in names)))

    net = {pk: value for (pk, name), (value, _p) in found.items() if name == "net_revenue"}
    assert net == {big.pk: 900, small.pk: 100, prospect.pk: 0}  # a missing rate is no zero
    share = {pk: value for (pk, name), (value, _p) in found.items() if name == "revenue_share"}
    assert share == {big.pk: D("0.857143"), small.pk: D("0.095238"), prospect.pk: 0}
    margin = {pk: value for (pk, name), (value, _p) in found.items() if name == "profitability"}
    assert margin == {big.pk: D("0.3")}
    loyal = {pk: value for (pk, name), (value, _p) in found.items() if name == "loyalty"}
    # big: 48 of 60 months, last month, 3 of 12; small: 6 of 60, 5 months silent, 1 of 12
    assert loyal[big.pk] == D("68.333333")
    assert loyal[small.pk] == D("25.555556")
    assert prospect.pk not in loyal
    assert not [1 for (_pk, name) in found if name == "growth_potential"]
    assert found[(big.pk, "net_revenue")][1] == 100
    assert found[(small.pk, "net_revenue")][1] == 50


@pytest.mark.django_db
def test_without_any_revenue_nobody_has_a_revenue_of_zero() -> None:
    make_account()

    assert points_of(make_model(criterion("net_revenue"))) == {}


@pytest.mark.django_db
def test_groups_are_scored_as_the_tree_stands_on_the_day() -> None:
    group, closed = make_account(), make_account(status=AccountStatus.CLOSED)
    banner, later = make_account(parent=group), make_account()
    move_account(account=later, parent=group, from_date=TOMORROW, as_of=TODAY)
    for account in (group, closed, banner, later):
        make_rating(account=account, value=3)
    groups, every = make_model(rated()), make_model(rated(), level=TierLevel.EVERY)

    assert {pk for pk, _m in points_of(groups)} == {group.pk, later.pk}
    assert {pk for pk, _m in points_of(groups, TOMORROW)} == {group.pk}
    assert {pk for pk, _m in points_of(every)} == {group.pk, banner.pk, later.pk}


@pytest.mark.django_db
def test_the_last_rating_up_to_the_day_counts() -> None:
    account = make_account()
    make_rating(account=account, value=2, rated_on=date(2026, 1, 1))
    make_rating(account=account, value=4, rated_on=date(2026, 5, 1))
    make_rating(account=account, value=5, rated_on=TODAY)
    make_rating(account=account, value=1, rated_on=TOMORROW)
    model = make_model(rated())

    assert points_of(model)[(account.pk, "strategic_fit")] == (5, 100)
    assert points_of(model, date(2026, 4, 30))[(account.pk, "strategic_fit")] == (2, 25)
    assert points_of(model, date(2025, 12, 31)) == {}


RATED = ("strategic_fit", "partnership", "standing")
one_criterion = st.builds(
    lambda weight, direction, shape: {"weight": weight, "direction": direction, **shape},
    st.integers(1, 50),
    st.sampled_from([TierDirection.HIGHER, TierDirection.LOWER]),
    st.sampled_from(
        [
            {"method": TierMethod.PERCENTILE},
            {"method": TierMethod.MINMAX},
            {"method": TierMethod.MINMAX, "low": 2, "high": 5},
        ]
    ),
)
ratings = st.lists(
    st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=3, max_size=3),
    min_size=1,
    max_size=8,
)
fresh = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.django_db
@fresh
@given(
    ratings, st.lists(one_criterion, min_size=3, max_size=3), st.sampled_from([0, 3, 12]), st.data()
)
def test_sql_scores_as_the_plain_mathematics(
    rows: list[list[int | None]], shapes: list[dict[str, Any]], margin: int, data: st.DataObject
) -> None:
    TierAssignment.objects.all().delete()
    Account.objects.update(status=AccountStatus.CLOSED)
    drafts = [
        criterion(name, shape["weight"], **{k: v for k, v in shape.items() if k != "weight"})
        for name, shape in zip(RATED, shapes, strict=True)
    ]
    model = make_model(*drafts, margin=margin)
    before: dict[int, str | None] = {}
    for row in rows:
        account = make_account()
        for name, value in zip(RATED, row, strict=True):
            if value is not None:
                make_rating(account=account, measure=name, value=value)
        code = data.draw(st.sampled_from([None, "strategic", "key", "growth", "maintain"]))
        before[account.pk] = code
        if code is not None:
            make_assignment(model=model, account=account, code=code, valid=(date(2026, 1, 1), None))

    sql = {pk: rest for pk, *rest in _results(model)}

    criteria = [as_plain(one) for one in model.criteria.all()]
    known: dict[int, dict[Any, Decimal]] = {pk: {} for pk in before}
    for place, (one, name) in enumerate(zip(criteria, RATED, strict=True)):
        values = {
            pk: D(value)
            for pk, row in zip(before, rows, strict=True)
            if (value := row[place]) is not None
        }
        for pk, given_points in tiering.points(one, values).items():
            known[pk][one.key] = given_points
        assert measures.get(name) is not None
    expected = {}
    for pk, points in known.items():
        result = tiering.score(criteria, points)
        if result is None:
            continue
        rung = tiering.settled(
            ladder(list(model.tiers.all())), result.score, former=before[pk], margin=D(margin)
        )
        brought = sorted(result.contributions.values())
        expected[pk] = [result.score, result.confidence, rung.code, brought]
    assert sql == expected


def _results(model: TierModel) -> list[tuple[Any, ...]]:
    compute(model, as_of=TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.account_id, r.score, r.confidence, t.code, ARRAY("
            " SELECT (line ->> 4)::numeric FROM jsonb_array_elements(r.explanation) AS line"
            " WHERE line ->> 4 IS NOT NULL ORDER BY 1"
            ") FROM tier_result r JOIN accounts_tier t ON t.id = r.tier_id"
        )
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_an_explanation_names_what_was_known_and_sums_to_the_score() -> None:
    account = make_account()
    make_rating(account=account, value=5)
    make_rating(account=account, value=3, measure="price_sensitivity")
    model = make_published(
        rated(weight=60),
        rated("standing", 40),
        criterion("price_sensitivity", 0, direction="info", method="minmax", low=1, high=5),
    )
    fit, _standing, price = model.criteria.all()

    done = rescore(model=model, as_of=TODAY)

    row = TierAssignment.objects.get()
    assert (done.scored, done.began, done.ended) == (1, 1, 0)
    assert (row.score, row.confidence, row.is_provisional) == (100, D("0.6"), False)
    lines = sorted(row.explanation)
    assert [line[0] for line in lines] == [fit.pk, price.pk]
    assert lines[0][1:] == [5, 100, 100, 100]
    assert lines[1][1:] == [3, 50, None, None]
    assert sum(line[4] for line in lines if line[4] is not None) == row.score
    assert row.formula_version == tiering.FORMULA_VERSION


@pytest.mark.django_db
def test_running_it_twice_changes_nothing() -> None:
    accounts = [make_account() for _ in range(3)]
    for value, account in enumerate(accounts, 2):
        make_rating(account=account, value=value)
    model = make_published()

    rescore(model=model, as_of=TODAY)
    before = list(TierAssignment.objects.order_by("pk").values())
    again = rescore(model=model, as_of=TODAY)

    assert (again.scored, again.began, again.ended) == (3, 0, 0)
    assert list(TierAssignment.objects.order_by("pk").values()) == before
    assert [spells(account)[0][0] for account in accounts] == ["maintain", "growth", "strategic"]


@pytest.mark.django_db
def test_a_tier_that_changes_begins_a_new_spell_and_the_same_day_is_replaced() -> None:
    account = make_account()
    make_rating(account=account, value=3)
    model = make_published()
    rescore(model=model, as_of=TODAY)
    make_rating(account=account, value=5, rated_on=TOMORROW)

    done = rescore(model=model, as_of=TOMORROW)

    assert (done.began, done.ended) == (1, 1)
    assert spells(account) == [
        ("growth", TODAY, TOMORROW, 50),
        ("strategic", TOMORROW, None, 100),
    ]
    make_rating(account=account, value=4, rated_on=TOMORROW)
    rescore(model=model, as_of=TOMORROW)
    assert spells(account) == [("growth", TODAY, TOMORROW, 50), ("strategic", TOMORROW, None, 75)]
    make_rating(account=account, value=3, rated_on=TOMORROW)
    rescore(model=model, as_of=TOMORROW)
    assert spells(account) == [("growth", TODAY, TOMORROW, 50), ("growth", TOMORROW, None, 50)]


@pytest.mark.django_db
def test_a_score_within_the_margin_keeps_its_tier() -> None:
    account = make_account()
    make_rating(account=account, value=3)
    model = make_published(ladder={"high": 52, "low": 0}, margin=3)
    make_assignment(model=model, account=account, code="high", score=53, valid=(TODAY, None))

    rescore(model=model, as_of=TOMORROW)

    row = TierAssignment.objects.get()
    assert (row.tier.code, row.score, row.first_score) == ("high", 50, 53)
    assert row.scored_on == TOMORROW


@pytest.mark.django_db
def test_who_is_no_longer_scored_has_a_spell_that_ended() -> None:
    closed, joined, merged = make_account(), make_account(), make_account()
    for account in (closed, joined, merged):
        make_rating(account=account, value=3)
    model = make_published()
    rescore(model=model, as_of=TODAY)
    Account.objects.filter(pk=closed.pk).update(status=AccountStatus.CLOSED)
    move_account(account=joined, parent=merged, from_date=TOMORROW, as_of=TOMORROW)

    rescore(model=model, as_of=TOMORROW)

    assert spells(closed) == [("growth", TODAY, TOMORROW, 50)]
    assert spells(joined) == [("growth", TODAY, TOMORROW, 50)]
    assert spells(merged) == [("growth", TODAY, None, 50)]


@pytest.mark.django_db
def test_a_new_version_begins_new_spells_where_hysteresis_still_holds() -> None:
    account = make_account()
    make_rating(account=account, value=3)
    rescore(model=make_published(ladder={"high": 50, "low": 0}), as_of=TODAY)

    second = make_published(ladder={"high": 52, "low": 0}, effective_on=TOMORROW)
    rescore_today(as_of=TOMORROW)

    codes = list(TierAssignment.objects.order_by("pk").values_list("tier__code", "model"))
    assert codes[-1] == ("high", second.pk)
    assert len(codes) == 2


@pytest.mark.django_db
def test_the_past_and_drafts_are_refused() -> None:
    make_rating(account=make_account(), value=3)
    model = make_published()
    rescore(model=model, as_of=TOMORROW)

    with pytest.raises(RefusedError) as past:
        rescore(model=model, as_of=TODAY)
    with pytest.raises(RefusedError) as draft:
        rescore(model=make_model(), as_of=TOMORROW)

    assert (past.value.code, draft.value.code) == ("scored_later", "draft")
    assert rescore_today(as_of=date(2020, 1, 1)) is None


@pytest.mark.django_db(transaction=True)
def test_the_job_reports_progress_and_what_it_did() -> None:
    make_rating(account=make_account(), value=3)
    make_published(effective_on=timezone.localdate())

    run = run_here("accounts.rescore_tiers")

    assert tasks.rescore_tiers is not None
    assert (run.error, run.outcome["scored"], run.outcome["began"]) == ("", 1, 1)
    assert (run.done, run.total) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_rescoring_at_once_leaves_one_tier_a_date() -> None:
    accounts = [make_account() for _ in range(5)]
    for value, account in enumerate(accounts, 1):
        make_rating(account=account, value=value)
    model = make_published()

    for _round in range(3):
        raised = at_once(*[lambda: rescore(model=model, as_of=TODAY)] * 4)
        assert raised == [None] * 4

    assert TierAssignment.objects.count() == 5
    assert [spells(account)[0][1:3] for account in accounts] == [(TODAY, None)] * 5


@pytest.mark.django_db
def test_a_merge_keeps_ratings_and_overrides_of_both(people: People) -> None:
    keep, drop = make_account(), make_account()
    make_rating(account=keep, value=2, rated_on=date(2026, 1, 1))
    make_rating(account=drop, value=5, rated_on=date(2026, 2, 1))
    model = make_published()
    rescore(model=model, as_of=TODAY)
    set_override(
        account=drop,
        tier=model.tiers.get(code="key"),
        reason="Why",
        approver=people.director,
        from_date=TOMORROW,
        until=date(2026, 9, 1),
        as_of=TODAY,
    )

    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    rescore(model=model, as_of=TOMORROW)

    assert [row.value for row in keep.tier_ratings.all()] == [5, 2]
    assert [row.value for row in drop.tier_ratings.all()] == [5]
    override = TierOverride.objects.get()
    assert (override.account, override.reason, override.valid.upper) == (
        keep,
        "Why",
        date(2026, 9, 1),
    )
    assert spells(keep)[-1][0] == "strategic"
    assert spells(drop) == [("strategic", TODAY, TOMORROW, 100)]
