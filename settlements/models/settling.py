"""Settlement statements: what a method of settlement comes to in a period, from draft to ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, ProductCategory
from kam.core.models import Currency, Record
from kam.core.tracking import track
from settlements.choices.settling import (
    ISSUED_ONCE,
    LinePart,
    StatementKind,
    StatementLineKind,
    StatementState,
)
from settlements.models import settling_triggers as triggers
from settlements.models.conditions import TradeCondition
from settlements.models.term_parts import SettlementTerm
from settlements.models.terms import AgreementVersion
from settlements.querysets.settling import OfStatementQuerySet, SettlementStatementQuerySet

ZERO = Decimal(0)


def _money(label: Any) -> Any:
    return models.DecimalField(label, max_digits=20, decimal_places=4, default=ZERO)


@track()
class SettlementStatement(Record):
    """What one term comes to in one period, by the version of the agreement that it names.

    `gross`, `returns` (zero or below), `deduction` and `top_up` (zero or above) are on the term's
    base of tax; `net` is without tax, `payable` = net + tax is the sum of the lines that are
    payable, negative if we owe. `claimed` are fees beside it, claims of their own.
    `brought_forward` (zero or below) an earlier statement left in the customer's favour, and its
    claim stands in the ledger; what remains to be paid is `remains`. A corrected statement is
    another row with the same number and the next version, and cancels this one.
    """

    term = models.ForeignKey(
        SettlementTerm, models.PROTECT, related_name="statements", verbose_name=_("term")
    )
    agreement_version = models.ForeignKey(
        AgreementVersion,
        models.PROTECT,
        related_name="statements",
        verbose_name=_("version of the agreement"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="settlement_statements",
        verbose_name=_("account"),
    )
    store = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="store_statements",
        verbose_name=_("store"),
        help_text=_("Empty: everything of the account."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=StatementKind)
    period = DateRangeField(_("period"))
    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("corrects"),
    )
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=StatementState,
        default=StatementState.DRAFT,
        editable=False,
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    is_tax_inclusive = models.BooleanField(_("amounts include tax"), default=False)
    basis = models.DecimalField(
        _("what the deduction is taken of"), max_digits=20, decimal_places=4, null=True
    )
    trading_days = models.PositiveSmallIntegerField(_("days of trading"), null=True, blank=True)
    calendar_days = models.PositiveSmallIntegerField(_("days of the calendar month"), null=True)
    gross = _money(_("sales"))
    returns = _money(_("returns"))
    deduction = _money(_("deduction"))
    top_up = _money(_("up to the guarantee"))
    net = _money(_("without tax"))
    tax = _money(_("tax"))
    payable = _money(_("payable"))
    claimed = _money(_("claimed beside it"))
    brought_forward = _money(_("brought forward"))
    carried_forward = _money(_("carried forward"))
    brought_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("brought forward from"),
    )
    note = models.CharField(_("note"), max_length=1000, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("drafted by"),
    )
    issued_on = models.DateField(_("issued"), null=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("issued by"),
    )
    confirmed_on = models.DateField(_("confirmed"), null=True, editable=False)
    confirmed_by = models.CharField(_("confirmed by"), max_length=200, blank=True, editable=False)
    confirmation_note = models.CharField(
        _("note on the confirmation"), max_length=500, blank=True, editable=False
    )
    confirmation_file = models.FileField(
        _("signed file"), upload_to="settlements/%Y/%m/", blank=True, editable=False
    )
    confirmation_name = models.CharField(max_length=200, blank=True, editable=False)
    confirmation_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    due_on = models.DateField(_("due"), null=True, editable=False)
    posted_on = models.DateField(_("posted"), null=True, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("posted by"),
    )
    taken_back_on = models.DateField(_("taken back"), null=True, editable=False)
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique

    objects = SettlementStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement statement")
        verbose_name_plural = _("settlement statements")
        ordering = ["-period", "-pk"]
        constraints = [
            ExclusionConstraint(
                name="settlement_statement_periods_apart",
                expressions=[
                    ("term", RangeOperators.EQUAL),
                    (Coalesce("store", 0), RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=StatementState.CANCELLED) & Q(taken_back_on__isnull=True),
                violation_error_message=_(
                    "Another statement of these terms covers some of these days."
                ),
            ),
            models.UniqueConstraint(
                fields=["number", "version"],
                condition=~Q(number=""),
                name="settlement_statement_number_once",
                violation_error_message=_("There is a statement with this number already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="settlement_statement_key_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=StatementState.values, kind__in=StatementKind.values),
                name="settlement_statement_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__startswith__isnull=False,
                    period__endswith__isnull=False,
                ),
                name="settlement_statement_period",
                violation_error_message=_("A statement has a first and a last day."),
            ),
            models.CheckConstraint(
                condition=Q(payable=F("net") + F("tax")),
                name="settlement_statement_payable",
                violation_error_message=_("What is payable is the net amount and the tax."),
            ),
            models.CheckConstraint(
                condition=Q(returns__lte=0, top_up__gte=0, claimed__gte=0, brought_forward__lte=0)
                & Q(carried_forward__lte=0)
                | Q(kind=StatementKind.TRUE_UP),
                name="settlement_statement_signs",
            ),
            models.CheckConstraint(
                condition=Q(brought_forward=0, brought_from__isnull=True)
                | Q(brought_forward__lt=0, brought_from__isnull=False),
                name="settlement_statement_brought_from",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ISSUED_ONCE) | (Q(issued_on__isnull=False) & ~Q(number="")),
                name="settlement_statement_issued_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[StatementState.CONFIRMED, StatementState.POSTED])
                | (
                    Q(confirmed_on__isnull=False) & (~Q(confirmed_by="") | ~Q(confirmation_file=""))
                ),
                name="settlement_statement_confirmed_how",
                violation_error_message=_("Say who confirmed it and when, or add the signed file."),
            ),
            models.CheckConstraint(
                condition=Q(state=StatementState.POSTED, posted_on__isnull=False)
                | (
                    ~Q(state=StatementState.POSTED)
                    & Q(posted_on__isnull=True, taken_back_on__isnull=True)
                ),
                name="settlement_statement_posted_when",
            ),
            models.CheckConstraint(
                condition=Q(trading_days__isnull=True)
                | Q(calendar_days__isnull=False, trading_days__lte=F("calendar_days")),
                name="settlement_statement_days",
                violation_error_message=_("There are not so many days in the month."),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state"], name="settling_account_state"),
            models.Index(
                fields=["state", "period"],
                condition=~Q(state__in=[StatementState.POSTED, StatementState.CANCELLED]),
                name="settling_waiting",
            ),
        ]
        triggers = triggers.STATEMENT

    def __str__(self) -> str:
        words = self.number or _("Draft %s") % self.pk
        return f"{words} v{self.version}" if self.version > 1 else str(words)

    def get_absolute_url(self) -> str:
        return reverse("settlements:settling-detail", args=[self.pk])

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        first: date = self.period.lower
        return first

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        last: date = self.period.upper - timedelta(days=1)
        return last

    @property
    def remains(self) -> Decimal:
        """What is paid in the end: payable, less what was brought forward and is claimed."""
        left: Decimal = self.payable + self.brought_forward - self.claimed
        return left

    @property
    def is_draft(self) -> bool:
        return self.state == StatementState.DRAFT


class StatementLine(models.Model):
    """One line of a statement: basis × rate = amount, signed as it changes what is payable.

    Of goods the basis is the quantity and the rate a price; of deductions, fees and tax the basis
    is money and the rate a percentage. Append-only once the statement is issued.
    """

    statement = models.ForeignKey(
        SettlementStatement, models.CASCADE, related_name="lines", db_index=False
    )
    sequence = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=16, choices=StatementLineKind)
    part = models.CharField(_("part"), max_length=9, choices=LinePart, default=LinePart.PAYABLE)
    label = models.CharField(_("text"), max_length=200, blank=True)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name=_("product")
    )
    category = models.ForeignKey(
        ProductCategory, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    store = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("store"),
    )
    condition = models.ForeignKey(
        TradeCondition,
        models.PROTECT,
        null=True,
        related_name="statement_lines",
        db_index=False,
        verbose_name=_("condition"),
    )
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=4, null=True)
    basis = models.DecimalField(_("of"), max_digits=20, decimal_places=4)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=6, null=True)
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2, null=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a settlement statement")
        verbose_name_plural = _("lines of settlement statements")
        ordering = ["statement", "sequence"]
        indexes = [
            models.Index(fields=["store"], name="line_store", condition=Q(store__isnull=False)),
            models.Index(
                fields=["condition"],
                name="statement_line_condition",
                condition=Q(condition__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["statement", "sequence"], name="statement_line_once"),
            models.CheckConstraint(
                condition=Q(kind__in=StatementLineKind.values, part__in=LinePart.values),
                name="statement_line_choices_known",
            ),
            models.CheckConstraint(
                condition=~Q(part=LinePart.CLAIM)
                | Q(kind__in=[StatementLineKind.FEE, StatementLineKind.PROMO], amount__lte=0),
                name="statement_line_claims",
            ),
            models.CheckConstraint(
                condition=~Q(part=LinePart.CONTAINED) | Q(kind=StatementLineKind.TAX),
                name="statement_line_contained_is_tax",
            ),
        ]
        triggers = triggers.LINE

    def __str__(self) -> str:
        return f"{self.sequence}. {self.get_kind_display()} {self.amount}"

    @property
    def medium(self) -> str:
        """The payment medium whose turnover alone the line deducts from; empty for other lines."""
        return self.label if self.kind == StatementLineKind.COMMISSION else ""

    @property
    def what(self) -> str:
        """What the line is, in words."""
        if not self.medium:
            return self.label or str(self.get_kind_display())
        counts = self.rate is not None
        words = _("Deduction, paid by %s") if counts else _("Does not count, paid by %s")
        return str(words) % self.medium


class StatementReport(models.Model):
    """A version of a sales report that a statement rests on."""

    statement = models.ForeignKey(SettlementStatement, models.CASCADE, related_name="reports")
    report = models.ForeignKey("settlements.SalesReport", models.PROTECT, related_name="statements")

    objects = OfStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("report behind a settlement statement")
        verbose_name_plural = _("reports behind settlement statements")
        constraints = [
            models.UniqueConstraint(fields=["statement", "report"], name="statement_report_once")
        ]
        triggers = triggers.REPORT

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.report_id}"
