from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInFailure(models.Model):
    """A failed sign-in, kept for a day to slow down guessing.

    The account is stored as a keyed digest of what was typed: it need not exist, and people type
    passwords into the wrong box.
    """

    account = models.CharField(max_length=64, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    at = models.DateTimeField(_("at"), editable=False)

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["account", "at"], name="sign_in_failure_account"),
            models.Index(fields=["address", "at"], name="sign_in_failure_address"),
            models.Index(fields=["at"], name="sign_in_failure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"
