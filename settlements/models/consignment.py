"""Our goods in customers' stores: what moved, what lies there, what was counted."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from kam.core.models import SellingCompany
from kam.imports.models import ImportBatch
from settlements.choices.consignment import INCOMING, OUTGOING, REPORTED, MovementKind
from settlements.models.reports import SalesReport
from settlements.querysets.reports import CountLineQuerySet, StoreQuerySet


class StockCount(models.Model):
    """A count of consigned goods in a store: what was found on a day, at the end of business.

    It never changes. A count taken anew from the books (sales of those days came in later)
    names the one that it replaces, whose movements are taken back.
    """

    selling_company = models.ForeignKey(
        SellingCompany, models.PROTECT, related_name="+", verbose_name=_("selling company")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account"),
        help_text=_("The node that the business is with."),
    )
    store = models.ForeignKey(
        Account, models.PROTECT, related_name="stock_counts", verbose_name=_("store")
    )
    counted_on = models.DateField(_("counted on"))
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="replaced_by",
        db_index=False,
        verbose_name=_("replaces"),
    )
    reference = models.CharField(_("reference"), max_length=140, blank=True, db_default="")
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name=_("import")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        ordering = ["-counted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(replaces__isnull=False),
                name="stock_count_replaced_once",
                violation_error_message=_("This count was taken anew already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="stock_count_idempotency_key_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store}, {self.counted_on}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:count-detail", args=[self.pk])


class StockCountLine(models.Model):
    """A product in a count: found, in the books at that time, and the difference."""

    count = models.ForeignKey(
        StockCount,
        models.PROTECT,
        related_name="lines",
        db_index=False,
        verbose_name=_("count"),
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", db_index=False, verbose_name=_("product")
    )
    counted = models.DecimalField(_("counted"), max_digits=18, decimal_places=4)
    book = models.DecimalField(_("in the books"), max_digits=18, decimal_places=4)
    difference = models.GeneratedField(
        verbose_name=_("difference"),
        expression=F("counted") - F("book"),
        output_field=models.DecimalField(max_digits=19, decimal_places=4),
        db_persist=True,
    )

    objects = CountLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a stock count")
        verbose_name_plural = _("lines of stock counts")
        ordering = ["count", "product"]
        constraints = [
            models.UniqueConstraint(
                fields=["count", "product"],
                name="stock_count_product_once",
                violation_error_message=_("A count names each product once."),
            ),
            models.CheckConstraint(
                condition=Q(counted__gte=0),
                name="stock_count_not_negative",
                violation_error_message=_("A count is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.counted}"


class ConsignmentMovement(models.Model):
    """Consigned goods that came (+) or went (−), in the product's base unit; never changed.

    A correction is the opposite movement and names what it takes back. What was sold or brought
    back comes from a sales report alone. Transfers move as many pieces out of stores as into
    others in one act. `is_below_zero_allowed` says that somebody let the stock go below zero.
    References are checked by a statement trigger, which also keeps `ConsignedStock`.
    """

    selling_company = models.ForeignKey(
        SellingCompany,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("selling company"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("account"),
        help_text=_("The node that the business is with."),
    )
    store = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="consignment_movements",
        db_index=False,
        db_constraint=False,
        verbose_name=_("store"),
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("product"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MovementKind)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4)
    moved_on = models.DateField(_("day"))
    report = models.ForeignKey(
        SalesReport,
        models.PROTECT,
        null=True,
        related_name="movements",
        db_index=False,
        db_constraint=False,
        verbose_name=_("sales report"),
    )
    count = models.ForeignKey(
        StockCount,
        models.PROTECT,
        null=True,
        related_name="movements",
        db_index=False,
        db_constraint=False,
        verbose_name=_("count"),
    )
    reversal_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversed_by",
        db_index=False,
        db_constraint=False,
        verbose_name=_("takes back"),
    )
    transfer_group = models.UUIDField(
        _("recorded together"), null=True, help_text=_("What one act recorded.")
    )
    is_below_zero_allowed = models.BooleanField(_("below zero knowingly"), db_default=False)
    reference = models.CharField(_("reference"), max_length=140, blank=True, db_default="")
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("import"),
    )
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement of consigned goods")
        verbose_name_plural = _("movements of consigned goods")
        ordering = ["-moved_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MovementKind.values) & ~Q(quantity=0),
                name="consignment_movement_moves_something",
                violation_error_message=_("A movement needs a quantity other than zero."),
            ),
            models.CheckConstraint(
                condition=Q(reversal_of__isnull=False)
                | ~Q(kind__in=[*INCOMING, *OUTGOING])
                | Q(kind__in=INCOMING, quantity__gt=0)
                | Q(kind__in=OUTGOING, quantity__lt=0),
                name="consignment_movement_sign",
                violation_error_message=_("Goods that come are above zero, goods that go below."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=REPORTED, report__isnull=False)
                | (~Q(kind__in=REPORTED) & Q(report__isnull=True)),
                name="consignment_movement_sold_as_reported",
                violation_error_message=_("What was sold comes from a sales report."),
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=True)
                | Q(kind__in=[MovementKind.SHRINK, MovementKind.COUNT_ADJUSTMENT]),
                name="consignment_movement_of_a_count",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MovementKind.TRANSFER) | Q(transfer_group__isnull=False),
                name="consignment_transfer_has_a_group",
            ),
            models.UniqueConstraint(
                fields=["reversal_of"],
                condition=Q(reversal_of__isnull=False),
                name="consignment_movement_reversed_once",
                violation_error_message=_("The movement is taken back already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="consignment_movement_idempotency_key_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "product", "moved_on"], name="consignment_movement_store"
            ),
            models.Index(
                fields=["report"],
                condition=Q(report__isnull=False),
                name="consignment_movement_report",
            ),
            models.Index(
                fields=["count"],
                condition=Q(count__isnull=False),
                name="consignment_movement_count",
            ),
            models.Index(
                fields=["transfer_group"],
                condition=Q(transfer_group__isnull=False),
                name="consignment_movement_group",
            ),
            models.Index(
                fields=["batch"],
                condition=Q(batch__isnull=False),
                name="consignment_movement_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity} on {self.moved_on}"


class ConsignedStock(models.Model):
    """What lies in a store by all movements; the trigger of movements alone writes it.

    Below zero only where a movement said so knowingly; the flag goes when the stock is back.
    """

    selling_company = models.ForeignKey(
        SellingCompany, models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("selling company"),
    )  # fmt: skip
    store = models.ForeignKey(
        Account, models.PROTECT, related_name="consigned_stock", db_index=False,
        db_constraint=False, verbose_name=_("store"),
    )  # fmt: skip
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("product"),
    )  # fmt: skip
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=4)
    is_flagged = models.BooleanField(_("below zero knowingly"), default=False)

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("consigned stock")
        verbose_name_plural = _("consigned stock")
        ordering = ["store", "product"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "product", "selling_company"], name="consigned_stock_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0) | Q(is_flagged=True),
                name="consigned_stock_not_negative",
                violation_error_message=_("There is not as much in the store."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store_id}/{self.product_id}: {self.quantity}"
