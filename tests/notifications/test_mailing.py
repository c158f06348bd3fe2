"""Mails: once each, in the receiver's language, at the receiver's hour; an outage loses nothing."""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives, mailers
from django.utils import timezone

from accounts.models import LeadAssignment
from kam.core.choices import JobState
from kam.core.jobs import run_here
from kam.core.models import JobRun, Organisation
from kam.identity.models import User
from kam.mail_settings import mail_settings
from kam.notifications import tasks
from kam.notifications.models import Delivery, Notification
from kam.notifications.services import mailing
from kam.notifications.services.mailing import MailServerAwayError, send_waiting
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.notifications import NOON, make_notification
from tests.races import at_once

pytestmark = pytest.mark.django_db
SATURDAY = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def _then(db: None) -> None:
    """What tests write is as old as their noon."""
    Organisation.objects.update(time_zone="Europe/Helsinki")


def wait(user: User, name: str = "Kesko", **fields: Any) -> Notification:
    row = make_notification(user=user, account=make_account(name=name, lead=user), **fields)
    Notification.objects.filter(pk=row.pk).update(created_at=NOON - timedelta(hours=5))
    return row


def test_the_digest_in_finnish_is_one_mail_in_text_and_html(people: People) -> None:
    user = people.owner
    User.objects.filter(pk=user.pk).update(language="fi", full_name="Aino Koskela")
    rows = [wait(user, f"Ostaja & Pojat {number}") for number in range(3)]
    wait(user, "Read already", read_at=NOON)
    wait(user, "At once", kind="test.urgent", mail="never")
    assert send_waiting(now=NOON).notifications == 3
    [letter] = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    assert letter.to == [user.email]
    assert "20.11.2026" in letter.subject
    html = str(letter.alternatives[0][0])
    assert '<html lang="fi">' in html
    assert "Asiakkuus: Ostaja &amp; Pojat 0" in html
    assert "* Asiakkuus: Ostaja & Pojat 0" in letter.body
    assert f"{django_settings.KAM_PUBLIC_URL}/notifications/{rows[0].pk}/open/" in html
    assert '<td class="head" style="padding: 16px 24px' in html, "the sheet is in the elements"
    assert "<style" not in html
    assert "Read already" not in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert send_waiting(now=NOON + timedelta(hours=1)).mails == 0


def test_a_digest_comes_at_its_receivers_hour_on_days_that_are_not_quiet(people: People) -> None:
    """Helsinki is two hours ahead in winter, Tokyo nine, São Paulo three behind."""
    cases: list[tuple[dict[str, Any], datetime, bool]] = [
        ({}, datetime(2026, 11, 20, 4, 59, tzinfo=UTC), False),
        ({}, datetime(2026, 11, 20, 5, 0, tzinfo=UTC), True),
        ({}, SATURDAY, False),
        ({"quiet_days": []}, SATURDAY, True),
        ({"wants_digest": False}, NOON, False),
        ({"last_digest_on": date(2026, 11, 20)}, NOON, False),
        ({"last_digest_on": date(2026, 11, 19)}, NOON, True),
        ({"digest_hour": 18}, NOON, False),
        ({"digest_hour": 18, "time_zone": "Asia/Tokyo"}, NOON, True),
        ({"time_zone": "America/Sao_Paulo"}, datetime(2026, 11, 20, 9, 59, tzinfo=UTC), False),
        ({"time_zone": "America/Sao_Paulo"}, datetime(2026, 11, 20, 10, 0, tzinfo=UTC), True),
    ]
    for fields, now, due in cases:
        assert Delivery(**fields).is_digest_due(now) is due, (fields, now)
    wait(people.owner)
    assert not mailing.digest_is_due(SATURDAY)
    assert send_waiting(now=SATURDAY).mails == 0
    assert mailing.digest_is_due(NOON)
    assert send_waiting(now=NOON).mails == 1
    assert not mailing.digest_is_due(NOON)


def test_what_is_urgent_goes_out_at_once_and_alone(people: People) -> None:
    for number in range(2):
        wait(people.owner, f"Urgent {number}", kind="test.urgent", mail="at_once")
    wait(people.owner, "In the digest")
    assert mailing.something_is_late(NOON)
    assert not mailing.something_is_late(SATURDAY)
    early = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    Notification.objects.update(created_at=early)
    assert send_waiting(now=early).mails == 2
    assert [letter.subject for letter in mail.outbox] == ["Account: Urgent 0", "Account: Urgent 1"]
    assert send_waiting(now=NOON).mails == 1
    assert not mailing.something_is_late(NOON)


