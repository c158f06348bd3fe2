"""What accepted sales reports add up to, kept by the database: millions are not read twice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, ProductCategory
from kam.core.models import Currency
from settlements.models.reports import MEDIUM_LENGTH, SalesReport
from settlements.querysets.reports import ReportLineQuerySet


class SalesReportSum(models.Model):
    """The lines of an accepted report of one store, thing, tax rate and medium, added up.

    A trigger writes them when the report is accepted; after that lines never change, and nothing
    else changes the sums (a merge moves both). Whether a report counts its own state says:
    replaced and cancelled ones keep their sums. `sales` and `returns` are amounts above and below
    zero, `coupons` what coupons paid of both, None where no line has any; `first_day` and
    `last_day` are those on which its lines count: sums of days beyond a period are of no use to
    it, and its lines are read instead.
    """

    report = models.ForeignKey(
        SalesReport, models.DO_NOTHING, related_name="sums", db_constraint=False
    )
    store = models.ForeignKey(
        Account, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    product = models.ForeignKey(
        Product, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    category = models.ForeignKey(
        ProductCategory,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2, null=True)
    payment_medium = models.CharField(_("paid by"), max_length=MEDIUM_LENGTH, db_default="")
    currency = models.ForeignKey(
        Currency, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    sold = models.DecimalField(_("sold"), max_digits=22, decimal_places=4)
    returned = models.DecimalField(_("brought back"), max_digits=22, decimal_places=4)
    sales = models.DecimalField(_("sales"), max_digits=24, decimal_places=4, null=True)
    returns = models.DecimalField(_("returns"), max_digits=24, decimal_places=4, null=True)
    without_amount = models.PositiveIntegerField(_("lines without an amount"))
    coupons = models.DecimalField(_("coupons"), max_digits=24, decimal_places=4, null=True)
    without_coupons = models.PositiveIntegerField(_("lines without coupons"), db_default=0)

    objects = ReportLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("sum of a sales report")
        verbose_name_plural = _("sums of sales reports")
        ordering = ["report", "pk"]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.sold}"
