"""Rules, pauses, what-if, and leads who are told: exact values and what the database refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account, TierModel
from accounts.services.merging import merge_accounts
from interactions.models import CadencePause, CadencePolicy
from interactions.selectors.cadence.what_if import loads
from interactions.services import cadence as services
from interactions.services.cadence_flags import flag_overdue_touches
from kam.core.problems import RefusedError
from kam.notifications.models import Notification
from kam.notifications.registry import spoken
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.cadence import make_pause, make_policy
from tests.factories.interactions import make_contact
from tests.factories.people import make_position
from tests.factories.tiers import make_assignment, make_published

pytestmark = pytest.mark.django_db

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
AS_OF = date(2026, 6, 15)
NOW = datetime(2026, 6, 16, 3, tzinfo=UTC)


@pytest.fixture
def model(people: People) -> TierModel:
    return make_published(by=people.director, effective_on=date(2026, 1, 1))


def tiered(model: TierModel, people: People, code: str = "key") -> Account:
    account = make_account(lead=people.owner)
    make_assignment(model=model, account=account, code=code, valid=(date(2026, 1, 1), None))
    return account


def rules() -> list[tuple[str, int, date | None, date | None]]:
    return [
        (row.function, row.every_days, row.valid.lower, row.valid.upper)
        for row in CadencePolicy.objects.all()
    ]


def test_a_new_rule_takes_the_place_of_the_one_before(model: TierModel) -> None:
    services.set_policy(tier_code="key", every_days=30)
    services.set_policy(tier_code="key", every_days=20, from_date=JULY)
    services.set_policy(tier_code="key", function="marketing", every_days=40, from_date=JULY)
    assert rules() == [("", 30, None, JULY), ("", 20, JULY, None), ("marketing", 40, JULY, None)]

    wanted: dict[tuple[str, str], int | None] = {
        ("key", ""): 20,
        ("key", "marketing"): None,
        ("key", "finance"): 60,
    }
    assert services.keep_paces(wanted=wanted, from_date=AUGUST) == 2
    assert rules() == [
        ("", 30, None, JULY),
        ("", 20, JULY, None),
        ("finance", 60, AUGUST, None),
        ("marketing", 40, JULY, AUGUST),
    ]
    assert services.keep_paces(wanted=wanted, from_date=AUGUST) == 0


def test_what_is_refused(model: TierModel) -> None:
    for wrong in (
        {"tier_code": "gold", "every_days": 5},
        {"tier_code": "key", "every_days": 0},
        {"tier_code": "key", "every_days": 731},
        {"tier_code": "key", "every_days": 5, "function": "choir"},
        {"tier_code": "key", "every_days": 5, "from_date": JULY, "until": JULY},
    ):
        with pytest.raises(RefusedError):
            services.set_policy(**wrong)  # type: ignore[arg-type]
    with pytest.raises(RefusedError):
        services.add_pause(reason="holiday", from_date=AUGUST, until=JULY)
    make_policy(tier="key", every=30)
    for bad in (
        lambda: make_policy(tier="key", every=20, since=JULY),
        lambda: make_policy(tier="", every=20),
        lambda: make_pause(function="choir"),
        lambda: make_pause(reason="rain"),
        lambda: CadencePause.objects.create(reason="holiday", valid=DateRange(JULY, None)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            bad()
    assert rules() == [("", 30, None, None)]
    assert not CadencePause.objects.exists()


def test_what_rules_would_ask_for(people: People, model: TierModel) -> None:
    first, _second = tiered(model, people), tiered(model, people)
    other = make_account(lead=people.teammate)
    make_assignment(model=model, account=other, code="growth", valid=(date(2026, 1, 1), None))
    make_policy(tier="key", function="merchandising", every=14)
    for days in (0, 5, 90, 91):
        make_contact(
            account=first, on=AS_OF - timedelta(days=days), author=people.owner,
            direction="outbound" if days == 5 else "two_way",
        )  # fmt: skip

    tried = {("key", "merchandising"): 7, ("key", "finance"): 28, ("growth", ""): 70}
    found = {
        one.user: one
        for one in loads(Account.objects.visible_to(people.director), as_of=AS_OF, tried=tried)
    }
    owner, teammate = found[people.owner], found[people.teammate]
    assert (owner.accounts, owner.now, owner.tried) == (2, 1, Decimal("2.5"))
    assert owner.made == Decimal(2) / 13  # today and 90 days ago; 91 days are 13 weeks
    assert owner.is_too_much
    assert (teammate.now, teammate.tried, teammate.made) == (0, Decimal("0.1"), 0)
    assert [one.user for one in loads(Account.objects.filter(pk=other.pk), as_of=AS_OF)] == []


def test_leads_are_told_once_for_an_account_and_day(people: People, model: TierModel) -> None:
    account, unled = tiered(model, people), make_account()
    make_assignment(model=model, account=unled, code="key", valid=(date(2026, 1, 1), None))
    buyer = make_position(account=account)
    for function, every in (("merchandising", 14), ("marketing", 130), ("finance", 130)):
        make_policy(tier="key", function=function, every=every)
    make_contact(account=account, on=date(2026, 5, 20), participants=[buyer])

    done = flag_overdue_touches(as_of=AS_OF, now=NOW)
    assert (done.overdue, done.told) == (6, 2)
    again = flag_overdue_touches(as_of=AS_OF + timedelta(days=1), now=NOW)
    assert (again.overdue, again.told) == (6, 0)
    told = [(spoken(row.kind, row.params), row.url) for row in Notification.objects.order_by("pk")]
    assert {one.title for one, _url in told} == {
        f"2 contacts with {account.name} are overdue",
        f"1 contact with {account.name} is overdue",
    }
    assert {one.body for one, _url in told} == {
        "Finance and payables, Marketing: due on May 11, 2026.",
        "Merchandising and buying: due on Jun 3, 2026.",
    }
    assert {row.user for row in Notification.objects.all()} == {people.owner}

    make_contact(account=account, on=AS_OF, participants=[buyer])
    later = flag_overdue_touches(as_of=AS_OF + timedelta(days=15), now=NOW)
    assert later.told == 1  # the next one of buying is another


def test_pauses_follow_a_merged_account(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    pause = make_pause(account=drop)
    merge_accounts(keep=keep, drop=drop, as_of=AS_OF)
    pause.refresh_from_db()
    assert pause.account == keep
