"""The calendar's pages: month, week, agenda; meetings; the feed; files and mails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from vobject.base import readOne

from interactions.models import CalendarFeed, Interaction, Meeting, Upload
from kam.core.todos import meetings_for
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.calendar import make_meeting
from tests.factories.people import make_person, make_position
from tests.interactions.test_ical import calendar
from tests.interactions.test_mail_reading import mail

pytestmark = pytest.mark.django_db
PAGE = reverse("interactions:calendar")


def client_of(user: User) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def at(name: str, pk: int) -> str:
    """A page of a meeting."""
    return reverse(f"interactions:{name}", args=[pk])


def soon(days: int = 1) -> datetime:
    """Noon of a day near today, in UTC."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    return noon + timedelta(days=days)


def test_who_may_what(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_meeting(account=account, owner=people.owner, at=soon())
    private = make_meeting(
        account=account, owner=people.owner, at=soon(), title="Secret talks", is_private=True
    )
    seen = {"owner", "teammate", "director", "controller", "administrator", "auditor"}
    for name in ("owner", "teammate", "stranger", *sorted(seen - {"owner", "teammate"})):
        client = client_of(getattr(people, name))
        is_owner = name == "owner"
        assert client.get(at("meeting-detail", row.pk)).status_code == (
            200 if name in seen else 404
        ), name
        assert client.get(at("meeting-detail", private.pk)).status_code == (
            200 if is_owner else 404
        ), name
        for act in ("edit", "move", "cancel"):
            answer = client.get(at(f"meeting-{act}", row.pk))
            assert answer.status_code == (200 if is_owner else 404), (name, act)
        if not is_owner:
            for act in ("move", "cancel", "reopen", "log"):
                answer = client.post(at(f"meeting-{act}", row.pk), {"to_day": "2030-01-01"})
                assert answer.status_code == 404, (name, act)
        shown = client.get(PAGE, {"who": "team", "view": "agenda"}).content.decode()
        assert ("Secret talks" in shown) is is_owner, name
        assert ("Busy" in shown) is (name in seen and not is_owner), name
        assert ("Range review" in shown) is (name in seen), name
        panel = client.get(reverse("interactions:panel-meetings", args=[account.pk]))
        assert panel.status_code == (200 if name in seen else 404), name
    assert client_of(people.auditor).get(reverse("interactions:meeting-create")).status_code == 404
    assert Meeting.objects.filter(state="planned", sequence=0).count() == 2


def test_a_meeting_is_planned_changed_moved_and_called_off(people: People) -> None:
    account = make_account(lead=people.owner, name="Kuusipelto")
    buyer = make_position(account=account, name="Maija Ranta")
    client = client_of(people.owner)
    url = reverse("interactions:meeting-create") + f"?account={account.pk}"
    assert "Maija Ranta" in client.get(url).content.decode()
    typed = {
        "title": "Annual talks",
        "account": f"Kuusipelto #{account.pk}",
        "kind": "visit",
        "starts_on": "2027-03-27",
        "starts_time": "09:30",
        "participants": [buyer.pk],
        "time_zone": "Europe/Helsinki",
    }
    wrong = client.post(url, {**typed, "ends_time": "09:00"})
    assert wrong.status_code == 422
    assert "It ends before it starts." in wrong.content.decode()
    assert client.post(url, {**typed, "starts_time": ""}).status_code == 422
    client.post(url, typed)
    row = Meeting.objects.get()
    assert row.starts_at == datetime(2027, 3, 27, 7, 30, tzinfo=UTC)
    assert row.minutes == 60
    client.post(at("meeting-edit", row.pk), {**typed, "is_all_day": "on", "ends_on": "2027-03-28"})
    row.refresh_from_db()
    assert (row.is_all_day, row.ends_on) == (True, date(2027, 3, 28))
    client.post(at("meeting-edit", row.pk), {**typed, "ends_time": "11:00"})
    client.post(at("meeting-move", row.pk), {"to_day": "2027-03-29", "at": "09:30"})
    row.refresh_from_db()
    assert row.starts_at == datetime(2027, 3, 29, 6, 30, tzinfo=UTC)  # summer time by then
    dragged = client.post(
        at("meeting-move", row.pk) + "?view=month&on=2027-03-01",
        {"to_day": "2027-03-30"},
        headers={"HX-Request": "true"},
    )
    assert dragged.content.decode().strip().startswith('<div class="stack" id="calendar"')
    row.refresh_from_db()
    assert row.starts_at == datetime(2027, 3, 30, 6, 30, tzinfo=UTC)
    far = client.post(at("meeting-move", row.pk), {"to_day": "2099-01-01"})
    assert far.status_code == 422
    client.post(at("meeting-cancel", row.pk), {"reason": "Ill"})
    assert client.get(at("meeting-move", row.pk)).status_code == 404
    client.post(at("meeting-reopen", row.pk))
    row.refresh_from_db()
    assert row.state == "planned"
    early = client.post(at("meeting-log", row.pk), follow=True)
    assert "has not begun yet" in early.content.decode()
    other = make_account(lead=people.owner, name="Other")
    moved = {**typed, "account": f"Other #{other.pk}", "participants": [buyer.pk]}
    client.post(at("meeting-edit", row.pk), moved)
    row.refresh_from_db()
    assert (row.account, row.participants.count()) == (other, 0)


def test_one_click_puts_it_into_the_log(people: People) -> None:
    account = make_account(lead=people.owner)
    row = make_meeting(account=account, owner=people.owner, at=soon(-1))
    client = client_of(people.owner)
    assert "Put into the log" in client.get(row.get_absolute_url()).content.decode()
    answer = client.post(at("meeting-log", row.pk))
    contact = Interaction.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, contact.get_absolute_url())
    client.post(at("meeting-log", row.pk))
    assert Interaction.objects.count() == 1


