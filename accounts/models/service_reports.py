from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.products import Product
from accounts.querysets import AccountScopedQuerySet
from kam.core.models import Record
from kam.core.tracking import track
from kam.imports.models import DataSource, ImportBatch


@track()
class ServiceLine(Record):
    """How we delivered, as the customer counts it: one line of their report, replaced when resent.

    Quantities and orders are each either whole or not known at all; missing is not zero.
    """

    source = models.ForeignKey(
        DataSource, models.PROTECT, related_name="+", verbose_name=_("source")
    )
    source_key = models.CharField(_("key"), max_length=200)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="service_lines", verbose_name=_("account")
    )
    reported_on = models.DateField(
        _("date"), help_text=_("The day of the orders, or the first day of the month reported.")
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    ordered = models.DecimalField(
        _("ordered"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    delivered = models.DecimalField(
        _("delivered"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    orders = models.PositiveIntegerField(_("orders"), null=True, blank=True)
    orders_otif = models.PositiveIntegerField(
        _("orders on time and in full"), null=True, blank=True
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a service report")
        verbose_name_plural = _("lines of service reports")
        ordering = ["-reported_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                name="service_line_once",
                violation_error_message=_("The source has sent a line with this key already."),
            ),
            models.CheckConstraint(
                condition=Q(ordered__isnull=True, delivered__isnull=True)
                | Q(ordered__gte=0, delivered__gte=0),
                name="service_line_quantities_whole",
                violation_error_message=_(
                    "Ordered and delivered go together, and are zero or more."
                ),
            ),
            models.CheckConstraint(
                condition=Q(orders__isnull=True, orders_otif__isnull=True)
                | Q(orders__isnull=False, orders_otif__isnull=False, orders_otif__lte=F("orders")),
                name="service_line_orders_whole",
                violation_error_message=_(
                    "Orders on time and in full are a part of all orders, which must be said."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ordered__isnull=False) | Q(orders__isnull=False),
                name="service_line_says_something",
                violation_error_message=_("A line says quantities, orders or both."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "reported_on"], name="service_line_account_date"),
            models.Index(fields=["batch"], name="service_line_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.source_key}"
