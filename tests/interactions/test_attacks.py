"""What strangers, former team members and broken input must not bring about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Promise, Task
from interactions.models import Concern, Draft, Interaction, Meeting, Need
from interactions.services.becoming import become_task
from interactions.services.calendar import log_meeting
from interactions.services.changing import change_contact
from interactions.services.concerns import raise_from_note, update_concern
from interactions.services.log import Contact
from kam.core.problems import RefusedError
from kam.notifications.models import TodoSnooze
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.calendar import make_meeting
from tests.factories.identity import make_user
from tests.factories.interactions import make_contact
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db
LOG = "/contacts/log/"


def typed(account: Any, **values: Any) -> dict[str, Any]:
    facts = {
        "account": account.pk, "kind": "call", "occurred_at": "2026-03-02T14:30",
        "summary": "Spring range", "draft": "d1",
    }  # fmt: skip
    return {**facts, **values}


def told(contact: Interaction, **more: Any) -> Contact:
    names = ("account", "kind", "occurred_at", "summary", "direction")
    return Contact(**{name: getattr(contact, name) for name in names} | more)


def test_the_same_form_sent_twice_is_one_contact(people: People) -> None:
    account, client = make_account(lead=people.owner), client_of(people.owner)
    first = client.post(LOG, typed(account))
    assert client.post(LOG, typed(account)).headers["Location"] == first.headers["Location"]
    assert Interaction.objects.count() == 1
    client.post(LOG, typed(account, summary="Another one"))
    client_of(people.director).post(LOG, typed(account))
    assert Interaction.objects.count() == 3


def test_what_grows_out_of_a_confidential_contact_tells_nobody_else(people: People) -> None:
    account, client = make_account(lead=people.owner), client_of(people.owner)
    rows: dict[str, str] = {}
    for number, kind in enumerate(("need", "promise", "competitor")):
        rows |= {
            f"note-{number}-kind": kind, f"note-{number}-text": "Secret sale",
            f"note-{number}-keep": "on", f"note-{number}-follow": "on",
            f"note-{number}-competitor": "Bravo",
        }  # fmt: skip
    client.post(LOG, typed(account, is_confidential="on", **rows))
    assert not Promise.objects.exists()
    assert list(Need.objects.visible_to(people.auditor)) == []
    assert {task.title for task in Task.objects.all()} == {"Call of 2026-03-02"}
    assert Need.objects.visible_to(people.owner).count() == 1


def test_concerns_stay_with_the_readers_of_their_contact(people: People) -> None:
    account = make_account(lead=people.owner)
    contact = make_contact(account=account, author=people.owner, notes=[("concern", "Crushed")])
    now = timezone.now()
    concern = raise_from_note(note=contact.notes.get(), author=people.owner, now=now)
    assert Concern.objects.visible_to(people.auditor).exists()
    change_contact(
        interaction=contact, contact=told(contact, is_confidential=True), author=people.owner,
        now=now,
    )  # fmt: skip
    assert not Concern.objects.visible_to(people.auditor).exists()
    facts = {name: getattr(concern, name) for name in ("title", "description", "category")}
    update_concern(
        concern=concern, severity=concern.severity, is_confidential=False, author=people.owner,
        now=now, **facts,
    )  # fmt: skip
    concern.refresh_from_db()
    assert concern.is_confidential


def test_a_meeting_does_not_tell_of_a_contact_that_became_confidential(people: People) -> None:
    account, now = make_account(lead=people.owner), timezone.now()
    meeting = make_meeting(
        account=account, owner=people.owner, at=now - timedelta(hours=2), as_of=now.date()
    )
    contact = log_meeting(meeting=meeting, author=people.owner, now=now)
    secret = told(contact, summary="They sell the company", is_confidential=True)
    change_contact(interaction=contact, contact=secret, author=people.owner, now=now)
    url = meeting.get_absolute_url()
    assert "They sell" not in client_of(people.auditor).get(url).content.decode()
    assert "They sell" in client_of(people.owner).get(url).content.decode()


def test_who_lost_the_account_logs_no_meeting_there(people: People) -> None:
    account, now = make_account(lead=people.owner), timezone.now()
    meeting = make_meeting(
        account=account, owner=people.stranger, at=now - timedelta(hours=2), as_of=now.date()
    )
    client = client_of(people.stranger)
    page = client.get(meeting.get_absolute_url())
    assert f"{meeting.get_absolute_url()}log/" not in page.content.decode()
    assert client.post(f"{meeting.get_absolute_url()}log/").status_code == 404
    over_api = client.post(f"/api/v1/meetings/{meeting.pk}/log/")
    assert over_api.status_code == 400
    assert not Interaction.objects.exists()


def test_days_out_of_all_reach_are_refused_in_words(people: People) -> None:
    meeting = make_meeting(owner=people.owner, at=datetime(2026, 7, 2, 0, 30, tzinfo=UTC))
    client = client_of(people.owner)
    for day, at in (("9999-12-31", "23:30"), ("0001-01-01", "00:10")):
        answer = client.post(f"{meeting.get_absolute_url()}move/", {"to_day": day, "at": at})
        assert answer.status_code == 422, day
    sent = {
        "title": "Far", "kind": "meeting", "starts_on": "9999-12-31", "starts_time": "23:30",
        "time_zone": "Europe/Helsinki",
    }  # fmt: skip
    assert client.post("/calendar/meetings/create/", sent).status_code == 422
    assert Meeting.objects.get().starts_at == meeting.starts_at
    assert client.get("/timeline/?until=9999-12-31").status_code == 200


def test_what_no_text_or_number_can_hold_is_no_error_of_ours(people: People) -> None:
    account, client = make_account(lead=people.owner), client_of(people.owner)
    long = "9" * 5000
    for path in (
        "/contacts/log/?account=%00", "/contacts/log/?draft=%00", f"/contacts/?account={long}",
        "/cadence/?account=-1", f"/calendar/meetings/create/?account={long}",
        f"/contacts/mail/?account={long}",
    ):  # fmt: skip
        assert client.get(path).status_code in {200, 422}, path
    saved = client.post("/contacts/draft/", typed(account, summary="a\0b", draft="d\0"))
    assert saved.status_code == 302
    assert Draft.objects.get().content["summary"] == ["ab"]
    assert client.post("/my-day/put-off/", {"key": "a\0", "until": "1"}).status_code == 302
    assert not TodoSnooze.objects.exists()
    sent = typed(
        account, people=[long], colleagues=[long], **{"note-0-text": "x\0y", "note-0-by": long}
    )
    assert client.post(LOG, sent).status_code == 302


def test_a_refused_file_leaves_none_behind(people: People) -> None:
    account, client = make_account(lead=people.owner), client_of(people.owner)
    before = (
        set(default_storage.listdir("contacts")[1]) if default_storage.exists("contacts") else set()
    )
    good = SimpleUploadedFile("a.txt", b"Prices of spring")
    bad = SimpleUploadedFile("a.exe", b"MZ\x00\x01")
    assert client.post(LOG, typed(account, files=[good, bad])).status_code == 422
    assert not Interaction.objects.exists()
    assert set(default_storage.listdir("contacts")[1]) == before


def test_whoever_corrects_stays_among_those_who_were_there(people: People) -> None:
    gone = make_user(email="gone@kam.test")
    contact = make_contact(
        account=make_account(lead=people.owner), author=people.owner,
        colleagues=[people.director, gone],
    )  # fmt: skip
    gone.is_active = False
    gone.save()
    sent = {
        "kind": "call", "direction": "two_way", "occurred_at": "2026-06-15T12:00",
        "summary": "Summer range", "why": "A slip", "colleagues": [people.owner.pk],
    }  # fmt: skip
    client = client_of(people.director)
    assert client.post(f"{contact.get_absolute_url()}correct/", sent).status_code == 302
    there = set(contact.colleagues.values_list("user", flat=True))
    assert there == {people.owner.pk, people.director.pk, gone.pk}


def test_who_lost_the_account_corrects_without_taking_its_people_off(people: People) -> None:
    account = make_account(lead=people.owner)
    buyer = make_position(account=account, name="Anna Ahti")
    contact = make_contact(account=account, author=people.stranger, participants={buyer: 1})
    sent = {
        "kind": "call", "direction": "two_way", "occurred_at": "2026-06-15T12:00",
        "summary": "Summer range", "why": "A slip",
    }  # fmt: skip
    client = client_of(people.stranger)
    assert client.post(f"{contact.get_absolute_url()}correct/", sent).status_code == 302
    assert contact.participants.get().sentiment == 1


def test_a_follow_up_with_a_title_keeps_it(people: People) -> None:
    contact = make_contact(
        account=make_account(lead=people.owner), author=people.owner, is_confidential=True,
        notes=[("need", "Secret")],
    )  # fmt: skip
    task = become_task(
        note=contact.notes.get(), by=people.owner, due_on=date(2026, 7, 9), title="Call Anna"
    )
    assert task.title == "Call Anna"
    with pytest.raises(RefusedError):
        become_task(note=contact.notes.get(), by=people.owner, due_on=date(2026, 7, 9))
