from __future__ import annotations

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account


class AccountMove(models.Model):
    """The ledger of one account became another's, because the two are one and were merged.

    Writing a row is the move: its trigger gives documents, items and allocations their new
    account and payer, the only change that posted rows ever see. The row is how it is known.
    """

    from_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name=_("from")
    )
    to_account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("to"))
    moved_at = models.DateTimeField(_("moved"), db_default=TransactionNow(), editable=False)

    class Meta:
        verbose_name = _("move of receivables")
        verbose_name_plural = _("moves of receivables")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_account=F("to_account")), name="account_move_to_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_account_id} → {self.to_account_id}"
