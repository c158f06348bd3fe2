"""What mails look like: in the receiver's language, as text and as HTML, with a way out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from email.utils import parseaddr
from itertools import groupby
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kam.core import formats
from kam.identity.models import User
from kam.notifications.models import Notification
from kam.notifications.registry import kind_of
from kam.notifications.services.choosing import DIGEST
from kam.notifications.services.links import absolute, unsubscribe_url


def single_letter(user: User, row: Notification, key: str) -> EmailMultiAlternatives:
    """Return the mail about one notification, in the language in force."""
    kind = kind_of(row.kind)
    context = {
        "heading": row.title,
        "lead": row.body,
        "url": absolute(row.get_absolute_url()),
        "why": _("You get this mail at once because you chose so for: %s.") % kind.title,
        "off": _("No more mails of this kind"),
    }
    return _letter(user, row.title, "notifications/mail_single", context, row.kind, key)


def digest_letter(
    user: User, rows: Sequence[Notification], day: date, key: str
) -> EmailMultiAlternatives:
    """Return the digest of a day, grouped by kind, in the language in force."""
    count = len(rows)
    subject = ngettext("%(n)s thing to know, %(day)s", "%(n)s things to know, %(day)s", count) % {
        "n": formats.number(count),
        "day": formats.date(day),
    }
    context = {
        "heading": subject,
        "lead": _("Good morning, %(name)s") % {"name": user.full_name.split(" ")[0]},
        "groups": _groups(rows),
        "url": absolute(reverse("dashboards:my-day")),
        "why": _("You get this digest once a day."),
        "off": _("No more digests"),
    }
    return _letter(user, subject, "notifications/mail_digest", context, DIGEST, key)


def _groups(rows: Sequence[Notification]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Lines by kind, kinds in their own order, the newest first."""
    order = {row.kind: (kind_of(row.kind).order, row.kind) for row in rows}
    by_kind = sorted(rows, key=lambda row: (order[row.kind], -row.pk))
    return [
        (str(kind_of(kind).title), [_line(row) for row in found])
        for kind, found in groupby(by_kind, key=lambda row: row.kind)
    ]


def _line(row: Notification) -> dict[str, Any]:
    return {
        "title": row.title,
        "body": row.body,
        "url": absolute(row.get_absolute_url()),
        "at": formats.datetime(row.occurred_at),
    }


def _letter(
    user: User, subject: str, template: str, context: dict[str, Any], channel: str, key: str
) -> EmailMultiAlternatives:
    out = unsubscribe_url(user, channel)
    context |= {
        "out_url": out,
        "choices_url": absolute(reverse("notifications:preferences")),
        "language": get_language(),
        "home_url": absolute("/"),
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "kam.invalid"
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{template}.txt", context),
        to=[user.email],
        headers={
            "Message-ID": f"<{key}@{domain}>",
            "List-Unsubscribe": f"<{out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    letter.attach_alternative(_styled(render_to_string(f"{template}.html", context)), "text/html")
    return letter


def _styled(page: str) -> str:
    """Write the style sheet of mails into the elements; nothing is fetched."""
    css = render_to_string("notifications/mail.css")
    return css_inline.inline(page, extra_css=css, load_remote_stylesheets=False)
