"""What people are told about their accounts: who, once, in words, and only while they may know."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone, translation

from accounts.choices import TeamFunction
from accounts.models import LeadAssignment, TierOverride
from accounts.notices import KINDS
from accounts.services import notices
from accounts.services.tasks import add_task
from accounts.services.team import handovers, requests
from kam.identity.models import User
from kam.notifications.models import Notification
from kam.notifications.registry import Told
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.health import make_score
from tests.factories.team import make_member, make_promise
from tests.factories.tiers import make_assignment, make_published

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
BEFORE = TODAY - timedelta(days=200)
NOW = timezone.now()


def told(user: User, language: str = "en") -> list[tuple[str, str]]:
    with translation.override(language):
        rows = Notification.objects.visible_to(user).order_by("pk")
        return [(row.title, row.body) for row in rows]


def test_a_request_is_told_to_whom_it_waits_for_and_its_answer_to_the_sender(
    people: People,
) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    for user in (people.stranger, people.teammate):
        make_member(account=account, user=user, function=TeamFunction.QUALITY)
    sent = requests.send_request(
        account=account,
        sender=people.owner,
        function=TeamFunction.QUALITY,
        to_user=None,
        title="Shelf-life tests",
        due_on=TODAY,
        as_of=TODAY,
    )
    expected = [("Owner asks: Shelf-life tests", "Kesko, due Jun 1, 2026")]
    assert told(people.stranger) == told(people.teammate) == expected
    assert told(people.stranger, "fi")[0][1] != expected[0][1]
    requests.accept_request(request=sent, by=people.stranger)
    requests.finish_request(request=sent, outcome="All good", by=people.stranger, as_of=TODAY)
    assert told(people.owner) == [
        ("Stranger took it on: Shelf-life tests", "Kesko"),
        ("Stranger is done: Shelf-life tests", "Kesko: All good"),
    ]


def test_a_handover_and_a_task_are_told_to_who_gets_them(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    handovers.hand_over(
        account=account,
        from_user=people.owner,
        to_user=people.stranger,
        effective_on=TODAY,
        made_by=people.director,
        as_of=TODAY,
    )
    assert told(people.stranger) == [
        ("You lead Kesko from Jun 1, 2026", "Read the pack and acknowledge it.")
    ]
    other = make_account(name="Lidl", lead=people.teammate)
    for owner in (people.teammate, people.owner):
        add_task(account=other, title="Call", owner=owner, due_on=TODAY, created_by=people.owner)
    assert told(people.teammate) == [("To do: Call", "Lidl, due Jun 1, 2026")]
    assert told(people.owner) == []


def test_promises_due_tomorrow_are_told_the_day_before(people: People) -> None:
    account = make_account(name="Kesko", lead=people.owner)
    for days, outcome in ((0, "open"), (1, "open"), (2, "open"), (1, "kept")):
        make_promise(
            user=people.owner,
            account=account,
            what=f"{outcome} {days}",
            due_on=TODAY + timedelta(days=days),
            outcome=outcome,
            settled_on=TODAY if outcome == "kept" else None,
        )
    counts = [notices.tell_of_promises(as_of=TODAY, at=NOW) for _ in range(2)]
    assert counts == [1, 0]
    assert told(people.owner) == [("Promised for tomorrow: open 1", "Kesko")]


def test_leads_are_told_of_another_tier_and_of_health_that_fell(
    people: People, django_assert_num_queries: Any
) -> None:
    model = make_published(by=people.director)
    codes = list(model.tiers.order_by("rank").values_list("code", flat=True))
    names = dict(model.tiers.values_list("code", "name"))
    moves = {
        "Moved": (codes[1], codes[0]),
        "Same": (codes[0], codes[0]),
        "Decided": (codes[1], codes[0]),
        "New": (None, codes[0]),
        "Nobody's": (codes[1], codes[0]),
    }
    levels = {
        "Moved": ("good", "watch"),
        "Same": ("watch", "good"),
        "Decided": ("good", "insufficient"),
        "New": (None, "poor"),
        "Nobody's": ("good", "poor"),
    }
    accounts = {
        name: make_account(name=name, lead=None if name == "Nobody's" else people.owner)
        for name in moves
    }
    for name, account in accounts.items():
        for place, (code, level) in enumerate(zip(moves[name], levels[name], strict=True)):
            valid = (TODAY, None) if place else (BEFORE, TODAY)
            if code and level:
                make_assignment(model=model, account=account, code=code, valid=valid)
                make_score(account=account, level=level, valid=valid)
    TierOverride.objects.create(
        account=accounts["Decided"],
        tier=model.tiers.get(code=codes[0]),
        reason="A joint venture",
        approver=people.director,
        valid=DateRange(BEFORE, TODAY + timedelta(days=9)),
    )
    with django_assert_num_queries(4):
        assert notices.tell_of_tiers(as_of=TODAY, at=NOW) == 1
    assert notices.tell_of_health(as_of=TODAY, at=NOW) == 1
    assert notices.tell_of_tiers(as_of=TODAY, at=NOW) == 0
    assert notices.tell_of_tiers(as_of=TODAY + timedelta(days=1), at=NOW) == 0
    before, now = names[codes[1]], names[codes[0]]
    assert told(people.owner) == [
        (f"Moved is now {now}", f"Before: {before}"),
        ("Moved: health fell to Watch", "Before: Good"),
    ]
    LeadAssignment.objects.all().delete()
    accounts["Moved"].lead_chain = []
    accounts["Moved"].save()
    assert told(people.owner) == []


def test_every_kind_has_words_in_every_language() -> None:
    params = {
        "who": "Aino", "what": "Call", "account": "Kesko", "due_on": "2026-06-01", "said": "",
        "status": "done", "on": "2026-06-01", "tier": "Key", "before": "good", "level": "watch",
    }  # fmt: skip
    for language in ("en", "fi", "ro", "zh-hans", "vi"):
        with translation.override(language):
            for kind in KINDS:
                values = params if kind.key != "accounts.tier_changed" else {
                    **params, "before": "B"
                }  # fmt: skip
                said = kind.told(values)
                assert isinstance(said, Told)
                assert "%(" not in said.title + said.body
