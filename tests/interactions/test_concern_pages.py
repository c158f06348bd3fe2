"""Pages of concerns: who reads and works on what, the board, times, targets, panel, API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Concern, ConcernTarget
from interactions.selectors.concern_times import all_times, times_by
from interactions.services import concerns as services
from interactions.services.concern_escalation import escalate, is_anything_due
from kam.core.cockpit import actions_of, glance_of
from kam.core.todos import todos_for
from kam.identity.choices import Role
from kam.notifications.models import Notification
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.concerns import make_concern
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
HOUR = timedelta(hours=1)
WHO = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
PAGES = ("concern-list", "concern-board", "concern-times", "concern-targets")


def _url(name: str, *args: Any) -> str:
    return reverse(f"interactions:{name}", args=args)


def _late(people: People, **facts: Any) -> Concern:
    """Raised three days ago, critical unless said: both of its targets have passed."""
    account = facts.pop("account", None) or make_account(lead=people.owner)
    now = timezone.now()
    return make_concern(
        account=account,
        severity=facts.pop("severity", 4),
        raised_at=now - 72 * HOUR,
        now=now,
        **facts,
    )


def test_who_reads_and_works_on_what(people: People) -> None:
    account = make_account(lead=people.owner)
    open_one = _late(people, account=account)
    secret = _late(people, account=account, is_confidential=True, title="Between us")
    reads = {"owner", "teammate", "director", "controller", "administrator", "auditor"}
    team = {"owner", "director"}
    works = reads - {"auditor"}
    for who in WHO:
        client = client_of(getattr(people, who))
        for page in PAGES:
            response = client.get(_url(page))
            assert response.status_code == 200, (who, page)
            if page == "concern-board":
                text = response.content.decode()
                assert (open_one.title in text) == (who in reads), who
                assert (secret.title in text) == (who in team), who
        detail = client.get(_url("concern-detail", open_one.pk)).status_code
        assert detail == (200 if who in reads else 404), who
        hidden = client.get(_url("concern-detail", secret.pk)).status_code
        assert hidden == (200 if who in team else 404), who
        before = open_one.entries.count()
        said = client.post(_url("concern-say", open_one.pk), {"text": "Called them"})
        moved = client.post(_url("concern-move", secret.pk), {"stage": "cancelled", "words": " "})
        assert said.status_code == (302 if who in works else 404), who
        assert open_one.entries.count() - before == (who in works), who
        assert moved.status_code == (422 if who in team else 404), who
        configures = who in {"director", "administrator"}
        target = client.post(
            _url("concern-target-set"),
            {"severity": 1, "respond_hours": 4, "resolve_hours": 9, "from_day": "2026-01-01"},
        )
        assert target.status_code == (302 if configures else 404), who
    assert ConcernTarget.objects.count() == 1


def test_it_is_raised_moved_and_given(people: People) -> None:
    account = make_account(lead=people.owner)
    client = client_of(people.owner)
    start = client.post(_url("concern-create"), {"account": str(account.pk)})
    assert start["Location"].endswith(f"?account={account.pk}")
    form = client.get(start["Location"]).content.decode()
    assert account.name in form
    sent = {"title": "Crates crushed", "category": "delivery", "severity": "3"}
    assert client.post(start["Location"], {**sent, "title": ""}).status_code == 422
    client.post(start["Location"], sent)
    concern = Concern.objects.get()
    assert (concern.owner, concern.severity) == (people.owner, 3)
    move = _url("concern-move", concern.pk)
    board = client.post(move, {"stage": "working"}, headers={**HX, "HX-Target": "pipeline"})
    assert "<html" not in board.content.decode()
    assert "lane-working" in board.content.decode()
    refused = client.post(move, {"stage": "resolved"}, headers={**HX, "HX-Target": "pipeline"})
    assert "Say what was done" in refused["HX-Trigger"]
    assert client.get(f"{move}?to=resolved", headers=HX).status_code == 200
    client.post(move, {"stage": "resolved", "words": "New crates sent"})
    page = client.get(concern.get_absolute_url()).content.decode()
    assert "New crates sent" in page
    assert "Resolved" in page
    client.post(_url("concern-give", concern.pk), {"owner": people.director.pk, "words": "Please"})
    concern.refresh_from_db()
    assert concern.owner == people.director
    told = Notification.objects.get(user=people.director)
    assert told.kind == "interactions.concern_given"
    client.post(
        _url("concern-edit", concern.pk),
        {**sent, "title": "Crates crushed twice", "severity": "2", "is_confidential": "on"},
    )
    concern.refresh_from_db()
    assert (concern.title, concern.is_confidential) == ("Crates crushed twice", True)


def test_near_and_late_are_told_once(people: People) -> None:
    now = timezone.now()
    account = make_account(lead=people.owner)
    above = make_user(roles=[Role.SALES_DIRECTOR], team=people.owner.team)
    assert not is_anything_due(now=now)
    near = make_concern(account=account, severity=2, raised_at=now - 19 * HOUR, now=now)
    late = _late(people, account=account, title="Late one")
    make_concern(account=account, severity=1, raised_at=now - HOUR, now=now)
    assert is_anything_due(now=now)
    done = escalate(now=now)
    assert (done.near, done.late, done.told) == (1, 2, 5)
    assert list(near.entries.values_list("kind", flat=True)) == ["raised", "response_near"]
    again = escalate(now=now)
    assert (again.near, again.late, again.told) == (0, 0, 0)
    assert not is_anything_due(now=now)
    kinds = set(Notification.objects.filter(user=above).values_list("kind", flat=True))
    assert kinds == {"interactions.concern_late"}
    assert not Notification.objects.filter(user=people.director).exists()
    for to, words in (("resolved", "Done"), ("working", "Again")):
        late = services.move_concern(concern=late, to=to, author=people.owner, now=now, words=words)
    assert (escalate(now=now).late, late.reopened) == (1, 1)
    titles = [todo.title for todo in todos_for(people.owner, timezone.localdate())]
    assert titles == ["Concern: Late one", f"Concern: {near.title}"]
    risks = [
        line.title
        for line in glance_of(people.owner, account, timezone.localdate(), part="people").risks
    ]
    assert "Concern past its target: Late one" in risks
    found = actions_of(people.owner, account, timezone.localdate(), limit=9)
    assert {"Late one", near.title} <= {line.title for line in found}


def test_times_count_open_ones_honestly(people: People) -> None:
    now = timezone.now()
    account = make_account(lead=people.owner)
    raised = now - 100 * HOUR
    rows = [
        make_concern(account=account, severity=3, raised_at=raised, now=now) for _one in range(4)
    ]
    for row, hours in zip(rows, (2, 6, 20), strict=False):
        services.comment_on(
            concern=row, text="Hello", author=people.owner, now=raised + hours * HOUR,
            is_answer=True,
        )  # fmt: skip
    services.move_concern(
        concern=rows[0], to="resolved", author=people.owner, now=raised + 40 * HOUR, words="Done"
    )
    cancelled = make_concern(account=account, raised_at=raised, now=now)
    services.move_concern(
        concern=cancelled, to="cancelled", author=people.owner, now=now, words="Twice"
    )
    day = timezone.localdate()
    span: Any = {"start": day - timedelta(days=9), "end": day + timedelta(days=1), "now": now}
    found = all_times(people.owner, **span)
    assert (found.raised, found.unanswered, found.unsolved) == (4, 1, 3)
    assert (found.response_hours, found.solution_hours) == (6.0, 40.0)
    # Two of three answers in 8 hours, and the one not given at all is late by now.
    assert (found.answered.in_time, found.answered.decided) == (2, 4)
    assert (found.solved.in_time, found.solved.decided) == (1, 4)
    for group in ("category", "severity", "customer", "owner"):
        [times] = times_by(people.owner, group, **span)
        assert (times.raised, times.response_hours) == (4, 6.0)
    assert all_times(people.stranger, **span).response_hours is None
    page = client_of(people.owner).get(_url("concern-times"), {"by": "owner"})
    assert people.owner.full_name in page.content.decode()
    for query in ("chart=concern-times", "export=csv"):
        assert client_of(people.owner).get(f"{_url('concern-times')}?{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_at_any_length(
    people: People, count: int, django_assert_num_queries: Any
) -> None:
    account = make_account(lead=people.owner)
    for _one in range(count):
        _late(people, account=account)
    client = client_of(people.owner)
    for url, queries in (
        (_url("concern-list"), 7),
        (_url("concern-board"), 9),
        (_url("panel-concerns", account.pk), 8),
    ):
        client.get(url)
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200
