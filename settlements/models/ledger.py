from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, SellingCompany
from settlements.choices import DocumentKind, Side
from settlements.models.documents import Document
from settlements.querysets import AllocationQuerySet, LedgerItemQuerySet


class LedgerItem(models.Model):
    """One instalment of a document: an amount on one side, open until allocated.

    Everything but `allocated` repeats the document or never changes; `allocated` is the sum of
    its allocations of all dates and is written by the trigger of allocations alone. A debit
    without a due date awaits the event that fixes it. Without foreign keys in the database: a
    statement trigger holds the rows against their documents, which are never deleted.
    """

    document = models.ForeignKey(
        Document,
        models.PROTECT,
        related_name="items",
        db_index=False,
        db_constraint=False,
        verbose_name=_("document"),
    )
    sequence = models.PositiveSmallIntegerField(_("instalment"), db_default=1)
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind)
    selling_company = models.ForeignKey(
        SellingCompany, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    party = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="party_items",
        db_constraint=False,
        verbose_name=_("payer"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="ledger_items",
        db_constraint=False,
        verbose_name=_("account"),
    )
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("currency"),
    )
    side = models.SmallIntegerField(_("side"), choices=Side)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    allocated = models.DecimalField(
        _("allocated"), max_digits=20, decimal_places=4, db_default=Decimal(0), editable=False
    )
    document_date = models.DateField(_("document date"))
    posting_date = models.DateField(_("posting date"))
    due_date = models.DateField(_("due date"), null=True)
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = LedgerItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger item")
        verbose_name_plural = _("ledger items")
        ordering = ["posting_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "sequence"], name="ledger_item_sequence_once"
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values), name="ledger_item_side_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="ledger_item_amount_positive",
                violation_error_message=_("An amount must be above zero."),
            ),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, allocated__lte=F("amount")),
                name="ledger_item_not_over_allocated",
                violation_error_message=_("This is more than is open."),
            ),
            models.CheckConstraint(
                condition=Q(due_date__isnull=True) | Q(side=1, due_date__gte=F("document_date")),
                name="ledger_item_due_not_before_document",
                violation_error_message=_("The due date is before the document's date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.sequence}: {self.amount} {self.currency_id}"

    @property
    def open_amount_now(self) -> Decimal:
        """What no allocation of any date has taken."""
        return self.amount - self.allocated


class Allocation(models.Model):
    """An amount of a credit set against a debit of the same payer, currency and company.

    A reversal is a row with the negative amount that names what it takes back. The database
    keeps the running sum of each item, by effective date, between zero and its amount.
    """

    debit_item = models.ForeignKey(
        LedgerItem,
        models.PROTECT,
        related_name="debit_allocations",
        db_constraint=False,
        verbose_name=_("debit"),
    )
    credit_item = models.ForeignKey(
        LedgerItem,
        models.PROTECT,
        related_name="credit_allocations",
        db_constraint=False,
        verbose_name=_("credit"),
    )
    party = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("payer"),
    )
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("currency"),
    )
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    effective_date = models.DateField(_("effective date"))
    reversal_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversed_by",
        db_index=False,
        db_constraint=False,
        verbose_name=_("reversal of"),
    )
    match_group = models.UUIDField(
        _("allocated together"), null=True, help_text=_("What one act allocated.")
    )
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
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

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["effective_date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reversal_of__isnull=True, amount__gt=0)
                | Q(reversal_of__isnull=False, amount__lt=0),
                name="allocation_amount_positive",
                violation_error_message=_("An amount must be above zero."),
            ),
            models.UniqueConstraint(
                fields=["reversal_of"],
                condition=Q(reversal_of__isnull=False),
                name="allocation_reversed_once",
                violation_error_message=_("The allocation is reversed already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="allocation_idempotency_key_once",
            ),
        ]
        indexes = [
            models.Index(fields=["effective_date"], name="allocation_effective_date"),
            models.Index(
                fields=["match_group"],
                condition=Q(match_group__isnull=False),
                name="allocation_match_group",
            ),
            models.Index(
                fields=["debit_item"], condition=Q(amount__lt=0), name="allocation_taken_debit"
            ),
            models.Index(
                fields=["credit_item"], condition=Q(amount__lt=0), name="allocation_taken_credit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency_id} on {self.effective_date}"
