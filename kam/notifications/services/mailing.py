"""Mails: those at once, and the daily digest. Each stands or falls by itself.

A mail and the note that it went out are one transaction under a lock on its receiver: of two
workers one sends. A mail server that is away ends the run with everything still waiting; a receiver
whom it refuses is tried again `MAX_TRIES` times and holds nobody up. Should the process die between
the server's receipt and the commit, the mail goes out again under the same Message-ID.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, mailers
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.models import Delivery, Notification
from kam.notifications.querysets import still_seen
from kam.notifications.services.choosing import delivery_of
from kam.notifications.services.letters import digest_letter, single_letter

logger = logging.getLogger(__name__)

LONGEST_DIGEST = 200  # lines; the rest is counted
STALE = timedelta(days=14)  # what waited longer is not news any more
AWAY = _("The mail server does not answer; what waits goes out when it is back.")
REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)


class MailServerAwayError(Exception):
    """The mail server cannot be reached; what waits goes out when it is back."""


@dataclass
class Sent:
    """What a run sent: mails, notifications in them, and mails that were refused."""

    mails: int = 0
    notifications: int = 0
    refused: int = 0


def send_waiting(*, now: datetime, report: Callable[..., None] | None = None) -> Sent:
    """Send every mail that is due: those at once, and digests whose hour has come.

    Users are gone through one by one, each in a transaction. Raises MailServerAwayError.
    """
    sent = Sent()
    receivers = waiting_users(now)
    if not receivers:
        return sent
    with _Postman() as postman:
        for done, user_id in enumerate(receivers, 1):
            _serve(user_id, now, postman, sent)
            if report is not None:
                report(done, len(receivers))
    return sent


def waiting_users(now: datetime) -> list[int]:
    """Return the ids of users for whom something waits to be mailed at all, due or not."""
    fresh = Notification.objects.filter(created_at__gte=now - STALE)
    waits = fresh.to_mail(Mail.AT_ONCE) | fresh.to_mail(Mail.DIGEST)
    return list(waits.order_by("user_id").values_list("user_id", flat=True).distinct())


class _Postman:
    """One connection to the mail server for a whole run."""

    def __init__(self) -> None:
        self.connection = mailers.default

    def __enter__(self) -> _Postman:
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAwayError(str(error)) from error
        return self

    def __exit__(self, *_details: object) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            logger.info("The mail server hung up before us.")

    def send(self, letter: EmailMultiAlternatives) -> bool:
        """Whether the server took it; raises MailServerAwayError when it is gone."""
        try:
            self.connection.send_messages([letter])
        except REFUSED as error:
            logger.warning("A mail to %s was refused: %s", letter.to, error)
            return False
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAwayError(str(error)) from error
        return True


def _serve(user_id: int, now: datetime, postman: _Postman, sent: Sent) -> None:
    """Send what is due to one user, and keep what went out even when the server then goes away."""
    with transaction.atomic():
        away = _serve_locked(user_id, now, postman, sent)
    if away is not None:
        raise away


def _serve_locked(
    user_id: int, now: datetime, postman: _Postman, sent: Sent
) -> MailServerAwayError | None:
    """Send under the user's lock; where another worker has it, leave the user to that one."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    delivery_of(user)
    mine = Delivery.objects.filter(user=user)
    locked = mine.select_for_update(skip_locked=True, of=("self",)).first()
    if locked is None or locked.is_quiet(locked.local(now).date()):
        return None
    try:
        with translation.override(user.language), timezone.override(locked.local(now).tzinfo):
            _send_singles(user, now, postman, sent)
            if locked.is_digest_due(now):
                _send_digest(locked, user, now, postman, sent)
    except MailServerAwayError as error:
        return error
    return None


def _rows(user: User, mail: Mail, now: datetime) -> list[Notification]:
    """What waits for a user and may still be seen, the newest first."""
    rows = Notification.objects.filter(still_seen(user), user=user, created_at__gte=now - STALE)
    return list(rows.to_mail(mail).order_by("-pk")[: LONGEST_DIGEST + 1])


def _send_singles(user: User, now: datetime, postman: _Postman, sent: Sent) -> None:
    for row in reversed(_rows(user, Mail.AT_ONCE, now)):
        letter = single_letter(user, row, message_key(user, [row]))
        _note([row], postman.send(letter), now, sent)


def _send_digest(
    delivery: Delivery, user: User, now: datetime, postman: _Postman, sent: Sent
) -> None:
    rows = _rows(user, Mail.DIGEST, now)
    if not rows:
        return
    day = delivery.local(now).date()
    letter = digest_letter(user, rows[:LONGEST_DIGEST], day, message_key(user, rows))
    taken = postman.send(letter)
    _note(rows[:LONGEST_DIGEST], taken, now, sent)
    if taken:
        Delivery.objects.filter(pk=delivery.pk).update(last_digest_on=day)


def _note(rows: Sequence[Notification], taken: bool, now: datetime, sent: Sent) -> None:
    mailed = Notification.objects.filter(pk__in=[row.pk for row in rows])
    if taken:
        mailed.update(mailed_at=now)
        sent.mails += 1
        sent.notifications += len(rows)
    else:
        mailed.update(tries=F("tries") + 1)
        sent.refused += 1


def message_key(user: User, rows: Iterable[Any]) -> str:
    """Return what makes a mail's Message-ID: the same lines to the same user have the same."""
    text = f"{user.pk}:{','.join(str(row.pk) for row in rows)}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def something_is_late(now: datetime) -> bool:
    """Tell whether a mail that goes out at once has waited a minute on a day that is not quiet."""
    late = Notification.objects.filter(created_at__lt=now - timedelta(minutes=1))
    waiting = _deliveries(late, Mail.AT_ONCE, now)
    return any(not one.is_quiet(one.local(now).date()) for one in waiting)


def digest_is_due(now: datetime) -> bool:
    """Tell whether anybody's digest has something to say and its hour has come."""
    rows = Notification.objects.all()
    return any(one.is_digest_due(now) for one in _deliveries(rows, Mail.DIGEST, now))


def _deliveries(rows: Any, mail: Mail, now: datetime) -> list[Delivery]:
    """What was chosen by users for whom some of these rows wait; defaults count once."""
    waiting = rows.filter(created_at__gte=now - STALE).to_mail(mail)
    users = set(waiting.order_by().values_list("user_id", flat=True))
    chosen = list(Delivery.objects.filter(user__in=users))
    return chosen if len(chosen) == len(users) else [*chosen, Delivery()]
