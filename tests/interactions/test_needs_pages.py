"""Pages of the needs register: noted, confirmed, answered, closed; the head of the account."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Opportunity, Task
from interactions.models import Need
from interactions.views.log.answers import last_contact, unanswered
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.interactions import make_contact

pytestmark = pytest.mark.django_db


def test_a_need_through_its_pages(people: People) -> None:
    account = make_account(lead=people.owner, currency="EUR")
    client, today = client_of(people.owner), timezone.localdate()
    facts = {"text": "Smaller crates", "kind": "need", "importance": "5",
             "voiced_on": (today - timedelta(days=300)).isoformat()}  # fmt: skip
    assert client.post(f"/accounts/{account.pk}/needs/new/", facts).status_code == 302
    need = Need.objects.get()
    url = need.get_absolute_url()
    panel = client.get(f"/accounts/{account.pk}/panels/needs/").content.decode()
    assert "Outdated" in panel
    assert [line.url for line in unanswered(people.owner, account, today)] == [url]
    assert client.post(f"{url}confirm/").status_code == 302
    task = {"title": "Ask logistics", "owner": people.owner.pk, "due_on": today.isoformat()}
    assert client.post(f"{url}follow-up/", task).status_code == 302
    offer = {
        "title": "Crates", "kind": "new_service", "value": "1000", "currency": "EUR",
        "expected_close": "2027-01-01", "owner": people.owner.pk, "origin": "need", "need": "x",
    }  # fmt: skip
    answer = client.post(f"{url}opportunity/", offer)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    need.refresh_from_db()
    assert (need.last_confirmed_on, need.opportunity) == (today, Opportunity.objects.get())
    assert (need.task, Task.objects.count()) == (None, 1)
    assert list(unanswered(people.owner, account, today)) == []
    assert client.post(f"{url}close/", {"why": ""}).status_code == 422
    assert client.post(f"{url}close/", {"why": "Solved"}).status_code == 302
    assert client.get(f"{url}answer/").status_code == 404
    assert "Solved" in client.get(url).content.decode()
    assert client.post(f"{url}reopen/").status_code == 302
    for user in (people.stranger, people.auditor):
        assert client_of(user).post(f"{url}confirm/").status_code == 404


def test_the_head_tells_of_the_last_contact(people: People) -> None:
    account = make_account(lead=people.owner)
    today = date(2026, 6, 20)
    assert last_contact(people.owner, account, today).value == "–"
    make_contact(account=make_account(parent=account), author=people.owner)
    make_contact(account=account, author=people.owner, on=date(2026, 6, 18), is_confidential=True)
    assert last_contact(people.owner, account, today).value == "2 days ago"
    assert last_contact(people.teammate, account, today).value == "5 days ago"
