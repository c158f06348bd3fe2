"""What the last run found of everybody's exposure: the credit board reads it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency
from settlements.querysets.credit import OfPartyQuerySet


def _amount(label: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(label, max_digits=22, decimal_places=4, null=True)  # type: ignore[arg-type]


class CreditPosition(models.Model):
    """Exposure of an account and all below it against its limit in a currency, as of a run.

    Derived: `selectors.credit.exposure` answers any doubt, live. A row stands for every limit in
    force, and for every payer with exposure and no limit of its own. Null amounts: a rate lacks.
    """

    party = models.ForeignKey(
        Account, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("account"),
    )  # fmt: skip
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("currency"),
    )  # fmt: skip
    as_of = models.DateField(_("as of"))
    open_receivables = _amount(_("open receivables"))
    unapplied_cash = _amount(_("unapplied cash"))
    open_credits = _amount(_("open credits"))
    instruments = _amount(_("drafts and cheques not cleared"))
    delivered_not_invoiced = _amount(_("delivered, not invoiced"))
    sold_not_stated = _amount(_("sold, not stated"))
    held_by_retailer = _amount(_("held by the retailer"))
    open_orders = _amount(_("open orders"))
    consigned_stock = _amount(_("consigned stock"))
    secured = _amount(_("secured part"))
    exposure = _amount(_("exposure"))
    limit_amount = _amount(_("limit"))
    available = _amount(_("available"))
    utilisation = models.DecimalField(_("utilisation"), max_digits=14, decimal_places=6, null=True)
    missing_rates = ArrayField(models.CharField(max_length=3), default=list)

    objects = OfPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit position")
        verbose_name_plural = _("credit positions")
        ordering = ["party", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["party", "currency"], name="credit_position_once")
        ]
        indexes = [
            models.Index(fields=["-utilisation", "id"], name="credit_position_utilised"),
            models.Index(fields=["-exposure", "id"], name="credit_position_exposure"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.exposure} of {self.limit_amount} {self.currency_id}"
