"""Signed links out of a mail: they switch one channel off, and can do nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from kam.identity.models import User

_SALT = "kam.notifications.unsubscribe"


class BadLinkError(Exception):
    """The link was not made here, or its user is gone."""


@dataclass(frozen=True)
class Channel:
    """Whose mails of which channel a link switches off: a kind's key, or `digest`."""

    user: User
    name: str


def absolute(path: str) -> str:
    """A page's address as it stands in a mail."""
    return f"{settings.KAM_PUBLIC_URL}{path}"


def unsubscribe_url(user: User, channel: str) -> str:
    """Return the address that switches a channel off without signing in; it does not expire."""
    token = signing.dumps({"u": user.pk, "c": channel}, salt=_SALT, compress=True)
    return absolute(reverse("notifications:unsubscribe", args=[token]))


def channel_of(token: str) -> Channel:
    """Return what a link is for. Raises BadLinkError."""
    try:
        values = signing.loads(token, salt=_SALT)
        user = User.objects.get(pk=values["u"])
    except (signing.BadSignature, KeyError, TypeError, User.DoesNotExist) as error:
        raise BadLinkError from error
    return Channel(user, str(values["c"]))
