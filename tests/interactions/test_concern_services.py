"""Concerns: states as the rules have them, targets that stay, what the database refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from interactions.analytics import concerns as rules
from interactions.choices import ConcernEntryKind, ConcernState
from interactions.models import Concern, ConcernEntry, ConcernTarget
from interactions.services import concerns, problems
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.concerns import make_concern
from tests.factories.identity import make_user
from tests.factories.interactions import NOW, make_contact
from tests.factories.people import make_position
from tests.factories.tiers import make_assignment, make_published

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def _move(row: Concern, to: str, at: datetime = NOW + HOUR, words: str = "Said so.") -> Concern:
    return concerns.move_concern(concern=row, to=to, author=row.author, now=at, words=words)


def test_a_concern_is_raised_with_the_targets_of_its_day(people: People) -> None:
    account = make_account(lead=people.owner)
    concerns.set_target(severity=3, respond_hours=6, resolve_hours=30, from_day=date(2026, 1, 1))
    concerns.set_target(severity=3, respond_hours=5, resolve_hours=20, from_day=date(2026, 7, 1))
    row = make_concern(account=account, severity=3)
    assert (row.owner, row.state) == (people.owner, ConcernState.OPEN)
    assert (row.respond_by, row.resolve_by) == (NOW + 6 * HOUR, NOW + 30 * HOUR)
    assert list(row.entries.values_list("kind", "to_state")) == [("raised", "open")]
    later = make_concern(account=account, severity=3, raised_at=NOW + 48 * HOUR)
    assert later.respond_by == later.raised_at + 5 * HOUR
    built_in = make_concern(account=account, severity=4)
    assert built_in.respond_by == NOW + 4 * HOUR
    again = concerns.set_target(
        severity=3, respond_hours=1, resolve_hours=2, from_day=date(2026, 7, 1)
    )
    assert ConcernTarget.objects.count() == 2
    assert again.respond_hours == 1
    row.refresh_from_db()
    assert row.respond_by == NOW + 6 * HOUR
    with pytest.raises(RefusedError):
        concerns.set_target(severity=3, respond_hours=1, resolve_hours=2, from_day=date(2026, 6, 1))


def test_another_severity_counts_anew_from_when_it_was_raised() -> None:
    row = make_concern(severity=1)
    row = concerns.update_concern(
        concern=row,
        title=" Crates   crushed again ",
        description="",
        category="quality",
        severity=4,
        is_confidential=False,
        author=row.author,
        now=NOW + 2 * HOUR,
    )
    assert (row.title, row.respond_by) == ("Crates crushed again", NOW + 4 * HOUR)
    entry = row.entries.get(kind=ConcernEntryKind.SEVERITY)
    assert entry.text == "Low → Critical"


def test_of_a_note_one_concern_is_raised(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account)
    contact = make_contact(
        account=account,
        author=people.owner,
        participants=[buyer],
        notes=[("concern", "Invoices name the wrong store")],
        is_confidential=True,
    )
    note = contact.notes.get()
    row = concerns.raise_from_note(note=note, author=people.owner, now=NOW, category="invoice")
    assert (row.title, row.note, row.raised_at) == (note.text, note, contact.occurred_at)
    assert row.is_confidential
    with pytest.raises(RefusedError) as refused:
        concerns.raise_from_note(note=note, author=people.owner, now=NOW)
    assert "already" in str(refused.value)


def test_what_is_refused(people: People) -> None:
    account = make_account(lead=people.owner)
    elsewhere = make_position()
    cases = [
        ({"title": "  "}, "title"),
        ({"raised_by": elsewhere}, "raised_by"),
        ({"owner": people.stranger}, "owner"),
        ({"owner": make_user(is_active=False)}, "owner"),
        ({"raised_at": NOW + HOUR, "now": NOW}, "raised_at"),
    ]
    for facts, field in cases:
        with pytest.raises(RefusedError) as refused:
            make_concern(account=account, **facts)  # type: ignore[arg-type]
        assert refused.value.field == field
    with pytest.raises(RefusedError):
        make_concern(account=make_account(), author=people.owner)
    assert not Concern.objects.exists()


def test_its_way_and_its_times() -> None:
    row = _move(make_concern(), ConcernState.WORKING)
    assert row.first_response_at is None
    with pytest.raises(RefusedError):
        _move(row, ConcernState.RESOLVED, words=" ")
    with pytest.raises(problems.ConcernMoveError):
        _move(row, ConcernState.CLOSED)
    concerns.comment_on(concern=row, text="Asked Riga.", author=row.author, now=NOW + HOUR)
    answered = NOW + 2 * HOUR
    concerns.comment_on(
        concern=row, text="New pallets", author=row.author, now=answered, is_answer=True
    )
    row = _move(row, ConcernState.RESOLVED, NOW + 3 * HOUR)
    assert (row.first_response_at, row.resolved_at) == (answered, NOW + 3 * HOUR)
    row = _move(row, ConcernState.CLOSED, NOW + 4 * HOUR)
    assert (row.resolved_at, row.ended_at) == (NOW + 3 * HOUR, NOW + 4 * HOUR)
    row = _move(row, ConcernState.WORKING, NOW + 5 * HOUR)
    assert (row.reopened, row.resolved_at, row.ended_at) == (1, None, None)
    assert row.first_response_at == answered
    assert _move(row, ConcernState.WORKING).entries.count() == 7
    kinds = list(row.entries.values_list("kind", flat=True))
    assert kinds == ["raised", "moved", "comment", "answer", "moved", "moved", "reopened"]
    with pytest.raises(RefusedError):
        _move(row, ConcernState.CANCELLED, NOW - HOUR)


def test_the_database_holds_it_too() -> None:
    row = make_concern()
    rows = Concern.objects.filter(pk=row.pk)
    forbidden: list[Callable[[], object]] = [
        lambda: rows.update(state="closed", ended_at=NOW),
        lambda: rows.update(reopened=1),
        lambda: rows.update(raised_at=NOW - HOUR),
        lambda: rows.update(resolve_by=NOW + 900 * HOUR),
        lambda: rows.update(title=""),
        lambda: rows.update(state="waiting"),
        lambda: Concern.objects.create(
            account=row.account, category="other", title="x", owner=row.owner, author=row.owner,
            raised_at=NOW, raised_on=NOW.date(), state="closed", ended_at=NOW, resolved_at=NOW,
            respond_by=NOW + HOUR, resolve_by=NOW + HOUR, first_response_at=NOW,
        ),
        lambda: row.entries.update(text="other"),
        lambda: row.entries.all().delete(),
        lambda: ConcernEntry.objects.create(
            concern=row, kind="comment", author=row.owner, happened_at=NOW
        ),
        lambda: ConcernTarget.objects.create(
            severity=1, respond_hours=9, resolve_hours=8, valid=(date(2026, 1, 1), None)
        ),
    ]  # fmt: skip
    for change in forbidden:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_hours_by_tier() -> None:
    account = make_account(lead=make_user())
    make_assignment(account=account, model=make_published(), code="key")
    concerns.set_target(
        severity=2, respond_hours=3, resolve_hours=9, from_day=date(2026, 1, 1), tier_code="key"
    )
    assert concerns.hours_for(account, 2, on=NOW.date()) == (3, 9)
    assert concerns.hours_for(make_account(), 2, on=NOW.date()) == rules.BUILT_IN[2]


STATES = st.sampled_from([*rules.MOVES])


class OnlyWaysThatThereAre(TestCase):
    @given(ways=st.lists(STATES, max_size=8))
    @settings(max_examples=40, deadline=None)
    def test_any_walk(self, ways: list[str]) -> None:
        """Service and rules agree at every step, and times tell the same as states."""
        row, at = make_concern(), NOW
        for to in ways:
            at += HOUR
            before = row.state
            if to == before or rules.may_move(before, to):
                row = _move(row, to, at)
                assert row.state == to
            else:
                with pytest.raises(problems.ConcernMoveError):
                    _move(row, to, at)
            assert (row.resolved_at is not None) == (row.state in {"resolved", "closed"})
            assert (row.ended_at is not None) == (row.state in rules.ENDED)
            assert row.is_unsolved == (row.state in rules.UNSOLVED)
            again = row.entries.filter(kind=ConcernEntryKind.REOPENED).count()
            assert row.reopened == again


@given(
    hours=st.tuples(st.integers(1, 500), st.integers(0, 500)),
    at=st.integers(0, 2000),
)
def test_a_target_is_in_time_then_near_then_late(hours: tuple[int, int], at: int) -> None:
    due = rules.due(NOW, hours[0], sum(hours))
    order = ["in_time", "near", "late"]
    first = rules.standing(NOW, due.respond_by, NOW + at * HOUR)
    whole = rules.standing(NOW, due.resolve_by, NOW + at * HOUR)
    assert order.index(first) >= order.index(whole)
    assert rules.standing(NOW, due.respond_by, due.respond_by) == "near"
    assert rules.standing(NOW, due.respond_by, due.respond_by + HOUR / 60) == "late"
