"""Health of everybody: measures by hand, SQL against plain Python, dated rows, twice, at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import tasks
from accounts.analytics.health import Reading, Rule, health
from accounts.analytics.relationships import (
    Tie,
    account_strength,
    influence_coverage,
    level,
    role_coverage,
    sentiment,
    strength,
)
from accounts.choices import AccountStatus, DecisionRole, RatingKind
from accounts.models import Account, HealthScore, HealthSettings
from accounts.selectors.health.measures import HealthCap
from accounts.selectors.health.rules import rules_in_force
from accounts.selectors.health.scoring import compute
from accounts.selectors.people.coverage import REQUIRED_ROLES
from accounts.services.health.rescoring import rescore_health
from accounts.services.health.settings import HealthDraft, Weight, choose_settings
from accounts.services.merging import merge_accounts
from accounts.services.tiers.overrides import set_override
from kam.core.dates import add_months
from kam.core.jobs import run_here
from kam.core.problems import RefusedError
from kam.imports.services import undoing
from tests.accounts.test_importers_accounts import accounts
from tests.conftest import People
from tests.factories.accounts import make_account, make_entry
from tests.factories.health import TODAY, made_up, make_score, make_settings, offered
from tests.factories.identity import make_user
from tests.factories.people import make_position, make_rating
from tests.factories.tiers import make_assignment, make_published
from tests.races import at_once

D = Decimal
DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


def readings(key: str, as_of: date = TODAY) -> dict[int, tuple[Any, ...]]:
    """What SQL measured: account to points, day, detail and freshness."""
    compute(rules_in_force(as_of), as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, value, measured_on, detail, is_fresh FROM health_reading"
            " WHERE key = %s",
            [key],
        )
        return {row[0]: (row[1], row[2], json.loads(row[3]), row[4]) for row in cursor.fetchall()}


def rows(account: Account) -> list[tuple[Any, ...]]:
    found = HealthScore.objects.filter(account=account).order_by("valid")
    return [(r.valid.lower, r.valid.upper, r.score, r.level) for r in found]


def buys(account: Account, now: int, before: int, *, until: date = date(2026, 6, 1)) -> None:
    """So much a month in the 12 months before a day, and so much in the 12 before these."""
    for back in range(1, 25):
        month = add_months(until, -back)
        amount = now if back <= 12 else before
        if amount:
            make_entry(account=account, amount=amount, booked_on=month.replace(day=9))


@pytest.mark.django_db
def test_the_trend_by_hand() -> None:
    grows, falls, new = make_account(), make_account(), make_account()
    banner = make_account(parent=grows, kind="banner")
    buys(banner, 106, 100)
    buys(falls, 93, 100)
    buys(new, 100, 0)
    make_entry(account=grows, amount=5000, booked_on=date(2026, 6, 10))  # the month still runs

    found = readings("commercial_trend")

    assert found == {
        grows.pk: (100, date(2026, 5, 31), {"change": 0.06}, True),
        falls.pk: (45, date(2026, 5, 31), {"change": -0.07}, True),
    }


@pytest.mark.django_db
def test_a_feed_that_stops_makes_the_trend_stale_not_poor() -> None:
    account = make_account()
    buys(account, 110, 100, until=date(2026, 3, 1))

    assert readings("commercial_trend")[account.pk][:2] == (100, date(2026, 2, 28))
    rescore_health(as_of=TODAY)

    row = HealthScore.objects.get(account=account)
    assert (row.score, row.confidence, row.level) == (None, 0, "insufficient")
    assert row.parts == [["commercial_trend", 100, None, None, False]]


@pytest.mark.django_db
def test_revenue_without_a_rate_is_missing() -> None:
    account = make_account()
    buys(account, 110, 100)
    make_entry(account=account, amount=5, booked_on=date(2026, 2, 2), currency="USD", rate=None)

    assert readings("commercial_trend") == {}


@pytest.mark.django_db
def test_relationships_by_hand(people: People) -> None:
    group = make_account()
    buyer = make_position(account=group, roles=[DecisionRole.DECISION_MAKER])
    store = make_position(
        account=make_account(parent=group), roles=[DecisionRole.CHAMPION, DecisionRole.USER]
    )
    make_position(account=group, roles=[DecisionRole.ECONOMIC_BUYER], is_placeholder=True)
    make_position(account=group, roles=[DecisionRole.ECONOMIC_BUYER], until=TODAY)  # has left
    days = {buyer: date(2026, 5, 1), store: date(2026, 3, 1)}
    for place, influence, support in ((buyer, 5, -1), (store, 2, 2)):
        for kind, value in ((RatingKind.INFLUENCE, influence), (RatingKind.SUPPORT, support)):
            make_rating(
                position=place, author=people.owner, kind=kind, value=value, rated_on=days[place]
            )

    (found,) = readings("relationships").values()

    # strength (5 · 25 + 2 · 100) ÷ 7, covered 2 of 7, roles 2 of 3
    assert found == (
        D(47),
        date(2026, 3, 1),
        {"strength": 46.4, "covered": 0.2857, "roles": 2},
        True,
    )
    old = make_account()
    place = make_position(account=old)
    make_rating(position=place, author=people.owner, kind=RatingKind.SUPPORT, value=2)
    assert old.pk not in readings("relationships")  # without influence nothing can be weighed


places = st.lists(
    st.tuples(
        st.none() | st.integers(1, 5),
        st.none() | st.integers(-2, 2),
        st.none() | st.integers(0, 4),
        st.sets(st.sampled_from(DecisionRole.values), max_size=3),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places)
def test_relationships_are_those_of_the_mathematics(people: People, known: list[Any]) -> None:
    with transaction.atomic():
        account = make_account()
        ties, filled = [], set()
        for influence, support, current, roles in known:
            place = make_position(account=account, roles=sorted(roles))
            for kind, value in (
                (RatingKind.INFLUENCE, influence),
                (RatingKind.SUPPORT, support),
                (RatingKind.LEVEL_CURRENT, current),
            ):
                if value is not None:
                    make_rating(position=place, author=people.owner, kind=kind, value=value)
            parts = {"sentiment": sentiment(support), "level": level(current)}
            tie = strength(parts)
            ties.append(Tie(influence, tie.value if tie else None))
            filled |= roles
        found = readings("relationships").get(account.pk)
        whole = account_strength(ties)
        covered, met = influence_coverage(ties), role_coverage(filled, REQUIRED_ROLES)
        if whole is None or covered is None or met is None:
            assert found is None
        else:
            assert found is not None
            assert abs(found[0] - (whole + 100 * covered + 100 * met) / 3) <= D("0.5000001")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_no_champion_holds_the_highest_tier_down(people: People) -> None:
    model = make_published(by=people.director)
    top, led, sponsored, plain, decided = (make_account() for _ in range(5))
    for account in (top, led, sponsored):
        make_assignment(model=model, account=account, code="strategic")
    make_assignment(model=model, account=plain, code="key")
    make_assignment(model=model, account=decided, code="key")
    set_override(
        account=decided, tier=model.tiers.get(code="strategic"), reason="Will grow",
        approver=people.director, from_date=TODAY, until=TODAY + 30 * DAY, as_of=TODAY,
    )  # fmt: skip
    make_position(account=make_account(parent=led), roles=[DecisionRole.CHAMPION])
    make_position(account=sponsored, roles=[DecisionRole.SPONSOR], is_placeholder=True)
    everybody = {one.pk: (90, TODAY) for one in (top, led, sponsored, plain, decided)}

    with offered(made_up("made", everybody)):
        make_settings({"made": (1000, 30)})
        rescore_health(as_of=TODAY)

    held = {row.account_id: row for row in HealthScore.objects.all()}
    assert {pk: row.score for pk, row in held.items()} == {
        top.pk: 60, led.pk: 90, sponsored.pk: 60, plain.pk: 90, decided.pk: 60,
    }  # fmt: skip
    assert held[top.pk].caps == [["no_champion", 60]]
    assert (held[top.pk].uncapped, held[top.pk].level) == (90, "watch")


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_sql_says_what_the_mathematics_says(data: st.DataObject) -> None:
    with transaction.atomic():
        accounts = [make_account().pk for _ in range(4)]
        rules, given_values, found_measures = [], {}, []
        for key in ("a", "b", "c"):
            weight, days = data.draw(st.integers(0, 30)), data.draw(st.integers(1, 60))
            values = {
                pk: (data.draw(st.integers(0, 100)), TODAY - data.draw(st.integers(0, 70)) * DAY)
                for pk in accounts
                if data.draw(st.booleans())
            }
            rules.append(Rule(key=key, weight=D(weight), valid_days=days))
            given_values[key] = values
            found_measures.append(made_up(key, values, weight=weight, days=days))
        held = data.draw(st.sets(st.sampled_from(accounts)))
        ids = ", ".join(str(pk) for pk in held) or "0"
        cap = HealthCap(
            key="cap", title="Cap", what="", limit=D(40),
            sql=f"SELECT account_id, '{{}}'::jsonb AS detail FROM health_scored"
            f" WHERE account_id IN ({ids})",
        )  # fmt: skip
        with offered(*found_measures, cap, only=True):
            rescore_health(as_of=TODAY)
        kept = {row.account_id: row for row in HealthScore.objects.all()}
        for pk in accounts:
            known = {
                key: Reading(D(values[pk][0]), values[pk][1])
                for key, values in given_values.items()
                if pk in values
            }
            expected = health(rules, known, as_of=TODAY, limits=[D(40)] if pk in held else [])
            row = kept.get(pk)
            if row is None:
                assert expected.score is None
                continue
            assert (row.score, row.uncapped, row.confidence, row.level) == (
                expected.score,
                expected.uncapped,
                expected.confidence,
                expected.level,
            )
            assert row.brought == {key: part.brought for key, part in expected.parts.items()}
            if row.score is not None:
                lost = sum((line[2] - line[3] for line in row.parts if line[4]), D(0))
                assert 100 - lost == row.uncapped
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_rows_begin_when_a_figure_changes() -> None:
    account, gone = make_account(), make_account()
    with offered(
        made_up("made", {account.pk: (80, TODAY), gone.pk: (70, TODAY)}, days=99), only=True
    ):
        first = rescore_health(as_of=TODAY)
        again = rescore_health(as_of=TODAY)
        rescore_health(as_of=TOMORROW)
    assert (first.scored, first.changed, first.ended) == (2, 2, 0)
    assert (again.scored, again.changed, again.ended) == (2, 0, 0)
    assert rows(account) == [(TODAY, None, 80, "good")]
    assert HealthScore.objects.get(account=account).scored_on == TOMORROW
    gone.status = AccountStatus.CLOSED
    gone.save()
    with offered(
        made_up("made", {account.pk: (50, TODAY), gone.pk: (70, TODAY)}, days=99), only=True
    ):
        later = rescore_health(as_of=TOMORROW + DAY)
    assert (later.scored, later.changed, later.ended) == (1, 1, 1)
    assert rows(account) == [
        (TODAY, TOMORROW + DAY, 80, "good"),
        (TOMORROW + DAY, None, 50, "watch"),
    ]
    assert rows(gone) == [(TODAY, TOMORROW + DAY, 70, "good")]
    with offered(made_up("made", {account.pk: (40, TODAY)}, days=99), only=True):
        rescore_health(as_of=TOMORROW + DAY)  # the last one of a day counts
    assert rows(account)[-1] == (TOMORROW + DAY, None, 40, "poor")
    assert len(rows(account)) == 2


@pytest.mark.django_db
def test_the_past_is_refused() -> None:
    make_score(valid=(TOMORROW, None))
    with pytest.raises(RefusedError) as refused:
        rescore_health(as_of=TODAY)
    assert refused.value.code == "scored_later"
    with pytest.raises(CommandError):
        call_command("rescore_health", "--as-of", TODAY.isoformat())


@pytest.mark.django_db
def test_what_no_app_offers_is_no_part_of_confidence() -> None:
    account = make_account()
    buys(account, 110, 100)
    later = replace(made_up("later", {}, weight=15), sql="")
    with offered(made_up("extra", {account.pk: (60, TODAY)}, weight=25), later):
        rules = rules_in_force(TODAY)
        absent = {one.measure.key for one in rules.not_offered}
        rescore_health(as_of=TODAY)
    assert absent == {"later"}
    row = HealthScore.objects.get()
    offered_weight = sum(one.weight for one in rules.counting)
    assert row.confidence == (D(50) / offered_weight).quantize(D("0.0001"))
    assert row.score == 80


@pytest.mark.django_db
def test_the_version_of_the_day_weighs() -> None:
    account = make_account()
    both = (
        made_up("a", {account.pk: (100, TODAY)}, days=99),
        made_up("b", {account.pk: (0, TODAY)}, days=99),
    )
    with offered(*both, only=True):
        first = make_settings({"a": (30, 90), "b": (10, 90)}, on=TODAY)
        make_settings({"a": (10, 90), "b": (30, 90)}, on=TOMORROW)
        rescore_health(as_of=TODAY)
        rescore_health(as_of=TOMORROW)
    assert [row[2] for row in rows(account)] == [75, 25]
    assert HealthScore.objects.order_by("pk").first().settings == first  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"weights": {}}, "health_settings_weights_sum_to_something"),
        ({"weights": {"payment": (0, 9)}}, "health_settings_weights_sum_to_something"),
        ({"weights": {"payment": (-1, 9)}}, "health_settings_weights_in_range"),
        ({"weights": {"payment": (5, 0)}}, "health_settings_weights_in_range"),
        ({"weights": {"weather": (5, 9)}}, "unknown_measure"),
        ({"limits": {"late_items": D(101)}}, "health_settings_limits_in_range"),
        ({"limits": {"rain": D(10)}}, "unknown_cap"),
        ({"good_from": D(50), "watch_from": D(60)}, "health_settings_levels_in_order"),
        ({"insufficient_below": D(0)}, "health_settings_confidence_is_a_share"),
    ],
)
@pytest.mark.django_db
def test_settings_that_make_no_sense_are_refused(
    people: People, draft: dict[str, Any], code: str
) -> None:
    weights = draft.pop("weights", {"commercial_trend": (25, 62)})
    chosen = {key: Weight(D(weight), days) for key, (weight, days) in weights.items()}
    with pytest.raises(RefusedError) as refused:
        choose_settings(
            draft=HealthDraft(weights=chosen, **draft), author=people.director, as_of=TODAY
        )
    assert refused.value.code == code
    assert str(refused.value) != ""
    assert not HealthSettings.objects.exists()


@pytest.mark.django_db
def test_what_no_app_offers_measures_nothing_alone(people: People) -> None:
    draft = HealthDraft(weights={"later": Weight(D(5), 9)})
    with (
        offered(replace(made_up("later", {}), sql="")),
        pytest.raises(RefusedError) as refused,
    ):
        choose_settings(draft=draft, author=people.director, as_of=TODAY)
    assert refused.value.code == "nothing_measured"


@pytest.mark.parametrize(
    "values",
    [
        {"weights": {}},
        {"weights": {"a": {"weight": "0", "days": 5}}},
        {"weights": {"a": {"weight": "-5", "days": 5}}},
        {"weights": {"a": {"weight": "5"}}},
        {"weights": []},
        {"weights": {"a": {"weight": "5", "days": 5}}, "limits": {"x": "200"}},
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_settings_too(people: People, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        HealthSettings.objects.create(effective_on=TODAY, author=people.director, **values)


@pytest.mark.django_db
def test_the_database_keeps_scores_and_versions_true(people: People) -> None:
    settings_row = make_settings(author=people.director)
    row = make_score()
    for statement in (
        "UPDATE accounts_healthsettings SET note = 'other'",
        "DELETE FROM accounts_healthsettings",
        "UPDATE accounts_healthscore SET score = 101, uncapped = 101",
        "UPDATE accounts_healthscore SET uncapped = 10",
        "UPDATE accounts_healthscore SET score = NULL, uncapped = NULL",
        "UPDATE accounts_healthscore SET level = 'fine'",
        "UPDATE accounts_healthscore SET confidence = 2",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_score(account=row.account, valid=(TODAY + DAY, None))
    row.refresh_from_db()
    settings_row.refresh_from_db()
    assert (row.score, settings_row.note) == (80, "")


@pytest.mark.django_db
def test_a_merged_account_keeps_what_was_said_of_it() -> None:
    keep, drop = make_account(), make_account()
    buys(keep, 100, 100)
    buys(drop, 300, 100)
    rescore_health(as_of=TODAY)
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    rescore_health(as_of=TOMORROW)
    assert [(row[0], row[1], row[2]) for row in rows(drop)] == [(TODAY, TOMORROW, 100)]
    assert [(row[0], row[1], row[2]) for row in rows(keep)] == [
        (TODAY, TOMORROW, 85),
        (TOMORROW, None, 100),
    ]


@pytest.mark.django_db
def test_scores_do_not_keep_an_import_from_being_undone() -> None:
    sent = accounts(["external_id", "name"], ["A", "A"])
    make_score(account=Account.objects.get(name="A"))
    make_assignment(account=Account.objects.get(name="A"), model=make_published())

    report = undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)

    assert (report.removed, report.stays) == (1, ())
    assert not Account.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_reports_progress_and_what_it_did() -> None:
    account = make_account()
    place = make_position(account=account)
    today = timezone.localdate()
    author = make_user()
    for kind in (RatingKind.INFLUENCE, RatingKind.SUPPORT):
        make_rating(position=place, author=author, kind=kind, value=2, rated_on=today)

    run = run_here("accounts.rescore_health")

    assert tasks.rescore_health is not None
    assert (run.error, run.outcome["scored"], run.outcome["changed"]) == ("", 1, 1)
    assert run.done == run.total
    out = StringIO()
    call_command("rescore_health", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "as_of": today.isoformat(), "scored": 1, "changed": 0, "ended": 0,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_at_once_leaves_one_score_a_date() -> None:
    accounts = [make_account() for _ in range(5)]
    values = {one.pk: (20 * n, TODAY) for n, one in enumerate(accounts, 1)}
    with offered(made_up("made", values)):
        for _round in range(2):
            assert at_once(*[lambda: rescore_health(as_of=TODAY)] * 4) == [None] * 4
    assert HealthScore.objects.count() == 5
    assert {row.valid for row in HealthScore.objects.all()} == {DateRange(TODAY, None)}
