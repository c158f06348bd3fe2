"""The secret address at which calendars read what a user plans: made, renewed, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from interactions.models import CalendarFeed
from interactions.models.calendar import secret_digest
from kam.core.problems import explained
from kam.identity.models import User

SEEN_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class NewFeed:
    """A feed just made, with its secret, which is stored nowhere."""

    feed: CalendarFeed
    secret: str


@explained()
@transaction.atomic
def renew_feed(*, user: User, shows_private: bool, now: datetime) -> NewFeed:
    """Make a new secret address; the former one ends at once. The secret is never shown again."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    _end(user, now)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        user=user, digest=secret_digest(secret), shows_private=shows_private
    )
    return NewFeed(feed, secret)


@transaction.atomic
def revoke_feed(*, user: User, now: datetime) -> None:
    """End the address of a user."""
    _end(user, now)


@transaction.atomic
def change_feed(*, feed: CalendarFeed, shows_private: bool) -> None:
    """Say whether private meetings are shown with their details."""
    feed.shows_private = shows_private
    feed.save(update_fields=["shows_private", "updated_at"])


def note_reading(*, feed: CalendarFeed, now: datetime) -> None:
    """Remember when a calendar last read it, at most every 15 minutes."""
    if feed.last_read_at is None or now - feed.last_read_at > SEEN_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)


def _end(user: User, now: datetime) -> None:
    rows = CalendarFeed.objects.select_for_update().filter(user=user, revoked_at__isnull=True)
    for row in rows:
        row.revoked_at = now
        row.save(update_fields=["revoked_at", "updated_at"])
