from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import triggers
from accounts.models.accounts import Account
from accounts.models.pool_weights import marking
from accounts.models.products import Product, ProductCategory
from accounts.querysets import AccountScopedQuerySet
from kam.core.models import Currency
from kam.imports.models import DataSource, ImportBatch


class RevenueEntry(models.Model):
    """One source line of net revenue: 4 decimals in document currency and in base currency.

    `source` and `source_key` are unique together: a re-sent line replaces, never doubles.
    No account means *unassigned* revenue. `base_amount` is null while the rate is missing.
    The batch is the audit unit; lines that a later batch changed stand in `RevenueRevision`.
    References are checked by a statement trigger (migration 0003), not row by row: six foreign
    keys would take 22 s for a million lines, the trigger takes one.
    """

    source = models.ForeignKey(
        DataSource,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("source"),
    )
    source_key = models.CharField(_("key in the source"), max_length=200)
    batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("batch"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        related_name="revenue_entries",
        db_index=False,
        db_constraint=False,
        verbose_name=_("account"),
    )
    booked_on = models.DateField(_("date"))
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("product"),
    )
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("category"),
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, null=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    net_amount = models.DecimalField(_("net amount"), max_digits=18, decimal_places=4)
    cost = models.DecimalField(_("cost of goods"), max_digits=18, decimal_places=4, null=True)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("currency"),
    )
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10, null=True)
    base_amount = models.DecimalField(
        _("amount in base currency"), max_digits=20, decimal_places=4, null=True
    )

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("revenue entry")
        verbose_name_plural = _("revenue entries")
        ordering = ["-booked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"], name="revenue_entry_unique_in_source"
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, base_amount__isnull=True)
                | Q(rate__isnull=False, rate__gt=0, base_amount__isnull=False),
                name="revenue_entry_base_has_a_rate",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "booked_on"], name="revenue_entry_account_date"),
        ]
        triggers = triggers.REVENUE_ENTRY

    def __str__(self) -> str:
        return f"{self.booked_on} {self.net_amount} {self.currency_id}"


class RevenueRevision(models.Model):
    """What a line was before a batch changed or removed it: the way back, and the history."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    entry_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "entry_id"], name="revenue_revision_once")
        ]
        indexes = [models.Index(fields=["entry_id"], name="revenue_revision_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id} before batch {self.batch_id}"


class MonthTotal(models.Model):
    """Sums of entries by month and document currency, kept by a trigger on the entries.

    `base_amount` leaves out entries without a rate; `unconverted` counts those.
    """

    month = models.DateField()
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", db_index=False)
    entries = models.BigIntegerField()
    net_amount = models.DecimalField(max_digits=22, decimal_places=4)
    base_amount = models.DecimalField(max_digits=22, decimal_places=4)
    cost = models.DecimalField(max_digits=22, decimal_places=4)
    costed_amount = models.DecimalField(max_digits=22, decimal_places=4)
    unconverted = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.net_amount} {self.currency_id}"


class RevenueMonth(MonthTotal):
    """Month totals of one account (null: unassigned) inside one group (the dated one)."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="revenue_months")
    group = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "group", "currency"],
                name="revenue_month_key",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["month"], name="revenue_month_month")]
        triggers = marking("revenue_month")


class GroupMonth(MonthTotal):
    """Month totals of one group (the ultimate parent on each entry's date; null: unassigned)."""

    group = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "group", "currency"], name="group_month_key", nulls_distinct=False
            )
        ]
        # Whether all revenue is in one currency: the first and the last of them, at no cost.
        indexes = [
            models.Index(fields=["currency"], name="group_month_currency"),
            models.Index(
                fields=["month"], name="group_month_unconverted", condition=Q(unconverted__gt=0)
            ),
        ]


class RevenueWatermark(models.Model):
    """One row that counts changes of revenue or of the tree: what a snapshot was computed from.

    Changing statements take its row lock first, so roll-ups are updated one after the other.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="watermark_is_one_row")]

    def __str__(self) -> str:
        return str(self.version)
