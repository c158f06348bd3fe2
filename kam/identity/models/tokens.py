from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from kam.identity.choices import TokenScope
from kam.identity.models.users import User
from kam.identity.querysets import ApiTokenQuerySet


def key_digest(key: str) -> str:
    """What is stored of a token's key: its SHA-256 (the key itself has 256 random bits)."""
    return hashlib.sha256(key.encode()).hexdigest()


@track(exclude=["digest", "last_used_at"])
class ApiToken(Record):
    """A key for the REST API; only its SHA-256 is stored, the key is shown once."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="api_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("may"), max_length=5, choices=TokenScope, default=TokenScope.READ)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope__in=TokenScope.values), name="api_token_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
