from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.notifications.querysets import OwnQuerySet


class TodoSnooze(models.Model):
    """A line of My day that its reader put off: it is back on the day `until`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="todo_snoozes",
        verbose_name=_("user"),
    )
    key = models.CharField(_("what"), max_length=500)
    until = models.DateField(_("back on"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("line put off")
        verbose_name_plural = _("lines put off")
        ordering = ["user_id", "until", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="todo_snooze_once_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.until}"
