"""Calendar files and mails: what is shown is what is stored, all of it or nothing; the feed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from vobject.base import readOne

from interactions.analytics.ical import Entry, calendar_text
from interactions.choices import UploadKind
from interactions.models import CalendarFeed, Interaction, Meeting, Upload
from interactions.selectors.calendar_feeds import entries_of, feed_of_secret
from interactions.services import calendar as services
from interactions.services import calendar_feeds, mail_import, uploads
from interactions.services.calendar_import import preview_of, take_calendar
from interactions.services.problems import LoggedAlreadyError
from kam.core.problems import RefusedError
from kam.identity.models import User
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.calendar import TODAY, make_meeting
from tests.factories.identity import make_user
from tests.factories.people import make_person, make_position
from tests.interactions.test_ical import calendar
from tests.interactions.test_mail_reading import mail

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SERIES = """UID:w
DTSTART;TZID=Europe/Helsinki:20260706T090000
DTEND;TZID=Europe/Helsinki:20260706T100000
RRULE:FREQ=WEEKLY;COUNT=3
ATTENDEE;CN=Maija:mailto:Maija@Shop.example
ATTENDEE:mailto:teammate@kam.test
ATTENDEE:mailto:nobody@else.example
SUMMARY:Weekly"""


def take(content: str, user: User) -> list[str]:
    """Show a file, take all of it, and answer what became of each meeting."""
    preview = preview_of(content.encode(), user=user, as_of=TODAY)
    keys = [row.key for row in preview.rows]
    take_calendar(preview=preview, chosen=keys, user=user, as_of=TODAY)
    return [row.action for row in preview.rows]


def test_a_file_is_taken_once_and_followed(people: People) -> None:
    account = make_account(lead=people.owner)
    maija = make_position(account=account, person=make_person(email="maija@shop.example"))
    left = make_person(email="nobody@else.example")
    make_position(account=account, person=left, until=date(2026, 1, 1))
    assert take(calendar(SERIES), people.owner) == ["new"] * 3
    first = Meeting.objects.order_by("starts_at").first()
    assert first is not None
    assert first.starts_at == datetime(2026, 7, 6, 6, tzinfo=UTC)
    assert (first.account, first.others) == (account, "nobody@else.example")
    assert list(first.participants.values_list("position", flat=True)) == [maija.pk]
    assert list(first.colleagues.values_list("user", flat=True)) == [people.teammate.pk]
    assert take(calendar(SERIES), people.owner) == ["unchanged"] * 3
    renamed = SERIES.replace("SUMMARY:Weekly", "SUMMARY:Talks\nSEQUENCE:1")
    assert take(calendar(renamed), people.owner) == ["update"] * 3
    assert take(calendar(SERIES), people.owner) == ["older"] * 3
    shorter = renamed.replace("COUNT=3", "COUNT=2").replace("SEQUENCE:1", "SEQUENCE:2")
    assert take(calendar(shorter), people.owner) == ["unchanged", "unchanged", "gone"]
    called_off = f"{shorter}\nSTATUS:CANCELLED"
    assert take(calendar(called_off), people.owner) == ["cancel", "cancel"]
    assert take(calendar(called_off), make_user()) == ["cancelled", "cancelled"]
    assert Meeting.objects.filter(state="cancelled").count() == Meeting.objects.count() == 3
    back = shorter.replace("SEQUENCE:2", "SEQUENCE:9")
    assert take(calendar(back), people.owner)[:2] == ["update", "update"]
    assert Meeting.objects.filter(state="planned").count() == 2


def test_what_is_in_the_log_stays_and_too_long_ones_are_left_out(people: People) -> None:
    one = "UID:a\nDTSTART:20260625T060000Z\nDTEND:20260625T070000Z\nSUMMARY:Past"
    long = "UID:b\nDTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20270101\nSUMMARY:Year"
    assert take(calendar(one, long), people.owner) == ["new", "too_long"]
    meeting = Meeting.objects.get()
    plan = services.Plan(
        title="Past",
        span=services.span_of(meeting),
        account=make_account(lead=people.owner),
    )
    services.change_meeting(meeting=meeting, plan=plan, as_of=TODAY, sequence=0)
    services.log_meeting(meeting=meeting, author=people.owner, now=NOW)
    assert take(calendar(one), people.owner) == ["logged"]


def test_all_of_a_file_or_nothing(people: People) -> None:
    content = calendar(
        "UID:a\nDTSTART:20260705T060000Z\nSUMMARY:A", "UID:b\nDTSTART:20260706T060000Z\nSUMMARY:B"
    )
    preview = preview_of(content.encode(), user=people.owner, as_of=TODAY)
    make_meeting(owner=people.owner, uid="b")
    keys = [row.key for row in preview.rows]
    with pytest.raises(RefusedError) as refused:
        take_calendar(preview=preview, chosen=keys, user=people.owner, as_of=TODAY)
    assert refused.value.code == "meeting_once_per_owner"
    assert list(Meeting.objects.values_list("uid", flat=True)) == ["b"]
    again = preview_of(content.encode(), user=people.owner, as_of=TODAY)
    assert again.digest != preview.digest


def test_what_the_feed_writes_is_read_back_unchanged(people: People) -> None:
    account = make_account(lead=people.owner, name="Kesko")
    buyer = make_position(account=account, name="Maija Ranta")
    make_meeting(account=account, owner=people.owner, participants=[buyer], uid="u1")
    made = calendar_feeds.renew_feed(user=people.owner, shows_private=True, now=NOW)
    entries = entries_of(made.feed, as_of=TODAY, site="https://kam.test")
    content = calendar_text(entries, name="kam")
    event = readOne(content.decode()).vevent  # type: ignore[no-untyped-call]
    assert event.summary.value == "Range review · Kesko"
    assert event.description.value == "Maija Ranta"
    assert event.uid.value == "u1"
    other = make_user()
    (row,) = preview_of(content, user=other, as_of=TODAY).rows
    assert (row.action, row.span) == ("new", services.span_of(Meeting.objects.get()))


def test_a_feed_shows_what_its_user_may_see_at_that_moment(people: People) -> None:
    account = make_account(lead=people.owner, name="Kesko")
    private = make_meeting(owner=people.owner, title="Dentist", is_private=True)
    make_meeting(account=account, owner=people.stranger, title="Theirs")
    make_meeting(account=account, owner=people.stranger, title="Invited", colleagues=[people.owner])
    moved = make_meeting(account=make_account(name="Gone"), owner=people.owner, title="Handed over")
    gone = make_meeting(owner=people.owner, title="Off")
    services.cancel_meeting(meeting=gone)
    feed = calendar_feeds.renew_feed(user=people.owner, shows_private=False, now=NOW).feed

    def titles(user_feed: CalendarFeed) -> dict[str, bool]:
        feed = CalendarFeed.objects.select_related("user").get(pk=user_feed.pk)
        found: list[Entry] = entries_of(feed, as_of=TODAY, site="")
        return {one.title: one.is_cancelled for one in found}

    assert titles(feed) == {
        "Busy": False,
        "Invited · Kesko": False,
        "Handed over": False,
        "Off": True,
    }
    calendar_feeds.change_feed(feed=feed, shows_private=True)
    assert "Dentist" in titles(feed)
    assert private.is_private
    assert moved.account is not None
    stranger = calendar_feeds.renew_feed(user=make_user(), shows_private=True, now=NOW).feed
    assert titles(stranger) == {}


def test_a_secret_is_kept_as_a_hash_and_ends(people: People) -> None:
    first = calendar_feeds.renew_feed(user=people.owner, shows_private=False, now=NOW)
    assert len(first.secret) >= 43
    assert first.secret not in str(CalendarFeed.objects.values().get())
    found = feed_of_secret(first.secret)
    assert found == first.feed
    second = calendar_feeds.renew_feed(user=people.owner, shows_private=False, now=NOW)
    assert feed_of_secret(first.secret) is None
    assert feed_of_secret(second.secret) == second.feed
    calendar_feeds.note_reading(feed=second.feed, now=NOW)
    User.objects.filter(pk=people.owner.pk).update(is_active=False)
    assert feed_of_secret(second.secret) is None
    User.objects.filter(pk=people.owner.pk).update(is_active=True)
    calendar_feeds.revoke_feed(user=people.owner, now=NOW)
    for secret in (second.secret, "", "x" * 500):
        assert feed_of_secret(secret) is None


def test_a_mail_goes_into_the_log_once_with_its_people_and_files(people: People) -> None:
    account = make_account(lead=people.owner)
    maija = make_position(account=account, person=make_person(email="maija@shop.example"))
    message = mail(To="Aino <owner@kam.test>, someone@else.example")
    message.set_content("Hei!")
    message.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename="o.pdf")
    message.add_attachment(b"MZ", maintype="application", subtype="exe", filename="o.exe")
    preview = mail_import.preview_of(message.as_bytes(), user=people.owner, now=NOW)
    assert (preview.people.account, preview.direction) == (account, "inbound")
    assert list(preview.people.participants) == [maija]
    assert list(preview.people.colleagues) == [people.owner]
    assert list(preview.people.unknown) == [("someone@else.example", "")]
    assert [part.name for part in preview.files] == ["o.pdf"]
    assert [part.name for part in preview.left_out] == ["o.exe"]
    assert preview.mail.sent_at is not None
    taken = mail_import.Taken(
        account=account,
        occurred_at=preview.mail.sent_at,
        summary=preview.mail.subject,
        text=preview.mail.text,
        direction=preview.direction,
        participants=preview.people.participants,
        files={part.number for part in preview.files},
    )
    row = mail_import.take_mail(preview=preview, taken=taken, author=people.owner, now=NOW)
    assert (row.kind, row.source, row.source_key) == ("email", "email", "abc@shop.example")
    assert list(row.attachments.values_list("name", flat=True)) == ["o.pdf"]
    with pytest.raises(LoggedAlreadyError):
        mail_import.take_mail(preview=preview, taken=taken, author=people.owner, now=NOW)
    assert Interaction.objects.count() == 1
    stranger = mail_import.preview_of(message.as_bytes(), user=people.stranger, now=NOW)
    assert stranger.people.account is None
    assert list(stranger.people.participants) == []
    ours = mail(From="owner@kam.test")
    ours.set_content("Hi")
    preview = mail_import.preview_of(ours.as_bytes(), user=people.owner, now=NOW)
    assert preview.direction == "outbound"


def test_files_wait_a_day_and_are_ones_own(people: People) -> None:
    def keep(content: bytes, kind: str = UploadKind.CALENDAR) -> Upload:
        return uploads.keep_upload(
            user=people.owner,
            kind=kind,
            upload=ContentFile(content, name="a.ics"),
            account=None,
            now=NOW,
        )

    row = keep(b"BEGIN:VCALENDAR")
    assert uploads.content_of(row) == b"BEGIN:VCALENDAR"
    assert list(Upload.objects.visible_to(people.stranger)) == []
    for content in (b"", b"x" * (5 * 1024 * 1024 + 1)):
        with pytest.raises(RefusedError) as refused:
            keep(content)
        assert refused.value.field == "file"
    uploads.drop_old(now=NOW + timedelta(hours=25))
    assert Upload.objects.count() == 0
