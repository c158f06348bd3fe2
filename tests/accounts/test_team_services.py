"""Promises, the team and requests: what the services write and what anybody refuses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.promises import Tally
from accounts.choices import PromiseOutcome, PromiseSide, RequestStatus, TeamFunction
from accounts.models import Promise, PromiseMove, RequestComment, TeamMember, TeamRequest
from accounts.selectors.team.members import leaders_on, team_of
from accounts.selectors.team.promises import promises_due, promises_of, tallies
from accounts.selectors.team.requests import news_for, waiting_for
from accounts.services.team import members, promises, requests
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import make_position
from tests.factories.team import MADE, make_member, make_promise, make_request

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


def refused(what: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=what)


# Reliability


def test_reliability_is_kept_in_time_of_those_due() -> None:
    assert Tally(kept=3, late=1, broken=1, overdue=1, open=7).reliability == Decimal("0.5")
    assert Tally(open=7).reliability is None
    assert Tally(broken=2).reliability == 0


@given(*(st.integers(0, 500) for _ in range(5)))
def test_reliability_stays_between_nothing_and_all(
    kept: int, late: int, broken: int, overdue: int, still: int
) -> None:
    tally = Tally(kept=kept, late=late, broken=broken, overdue=overdue, open=still)
    found = tally.reliability
    assert found is None if not tally.due else 0 <= found <= 1  # type: ignore[operator]
    better = Tally(kept=kept + 1, late=late, broken=broken, overdue=overdue, open=still)
    assert better.reliability is not None
    assert found is None or better.reliability >= found


# Promises


def test_a_promise_is_kept_in_time_or_late(people: People) -> None:
    on_time = make_promise(user=people.owner, due_on=date(2026, 3, 10))
    late = make_promise(user=people.owner, due_on=date(2026, 3, 10))
    for promise, day in ((on_time, date(2026, 3, 10)), (late, date(2026, 3, 11))):
        promises.settle_promise(promise=promise, outcome="kept", settled_on=day, as_of=TODAY)
    on_time.refresh_from_db()
    late.refresh_from_db()
    assert (on_time.outcome, late.outcome) == (PromiseOutcome.KEPT, PromiseOutcome.KEPT_LATE)


def test_another_day_is_kept_with_the_former_and_lateness_is_not_forgotten(people: People) -> None:
    promise = make_promise(user=people.owner, due_on=date(2026, 3, 10))
    promises.move_promise(
        promise=promise, to_day=date(2026, 4, 1), reason="Strike", author=people.owner, as_of=TODAY
    )
    move = PromiseMove.objects.get()
    assert (move.from_day, move.to_day) == (date(2026, 3, 10), date(2026, 4, 1))
    moved = promises.settle_promise(
        promise=promise, outcome="kept", settled_on=TODAY, words="Delivered", as_of=TODAY
    )
    assert (moved.outcome, moved.missed_on) == ("kept_late", date(2026, 3, 10))
    with refused("append-only"), transaction.atomic():
        PromiseMove.objects.update(reason="Nothing")


def test_moved_before_its_day_it_can_still_be_kept_in_time(people: People) -> None:
    promise = make_promise(user=people.owner, due_on=date(2026, 3, 25))
    promises.move_promise(
        promise=promise, to_day=date(2026, 4, 1), reason="Agreed", author=people.owner, as_of=TODAY
    )
    kept = promises.settle_promise(promise=promise, outcome="kept", settled_on=TODAY, as_of=TODAY)
    assert (kept.outcome, kept.missed_on) == ("kept", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due_on": date(2026, 2, 1)}, "due_on"),
        ({"made_on": date(2026, 3, 21)}, "made_on"),
        ({"side": "theirs", "position": None}, "position"),
        ({"what": "  "}, "what"),
    ],
)
def test_a_promise_that_cannot_be_is_refused(
    people: People, change: dict[str, object], field: str
) -> None:
    account = make_account(lead=people.owner)
    facts: dict[str, object] = {
        "account": account,
        "side": PromiseSide.OURS,
        "user": people.owner,
        "position": make_position(account=account),
        "what": "Shelf layout",
        "made_on": MADE,
        "due_on": date(2026, 4, 1),
        "author": people.owner,
    }
    with pytest.raises(RefusedError) as problem:
        promises.add_promise(**(facts | change), as_of=TODAY)  # type: ignore[arg-type]
    assert problem.value.field == field
    assert Promise.objects.count() == 0


def test_a_promise_of_another_customers_person_is_refused_by_both(people: People) -> None:
    account = make_account(lead=people.owner)
    stranger = make_position(account=make_account())
    with pytest.raises(RefusedError, match="another customer"):
        promises.add_promise(
            account=account, side="ours", user=people.owner, position=stranger, what="A plan",
            made_on=MADE, due_on=MADE, author=people.owner, as_of=TODAY,
        )  # fmt: skip
    with refused("another customer"), transaction.atomic():
        make_promise(user=people.owner, account=account, position=stranger)


@pytest.mark.parametrize(
    "values",
    [
        "what = ''",
        "side = 'nobody'",
        "side = 'theirs', position_id = NULL",
        "due_on = made_on - 1",
        "outcome = 'kept'",
        "outcome = 'kept', settled_on = due_on + 1",
        "outcome = 'broken', settled_on = due_on",
        "settled_on = due_on",
    ],
)
def test_the_database_refuses_promises_that_cannot_be(people: People, values: str) -> None:
    promise = make_promise(user=people.owner)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_promise SET {values} WHERE id = %s", [promise.pk])


def test_a_settled_promise_can_be_reopened_but_not_settled_twice(people: People) -> None:
    promise = make_promise(user=people.owner)
    promises.settle_promise(
        promise=promise, outcome="broken", settled_on=TODAY, words="No stock", as_of=TODAY
    )
    with pytest.raises(RefusedError, match="settled already"):
        promises.settle_promise(promise=promise, outcome="kept", settled_on=TODAY, as_of=TODAY)
    assert promises.reopen_promise(promise=promise).is_open


@pytest.mark.parametrize("outcome", ["broken", "withdrawn"])
def test_what_is_not_kept_needs_words(people: People, outcome: str) -> None:
    promise = make_promise(user=people.owner)
    with pytest.raises(RefusedError) as problem:
        promises.settle_promise(promise=promise, outcome=outcome, settled_on=TODAY, as_of=TODAY)
    assert problem.value.field == "words"


def test_tallies_by_side_leave_withdrawn_ones_out(people: People) -> None:
    account = make_account(lead=people.owner)
    early, late = date(2026, 3, 10), date(2026, 4, 10)
    settled: dict[str, Any] = {"settled_on": early, "outcome_note": "So it went"}
    make_promise(user=people.owner, account=account, due_on=late)
    make_promise(user=people.owner, account=account, due_on=early)
    make_promise(user=people.owner, account=account, due_on=early, outcome="kept", **settled)
    make_promise(user=people.owner, account=account, due_on=early, outcome="withdrawn", **settled)
    make_promise(
        user=people.owner, account=account, side="theirs", outcome="broken", due_on=early, **settled
    )
    found = tallies(Promise.objects.all(), as_of=TODAY)
    assert found["ours"] == Tally(kept=1, overdue=1, open=1)
    assert found["theirs"] == Tally(broken=1)
    assert found["ours"].reliability == Decimal("0.5")


def test_promises_of_an_account_hold_those_below(people: People) -> None:
    group = make_account(lead=people.owner)
    banner = make_account(parent=group)
    make_promise(user=people.owner, account=banner)
    found = promises_of(group, people.owner, as_of=TODAY)
    assert (len(found.open), found.ours.due, found.theirs.reliability) == (1, 0, None)


def test_what_we_promised_comes_up_before_its_day(people: People) -> None:
    account = make_account(lead=people.owner)
    soon = make_promise(user=people.owner, account=account, due_on=TODAY + timedelta(days=7))
    make_promise(user=people.owner, account=account, due_on=TODAY + timedelta(days=8))
    make_promise(user=people.owner, account=account, side="theirs", due_on=TODAY)
    make_promise(user=people.teammate, account=account, due_on=TODAY)
    assert promises_due(people.owner, as_of=TODAY) == [soon]


# The team


def test_a_member_stands_at_all_accounts_below_and_in_a_period(people: People) -> None:
    group = make_account(lead=people.director)
    banner = make_account(parent=group, lead=people.owner)
    members.add_member(
        account=group, user=people.stranger, function="quality", from_date=TODAY, until=None
    )
    team = team_of(banner, as_of=TODAY)
    assert team.lead == people.owner
    assert [one.user for one in team.above] == [people.director]
    assert [(label, [row.user for row in rows]) for label, rows in team.by_function] == [
        ("Quality", [people.stranger])
    ]
    assert team_of(banner, as_of=TODAY - timedelta(days=1)).members == []
    assert [one.account for one in leaders_on(banner, as_of=TODAY)] == [banner, group]


def test_a_member_stands_once_for_a_function_on_a_day(people: People) -> None:
    account = make_account(lead=people.owner)
    make_member(account=account, user=people.teammate, until=TODAY)
    facts = {"account": account, "user": people.teammate, "function": "shipping"}
    with pytest.raises(RefusedError, match="already"):
        members.add_member(**facts, from_date=TODAY - timedelta(days=1))  # type: ignore[arg-type]
    members.add_member(**facts, from_date=TODAY)  # type: ignore[arg-type]
    facts["function"] = "stock"
    members.add_member(**facts, from_date=MADE)  # type: ignore[arg-type]
    assert TeamMember.objects.count() == 3


def test_a_member_stands_down(people: People) -> None:
    account = make_account(lead=people.owner)
    member = make_member(account=account, user=people.teammate, since=MADE)
    members.end_member(member=member, on=TODAY)
    member.refresh_from_db()
    assert member.valid.upper == TODAY
    with pytest.raises(RefusedError):
        members.end_member(member=member, on=TODAY + timedelta(days=1))
    members.end_member(member=member, on=MADE)
    assert TeamMember.objects.count() == 0


@pytest.mark.parametrize("values", ["valid = 'empty'", "function = 'magic'"])
def test_the_database_refuses_members_that_cannot_be(people: People, values: str) -> None:
    make_member(account=make_account(), user=people.owner)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_teammember SET {values}")


# Requests


def test_a_request_to_a_function_goes_to_the_one_who_stands_for_it(people: People) -> None:
    account = make_account(lead=people.owner)
    facts = {
        "account": account,
        "sender": people.owner,
        "function": TeamFunction.SHIPPING,
        "to_user": None,
        "title": "Pallet labels",
        "due_on": TODAY,
        "as_of": TODAY,
    }
    with pytest.raises(RefusedError) as problem:
        requests.send_request(**facts)  # type: ignore[arg-type]
    assert problem.value.field == "to_user"
    make_member(account=account, user=people.stranger)
    assert requests.send_request(**facts).to_user == people.stranger  # type: ignore[arg-type]
    make_member(account=account, user=people.teammate)
    both = requests.send_request(**facts)  # type: ignore[arg-type]
    assert both.to_user is None
    assert waiting_for(people.stranger, as_of=TODAY)[-1] == both
    taken = requests.accept_request(request=both, by=people.teammate)
    assert taken.to_user == people.teammate
    with pytest.raises(RefusedError, match="meanwhile"):
        requests.accept_request(request=both, by=people.stranger)


def test_a_request_goes_its_way_and_stays_closed(people: People) -> None:
    account = make_account(lead=people.owner)
    request = make_request(account=account, sender=people.owner, to_user=people.stranger)
    requests.accept_request(request=request, by=people.stranger)
    with pytest.raises(RefusedError) as problem:
        requests.finish_request(request=request, outcome=" ", by=people.stranger, as_of=TODAY)
    assert problem.value.field == "words"
    done = requests.finish_request(
        request=request, outcome="Sent on Monday", by=people.stranger, as_of=TODAY
    )
    assert (done.status, done.closed_on, done.answer) == ("done", TODAY, "Sent on Monday")
    with pytest.raises(RefusedError, match="closed"):
        requests.cancel_request(request=request, as_of=TODAY)
    with refused("was closed"), transaction.atomic():
        TeamRequest.objects.update(status=RequestStatus.SENT, closed_on=None)


def test_comments_stay(people: People) -> None:
    account = make_account(lead=people.owner)
    request = make_request(account=account, sender=people.owner, to_user=people.stranger)
    requests.comment_on(request=request, author=people.stranger, text="Which pallets?")
    with refused("append-only"), transaction.atomic():
        RequestComment.objects.update(text="Nothing")


@pytest.mark.parametrize(
    "values",
    [
        "title = ''",
        "function = 'magic'",
        "due_on = sent_on - 1",
        "status = 'declined', closed_on = sent_on",
        "status = 'done', answer = 'x'",
        "status = 'accepted', to_user_id = NULL",
        "priority = 9",
    ],
)
def test_the_database_refuses_requests_that_cannot_be(people: People, values: str) -> None:
    make_request(account=make_account(), sender=people.owner, to_user=people.stranger)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_teamrequest SET {values}")


def test_the_sender_hears_of_what_is_late_or_declined(people: People) -> None:
    account = make_account(lead=people.owner)
    late = make_request(
        account=account, sender=people.owner, to_user=people.stranger, due_on=date(2026, 3, 19)
    )
    no = make_request(account=account, sender=people.owner, to_user=people.stranger)
    make_request(account=account, sender=people.owner, to_user=people.stranger)
    requests.decline_request(request=no, reason="No trucks", by=people.stranger, as_of=TODAY)
    assert news_for(people.owner, as_of=TODAY) == [late, no]
    assert news_for(people.owner, as_of=TODAY + timedelta(days=8))[0] == late
