"""What customers say of us: ratings, links that work once, follow-ups of low ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account, Position, Task
from accounts.services.people import leave
from interactions.analytics import voice
from interactions.choices import VoiceSource
from interactions.models import Feedback, Invitation
from interactions.selectors import voice as reads
from interactions.services import voice as services
from kam.core.problems import RefusedError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.interactions import make_feedback, make_survey
from tests.factories.people import make_position
from tests.races import at_once

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY = date(2026, 6, 30)


@given(st.integers(-100, 100), st.integers(1, 100), st.integers(0, 100), st.integers(0, 100))
def test_points_keep_the_order_of_ratings(low: int, width: int, one: int, two: int) -> None:
    lowest, highest = Decimal(low), Decimal(low + width)
    a = lowest + width * Decimal(one) / 100
    b = lowest + width * Decimal(two) / 100
    assert 0 <= voice.points(a, lowest, highest) <= 100
    assert (voice.points(a, lowest, highest) <= voice.points(b, lowest, highest)) or a > b
    assert voice.points(lowest, lowest, highest) == 0
    assert voice.points(highest, lowest, highest) == 100


def test_points_refuse_what_is_no_scale() -> None:
    for value, lowest, highest in [(3, 5, 5), (3, 5, 1), (0, 1, 5), (6, 1, 5)]:
        with pytest.raises(ValueError, match="scale"):
            voice.points(Decimal(value), Decimal(lowest), Decimal(highest))


def test_the_last_rating_of_each_voice_counts_while_it_is_young() -> None:
    rows = [
        voice.Rating("a", "delivery", Decimal(0), date(2026, 1, 1)),
        voice.Rating("a", "delivery", Decimal(50), date(2026, 2, 1)),
        voice.Rating("a", "overall", Decimal(100), date(2026, 2, 1)),
        voice.Rating("b", "overall", Decimal(25), date(2025, 6, 30)),
        voice.Rating("c", "overall", Decimal(25), date(2025, 7, 1)),
        voice.Rating("d", "overall", Decimal(1), date(2026, 7, 1)),
    ]
    valid = voice.valid(rows, as_of=TODAY)
    assert {(one.voice, one.points) for one in valid} == {
        ("a", Decimal(50)),
        ("a", Decimal(100)),
        ("c", Decimal(25)),
    }
    assert voice.satisfaction(valid) == Decimal(50)
    assert voice.satisfaction([]) is None
    assert [voice.mood(Decimal(p)) for p in (70, 69, 50, 49)] == ["good", "mixed", "mixed", "poor"]
    assert voice.response_rate({"answered": 1, "expired": 3}) == Decimal("0.25")
    assert voice.response_rate({}) is None


@pytest.fixture
def buyer(people: People) -> Position:
    account = make_account(lead=people.owner, name="Kesko")
    return make_position(account=account, name="Anna Virta")


@pytest.mark.django_db
def test_a_rating_is_kept_on_its_own_scale(buyer: Position, people: People) -> None:
    row = make_feedback(
        position=buyer, value="8.5", lowest="0", highest="10", author=people.owner, on=TODAY
    )
    row.refresh_from_db()
    assert (row.points, row.function, row.task) == (Decimal(85), buyer.function, None)


@pytest.mark.django_db
def test_refusals_name_their_field(buyer: Position, people: People) -> None:
    stranger = make_position(account=make_account())
    cases: list[tuple[dict[str, object], str]] = [
        ({"on": TODAY + timedelta(days=1)}, "given_on"),
        ({"value": "6"}, "value"),
        ({"lowest": "5", "highest": "5", "value": "5"}, "highest"),
        ({"position": stranger, "account": buyer.account}, "position"),
        ({"topic": "weather"}, "topic"),
    ]
    for facts, field in cases:
        with pytest.raises(RefusedError) as refused:
            make_feedback(**{"position": buyer, "author": people.owner, **facts})  # type: ignore[arg-type]
        assert refused.value.field == field, facts
    assert Feedback.objects.count() == 0


@pytest.mark.django_db
def test_a_low_rating_opens_one_follow_up(buyer: Position, people: People) -> None:
    high = make_feedback(position=buyer, value="3", author=people.owner, on=TODAY)
    old = make_feedback(
        position=buyer, value="1", author=people.owner, on=TODAY - timedelta(days=30)
    )
    low = make_feedback(position=buyer, value="2", topic="delivery", author=people.owner, on=TODAY)
    for row in (high, old, low):
        row.refresh_from_db()
    task = Task.objects.get()
    assert (high.task, old.task, low.task) == (None, None, task)
    assert task.owner == people.owner
    assert task.due_on == TODAY + timedelta(days=7)
    assert task.title == "Anna Virta is not satisfied: Delivery"
    unled = make_feedback(account=make_account(), value="1", author=people.owner, on=TODAY)
    assert unled.task is None


@pytest.mark.django_db
def test_a_link_works_once(buyer: Position, people: People) -> None:
    row, secret = _invited(buyer, people.owner)
    assert secret not in str(Invitation.objects.values().get())
    made = services.answer(
        secret=secret, ratings={"overall": 4, "delivery": 1, "terms": 5}, reason="Late", now=NOW
    )
    assert [(one.topic, one.value) for one in made] == [("overall", 4), ("delivery", 1)]
    assert {one.source for one in made} == {VoiceSource.SURVEY}
    assert Task.objects.get().title == "Anna Virta is not satisfied: Delivery"
    with pytest.raises(services.LinkUsedError):
        services.answer(secret=secret, ratings={"overall": 1}, reason="", now=NOW)
    with pytest.raises(RefusedError, match="cannot be taken back"):
        services.revoke(invitation=row, now=NOW)
    assert Feedback.objects.count() == 2


@pytest.mark.django_db
def test_links_that_do_not_hold_answer_alike(buyer: Position, people: People) -> None:
    row, secret = _invited(buyer, people.owner)
    for wrong in ("", "guessed", secret[:-1], secret + "x"):
        with pytest.raises(services.LinkGoneError):
            services.invitation_of(wrong, now=NOW)
    with pytest.raises(services.LinkGoneError):
        services.answer(secret=secret, ratings={"overall": 3}, reason="", now=row.expires_at)
    for ratings in ({}, {"terms": 3}, {"overall": 6}, {"overall": 0}):
        with pytest.raises(RefusedError):
            services.answer(secret=secret, ratings=ratings, reason="", now=NOW)
    services.revoke(invitation=row, now=NOW)
    with pytest.raises(services.LinkGoneError):
        services.invitation_of(secret, now=NOW)
    assert Feedback.objects.count() == 0


@pytest.mark.django_db
def test_one_open_link_a_person(buyer: Position, people: People) -> None:
    first, _secret = _invited(buyer, people.owner)
    with pytest.raises(RefusedError, match="open link"):
        services.invite(
            survey=first.survey, position=buyer, language="fi", sent_by=people.owner, now=NOW
        )
    later = first.expires_at + timedelta(hours=1)
    again, _secret = services.invite(
        survey=first.survey, position=buyer, language="fi", sent_by=people.owner, now=later
    )
    asked = reads.asked_of(Invitation.objects.all(), now=later)
    assert (asked.open, asked.expired, asked.answered, asked.revoked) == (1, 1, 0, 0)
    placeholder = make_position(account=buyer.account, is_placeholder=True)
    with pytest.raises(RefusedError) as refused:
        services.invite(
            survey=again.survey, position=placeholder, language="fi", sent_by=people.owner, now=NOW
        )
    assert refused.value.field == "position"


@pytest.mark.django_db
def test_who_left_answers_for_the_time_there(buyer: Position, people: People) -> None:
    _row, secret = _invited(buyer, people.owner)
    leave(position=buyer, on=TODAY + timedelta(days=2))
    made = services.answer(
        secret=secret, ratings={"overall": 5}, reason="", now=NOW + timedelta(days=9)
    )
    assert made[0].given_on == TODAY + timedelta(days=1)


@pytest.mark.django_db
def test_the_database_keeps_answers_as_they_were_given(buyer: Position, people: People) -> None:
    _row, secret = _invited(buyer, people.owner)
    made = services.answer(secret=secret, ratings={"overall": 2}, reason="x", now=NOW)
    rows = Feedback.objects.filter(pk=made[0].pk)
    for act in (
        lambda: rows.update(value=5),
        lambda: rows.update(reason=""),
        lambda: rows.delete(),
        lambda: Feedback.objects.filter(pk=made[0].pk).update(highest=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    with pytest.raises(RefusedError, match="stays"):
        services.remove_feedback(feedback=made[0])
    typed = make_feedback(position=buyer, value="4", author=people.owner, on=TODAY)
    services.remove_feedback(feedback=typed)
    assert Feedback.objects.get() == made[0]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_have_one_effect() -> None:
    lead = User.objects.create(email="lead@example.com", full_name="Lead")
    buyer = make_position(account=make_account(lead=lead))
    _row, secret = _invited(buyer, lead)

    def answer() -> object:
        return services.answer(secret=secret, ratings={"overall": 1}, reason="", now=NOW)

    outcomes = at_once(answer, answer)
    assert sum(isinstance(one, services.LinkUsedError) for one in outcomes) == 1
    assert Feedback.objects.count() == 1
    assert Task.objects.count() == 1


@pytest.mark.django_db
def test_an_account_speaks_with_all_below_it(people: People) -> None:
    group = make_account(lead=people.owner)
    store = make_account(parent=group)
    make_feedback(account=group, value="5", author=people.owner, on=TODAY)
    make_feedback(account=store, value="1", function="logistics", author=people.owner, on=TODAY)
    make_feedback(account=group, value="1", author=people.owner, on=TODAY - timedelta(days=400))
    account = Account.objects.get(pk=group.pk)
    with_below, alone = reads.voices_of(
        [account, Account.objects.get(pk=store.pk)], people.owner, as_of=TODAY
    )
    assert (with_below.points, with_below.before, with_below.voices) == (50, 0, 2)
    assert (with_below.low, with_below.unanswered, with_below.change) == (1, 0, 50)
    assert (alone.points, alone.before, alone.change) == (0, None, None)
    assert reads.topics_of(account, people.owner, as_of=TODAY) == [("overall", Decimal(50), 2)]
    trend = reads.trend_of(reads.feedback_for(people.owner), as_of=TODAY, quarters=2)
    assert [cell.points for cell in trend.overall] == [None, Decimal(50)]
    assert {k: v[-1].points for k, v in trend.by_function.items()} == {"": 100, "logistics": 0}
    nobody = reads.voices_of([account], people.stranger, as_of=TODAY)
    assert (nobody[0].points, nobody[0].voices) == (None, 0)


@pytest.mark.django_db
def test_the_database_counts_points_as_python_does(people: People) -> None:
    account = make_account()
    for value, lowest, highest in [("1.37", "0", "7"), ("2", "1", "4"), ("3.335", "-2", "9")]:
        row = make_feedback(
            account=account, value=value, lowest=lowest, highest=highest, author=people.owner
        )
        row.refresh_from_db()
        assert row.points == voice.points(row.value, row.lowest, row.highest)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM interactions_feedbackevent")
        assert cursor.fetchone() == (3,)


def _invited(position: Position, sent_by: User) -> tuple[Invitation, str]:
    survey = make_survey(topics=["overall", "delivery"])
    return services.invite(
        survey=survey, position=position, language="fi", sent_by=sent_by, now=NOW
    )
