"""What accounts could buy: dated estimates that nobody overwrites."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import WalletConfidence
from accounts.models import wallet_triggers as triggers
from accounts.models.accounts import Account
from accounts.models.market import Competitor
from accounts.models.products import ProductCategory
from accounts.querysets import AccountScopedQuerySet
from kam.core.dates import Period
from kam.core.models import Currency
from kam.imports.models import ImportBatch


class WalletEstimate(models.Model):
    """What an account, with all below it, buys of a category from everybody in a period.

    Append-only: the database refuses changes and deletions. Of one cell the estimate of the
    latest `estimated_on` counts, then the one recorded last.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="wallet_estimates", verbose_name=_("account")
    )
    category = models.ForeignKey(
        ProductCategory, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    period = DateRangeField(_("period"))
    amount = models.DecimalField(_("wallet"), max_digits=18, decimal_places=4)
    low = models.DecimalField(_("at least"), max_digits=18, decimal_places=4, null=True)
    high = models.DecimalField(_("at most"), max_digits=18, decimal_places=4, null=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    source = models.CharField(_("source"), max_length=300)
    estimated_on = models.DateField(_("estimated on"))
    confidence = models.PositiveSmallIntegerField(_("confidence"), choices=WalletConfidence)
    competitor = models.ForeignKey(
        Competitor,
        models.PROTECT,
        null=True,
        related_name="wallet_estimates",
        verbose_name=_("main competitor"),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet estimate")
        verbose_name_plural = _("wallet estimates")
        ordering = ["-estimated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="wallet_estimate_not_negative",
                violation_error_message=_("A wallet is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(low__gte=0, low__lte=F("amount")),
                name="wallet_estimate_low_below",
                violation_error_message=_("The least is zero or more, and not above the wallet."),
            ),
            models.CheckConstraint(
                condition=Q(high__isnull=True) | Q(high__gte=F("amount")),
                name="wallet_estimate_high_above",
                violation_error_message=_("The most is not below the wallet."),
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=WalletConfidence.values),
                name="wallet_estimate_confidence_known",
                violation_error_message=_("Confidence is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="wallet_estimate_has_a_source",
                violation_error_message=_("Say where the figure comes from."),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False)
                & Q(period__lower_inf=False)
                & Q(period__upper_inf=False),
                name="wallet_estimate_period_bounded",
                violation_error_message=_("The period begins and ends on known days, in order."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "category", "-estimated_on", "-id"],
                name="wallet_estimate_latest",
            ),
            models.Index(fields=["period"], name="wallet_estimate_period"),
        ]
        triggers = triggers.ESTIMATE

    def __str__(self) -> str:
        return f"{self.account_id} × {self.category_id}: {self.amount} {self.currency_id}"

    @property
    def span(self) -> Period:
        """The period, half-open."""
        return Period(self.period.lower, self.period.upper)
