"""What a user chose: which kinds by which way, and when mails may come."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.clock import organisation_zone, zone_named
from kam.core.models import Record
from kam.core.tracking import track
from kam.notifications.choices import Mail
from kam.notifications.querysets import OwnQuerySet

WEEKEND = (6, 7)


def weekend() -> list[int]:
    """Saturday and Sunday, as ISO counts days."""
    return list(WEEKEND)


@track()
class Preference(Record):
    """How a user wants to be told of one kind; without a row the kind's own ways hold."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_("user"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    in_app = models.BooleanField(_("in the app"), default=True)
    mail = models.CharField(_("by e-mail"), max_length=8, choices=Mail, default=Mail.DIGEST)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        ordering = ["user_id", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="notification_preference_once_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(mail__in=Mail.values), name="notification_preference_mail_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_mail_display()}"


@track(exclude=["last_digest_on"])
class Delivery(Record):
    """When mails may reach a user: the digest's hour, days without mails, and the time zone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_delivery",
        verbose_name=_("user"),
    )
    wants_digest = models.BooleanField(_("send the daily digest"), default=True)
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the digest"), default=7, validators=[MaxValueValidator(23)]
    )
    quiet_days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=weekend,
        blank=True,
        verbose_name=_("days without e-mail"),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    last_digest_on = models.DateField(_("last digest"), null=True, blank=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of notifications")
        verbose_name_plural = _("delivery of notifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23),
                name="notification_digest_hour_of_a_day",
                violation_error_message=_("An hour is 0 to 23."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_days__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="notification_quiet_days_of_a_week",
                violation_error_message=_("Days are 1 (Monday) to 7 (Sunday)."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.digest_hour}:00"

    def local(self, now: datetime) -> datetime:
        """The moment on the user's clock, the organisation's where none was chosen."""
        return now.astimezone(zone_named(self.time_zone) if self.time_zone else organisation_zone())

    def is_quiet(self, day: date) -> bool:
        """Whether no mail comes on that day."""
        return day.isoweekday() in self.quiet_days

    def is_digest_due(self, now: datetime) -> bool:
        """Whether today's digest may go out: its hour has come and none went out today."""
        local = self.local(now)
        if not self.wants_digest or self.is_quiet(local.date()):
            return False
        return local.hour >= self.digest_hour and self.last_digest_on != local.date()
