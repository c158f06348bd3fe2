"""The calendar: planned contacts, who is expected, secret addresses to read it, files to come."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from interactions.choices import InteractionKind, MeetingSource, MeetingState, UploadKind
from interactions.models import calendar_triggers as triggers
from interactions.models.log import Interaction
from interactions.querysets import MeetingQuerySet, OfMeetingQuerySet, OwnQuerySet
from kam.core.clock import zone_named
from kam.core.models import Record
from kam.core.tracking import track

EARLIEST = date(1990, 1, 1)
LONGEST = timedelta(days=92)


def secret_digest(secret: str) -> str:
    """What is stored of a feed's secret: its SHA-256 (the secret has 256 random bits)."""
    return hashlib.sha256(secret.encode()).hexdigest()


@track()
class Meeting(Record):
    """A planned contact.

    Timed ones have `starts_at` and `ends_at`, all-day ones only days. `starts_on` and `ends_on`
    (the last day, included) are always there: of timed ones they are the days in the
    organisation's time zone. `time_zone` is the zone it was planned in: moved to another day, a
    meeting keeps its hour there. `uid` with `recurrence` is what calendars know it by.
    """

    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("account"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="meetings",
        verbose_name=_("planned by"),
    )
    kind = models.CharField(
        _("kind"), max_length=11, choices=InteractionKind, default=InteractionKind.MEETING
    )
    title = models.CharField(_("title"), max_length=300)
    is_all_day = models.BooleanField(_("the whole day"), default=False)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    place = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("store or place"),
    )
    place_text = models.CharField(_("where"), max_length=300, blank=True)
    description = models.TextField(_("what it is about"), max_length=5000, blank=True)
    others = models.TextField(
        _("others invited"), max_length=2000, blank=True, help_text=_("Whom we do not know yet.")
    )
    is_private = models.BooleanField(
        _("private"),
        default=False,
        help_text=_("Others see only that you are busy, except those you invite."),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=MeetingState, default=MeetingState.PLANNED
    )
    cancel_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)
    interaction = models.OneToOneField(
        Interaction,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="meeting",
        verbose_name=_("contact"),
    )
    source = models.CharField(
        max_length=5, choices=MeetingSource, default=MeetingSource.TYPED, editable=False
    )
    uid = models.CharField(max_length=255, editable=False)
    recurrence = models.CharField(max_length=32, blank=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["starts_on", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="meeting_has_a_title",
                violation_error_message=_("Say what it is about."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=InteractionKind.values), name="meeting_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(is_all_day=True, starts_at__isnull=True, ends_at__isnull=True)
                | Q(is_all_day=False, starts_at__isnull=False, ends_at__isnull=False),
                name="meeting_timed_or_all_day",
                violation_error_message=_("Say from when to when, or that it lasts all day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
                violation_error_message=_("It ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="meeting_last_day_after_first",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=EARLIEST, ends_on__lte=F("starts_on") + LONGEST),
                name="meeting_within_reach",
                violation_error_message=_("A meeting is after 1990 and lasts at most 92 days."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=MeetingState.values), name="meeting_state_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=MeetingSource.values), name="meeting_source_known"
            ),
            models.CheckConstraint(
                condition=Q(interaction__isnull=True) | Q(state=MeetingState.LOGGED),
                name="meeting_logged_has_its_contact",
            ),
            models.CheckConstraint(
                condition=~Q(uid="") & ~Q(time_zone=""), name="meeting_known_to_calendars"
            ),
            models.UniqueConstraint(
                fields=["owner", "uid", "recurrence"],
                name="meeting_once_per_owner",
                violation_error_message=_("This meeting is in the calendar already."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "starts_on"], name="meeting_of_owner"),
            models.Index(fields=["account", "starts_on"], name="meeting_of_account"),
            models.Index(fields=["starts_on", "ends_on"], name="meeting_days"),
            models.Index(fields=["updated_at", "id"], name="meeting_updated"),
        ]
        triggers = triggers.MEETING

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:meeting-detail", args=[self.pk])

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not be."""
        return self.state == MeetingState.CANCELLED

    @property
    def is_open(self) -> bool:
        """Whether it is planned, neither cancelled nor in the log."""
        return self.interaction_id is None and not self.is_cancelled

    @property
    def minutes(self) -> int | None:
        """How long a timed one lasts, in whole minutes."""
        if self.starts_at is None or self.ends_at is None:
            return None
        return max(1, round((self.ends_at - self.starts_at).total_seconds() / 60))

    def begins(self) -> datetime:
        """When it begins: an all-day one with its first day in its own time zone."""
        if self.starts_at is not None:
            return self.starts_at
        start = datetime.combine(self.starts_on, datetime.min.time(), zone_named(self.time_zone))
        return start.astimezone(UTC)

    def has_begun(self, now: datetime) -> bool:
        """Whether it has begun, so that it can go into the log."""
        return self.begins() <= now


@track()
class MeetingParticipant(models.Model):
    """Somebody of theirs who is expected."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="participants", verbose_name=_("meeting")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, related_name="meetings", verbose_name=_("person")
    )

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("person expected at a meeting")
        verbose_name_plural = _("people expected at meetings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="meeting_participant_once",
                violation_error_message=_("This person is on the list already."),
            )
        ]
        indexes = [models.Index(fields=["position", "meeting"], name="meeting_of_place")]
        triggers = triggers.PARTICIPANT

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.position_id}"


@track()
class MeetingColleague(models.Model):
    """Somebody of ours who is invited; the owner is not one of them."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="colleagues", verbose_name=_("meeting")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="invitations",
        verbose_name=_("colleague"),
    )

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("colleague invited to a meeting")
        verbose_name_plural = _("colleagues invited to meetings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                name="meeting_colleague_once",
                violation_error_message=_("This colleague is on the list already."),
            )
        ]
        indexes = [models.Index(fields=["user", "meeting"], name="meeting_of_user")]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.user_id}"


@track(exclude=["digest", "last_read_at"])
class CalendarFeed(Record):
    """A secret address at which calendars read what a user plans; only its SHA-256 is stored."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="calendar_feeds",
        verbose_name=_("user"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shows_private = models.BooleanField(
        _("with details of private meetings"),
        default=False,
        help_text=_("Otherwise the feed says of them only that you are busy."),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    last_read_at = models.DateTimeField(_("last read"), null=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at__isnull=True),
                name="calendar_feed_one_of_user",
                violation_error_message=_("There is an address already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.created_at:%Y-%m-%d}"


class Upload(models.Model):
    """A calendar file or an e-mail that somebody looks at before it is taken, for one day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=8, choices=UploadKind)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="uploads/")
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("file to be looked at")
        verbose_name_plural = _("files to be looked at")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=UploadKind.values), name="upload_kind_known"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="upload_age")]

    def __str__(self) -> str:
        return self.name
