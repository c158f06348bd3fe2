"""People come, move, leave, are rated and merged; nothing of them is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import RatingBasis, RatingKind, StakeholderLinkKind
from accounts.models import (
    CustomerDate,
    DecisionStep,
    Person,
    PersonIdentifier,
    Position,
    StakeholderLink,
    StakeholderNote,
    StakeholderRating,
)
from accounts.services import merging, people_calendar, people_lines
from accounts.services import people as services
from accounts.services import people_problems as problems
from accounts.services.people_merging import merge_people
from accounts.services.ratings import Ground, place_on_grid, rate
from accounts.services.tree import MergedAccountError
from kam.core.problems import RefusedError, StaleError
from tests.conftest import People
from tests.factories.accounts import make_account, make_category
from tests.factories.people import (
    make_customer_date,
    make_link,
    make_note,
    make_person,
    make_position,
    make_rating,
)

TODAY = date(2026, 6, 1)


def test_somebody_new_in_one_line(people: People) -> None:
    account = make_account()
    position = services.add_person(
        account=account,
        person_facts={"name": "  Nguyễn  Thị Đào ", "email": " dao@x.vn "},
        function="merchandising",
        title="Category  buyer",
        roles=["influencer", "decision_maker", "influencer"],
    )
    person = position.person
    assert person is not None
    assert (person.name, person.name_key, person.email) == (
        "Nguyễn Thị Đào",
        "nguyen thi dao",
        "dao@x.vn",
    )
    assert (position.title, position.roles) == ("Category buyer", ["decision_maker", "influencer"])
    assert (position.valid.lower, position.valid.upper) == (None, None)


@pytest.mark.parametrize(
    ("facts", "kind", "field"),
    [
        ({"function": "astrology"}, problems.UnknownFunctionError, "function"),
        ({"function": "it", "roles": ["king"]}, problems.UnknownRoleError, "roles"),
        ({"function": "it", "person_facts": {"name": " "}}, RefusedError, ""),
    ],
)
def test_bad_facts_change_nothing(
    people: People, facts: dict[str, Any], kind: type[RefusedError], field: str
) -> None:
    account = make_account()
    with pytest.raises(kind) as caught:
        services.add_person(account=account, **{"person_facts": {"name": "A"}, **facts})
    assert caught.value.field == field
    assert (Person.objects.count(), Position.objects.count()) == (0, 0)


def test_a_namesake_is_asked_about(people: People) -> None:
    here = make_position(name="An Nguyen")
    facts: Any = {
        "account": here.account,
        "person_facts": {"name": "an NGUYEN"},
        "function": "quality",
    }
    with pytest.raises(problems.SameNameError) as caught:
        services.add_person(**facts)
    assert caught.value.field == "name"
    services.add_person(**facts, may_share_name=True)
    assert Person.objects.count() == 2


def test_a_merged_account_takes_nobody(people: People) -> None:
    keep, drop = make_account(), make_account()
    merging.merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    drop.refresh_from_db()
    with pytest.raises(MergedAccountError):
        services.add_person(account=drop, person_facts={"name": "A"}, function="it")


def test_one_person_at_several_accounts_with_several_roles(people: People) -> None:
    first = make_position(roles=["user"])
    assert first.person is not None
    second = services.place_person(
        person=first.person, account=make_account(), function="finance", roles=["sponsor"]
    )
    assert {p.pk for p in first.person.positions.all()} == {first.pk, second.pk}
    with pytest.raises(problems.AlreadyThereError) as caught:
        services.place_person(person=first.person, account=first.account, function="finance")
    assert caught.value.field == "account"


def test_changes_by_somebody_else_are_not_overwritten(people: People) -> None:
    position = make_position(name="Old")
    person = position.person
    assert person is not None
    services.update_person(person=person, read_at=person.updated_at, name="New", phone="1  2")
    with pytest.raises(StaleError):
        services.update_person(person=person, read_at=person.updated_at, name="Newer")
    services.update_position(position=position, read_at=position.updated_at, title="Chief")
    with pytest.raises(StaleError):
        services.update_position(position=position, read_at=position.updated_at, title="Boss")
    person.refresh_from_db()
    position.refresh_from_db()
    assert (person.name, person.name_key, person.phone) == ("New", "new", "1 2")
    assert (position.title, position.function) == ("Chief", "merchandising")


def test_report_lines_name_the_field(people: People) -> None:
    account = make_account()
    top, low = make_position(account=account), make_position(account=account)
    services.set_boss(position=low, boss=top)
    with pytest.raises(problems.ReportingCycleError) as circle:
        services.set_boss(position=top, boss=low)
    with pytest.raises(problems.ReportingCycleError):
        services.set_boss(position=top, boss=top)
    with pytest.raises(problems.OtherCustomerError) as other:
        services.set_boss(position=top, boss=make_position())
    assert (circle.value.field, other.value.field) == ("reports_to", "reports_to")
    top.refresh_from_db()
    assert top.reports_to is None
    services.set_boss(position=low, boss=None)
    low.refresh_from_db()
    assert low.reports_to is None


def test_leaving_keeps_the_history(people: People) -> None:
    position = make_position(since=date(2025, 1, 1))
    make_rating(position=position, author=people.owner, rated_on=date(2026, 3, 1))
    with pytest.raises(problems.RatedLaterError) as rated:
        services.leave(position=position, on=date(2026, 3, 1))
    with pytest.raises(problems.LeavingDateError):
        services.leave(position=position, on=date(2025, 1, 1))
    assert rated.value.field == "on"
    services.leave(position=position, on=date(2026, 3, 2))
    with pytest.raises(problems.GoneError):
        services.leave(position=position, on=date(2026, 5, 1))
    position.refresh_from_db()
    assert position.valid == DateRange(date(2025, 1, 1), date(2026, 3, 2))
    assert position.ratings.count() == 1


def test_changing_company(people: People) -> None:
    old = make_position(since=date(2025, 1, 1))
    new = services.move_person(
        position=old, account=make_account(), on=date(2026, 5, 1), function="management"
    )
    old.refresh_from_db()
    assert (old.valid.upper, new.valid.lower, new.person) == (
        date(2026, 5, 1),
        date(2026, 5, 1),
        old.person,
    )
    again = services.move_person(
        position=new, account=old.account, on=date(2026, 6, 1), function="management"
    )
    assert again.account == old.account


def test_placeholders_are_filled_or_go(people: People) -> None:
    account = make_account()
    boss = make_position(account=account)
    empty = services.add_placeholder(account=account, function="marketing", reports_to=boss)
    below = make_position(account=account, reports_to=empty)
    with pytest.raises(problems.PlaceholderError):
        services.leave(position=empty, on=TODAY)
    filled = services.fill_placeholder(
        position=empty, person_facts={"name": "李娜"}, from_date=date(2026, 2, 1)
    )
    assert filled.person is not None
    assert (filled.person.name, filled.valid.lower, filled.reports_to) == (
        "李娜",
        date(2026, 2, 1),
        boss,
    )
    with pytest.raises(problems.PlaceholderError):
        services.fill_placeholder(position=filled, person_facts={"name": "B"})
    with pytest.raises(problems.PlaceholderError):
        services.remove_placeholder(position=filled)
    other = services.add_placeholder(account=account, function="it", reports_to=boss)
    services.set_boss(position=below, boss=other)
    services.remove_placeholder(position=other)
    below.refresh_from_db()
    assert below.reports_to == boss


# Ratings


def test_each_rating_is_a_new_record(people: People) -> None:
    position = make_position()
    for value in (1, 2):
        rate(position=position, author=people.owner, kind="support", value=value, as_of=TODAY)
    assert [r.value for r in position.ratings.all()] == [2, 1]
    level = rate(position=position, author=people.owner, kind="level_current", value=3, as_of=TODAY)
    other = rate(
        position=position,
        author=people.owner,
        kind="level_desired",
        value=4,
        as_of=TODAY,
        team_member=people.teammate,
    )
    assert (level.team_member, other.team_member) == (people.owner, people.teammate)


@pytest.mark.parametrize(
    ("facts", "kind", "field"),
    [
        ({"value": 3}, problems.ScaleError, "value"),
        ({"kind": "influence", "value": 0}, problems.ScaleError, "value"),
        ({"kind": "mood"}, RefusedError, "kind"),
        ({"rated_on": date(2024, 1, 1)}, problems.NotThereError, "rated_on"),
        ({"rated_on": date(2026, 6, 2)}, problems.FutureRatingError, "rated_on"),
        ({"ground": Ground(basis="confirmed")}, problems.EvidenceError, "evidence"),
        ({"ground": Ground(basis="guessed")}, RefusedError, "basis"),
        ({"team_member": "teammate"}, problems.TeamMemberError, "team_member"),
    ],
)
def test_bad_ratings_name_the_field_and_change_nothing(
    people: People, facts: dict[str, Any], kind: type[RefusedError], field: str
) -> None:
    position = make_position(since=date(2025, 1, 1))
    if "team_member" in facts:
        facts = {"team_member": people.teammate}
    values: dict[str, Any] = {"kind": "support", "value": 1, **facts}
    with pytest.raises(kind) as caught:
        rate(position=position, author=people.owner, as_of=TODAY, **values)
    assert caught.value.field == field
    assert StakeholderRating.objects.count() == 0


def test_a_placeholder_is_not_rated(people: People) -> None:
    empty = make_position(is_placeholder=True)
    with pytest.raises(problems.PlaceholderError):
        rate(position=empty, author=people.owner, kind="support", value=1, as_of=TODAY)


def test_a_drop_on_the_grid_says_only_what_is_new(people: People) -> None:
    position = make_position()
    put: Any = {"position": position, "author": people.owner, "as_of": TODAY}
    assert len(place_on_grid(**put, influence=4, support=-1)) == 2
    assert place_on_grid(**put, influence=4, support=-1) == []
    [moved] = place_on_grid(**put, influence=4, support=0)
    assert (moved.kind, moved.value, moved.basis) == ("support", 0, RatingBasis.ASSUMED)
    again: Any = {**put, "author": people.teammate}
    assert len(place_on_grid(**again, influence=4, support=0)) == 2


# Lines, notes, steps, dates


def test_lines_are_drawn_once(people: People) -> None:
    account = make_account()
    one, two = make_position(account=account), make_position(account=account)
    people_lines.draw_line(from_position=one, to_position=two, kind="conflict")
    line = people_lines.draw_line(from_position=two, to_position=one, kind="conflict", strength=3)
    assert StakeholderLink.objects.get() == line
    assert (line.from_position, line.strength) == (one, 3)
    with pytest.raises(problems.LinkedToOtherCustomerError) as caught:
        people_lines.draw_line(from_position=one, to_position=make_position(), kind="influence")
    assert caught.value.field == "to_position"
    for values, field in (
        ({"kind": "love"}, "kind"),
        ({"strength": 9}, "strength"),
        ({"to_position": one}, "to_position"),
    ):
        facts: Any = {"from_position": one, "to_position": two, "kind": "influence", **values}
        with pytest.raises(RefusedError) as refused:
            people_lines.draw_line(**facts)
        assert refused.value.field == field
    people_lines.remove_line(link=line)
    assert StakeholderLink.objects.count() == 0


def test_steps_are_numbered_by_category(people: People) -> None:
    account, dairy = make_account(), make_category()
    first = people_calendar.add_step(account=account, name=" Shortlist ", category=dairy)
    second = people_calendar.add_step(account=account, name="Test", category=dairy)
    other = people_calendar.add_step(account=account, name="Everything")
    assert [(s.number, s.name) for s in (first, second, other)] == [
        (1, "Shortlist"),
        (2, "Test"),
        (1, "Everything"),
    ]
    with pytest.raises(RefusedError) as taken:
        people_calendar.update_step(step=second, number=1)
    assert taken.value.code == "decision_step_number_once"
    with pytest.raises(problems.OtherCustomerError) as other_customer:
        people_calendar.add_step(account=account, name="X", position=make_position())
    assert other_customer.value.field == "position"


def test_dates_end_after_they_start(people: People) -> None:
    account = make_account()
    with pytest.raises(RefusedError) as caught:
        people_calendar.add_date(
            account=account, kind="other", starts_on=TODAY, ends_on=date(2026, 5, 31)
        )
    assert caught.value.field == "ends_on"
    entry = people_calendar.add_date(
        account=account, kind="listing_window", starts_on=TODAY, ends_on=TODAY, remind_days=14
    )
    people_calendar.update_date(entry=entry, ends_on=None)
    assert CustomerDate.objects.get().ends_on is None


# Merging


def test_two_people_that_are_one(people: People) -> None:
    account, elsewhere = make_account(), make_account()
    keep = make_person(name="Anna Virtanen", email="anna@a.fi")
    drop = make_person(name="A. Virtanen", email="av@a.fi", phone="123", language="fi")
    PersonIdentifier.objects.create(person=drop, system="crm", value="7")
    first = make_position(
        account=account, person=keep, roles=["user"], since=date(2025, 1, 1), until=date(2025, 7, 1)
    )
    later = make_position(account=account, person=keep, since=date(2026, 1, 1), title="Head")
    between = make_position(
        account=account,
        person=drop,
        roles=["blocker"],
        since=date(2025, 6, 1),
        until=date(2026, 2, 1),
    )
    away = make_position(account=elsewhere, person=drop)
    colleague = make_position(account=account, reports_to=between)
    conflict = StakeholderLinkKind.CONFLICT
    make_link(source=first, target=colleague, kind=conflict, strength=1)
    make_link(source=colleague, target=between, kind=conflict, strength=3)
    make_link(source=between, target=first)
    ratings = [
        make_rating(position=between, author=people.owner, rated_on=date(2025, 9, 1)),
        make_rating(position=later, author=people.owner, rated_on=date(2026, 3, 1)),
        make_rating(position=first, author=people.teammate, rated_on=date(2025, 2, 1)),
    ]
    make_note(position=between, author=people.owner)
    merge_people(keep=keep, drop=drop)
    [one] = Position.objects.filter(account=account, person=keep)
    assert one.valid == DateRange(date(2025, 1, 1), None)
    assert (one.roles, one.title) == (["blocker", "user"], "Head")
    assert {r.pk for r in one.ratings.all()} == {r.pk for r in ratings}
    assert StakeholderNote.objects.get().position == one
    colleague.refresh_from_db()
    assert colleague.reports_to == one
    [line] = StakeholderLink.objects.all()
    assert ({line.from_position_id, line.to_position_id}, line.strength) == (
        {one.pk, colleague.pk},
        3,
    )
    away.refresh_from_db()
    keep.refresh_from_db()
    assert (away.person, keep.email, keep.phone, keep.language) == (keep, "anna@a.fi", "123", "fi")
    found = set(PersonIdentifier.objects.filter(person=keep).values_list("system", "value"))
    assert found == {
        ("crm", "7"),
        ("former name", f"A. Virtanen #{keep.pk}"),
        ("former e-mail", f"av@a.fi #{keep.pk}"),
    }
    assert list(Person.objects.exclude(positions=None).exclude(pk=keep.pk)) == [colleague.person]
    with pytest.raises(problems.SamePersonError):
        merge_people(keep=keep, drop=keep)


def test_a_merge_closes_no_circle(people: People) -> None:
    account = make_account()
    keep, drop = make_person(), make_person()
    low = make_position(account=account, person=drop)
    middle = make_position(account=account, reports_to=low)
    make_position(account=account, person=keep, reports_to=middle)
    merge_people(keep=keep, drop=drop)
    [one] = Position.objects.filter(person=keep)
    middle.refresh_from_db()
    assert (one.reports_to, middle.reports_to) == (None, one)


def test_people_steps_and_dates_follow_a_merged_account(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    below = make_account(kind="store", parent=drop)
    person = make_person()
    kept = make_position(account=keep, person=person)
    twin = make_position(account=drop, person=person)
    boss = make_position(account=drop)
    store = make_position(account=below, reports_to=boss)
    make_link(source=twin, target=store)
    rating = make_rating(position=twin, author=people.owner, kind=RatingKind.INFLUENCE, value=5)
    services.add_placeholder(account=drop, function="it")
    people_calendar.add_step(account=keep, name="Ours")
    people_calendar.add_step(account=drop, name="Theirs")
    make_customer_date(account=drop, starts_on=TODAY)
    plan = merging.plan_merge(keep=keep, drop=drop)
    said = [str(line) for line in plan.moves]
    for line in ("2 people", "1 unmet role", "1 decision step", "1 date of theirs"):
        assert line in said
    merging.merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    assert Position.objects.filter(account=drop).count() == 0
    assert Position.objects.filter(account=keep).count() == 3
    rating.refresh_from_db()
    assert rating.position == kept
    line_kept = StakeholderLink.objects.get()
    assert (line_kept.from_position, line_kept.to_position) == (kept, store)
    assert list(
        DecisionStep.objects.filter(account=keep).values_list("number", "name").order_by("number")
    ) == [(1, "Ours"), (2, "Theirs")]
    assert CustomerDate.objects.get().account == keep
