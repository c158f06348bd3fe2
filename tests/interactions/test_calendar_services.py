"""Planning, moving, calling off and logging meetings; who sees them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts.services.people_merging import merge_people
from interactions.choices import MeetingState
from interactions.models import Meeting, MeetingParticipant
from interactions.services import calendar as services
from interactions.services import calendar_problems as problems
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.calendar import TODAY, make_meeting
from tests.factories.identity import make_user
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 3, 9, tzinfo=UTC)


def test_a_meeting_is_planned_with_people_and_days_of_the_organisation(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account)
    late = datetime(2026, 7, 2, 20, 30, tzinfo=UTC)
    row = make_meeting(
        account=account,
        owner=people.owner,
        at=late,
        participants=[buyer, buyer],
        colleagues=[people.teammate, people.owner],
    )
    assert (row.starts_on, row.ends_on) == (date(2026, 7, 2), date(2026, 7, 3))
    assert row.time_zone == "Europe/Helsinki"
    assert list(row.participants.values_list("position", flat=True)) == [buyer.pk]
    assert list(row.colleagues.values_list("user", flat=True)) == [people.teammate.pk]
    assert row.minutes == 60


def test_what_cannot_be_planned_is_refused_with_its_field() -> None:
    account, other = make_account(), make_account()
    theirs = make_position(account=other)
    at = datetime(2026, 7, 2, 7, tzinfo=UTC)
    cases: list[tuple[dict[str, object], str]] = [
        ({"title": "  "}, "title"),
        ({"minutes": 0}, "ends_at"),
        ({"minutes": -60}, "ends_at"),
        ({"days": (date(2026, 7, 3), date(2026, 7, 2))}, "ends_on"),
        ({"at": at + timedelta(days=2000)}, "starts_on"),
        ({"at": datetime(1985, 1, 1, tzinfo=UTC)}, ""),
        ({"minutes": 60 * 24 * 95}, ""),
        ({"place": other}, "place"),
        ({"participants": [theirs]}, "participants"),
        ({"account": None, "participants": [theirs]}, "account"),
    ]
    for more, field in cases:
        with pytest.raises(RefusedError) as refused:
            make_meeting(**{"account": account, **more})  # type: ignore[arg-type]
        assert refused.value.field == field, more
    assert Meeting.objects.count() == 0


def test_a_moved_meeting_keeps_its_hour_across_the_end_of_summer_time() -> None:
    row = make_meeting(at=datetime(2026, 10, 24, 6, tzinfo=UTC))  # 9:00 in Helsinki
    moved = services.move_meeting(meeting=row, to_day=date(2026, 10, 26), as_of=TODAY)
    assert moved.starts_at == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert moved.ends_at == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert (moved.starts_on, moved.sequence) == (date(2026, 10, 26), 1)
    again = services.move_meeting(meeting=row, to_day=date(2026, 10, 26), as_of=TODAY)
    assert again.sequence == 1
    hour = services.move_meeting(meeting=row, to_day=date(2026, 10, 26), at=time(13), as_of=TODAY)
    assert hour.starts_at == datetime(2026, 10, 26, 11, tzinfo=UTC)
    fair = make_meeting(days=(date(2026, 9, 1), date(2026, 9, 3)))
    moved = services.move_meeting(meeting=fair, to_day=date(2026, 9, 10), as_of=TODAY)
    assert (moved.starts_on, moved.ends_on) == (date(2026, 9, 10), date(2026, 9, 12))


def test_what_has_begun_goes_into_the_log_once(people: People) -> None:
    account = make_account(lead=people.owner)
    store = make_account(parent=account)
    buyer = make_position(account=account)
    left = make_position(account=account, until=date(2026, 7, 1))
    row = make_meeting(
        account=account,
        owner=people.owner,
        place=store,
        participants=[buyer, left],
        colleagues=[people.teammate],
        is_private=True,
    )
    with pytest.raises(problems.NotBegunError):
        services.log_meeting(
            meeting=row, author=people.owner, now=datetime(2026, 7, 2, 6, tzinfo=UTC)
        )
    contact = services.log_meeting(meeting=row, author=people.owner, now=NOW)
    assert contact.occurred_at == row.starts_at
    assert (contact.minutes, contact.place, contact.summary) == (60, store, "Range review")
    assert contact.is_confidential
    assert list(contact.participants.values_list("position", flat=True)) == [buyer.pk]
    ours = set(contact.colleagues.values_list("user", flat=True))
    assert ours == {people.owner.pk, people.teammate.pk}
    row.refresh_from_db()
    assert (row.state, row.interaction) == (MeetingState.LOGGED, contact)
    for act in (
        lambda: services.log_meeting(meeting=row, author=people.owner, now=NOW),
        lambda: services.move_meeting(meeting=row, to_day=TODAY, as_of=TODAY),
        lambda: services.cancel_meeting(meeting=row),
        lambda: services.reopen_meeting(meeting=row),
    ):
        with pytest.raises(problems.NotPlannedError):
            act()
    with pytest.raises(problems.NoAccountError):
        services.log_meeting(meeting=make_meeting(owner=people.owner), author=people.owner, now=NOW)
    today = make_meeting(account=account, owner=people.owner, days=(NOW.date(), NOW.date()))
    contact = services.log_meeting(meeting=today, author=people.owner, now=NOW)
    assert (contact.occurred_at, contact.minutes) == (NOW, None)


def test_changes_replace_people_and_tell_calendars() -> None:
    account = make_account()
    first, second = make_position(account=account), make_position(account=account)
    colleague = make_user()
    row = make_meeting(account=account, participants=[first], colleagues=[colleague])
    plan = services.Plan(
        title="Annual talks",
        span=services.span_of(row),
        account=account,
        participants=[second],
        time_zone="No/Such",
    )
    changed = services.change_meeting(meeting=row, plan=plan, as_of=TODAY)
    assert (changed.title, changed.sequence) == ("Annual talks", 1)
    assert changed.time_zone == "Europe/Helsinki"
    assert list(changed.participants.values_list("position", flat=True)) == [second.pk]
    assert changed.colleagues.count() == 0
    gone = services.cancel_meeting(meeting=row, reason=" Ill ")
    assert (gone.state, gone.cancel_reason, gone.sequence) == ("cancelled", "Ill", 2)
    back = services.reopen_meeting(meeting=row)
    assert (back.state, back.cancel_reason, back.sequence) == ("planned", "", 3)


def test_the_database_refuses_what_the_service_would() -> None:
    row = make_meeting(account=make_account())
    stranger = make_position(account=make_account())
    rows = Meeting.objects.filter(pk=row.pk)
    for act in (
        lambda: rows.update(ends_at=row.starts_at),
        lambda: rows.update(is_all_day=True),
        lambda: rows.update(ends_on=date(2026, 7, 1)),
        lambda: rows.update(ends_on=date(2027, 7, 1)),
        lambda: rows.update(title=""),
        lambda: rows.update(state="maybe"),
        lambda: rows.update(uid=""),
        lambda: make_meeting(owner=row.owner, uid=row.uid),
        lambda: MeetingParticipant.objects.create(meeting=row, position=stranger),
    ):
        with pytest.raises((IntegrityError, RefusedError)), transaction.atomic():
            act()


def test_who_sees_a_meeting_and_who_changes_it(people: People) -> None:
    account = make_account(lead=people.owner)
    invited = make_user()
    open_one = make_meeting(account=account, owner=people.owner, colleagues=[invited])
    private = make_meeting(
        account=account, owner=people.owner, colleagues=[invited], is_private=True
    )
    dentist = make_meeting(owner=people.owner)
    expected = {
        "owner": ({open_one, private, dentist}, set(), {open_one, private, dentist}),
        "teammate": ({open_one}, {private, dentist}, set()),
        "stranger": (set(), set(), set()),
        "director": ({open_one}, {private, dentist}, set()),
        "controller": ({open_one}, {private, dentist}, set()),
        "administrator": ({open_one}, {private, dentist}, set()),
        "auditor": ({open_one}, {private, dentist}, set()),
    }
    for name, (seen, busy, own) in expected.items():
        user = getattr(people, name)
        assert set(Meeting.objects.visible_to(user)) == seen, name
        assert set(Meeting.objects.busy_for(user)) == busy, name
        assert set(Meeting.objects.editable_by(user)) == own, name
    assert set(Meeting.objects.visible_to(invited)) == {open_one, private}
    assert Meeting.objects.visible_to(AnonymousUser()).count() == 0


def test_merged_people_are_expected_once() -> None:
    account = make_account()
    keep, drop = make_position(account=account), make_position(account=account)
    row = make_meeting(account=account, participants=[keep, drop])
    assert keep.person is not None
    assert drop.person is not None
    merge_people(keep=keep.person, drop=drop.person)
    assert row.participants.count() == 1