def test_who_gets_no_mail(people: People) -> None:
    row = wait(people.owner)
    LeadAssignment.objects.filter(account=row.subject_id).delete()
    account = make_account(name="Elsewhere")
    Notification.objects.filter(pk=row.pk).update(subject_id=account.pk)
    gone = make_user()
    wait(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    stale = wait(people.stranger)
    Notification.objects.filter(pk=stale.pk).update(created_at=NOON - timedelta(days=15))
    assert send_waiting(now=NOON) == mailing.Sent()
    assert mail.outbox == []


@contextmanager
def mail_server(settings: Any, port: int) -> Iterator[None]:
    """Mails go to a server on this port, if there is one."""
    url = f"smtp://127.0.0.1:{port}"
    before, settings.MAILERS = (
        settings.MAILERS,
        {"default": mail_settings(url, default_folder=Path())},
    )
    try:
        yield
    finally:
        settings.MAILERS = before


def test_a_mail_server_that_is_down_and_back_loses_and_repeats_nothing(
    people: People, settings: Any
) -> None:
    wait(people.owner)
    wait(people.teammate, kind="test.urgent", mail="at_once")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with mail_server(settings, port), pytest.raises(MailServerAwayError):
        send_waiting(now=NOON)
    assert not Notification.objects.filter(mailed_at__isnull=False).exists()
    assert send_waiting(now=NOON).mails == 2
    assert send_waiting(now=NOON).mails == 0
    assert len(mail.outbox) == 2


class Postman(mailing._Postman):
    """Takes mails as told: True, or what the server says."""

    answers: list[bool | Exception] = []

    def send(self, letter: Any) -> bool:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_what_went_out_before_the_server_hung_up_does_not_go_out_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        wait(people.owner, f"Urgent {number}", kind="test.urgent", mail="at_once")
    Postman.answers = [True, MailServerAwayError("gone")]
    monkeypatch.setattr(mailing, "_Postman", Postman)
    with pytest.raises(MailServerAwayError):
        send_waiting(now=NOON)
    mailed = Notification.objects.filter(mailed_at__isnull=False)
    assert [row.params["name"] for row in mailed] == ["Urgent 0"]
    Postman.answers = [True, True]
    assert send_waiting(now=NOON).mails == 2


def test_a_receiver_whom_the_server_refuses_holds_nobody_up(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(people.owner)
    wait(people.teammate)
    monkeypatch.setattr(mailing, "_Postman", Postman)
    Postman.answers = [False, True]
    sent = send_waiting(now=NOON)
    assert (sent.mails, sent.refused) == (1, 1)
    Postman.answers = [False] * 9
    assert [send_waiting(now=NOON).refused for _ in range(6)] == [1, 1, 1, 1, 0, 0]
    assert isinstance(smtplib.SMTPRecipientsRefused({}), mailing.REFUSED)


@pytest.mark.django_db(transaction=True)
def test_two_workers_mail_once() -> None:
    users = [make_user() for _ in range(4)]
    for user in users:
        wait(user)
    sent: list[int] = []

    def run() -> None:
        sent.append(send_waiting(now=NOON).mails)

    assert at_once(run, run) == [None, None]
    assert sum(sent) == 4
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(u.email for u in users)


@pytest.mark.django_db(transaction=True)
def test_the_jobs_send_and_say_what_came_of_it(settings: Any) -> None:
    user = make_user()
    wait(user, kind="test.urgent", mail="at_once")
    Notification.objects.update(created_at=timezone.now() - timedelta(hours=1))
    Delivery.objects.create(user=user, quiet_days=[])
    tasks.send_again()
    assert [run.name for run in JobRun.objects.all()] == ["notifications.send_mails"]
    with mail_server(settings, 1):
        run = run_here("notifications.send_mails")
    assert run.state == JobState.FAILED
    assert "mail server does not answer" in run.error
    run = run_here("notifications.send_digests")
    assert run.outcome == {"mails": 1, "notifications": 1, "refused": 0}


def test_the_way_out_needs_no_sign_in_and_switches_one_channel_off(people: People) -> None:
    wait(people.owner, kind="test.urgent", mail="at_once")
    wait(people.owner, "Another", kind="test.urgent", mail="at_once")
    wait(people.owner, "In the digest")
    send_waiting(now=NOON)
    single, digest = mail.outbox[0], mail.outbox[2]
    wait(people.owner, "Later", kind="test.urgent", mail="at_once")
    wait(people.owner, "Tomorrow")
    path = _way_out(single)
    client = client_of(people.stranger)
    client.logout()
    assert "Stop these e-mails?" in client.get(path).content.decode()
    assert send_waiting(now=NOON).mails == 1  # asking changed nothing
    wait(people.owner, "Even later", kind="test.urgent", mail="at_once")
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert send_waiting(now=NOON).mails == 0
    assert send_waiting(now=NOON + timedelta(days=3)).mails == 1  # the digest still comes
    wait(people.owner, "Never")
    assert client.post(_way_out(digest)).status_code == 200
    assert send_waiting(now=NOON + timedelta(days=4)).mails == 0
    assert Notification.objects.visible_to(people.owner).count() == 7
    for bad in (path[:-2] + "x/", "/notifications/off/1/", "/notifications/off/a:b:c/"):
        assert client.post(bad).status_code == 404


def _way_out(letter: Any) -> str:
    found = re.fullmatch(r"<https?://[^/]+(/.+)>", letter.extra_headers["List-Unsubscribe"])
    assert found
    return found[1]


def test_mails_go_where_the_environment_says(tmp_path: Any) -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    cases = {
        "": ("filebased", {"file_path": str(tmp_path)}),
        "file:///var/mail": ("filebased", {"file_path": "/var/mail"}),
        "console:": ("console", {}),
        "mail.example.com": ("smtp", {"host": "mail.example.com", "port": 25, "timeout": 20}),
        "smtps://a%40b:p%2Fw@mail:4465": (
            "smtp",
            {"host": "mail", "port": 4465, "timeout": 20, "username": "a@b", "password": "p/w",
             "use_ssl": True},
        ),
        "smtp://mail?tls=1": (
            "smtp", {"host": "mail", "port": 587, "timeout": 20, "use_tls": True}
        ),
    }  # fmt: skip
    for url, (backend, options) in cases.items():
        made = mail_settings(url, default_folder=tmp_path)
        assert made["BACKEND"] == smtp.replace("smtp", backend)
        assert made.get("OPTIONS", {}) == options
    with pytest.raises(Exception, match="EMAIL_URL"):
        mail_settings("http://x", default_folder=tmp_path)
    assert mailers.default is not None
