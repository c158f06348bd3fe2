"""Handing an account over: the pack, the change of lead, what stays frozen, who reads what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account, Handover, LeadAssignment, StakeholderNote
from accounts.selectors.team.handovers import is_unchanged, sections_for, waiting_for
from accounts.services.leads import set_lead
from accounts.services.merging import merge_accounts, plan_merge
from accounts.services.team.handovers import ChangedMeanwhileError, acknowledge, hand_over, preview
from kam.core.problems import RefusedError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import make_position, make_rating
from tests.factories.settlements import make_receivables
from tests.factories.team import make_member, make_promise, make_request
from tests.factories.wallet import make_opportunity
from tests.races import at_once

TODAY = date(2026, 3, 31)
db = pytest.mark.django_db


def give(account: Account, to: User, by: User, **change: Any) -> Handover:
    facts = {
        "account": account,
        "from_user": account.current_lead,
        "to_user": to,
        "effective_on": TODAY,
        "made_by": by,
        "as_of": TODAY,
    }
    return hand_over(**(facts | change))


def section(sections: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(one for one in sections if one["key"] == key)


@db
def test_the_pack_holds_what_is_open_and_whom_to_know(people: People) -> None:
    account = make_account(name="Kuusipelto", lead=people.owner)
    anna = make_position(account=account, name="Anna Lahti", roles=["decision_maker"])
    make_rating(position=anna, author=people.owner, kind="support", value=1)
    StakeholderNote.objects.create(position=anna, author=people.owner, text="Retires in May")
    make_promise(user=people.owner, account=account, position=anna, what="New shelf layout")
    make_promise(user=people.owner, account=account, what="Old", outcome="kept",
                 settled_on=date(2026, 3, 5))  # fmt: skip
    make_request(account=account, sender=people.owner, to_user=people.teammate, title="Labels")
    make_member(account=account, user=people.teammate)
    make_receivables(account, as_of=TODAY)
    make_opportunity(account=account, owner=people.owner)
    make_opportunity(account=account, owner=people.owner, stage="lost")

    pack = preview(account=account, to_user=people.director, as_of=TODAY)

    assert [row[:3] for row in section(pack, "promises")["rows"]] == [
        ["New shelf layout", "Owner", "Anna Lahti, Merchandising and buying"]
    ]
    assert [row[0] for row in section(pack, "requests")["rows"]] == ["Labels"]
    person = section(pack, "people")["rows"][0]
    assert (person[0], person[3], person[5]) == ("Anna Lahti", "Decision maker", "+1, supporter")
    assert section(pack, "notes")["rows"][0][1] == "Retires in May"
    late = section(pack, "receivables")
    assert late["capability"] == "receivables.view"
    assert {row[4]["currency"] for row in late["rows"]} == {"EUR"}
    assert section(pack, "opportunities")["rows"][0][3] == {
        "amount": "1000.0000",
        "currency": "EUR",
    }
    assert section(pack, "opportunities")["summary"] == "1 is open."
    assert section(pack, "tasks")["rows"] == []
    assert section(pack, "team")["rows"][-1][:2] == ["Shipping", "Teammate"]
    assert Handover.objects.count() == 0


@db
def test_ratings_that_the_new_lead_may_not_know_yet_stay_out(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account, name="Anna Lahti")
    make_rating(position=anna, author=people.owner, kind="influence", value=5)
    found = section(preview(account=account, to_user=people.stranger, as_of=TODAY), "people")
    assert found["rows"][0][4] is None
    assert "after giving a first one" in found["summary"]


@db
def test_only_the_new_lead_reads_ratings_in_the_frozen_pack(people: People) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account, name="Anna Lahti")
    for author in (people.owner, people.stranger):
        make_rating(position=anna, author=author, kind="support", value=2)
    handover = give(account, people.stranger, people.director)
    read = section(sections_for(handover, people.stranger), "people")
    assert (len(read["headings"]), read["rows"][0][5]) == (7, "+2, strong supporter")
    for one in handover.pack["sections"]:  # as packs of before were kept
        for heading in one["headings"]:
            heading.pop("for_new_lead")
    for pack in (Handover.objects.get(), handover):
        for reader in (people.owner, people.director, people.teammate):
            seen = section(sections_for(pack, reader), "people")
            assert (len(seen["headings"]), len(seen["rows"][0])) == (4, 4)
            assert "in the new lead's copy alone" in seen["summary"]


@db
def test_the_lead_changes_with_the_pack_frozen_beside_it(people: People) -> None:
    account = make_account(lead=people.owner)
    handover = give(account, people.stranger, people.director, reason="New region")
    account.refresh_from_db()
    assert account.current_lead == people.stranger
    assert is_unchanged(Handover.objects.get())
    assert handover.pack["as_of"] == "2026-03-31"
    assert waiting_for(people.stranger, as_of=TODAY) == [handover]
    with pytest.raises(IntegrityError, match="stays as it was confirmed"), transaction.atomic():
        Handover.objects.update(reason="Another")
    with pytest.raises(IntegrityError, match="a handover stays"), transaction.atomic():
        Handover.objects.get().delete()


@db
def test_a_day_to_come_leaves_todays_lead_until_then(people: People) -> None:
    account = make_account(lead=people.owner)
    give(account, people.stranger, people.director, effective_on=TODAY + timedelta(days=14))
    account.refresh_from_db()
    assert account.current_lead == people.owner
    days = [row.valid.lower for row in LeadAssignment.objects.order_by("valid")]
    assert days == [date(2000, 1, 1), date(2026, 4, 14)]


@db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"effective_on": TODAY - timedelta(days=1)}, "effective_on"),
        ({"to_user": "owner"}, "to_user"),
        ({"from_user": "teammate"}, ""),
    ],
)
def test_a_handover_that_cannot_be_changes_nothing(
    people: People, change: dict[str, Any], field: str
) -> None:
    account = make_account(lead=people.owner)
    change = {k: getattr(people, v) if isinstance(v, str) else v for k, v in change.items()}
    with pytest.raises(RefusedError) as problem:
        give(account, change.pop("to_user", people.stranger), people.director, **change)
    assert problem.value.field == field
    assert Handover.objects.count() == 0
    assert LeadAssignment.objects.get().user == people.owner


@db
def test_a_confirmed_day_ahead_keeps_another_handover_before_it_away(people: People) -> None:
    account = make_account(lead=people.owner)
    give(account, people.stranger, people.director, effective_on=TODAY + timedelta(days=14))
    with pytest.raises(ChangedMeanwhileError):
        give(account, people.teammate, people.director)


@db
def test_only_the_new_lead_acknowledges_and_once(people: People) -> None:
    account = make_account(lead=people.owner)
    handover = give(account, people.stranger, people.director)
    now = timezone.now()
    with pytest.raises(RefusedError, match="new lead"):
        acknowledge(handover=handover, by=people.owner, at=now)
    acknowledge(handover=handover, by=people.stranger, at=now, note="Read it all")
    with pytest.raises(RefusedError, match="already"):
        acknowledge(handover=handover, by=people.stranger, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.update(acknowledged_at=None)
    assert is_unchanged(Handover.objects.get())


@db
@pytest.mark.parametrize(
    ("who", "sees", "notes"),
    [
        ("owner", True, True),
        ("teammate", True, False),
        ("stranger", True, True),
        ("director", True, True),
        ("controller", True, False),
        ("administrator", True, False),
        ("auditor", True, False),
    ],
)
def test_who_reads_a_handover_and_its_notes(
    people: People, who: str, sees: bool, notes: bool
) -> None:
    account = make_account(lead=people.owner)
    anna = make_position(account=account)
    StakeholderNote.objects.create(position=anna, author=people.owner, text="Secret")
    day = TODAY + timedelta(days=5)
    handover = give(account, people.stranger, people.director, effective_on=day)
    user = getattr(people, who)
    assert Handover.objects.visible_to(user).exists() is sees
    keys = [one["key"] for one in sections_for(handover, user)]
    assert ("notes" in keys) is notes


@db
def test_somebody_else_does_not_see_it(people: People) -> None:
    account = make_account(lead=people.owner)
    give(account, people.teammate, people.director)
    assert not Handover.objects.visible_to(people.stranger).exists()


@db
def test_a_merge_takes_handovers_along_and_says_which_stay(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    give(keep, people.stranger, people.director)
    give(drop, people.stranger, people.director)
    later = give(
        drop, people.teammate, people.director,
        from_user=people.stranger, effective_on=TODAY + timedelta(days=9),
    )  # fmt: skip
    plan = plan_merge(keep=keep, drop=drop)
    assert "1 handover" in [str(line) for line in plan.moves]
    assert "handover" in [one.code for one in plan.cautions]
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    assert Handover.objects.filter(account=keep).count() == 2
    assert Handover.objects.filter(account=drop).count() == 1
    assert is_unchanged(Handover.objects.get(pk=later.pk))


@db
def test_a_merge_takes_promises_members_and_requests_along(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    promise = make_promise(user=people.owner, account=drop, side="theirs")
    request = make_request(account=drop, sender=people.owner, to_user=people.stranger)
    make_member(account=keep, user=people.stranger, since=date(2026, 1, 1))
    make_member(account=drop, user=people.stranger, since=date(2025, 1, 1))
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    promise.refresh_from_db()
    request.refresh_from_db()
    assert (promise.account, request.account) == (keep, keep)
    spells = [(row.valid.lower, row.valid.upper) for row in keep.team_members.order_by("valid")]
    assert spells == [(date(2025, 1, 1), date(2026, 1, 1)), (date(2026, 1, 1), None)]
    assert drop.team_members.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_handovers_at_the_same_time_one_wins(people: People) -> None:
    account = make_account(lead=people.owner)
    raised = at_once(
        lambda: give(Account.objects.get(pk=account.pk), people.stranger, people.director,
                     from_user=people.owner),
        lambda: give(Account.objects.get(pk=account.pk), people.teammate, people.director,
                     from_user=people.owner),
    )  # fmt: skip
    assert sorted(type(error).__name__ for error in raised) == [
        "ChangedMeanwhileError",
        "NoneType",
    ]
    handover = Handover.objects.get()
    account.refresh_from_db()
    assert account.current_lead == handover.to_user
    set_lead(account=account, user=people.owner, from_date=TODAY, as_of=TODAY)
