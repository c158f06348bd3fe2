"""Follow-ups: the list with its tabs, one tap, many at once, who moved what, the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Task
from accounts.services import notices, tasks
from kam.core.problems import RefusedError
from kam.core.todos import todos_for
from kam.notifications.models import Notification
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def _task(account: Any, owner: Any, *, days: int = 3, title: str = "Send the price list") -> Task:
    due = timezone.localdate() + timedelta(days=days)
    return tasks.add_task(account=account, title=title, owner=owner, due_on=due)


def _url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


def test_tabs_and_one_tap(people: People) -> None:
    account = make_account(lead=people.owner)
    own = _task(account, people.owner)
    late = _task(account, people.teammate, days=-2, title="Return the crates")
    client = client_of(people.owner)
    shown = {
        tab: client.get(_url("task-tab", tab)).content.decode()
        for tab in ("mine", "overdue", "all", "done")
    }
    assert own.title in shown["mine"]
    assert late.title not in shown["mine"]
    assert late.title in shown["overdue"]
    assert own.title not in shown["overdue"]
    assert own.title in shown["all"]
    assert late.title in shown["all"]
    assert own.title not in shown["done"]
    assert client.get(_url("task-tab", "other")).status_code == 404
    [todo] = [one for one in todos_for(people.owner, timezone.localdate()) if one.finish_url]
    part = client.post(todo.finish_url, headers={**HX, "HX-Target": f"tick-{own.pk}"})
    assert "<html" not in part.content.decode()
    assert "Open again" in part.content.decode()
    own.refresh_from_db()
    assert own.done_on == timezone.localdate()
    again = client.post(_url("task-reopen", own.pk))
    assert again.status_code == 302
    plain = client.post(_url("task-finish", own.pk), {"next": "/accounts/"})
    assert plain["Location"] == "/accounts/"
    assert own.title in client.get(_url("task-detail", own.pk)).content.decode()


def test_many_at_once(people: People) -> None:
    account = make_account(lead=people.owner)
    mine = [_task(account, people.owner) for _one in range(3)]
    other = _task(make_account(lead=people.stranger), people.stranger)
    client = client_of(people.owner)
    ids = [one.pk for one in (*mine, other)]
    asked = client.post(_url("task-give-many"), {"ids": ids}).content.decode()
    assert "Chosen: 3" in asked
    client.post(_url("task-give-many"), {"ids": ids[:2], "owner": people.teammate.pk})
    client.post(_url("task-finish-many"), {"ids": ids})
    assert Task.objects.filter(owner=people.teammate).count() == 2
    assert list(Task.objects.filter(done_on=None)) == [other]


def test_who_may_finish(people: People) -> None:
    account = make_account(lead=people.owner)
    allowed = {"owner": 302, "director": 302, "administrator": 302}
    for who in ("owner", "teammate", "stranger", "director", "controller", "auditor",
                "administrator"):  # fmt: skip
        task = _task(account, people.owner)
        client = client_of(getattr(people, who))
        for name in ("task-finish", "task-done", "task-edit", "task-reopen"):
            if name == "task-finish":
                assert client.post(_url(name, task.pk)).status_code == allowed.get(who, 404), who
            elif who not in allowed:
                assert client.get(_url(name, task.pk)).status_code == 404, (who, name)
        task.refresh_from_db()
        assert (task.done_on is not None) == (who in allowed)


def test_a_reminder_comes_before_the_day_and_history_tells(people: People) -> None:
    account = make_account(lead=people.owner)
    far = timezone.localdate() + timedelta(days=40)
    task = tasks.add_task(
        account=account,
        title="Visit the new store",
        owner=people.owner,
        due_on=far,
        reminder_on=timezone.localdate(),
        priority=1,
    )
    assert [todo.key for todo in todos_for(people.owner, timezone.localdate())] == [
        f"followup-{task.pk}"
    ]
    with pytest.raises(RefusedError) as refused:
        tasks.add_task(
            account=account,
            title="x",
            owner=people.owner,
            due_on=far,
            reminder_on=far + timedelta(days=1),
        )
    assert refused.value.code == "task_reminded_before_it_is_due"
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(priority=9)
    client = client_of(people.owner)
    client.post(
        _url("task-edit", task.pk),
        {"title": task.title, "owner": people.owner.pk, "due_on": "2031-05-06", "priority": 1},
    )
    task.refresh_from_db()
    assert (task.due_on, task.reminder_on) == (date(2031, 5, 6), None)
    page = client.get(_url("task-detail", task.pk)).content.decode()
    assert "2031" in page
    assert "Owner" in page
    assert client.get(_url("panel-followups", account.pk), headers=HX).status_code == 200


def test_reminders_are_told_once(people: People) -> None:
    account = make_account(lead=people.owner)
    today, now = timezone.localdate(), timezone.now()
    tasks.add_task(
        account=account, title="Call Anna", owner=people.owner,
        due_on=today + timedelta(days=9), reminder_on=today - timedelta(days=1),
    )  # fmt: skip
    _task(account, people.owner, days=0, title="Send it")
    done = _task(account, people.owner, days=0, title="Sent")
    tasks.finish_task(task=done, as_of=today)
    assert [notices.tell_of_reminders(as_of=today, at=now) for _again in range(2)] == [2, 0]
    given = _task(account, people.owner, title="Ours")
    tasks.reassign_tasks(tasks=[given], owner=people.teammate, by=people.owner)
    assert Notification.objects.filter(user=people.teammate).count() == 1


def test_who_owns_one_works_on_the_account(people: People) -> None:
    account, today = make_account(lead=people.owner), timezone.localdate()
    with pytest.raises(RefusedError, match="neither sees the account nor") as refused:
        _task(account, people.stranger)
    assert refused.value.field == "owner"
    body = {"title": "Call", "owner": people.stranger.pk, "due_on": today.isoformat()}
    client = client_of(people.owner)
    page = client.post(_url("task-create", account.pk), {**body, "priority": 2})
    assert "neither sees the account nor" in page.content.decode()
    sent = Api(people.owner).post("tasks/", {**body, "account": account.pk})
    assert (sent.status_code, sent.json()["code"]) == (422, "owner_off_the_account")
    assert not Task.objects.exists()

    member = make_member(account=account, user=people.stranger)
    task = _task(account, people.stranger, title="Pack the samples")
    theirs = client_of(people.stranger)
    page = theirs.get(task.get_absolute_url())
    assert "Pack the samples" in page.content.decode()
    assert f'href="{account.get_absolute_url()}"' not in page.content.decode()
    assert theirs.get(account.get_absolute_url()).status_code == 404

    member.delete()
    assert theirs.get(task.get_absolute_url()).status_code == 200
    assert (
        "cannot see this account any more" in client.get(task.get_absolute_url()).content.decode()
    )
