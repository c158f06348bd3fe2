"""What the database itself refuses about people, lines and ratings, past every form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import RatingBasis, RatingKind, StakeholderLinkKind
from accounts.models import Person, Position, StakeholderRating
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import make_link, make_person, make_position, make_rating


def refused(constraint: str, act: Any) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    diag: Any = caught.value.__cause__
    assert diag.diag.constraint_name == constraint


def test_a_person_has_one_place_at_an_account_at_a_date(people: People) -> None:
    position = make_position(since=date(2025, 1, 1), until=date(2026, 1, 1))
    again: Any = {"account": position.account, "person": position.person}
    refused("position_once_at_a_date", lambda: make_position(**again, since=date(2025, 12, 31)))
    make_position(**again, since=date(2026, 1, 1))
    make_position(person=position.person, since=date(2025, 6, 1))
    assert Position.objects.filter(person=position.person).count() == 3


def test_any_number_of_placeholders(people: People) -> None:
    account = make_account()
    make_position(account=account, is_placeholder=True)
    make_position(account=account, is_placeholder=True)
    assert Position.objects.filter(account=account, person=None).count() == 2


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("position_function_known", {"function": "astrology"}),
        ("position_roles_known", {"roles": ["king"]}),
        ("position_period_not_empty", {"since": date(2026, 1, 1), "until": date(2026, 1, 1)}),
    ],
)
def test_unknown_words_and_empty_periods(
    people: People, constraint: str, values: dict[str, Any]
) -> None:
    refused(constraint, lambda: make_position(**values))


def test_a_nameless_person_and_a_language_that_is_no_code(people: People) -> None:
    refused("person_has_a_name", lambda: Person.objects.create(name="", name_key=""))
    refused("person_language_code", lambda: make_person(language="Finnish!"))


def test_circles_of_reporting(people: People) -> None:
    account = make_account()
    top = make_position(account=account)
    middle = make_position(account=account, reports_to=top)
    low = make_position(account=account, reports_to=middle)
    rows = Position.objects.filter(pk=top.pk)
    refused("position_not_its_own_boss", lambda: rows.update(reports_to=top))
    refused("position_no_cycle", lambda: rows.update(reports_to=low))
    refused("position_no_cycle", lambda: rows.update(reports_to=middle))
    assert Position.objects.get(pk=top.pk).reports_to is None


def test_a_boss_stands_in_the_same_tree(people: People) -> None:
    group = make_account()
    banner = make_account(kind="banner", parent=group)
    boss, elsewhere = make_position(account=group), make_position()
    below = make_position(account=banner, reports_to=boss)
    assert below.reports_to == boss
    refused(
        "position_boss_in_the_tree", lambda: make_position(account=banner, reports_to=elsewhere)
    )
    rows = Position.objects.filter(pk=below.pk)
    refused("position_boss_in_the_tree", lambda: rows.update(reports_to=elsewhere))


def test_lines(people: People) -> None:
    account = make_account()
    one, two, three = (make_position(account=account) for _ in range(3))
    conflict = StakeholderLinkKind.CONFLICT
    make_link(source=one, target=two)
    make_link(source=two, target=one)
    make_link(source=two, target=three, kind=conflict)
    refused("stakeholder_link_once", lambda: make_link(source=one, target=two))
    refused("stakeholder_conflict_once", lambda: make_link(source=three, target=two, kind=conflict))
    refused("stakeholder_link_not_to_itself", lambda: make_link(source=one, target=one))
    refused("stakeholder_link_kind_known", lambda: make_link(source=one, target=three, kind="love"))
    refused("stakeholder_link_strength", lambda: make_link(source=one, target=three, strength=4))
    refused("stakeholder_link_in_the_tree", lambda: make_link(source=one, target=make_position()))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (RatingKind.INFLUENCE, [1, 5], [0, 6]),
        (RatingKind.SUPPORT, [-2, 0, 2], [-3, 3]),
        (RatingKind.LEVEL_CURRENT, [0, 4], [-1, 5]),
        (RatingKind.LEVEL_DESIRED, [0, 4], [-1, 5]),
    ],
)
def test_values_stay_on_their_scale(
    people: People, kind: str, good: list[int], bad: list[int]
) -> None:
    position = make_position()
    for value in good:
        make_rating(position=position, author=people.owner, kind=kind, value=value)
    for value in bad:
        refused(
            "rating_within_its_scale",
            lambda value=value: make_rating(
                position=position, author=people.owner, kind=kind, value=value
            ),
        )
    assert sorted(r.value for r in StakeholderRating.objects.all()) == good


def test_a_level_says_whose_and_what_is_confirmed_says_why(people: People) -> None:
    position = make_position()
    facts: Any = {"position": position, "author": people.owner, "rated_on": date(2026, 1, 1)}
    create = StakeholderRating.objects.create
    refused("rating_of_a_level_says_whose", lambda: create(**facts, kind="level_current", value=1))
    refused(
        "rating_of_a_level_says_whose",
        lambda: create(**facts, kind="support", value=1, team_member=people.owner),
    )
    refused(
        "rating_confirmed_by_evidence",
        lambda: make_rating(position=position, author=people.owner, basis=RatingBasis.CONFIRMED),
    )


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2026, 1, 1)])
def test_nobody_is_rated_on_a_day_on_which_they_were_not_there(people: People, day: date) -> None:
    position = make_position(since=date(2025, 1, 1), until=date(2026, 1, 1))
    refused(
        "rating_of_somebody_there",
        lambda: make_rating(position=position, author=people.owner, rated_on=day),
    )
    make_rating(position=position, author=people.owner, rated_on=date(2025, 12, 31))
    make_rating(position=position, author=people.owner, rated_on=date(2025, 1, 1))


def test_a_placeholder_is_not_rated(people: People) -> None:
    empty = make_position(is_placeholder=True)
    refused("rating_of_somebody_there", lambda: make_rating(position=empty, author=people.owner))


def test_a_place_keeps_the_days_on_which_its_holder_was_rated(people: People) -> None:
    position = make_position()
    make_rating(position=position, author=people.owner, rated_on=date(2026, 3, 1))
    rows = Position.objects.filter(pk=position.pk)
    ends = DateRange(date(2000, 1, 1), date(2026, 3, 1))
    refused("position_holds_its_ratings", lambda: rows.update(valid=ends))
    refused("position_holds_its_ratings", lambda: rows.update(person=None))
    rows.update(valid=DateRange(date(2000, 1, 1), date(2026, 3, 2)))


def test_ratings_are_append_only(people: People) -> None:
    rating = make_rating(position=make_position(), author=people.owner)
    rows = StakeholderRating.objects.filter(pk=rating.pk)
    refused("rating_append_only", lambda: rows.update(value=0))
    refused("rating_append_only", rating.delete)
    assert rows.get().value == 1