def test_the_page_asks_as_much_for_three_as_for_one(people: People) -> None:
    account = make_account(lead=people.owner)
    client = client_of(people.owner)
    for view in ("month", "agenda"):
        counts = []
        for number in (1, 2):
            for _one in range(number):
                buyer = make_position(account=account)
                make_meeting(account=account, owner=people.owner, at=soon(), participants=[buyer])
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(PAGE, {"view": view, "who": "team"})
            counts.append(len(queries))
        assert counts[0] == counts[1], view


def test_addresses_that_make_no_sense_show_today(people: People) -> None:
    client = client_of(people.owner)
    for query in ("?view=year", "?on=never", "?on=9999-12-31", "?who=x", "?on=1990-01-01"):
        assert client.get(PAGE + query).status_code == 200


def test_my_day_knows_todays_meetings(people: People) -> None:
    account = make_account(lead=people.owner, name="Kuusipelto")
    today = timezone.localdate()
    make_meeting(account=account, owner=people.owner, title="Fair", days=(today, today))
    make_meeting(account=account, owner=people.teammate, title="Theirs", days=(today, today))
    (found,) = meetings_for(people.owner, today)
    assert (found.title, found.where, found.all_day) == ("Fair", "Kuusipelto", True)
    assert found.prepare_url == account.get_absolute_url()


def test_the_feed_is_read_without_signing_in(people: People) -> None:
    make_meeting(owner=people.owner, title="Talks", at=soon())
    client = client_of(people.owner)
    renew = reverse("interactions:calendar-feed-renew")
    page = client.post(renew, {"renew": "1"}).content.decode()
    address = page.split('value="')[1:]
    url = next(part.split('"')[0] for part in address if part.startswith("http"))
    path = url.removeprefix("http://testserver")
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    event = readOne(answer.content.decode()).vevent  # type: ignore[no-untyped-call]
    assert event.summary.value == "Talks"
    assert Client().post(path).status_code == 405
    wrong = reverse("interactions:calendar-feed-read", args=["x" * 43])
    assert Client().get(wrong).status_code == 404
    shown = client.get(reverse("interactions:calendar-feed")).content.decode()
    assert "No calendar has read it" not in shown
    client.post(reverse("interactions:calendar-feed"), {"shows_private": "on"})
    assert CalendarFeed.objects.get().shows_private
    client.post(reverse("interactions:calendar-feed-revoke"))
    assert Client().get(path).status_code == 404


