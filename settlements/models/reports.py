"""What customers report as sold: versions of a report, and lines by the million."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, ProductCategory
from kam.core.models import Currency, Record, SellingCompany
from kam.core.tracking import track
from kam.imports.models import ImportBatch
from settlements.choices.reports import ReportFunction, ReportKind, ReportState
from settlements.querysets.reports import ReportLineQuerySet, ReportQuerySet

MEDIUM_LENGTH = 30
BASES = (ReportFunction.ORIGINAL, ReportFunction.REPLACE)
"""Reports that stand for themselves; of a number one of them is in force."""
DECIDED = (ReportState.ACCEPTED, ReportState.SUPERSEDED, ReportState.CANCELLED)
"""States in which a report was accepted: it and its lines never change again."""


@track()
class SalesReport(Record):
    """What an account says was sold in a period; its lines count while it is accepted.

    A number comes in versions: a replacement takes the place of everything accepted under the
    number, an addition stands beside it, a cancellation takes it out and has no lines.
    """

    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="sales_reports",
        db_index=False,
        verbose_name=_("reported by"),
    )
    selling_company = models.ForeignKey(
        SellingCompany, models.PROTECT, related_name="+", verbose_name=_("selling company")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind)
    their_number = models.CharField(_("their number"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    function = models.CharField(
        _("function"), max_length=8, choices=ReportFunction, default=ReportFunction.ORIGINAL
    )
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("is about"),
    )
    period = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ReportState,
        default=ReportState.RECEIVED,
        editable=False,
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    control_quantity = models.DecimalField(
        _("net pieces, as they say"), max_digits=22, decimal_places=4, null=True, blank=True
    )
    control_amount = models.DecimalField(
        _("amount, as they say"), max_digits=22, decimal_places=4, null=True, blank=True
    )
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    quantity_sold = models.DecimalField(
        _("sold"), max_digits=22, decimal_places=4, default=0, editable=False
    )
    quantity_returned = models.DecimalField(
        _("brought back"), max_digits=22, decimal_places=4, default=0, editable=False
    )
    gross_amount = models.DecimalField(
        _("turnover with tax"),
        max_digits=22,
        decimal_places=4,
        null=True,
        editable=False,
        help_text=_("Empty where no line names an amount."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("import"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales report")
        verbose_name_plural = _("sales reports")
        ordering = ["-period", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "their_number", "version"],
                name="sales_report_version_once",
                violation_error_message=_("There is such a version of this report already."),
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "their_number"],
                condition=Q(state=ReportState.ACCEPTED, function__in=BASES),
                name="sales_report_counts_once",
                violation_error_message=_("A report with this number is accepted already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="sales_report_idempotency_key_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=ReportKind.values,
                    function__in=ReportFunction.values,
                    state__in=ReportState.values,
                ),
                name="sales_report_choices_known",
            ),
            models.CheckConstraint(
                condition=~Q(their_number=""),
                name="sales_report_has_a_number",
                violation_error_message=_("A report needs its number."),
            ),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__startswith__isnull=False,
                    period__endswith__isnull=False,
                ),
                name="sales_report_period_closed",
                violation_error_message=_("A report needs a first and a last day."),
            ),
            models.CheckConstraint(
                condition=Q(function=ReportFunction.ORIGINAL, supersedes__isnull=True)
                | (
                    ~Q(function=ReportFunction.ORIGINAL)
                    & Q(supersedes__isnull=False)
                    & ~Q(supersedes=F("id"))
                ),
                name="sales_report_says_what_it_is_about",
                violation_error_message=_("Only an original stands without another report."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReportState.RECEIVED, ReportState.VALIDATED])
                | Q(decided_at__isnull=False),
                name="sales_report_decided_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "kind", "account"], name="sales_report_state"),
        ]

    def __str__(self) -> str:
        return f"{self.their_number} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:report-detail", args=[self.pk])

    @property
    def first_day(self) -> date:
        """The first day that is reported."""
        return self.period.lower  # type: ignore[no-any-return]

    @property
    def last_day(self) -> date:
        """The last day that is reported."""
        return self.period.upper - timedelta(days=1)  # type: ignore[no-any-return]

    @property
    def is_decided(self) -> bool:
        """Whether it was accepted once: neither it nor its lines change."""
        return self.state in DECIDED


class SalesReportLine(models.Model):
    """Sales of a store: of a product in pieces, of a category or a whole counter in turnover.

    Quantities are in the product's base unit; `unit` is theirs and `unit_factor` says how many
    base units it holds. `gross_amount` is the turnover with tax at prices before coupons, below
    zero where more was brought back; `coupon_amount` is the part of it that coupons paid, with the
    same sign (None: not reported, which is not zero). `payment_medium` is how consumers paid, in
    capitals, empty where it is not told. Without `sold_on` a line is of the last day of the period.
    References are checked by a statement trigger, not row by row.
    """

    report = models.ForeignKey(
        SalesReport,
        models.CASCADE,
        related_name="lines",
        db_index=False,  # the unique pair has one
        db_constraint=False,
        verbose_name=_("report"),
    )
    line = models.PositiveIntegerField(_("line"))
    store = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("store"),
    )
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
    sold_on = models.DateField(_("day"), null=True)
    quantity_sold = models.DecimalField(_("sold"), max_digits=18, decimal_places=4, db_default=0)
    quantity_returned = models.DecimalField(
        _("brought back"), max_digits=18, decimal_places=4, db_default=0
    )
    gross_amount = models.DecimalField(
        _("turnover with tax"),
        max_digits=20,
        decimal_places=4,
        null=True,
        help_text=_("At prices before coupons."),
    )
    coupon_amount = models.DecimalField(
        _("of it paid with coupons"),
        max_digits=20,
        decimal_places=4,
        null=True,
        help_text=_("Empty: not reported. Where there were none, it is 0."),
    )
    payment_medium = models.CharField(
        _("paid by"), max_length=MEDIUM_LENGTH, blank=True, db_default=""
    )
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2, null=True)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("currency"),
    )
    promotion = models.CharField(_("promotion"), max_length=60, blank=True, db_default="")
    their_code = models.CharField(_("their code"), max_length=60, blank=True, db_default="")
    unit = models.CharField(_("unit"), max_length=30, blank=True, db_default="")
    unit_factor = models.DecimalField(
        _("base units in one"), max_digits=14, decimal_places=6, db_default=1
    )

    objects = ReportLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a sales report")
        verbose_name_plural = _("lines of sales reports")
        ordering = ["report", "line"]
        constraints = [
            models.UniqueConstraint(fields=["report", "line"], name="sales_report_line_once"),
            models.CheckConstraint(
                condition=Q(quantity_sold__gte=0, quantity_returned__gte=0, unit_factor__gt=0),
                name="sales_report_line_not_negative",
                violation_error_message=_("Pieces are zero or more; returns have their column."),
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__isnull=True) | Q(tax_rate__gte=0, tax_rate__lte=100),
                name="sales_report_line_tax_rate",
                violation_error_message=_("A percentage is between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(coupon_amount__isnull=True)
                | Q(coupon_amount=0)
                | Q(gross_amount__isnull=False, gross_amount__gt=0, coupon_amount__gt=0)
                | Q(gross_amount__isnull=False, gross_amount__lt=0, coupon_amount__lt=0),
                name="sales_report_line_coupon_sign",
                violation_error_message=_("Coupons have the sign of the turnover they are of."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.line}"
