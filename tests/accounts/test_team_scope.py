"""Who sees and does what: a supporting member works on an account without seeing its figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import (
    Account,
    Position,
    Promise,
    RevenueEntry,
    StakeholderNote,
    TeamMember,
    TeamRequest,
)
from accounts.selectors.people.listing import may_read_notes
from accounts.selectors.team.requests import may_answer, may_cancel, may_send
from kam.identity.models import Delegation
from settlements.models import LedgerItem
from tests.conftest import People
from tests.factories.accounts import make_account, make_entry
from tests.factories.people import make_position
from tests.factories.settlements import make_receivables
from tests.factories.team import make_member, make_promise, make_request

pytestmark = pytest.mark.django_db
ALL = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def who_of(people: People, allowed: str) -> dict[str, bool]:
    return {who: who in allowed.split() for who in ALL}


def test_a_member_sees_the_work_and_no_figures(people: People) -> None:
    group = make_account(lead=people.owner)
    store = make_account(parent=group)
    make_entry(account=store, amount=100)
    make_receivables(store)
    position = make_position(account=store)
    StakeholderNote.objects.create(position=position, author=people.owner, text="Likes tea")
    promise = make_promise(user=people.owner, account=store)
    request = make_request(account=store, sender=people.owner, to_user=people.teammate)
    member = people.stranger
    assert not Account.objects.worked_on_by(member).exists()

    make_member(account=group, user=member)

    assert set(Account.objects.worked_on_by(member)) == {group, store}
    assert list(Promise.objects.visible_to(member)) == [promise]
    assert list(TeamRequest.objects.visible_to(member)) == [request]
    assert list(StakeholderNote.objects.visible_to(member)) != []
    assert may_read_notes(store, member)
    assert TeamMember.objects.visible_to(member).count() == 1
    # What stays as it was: accounts with figures, revenue, people's ratings, receivables.
    assert not Account.objects.visible_to(member).exists()
    assert not Account.objects.editable_by(member).exists()
    assert not RevenueEntry.objects.visible_to(member).exists()
    assert not LedgerItem.objects.visible_to(member).exists()
    assert not Position.objects.visible_to(member).exists()


def test_a_member_of_the_past_or_elsewhere_sees_nothing(people: People) -> None:
    account, other = make_account(lead=people.owner), make_account(lead=people.owner)
    store = make_account(parent=account)
    make_member(account=account, user=people.stranger, until=ago(0))
    make_member(account=other, user=people.stranger)
    make_member(account=store, user=people.stranger)
    make_promise(user=people.owner, account=account)
    assert set(Account.objects.worked_on_by(people.stranger)) == {other, store}
    assert not Promise.objects.visible_to(people.stranger).exists()
    assert not may_read_notes(account, people.stranger)


def test_who_stands_in_for_a_member_sees_what_the_member_sees(people: People) -> None:
    account = make_account(lead=people.owner)
    absent = people.stranger
    make_member(account=account, user=absent)
    Delegation.objects.create(
        from_user=absent, to_user=people.teammate, valid=(ago(1), ago(-5)), reason="Holiday"
    )
    assert may_read_notes(account, people.teammate)


def test_who_reads_notes(people: People) -> None:
    account = make_account(lead=people.owner)
    found = {who: may_read_notes(account, getattr(people, who)) for who in ALL}
    assert found == who_of(people, "owner director")
    make_member(account=account, user=people.controller, function="finance")
    found = {who: may_read_notes(account, getattr(people, who)) for who in ALL}
    assert found == who_of(people, "owner director controller")


def test_who_changes_a_promise(people: People) -> None:
    account = make_account(lead=people.owner)
    make_promise(user=people.owner, account=account)
    found = {who: Promise.objects.editable_by(getattr(people, who)).exists() for who in ALL}
    assert found == who_of(people, "owner director administrator")


def test_who_gave_a_promise_may_settle_it_without_leading_the_account(people: People) -> None:
    account = make_account(lead=people.owner)
    promise = make_promise(user=people.stranger, account=account)
    assert list(Promise.objects.editable_by(people.stranger)) == [promise]


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("send", "owner director administrator"),
        ("answer", "stranger"),
        ("cancel", "owner director administrator"),
        ("see", "owner teammate stranger director controller administrator auditor"),
    ],
)
def test_who_does_what_with_a_request(people: People, act: str, allowed: str) -> None:
    account = make_account(lead=people.owner)
    request = make_request(account=account, sender=people.owner, to_user=people.stranger)
    acts = {
        "send": lambda user: may_send(account, user),
        "answer": lambda user: may_answer(request, user),
        "cancel": lambda user: may_cancel(request, user),
        "see": lambda user: TeamRequest.objects.visible_to(user).exists(),
    }
    found = {who: acts[act](getattr(people, who)) for who in ALL}
    assert found == who_of(people, allowed)


def test_a_request_to_a_function_is_answered_by_whoever_stands_for_it(people: People) -> None:
    account = make_account(lead=people.owner)
    request = make_request(account=account, sender=people.owner, function="stock")
    make_member(account=account, user=people.stranger, function="shipping")
    assert not may_answer(request, people.stranger)
    make_member(account=account, user=people.stranger, function="stock")
    assert may_answer(request, people.stranger)