def test_a_calendar_file_is_looked_at_before_it_is_taken(people: People) -> None:
    day = f"{soon(3):%Y%m%d}"
    content = calendar(
        f"UID:a\nDTSTART:{day}T060000Z\nSUMMARY:<script>alert(1)</script>",
        f"UID:b\nDTSTART:{day}T080000Z\nSUMMARY:B",
        "UID:c\nSUMMARY:No time",
    )
    client = client_of(people.owner)
    upload = reverse("interactions:calendar-file-create")
    broken = SimpleUploadedFile("a.ics", b"BEGIN:VCALENDAR\nnonsense\n")
    answer = client.post(upload, {"file": broken})
    assert answer.status_code == 422
    assert "Line 2: There is a line that no calendar has." in answer.content.decode()
    assert Upload.objects.count() == 0
    answer = client.post(upload, {"file": SimpleUploadedFile("a.ics", content.encode())})
    row = Upload.objects.get()
    page = reverse("interactions:calendar-file", args=[row.pk])
    assert answer["Location"] == page
    shown = client.get(page).content.decode()
    assert "2 meetings would be stored" in shown
    assert "<script>alert" not in shown
    assert "says no time" in shown
    assert client_of(people.teammate).get(page).status_code == 404
    digest = shown.split('name="digest" value="')[1].split('"')[0]
    keys = [part.split('"')[0] for part in shown.split('name="take" value="')[1:]]
    stale = client.post(page, {"digest": "old", "take": keys}, follow=True).content.decode()
    assert "Look once more" in stale
    assert Meeting.objects.count() == 0
    client.post(page, {"digest": digest, "take": keys[:1], "is_private": "on"})
    assert [one.is_private for one in Meeting.objects.all()] == [True]
    assert Upload.objects.count() == 0


def test_a_mail_is_looked_at_before_it_is_logged(people: People) -> None:
    account = make_account(lead=people.owner, name="Kuusipelto")
    make_position(account=account, person=make_person(name="Maija", email="maija@shop.example"))
    message = mail(Date=f"{soon(-2):%a, %d %b %Y %H:%M:%S +0000}")
    message.set_content("<p>Hello</p><script>alert(1)</script>", subtype="html")
    client = client_of(people.owner)
    upload = reverse("interactions:mail-create")
    answer = client.post(upload, {"file": SimpleUploadedFile("a.eml", b"\x00\x01")})
    assert answer.status_code == 422
    assert "This is no e-mail" in answer.content.decode()
    client.post(upload, {"file": SimpleUploadedFile("a.eml", message.as_bytes())})
    row = Upload.objects.get()
    page = reverse("interactions:mail-detail", args=[row.pk])
    shown = client.get(page).content.decode()
    assert f"Kuusipelto #{account.pk}" in shown
    assert "alert(1)" not in shown
    assert client_of(people.teammate).get(page).status_code == 404
    typed = {
        "account": f"#{account.pk}",
        "summary": "Offer",
        "occurred_at": f"{soon(-2):%Y-%m-%dT%H:%M}",
        "direction": "inbound",
        "text": "Hello",
    }
    assert client.post(page, {**typed, "account": ""}).status_code == 422
    answer = client.post(page, typed)
    contact = Interaction.objects.get()
    assert answer["Location"] == contact.get_absolute_url()
    assert (contact.kind, contact.text, contact.source) == ("email", "Hello", "email")
    assert Upload.objects.count() == 0
    client.post(upload, {"file": SimpleUploadedFile("a.eml", message.as_bytes())})
    again = reverse("interactions:mail-detail", args=[Upload.objects.get().pk])
    assert "in the log already" in client.get(again).content.decode()
    assert client.post(again, typed).status_code == 422
    client.post(reverse("interactions:mail-drop", args=[Upload.objects.get().pk]))
    assert (Upload.objects.count(), Interaction.objects.count()) == (0, 1)
