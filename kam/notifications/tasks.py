from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core import jobs
from kam.core.jobs import JobError, Progress, job
from kam.notifications.services import forgetting, mailing, snoozing
from kam.notifications.services.telling import JOB

DIGESTS = "notifications.send_digests"


@job(JOB, title=_("Send notifications by e-mail"))
def send_mails(progress: Progress) -> dict[str, Any]:
    """Send mails that are due: those at once, and digests whose hour has come (safe to repeat)."""
    return _send(progress)


@job(DIGESTS, title=_("Send the daily digests"))
def send_digests(progress: Progress) -> dict[str, Any]:
    """The same by the hour, so that a digest comes at its receiver's own hour."""
    return _send(progress)


def _send(progress: Progress) -> dict[str, Any]:
    try:
        sent = mailing.send_waiting(now=timezone.now(), report=progress.report)
    except mailing.MailServerAwayError as error:
        raise JobError(f"{mailing.AWAY} ({error})") from error
    return {"mails": sent.mails, "notifications": sent.notifications, "refused": sent.refused}


@shared_task(name="notifications.send_again", ignore_result=True)
def send_again() -> None:
    """Ask for the mails that a mail server did not take (every five minutes)."""
    if mailing.something_is_late(timezone.now()):
        jobs.enqueue(JOB, key=JOB)


@shared_task(name="notifications.ask_for_digests", ignore_result=True)
def ask_for_digests() -> None:
    """Ask for digests where one is due (every hour): an hour that was missed is made up for."""
    if mailing.digest_is_due(timezone.now()):
        jobs.enqueue(DIGESTS, key=DIGESTS)


@shared_task(name="notifications.forget_old", ignore_result=True)
def forget_old() -> None:
    """Forget notifications that nobody needs any more, and what was put off (nightly)."""
    forgetting.forget_notifications(now=timezone.now())
    snoozing.forget_over(now=timezone.now())
