from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, SellingCompany
from kam.imports.models import DataSource, ImportBatch
from settlements.choices import DocumentKind
from settlements.querysets import DocumentQuerySet


class Document(models.Model):
    """A posted document of the receivables ledger: it never changes, corrections are documents.

    `party` owes and pays (a legal entity where the tree has one, see `selectors.ledger.party_of`);
    `account` is the node that the business is with. A reversal has the kind of what it reverses,
    the same total, and items on the other side. `recorded_at` is the time of the transaction and
    cannot be chosen. References are checked by a statement trigger, not row by row, and so is
    everything that migration 0002 says.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind)
    number = models.CharField(_("number"), max_length=60)
    selling_company = models.ForeignKey(
        SellingCompany,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("selling company"),
    )
    party = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="party_documents",
        db_index=False,  # its items have one
        db_constraint=False,
        verbose_name=_("payer"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="documents",
        db_index=False,
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
    document_date = models.DateField(_("document date"))
    posting_date = models.DateField(_("posting date"))
    total = models.DecimalField(_("total"), max_digits=20, decimal_places=4)
    reference = models.CharField(_("reference"), max_length=140, blank=True, db_default="")
    note = models.CharField(_("note"), max_length=300, blank=True, db_default="")
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="corrected_by",
        db_index=False,
        db_constraint=False,
        verbose_name=_("corrects"),
    )
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversed_by",
        db_index=False,
        db_constraint=False,
        verbose_name=_("reverses"),
    )
    source = models.ForeignKey(
        DataSource,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("source"),
    )
    source_key = models.CharField(_("key in the source"), max_length=200, blank=True, db_default="")
    batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("batch"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("by"),
    )
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-posting_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values), name="document_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(number=""),
                name="document_has_a_number",
                violation_error_message=_("A document needs a number."),
            ),
            models.CheckConstraint(
                condition=Q(total__gt=0),
                name="document_total_positive",
                violation_error_message=_("The total must be above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(reverses=F("id")) & ~Q(corrects=F("id")),
                name="document_not_about_itself",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True, source_key="")
                | (Q(source__isnull=False) & ~Q(source_key="")),
                name="document_source_has_a_key",
            ),
            models.UniqueConstraint(
                fields=["selling_company", "kind", "number"],
                name="document_number_once",
                violation_error_message=_("There is a document with this number already."),
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=Q(source__isnull=False),
                name="document_unique_in_source",
                violation_error_message=_("This document was taken from the source already."),
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="document_reversed_once",
                violation_error_message=_("The document is reversed already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="document_idempotency_key_once",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "document_date"], name="document_account_date"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="document_batch"),
            models.Index(
                fields=["corrects"], condition=Q(corrects__isnull=False), name="document_corrects"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
