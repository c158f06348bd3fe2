from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.notifications.choices import Mail
from kam.notifications.querysets import NotificationQuerySet
from kam.notifications.registry import Told, kind_of, spoken


class Notification(models.Model):
    """Something that one user is told once; words are made of `params` when it is read.

    `in_app` and `mail` are what the user had chosen when it came; a later choice reaches those
    that were not mailed yet. `subject_id` is what the kind's scope is asked about.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name=_("user"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    params = models.JSONField(_("what it says"), default=dict)
    subject_id = models.BigIntegerField(_("about"), null=True, blank=True)
    url = models.CharField(_("address"), max_length=500)
    dedupe = models.CharField(_("told once per"), max_length=200)
    in_app = models.BooleanField(_("in the app"), default=True)
    mail = models.CharField(_("by e-mail"), max_length=8, choices=Mail, default=Mail.NEVER)
    occurred_at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField(_("told"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("failed mails"), default=0)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "dedupe"], name="notification_once"),
            models.CheckConstraint(
                condition=Q(mail__in=Mail.values), name="notification_mail_known"
            ),
            models.CheckConstraint(
                condition=Q(url__startswith="/") & ~Q(url__startswith="//"),
                name="notification_leads_to_our_pages",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-id"], condition=Q(in_app=True), name="notification_of_user"
            ),
            models.Index(
                fields=["user"],
                condition=Q(in_app=True, read_at__isnull=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["mail", "user"],
                condition=~Q(mail=Mail.NEVER) & Q(mailed_at__isnull=True, read_at__isnull=True),
                name="notification_to_mail",
            ),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notifications:open", args=[self.pk])

    @cached_property
    def told(self) -> Told:
        """What it says in the language in force."""
        return spoken(self.kind, self.params)

    @property
    def title(self) -> str:
        return self.told.title

    @property
    def body(self) -> str:
        return self.told.body

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return kind_of(self.kind).icon

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
