"""A change of lead with all that the new one has to know, frozen as it was confirmed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import team_triggers as triggers
from accounts.models.accounts import Account
from accounts.querysets import HandoverQuerySet
from kam.core.tracking import track


@track()
class Handover(models.Model):
    """Who hands an account over to whom, from which day on, with the pack and its hash.

    The database refuses any change but two, each once: the new lead's acknowledgement, and what
    open work went to the new lead (`moved`: how much of each kind).
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="handovers", verbose_name=_("account")
    )
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("lead until then"),
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("new lead")
    )
    effective_on = models.DateField(_("first day of the new lead"))
    reason = models.TextField(_("why, and what matters"), max_length=2000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    made_at = models.DateTimeField(_("confirmed"), auto_now_add=True)
    pack = models.JSONField(_("pack"), encoder=DjangoJSONEncoder)
    pack_hash = models.CharField(_("hash"), max_length=64)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, editable=False)
    acknowledged_note = models.TextField(_("note of the new lead"), max_length=2000, blank=True)
    moved_at = models.DateTimeField(_("work handed over"), null=True, editable=False)
    moved = models.JSONField(_("what was handed over"), default=dict, editable=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "effective_on"],
                name="handover_one_a_day",
                violation_error_message=_("The account is handed over on this day already."),
            ),
            models.CheckConstraint(
                condition=Q(from_user__isnull=True) | ~Q(from_user=F("to_user")),
                name="handover_to_somebody_else",
                violation_error_message=_("This colleague leads the account already."),
            ),
            models.CheckConstraint(
                condition=Q(pack_hash__regex=r"^[0-9a-f]{64}$"), name="handover_has_a_hash"
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_user"],
                name="handover_waits",
                condition=Q(acknowledged_at__isnull=True),
            )
        ]
        triggers = triggers.HANDOVER

    def __str__(self) -> str:
        return f"{self.account_id}: {self.from_user_id} → {self.to_user_id} {self.effective_on}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:handover-detail", args=[self.pk])

    @property
    def said(self) -> dict[str, Any]:
        """All that was confirmed, as plain data: what its hash is of."""
        return {
            "from": self.from_user_id,
            "to": self.to_user_id,
            "effective_on": self.effective_on.isoformat(),
            "reason": self.reason,
            "pack": self.pack,
        }

    @property
    def is_acknowledged(self) -> bool:
        """Whether the new lead said to have read it."""
        return self.acknowledged_at is not None
