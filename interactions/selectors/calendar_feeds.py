"""What a calendar reads at a secret address: one's own meetings, as one may see them now."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from interactions.analytics.ical import Entry
from interactions.models import CalendarFeed, Meeting
from interactions.models.calendar import secret_digest
from interactions.selectors.calendar import own_meetings
from kam.identity.models import User

BACK, AHEAD = timedelta(days=90), timedelta(days=2 * 366)
MOST = 3000


def feed_of_secret(secret: str) -> CalendarFeed | None:
    """Return the feed of a secret; None for one unknown, revoked, or of who may not sign in.

    The secret is looked up by its hash, so the time that takes tells nothing of it.
    """
    digest = secret_digest(secret)
    rows = CalendarFeed.objects.filter(digest=digest, revoked_at__isnull=True)
    feed = rows.select_related("user").first()
    if feed is None or not hmac.compare_digest(feed.digest, digest):
        return None
    return feed if feed.user.can("interactions.view") else None


def feed_of(user: User) -> CalendarFeed | None:
    """Return the address of a user that is in force."""
    found: CalendarFeed | None = (
        CalendarFeed.objects.visible_to(user).filter(revoked_at__isnull=True).first()
    )
    return found


def entries_of(feed: CalendarFeed, *, as_of: date, site: str) -> list[Entry]:
    """Return what somebody plans or is invited to, 90 days back and two years ahead.

    Cancelled ones too, so that calendars strike them out. Customers, their people and places are
    named only where the user may see the account at this moment; private meetings have details
    only where the feed is set so. `site` is the start of links, without a slash.
    """
    user: User = feed.user
    rows = own_meetings(user).filter(starts_on__lte=as_of + AHEAD, ends_on__gte=as_of - BACK)
    meetings = list(rows.prefetch_related("participants__position__person")[:MOST])
    seen = _seen(user, meetings)
    return [_entry(one, feed, site, is_known=one.account_id in seen) for one in meetings]


def _seen(user: User, meetings: Sequence[Meeting]) -> set[int | None]:
    ids = {one.account_id for one in meetings if one.account_id is not None}
    rows: QuerySet[Account] = Account.objects.worked_on_by(user).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True))


def _entry(meeting: Meeting, feed: CalendarFeed, site: str, *, is_known: bool) -> Entry:
    is_timed = meeting.starts_at is not None and meeting.ends_at is not None
    bare = Entry(
        uid=_uid(meeting, feed.user_id),
        title=_("Busy"),
        starts=meeting.starts_at if is_timed and meeting.starts_at else meeting.starts_on,
        ends=meeting.ends_at if is_timed and meeting.ends_at else meeting.ends_on,
        changed_at=meeting.updated_at,
        sequence=meeting.sequence,
        is_cancelled=meeting.is_cancelled,
        is_private=meeting.is_private,
    )
    if meeting.is_private and not feed.shows_private:
        return bare
    return Entry(
        **{
            **{name: getattr(bare, name) for name in bare.__dataclass_fields__},
            "title": _title(meeting, is_known=is_known),
            "where": _where(meeting, is_known=is_known),
            "text": _words(meeting, is_known=is_known),
            "url": site + meeting.get_absolute_url(),
        }
    )


def _uid(meeting: Meeting, reader: int) -> str:
    if meeting.owner_id == reader and not meeting.recurrence:
        return meeting.uid
    return f"{meeting.pk}.{meeting.recurrence}.{meeting.uid}"


def _title(meeting: Meeting, *, is_known: bool) -> str:
    if meeting.account is None or not is_known:
        return meeting.title
    return f"{meeting.title} · {meeting.account.name}"


def _where(meeting: Meeting, *, is_known: bool) -> str:
    place = meeting.place.name if meeting.place is not None and is_known else ""
    return ", ".join(word for word in (place, meeting.place_text) if word)


def _words(meeting: Meeting, *, is_known: bool) -> str:
    names = [
        one.position.person.name
        for one in meeting.participants.all()
        if one.position.person is not None
    ]
    people = ", ".join(names) if is_known else ""
    return "\n\n".join(word for word in (meeting.description, people) if word)
