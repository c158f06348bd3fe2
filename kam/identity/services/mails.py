"""The one mail of this floor: the link with which somebody sets a password."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError
from kam.identity.models import User


class NotMailedError(RefusedError):
    """The mail server is away or refused the mail."""

    code = "not_mailed"
    words = _("The mail server did not take it. Give the link in another way, or try again later.")


def can_mail() -> bool:
    """Return whether mails leave this machine at all, so that a page may offer to send one."""
    return bool(settings.KAM_HAS_MAIL_SERVER)


def mail_password_link(*, user: User, link: str) -> None:
    """Send a user the link, in their language. Raises NotMailedError.

    Nothing is kept of it: who asks sees at once whether it went out.
    """
    if not user.is_active:
        raise NotMailedError(_("This person can no longer sign in."))
    with translation.override(user.language):
        letter = EmailMessage(
            subject=gettext("Set your password for kam"),
            body=render_to_string("identity/mail_password.txt", {"person": user, "link": link}),
            to=[user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    try:
        mailers.default.send_messages([letter])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotMailedError from error
